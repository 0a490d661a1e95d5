"""A whole site on this machine: its own PostgreSQL, Redis and Chroma, and `concierge serve` with several workers. Each part can be killed.

Everything listens on loopback, lives in one folder, and ends with the block.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
from filelock import FileLock

from tests.house import ARTICLES, HOST_KEY, REPO, ServerProcess, command, free_port

PARTS = ("worker", "server", "postgres", "redis", "chroma")


def why_not() -> str:
    """What is missing on this machine for a site of its own; empty where nothing is."""
    missing = [what for what in ("redis-server",) if shutil.which(what) is None]
    if _postgres_bin() is None:
        missing.append("postgres")
    return f"not installed: {', '.join(missing)}" if missing else ""


class Site:
    """The parts, by name; `address` is where travellers come in."""

    def __init__(self, folder: Path, workers: int = 2, **env: str) -> None:
        self.folder, self.workers = folder, workers
        self.ports = {what: free_port() for what in ("server", "postgres", "redis", "chroma")}
        self._runs: dict[str, subprocess.Popen[bytes]] = {}
        self.env = {
            "CONCIERGE_DATABASE_URL": f"postgresql+asyncpg://postgres@127.0.0.1:{self.ports['postgres']}/postgres",
            "CONCIERGE_REDIS_URL": f"redis://127.0.0.1:{self.ports['redis']}/0",
            "CONCIERGE_CHROMA_URL": f"http://127.0.0.1:{self.ports['chroma']}",
            "CONCIERGE_WORKERS": str(workers),
            "CONCIERGE_ANSWER_AT": "0",
            "CONCIERGE_RATE_CONVERSATION": "100000/minute",  # so that Redis is asked at every message
            "CONCIERGE_HOST_KEY": HOST_KEY,
            "PORT": str(self.ports["server"]),
            **env,
        }
        self.home = folder / "home"
        self.server: ServerProcess | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.ports['server']}"

    def open(self) -> None:
        """Everything up, the articles taken in."""
        self.folder.chmod(0o755)
        for part in ("postgres", "redis", "chroma"):
            self.start(part)
        taken = command("ingest", str(ARTICLES), home=self.home, process=True, **self.env)
        assert taken.returncode == 0, taken.stderr
        self.start("server")
        self.wait_for_server()

    def start(self, part: str) -> None:
        """Start a part; the services answer when this returns, the server comes up by itself."""
        if part == "worker":
            return  # the supervisor does it
        if part == "server":
            self.server = ServerProcess(self.home, "serve", **self.env)
            return
        line, user = {"postgres": self._postgres, "redis": self._redis, "chroma": self._chroma}[part]()
        with (self.folder / f"{part}.log").open("ab") as log:
            for _ in range(40):
                self._runs[part] = subprocess.Popen(line, stdout=log, stderr=log, cwd=self.folder, user=user, start_new_session=True)
                if self._answers(part):
                    return
                time.sleep(0.1)  # a database whose predecessor's processes are still ending refuses at first
        raise AssertionError(f"{part} does not come up: {(self.folder / f'{part}.log').read_text('utf-8', 'replace')[-800:]}")

    def kill(self, part: str) -> None:
        """As a power cut of this part would."""
        if part == "worker":
            os.kill(self.worker_pids()[0], signal.SIGKILL)
        elif part == "server":
            assert self.server
            os.killpg(self.server.process.pid, signal.SIGKILL)  # supervisor and workers at the same moment
            self.server.process.wait()
        else:
            self._runs[part].kill()
            self._runs[part].wait()

    def hang(self, part: str, on: bool) -> None:
        """Stop a part without ending it, or let it go on."""
        self._runs[part].send_signal(signal.SIGSTOP if on else signal.SIGCONT)

    def worker_pids(self) -> list[int]:
        """The workers that are alive, the oldest first."""
        assert self.server
        children = [c for c in psutil.Process(self.server.process.pid).children() if "concierge.worker" in c.cmdline()]
        return [c.pid for c in sorted(children, key=lambda c: c.create_time())]

    def wait_for_server(self, seconds: float = 90) -> None:
        """Until it answers travellers with as many workers as it should have."""
        assert self.server
        self.server.wait_until_ready(seconds)
        ends = time.monotonic() + seconds
        while self.server.said().count("Listening") == 0 or len(self.worker_pids()) < self.workers:
            assert time.monotonic() < ends, self.server.said()
            time.sleep(0.05)

    def close(self) -> None:
        """Everything down, whatever state it is in."""
        if self.server is not None:
            self.server.stop()
        for run in self._runs.values():
            run.send_signal(signal.SIGCONT)
            run.kill()
            run.wait()

    def _answers(self, part: str) -> bool:
        ends = time.monotonic() + 15
        while time.monotonic() < ends and self._runs[part].poll() is None:
            if self._is_up(part):
                return True
            time.sleep(0.02)
        return False

    def _is_up(self, part: str) -> bool:
        port = str(self.ports[part])
        if part == "postgres":
            bin_ = _postgres_bin()
            return subprocess.run([f"{bin_}/pg_isready", "-q", "-h", "127.0.0.1", "-p", port]).returncode == 0
        if part == "redis":
            return subprocess.run(["redis-cli", "-p", port, "ping"], capture_output=True).stdout.strip() == b"PONG"
        try:
            return httpx.get(f"http://127.0.0.1:{port}/api/v2/heartbeat", timeout=1).is_success
        except httpx.HTTPError:
            return False

    def _postgres(self) -> tuple[list[str], str | None]:
        bin_, data, user = _postgres_bin(), self.folder / "postgres", _postgres_user()
        if not data.exists():
            data.mkdir()
            if user:
                shutil.chown(data, user)
            made = [f"{bin_}/initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
            subprocess.run(made, check=True, stdout=subprocess.DEVNULL, user=user, cwd="/")
        settings = ("listen_addresses=127.0.0.1", f"unix_socket_directories={data}", "max_connections=100")
        return [f"{bin_}/postgres", "-D", str(data), "-p", str(self.ports["postgres"]), *(w for s in settings for w in ("-c", s))], user

    def _redis(self) -> tuple[list[str], str | None]:
        quiet = ["--save", "", "--appendonly", "no", "--bind", "127.0.0.1"]
        return ["redis-server", "--port", str(self.ports["redis"]), *quiet], None

    def _chroma(self) -> tuple[list[str], str | None]:
        run = [str(Path(sys.executable).with_name("chroma")), "run", "--path", str(self.folder / "chroma")]
        return [*run, "--host", "127.0.0.1", "--port", str(self.ports["chroma"])], None


@contextmanager
def a_site(folder: Path, workers: int = 2, **env: str) -> Iterator[Site]:
    """A site that is up; down again at the end. One at a time on a machine: starting several at once takes longer than all of them in a row."""
    with FileLock(REPO / ".pytest_cache" / "site.lock"):
        site = Site(folder, workers, **env)
        try:
            site.open()
            yield site
        finally:
            site.close()


def _postgres_bin() -> Path | None:
    """The folder of PostgreSQL's programs: Debian keeps them apart by version."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found: Any = debian[-1] if debian else shutil.which("initdb")
    return Path(found).parent if found else None


def _postgres_user() -> str | None:
    """Whom it must run as: root may not."""
    return "postgres" if os.geteuid() == 0 else None
