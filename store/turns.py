"""Turns: a row with a lease. One open turn a conversation; an expired one is resumed by whoever finds it."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from desk.conversation import AnswerReceipt
from store.database import Tx
from store.tables import answer_receipts, turns


class Turn(BaseModel, frozen=True):
    """One turn as it stands; only `worker` may close it, and only while it holds it."""

    id: str
    conversation_id: str
    state: str
    worker: str
    lease_until: datetime
    plan: dict[str, Any] | None = None


async def open_turn(tx: Tx, turn_id: str, conversation_id: str, worker: str, lease_until: datetime, now: datetime) -> None:
    """Begin a turn; the database refuses a second open one of the same conversation."""
    await tx.conn.execute(
        insert(turns).values(id=turn_id, conversation_id=conversation_id, state="open", worker=worker, lease_until=lease_until, opened_at=now)
    )


async def open_turn_of(conn: AsyncConnection, conversation_id: str) -> Turn | None:
    """The open turn of a conversation, or None."""
    row = (await conn.execute(select(turns).where(turns.c.conversation_id == conversation_id, turns.c.state == "open"))).one_or_none()
    return _turn(row) if row else None


async def close_turn(tx: Tx, turn_id: str, worker: str, now: datetime) -> bool:
    """End a turn that `worker` holds; False if it is no longer theirs (taken over, or already ended): then nothing may be said."""
    closed = update(turns).where(turns.c.id == turn_id, turns.c.worker == worker, turns.c.state == "open").values(state="done", closed_at=now)
    return (await tx.conn.execute(closed)).rowcount == 1


async def close_open_turn(tx: Tx, conversation_id: str, now: datetime) -> None:
    """End whatever turn is open, whoever holds it: a person took over, and the bot is silent from here on."""
    await tx.conn.execute(
        update(turns).where(turns.c.conversation_id == conversation_id, turns.c.state == "open").values(state="done", closed_at=now)
    )


async def take_over_lost(tx: Tx, worker: str, lease_until: datetime, now: datetime, only_mine: bool) -> tuple[Turn, ...]:
    """Take the open turns whose lease ran out; all that are not this worker's where it is known to be the only one alive (`only_mine`)."""
    lost = turns.c.worker != worker if only_mine else turns.c.lease_until <= now
    taken = update(turns).where(turns.c.state == "open", lost).values(worker=worker, lease_until=lease_until).returning(*turns.c)
    return tuple(_turn(r) for r in (await tx.conn.execute(taken)).all())


async def say_on(tx: Tx, turn_id: str, worker: str, plan: dict[str, Any], lease_until: datetime) -> bool:
    """Keep what is being said and hold the turn for longer; False if it is no longer ours."""
    held = update(turns).where(turns.c.id == turn_id, turns.c.worker == worker, turns.c.state == "open")
    return (await tx.conn.execute(held.values(plan=plan, lease_until=lease_until))).rowcount == 1


async def turn(conn: AsyncConnection, turn_id: str) -> Turn | None:
    """A turn by its id, or None."""
    row = (await conn.execute(select(turns).where(turns.c.id == turn_id))).one_or_none()
    return _turn(row) if row else None


async def let_go(tx: Tx, worker: str, now: datetime) -> None:
    """End the lease on every open turn of a worker that stops, or is known to be dead: the next one who looks takes them over."""
    await tx.conn.execute(update(turns).where(turns.c.worker == worker, turns.c.state == "open", turns.c.lease_until > now).values(lease_until=now))


async def let_go_of_all(tx: Tx, prefix: str, but: str, now: datetime) -> None:
    """The same for every worker but one whose name begins so: they are known to be dead."""
    theirs = turns.c.worker.startswith(f"{prefix}_", autoescape=True) & (turns.c.worker != but)
    await tx.conn.execute(update(turns).where(theirs, turns.c.state == "open", turns.c.lease_until > now).values(lease_until=now))


async def extend(tx: Tx, turn_id: str, worker: str, lease_until: datetime) -> bool:
    """Hold a turn for longer; False if it is no longer ours."""
    held = update(turns).where(turns.c.id == turn_id, turns.c.worker == worker, turns.c.state == "open").values(lease_until=lease_until)
    return (await tx.conn.execute(held)).rowcount == 1


async def keep_receipt(tx: Tx, receipt: AnswerReceipt, now: datetime) -> None:
    """Keep what stands behind a reply; one a turn."""
    await tx.conn.execute(
        insert(answer_receipts).values(
            id=receipt.id, turn_id=receipt.turn_id, conversation_id=receipt.conversation_id, record=receipt.model_dump(mode="json"), at=now
        )
    )


async def receipt_of(conn: AsyncConnection, receipt_id: str) -> AnswerReceipt | None:
    """An answer receipt by its id, or None."""
    record = (await conn.execute(select(answer_receipts.c.record).where(answer_receipts.c.id == receipt_id))).scalar()
    return AnswerReceipt.model_validate(record) if record else None


def _turn(row: object) -> Turn:
    return Turn.model_validate(row, from_attributes=True)
