"""How much of everything there is at the moment, for whoever watches the house; numbers only, never whose."""

from datetime import date, datetime

from pydantic import BaseModel
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from store import outbox
from store.spending import spent_on
from store.tables import conversations, moments, offers, proposals, tickets


class Counts(BaseModel, frozen=True):
    """What the tables hold, proposals by kind and state. `longest_wait`: seconds that the oldest waiting ticket has waited, 0 where none does."""

    conversations: dict[str, int]
    proposals: dict[tuple[str, str], int]
    waiting: int
    late: int
    longest_wait: float
    tokens_today: int
    offers: dict[str, int] = {}
    outbox: dict[str, int] = {}
    moments_waiting: int = 0


async def counts(conn: AsyncConnection, now: datetime, today: date) -> Counts:
    """Count; `today` is the day by the airline's zone, for the tokens."""
    open_ones = select(conversations.c.state, func.count()).where(conversations.c.state != "closed").group_by(conversations.c.state)
    offered = select(proposals.c.kind, proposals.c.state, func.count()).group_by(proposals.c.kind, proposals.c.state)
    waits = (await conn.execute(select(tickets.c.opened_at, tickets.c.promised_by).where(tickets.c.state == "waiting"))).all()
    return Counts(
        conversations={r[0]: r[1] for r in (await conn.execute(open_ones)).all()},
        proposals={(r[0], r[1]): r[2] for r in (await conn.execute(offered)).all()},
        waiting=len(waits),
        late=sum(now > w.promised_by for w in waits),
        longest_wait=max(((now - w.opened_at).total_seconds() for w in waits), default=0.0),
        tokens_today=await spent_on(conn, today),
        offers={r[0]: r[1] for r in (await conn.execute(select(offers.c.state, func.count()).group_by(offers.c.state))).all()},
        outbox=await outbox.counted(conn),
        moments_waiting=(await conn.execute(select(func.count()).select_from(moments).where(moments.c.handled_at.is_(None)))).scalar_one(),
    )
