"""The real `concierge demo` as a subprocess, in a home of its own that starts in seconds."""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

ROOT = Path(__file__).resolve().parents[2]
COMMAND = Path(sys.executable).with_name("concierge")
TEMPLATES = ROOT / ".pytest_cache" / "browser-homes"
# What decides which passages a fresh home holds; whatever else changes is met at start as usual.
MADE_FROM = ("knowledge/articles", "knowledge/cut.py", "knowledge/sentences.py", "store/migrations/versions")
NOT_COPIED = ("airline.*", "demo-secrets.json", "lock", "server.json")
START_S = 900  # the first start embeds every article: a minute on an idle machine, many on a busy one
_ADDRESS = re.compile(r"(http://127\.0\.0\.1:\d+)/console/")
_STAFF = re.compile(r"^\s{4}(Anna|Wei)\s+(\S+)\s*$", re.MULTILINE)


@dataclass
class Demo:
    """A running demo: where it listens, who may sign in at the desk, and its home."""

    process: subprocess.Popen[bytes]
    home: Path
    log: Path
    address: str
    passwords: dict[str, str]

    def changes(self) -> list[str]:
        """What the airline's own system has carried out, a line each."""
        log = self.home / "airline.log"
        return [line for line in log.read_text(encoding="utf-8").splitlines() if line.strip()] if log.exists() else []

    def complaints(self) -> str:
        """Warnings and tracebacks that the server wrote."""
        return "\n".join(line for line in self.log.read_text(encoding="utf-8").splitlines() if re.search(r"ERROR|Traceback|Exception", line))

    def stop(self) -> None:
        """Ctrl+C, as a person would."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()


def start(home: Path, port: int = 0, **settings: str) -> Demo:
    """Start the demo in `home`, with these settings beside (CONCIERGE_… without that), and wait for what it prints when it is up."""
    log = home.parent / f"{home.name}.log"
    ours = {"CONCIERGE_HOME": str(home), "PORT": str(port), "PYTHONUNBUFFERED": "1", "COLUMNS": "120"}
    ours |= {f"CONCIERGE_{name}": value for name, value in settings.items()}
    env = {k: v for k, v in os.environ.items() if not k.startswith("CONCIERGE_")} | ours
    with log.open("wb") as out:
        process = subprocess.Popen([str(COMMAND), "demo"], cwd=tempfile.gettempdir(), env=env, stdout=out, stderr=subprocess.STDOUT)
    until = time.monotonic() + START_S
    while time.monotonic() < until and process.poll() is None:
        said = log.read_text(encoding="utf-8", errors="replace")
        address, passwords = _ADDRESS.search(said), dict(_STAFF.findall(said))
        if address and len(passwords) == 2 and "Ctrl+C" in said:
            return Demo(process, home, log, address.group(1), passwords)
        time.sleep(0.1)
    process.kill()
    raise AssertionError(f"`concierge demo` did not come up:\n{log.read_text(encoding='utf-8')[-3000:]}")


def template() -> Path:
    """A home whose articles are read and embedded, made once and again only when they change."""
    made = hashlib.sha256()
    for name in MADE_FROM:
        path = ROOT / name
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and file.suffix in (".md", ".py"):
                made.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    TEMPLATES.mkdir(parents=True, exist_ok=True)
    home = TEMPLATES / made.hexdigest()[:16]
    with FileLock(TEMPLATES / "lock"):
        if not home.exists():
            shutil.rmtree(TEMPLATES / "new", ignore_errors=True)
            (TEMPLATES / "new").mkdir()
            start(TEMPLATES / "new").stop()
            for old in TEMPLATES.iterdir():
                if old.is_dir() and old.name != "new":
                    shutil.rmtree(old, ignore_errors=True)
            (TEMPLATES / "new").rename(home)
    return home


def fresh(folder: Path, lead: str | None = None, port: int = 0, **settings: str) -> Demo:
    """A demo nobody has talked to yet: its airline's bookings are written anew; `lead` is made one beforehand, by the command."""
    home = folder / "home"
    shutil.copytree(template(), home, ignore=shutil.ignore_patterns(*NOT_COPIED))
    if lead is not None:
        subprocess.run([str(COMMAND), "staff", lead, "--role", "lead"], env=os.environ | {"CONCIERGE_HOME": str(home)}, check=True)
    return start(home, port, **settings)
