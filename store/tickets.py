"""Tickets: opened in the transaction that says so, changed by compare-and-set, so that a claim has one winner."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from basics.errors import NotFound
from basics.words import Words
from desk.conversation import Caller, StaffName
from desk.ticket import Brief, Ticket
from store.database import Tx
from store.tables import messages, staff, streams, tickets

NUMBERS = "ticket-numbers"
FIRST_NUMBER = 1001
_OPEN = ("waiting", "taken")


async def next_number(tx: Tx) -> int:
    """The next ticket number, from a counter row that the transaction holds: no twin under any race."""
    counted = update(streams).where(streams.c.name == NUMBERS).values(last_number=streams.c.last_number + 1).returning(streams.c.last_number)
    return FIRST_NUMBER - 1 + int((await tx.conn.execute(counted)).scalar_one())


async def open_ticket(tx: Tx, ticket: Ticket, brief: Brief) -> None:
    """Keep a new ticket with its Brief."""
    await tx.conn.execute(
        insert(tickets).values(
            **ticket.model_dump(include={"id", "number", "conversation_id", "state", "reason", "priority", "lang", "headline", "mood"}),
            caller=ticket.caller.model_dump(mode="json"),
            brief=brief.model_dump(mode="json"),
            messages_waiting=ticket.messages_waiting,
            opened_at=ticket.opened_at,
            promised_by=ticket.promised_by,
            first_promised_by=ticket.first_promised_by or ticket.promised_by,
            expected_wait=ticket.expected_wait,
        )
    )


async def ticket(conn: AsyncConnection, ticket_id: str) -> Ticket | None:
    """A ticket by its id, or None."""
    row = (await conn.execute(_wanted().where(tickets.c.id == ticket_id))).one_or_none()
    return _ticket(row) if row else None


async def the_ticket(conn: AsyncConnection, ticket_id: str) -> Ticket:
    """A ticket by its id; NotFound if there is none."""
    found = await ticket(conn, ticket_id)
    if found is None:
        raise NotFound(Words(en="There is no such ticket.", zh="没有该工单。"))
    return found


async def brief_of(conn: AsyncConnection, ticket_id: str) -> Brief | None:
    """The Brief of a ticket, or None."""
    record = (await conn.execute(select(tickets.c.brief).where(tickets.c.id == ticket_id))).scalar()
    return Brief.model_validate(record) if record else None


async def add_to_brief(tx: Tx, ticket_id: str, happened: Words) -> None:
    """Something that happened since the ticket was opened, for whoever reads its Brief."""
    brief = await brief_of(tx.conn, ticket_id)
    if brief is not None:
        more = brief.model_copy(update={"happened": (*brief.happened, happened)})
        await tx.conn.execute(update(tickets).where(tickets.c.id == ticket_id).values(brief=more.model_dump(mode="json")))


async def open_ticket_of(conn: AsyncConnection, conversation_id: str) -> Ticket | None:
    """The open ticket of a conversation, or None."""
    row = (await conn.execute(_wanted().where(tickets.c.conversation_id == conversation_id, tickets.c.state.in_(_OPEN)))).one_or_none()
    return _ticket(row) if row else None


async def last_ticket_of(conn: AsyncConnection, conversation_id: str) -> Ticket | None:
    """The newest ticket of a conversation, open or closed, or None."""
    wanted = _wanted().where(tickets.c.conversation_id == conversation_id).order_by(tickets.c.number.desc()).limit(1)
    row = (await conn.execute(wanted)).one_or_none()
    return _ticket(row) if row else None


async def open_tickets(conn: AsyncConnection) -> tuple[Ticket, ...]:
    """Every open ticket, in no order."""
    return tuple(_ticket(r) for r in (await conn.execute(_wanted().where(tickets.c.state.in_(_OPEN)))).all())


async def closed_tickets(conn: AsyncConnection, most: int = 20) -> tuple[Ticket, ...]:
    """The last ones that were closed, newest first."""
    wanted = _wanted().where(tickets.c.state.not_in(_OPEN)).order_by(tickets.c.closed_at.desc()).limit(most)
    return tuple(_ticket(r) for r in (await conn.execute(wanted)).all())


async def claim(tx: Tx, ticket_id: str, staff_id: str, now: datetime) -> bool:
    """Take a waiting ticket; False if somebody was faster or it is closed."""
    taken = (
        update(tickets)
        .where(tickets.c.id == ticket_id, tickets.c.state == "waiting")
        .values(state="taken", taken_by=staff_id, taken_at=now, messages_waiting=0)
    )
    return (await tx.conn.execute(taken)).rowcount == 1


async def close(tx: Tx, ticket_id: str, state: str, staff_id: str, now: datetime) -> bool:
    """Resolve or return a ticket that this person holds; False if they do not."""
    closed = (
        update(tickets)
        .where(tickets.c.id == ticket_id, tickets.c.state == "taken", tickets.c.taken_by == staff_id)
        .values(state=state, closed_at=now, messages_waiting=0)
    )
    return (await tx.conn.execute(closed)).rowcount == 1


async def count_waiting_message(tx: Tx, ticket_id: str) -> None:
    """One more message that staff have not answered."""
    await tx.conn.execute(update(tickets).where(tickets.c.id == ticket_id).values(messages_waiting=tickets.c.messages_waiting + 1))


async def staff_said(tx: Tx, ticket_id: str, now: datetime) -> None:
    """Staff answered: nothing waits, and it is known when they did so first and last."""
    first = func.coalesce(tickets.c.answered_at, now)
    await tx.conn.execute(update(tickets).where(tickets.c.id == ticket_id).values(messages_waiting=0, answered_at=first, last_said_at=now))


async def waits_since(conn: AsyncConnection, ticket: Ticket) -> datetime | None:
    """Since when the traveller of an open ticket waits for a word of the staff; None where they do not."""
    if ticket.state == "waiting" or ticket.last_said_at is None:
        return ticket.taken_at or ticket.opened_at
    if not ticket.messages_waiting:
        return None
    theirs = messages.c.conversation_id == ticket.conversation_id, messages.c.role == "traveller", messages.c.at > ticket.last_said_at
    first: datetime | None = (await conn.execute(select(func.min(messages.c.at)).where(*theirs))).scalar()
    return first


async def move_promise(tx: Tx, ticket: Ticket, by: datetime) -> bool:
    """Promise another (or once more the same) time to whom still waits; False if somebody took it, or moved it, meanwhile.

    What is kept beside it as the first promise is the soonest that was ever said: that is the one to be measured by.
    """
    soonest = min(by, ticket.first_promised_by or ticket.promised_by)
    as_it_was = tickets.c.id == ticket.id, tickets.c.state == "waiting", tickets.c.promised_by == ticket.promised_by
    return (await tx.conn.execute(update(tickets).where(*as_it_was).values(promised_by=by, first_promised_by=soonest))).rowcount == 1


async def last_handled(conn: AsyncConnection, most: int) -> tuple[Ticket, ...]:
    """The last tickets that staff have answered and closed, newest first."""
    wanted = _wanted().where(tickets.c.state.not_in(_OPEN), tickets.c.taken_at.is_not(None), tickets.c.answered_at.is_not(None))
    return tuple(_ticket(r) for r in (await conn.execute(wanted.order_by(tickets.c.opened_at.desc()).limit(most))).all())


async def came_since(conn: AsyncConnection, since: datetime) -> tuple[tuple[datetime, float], ...]:
    """When tickets were opened since then, and what each weighs in the queue; oldest first."""
    wanted = select(tickets.c.opened_at, tickets.c.priority).where(tickets.c.opened_at > since).order_by(tickets.c.opened_at)
    return tuple((r.opened_at, r.priority) for r in (await conn.execute(wanted)).all())


def _wanted() -> Any:
    return select(tickets, staff.c.name.label("staff_name")).select_from(tickets.outerjoin(staff, tickets.c.taken_by == staff.c.id))


def _ticket(row: Row[Any]) -> Ticket:
    return Ticket(
        id=row.id,
        number=row.number,
        conversation_id=row.conversation_id,
        state=row.state,
        reason=row.reason,
        priority=row.priority,
        lang=row.lang,
        headline=row.headline,
        mood=row.mood,
        caller=Caller.model_validate(row.caller),
        messages_waiting=row.messages_waiting,
        opened_at=row.opened_at,
        promised_by=row.promised_by,
        first_promised_by=row.first_promised_by,
        expected_wait=row.expected_wait,
        answered_at=row.answered_at,
        last_said_at=row.last_said_at,
        taken_by=StaffName(id=row.taken_by, name=row.staff_name) if row.taken_by else None,
        taken_at=row.taken_at,
        closed_at=row.closed_at,
    )
