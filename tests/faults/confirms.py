"""A yes, twenty times at once: `python -m tests.faults.confirms --entitlements 500 --confirms 20 [--postgres]`. Each right is used once.

On a SQLite home (one process, as it must be), or on PostgreSQL with four processes that share nothing but the database. The confirms of a right
come at the same moment, by different connections, to different processes, with the same and with different keys; every fourth right has two cards, in
two windows. Then: so many changes in the airline's log as there are rights, each yes again gets the first one's receipt, and the tables say the same.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import text

from store.database import Database
from tests import postgres
from tests.faults.holders import Process, offered, processes
from tests.house import Chat, log_of, template_home

WAVE = 50  # rights that are offered, then confirmed: a card lasts a quarter of an hour
WORKERS = 4
_TWO_CARDS = 4  # every so many rights
_PATIENT = 90.0  # seconds in which a yes that is told "being processed" is asked again


@dataclass
class Found:
    """What came of it."""

    where: str
    rights: int
    confirms: int = 0
    executed: int = 0
    replayed: int = 0
    lost_race: int = 0
    under_way: int = 0
    cut_off: int = 0
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)

    def line(self) -> str:
        """One line for a person."""
        return (
            f"{'FAILED' if self.wrong else 'OK'}: {self.where}: {self.rights} rights, {self.confirms:,} confirms in {self.seconds:.0f} s "
            f"({self.confirms / max(self.seconds, 0.1):.0f} a second): {self.executed} executed, {self.replayed:,} replays gave the first receipt, "
            f"{self.lost_race} of another card for the same right refused, {self.under_way} told to wait first, "
            f"{self.cut_off} cut off and said again; {len(self.wrong)} wrong"
        )


@dataclass
class _Right:
    """One right with its cards, and every answer that a yes got."""

    cards: list[tuple[Chat, dict[str, Any]]]
    answers: list[tuple[str, int, dict[str, Any]]] = field(default_factory=list)  # proposal, status, body


async def _yes(https: list[httpx.AsyncClient], right: _Right, found: Found, chance: random.Random) -> None:
    if chance.random() < 0.5:  # a double click: the same key, for the same card and option
        (chat, card), key, option = right.cards[0], "same", right.cards[0][1]["terms"]["options"][0]["id"]
    else:
        (chat, card), key = chance.choice(right.cards), f"k{chance.random()}"
        option = chance.choice(card["terms"]["options"])["id"]
    through, ends = Chat(chance.choice(https), chat.opened), time.monotonic() + _PATIENT
    found.confirms += 1
    while True:
        try:
            answer = await through.try_to_confirm(card, key, option)
        except httpx.TransportError:  # a connection that the server closed just then: as a page does, the same again under the same key
            found.cut_off += 1
            continue
        if answer.status_code != 503 or time.monotonic() > ends:
            break
        found.under_way += 1
        await asyncio.sleep(chance.uniform(0.3, 2.0))
    right.answers.append((card["id"], answer.status_code, answer.json()))


def _judge(n: int, right: _Right, found: Found) -> None:
    won = {id_ for id_, status, _ in right.answers if status == 200}
    receipts = {str(body) for _, status, body in right.answers if status == 200}
    if len(won) != 1 or len(receipts) != 1:
        found.wrong.append(f"right {n}: {len(won)} cards carried out, {len(receipts)} receipts")
    for id_, status, body in right.answers:
        if status == 200:
            found.replayed += 1
        elif status == 409 and id_ not in won:
            found.lost_race += 1
        else:
            found.wrong.append(f"right {n}: {status} {body}")
    found.replayed -= len(won)
    found.executed += len(won)


async def _race(running: list[Process], found: Found, confirms: int, seed: int) -> None:
    chance = random.Random(seed)
    at_once = httpx.Limits(max_connections=40, keepalive_expiry=2)
    https = [httpx.AsyncClient(base_url=p.address, timeout=120, limits=at_once) for p in running for _ in range(2)]
    try:
        for first in range(0, found.rights, WAVE):
            wave: list[_Right] = []
            for n in range(first, min(first + WAVE, found.rights)):
                wave.append(_Right([await offered(chance.choice(https), n) for _ in range(2 if n % _TWO_CARDS == 0 else 1)]))
            yeses = [_yes(https, right, found, chance) for right in wave for _ in range(confirms)]
            chance.shuffle(yeses) if first % (2 * WAVE) else None  # of one right side by side, or all mixed
            await asyncio.gather(*yeses)
            for n, right in enumerate(wave, start=first):
                _judge(n, right, found)
    finally:
        for http in https:
            await http.aclose()


async def look(running: list[Process], rights: int, undone: int = 0) -> list[str]:
    """What is wrong between the airline's log and the tables, once so many rights were used and so many of the changes taken back."""
    log = log_of(running[0].place.airline)
    made, back = [line for line in log if line["kind"] != "undo"], [line for line in log if line["kind"] == "undo"]
    db = Database(running[0].place.database)
    async with db.read() as conn:
        rows = list((await conn.execute(text("select id, kind, state from proposals"))).all())
        uses = sorted((await conn.execute(text("select proposal_id from right_uses"))).scalars())
        receipts = sorted((await conn.execute(text("select proposal_id from receipts"))).scalars())
        told = list((await conn.execute(text("select stream from events where kind = 'receipt'"))).scalars())
    await db.stop()
    executed = sorted(row.id for row in rows if row.state == "executed")
    ends = {state: sum(row.state == state and row.kind != "undo" for row in rows) for state in ("executed", "undone", "pending", "unknown")}
    checks = {
        f"{len(made)} changes in the airline's log": len(made) == rights == len({line["booking"] for line in made}),
        f"{len(back)} taken back in the airline's log": len(back) == undone == len({line["undoes"] for line in back}),
        f"cards ended as {ends}": ends == {"executed": rights - undone, "undone": undone, "pending": 0, "unknown": 0},
        "other keys at the airline than proposals that were carried out": sorted(line["key"] for line in log)
        == sorted(row.id for row in rows if row.state in ("executed", "undone")),
        f"{len(uses)} uses": uses == sorted(row.id for row in rows if row.state == "executed" and row.kind != "undo"),
        f"{len(receipts)} receipts": receipts == sorted({*executed, *(row.id for row in rows if row.state == "undone")}),
        f"{len(told)} receipts told": len(told) == rights + undone and len(set(told)) == rights,
    }
    return [what for what, fits in checks.items() if not fits]


