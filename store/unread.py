"""Answers of staff that no page has shown yet: whom to tell by e-mail, and up to where they were told."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from desk.conversation import Conversation
from store import conversations as talks
from store.database import Tx
from store.tables import conversations, messages, staff


class Said(NamedTuple):
    """One answer, and who gave it."""

    number: int
    text: str
    by: str


class Unread(NamedTuple):
    """A conversation whose traveller is not there, and what staff said to them since."""

    conversation: Conversation
    reply_to: str | None
    """The address that somebody who is not signed in has left."""
    said: Sequence[Said]

    @property
    def last(self) -> int:
        """The number of the newest of these answers."""
        return max(one.number for one in self.said)


async def leave_address(tx: Tx, conversation_id: str, address: str | None) -> None:
    """Where answers go that nobody looks at; None: nowhere any more."""
    await tx.conn.execute(update(conversations).where(conversations.c.id == conversation_id).values(reply_to=address))


async def address_left(conn: AsyncConnection, conversation_id: str) -> str | None:
    """The address that was left in a conversation, or None."""
    address: str | None = (await conn.execute(select(conversations.c.reply_to).where(conversations.c.id == conversation_id))).scalar()
    return address


async def unread(conn: AsyncConnection, since: datetime, until: datetime, alive_since: datetime, most: int) -> tuple[Unread, ...]:
    """Conversations with an answer between `since` and `until` that no page showed, and that none follows now; the longest unread first."""
    c, m = conversations.c, messages.c
    not_told = m.role == "staff", m.number > c.seen_to, m.number > c.mailed_to
    is_away = or_(c.listened_at.is_(None), c.listened_at < alive_since)
    reachable = or_(c.traveller_id.is_not(None), c.reply_to.is_not(None))
    joined = messages.join(conversations, c.id == m.conversation_id)
    old_enough = select(c.id).select_from(joined).where(*not_told, m.at > since, m.at <= until, is_away, reachable, c.state != "closed")
    ids = list((await conn.execute(old_enough.group_by(c.id).order_by(func.min(m.at)).limit(most))).scalars())
    found = []
    for conversation_id in ids:
        told = select(m.number, m.text, staff.c.name).select_from(joined.outerjoin(staff, staff.c.id == m.staff_id))
        rows = (await conn.execute(told.where(c.id == conversation_id, *not_told).order_by(m.number))).all()
        said = tuple(Said(row.number, row.text, row.name or "") for row in rows)
        if said:
            found.append(Unread(await talks.conversation(conn, conversation_id), await address_left(conn, conversation_id), said))
    return tuple(found)


async def mailed(tx: Tx, one: Unread) -> bool:
    """These answers are on their way by e-mail; False where a page has shown them meanwhile, or another worker was faster."""
    c = conversations.c
    still = c.id == one.conversation.id, c.mailed_to < one.last, c.seen_to < one.last
    return (await tx.conn.execute(update(conversations).where(*still).values(mailed_to=one.last))).rowcount == 1
