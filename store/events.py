"""Streams of events: numbered by the stream's own row in the same transaction, so that what a page has applied is one number."""

import contextlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from store.database import Tx
from store.tables import events, streams

DESK = "desk"


class Event(BaseModel, frozen=True):
    """One numbered row of a stream."""

    number: int
    kind: str
    at: datetime
    data: dict[str, Any]


def stream_of(conversation_id: str) -> str:
    """The stream of one conversation."""
    return f"conversation:{conversation_id}"


async def open_stream(tx: Tx, stream: str) -> None:
    """Make the stream's row."""
    await tx.conn.execute(insert(streams).values(name=stream, last_number=0))


async def open_stream_once(tx: Tx, stream: str) -> None:
    """Make the stream's row unless it stands already."""
    if (await tx.conn.execute(select(streams.c.name).where(streams.c.name == stream))).scalar() is None:
        with contextlib.suppress(IntegrityError):  # another worker, starting at the same time, was faster
            async with tx.conn.begin_nested():
                await open_stream(tx, stream)


async def append(tx: Tx, stream: str, now: datetime, rows: Sequence[tuple[str, Mapping[str, Any]]]) -> int:
    """Add events in order; returns the number of the first. The stream's row is locked by the update, so numbers have no gap and no twin."""
    grown = update(streams).where(streams.c.name == stream).values(last_number=streams.c.last_number + len(rows)).returning(streams.c.last_number)
    last = (await tx.conn.execute(grown)).scalar_one()
    first: int = last - len(rows) + 1
    await tx.conn.execute(
        insert(events),
        [{"stream": stream, "number": first + n, "kind": kind, "data": dict(data), "at": now} for n, (kind, data) in enumerate(rows)],
    )
    tx.touched.add(stream)
    return first


async def events_after(conn: AsyncConnection, stream: str, after: int, most: int = 500) -> tuple[Event, ...]:
    """The events with a number above `after`, in order."""
    wanted = select(events).where(events.c.stream == stream, events.c.number > after).order_by(events.c.number).limit(most)
    return tuple(Event(number=r.number, kind=r.kind, at=r.at, data=r.data) for r in (await conn.execute(wanted)).all())


async def sentences_of(conn: AsyncConnection, stream: str, message_id: str) -> tuple[Event, ...]:
    """The sentences of one reply that were said already, in order."""
    wanted = select(events).where(events.c.stream == stream, events.c.kind == "sentence").order_by(events.c.number.desc()).limit(100)
    rows = [Event(number=r.number, kind=r.kind, at=r.at, data=r.data) for r in (await conn.execute(wanted)).all()]
    return tuple(e for e in reversed(rows) if e.data.get("message_id") == message_id)


async def last_number(conn: AsyncConnection, stream: str) -> int:
    """The number of the newest event; 0 before the first."""
    return (await conn.execute(select(streams.c.last_number).where(streams.c.name == stream))).scalar() or 0
