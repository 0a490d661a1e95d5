"""Keeping promises: who waits reads the honest time. It moves later only with a word, while it still holds; sooner, and the place, without."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from basics.clock import Clock
from bot.compose import say
from bot.handoff import moment_worded, tell_desk
from bot.promising import arrivals, pace, roster_of
from bot.settings import Settings
from bot.tell import as_json, speak_ticket
from desk.promise import promise
from desk.queue import in_order
from desk.ticket import Ticket
from store import conversations, events, tickets
from store.database import Database, Tx

log = logging.getLogger("concierge.promises")
_BEFORE = timedelta(minutes=2)  # a promise that will not be kept is taken back while it still holds
_SOONER = timedelta(minutes=10)  # less is not worth a flicker
_TOLD = 20  # places from the front that are told as they change


@dataclass(frozen=True)
class _Now:
    """How a waiting ticket stands, and the time that would be promised if it came in now."""

    ticket: Ticket
    position: int
    by: datetime


class Promises:
    """Looks after those who wait, whenever the desk's stream grows and every few seconds."""

    def __init__(self, db: Database, settings: Settings, clock: Clock) -> None:
        self.db, self.settings, self.clock = db, settings, clock
        self._told: dict[str, int] = {}

    async def look(self) -> int:
        """Bring every waiting ticket's promise and place up to date; returns how many were told something."""
        now = self.clock()
        async with self.db.read() as conn:
            open_ones = in_order(await tickets.open_tickets(conn))
            if not open_ones:
                self._told.clear()
                return 0
            speed, came = await pace(conn, self.settings), await arrivals(conn, now)
        waiting = [t for t in open_ones if t.state == "waiting"]
        busy, roster = len(open_ones) - len(waiting), roster_of(self.settings)
        told = 0
        for place, ticket in enumerate(waiting, start=1):
            said = promise(place - 1, busy, roster, speed, now, came.before(ticket.priority, roster, now))
            stands = _Now(ticket, place, said.promised_by)
            told += await self._bring_up_to_date(stands, now)
        self._told = {t.id: self._told.get(t.id, 0) for t in waiting}
        return told

    async def _bring_up_to_date(self, stands: _Now, now: datetime) -> bool:
        ticket = stands.ticket
        if now >= ticket.promised_by - _BEFORE and stands.by > ticket.promised_by:
            return await self.db.write(lambda tx: self._later(tx, stands, now))
        if stands.by <= ticket.promised_by - _SOONER:
            return await self.db.write(lambda tx: self._sooner(tx, stands, now))
        if self._told.setdefault(ticket.id, stands.position) == stands.position or stands.position > _TOLD:
            return False
        return await self.db.write(lambda tx: self._place(tx, stands, ticket, now))

    async def _later(self, tx: Tx, stands: _Now, now: datetime) -> bool:
        """It takes longer than was said: the traveller hears it from us, before the time is over."""
        ticket = stands.ticket
        if not await tickets.move_promise(tx, ticket, stands.by):
            return False
        conversation = await conversations.conversation(tx.conn, ticket.conversation_id)
        before, after = (moment_worded(at, self.settings.zone, now) for at in (ticket.promised_by, stands.by))
        moved = ticket.model_copy(update={"promised_by": stands.by})
        sentence = say("promise-later", conversation.lang, number=ticket.number, before=before, after=after)
        await speak_ticket(tx, conversation, (sentence,), moved.shown(stands.position), now, None)
        self._told[ticket.id] = stands.position
        log.info("ticket %s is answered by %s instead of %s", ticket.number, stands.by, ticket.promised_by)
        await tell_desk(tx, "promise", moved, now)
        return True

    async def _sooner(self, tx: Tx, stands: _Now, now: datetime) -> bool:
        """It goes faster: the card says so; from now on this is what was promised."""
        moved = stands.ticket.model_copy(update={"promised_by": stands.by})
        if not await self._place(tx, stands, moved, now):
            return False
        await tell_desk(tx, "promise", moved, now)
        return True

    async def _place(self, tx: Tx, stands: _Now, moved: Ticket, now: datetime) -> bool:
        """The card's time and place; False where somebody has taken the ticket: from then on there is neither."""
        if not await tickets.move_promise(tx, stands.ticket, moved.promised_by):
            return False
        shown = {"ticket": as_json(moved.shown(stands.position))}
        await events.append(tx, events.stream_of(moved.conversation_id), now, [("promise", shown)])
        self._told[moved.id] = stands.position
        return True
