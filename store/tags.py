"""Tags that staff and the bot have set on travellers; one that is over is kept for as long as a conversation is."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Row, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from basics.ids import new_id
from basics.words import Words
from customers.tags import Tag, TagSource
from store.database import Tx
from store.tables import tags


class NotedTag(BaseModel, frozen=True):
    """A tag as it was noted, with the reason for it."""

    tag: Tag
    reason: str


async def tags_of(conn: AsyncConnection, traveller_id: str, now: datetime) -> tuple[NotedTag, ...]:
    """The tags of a traveller that hold at `now`, the oldest first."""
    holds = (tags.c.since <= now, or_(tags.c.until.is_(None), tags.c.until > now))
    rows = await conn.execute(select(tags).where(tags.c.traveller_id == traveller_id, *holds).order_by(tags.c.since, tags.c.id))
    return tuple(_noted(row) for row in rows.all())


async def set_tag(tx: Tx, traveller_id: str, tag: Tag, reason: str) -> None:
    """Note a tag; the same one of the same source that still holds gets the new end, reason and setter instead of standing twice."""
    values = {"set_by": tag.set_by, "reason": reason, "until": tag.until}
    if await _renewed(tx, traveller_id, tag.name, tag.source, tag.since, values):
        return
    row = {"id": new_id("tag"), "traveller_id": traveller_id, "name": tag.name, "title": tag.title.model_dump(), "source": tag.source}
    await tx.conn.execute(insert(tags).values(**row, since=tag.since, **values))


async def end_tag(tx: Tx, traveller_id: str, name: str, source: TagSource, by: str, now: datetime) -> bool:
    """End a tag that holds; False if there is none."""
    return await _renewed(tx, traveller_id, name, source, now, {"until": now, "ended_by": by})


async def _renewed(tx: Tx, traveller_id: str, name: str, source: TagSource, now: datetime, values: dict[str, Any]) -> bool:
    same = (tags.c.traveller_id == traveller_id, tags.c.name == name, tags.c.source == source)
    holds = (tags.c.since <= now, or_(tags.c.until.is_(None), tags.c.until > now))
    return (await tx.conn.execute(update(tags).where(*same, *holds).values(**values))).rowcount > 0


def _noted(row: Row[Any]) -> NotedTag:
    tag = Tag(name=row.name, title=Words(**row.title), source=row.source, set_by=row.set_by, since=row.since, until=row.until)
    return NotedTag(tag=tag, reason=row.reason)
