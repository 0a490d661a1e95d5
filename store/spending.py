"""What models cost, by day: tokens read and written."""

from datetime import date

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from store.database import Tx
from store.tables import spending


async def spend(tx: Tx, day: date, model: str, tokens_in: int, tokens_out: int) -> None:
    """Add to a day's account."""
    is_it = (spending.c.day == day) & (spending.c.model == model)
    more = {"tokens_in": spending.c.tokens_in + tokens_in, "tokens_out": spending.c.tokens_out + tokens_out}
    if (await tx.conn.execute(update(spending).where(is_it).values(**more))).rowcount == 0:
        await tx.conn.execute(insert(spending).values(day=day, model=model, tokens_in=tokens_in, tokens_out=tokens_out))


async def spent_on(conn: AsyncConnection, day: date) -> int:
    """Tokens of every model on a day."""
    total = select(func.coalesce(func.sum(spending.c.tokens_in + spending.c.tokens_out), 0)).where(spending.c.day == day)
    return int((await conn.execute(total)).scalar_one())
