"""The real server as a process of its own, in a throw-away home: what a bench talks to over HTTP, as a page would."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil  # type: ignore[import-untyped]

from basics.errors import Unavailable
from bot.home import Home
from bot.settings import Settings

_LONGEST_START = 600.0  # seconds: without shipped vectors the articles are embedded first
_MAIN = "from concierge.cli import main; main()"  # by name, not by import: the command stands above us


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
    with _command(home, ("demo",), more or {}) as (process, log, started):
        yield Served(_ready(process, home, log, started, 1), home, psutil.Process(process.pid), started)


@contextmanager
def served_by_workers(home: Path, workers: int, more: Mapping[str, str]) -> Iterator[Served]:
    """`concierge serve --workers N` on a free port with a Chroma server of its own, the demo's articles taken in before; `more` names a database.

    Unavailable, with its last words, if it does not come up.
    """
    home.mkdir(parents=True, exist_ok=True)
    port = _free_port()
    chroma = [
        str(Path(sys.executable).with_name("chroma")),
        "run",
        "--path",
        str(home.with_suffix(".chroma")),
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    index = subprocess.Popen(chroma, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    try:
        with_index = {**more, "CONCIERGE_CHROMA_URL": f"http://127.0.0.1:{port}"}
        _wait(lambda: _is_there(f"http://127.0.0.1:{port}/api/v2/heartbeat"), "the Chroma server")
        with _command(home, ("ingest", str(Settings().articles)), with_index) as (taking_in, log, _):
            if taking_in.wait(_LONGEST_START):
                raise Unavailable(f"The articles were not taken in. Nothing was measured. It said: {_last_words(log)}")
        with _command(home, ("serve", "--workers", str(workers)), with_index) as (process, log, started):
            yield Served(_ready(process, home, log, started, workers), home, psutil.Process(process.pid), started)
    finally:
        index.kill()
        index.wait()


@contextmanager
def _command(home: Path, arguments: Sequence[str], more: Mapping[str, str]) -> Iterator[tuple["subprocess.Popen[bytes]", Path, float]]:
    """One of our commands as a process, where it writes what it says, and when it was started."""
    home.mkdir(parents=True, exist_ok=True)
    log = home.with_suffix(".log")
    unhurried = {f"CONCIERGE_{name.upper()}": "" for name in Settings.model_fields if name.startswith("rate_")}  # a bench asks as fast as it can
    environment = {**os.environ, **unhurried, "CONCIERGE_HOME": str(home), "PORT": "0", **more}
    started = time.perf_counter()
    with log.open("wb") as said:
        process = subprocess.Popen([sys.executable, "-c", _MAIN, *arguments], env=environment, stdout=said, stderr=subprocess.STDOUT)  # noqa: S603
    try:
        yield process, log, started
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


def _ready(process: "subprocess.Popen[bytes]", home: Path, log: Path, started: float, listening: int) -> str:
    """The address, as soon as so many processes listen and it has passages to answer from."""
    while time.perf_counter() - started < _LONGEST_START:
        if process.poll() is not None:
            break
        running = Home(home).running()
        if running is not None and _listeners(process.pid) >= listening and _is_there(f"{running.address}/readyz"):
            return running.address
        time.sleep(0.02)
    raise Unavailable(f"The server did not come up (exit code {process.returncode}). Nothing was measured. It said: {_last_words(log) or 'nothing'}")


def _listeners(pid: int) -> int:
    try:
        whole = psutil.Process(pid)
        return sum(any(c.status == "LISTEN" for c in one.net_connections("tcp")) for one in (whole, *whole.children(recursive=True)))
    except psutil.NoSuchProcess:
        return 0


def _last_words(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace").strip()[-600:]


def _wait(true: Callable[[], bool], what: str) -> None:
    for _ in range(1500):
        if true():
            return
        time.sleep(0.02)
    raise Unavailable(f"There is no answer from {what}. Nothing was measured.")


def _is_there(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])
