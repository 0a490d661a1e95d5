"""What runs the product elsewhere: image, compose file and chart name only settings and routes that exist, and carry no secret of their own.

Where docker or helm is installed they read the files themselves; elsewhere the structure is looked at, and the skip says so.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml
from pydantic import SecretStr

from api import ops
from bot.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "deploy" / "helm" / "travel-concierge"
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = (ROOT / "compose.yaml").read_text(encoding="utf-8")
TEMPLATES = {f.name: f.read_text(encoding="utf-8") for f in sorted((CHART / "templates").iterdir())}
SETTINGS = {name.upper() for name in Settings.model_fields}
SECRET = {name.upper() for name, field in Settings.model_fields.items() if field.annotation is SecretStr} | {"DATABASE_URL", "REDIS_URL"}
ROUTES = {route.path for route in ops.router.routes if hasattr(route, "path")}


def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(COMPOSE)
    return read


def values() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
    return read


def schema() -> dict[str, Any]:
    read: dict[str, Any] = json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))
    return read


def test_every_setting_named_exists() -> None:
    """A renamed setting cannot leave a deployment behind that sets nothing."""
    page = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    named = set(re.findall(r"CONCIERGE_([A-Z][A-Z_]*[A-Z])", "\n".join([DOCKERFILE, COMPOSE, page, *TEMPLATES.values()])))
    chart = values()
    named |= {*chart["settings"], *chart["secret"]["required"], *chart["secret"]["optional"]}
    assert named and not named - SETTINGS, named - SETTINGS


def test_no_secret_has_a_value_here() -> None:
    """In the compose file a secret comes from the environment and has no default; in the chart it is a key in a secret made elsewhere."""
    for service in compose()["services"].values():
        for name, value in (service.get("environment") or {}).items():
            if name.removeprefix("CONCIERGE_") in SECRET or re.search(r"PASSWORD|AUTH|TOKEN|KEY$", name):
                assert value is None or re.search(r"\$\{[A-Z_]+:\?", value), f"{name} has a value or a default"
                assert not re.search(r"\$\{[A-Z_]*(PASSWORD|KEY|TOKEN)[A-Z_]*(:?-|\})", str(value)), name
    chart = values()
    listed = {*chart["secret"]["required"], *chart["secret"]["optional"]}
    assert listed >= {"DATABASE_URL", "HOST_KEY"} and listed <= SECRET and not set(chart["settings"]) & SECRET
    assert set(schema()["properties"]["settings"]["propertyNames"]["not"]["enum"]) >= SECRET, "a secret could be written among the settings"
    for name in SECRET:
        assert f"CONCIERGE_{name}:" not in TEMPLATES["configmap.yaml"] and f"CONCIERGE_{name}=" not in DOCKERFILE
    assert TEMPLATES["_helpers.tpl"].count("secretKeyRef") == 2 and not any("kind: Secret" in t for t in TEMPLATES.values())


def test_images_are_pinned_by_version() -> None:
    """The same files give the same versions tomorrow."""
    chart = values()
    images = [service["image"] for service in compose()["services"].values()]
    images += [*re.findall(r"^FROM (\S+)", DOCKERFILE, re.M), f"{chart['image']['repository']}:{chart['image']['tag']}"]
    assert len(images) >= 6
    for image in images:
        assert re.search(r":v?\d+\.\d+(\.\d+)?(-[a-z]+)*(@sha256:[0-9a-f]{64})?$", image), f"{image} is not pinned"
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.M)
    assert version is not None and chart["image"]["tag"] == version[1] == yaml.safe_load((CHART / "Chart.yaml").read_text("utf-8"))["appVersion"]
    assert f"image: travel-concierge:{version[1]}" in COMPOSE


def test_probes_ask_routes_that_exist() -> None:
    """Alive is asked of /healthz, ready of /readyz: a worker without articles gets no travellers, and is not killed for it."""
    probes = dict(re.findall(r"(\w+)Probe:\n\s+httpGet:\n\s+path: (\S+)", TEMPLATES["deployment.yaml"]))
    assert probes == {"startup": "/healthz", "liveness": "/healthz", "readiness": "/readyz"} and set(probes.values()) <= ROUTES
    for text in (DOCKERFILE, COMPOSE):
        assert set(re.findall(r"http://127\.0\.0\.1:8400(/\w+)", text)) == {"/readyz"}


def test_the_image_runs_as_nobody_in_particular() -> None:
    """Not as root, with the versions that were tried together, and with no weights but the packaged embedder's."""
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.search(r"^USER 10001", last, re.M) and "HEALTHCHECK" in last and "-c /tmp/constraints.txt" in last
    assert not re.search(r"gguf|safetensors|hub|torch", last, re.I)
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert {".env", ".git", ".venv", "home"} <= set(ignored)


