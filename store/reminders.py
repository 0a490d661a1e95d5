"""Reminders: of one thing, for one cause, at one address, once; taken by one sender at a time, tried again until the service has it."""

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, delete, func, insert, or_, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from store.database import Tx
from store.tables import reminders

HELD_FOR = timedelta(minutes=2)  # that a sender has it; longer than any try takes
MOST_TRIES = 8
_BACK_OFF = (15, 60, 180, 600, 1800, 3600, 7200)  # seconds after each failed try
_R = reminders.c


class Key(NamedTuple):
    """What is reminded of, and why."""

    subject: str
    """The id of a ticket or a case."""
    cause: str


async def are_open(conn: AsyncConnection, address: str, keys: Collection[Key], now: datetime) -> bool:
    """Whether there is something to send to this address now."""
    rows = (await conn.execute(select(reminders).where(_R.address == address, _among(keys)))).all()
    known = {Key(r.subject, r.cause): r for r in rows}
    return any(k not in known or _is_due(known[k].state, known[k].due_at, known[k].held_until, now) for k in keys)


async def take(tx: Tx, address: str, keys: Collection[Key], holder: str, now: datetime) -> tuple[Key, ...]:
    """Take what is to be sent of these; what waits and is no longer so is dropped. No other sender gets the same, and none gets what was sent."""
    await tx.conn.execute(delete(reminders).where(_R.address == address, _R.state == "waiting", ~_among(keys)))
    known = {Key(*row) for row in (await tx.conn.execute(select(_R.subject, _R.cause).where(_R.address == address, _among(keys)))).all()}
    for key in sorted({*keys} - known):
        with suppress(IntegrityError):  # another worker's: whoever takes it sends it
            async with tx.conn.begin_nested():
                row = {"subject": key.subject, "cause": key.cause, "address": address, "state": "waiting", "tries": 0, "due_at": now, "made_at": now}
                await tx.conn.execute(insert(reminders).values(**row))
    is_due = or_(and_(_R.state == "waiting", _R.due_at <= now), and_(_R.state == "sending", _R.held_until <= now))
    held = {"state": "sending", "holder": holder, "held_until": now + HELD_FOR, "tries": _R.tries + 1}
    taken = update(reminders).where(_R.address == address, _among(keys), is_due).values(**held).returning(_R.subject, _R.cause)
    return tuple(sorted(Key(*row) for row in (await tx.conn.execute(taken)).all()))


async def sent(tx: Tx, address: str, holder: str, now: datetime) -> int:
    """The service has what this sender took; returns how many reminders that were."""
    mine = _mine(address, holder)
    return (await tx.conn.execute(update(reminders).where(mine).values(state="sent", ended_at=now, problem=None, **_FREE))).rowcount


async def not_sent(tx: Tx, address: str, holder: str, problem: str, now: datetime) -> None:
    """The service did not take it: tried again later, given up after `MOST_TRIES`."""
    mine = _mine(address, holder)
    await tx.conn.execute(update(reminders).where(mine, _R.tries >= MOST_TRIES).values(state="dead", ended_at=now, problem=problem, **_FREE))
    for tries, seconds in enumerate(_BACK_OFF, start=1):
        again = {"state": "waiting", "due_at": now + timedelta(seconds=seconds), "problem": problem}
        await tx.conn.execute(update(reminders).where(mine, _R.tries == tries).values(**again, **_FREE))


async def forget(tx: Tx, subject: str) -> None:
    """Its date is another one: it may be reminded of once more."""
    await tx.conn.execute(delete(reminders).where(_R.subject == subject))


async def given_up_since(conn: AsyncConnection, since: datetime) -> int:
    """How many reminders no service took."""
    return int((await conn.execute(select(func.count()).where(_R.state == "dead", _R.ended_at > since))).scalar_one())


_FREE = {"holder": None, "held_until": None}


def _among(keys: Collection[Key]) -> ColumnElement[bool]:
    return tuple_(_R.subject, _R.cause).in_([tuple(k) for k in keys])


def _mine(address: str, holder: str) -> ColumnElement[bool]:
    return and_(_R.address == address, _R.state == "sending", _R.holder == holder)


def _is_due(state: str, due_at: datetime, held_until: datetime | None, now: datetime) -> bool:
    return (state == "waiting" and due_at <= now) or (state == "sending" and held_until is not None and held_until <= now)
