"""An airline of any size whose every traveller holds the free change, and real server processes for it on one database.

Each process is the real house behind its real doors, with the demo's reservations over a generated file: `python -m tests.faults.holders PLACE`.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import uvicorn
from pydantic import BaseModel, SecretStr

from api.app import build_app
from basics.clock import system_clock
from basics.words import words
from bot.assembly import assemble
from bot.settings import DEMO_CONFIDENCE, Settings
from customers.demo_airline import DEMO_FILE, DemoAirline, read_demo_airline
from customers.order import ChangeDone, Order
from customers.reservations import ReservationsUnavailable
from customers.reservations_demo import DemoReservations
from customers.source_demo import DemoSource
from tests.house import HOST_KEY, RATES, REPO, Chat, copied_home, done, environment, free_port, host_jwt

CHANGE = "Can I change my return flight?"


class Place(BaseModel, frozen=True):
    """Where a process stands: its home, the airline's folder, the database all share, and how often the airline commits and says nothing."""

    home: Path
    airline: Path
    database: str
    port: int
    silent: float = 0.0


class SilentAirline(DemoReservations):
    """The demo airline, which for a share of the keys commits the first time it is asked, and does not answer."""

    silent = 0.0

    def __init__(self, folder: Path, silent: float) -> None:
        super().__init__(folder, system_clock, read_demo_airline(folder / "airline.json"))
        self.silent = silent
        self._told: set[str] = set()

    async def carry_out(self, key: str, order: Order) -> ChangeDone:
        """Do it; ReservationsUnavailable in this process once for a key that is one of the silent share."""
        made = await super().carry_out(key, order)
        if key not in self._told and sum(key.encode()) % 100 < 100 * self.silent:
            self._told.add(key)
            raise ReservationsUnavailable(words("No answer.", "没有响应。"))
        return made


def who(n: int) -> str:
    """The id of a holder."""
    return f"holder-{n:04}"


def write_airline(folder: Path, people: int) -> None:
    """The demo's file with so many travellers like Lin Yue (outward leg flown, return in two days, the benefit held) instead of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    file = json.loads(DEMO_FILE.read_text("utf-8"))
    like = next(p for p in file["personas"] if p["id"] == "lin-gold")

    def one(n: int) -> dict[str, object]:
        reference = "H" + "".join(chr(ord("A") + n // 26**place % 26) for place in range(5))
        return {**like, "id": who(n), "email": f"{who(n)}@ninebends.example", "trip": {**like["trip"], "id": reference}}

    file["personas"] = [one(n) for n in range(people)]
    file["groups"] = [{"title": {"en": "Holders", "zh": "持有人"}, "people": [who(n) for n in range(people)]}]
    file["accounts"] = []
    airline = DemoAirline.model_validate(file)
    (folder / "airline.json").write_text(airline.model_dump_json(), "utf-8")
    DemoReservations(folder, system_clock, airline)  # the trips are written once, before several processes do it at the same moment


class Process:
    """One server process at its place; killed, it can be started again there."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._log = place.home.with_suffix(".log").open("ab")
        self.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.place.port}"

    def start(self) -> None:
        """Begin; it answers a few seconds later."""
        line = [sys.executable, "-m", "tests.faults.holders", self.place.model_dump_json()]
        env = environment(self.place.home)
        self._run = subprocess.Popen(line, env=env, cwd=REPO, stdout=self._log, stderr=self._log, start_new_session=True)

    def wait(self, seconds: float = 120) -> None:
        """Until it is ready."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            assert self._run.poll() is None, f"the process ended with {self._run.returncode}: {self.said()}"
            try:
                if httpx.get(f"{self.address}/readyz", timeout=5).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.03)
        raise AssertionError(f"the process is not ready after {seconds} s: {self.said()}")

    def kill(self) -> None:
        """As a power cut would."""
        self._run.kill()
        self._run.wait()

    def stop(self) -> None:
        """In order."""
        if self._run.poll() is None:
            self._run.send_signal(signal.SIGTERM)
            try:
                self._run.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
        self._log.close()

    def said(self) -> str:
        """The end of its log."""
        return self.place.home.with_suffix(".log").read_text("utf-8", "replace")[-1500:]


@contextmanager
def processes(folder: Path, people: int, count: int, database: str | None, silent: float = 0.0) -> Iterator[list[Process]]:
    """So many processes that are ready, for so many holders; on the database of this URL, or (one process) on the SQLite file of its home."""
    assert database or count == 1, "a SQLite home belongs to one process"
    write_airline(folder / "airline", people)
    made = []
    for n in range(count):
        home = copied_home(folder / f"home-{n}")
        url = database or f"sqlite:///{home / 'concierge.sqlite3'}"
        made.append(Place(home=home, airline=folder / "airline", database=url, port=free_port(), silent=silent))
    running = [Process(place) for place in made]
    try:
        for process in running:
            process.wait()
        yield running
    finally:
        for process in running:
            process.stop()


async def offered(http: httpx.AsyncClient, person: int) -> tuple[Chat, dict[str, object]]:
    """A conversation of this holder, with the card that they are offered."""
    opened = done(await http.post("/v1/conversations", json={"identity": host_jwt(who(person), system_clock()), "lang": "en"}))
    chat = Chat(http, opened)
    reply = await chat.say(CHANGE)
    assert reply["proposal"], reply["text"]
    return chat, reply["proposal"]


async def _serve(place: Place) -> None:
    plain = {"_env_file": None, "home": place.home, "host_key": SecretStr(HOST_KEY), "confidence": DEMO_CONFIDENCE} | dict.fromkeys(RATES, "")
    own = {"database_url": place.database, "answer_at": 0.0}
    airline = SilentAirline(place.airline, place.silent)
    source = DemoSource(read_demo_airline(place.airline / "airline.json"))
    house = assemble(Settings(**plain | own), reservations=airline, source=source, worker_id=f"worker-{os.getpid()}")
    config = uvicorn.Config(build_app(house), host="127.0.0.1", port=place.port, log_level="warning", access_log=False, timeout_graceful_shutdown=2)
    await uvicorn.Server(config).serve()


if __name__ == "__main__":
    asyncio.run(_serve(Place.model_validate_json(sys.argv[1])))
