"""The outbox: e-mails kept in the transaction of what they tell, taken by one sender at a time, sent again until somebody has them."""

from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import BaseModel
from sqlalchemy import and_, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from desk.mailer import Mail
from store.database import Tx
from store.tables import outbox

WAITING = "outbox"
"""What the duty listens for: there is something to send."""
HELD_FOR = timedelta(minutes=2)  # that a sender has it; longer than any try takes
MOST_TRIES = 8
_BACK_OFF = (10, 60, 300, 900, 3600, 7200, 14400)  # seconds after each failed try
MailState = Literal["waiting", "sending", "sent", "dead", "dropped"]


class Outgoing(BaseModel, frozen=True):
    """One e-mail on its way."""

    id: str
    traveller_id: str
    mail: Mail
    state: MailState
    tries: int
    due_at: datetime
    useless_at: datetime | None
    problem: str | None


async def put(tx: Tx, mail_id: str, traveller_id: str, mail: Mail, due_at: datetime, useless_at: datetime | None, now: datetime) -> None:
    """Keep an e-mail that is to be sent from `due_at` on, and not after `useless_at`."""
    row = {"id": mail_id, "purpose": mail.purpose, "traveller_id": traveller_id, "mail": mail.model_dump(mode="json")}
    await tx.conn.execute(insert(outbox).values(**row, state="waiting", tries=0, due_at=due_at, useless_at=useless_at, made_at=now))
    tx.touched.add(WAITING)


async def take(tx: Tx, holder: str, now: datetime, most: int) -> tuple[Outgoing, ...]:
    """Take what is due, and what a sender that died had; what has become useless is dropped. No other sender gets the same."""
    o = outbox.c
    gone = and_(o.state == "waiting", o.useless_at.is_not(None), o.useless_at <= now)
    await tx.conn.execute(update(outbox).where(gone).values(state="dropped", ended_at=now, problem="It came too late to be of use."))
    due = or_(and_(o.state == "waiting", o.due_at <= now), and_(o.state == "sending", o.held_until <= now))
    wanted = select(o.id).where(due).order_by(o.due_at, o.id).limit(most).with_for_update(skip_locked=True)
    ids = list((await tx.conn.execute(wanted)).scalars())
    if not ids:
        return ()
    held = {"state": "sending", "holder": holder, "held_until": now + HELD_FOR, "tries": o.tries + 1}
    taken = await tx.conn.execute(update(outbox).where(o.id.in_(ids), due).values(**held).returning(*outbox.c))
    return tuple(sorted((_outgoing(row) for row in taken.all()), key=lambda one: (one.due_at, one.id)))


async def sent(tx: Tx, mail_id: str, holder: str, now: datetime) -> bool:
    """The mail server has it; False where it is no longer this sender's."""
    return await _end(tx, mail_id, holder, {"state": "sent", "ended_at": now, "problem": None})


async def not_sent(tx: Tx, mail_id: str, holder: str, tries: int, problem: str, for_good: bool, now: datetime) -> bool:
    """It was not taken: tried again later, or given up after `MOST_TRIES` or a refusal for good."""
    if for_good or tries >= MOST_TRIES:
        return await _end(tx, mail_id, holder, {"state": "dead", "ended_at": now, "problem": problem})
    again = now + timedelta(seconds=_BACK_OFF[min(tries, len(_BACK_OFF)) - 1])
    return await _end(tx, mail_id, holder, {"state": "waiting", "due_at": again, "problem": problem})


async def next_due(conn: AsyncConnection) -> datetime | None:
    """When there is something to do next, or None."""
    first: datetime | None = (await conn.execute(select(func.min(outbox.c.due_at)).where(outbox.c.state == "waiting"))).scalar()
    return first


async def counted(conn: AsyncConnection) -> dict[str, int]:
    """How many e-mails there are in each state."""
    return {r[0]: r[1] for r in (await conn.execute(select(outbox.c.state, func.count()).group_by(outbox.c.state))).all()}


async def mail_of(conn: AsyncConnection, mail_id: str) -> Outgoing | None:
    """An e-mail by its id, or None."""
    row = (await conn.execute(select(outbox).where(outbox.c.id == mail_id))).one_or_none()
    return _outgoing(row) if row else None


async def _end(tx: Tx, mail_id: str, holder: str, to: dict[str, Any]) -> bool:
    mine = outbox.c.id == mail_id, outbox.c.state == "sending", outbox.c.holder == holder
    return (await tx.conn.execute(update(outbox).where(*mine).values(**to, holder=None, held_until=None))).rowcount == 1


def _outgoing(row: Any) -> Outgoing:
    return Outgoing.model_validate({name: getattr(row, name) for name in Outgoing.model_fields})
