"""The real server as a process of its own, in a throw-away home: what a bench talks to over HTTP, as a page would."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil  # type: ignore[import-untyped]

from basics.errors import Unavailable
from bot.home import Home
from bot.settings import Settings

_LONGEST_START = 600.0  # seconds: without shipped vectors the articles are embedded first
_DEMO = "from concierge.cli import main; main()"  # by name, not by import: the command stands above us


@dataclass(frozen=True)
class Served:
    """A server that answers: where it listens, its home, its process, and the moment (time.perf_counter) it was started."""

    address: str
    home: Path
    process: psutil.Process
    started: float

    def memory_mb(self) -> float:
        """Its resident memory with that of its children, in MB."""
        whole = self.process.memory_info().rss + sum(child.memory_info().rss for child in self.process.children(recursive=True))
        return round(float(whole) / 1e6, 1)


@contextmanager
def served_demo(home: Path, more: Mapping[str, str] | None = None) -> Iterator[Served]:
    """`concierge demo` on a free port of this machine, with `more` settings, until the block ends.

    Unavailable, with its last words, if it does not come up.
    """
    home.mkdir(parents=True, exist_ok=True)
    log = home.with_suffix(".log")
    unhurried = {f"CONCIERGE_{name.upper()}": "" for name in Settings.model_fields if name.startswith("rate_")}  # a bench asks as fast as it can
    environment = {**os.environ, **unhurried, "CONCIERGE_HOME": str(home), "PORT": "0", **(more or {})}
    started = time.perf_counter()
    with log.open("wb") as said:
        process = subprocess.Popen([sys.executable, "-c", _DEMO, "demo"], env=environment, stdout=said, stderr=subprocess.STDOUT)  # noqa: S603
    try:
        yield Served(_ready(process, home, log, started), home, psutil.Process(process.pid), started)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def temporary_home() -> Iterator[Path]:
    """A home that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="concierge-bench-", ignore_cleanup_errors=True) as folder:
        yield Path(folder) / "home"


def _ready(process: "subprocess.Popen[bytes]", home: Path, log: Path, started: float) -> str:
    """The address, as soon as the server has passages to answer from."""
    while time.perf_counter() - started < _LONGEST_START:
        if process.poll() is not None:
            break
        running = Home(home).running()
        if running is not None and _answers(running.address):
            return running.address
        time.sleep(0.02)
    last = log.read_text(encoding="utf-8", errors="replace").strip()[-600:]
    raise Unavailable(f"The server did not come up (exit code {process.returncode}). Nothing was measured. It said: {last or 'nothing'}")


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/readyz", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False
