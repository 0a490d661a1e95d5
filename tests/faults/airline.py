"""An airline that is silent after committing: `python -m tests.faults.airline 2000`. Each change is done once, and none is left open.

Heron Air (examples/airline) runs in a process of its own; three of ten orders are carried out and then not answered, one of twenty calls fails
before anything is done. Twice:

* at the seam: a bag under a key of its own, asked for until it ends, every other time by somebody who knows of no earlier try, as another worker
  after a crash. Then the airline's own tables are counted: so many orders as keys, so many bags as orders.
* through the house: so many travellers ask for their return flight and say yes; what is "being processed" the duty asks about again. Then each
  booking has one order, each yes one receipt, and what is still open has a ticket.
"""

import asyncio
import json
import logging
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr
from sqlalchemy import text

from basics.breaker import Breaker
from basics.clock import system_clock
from bot.assembly import House
from bot.refusals import ChangeUnderWay
from customers.airline_http import Gateway
from customers.change import Proposal
from customers.order import Order
from customers.reservations import ReservationsUnavailable
from customers.reservations_http import HttpReservations
from desk.conversation import Caller
from examples.airline import storage
from examples.airline.storage import Storage
from store import proposals
from tests.customers.heron import TOKEN
from tests.house import REPO, MovableClock, a_house, free_port

AT_ONCE, TIMEOUT, HANG = 16, 1.5, 6.0  # changes; seconds that are waited; seconds of silence
SILENT, FAILS = 0.3, 0.05
_ROUNDS = 400  # of the duty, five seconds apart
_LONGEST = 300.0  # seconds for one change: the product tells a person by then
_WHO, _PNR, _SEG = "H-1001", "HWJ871", "HWJ871-2"


@dataclass
class Found:
    """What came of it."""

    where: str
    changes: int
    tries: int = 0
    unclear: int = 0
    ended: dict[str, str] = field(default_factory=dict)  # key -> reference
    stuck: int = 0
    double: int = 0
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)

    def line(self) -> str:
        """One line for a person."""
        return (
            f"{'FAILED' if self.wrong else 'OK'}: {self.where}: {self.changes:,} changes in {self.seconds:.0f} s, {self.tries:,} tries, "
            f"{self.unclear:,} of them without an answer: {len(self.ended):,} done, {self.double} double, {self.stuck} stuck"
        )


@contextmanager
def heron_process(folder: Path, people: int = 0, **faults: float) -> Iterator[tuple[str, Storage]]:
    """Heron Air as a process of its own, newly seeded, with so many more people like Wen Jing; its address and its database."""
    kept, port = Storage(folder / "heron.sqlite3"), free_port()
    kept.seed(system_clock())
    with kept.writing() as db:
        for n in range(people):
            _like_wen_jing(db, n)
    told = [part for name, value in faults.items() for part in (f"--{name.replace('_', '-')}", str(value))]
    line = [sys.executable, "-m", "examples.airline", "--port", str(port), "--home", str(folder), "--token", TOKEN, "--dice", "1", *told]
    process = subprocess.Popen(line, cwd=REPO, env={**os.environ, "PYTHONPATH": str(REPO)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, process)
        yield address, kept
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _like_wen_jing(db: Any, n: int) -> None:
    """Another passenger: outward flight flown, return ahead, the benefit held."""
    who = {"pax_no": f"T-{n:05}", "pnr": f"T{n:05}"}
    for table in ("passengers", "marks", "pnrs"):
        (like,) = storage.rows(db, f"SELECT * FROM {table} WHERE pax_no = :pax_no", pax_no=_WHO)
        storage.add(db, table, like | {name: value for name, value in who.items() if name in like})
    for like in storage.rows(db, "SELECT * FROM segments WHERE pnr = :pnr", pnr=_PNR):
        storage.add(db, "segments", like | {"pnr": who["pnr"], "seg": like["seg"].replace(_PNR, who["pnr"])})


def _wait_for(address: str, process: "subprocess.Popen[bytes]") -> None:
    ends = time.monotonic() + 30
    while True:
        assert process.poll() is None and time.monotonic() < ends, "the airline did not come up"
        try:
            if httpx.get(f"{address}/health", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=2).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.05)


async def _all(address: str, found: Found) -> None:
    gateway = Gateway(address, TOKEN, TIMEOUT, Breaker(most=10**9))  # every single call meets the faults
    gate, chance = asyncio.Semaphore(AT_ONCE), random.Random(1)
    order = Order.model_validate({"kind": "bag", "traveller_id": _WHO, "booking_id": _PNR, "leg_id": _SEG, "choice": {"id": "bag-1", "pieces": 1}})

    async def one(n: int) -> None:
        key, knows = f"key-{n}", HttpReservations(gateway, system_clock)
        async with gate:
            ends = time.monotonic() + _LONGEST
            while time.monotonic() < ends:
                found.tries += 1
                try:
                    found.ended[key] = (await knows.carry_out(key, order)).reference
                    return
                except ReservationsUnavailable:
                    found.unclear += 1
                if chance.random() < 0.5:
                    knows = HttpReservations(gateway, system_clock)  # another worker, who knows of no try
                await asyncio.sleep(chance.uniform(0.0, 0.1))
            found.stuck += 1

    await asyncio.gather(*(one(n) for n in range(found.changes)))
    await gateway.close()


