"""Cases: opened once a ticket, changed by compare-and-set on their version, so that of two who change one at once one is told so."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from basics.errors import NotFound
from basics.words import Words
from desk.case import Case
from desk.conversation import Caller, StaffName
from store.database import Tx
from store.events import DESK, Event
from store.tables import cases, events, staff, tickets

KIND = "case"
"""Of the desk's events: a step of a case."""
_C = cases.c
_owner, _last = staff.alias("owner"), staff.alias("last")


async def open_case(tx: Tx, case: Case) -> None:
    """Keep a new case."""
    plain = case.model_dump(include={"id", "ticket_id", "conversation_id", "traveller_id", "about", "state", "due_at", "opened_at", "version"})
    by = case.changed_by.id if case.changed_by else None
    await tx.conn.execute(insert(cases).values(**plain, owner_id=case.owner.id if case.owner else None, changed_by=by))


async def change(tx: Tx, case: Case, by: str, **to: Any) -> bool:
    """Change a case that nobody has changed since it was read; False where somebody has, or it is closed."""
    as_it_was = _C.id == case.id, _C.version == case.version, _C.state != "closed"
    return (await tx.conn.execute(update(cases).where(*as_it_was).values(**to, version=case.version + 1, changed_by=by))).rowcount == 1


async def the_case(conn: AsyncConnection, case_id: str) -> Case:
    """A case by its id; NotFound if there is none."""
    row = (await conn.execute(_wanted().where(_C.id == case_id))).one_or_none()
    if row is None:
        raise NotFound(Words(en="There is no such case.", zh="没有该跟进事项。"))
    return _case(row)


async def open_case_of(conn: AsyncConnection, ticket_id: str) -> Case | None:
    """The case of a ticket that is not closed, or None."""
    row = (await conn.execute(_wanted().where(_C.ticket_id == ticket_id, _C.state != "closed"))).one_or_none()
    return _case(row) if row else None


async def open_cases(conn: AsyncConnection) -> tuple[Case, ...]:
    """Every case that is not closed, in no order."""
    return tuple(_case(r) for r in (await conn.execute(_wanted().where(_C.state != "closed"))).all())


async def closed_cases(conn: AsyncConnection, most: int = 20) -> tuple[Case, ...]:
    """The last ones that were closed, newest first."""
    wanted = _wanted().where(_C.state == "closed").order_by(_C.closed_at.desc()).limit(most)
    return tuple(_case(r) for r in (await conn.execute(wanted)).all())


async def last_opened_in(conn: AsyncConnection, conversation_id: str) -> datetime | None:
    """When the last case of a conversation was opened, or None."""
    last: datetime | None = (await conn.execute(select(func.max(_C.opened_at)).where(_C.conversation_id == conversation_id))).scalar()
    return last


async def in_hand(conn: AsyncConnection) -> dict[str, int]:
    """How many open cases each of the staff looks after, by id."""
    counted = select(_C.owner_id, func.count()).where(_C.state == "open", _C.owner_id.is_not(None)).group_by(_C.owner_id)
    return {row[0]: row[1] for row in (await conn.execute(counted)).all()}


async def steps_of(conn: AsyncConnection, case: Case) -> tuple[Event, ...]:
    """What was done with a case, oldest first, from the desk's events."""
    e = events.c
    wanted = select(e.number, e.kind, e.at, e.data).where(e.stream == DESK, e.kind == KIND, e.at >= case.opened_at).order_by(e.number)
    found = (Event(number=r.number, kind=r.kind, at=r.at, data=r.data) for r in (await conn.execute(wanted)).all())
    return tuple(event for event in found if event.data["case_id"] == case.id)


def _wanted() -> Any:
    of = cases.join(tickets, _C.ticket_id == tickets.c.id)
    of = of.outerjoin(_owner, _C.owner_id == _owner.c.id).outerjoin(_last, _C.changed_by == _last.c.id)
    names = _owner.c.name.label("owner_name"), _last.c.name.label("last_name")
    return select(cases, tickets.c.number, tickets.c.lang, tickets.c.caller, tickets.c.reason, *names).select_from(of)


def _case(row: Row[Any]) -> Case:
    plain = ("id", "ticket_id", "number", "conversation_id", "traveller_id", "lang", "reason", "about", "state")
    return Case(
        **{name: getattr(row, name) for name in (*plain, "due_at", "outcome", "opened_at", "closed_at", "version")},
        caller=Caller.model_validate(row.caller),
        owner=StaffName(id=row.owner_id, name=row.owner_name) if row.owner_id else None,
        changed_by=StaffName(id=row.changed_by, name=row.last_name) if row.changed_by else None,
    )
