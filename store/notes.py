"""What we ourselves have on record about a traveller: tags, ratings, complaints that nobody has closed."""

from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from customers.notes import Notes
from store import tags
from store.database import Tx
from store.tables import conversations, ratings, tickets


async def notes_of(conn: AsyncConnection, traveller_id: str, now: datetime) -> Notes:
    """Everything noted about the traveller that holds at `now`."""
    noted = await tags.tags_of(conn, traveller_id, now)
    of_theirs = tickets.join(conversations, tickets.c.conversation_id == conversations.c.id)
    is_open = (tickets.c.reason == "complaint", tickets.c.state.in_(("waiting", "taken")), conversations.c.traveller_id == traveller_id)
    complaints = (await conn.execute(select(func.count()).select_from(of_theirs).where(*is_open))).scalar() or 0
    return Notes(tags=tuple(one.tag for one in noted), complaints=complaints, rating=await last_rating(conn, traveller_id))


async def rate(tx: Tx, traveller_id: str, booking_id: str, leg_id: str, stars: int, now: datetime) -> None:
    """Keep the stars (1..5) that a traveller gives for a leg; a second word on the same leg replaces the first."""
    leg = (ratings.c.traveller_id == traveller_id, ratings.c.booking_id == booking_id, ratings.c.leg_id == leg_id)
    await tx.conn.execute(delete(ratings).where(*leg))
    await tx.conn.execute(insert(ratings).values(traveller_id=traveller_id, booking_id=booking_id, leg_id=leg_id, stars=stars, at=now))


async def last_rating(conn: AsyncConnection, traveller_id: str) -> int | None:
    """The stars that the traveller gave last, or None."""
    newest = select(ratings.c.stars).where(ratings.c.traveller_id == traveller_id).order_by(ratings.c.at.desc()).limit(1)
    stars: int | None = (await conn.execute(newest)).scalar()
    return stars
