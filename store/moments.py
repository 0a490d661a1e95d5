"""Moments: told once by their id, dealt with once by compare-and-set, whichever worker does it."""

import contextlib
from datetime import datetime
from typing import Literal

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from customers.moment import Moment
from store.database import Tx
from store.tables import moments

TOLD = "moments"
"""What the duty listens for: there is a moment that nobody has dealt with."""
Outcome = Literal["chat", "desk", "email", "held_out", "nothing", "late", "failed"]


async def tell_moment(tx: Tx, moment: Moment, now: datetime) -> bool:
    """Keep a moment and wake the duty; False where one of this id is known, which stays as it was told first."""
    if (await tx.conn.execute(select(moments.c.id).where(moments.c.id == moment.id))).scalar() is not None:
        return False
    with contextlib.suppress(IntegrityError):  # another worker was told it this instant
        async with tx.conn.begin_nested():
            await tx.conn.execute(insert(moments).values(**moment.model_dump(), told_at=now, tries=0))
        tx.touched.add(TOLD)
        return True
    return False


async def waiting(conn: AsyncConnection, most: int = 100) -> tuple[Moment, ...]:
    """The moments nobody has dealt with, the one told first first; those that failed before come last."""
    wanted = select(moments).where(moments.c.handled_at.is_(None)).order_by(moments.c.tries, moments.c.told_at).limit(most)
    return tuple(Moment.model_validate({name: getattr(row, name) for name in Moment.model_fields}) for row in (await conn.execute(wanted)).all())


async def settle(tx: Tx, moment_id: str, outcome: Outcome, why: str, now: datetime) -> bool:
    """Note what came of a moment, in the transaction that does it; False where another worker was faster: then nothing may be done."""
    open_one = moments.c.id == moment_id, moments.c.handled_at.is_(None)
    return (await tx.conn.execute(update(moments).where(*open_one).values(outcome=outcome, why=why, handled_at=now))).rowcount == 1


async def failed(tx: Tx, moment_id: str) -> int:
    """It could not be dealt with; returns how often by now."""
    more = update(moments).where(moments.c.id == moment_id).values(tries=moments.c.tries + 1).returning(moments.c.tries)
    return int((await tx.conn.execute(more)).scalar() or 0)


async def outcome_of(conn: AsyncConnection, moment_id: str) -> tuple[str | None, str] | None:
    """What came of a moment and why (None: nothing yet), or None where there is no such moment."""
    row = (await conn.execute(select(moments.c.outcome, moments.c.why).where(moments.c.id == moment_id))).one_or_none()
    return (row.outcome, row.why or "") if row else None


async def complained_in(conn: AsyncConnection, conversation_id: str, since: datetime | None) -> bool:
    """Whether the traveller of a conversation complained in it, after `since` if it is given (the moments of turns are named after it)."""
    noticed = [moments.c.id.startswith(f"complaint:{conversation_id}:", autoescape=True), moments.c.kind == "complaint"]
    if since is not None:
        noticed.append(moments.c.at > since)
    return (await conn.execute(select(moments.c.id).where(*noticed).limit(1))).scalar() is not None


async def complaints_of(conn: AsyncConnection, traveller_id: str, since: datetime) -> int:
    """How many complaints a traveller made since then."""
    mine = moments.c.traveller_id == traveller_id, moments.c.kind == "complaint", moments.c.at > since
    return int((await conn.execute(select(func.count()).select_from(moments).where(*mine))).scalar_one())


async def last_rating_of(conn: AsyncConnection, traveller_id: str) -> int | None:
    """The rating (1..5) that a traveller gave last, or None."""
    mine = moments.c.traveller_id == traveller_id, moments.c.rating.is_not(None)
    return (await conn.execute(select(moments.c.rating).where(*mine).order_by(moments.c.at.desc()).limit(1))).scalar()
