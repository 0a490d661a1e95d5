"""What staff do with a case: open, take over, hand on, move its date, note its outcome, close. Each is one transaction, and has one winner."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from basics.clock import Clock
from basics.errors import NotFound
from basics.words import Words
from bot.casebook import open_case, tell_step
from bot.compose import say
from bot.desk import must_hold
from bot.handoff import case_told, moment_worded
from bot.refusals_cases import CaseChanged, CaseClosed, CaseDateWrong, CaseStands, CaseWithoutOutcome, NotYourCase
from bot.settings import Settings
from bot.tell import speak
from desk.case import LATEST, Case, Step, in_order
from desk.conversation import StaffName
from store import cases, conversations, reminders, staff, tickets
from store.database import Database, Tx
from store.events import Event


class Cases:
    """The desk's cases, for one of the two people at a time; `seen` is the version that they had before their eyes."""

    def __init__(self, db: Database, settings: Settings, clock: Clock) -> None:
        self.db, self.settings, self.clock = db, settings, clock

    async def all(self) -> tuple[tuple[Case, ...], tuple[StaffName, ...]]:
        """Every case that is not closed and the last closed ones, in order; and the people who can look after one."""
        async with self.db.read() as conn:
            found = (*await cases.open_cases(conn), *await cases.closed_cases(conn))
            return in_order(found, self.clock()), await staff.active(conn)

    async def steps(self, case_id: str) -> tuple[Event, ...]:
        """What was done with it, oldest first."""
        async with self.db.read() as conn:
            return await cases.steps_of(conn, await cases.the_case(conn, case_id))

    async def open(self, ticket_id: str, who: StaffName, about: str) -> Case:
        """Make a case of a ticket that this person holds; they look after it, and its traveller hears so."""

        async def opened(tx: Tx) -> Case:
            now, ticket = self.clock(), await tickets.the_ticket(tx.conn, ticket_id)
            must_hold(ticket, who)
            case = await open_case(tx, ticket, about.strip() or ticket.headline, self.settings, now, who)
            if case is None:
                raise CaseStands
            conversation = await conversations.conversation(tx.conn, case.conversation_id, lock=True)
            await speak(tx, conversation, (case_told(case, conversation.lang, self.settings, now),), now)
            return case

        return await self.db.write(opened)

    async def take(self, case_id: str, who: StaffName, seen: int) -> Case:
        """Look after it from now on, whoever did before; CaseChanged names who was faster."""

        async def taken(tx: Tx, case: Case, now: datetime) -> None:
            await self._change(tx, case, "taken", who, now, owner_id=who.id)

        return await self._step(case_id, who, seen, taken, lambda case: case.owner == who)

    async def hand(self, case_id: str, who: StaffName, seen: int, to: str) -> Case:
        """Let another one look after it (`to`: the id of an account)."""

        async def handed(tx: Tx, case: Case, now: datetime) -> None:
            _must_be_theirs(case, who)
            if not any(p.id == to for p in await staff.active(tx.conn)):
                raise NotFound(Words(en="There is no such colleague.", zh="没有该工作人员。"))
            await self._change(tx, case, "handed", who, now, owner_id=to)

        return await self._step(case_id, who, seen, handed, lambda case: case.owner is not None and case.owner.id == to)

    async def move(self, case_id: str, who: StaffName, seen: int, due_at: datetime, reason: str) -> Case:
        """Another date, with the reason for the desk; its traveller hears both dates."""

        async def moved(tx: Tx, case: Case, now: datetime) -> None:
            _must_be_theirs(case, who)
            if not now < due_at <= now + LATEST:
                raise CaseDateWrong(LATEST.days)
            await self._change(tx, case, "moved", who, now, reason, due_at=due_at)
            await reminders.forget(tx, case.id)  # of the new date once more
            conversation = await conversations.conversation(tx.conn, case.conversation_id, lock=True)
            before, after = (moment_worded(at, self.settings.zone, now) for at in (case.due_at, due_at))
            name = "case-later" if due_at > case.due_at else "case-sooner"
            said = say(name, conversation.lang, number=case.number, name=who.name, before=before, after=after)
            await speak(tx, conversation, (said,), now)

        return await self._step(case_id, who, seen, moved, lambda case: case.due_at == due_at)

    async def answer(self, case_id: str, who: StaffName, seen: int, outcome: str) -> Case:
        """Note what came of it: its traveller has the answer."""

        async def answered(tx: Tx, case: Case, now: datetime) -> None:
            _must_be_theirs(case, who)
            await self._change(tx, case, "answered", who, now, state="answered", outcome=outcome.strip())

        return await self._step(case_id, who, seen, answered, lambda case: case.outcome == outcome.strip())

    async def close(self, case_id: str, who: StaffName, seen: int, outcome: str | None = None) -> Case:
        """It is over; what came of it has to be known by now."""

        async def closed(tx: Tx, case: Case, now: datetime) -> None:
            _must_be_theirs(case, who)
            came_of_it = (outcome or "").strip() or case.outcome
            if not came_of_it:
                raise CaseWithoutOutcome
            await self._change(tx, case, "closed", who, now, state="closed", outcome=came_of_it, closed_at=now)

        return await self._step(case_id, who, seen, closed, lambda _: False)

    async def _step(
        self, case_id: str, who: StaffName, seen: int, change: Callable[[Tx, Case, datetime], Awaitable[None]], is_so: Callable[[Case], bool]
    ) -> Case:
        """Read, check that it is as it was seen, change; what this person has done already is not done again."""

        async def stepped(tx: Tx) -> Case:
            case = await cases.the_case(tx.conn, case_id)
            if case.state == "closed":
                raise CaseClosed
            if case.changed_by == who and is_so(case):
                return case
            if case.version != seen:
                raise CaseChanged(case.changed_by.name if case.changed_by else None)
            await change(tx, case, self.clock())
            return await cases.the_case(tx.conn, case_id)

        return await self.db.write(stepped)

    async def _change(self, tx: Tx, case: Case, step: Step, who: StaffName, now: datetime, reason: str = "", **to: Any) -> None:
        if not await cases.change(tx, case, who.id, **to):
            by = (await cases.the_case(tx.conn, case.id)).changed_by
            raise CaseChanged(by.name if by else None)
        await tell_step(tx, step, await cases.the_case(tx.conn, case.id), who, now, reason)


def _must_be_theirs(case: Case, who: StaffName) -> None:
    if case.owner != who:
        raise NotYourCase(case.owner.name if case.owner else None)
