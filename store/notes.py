"""What we ourselves have on record about a traveller: tags, the last rating, complaints that nobody has closed."""

from datetime import datetime

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from customers.notes import Notes
from store import moments, tags
from store.tables import cases, conversations, tickets


async def notes_of(conn: AsyncConnection, traveller_id: str, now: datetime) -> Notes:
    """Everything noted about the traveller that holds at `now`."""
    noted = await tags.tags_of(conn, traveller_id, now)
    of_theirs = tickets.join(conversations, tickets.c.conversation_id == conversations.c.id)
    waits = and_(tickets.c.reason == "complaint", tickets.c.state.in_(("waiting", "taken")))
    is_open = or_(waits, exists().where(cases.c.ticket_id == tickets.c.id, cases.c.state != "closed"))
    theirs = select(func.count()).select_from(of_theirs).where(is_open, conversations.c.traveller_id == traveller_id)
    complaints = (await conn.execute(theirs)).scalar() or 0
    return Notes(tags=tuple(one.tag for one in noted), complaints=complaints, rating=await moments.last_rating_of(conn, traveller_id))
