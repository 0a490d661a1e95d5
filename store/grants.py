"""Grants: kept with the reason before anybody is offered anything; decided by compare-and-set."""

from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Row, and_, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from basics.errors import NotFound
from basics.money import Money
from basics.words import Words
from customers.change import ProposalState
from desk.conversation import StaffName
from desk.grant import Grant
from store.database import Tx
from store.tables import grants, proposals, staff


class Standing(NamedTuple):
    """A grant, and how its proposal stands (None: there is none yet)."""

    grant: Grant
    proposal_state: ProposalState | None


async def keep(tx: Tx, grant: Grant) -> None:
    """Keep a new grant."""
    plain = grant.model_dump(exclude={"by", "amount", "decided_by"})
    await tx.conn.execute(insert(grants).values(**plain, staff_id=grant.by.id, amount=f"{grant.amount.amount:f}", currency=grant.amount.currency))


async def grant(conn: AsyncConnection, grant_id: str) -> Grant | None:
    """A grant by its id, or None."""
    row = (await conn.execute(_wanted().where(grants.c.id == grant_id))).one_or_none()
    return _grant(row) if row else None


async def the_grant(conn: AsyncConnection, grant_id: str) -> Grant:
    """A grant by its id; NotFound if there is none."""
    found = await grant(conn, grant_id)
    if found is None:
        raise NotFound(Words(en="There is no such grant.", zh="没有该笔特批。"))
    return found


async def standing(conn: AsyncConnection, of: Grant, now: datetime) -> Standing:
    """How a grant stands."""
    return next(one for one in await of_ticket(conn, of.ticket_id, now) if one.grant.id == of.id)


async def of_ticket(conn: AsyncConnection, ticket_id: str, now: datetime) -> tuple[Standing, ...]:
    """The grants of a ticket, newest first."""
    rows = (await conn.execute(_wanted().where(grants.c.ticket_id == ticket_id).order_by(grants.c.at.desc(), grants.c.id))).all()
    return tuple(Standing(_grant(r), "expired" if r.proposal_state == "offered" and r.expires_at <= now else r.proposal_state) for r in rows)


async def given_alone(conn: AsyncConnection, staff_id: str, since: datetime, now: datetime, currency: str) -> Money:
    """What a staff member gave since then without anybody's approval, and that is or may still be taken."""
    lives = or_(
        proposals.c.state.in_(("pending", "unknown", "executed")),
        and_(proposals.c.state == "offered", proposals.c.expires_at > now),
    )
    wanted = (
        select(grants.c.amount)
        .join(proposals, proposals.c.id == grants.c.proposal_id)
        .where(grants.c.staff_id == staff_id, grants.c.at >= since, grants.c.decided_by.is_(None), grants.c.currency == currency, lives)
    )
    amounts = (await conn.execute(wanted)).scalars()
    return Money(amount=sum((Decimal(a) for a in amounts), Decimal(0)), currency=currency)


async def hold(tx: Tx, staff_id: str) -> None:
    """Of two grants by one person at the same moment, the second counts the first: their row is held until the transaction ends."""
    await tx.conn.execute(select(staff.c.id).where(staff.c.id == staff_id).with_for_update())


async def decide(tx: Tx, grant_id: str, state: str, by: str, proposal_id: str | None, now: datetime) -> bool:
    """A lead's word on a grant that waits; False if it waits no longer."""
    decided = update(grants).where(grants.c.id == grant_id, grants.c.state == "waiting_approval")
    return (await tx.conn.execute(decided.values(state=state, decided_by=by, decided_at=now, proposal_id=proposal_id))).rowcount == 1


_by, _lead = staff.alias("by_staff"), staff.alias("by_lead")


def _wanted() -> Any:
    return select(
        grants,
        _by.c.name.label("by_name"),
        _lead.c.name.label("lead_name"),
        proposals.c.state.label("proposal_state"),
        proposals.c.expires_at.label("expires_at"),
    ).select_from(
        grants.join(_by, grants.c.staff_id == _by.c.id)
        .outerjoin(_lead, grants.c.decided_by == _lead.c.id)
        .outerjoin(proposals, grants.c.proposal_id == proposals.c.id)
    )


def _grant(row: Row[Any]) -> Grant:
    return Grant(
        id=row.id,
        ticket_id=row.ticket_id,
        by=StaffName(id=row.staff_id, name=row.by_name),
        kind=row.kind,
        booking_id=row.booking_id,
        leg_id=row.leg_id,
        choice_id=row.choice_id,
        amount=Money(amount=Decimal(row.amount), currency=row.currency),
        reason=row.reason,
        state=row.state,
        decided_by=StaffName(id=row.decided_by, name=row.lead_name) if row.decided_by else None,
        proposal_id=row.proposal_id,
        at=row.at,
    )
