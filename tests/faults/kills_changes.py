"""Kill -9 in the middle of many changes: `python -m tests.faults.kills_changes 100 [--postgres]`. What was acknowledged stands, once.

Each round offers a few cards, confirms each of them three times (some were confirmed before, and are taken back three times) at random moments while
others chat, and kills a server process at another; it is started again on the same home. On a SQLite home that is the only process, on PostgreSQL one
of two, and the calls go to both. The airline commits and keeps silent after a third of its changes. The same call again then gets the receipt that
was heard; at the end the airline's log and the tables are compared.
"""

import argparse
import asyncio
import contextlib
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
from tests.faults.confirms import look
from tests.faults.holders import Process, offered, processes
from tests.house import Chat, template_home

CARDS, CALLS = 5, 3  # of a round, of a card
_CHATTER = ("How many bags can I check in?", "我可以免费托运几件行李？")
_APART = 0.2  # seconds in which the yeses of a round are said
_AFTER = 60.0  # seconds in which everything must be settled afterwards


@dataclass
class Killed:
    """What was killed, and what was found wrong."""

    where: str
    kills: int = 0
    cards: int = 0
    undone: int = 0
    acknowledged: int = 0
    unheard: int = 0
    seconds: float = 0.0
    restart_s: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def line(self) -> str:
        """One line for a person."""
        restarts = sorted(self.restart_s) or [0.0]
        return (
            f"{'FAILED' if self.wrong else 'OK'}: {self.where}: {self.kills} kills under {self.cards} changes, {self.undone} being taken back, "
            f"in {self.seconds:.0f} s; {self.acknowledged} receipts heard before the kill, all of them stand; of {self.unheard} nothing was heard, "
            f"all done once after the same call again; ready again after {restarts[len(restarts) // 2]:.1f} s (median); {len(self.wrong)} wrong"
        )


@dataclass
class Card:
    """A card of a round, and what is called for it: the yes, or the taking back of what was said yes to before."""

    chat: Chat
    proposal: dict[str, Any]
    verb: str = "confirm"

    async def call(self, http: httpx.AsyncClient, key: str) -> httpx.Response:
        """Press the button."""
        return await Chat(http, self.chat.opened).post(f"/proposals/{self.proposal['id']}/{self.verb}", {}, **{"Idempotency-Key": key})


async def _cards(http: httpx.AsyncClient, first: int, share: float, chance: random.Random) -> list[Card]:
    """The cards of a round; a share of them was said yes to already, and is about to be taken back."""
    cards = [Card(*await offered(http, n)) for n in range(first, first + CARDS)]
    for card in cards:
        if chance.random() < share:
            assert not (wrong := await _again(http, card, [])), wrong
            card.verb = "undo"
    return cards


async def _usual(running: list[Process], first: int, chance: random.Random) -> float:
    """How many seconds a round takes in which nothing is killed."""
    async with httpx.AsyncClient(base_url=running[0].address, timeout=60) as http:
        cards = await _cards(http, first, 0.0, chance)
        began = time.monotonic()
        await asyncio.gather(*(_heard(http, card, f"k{n}", chance) for card in cards for n in range(CALLS)))
        took = time.monotonic() - began
        for card in cards:
            assert not (wrong := await _again(http, card, [])), wrong
        return took


