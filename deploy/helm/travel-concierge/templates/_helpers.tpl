{{- define "concierge.labels" -}}
app.kubernetes.io/name: travel-concierge
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "concierge.environment" -}}
envFrom:
  - configMapRef:
      name: {{ .Release.Name }}-settings
env:
  - name: CONCIERGE_HOME
    value: /data
  {{- range $setting, $key := .Values.secret.required }}
  - name: CONCIERGE_{{ $setting }}
    valueFrom:
      secretKeyRef:
        name: {{ $.Values.secret.name }}
        key: {{ $key }}
  {{- end }}
  {{- range $setting, $key := .Values.secret.optional }}
  - name: CONCIERGE_{{ $setting }}
    valueFrom:
      secretKeyRef:
        name: {{ $.Values.secret.name }}
        key: {{ $key }}
        optional: true
  {{- end }}
{{- end }}

{{- define "concierge.container" -}}
image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
resources:
  {{- toYaml .Values.resources | nindent 2 }}
volumeMounts:
  - name: home
    mountPath: /data
  - name: tmp
    mountPath: /tmp
{{- end }}

{{- define "concierge.pod" -}}
automountServiceAccountToken: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile:
    type: RuntimeDefault
volumes:
  - name: home
    emptyDir:
      sizeLimit: {{ .Values.homeSize }}
  - name: tmp
    emptyDir: {}
{{- end }}
