"""Changes under way: said yes to, and the airline has not said what became of them. Asked again under the same key, and watched by a person."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from basics.clock import Clock
from basics.errors import ConciergeError
from basics.words import Words
from bot.handoff import hand_off, hours_to_departure, reason_without_draft
from bot.settings import Settings
from bot.steps import Evidence
from bot.tell import speak_ticket
from customers.change import Proposal, Receipt, what_of
from desk.ticket import Reason
from store import conversations, proposals
from store.database import Database, Tx
from store.proposals import UnderWay

log = logging.getLogger("concierge.under_way")
LONG = timedelta(minutes=5)  # without an outcome: a person is told
PATIENCE = timedelta(seconds=15)  # with who said yes: after that their worker is taken for dead
_SOONEST, _LATEST = timedelta(seconds=5), timedelta(minutes=1)  # between two tries
_A_ROUND, _AT_ONCE = 48, 12  # changes; the next round is seconds away, and tickets do not wait for a slow airline


def is_due(change: UnderWay, now: datetime) -> bool:
    """Whether it is time to ask the airline again: as long after the last try as that one was after the first, within 5 seconds and a minute."""
    if change.tried_at is None:
        return True
    if change.unknown_since is None:
        return now - change.tried_at >= PATIENCE
    return now - change.tried_at >= min(max(change.tried_at - change.unknown_since, _SOONEST), _LATEST)


class ChangesUnderWay:
    """The duty of finishing them; `finish_one` asks the airline, in this process one at a time for a change."""

    def __init__(self, db: Database, settings: Settings, clock: Clock, finish_one: Callable[[Proposal], Awaitable[Receipt]]) -> None:
        self.db, self.settings, self.clock, self.finish_one = db, settings, clock, finish_one

    async def look(self, at_once: bool = False) -> int:
        """Tell a person of what takes too long, then ask again what is due (everything, where nobody else can be asking); returns how many ended."""
        now = self.clock()
        async with self.db.read() as conn:
            late = await proposals.overdue(conn, now - LONG)
            waiting = await proposals.under_way(conn)
        for proposal in late:
            await self._tell_a_person(proposal, now)
        due = [change for change in waiting if at_once or is_due(change, now)][:_A_ROUND]
        gate = asyncio.Semaphore(_AT_ONCE)
        return sum(await asyncio.gather(*(self._again(change, gate) for change in due)))

    async def _again(self, change: UnderWay, gate: asyncio.Semaphore) -> bool:
        async with gate:
            now = self.clock()
            try:
                if not await self.db.write(lambda tx: proposals.try_again(tx, change, now)):
                    return False
                await self.finish_one(change.proposal)
            except ConciergeError as not_yet:
                log.info("change %s: %s", change.proposal.id, not_yet)
                return False
            except Exception:
                log.exception("change %s could not be finished; it is tried again", change.proposal.id)
                return False
            return True

    async def _tell_a_person(self, proposal: Proposal, now: datetime) -> None:
        async def told(tx: Tx) -> None:
            if await proposals.hand_over(tx, proposal.id, now):
                await hand_over_change(tx, proposal, "unknown_change", "handoff-unknown-change", self.settings, now, what=what_of(proposal))

        await self.db.write(told)


async def hand_over_change(tx: Tx, proposal: Proposal, reason: Reason, opening: str, settings: Settings, now: datetime, **said: Words) -> None:
    """A ticket for a change that did not simply end well, said in its conversation; the key under which the airline knows it is in the Brief."""
    conversation = await conversations.conversation(tx.conn, proposal.conversation_id, lock=True)
    about = " ".join(part for part in (proposal.booking_id, f"({proposal.id})") if part)
    nothing = Evidence()
    brief = reason_without_draft(reason, f"{what_of(proposal).said_in(conversation.lang)}: {about}", nothing, now)
    done = await hand_off(tx, conversation, brief, "calm", hours_to_departure(nothing, now), settings, now, opening, **said)
    await speak_ticket(tx, conversation, done.sentences, done.ticket.shown(done.position), now, None)
