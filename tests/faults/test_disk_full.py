"""A full disk: a plain sentence, nothing half kept, and everything there again once there is room."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.house import REPO, ServerProcess, copied_home, environment

pytestmark = pytest.mark.slow

# The server itself, except that no file of this process may grow beyond the limit, which the test moves while it runs (prlimit).
LIMITED = "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); from concierge.cli import main; main()"


class LimitedServer(ServerProcess):
    """A server whose files cannot grow past a limit: what a full disk looks like to it."""

    def __init__(self, home: Path) -> None:
        self.home, self.log = home, home.parent / "server.log"
        self.log_file = self.log.open("a", encoding="utf-8")
        env = environment(home, PORT="0", CONCIERGE_ANSWER_AT="0")
        self.process = subprocess.Popen(
            [sys.executable, "-c", LIMITED, "serve"], env=env, cwd=REPO, stdout=self.log_file, stderr=subprocess.STDOUT, start_new_session=True
        )

    def limit(self, size: int) -> None:
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def test_a_full_disk_is_told_and_nothing_is_lost(tmp_path: Path) -> None:
    """While nothing can be written a message is refused in plain words; what was said before stays; with room again it goes on."""
    server = LimitedServer(copied_home(tmp_path / "home"))
    try:
        server.wait_until_ready()
        with httpx.Client(base_url=server.address, timeout=60) as http:
            opened = http.post("/v1/conversations", json={}).json()
            headers = {"Authorization": f"Bearer {opened['token']}", "Accept": "application/json"}
            url = f"/v1/conversations/{opened['id']}"
            first = http.post(f"{url}/messages", json={"text": "hello", "client_msg_id": "1"}, headers=headers)
            assert first.status_code == 200
            before = http.get(f"{url}/events", headers=headers).json()

            server.limit(1024)
            for n in range(3):
                full = http.post(f"{url}/messages", json={"text": "hello again", "client_msg_id": f"full{n}"}, headers=headers)
                assert (full.status_code, full.json()["type"]) == (503, "unavailable"), full.text
                assert "disk full" in full.json()["detail"] and "Nothing was changed" in full.json()["detail"]
            assert http.get(f"{url}/events", headers=headers).json() == before
            assert http.post("/v1/conversations", json={}).status_code == 503

            server.limit(resource.RLIM_INFINITY)
            after = http.post(f"{url}/messages", json={"text": "hello again", "client_msg_id": "full0"}, headers=headers)
            assert after.status_code == 200 and after.json()["kind"] == "answer"
            told = http.get(f"{url}/events", headers=headers).json()["events"]
            assert told[: len(before["events"])] == before["events"] and [e["number"] for e in told] == list(range(1, len(told) + 1))
            assert [e["kind"] for e in told].count("message") == 2
    finally:
        server.stop()
    assert "Traceback" not in json.dumps(told)
    again = ServerProcess(server.home, "serve")
    try:
        again.wait_until_ready()
        assert httpx.get(f"{again.address}{url}/events", headers=headers).json()["events"] == told
    finally:
        again.stop()


def test_no_room_to_begin_with_is_told(tmp_path: Path) -> None:
    """A demo that cannot even write its first page says so and leaves."""
    code = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)); {LIMITED}"
    ran = subprocess.run(
        [sys.executable, "-c", code, "demo"], env=environment(tmp_path / "home", PORT="0"), cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert ran.returncode == 2 and "Traceback" not in ran.stderr, ran.stderr[-2000:]
    assert ran.stderr.strip(), os.fspath(tmp_path)