async def _round(running: list[Process], first: int, chance: random.Random, tally: Killed, usual: float) -> list[str]:
    """One kill; what is wrong with the round's cards afterwards."""
    async with AsyncExitStack() as open_now:
        at = [await open_now.enter_async_context(httpx.AsyncClient(base_url=p.address, timeout=60)) for p in running]
        cards = await _cards(chance.choice(at), first, 1 / 3, chance)
        victim = chance.choice(running)
        calls = [asyncio.create_task(_heard(chance.choice(at), card, f"k{n}", chance)) for card in cards for n in range(CALLS)]
        chatter = [asyncio.create_task(_chat(chance.choice(at), chance)) for _ in range(2)]
        await asyncio.sleep(chance.uniform(0, 1.1 * usual))
        await asyncio.to_thread(victim.kill)
        killed = time.monotonic()
        heard = [answer for answer in await asyncio.gather(*calls) if answer is not None]
        await asyncio.gather(*chatter)
        victim.start()
        await asyncio.to_thread(victim.wait)
        tally.restart_s.append(time.monotonic() - killed)
        wrong = []
        for card in cards:
            before = [receipt for of, receipt in heard if of is card]
            tally.acknowledged += len(before)
            tally.unheard += not before
            tally.undone += card.verb == "undo"
            wrong += await _again(chance.choice(at), card, before)
    tally.kills, tally.cards = tally.kills + 1, tally.cards + len(cards)
    return wrong


async def _heard(http: httpx.AsyncClient, card: Card, key: str, chance: random.Random) -> tuple[Card, dict[str, Any]] | None:
    """The receipt that was heard for a card, if one was."""
    await asyncio.sleep(chance.uniform(0, _APART))
    try:
        answer = await card.call(http, key)
    except httpx.HTTPError:
        return None
    return (card, answer.json()) if answer.status_code == 200 else None


async def _chat(http: httpx.AsyncClient, chance: random.Random) -> None:
    with contextlib.suppress(httpx.HTTPError):
        chat = Chat(http, (await http.post("/v1/conversations", json={})).json())
        await chat.try_to_say(chance.choice(_CHATTER))


async def _again(http: httpx.AsyncClient, card: Card, heard: list[dict[str, Any]]) -> list[str]:
    """The same call once more: the receipt that stands is the one that was heard."""
    ends = time.monotonic() + _AFTER
    while (answer := await card.call(http, f"again-{card.verb}")).status_code == 503 and time.monotonic() < ends:  # noqa: ASYNC110
        await asyncio.sleep(0.2)
    if answer.status_code != 200:
        return [f"{card.verb} again: {answer.status_code} {answer.text[:200]}"]
    return [f"a receipt was heard that does not stand: {one}" for one in heard if one != answer.json()]


async def _rounds(running: list[Process], kills: int, seed: int, tally: Killed) -> None:
    chance = random.Random(seed)
    usual = await _usual(running, kills * CARDS, chance)
    for n in range(kills):
        tally.wrong += [f"kill {n}: {w}" for w in await _round(running, n * CARDS, chance, tally, usual)]
        if tally.wrong:
            return
    tally.wrong += await look(running, tally.cards + CARDS, tally.undone)


def main(kills: int, on_postgres: bool, seed: int | None = None) -> Killed:
    """Kill as often as told, look, print, return what was found."""
    seed = seed if seed is not None else random.SystemRandom().randrange(10**6)
    tally = Killed("PostgreSQL, 2 processes" if on_postgres else "SQLite, 1 process")
    with tempfile.TemporaryDirectory(prefix="concierge-kills-") as folder:
        url = postgres.database_of(Path(folder), template_home()) if on_postgres else None
        try:
            with processes(Path(folder), (kills + 1) * CARDS, 2 if on_postgres else 1, url, silent=1 / 3) as running:
                began = time.monotonic()
                asyncio.run(_rounds(running, kills, seed, tally))
                tally.seconds = time.monotonic() - began
        finally:
            postgres.drop_all()
            postgres.drop_free()
    for line in (f"seed {seed}", tally.line(), *tally.wrong[:20]):
        print(line, flush=True)
    return tally


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("kills", type=int, nargs="?", default=100)
    asked.add_argument("--postgres", action="store_true", help="two processes on TEST_POSTGRES_URL, one of them killed")
    asked.add_argument("--seed", type=int)
    given = asked.parse_args()
    sys.exit(1 if main(given.kills, given.postgres, given.seed).wrong else 0)
