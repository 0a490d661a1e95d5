"""The two people, and their signed-in sessions."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from desk.conversation import StaffName
from store.database import Tx
from store.tables import staff, staff_sessions


class StaffAccount(BaseModel, frozen=True):
    """What signing in needs to know."""

    id: str
    name: str
    password_hash: str
    failed: int
    locked_until: datetime | None


async def account(conn: AsyncConnection, name: str) -> StaffAccount | None:
    """The active account of this name, upper and lower case alike, or None."""
    row = (await conn.execute(select(staff).where(func.lower(staff.c.name) == name.lower(), staff.c.active.is_(True)))).one_or_none()
    return _account(row) if row else None


async def keep_account(tx: Tx, staff_id: str, name: str, password_hash: str) -> None:
    """A new account, or a new password for it."""
    known = (await tx.conn.execute(select(staff.c.id).where(staff.c.id == staff_id))).scalar()
    if known is None:
        await tx.conn.execute(insert(staff).values(id=staff_id, name=name, password_hash=password_hash, active=True, failed=0))
    else:
        await tx.conn.execute(
            update(staff).where(staff.c.id == staff_id).values(name=name, password_hash=password_hash, active=True, failed=0, locked_until=None)
        )


async def count_failure(tx: Tx, staff_id: str, tries: int, locked_until: datetime) -> None:
    """A wrong password was given: counted in the row itself, so that guesses side by side are all counted; the `tries`th locks."""
    counted = update(staff).where(staff.c.id == staff_id).values(failed=staff.c.failed + 1).returning(staff.c.failed)
    if (await tx.conn.execute(counted)).scalar_one() >= tries:
        await tx.conn.execute(update(staff).where(staff.c.id == staff_id).values(failed=0, locked_until=locked_until))


async def sign_in(tx: Tx, staff_id: str, token_hash: str, expires_at: datetime, now: datetime) -> None:
    """A new session; outdated ones go."""
    await tx.conn.execute(delete(staff_sessions).where(staff_sessions.c.expires_at < now))
    await tx.conn.execute(insert(staff_sessions).values(token_hash=token_hash, staff_id=staff_id, expires_at=expires_at))
    await tx.conn.execute(update(staff).where(staff.c.id == staff_id).values(failed=0, locked_until=None))


async def sign_out(tx: Tx, token_hash: str) -> None:
    """End a session."""
    await tx.conn.execute(delete(staff_sessions).where(staff_sessions.c.token_hash == token_hash))


async def signed_in(conn: AsyncConnection, token_hash: str, now: datetime) -> StaffName | None:
    """Who a session belongs to, or None when it is unknown or has ended."""
    wanted = (
        select(staff.c.id, staff.c.name)
        .join(staff_sessions, staff_sessions.c.staff_id == staff.c.id)
        .where(staff_sessions.c.token_hash == token_hash, staff_sessions.c.expires_at > now, staff.c.active.is_(True))
    )
    row = (await conn.execute(wanted)).one_or_none()
    return StaffName(id=row.id, name=row.name) if row else None


async def people(conn: AsyncConnection) -> int:
    """How many are there to answer."""
    return (await conn.execute(select(func.count()).select_from(staff).where(staff.c.active.is_(True)))).scalar_one()


def _account(row: Row[Any]) -> StaffAccount:
    return StaffAccount(id=row.id, name=row.name, password_hash=row.password_hash, failed=row.failed, locked_until=row.locked_until)
