"""An airline that is silent after committing: `python -m tests.faults.airline 2000`. Each change is done once, and none is left open.

Heron Air (examples/airline) runs in a process of its own; three of ten orders are carried out and then not answered, one of twenty calls fails
before anything is done. Each change is a bag under its own key, asked for until it ends; every other time by somebody who knows of no earlier try,
as another worker after a crash. Then the airline's own tables are counted: so many orders as keys, so many bags as orders.
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

from basics.breaker import Breaker
from basics.clock import system_clock
from customers.airline_http import Gateway
from customers.order import Order
from customers.reservations import ReservationsUnavailable
from customers.reservations_http import HttpReservations
from examples.airline import storage
from examples.airline.storage import Storage
from tests.customers.heron import TOKEN
from tests.house import REPO, free_port

AT_ONCE, TIMEOUT, HANG = 16, 1.5, 6.0  # changes; seconds that are waited; seconds of silence
SILENT, FAILS = 0.3, 0.05
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
def heron_process(folder: Path, **faults: float) -> Iterator[tuple[str, Storage]]:
    """Heron Air as a process of its own, newly seeded; its address and its database."""
    port = free_port()
    told = [part for name, value in faults.items() for part in (f"--{name.replace('_', '-')}", str(value))]
    line = [sys.executable, "-m", "examples.airline", "--port", str(port), "--home", str(folder), "--seed", "--token", TOKEN, "--dice", "1", *told]
    process = subprocess.Popen(line, cwd=REPO, env={**os.environ, "PYTHONPATH": str(REPO)}, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, process)
        yield address, Storage(folder / "heron.sqlite3")
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


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


def main(changes: int) -> Found:
    """Ask, look, print, return what was found."""
    found = Found("at the seam", changes)
    logging.getLogger("concierge.airline").setLevel(logging.ERROR)  # that it fails is what is wanted
    with (
        tempfile.TemporaryDirectory(prefix="heron-") as folder,
        heron_process(Path(folder), commit_then_hang=SILENT, hang=HANG, fail=FAILS) as (address, kept),
    ):
        began = time.monotonic()
        asyncio.run(_all(address, found))
        found.seconds = time.monotonic() - began
        look(kept, found)
    for line in (found.line(), *found.wrong):
        print(line, flush=True)
    return found


if __name__ == "__main__":
    sys.exit(bool(main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000).wrong))