def test_the_compose_file_waits_for_what_it_needs() -> None:
    """Two workers of one server, after the database, the counts, the index and the articles; everything that lasts is in a volume."""
    services = compose()["services"]
    server = services["concierge"]
    assert {k: v["condition"] for k, v in server["depends_on"].items()} == {
        "postgres": "service_healthy", "redis": "service_healthy", "chroma": "service_healthy", "articles": "service_completed_successfully",
    }  # fmt: skip
    assert int(server["environment"]["CONCIERGE_WORKERS"]) == 2 and server["environment"]["CONCIERGE_CHROMA_URL"].startswith("http://chroma:")
    assert all(port.startswith("127.0.0.1:") for port in server["ports"]) and server["read_only"] and server["healthcheck"]["test"]
    assert [name for name, s in services.items() if s.get("ports")] == ["concierge"]  # nothing else is reached from outside
    homes = [volume for s in services.values() for volume in s.get("volumes", ())]
    assert len(homes) == len(set(homes)) == 4 and {v.partition(":")[0] for v in homes} == set(compose()["volumes"])
    assert all("healthcheck" in s for s in services.values())


def test_the_chart_s_values_fit_its_schema() -> None:
    """The defaults pass; a secret among the settings, `latest`, and a misspelt name do not."""
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.validate(values(), schema())
    for wrong in (
        {"settings": {"HOST_KEY": "x"}},
        {"settings": {"zone": "x"}},
        {"image": {"repository": "x", "tag": "latest"}},
        {"replica": 2},
        {"replicas": 0},
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(values() | wrong, schema())


def test_the_templates_are_whole() -> None:
    """Structure only: blocks are closed, every value that is read has a default, every named template exists."""
    defined = set(re.findall(r'define "([\w.]+)"', TEMPLATES["_helpers.tpl"]))
    used = set()
    for name, text in TEMPLATES.items():
        actions = [a.strip("- ").split() for a in re.findall(r"\{\{(.+?)\}\}", text)]
        assert text.count("{{") == text.count("}}") == len(actions), name
        opened = sum(a[0] in ("if", "range", "with", "define") for a in actions)
        assert opened == sum(a[0] == "end" for a in actions), f"{name}: a block is not closed"
        used |= set(re.findall(r'include "([\w.]+)"', text))
        for path in re.findall(r"\.Values((?:\.\w+)+)", text):
            at: Any = values()
            for key in path.strip(".").split("."):
                assert key in at, f"{name} reads .Values{path}, which values.yaml does not have"
                at = at[key]
    assert used == defined
    kinds = {k for text in TEMPLATES.values() for k in re.findall(r"^kind: (\w+)", text, re.M)}
    assert kinds == {"ConfigMap", "Deployment", "Ingress", "Job", "PodDisruptionBudget", "Service"}


def _rendered(*more: str) -> Iterator[dict[str, Any]]:
    ran = subprocess.run(["helm", "template", "here", str(CHART), *more], capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    return (d for d in yaml.safe_load_all(ran.stdout) if d)


@pytest.mark.skipif(shutil.which("helm") is None, reason="helm is not installed: only the templates' structure was looked at")
@pytest.mark.parametrize("more", [(), ("--set", "ingress.enabled=true"), ("--set", "articles.path=", "--set", "replicas=1")])
def test_helm_renders_the_chart(more: tuple[str, ...]) -> None:
    """Helm's own engine makes valid documents of it."""
    documents = {d["kind"]: d for d in _rendered(*more)}
    pod = documents["Deployment"]["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"] and pod["containers"][0]["envFrom"] and ("Ingress" in documents) == ("ingress.enabled=true" in more)
    assert all("valueFrom" in e or e["name"] == "CONCIERGE_HOME" for e in pod["containers"][0]["env"])


def test_docker_reads_the_compose_file() -> None:
    """`docker compose config` accepts it with the secrets, and names what is missing without them."""
    if shutil.which("docker") is None or subprocess.run(["docker", "compose", "version"], capture_output=True).returncode:
        pytest.skip("docker compose is not installed: only the file's structure was looked at")
    line = ["docker", "compose", "-f", str(ROOT / "compose.yaml"), "config", "-q"]
    kept = {"PATH": "/usr/bin:/bin:/usr/local/bin", "HOME": "/tmp"}
    secrets = {"CONCIERGE_HOST_KEY": "a" * 32, "POSTGRES_PASSWORD": "b", "REDIS_PASSWORD": "c"}
    ran = subprocess.run(line, env=kept | secrets, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    ran = subprocess.run(line, env=kept, capture_output=True, text=True, timeout=60)
    assert ran.returncode != 0 and "set " in ran.stderr
