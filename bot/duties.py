"""Duties: what has to be done though nobody asks. Of several workers one does each, under a lease; when it dies another takes over.

Beside them each worker keeps its own shelf up with the base: whoever took articles in, all answer from them a moment later.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from basics.clock import Clock
from basics.errors import ConciergeError, Unavailable
from bot.act import Changes
from bot.answers_by_mail import AnswersByMail
from bot.keep_promises import Promises
from bot.library import Library
from bot.moments import Moments
from bot.observed import ReturnsSoon
from bot.post import Post
from bot.reminders import Reminders
from bot.retention import Retention
from bot.turn import Concierge
from store import events, leases, moments, outbox, turns
from store.database import Database, Tx
from store.library import BASE

log = logging.getLogger("concierge.duties")
EVERY = 5.0  # seconds between two looks
LEASE = 15.0  # seconds that a duty stays with its holder after its last sign of life
_SHELF = 2.0  # seconds between two looks at the base, should a wake-up be lost


@dataclass(frozen=True)
class Duty:
    """Something to look after, by a name that all workers share."""

    name: str
    do: Callable[[], Awaitable[object]]
    wake: str = ""
    """The stream whose growing wakes it at once; the others wait for the next look."""
    asks_others: bool = False
    """It waits for services of others: a start does not wait for it."""


class Duties:
    """The duties of a house, and which of them `holder` may do at the moment."""

    def __init__(self, db: Database, holder: str, clock: Clock, duties: tuple[Duty, ...]) -> None:
        self.db, self.holder, self.clock, self.duties = db, holder, clock, duties
        self._one_at_a_time = {duty.name: asyncio.Lock() for duty in duties}

    async def alone(self) -> None:
        """This process is the only one (a SQLite home): what its dead predecessors held is free at once."""
        await self.db.write(lambda tx: leases.give_back_all_but(tx, self.holder))

    async def take_over_home(self, prefix: str) -> None:
        """This process has the home: what its earlier workers held (their names begin so) is free at once, not when their leases end."""
        await self.db.write(lambda tx: leases.free_what_workers_held(tx, prefix, self.holder, self.clock()))

    async def look(self) -> tuple[str, ...]:
        """Do every duty of ours whose lease can be had, each apart from the others; returns the names of those that were done."""
        return tuple([duty.name for duty in self.duties if not duty.asks_others and await self._do(duty)])

    async def for_ever(self) -> None:
        """Look every few seconds, and at once when another worker is known to have stopped or died, or where a duty's own stream grows."""
        async with asyncio.TaskGroup() as looking:
            looking.create_task(self._at_every(leases.FREE, [duty for duty in self.duties if not duty.wake]))
            for duty in self.duties:
                if duty.wake:  # by itself: what is urgent must not wait for what is long
                    looking.create_task(self._at_every(duty.wake, [duty]))

    async def _at_every(self, stream: str, duties: list[Duty]) -> None:
        grown = self.db.wakeups.listen(stream)
        try:
            while True:
                await woken(grown, EVERY)
                for duty in duties:
                    await self._do(duty)
        finally:
            self.db.wakeups.unlisten(stream, grown)

    async def _do(self, duty: Duty) -> bool:
        """Do it if its lease can be had; whatever goes wrong with it is its own matter."""
        try:
            async with self._one_at_a_time[duty.name]:
                if not await self._take(duty.name):
                    return False
                async with self._held(duty.name):
                    await duty.do()
                return True
        except Unavailable as away:
            log.warning("the duty %s waits %s s: %s", duty.name, EVERY, away)
        except Exception:
            log.exception("the duty %s failed; it is tried again in %s s", duty.name, EVERY)
        return False

    async def give_back(self) -> None:
        """Let another worker have the duties and whatever turns are open, now."""
        now = self.clock()

        async def given(tx: Tx) -> None:
            await turns.let_go(tx, self.holder, now)
            await leases.give_back(tx, self.holder)

        await self.db.write(given)

    async def _take(self, name: str) -> bool:
        now = self.clock()
        return await self.db.write(lambda tx: leases.take(tx, name, self.holder, now + timedelta(seconds=LEASE), now))

    @asynccontextmanager
    async def _held(self, name: str) -> AsyncIterator[None]:
        """Hold the lease for as long as the work takes."""

        async def hold() -> None:
            while True:
                await asyncio.sleep(LEASE / 3)
                try:
                    await self._take(name)
                except Exception:
                    log.exception("the lease of %s could not be held for longer", name)

        holding = asyncio.create_task(hold())
        try:
            yield
        finally:
            holding.cancel()


def duties_of(concierge: Concierge, changes: Changes, library: Library, told: Moments, post: Post, reminders: Reminders) -> tuple[Duty, ...]:
    """What a house looks after. A duty may be done twice all the same (a clock that is wrong), so each is safe to repeat."""
    return (
        Duty("turns", lambda: resume_turns(concierge, only_mine=False)),
        Duty("changes", changes.resume),
        Duty("index", library.tidy),
        Duty("moments", told.look, wake=moments.TOLD),
        Duty("promises", Promises(concierge.db, concierge.settings, concierge.clock).look, wake=events.DESK),
        Duty("answers", AnswersByMail(concierge.db, concierge.mind.source, concierge.settings, concierge.clock).look),
        Duty("post", post.look, wake=outbox.WAITING),
        Duty("reminders", reminders.look, wake=events.DESK, asks_others=True),
        Duty("returns", ReturnsSoon(told, concierge.clock).look),
        Duty("retention", Retention(concierge.db, concierge.settings, concierge.clock).look),
    )


async def resume_turns(concierge: Concierge, only_mine: bool) -> int:
    """Take over turns whose lease ran out (all of another worker's where this is the only process) and answer them now."""
    now = concierge.clock()
    lease = now + timedelta(seconds=concierge.settings.lease_seconds)
    lost = await concierge.db.write(lambda tx: turns.take_over_lost(tx, concierge.worker, lease, now, only_mine))
    for turn in lost:
        concierge.run(turn.id, turn.conversation_id)
    return len(lost)


async def keep_up(shelf_of: Library) -> None:
    """Follow the base: another worker's ingestion is on this one's shelf a moment later."""
    changed = shelf_of.db.wakeups.listen(BASE)
    try:
        while True:
            await woken(changed, _SHELF)
            try:
                await shelf_of.catch_up()
            except ConciergeError as away:  # the database, or a model that this machine cannot load: a line is enough to know
                log.warning("the shelf stays as it is for %s s: %s", _SHELF, away)
            except Exception:
                log.exception("the shelf could not be brought up to the base; it is tried again in %s s", _SHELF)
    finally:
        shelf_of.db.wakeups.unlisten(BASE, changed)


async def woken(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event, but not longer than this."""
    # Not wait_for: it swallows a cancellation that comes in the moment of the event, and who stops the house would wait for ever.
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
    event.clear()
