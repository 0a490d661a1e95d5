"""Nothing leaves this machine: the guard of the session catches what it must, and a whole product is watched from outside, native code too."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.bot.test_library import an_article
from tests.bot.test_llm_local import WEIGHTS
from tests.house import REPO, ServerProcess, command, copied_home, environment, missing
from tests.quiet.sitecustomize import leaves

# Nothing of this leaves the machine either: a datagram socket's connect sends nothing, and a numeric look-up of a name asks nobody.
SENDS = """
import asyncio, socket, subprocess, sys

def connects(to="192.0.2.1"):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.connect((to, 9))

def asks(name="nowhere.invalid"):
    try:
        socket.getaddrinfo(name, 80, flags=socket.AI_NUMERICHOST)
    except socket.gaierror:
        pass

async def connects_in_a_loop():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.setblocking(False)
        await asyncio.get_running_loop().sock_connect(s, ("192.0.2.1", 9))

def a_child_connects():
    subprocess.run([sys.executable, "-c", "import story; story.connects()"], check=True)
"""
# The test, and how the line about it begins.
STORIES = {
    "connects": ("story.connects()", "socket.connect ('192.0.2.1', 9) in "),
    "asks": ("story.asks()", "socket.getaddrinfo nowhere.invalid in "),
    "loop": ("asyncio.run(story.connects_in_a_loop())", "socket.connect ('192.0.2.1', 9) in "),
    "child": ("story.a_child_connects()", "socket.connect ('192.0.2.1', 9) in "),
}
AT_HOME = "[story.connects(h) for h in ('127.0.0.1', 'localhost', '127.9.9.9')]; socket.getaddrinfo('localhost', 1)"
NATIVE = """
import ctypes, socket
libc = ctypes.CDLL(None, use_errno=True)
address = socket.AF_INET.to_bytes(2, "little") + (9).to_bytes(2, "big") + socket.inet_aton("192.0.2.1") + bytes(8)
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
assert libc.connect(s.fileno(), address, len(address)) == 0
"""


def a_session(folder: Path, tests: Mapping[str, tuple[str, str]], *more: str) -> subprocess.CompletedProcess[str]:
    """A pytest session of its own, with the plugin and these tests."""
    (folder / "story.py").write_text(SENDS)
    (folder / "pytest.ini").write_text("[pytest]\n")
    written = "".join(f"\ndef test_{name}():\n    {does}\n" for name, (does, _) in tests.items())
    (folder / "test_story.py").write_text(f"import asyncio, socket, story\n{written}")
    env = {k: v for k, v in os.environ.items() if not k.startswith(("OUTGOING", "PYTEST"))}
    env["PYTHONPATH"] = os.pathsep.join((str(REPO), str(folder)))
    line = [sys.executable, "-m", "pytest", "-q", "-p", "tests.outgoing", "-p", "no:cacheprovider", *more, "test_story.py"]
    return subprocess.run(line, cwd=folder, env=env, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("more", [(), ("-n", "1")], ids=["alone", "with a worker"])
def test_what_leaves_fails_the_session(tmp_path: Path, more: tuple[str, ...]) -> None:
    """A connection or a look-up, from this process, a loop or a child: the tests themselves pass, the session does not, and says where each was."""
    ran = a_session(tmp_path, STORIES, *more)
    assert ran.returncode == 1 and "4 passed" in ran.stdout, ran.stdout + ran.stderr
    assert f"outgoing connections: {len(STORIES)}\n" in ran.stdout, ran.stdout
    for (name, (_, told)), line in zip(STORIES.items(), re.findall(r"^  (socket.*)$", ran.stdout, re.M), strict=True):
        assert line.startswith(told) and f"test_{name} (call)" in line and "story.py:" in line, line


def test_what_stays_here_is_no_finding(tmp_path: Path) -> None:
    """Loopback in several spellings."""
    ran = a_session(tmp_path, {"home": (AT_HOME, "")})
    assert ran.returncode == 0 and "outgoing connections: 0\n" in ran.stdout, ran.stdout + ran.stderr


@pytest.mark.parametrize(
    ("host", "is_look_up", "so"),
    [
        ("127.0.0.1", False, False), ("::1", False, False), ("::ffff:127.0.0.1", False, False), (None, True, False), (b"", True, False),
        ("0.0.0.0", False, False), ("LOCALHOST.", True, False), ("10.0.0.7", True, False), ("demo.localhost", True, False),
        ("10.0.0.7", False, True), ("::ffff:10.0.0.7", False, True), ("fe80::1%eth0", False, True), ("255.255.255.255", False, True),
        ("localhost.example", True, True), ("huggingface.co", True, True), (b"huggingface.co", True, True), ("169.254.169.254", False, True),
    ],
)  # fmt: skip
def test_which_hosts_are_another_machine(host: object, is_look_up: bool, so: bool) -> None:
    """The difference between a connection to an address and asking a name server for a name."""
    assert leaves(host, is_look_up) is so


# ---- from outside: what the kernel is asked for, whoever asks -------------------------------------------------------------------------


@contextmanager
def traced(file: Path) -> Iterator[tuple[str, ...]]:
    """What to write before a command so that every call of it and its children that names an address is in the file; whole when the block ends."""
    if shutil.which("strace") is None:
        missing("strace is not installed (apt-get install strace): what native code connects to was not looked at.")
    # -D: the command keeps the process number that its starter sees. Data is not kept (-s 0).
    before = ("strace", "-D", "-f", "-qq", "-s", "0", "-e", "trace=bind,connect,sendto,sendmsg,sendmmsg", "-e", "signal=none", "-o", str(file))
    tried = subprocess.run([*before, sys.executable, "-c", "import socket; socket.socket().bind(('', 0))"], capture_output=True, text=True)
    if tried.returncode or not _calls(file):
        missing(f"strace may not trace here: {tried.stderr.strip()[:200]}")
    yield before
    size = -1
    while size != (size := file.stat().st_size):  # the tracer leaves a moment after the traced
        time.sleep(0.3)


def _calls(file: Path) -> list[str]:
    ends = time.monotonic() + 5
    while time.monotonic() < ends and not (file.exists() and file.stat().st_size):
        time.sleep(0.05)
    return file.read_text("utf-8", "replace").splitlines() if file.exists() else []


def left(file: Path) -> list[str]:
    """The traced calls that name another machine, or a name server on this one."""
    out = []
    for line in _calls(file):
        hosts = re.findall(r'inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"', line)
        if any(leaves(a or b) for a, b in hosts) or (hosts and re.search(r"port=htons\(53\)", line)):
            out.append(line)
    return out


@pytest.mark.slow
def test_the_tracer_sees_what_python_does_not(tmp_path: Path) -> None:
    """A connect from C is in no audit event, and is seen all the same."""
    env = environment(tmp_path / "home")
    env["OUTGOING_TO"] = str(tmp_path / "heard")
    with traced(tmp_path / "calls") as before:
        subprocess.run([*before, sys.executable, "-c", NATIVE], env=env, check=True, timeout=60)
    assert not (tmp_path / "heard").exists()
    (call,) = left(tmp_path / "calls")
    assert "192.0.2.1" in call and "connect(" in call


@pytest.mark.slow
def test_a_demo_asks_nobody_for_anything(tmp_path: Path) -> None:
    """Start from nothing, ask in both languages, change a flight, take articles in, hand over, look at figures, with a model in the process where
    its weights are here: not one address of another machine, by Chroma's and llama.cpp's own code neither."""
    model = {"CONCIERGE_MODEL": "local", "CONCIERGE_MODEL_PATH": str(WEIGHTS), "CONCIERGE_JUDGE_FROM": "0", "CONCIERGE_JUDGE_TO": "1"}
    home, articles, calls = copied_home(tmp_path / "home", with_index=False), tmp_path / "articles", tmp_path / "calls"
    an_article(articles)
    with traced(calls) as before:
        server = ServerProcess(home, through=before, **(model if WEIGHTS.is_file() else {}))
        try:
            server.wait_until_ready()
            _a_day(server.address)
            assert command("ingest", str(articles), "--dry-run", home=home).returncode == 0
            assert command("doctor", home=home, PORT=server.address.rpartition(":")[2]).returncode in (0, 1)
        finally:
            server.stop()
    seen = _calls(calls)
    assert any("bind(" in line and "127.0.0.1" in line for line in seen), "nothing was traced"
    assert left(calls) == []


ST = "import sys; from knowledge.embedders import embedder_of; print(embedder_of(f'st:{sys.argv[1]}').question('Bags?').shape)"


@pytest.mark.slow
def test_a_model_in_a_folder_asks_no_hub(tmp_path: Path, minilm: Path) -> None:
    """Loaded and used with the hub not even shut off: torch, transformers and their native parts look for nothing elsewhere."""
    env = {k: v for k, v in environment(tmp_path / "home").items() if k != "HF_HUB_OFFLINE"}
    with traced(tmp_path / "calls") as before:
        ran = subprocess.run([*before, sys.executable, "-c", ST, str(minilm)], env=env, capture_output=True, text=True, timeout=240)
    assert ran.returncode == 0 and "(384,)" in ran.stdout, ran.stderr
    assert left(tmp_path / "calls") == []


def _a_day(address: str) -> None:
    with httpx.Client(base_url=address, timeout=120) as http:
        identity = http.post("/v1/demo/token", json={"as": "lin-gold"}).json()["identity"]
        opened = http.post("/v1/conversations", json={"identity": identity}).json()
        headers = {"Authorization": f"Bearer {opened['token']}"}
        url = f"/v1/conversations/{opened['id']}"
        for n, text in enumerate(("How many bags can I check in?", "我可以免费托运几件行李？", "Can I change my return flight?")):
            said = http.post(f"{url}/messages", json={"text": text, "client_msg_id": str(n)}, headers=headers)
            assert said.status_code == 200, said.text
        receipt = http.post(f"/v1/proposals/{said.json()['proposal']['id']}/confirm", headers=headers | {"Idempotency-Key": "k"})
        assert receipt.status_code == 200, receipt.text
        assert http.post(f"{url}/handoff", json={}, headers=headers).status_code == 200
        assert all(http.get(page).status_code == 200 for page in ("/readyz", "/metrics", "/widget.js", "/console/"))
