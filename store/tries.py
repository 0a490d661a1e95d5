"""Tries to sign in: counted by the name that was typed, in a row of its own, so that every worker counts the same ones."""

import contextlib
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from store.database import Tx
from store.tables import sign_in_tries as t


async def count(tx: Tx, name_hash: str, now: datetime, most: int, within: timedelta, lock: timedelta) -> datetime | None:
    """Count a try before its password is looked at, so that guesses side by side are all counted; the moment until which the name is locked, or None.

    The `most`th try within `within` locks the name for `lock`; a right password takes that back by `forget`. A try on a locked name is not counted.
    """
    await tx.conn.execute(delete(t).where(t.c.last_at <= now - within, or_(t.c.locked_until.is_(None), t.c.locked_until <= now)))
    with contextlib.suppress(IntegrityError):  # the row stands already
        async with tx.conn.begin_nested():
            await tx.conn.execute(insert(t).values(name_hash=name_hash, tries=[], last_at=now))
    row = (await tx.conn.execute(select(t).where(t.c.name_hash == name_hash).with_for_update())).one()
    if row.locked_until and row.locked_until > now:
        until: datetime = row.locked_until
        return until
    earlier = [] if row.locked_until else [at for at in row.tries if datetime.fromisoformat(at) > now - within]
    tries = [*earlier, now.isoformat()]
    locked = now + lock if len(tries) >= most else None
    await tx.conn.execute(update(t).where(t.c.name_hash == name_hash).values(tries=tries, last_at=now, locked_until=locked))
    return None


async def forget(tx: Tx, name_hash: str) -> None:
    """The right password was given, or a new one set: counting starts anew."""
    await tx.conn.execute(delete(t).where(t.c.name_hash == name_hash))