def main(entitlements: int, confirms: int, on_postgres: bool, seed: int = 0, silent: float = 0.0) -> Found:
    """Race, look, print, return what was found."""
    workers = WORKERS if on_postgres else 1
    found = Found(f"PostgreSQL, {workers} processes" if on_postgres else "SQLite, 1 process", entitlements)
    with tempfile.TemporaryDirectory(prefix="concierge-confirms-") as folder:
        url = postgres.database_of(Path(folder), template_home()) if on_postgres else None
        try:
            with processes(Path(folder), entitlements, workers, url, silent) as running:
                began = time.monotonic()
                asyncio.run(_race(running, found, confirms, seed))
                found.seconds = time.monotonic() - began
                found.wrong += asyncio.run(look(running, entitlements))
        finally:
            postgres.drop_all()
            postgres.drop_free()
    for line in (found.line(), *found.wrong[:20]):
        print(line, flush=True)
    return found


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--entitlements", type=int, default=500)
    asked.add_argument("--confirms", type=int, default=20)
    asked.add_argument("--postgres", action="store_true", help="four processes on TEST_POSTGRES_URL instead of one on a SQLite home")
    asked.add_argument("--silent", type=float, default=0.0, help="the share of changes after which the airline commits and does not answer")
    asked.add_argument("--seed", type=int, default=0)
    given = asked.parse_args()
    sys.exit(1 if main(given.entitlements, given.confirms, given.postgres, given.seed, given.silent).wrong else 0)
