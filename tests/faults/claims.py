"""Two people with two tabs each reach for the same tickets, and take over while the bot speaks: `python -m tests.faults.claims 1000 500`.

On a SQLite home (one process, as it must be), or (`--postgres`) on PostgreSQL with four processes that share nothing but the database. Each ticket is
reached for by four tabs at the same moment; whoever has it sends the same answer from both tabs, whoever has not tries all the same. Then, in other
conversations, a person is asked for and takes the ticket at a random moment of a running answer. Afterwards the travellers' own streams are read: one
owner and one answer a ticket, the loser was told who won, and after a take-over not a word of the bot's.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests import postgres
from tests.faults.holders import Process, processes
from tests.house import STAFF, Chat, StaffMember, done, template_home

WAVE = 20
WORKERS = 4
_ASKED = ("How many bags can I check in?", "What does an extra bag cost, and how heavy may it be?", "充电宝可以带上飞机吗？")
_USUAL = 0.25  # seconds of an answer on a busy machine: take-overs fall into and around it


@dataclass
class Found:
    """What came of it."""

    where: str
    tickets: int = 0
    claims: int = 0
    lost: int = 0
    answers: int = 0
    taken_over: int = 0
    cut: int = 0
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)

    def line(self) -> str:
        """One line for a person."""
        return (
            f"{'FAILED' if self.wrong else 'OK'}: {self.where}: {self.tickets:,} tickets, {self.claims:,} claims "
            f"({self.lost:,} told who was faster), "
            f"{self.answers:,} answers sent from two tabs each; {self.taken_over} take-overs, {self.cut} of them in the middle of an answer; "
            f"{self.seconds:.0f} s; {len(self.wrong)} wrong"
        )


async def _chat(http: httpx.AsyncClient) -> Chat:
    return Chat(http, done(await http.post("/v1/conversations", json={})))


async def _reach(tab: StaffMember, ticket: dict[str, Any], found: Found) -> str | None:
    """One tab: claim it, and answer; the owner's name as this tab was told it."""
    claim = await tab.post(f"/tickets/{ticket['id']}/claim")
    found.claims += 1
    mine = claim.status_code == 200
    reply = await tab.reply(ticket["id"], f"{tab.name} answers ticket {ticket['number']}.", f"{ticket['id']}-{tab.name}")
    if mine:
        if reply.status_code != 200:
            found.wrong.append(f"{tab.name} has ticket {ticket['number']} and may not answer: {reply.text[:200]}")
        found.answers += 1
        return tab.name
    found.lost += 1
    body = claim.json()
    if claim.status_code != 409 or body.get("type") != "ticket-taken" or reply.status_code == 200:
        found.wrong.append(f"ticket {ticket['number']}: the loser was told {claim.status_code} {claim.text[:200]}, answering {reply.status_code}")
    by = body.get("by")
    return str(by.get("name") if isinstance(by, dict) else by)


async def _raced(chat: Chat, tabs: list[StaffMember], found: Found, chance: random.Random) -> None:
    ticket = (await chat.hand_over())["ticket"]
    order = chance.sample(tabs, len(tabs))
    owners = set(await asyncio.gather(*(_reach(tab, ticket, found) for tab in order)))
    events = await chat.events()
    took = [e.data["staff"]["name"] for e in events if e.kind == "taken_over"]
    said = [e.data["staff"]["name"] for e in events if e.kind == "staff_message"]
    found.tickets += 1
    if not (len(took) == len(said) == len(owners) == 1 and {*took} == {*said} == owners):
        found.wrong.append(f"ticket {ticket['number']}: taken by {took}, answered by {said}, told to be {owners}'s")


async def _taken_over(chat: Chat, anna: StaffMember, found: Found, chance: random.Random) -> None:
    asking = asyncio.create_task(chat.try_to_say(chance.choice(_ASKED)))
    await asyncio.sleep(chance.uniform(0, _USUAL))
    ticket = (await chat.hand_over())["ticket"]
    await asyncio.sleep(chance.uniform(0, _USUAL / 4))
    await anna.claim(ticket["id"])
    await asking
    await asyncio.sleep(0.1)
    events = await chat.events()
    at = next((e.number for e in events if e.kind == "taken_over"), 0)
    after = [e for e in events if e.number > at and e.kind in ("sentence", "reply", "proposal", "receipt")]
    found.taken_over += 1
    found.cut += not any(e.kind == "reply" and e.number < at and e.data["kind"] != "handoff" for e in events)
    if not at or after:
        found.wrong.append(f"after the take-over of {ticket['number']}: {[(e.kind, str(e.data)[:120]) for e in after] or 'no take-over'}")
    done(await anna.post(f"/tickets/{ticket['id']}/resolve"))


async def _race(running: list[Process], found: Found, tickets: int, takeovers: int, seed: int) -> None:
    chance = random.Random(seed)
    async with AsyncExitStack() as open_now:
        https = [await open_now.enter_async_context(httpx.AsyncClient(base_url=p.address, timeout=120)) for p in running]
        tabs = []
        for name in (*STAFF, *STAFF):
            http = chance.choice(https)
            tabs.append(StaffMember(http, done(await http.post("/v1/desk/sign-in", json={"name": name, "password": STAFF[name]}))))
        for first in range(0, tickets, WAVE):
            chats = await asyncio.gather(*(_chat(chance.choice(https)) for _ in range(min(WAVE, tickets - first))))
            await asyncio.gather(*(_raced(chat, tabs, found, chance) for chat in chats))
        for first in range(0, takeovers, 4):
            chats = await asyncio.gather(*(_chat(chance.choice(https)) for _ in range(min(4, takeovers - first))))
            await asyncio.gather(*(_taken_over(chat, tabs[0], found, chance) for chat in chats))


def main(tickets: int, takeovers: int, on_postgres: bool, seed: int = 0) -> Found:
    """Race, print, return what was found."""
    workers = WORKERS if on_postgres else 1
    found = Found(f"PostgreSQL, {workers} processes" if on_postgres else "SQLite, 1 process")
    with tempfile.TemporaryDirectory(prefix="concierge-claims-") as folder:
        url = postgres.database_of(Path(folder), template_home()) if on_postgres else None
        try:
            with processes(Path(folder), 1, workers, url) as running:
                began = time.monotonic()
                asyncio.run(_race(running, found, tickets, takeovers, seed))
                found.seconds = time.monotonic() - began
        finally:
            postgres.drop_all()
            postgres.drop_free()
    for line in (found.line(), *found.wrong[:20]):
        print(line, flush=True)
    return found


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("tickets", type=int, nargs="?", default=1000)
    asked.add_argument("takeovers", type=int, nargs="?", default=500)
    asked.add_argument("--postgres", action="store_true", help="four processes on TEST_POSTGRES_URL instead of one on a SQLite home")
    asked.add_argument("--seed", type=int, default=0)
    given = asked.parse_args()
    sys.exit(1 if main(given.tickets, given.takeovers, given.postgres, given.seed).wrong else 0)