async def _house(home: Path, address: str, kept: Storage, found: Found) -> None:
    """Everybody asks, says yes, and hears of it in the end."""
    clock = MovableClock(system_clock())
    house = a_house(home, clock=clock, airline="http", airline_url=address, airline_key=SecretStr(TOKEN), airline_timeout=TIMEOUT)
    assert isinstance(house.airline.connection, Gateway)
    house.airline.connection.breaker.most = 10**9
    await house.start(on_duty=False)
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(n: int) -> None:
        async with gate:
            card = None
            while card is None:  # one of twenty looks fails as well
                caller = Caller(kind="traveller", traveller_id=f"T-{n:05}", tier="gold")
                conversation, _ = await house.concierge.open(caller, "en")
                reply = await house.concierge.reply(conversation.id, "Can I change my return flight?")
                card = reply.proposal if reply else None
            found.tries += 1
            try:
                found.ended[card.id] = (await house.changes.confirm(conversation.id, card.id, f"k{n}", None)).reference
            except ChangeUnderWay:
                found.unclear += 1

    await asyncio.gather(*(one(n) for n in range(found.changes)))
    for _ in range(_ROUNDS):
        if not await _open(house):
            break
        clock.move(seconds=5)
        await house.changes.resume()
    async with house.db.read() as conn:
        receipts = dict(map(tuple, await conn.execute(text("select proposal_id, record from receipts"))))
    still = await _open(house)
    async with house.db.read() as conn:
        watched = {one.id for one in still if await proposals.was_handed_over(conn, one.id)}
    await house.stop()
    found.stuck = len(still) - len(watched)
    told = {id_: (json.loads(record) if isinstance(record, str) else record)["reference"] for id_, record in receipts.items()}
    found.wrong += ["a receipt says another thing than the yes was answered"] if found.ended.items() - told.items() else []
    found.ended = told
    _look_at_bookings(kept, found)


async def _open(house: House) -> list[Proposal]:
    async with house.db.read() as conn:
        return [change.proposal for change in await proposals.under_way(conn)]


def _look_at_bookings(kept: Storage, found: Found) -> None:
    with kept.reading() as db:
        orders = storage.rows(db, "SELECT order_key, pnr, state, reference FROM orders")
    done = {row["order_key"]: row["reference"] for row in orders}
    found.double = len(orders) - len({row["pnr"] for row in orders})
    checks = {
        f"{len(orders)} orders for {found.changes} bookings": len(orders) == found.changes and {row["state"] for row in orders} == {"DONE"},
        f"{found.double} bookings were changed twice": not found.double,
        "a receipt is not the order's, or is missing": found.ended == done,
        f"{found.stuck} changes are stuck without a ticket": not found.stuck,
        "no yes was left without an answer: nothing was tried": found.unclear > 0,
    }
    found.wrong += [what for what, fits in checks.items() if not fits]


def look(kept: Storage, found: Found) -> None:
    """What the airline's own tables say, against what was answered."""
    with kept.reading() as db:
        orders = storage.rows(db, "SELECT order_key, state, reference, answer FROM orders")
        bags: Any = storage.one(db, "SELECT bags FROM segments WHERE seg = :seg", seg=_SEG)
    done = {row["order_key"]: row["reference"] for row in orders if row["state"] == "DONE"}
    found.double = bags["bags"] - 1 - len(done) + (len(orders) - len(done))
    checks = {
        f"{bags['bags'] - 1} bags for {found.changes} changes": bags["bags"] - 1 == found.changes,
        f"{len(orders)} orders, {len(done)} done": len(orders) == len(done) == found.changes,
        "a reference was told that is not the order's": found.ended == done,
        "two orders have one reference": len(set(done.values())) == len(done),
        "an answer is not what it says": all(json.loads(row["answer"])["reference"] == row["reference"] for row in orders),
        f"{found.stuck} changes are stuck": not found.stuck,
        "no call was left without an answer: nothing was tried": found.unclear > 0,
    }
    found.wrong += [what for what, fits in checks.items() if not fits]


def main(changes: int, in_a_house: bool = False) -> Found:
    """Ask, look, print, return what was found."""
    found = Found("through the house" if in_a_house else "at the seam", changes)
    for named in ("concierge.airline", "concierge.act", "concierge.llm"):
        logging.getLogger(named).setLevel(logging.ERROR)  # that it fails is what is wanted
    with (
        tempfile.TemporaryDirectory(prefix="heron-") as folder,
        heron_process(Path(folder), changes if in_a_house else 0, commit_then_hang=SILENT, hang=HANG, fail=FAILS) as (address, kept),
    ):
        began = time.monotonic()
        if in_a_house:
            asyncio.run(_house(Path(folder) / "home", address, kept, found))
        else:
            asyncio.run(_all(address, found))
            look(kept, found)
        found.seconds = time.monotonic() - began
    for line in (found.line(), *found.wrong):
        print(line, flush=True)
    return found


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    sys.exit(any([main(wanted).wrong, main(wanted, in_a_house=True).wrong]))
