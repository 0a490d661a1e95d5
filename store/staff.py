"""The two people, and their signed-in sessions."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel
from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from desk.conversation import StaffName
from store.database import Tx
from store.tables import staff, staff_sessions

Role = Literal["staff", "lead"]
"""A lead may also manage the accounts (by the command only)."""


class StaffAccount(BaseModel, frozen=True):
    """What signing in needs to know."""

    id: str
    name: str
    password_hash: str
    role: Role


class Session(BaseModel, frozen=True):
    """Somebody signed in, until `expires_at` if they do nothing more."""

    staff: StaffName
    role: Role
    expires_at: datetime


async def account(conn: AsyncConnection, name: str) -> StaffAccount | None:
    """The active account of this name, upper and lower case alike, or None."""
    row = (await conn.execute(select(staff).where(func.lower(staff.c.name) == name.lower(), staff.c.active.is_(True)))).one_or_none()
    return _account(row) if row else None


async def left(conn: AsyncConnection, name: str) -> StaffAccount | None:
    """The account of somebody who left, so that coming back is the same account."""
    row = (await conn.execute(select(staff).where(func.lower(staff.c.name) == name.lower(), staff.c.active.is_(False)))).first()
    return _account(row) if row else None


async def leads(conn: AsyncConnection) -> tuple[str, ...]:
    """The names of the active leads."""
    return tuple((await conn.execute(select(staff.c.name).where(staff.c.role == "lead", staff.c.active.is_(True)).order_by(staff.c.name))).scalars())


async def keep_account(tx: Tx, staff_id: str, name: str, password_hash: str) -> None:
    """A new account, or a new password for it; an account that stands keeps its role."""
    known = (await tx.conn.execute(select(staff.c.id).where(staff.c.id == staff_id))).scalar()
    if known is None:
        await tx.conn.execute(insert(staff).values(id=staff_id, name=name, password_hash=password_hash, active=True, role="staff"))
    else:
        await tx.conn.execute(update(staff).where(staff.c.id == staff_id).values(name=name, password_hash=password_hash, active=True))


async def set_role(tx: Tx, staff_id: str, role: Role) -> None:
    """What the account may do."""
    await tx.conn.execute(update(staff).where(staff.c.id == staff_id).values(role=role))


async def deactivate(tx: Tx, staff_id: str) -> None:
    """Somebody left: the account stays (tickets name it), but nobody signs in with it."""
    await tx.conn.execute(update(staff).where(staff.c.id == staff_id).values(active=False, role="staff"))


async def end_sessions(tx: Tx, staff_id: str) -> None:
    """Sign an account out everywhere."""
    await tx.conn.execute(delete(staff_sessions).where(staff_sessions.c.staff_id == staff_id))


async def sign_in(tx: Tx, staff_id: str, token_hash: str, expires_at: datetime, now: datetime) -> None:
    """A new session; outdated ones go."""
    await tx.conn.execute(delete(staff_sessions).where(staff_sessions.c.expires_at < now))
    await tx.conn.execute(insert(staff_sessions).values(token_hash=token_hash, staff_id=staff_id, expires_at=expires_at))


async def renew(tx: Tx, token_hash: str, expires_at: datetime, now: datetime) -> None:
    """A session that is used lasts on; one that was signed out or has run out meanwhile stays ended."""
    still = (staff_sessions.c.token_hash == token_hash) & (staff_sessions.c.expires_at > now)
    await tx.conn.execute(update(staff_sessions).where(still).values(expires_at=expires_at))


async def sign_out(tx: Tx, token_hash: str) -> None:
    """End a session."""
    await tx.conn.execute(delete(staff_sessions).where(staff_sessions.c.token_hash == token_hash))


async def session(conn: AsyncConnection, token_hash: str, now: datetime) -> Session | None:
    """Who a session belongs to, or None when it is unknown or has ended."""
    wanted = (
        select(staff.c.id, staff.c.name, staff.c.role, staff_sessions.c.expires_at)
        .join(staff_sessions, staff_sessions.c.staff_id == staff.c.id)
        .where(staff_sessions.c.token_hash == token_hash, staff_sessions.c.expires_at > now, staff.c.active.is_(True))
    )
    row = (await conn.execute(wanted)).one_or_none()
    return Session(staff=StaffName(id=row.id, name=row.name), role=row.role, expires_at=row.expires_at) if row else None


async def active(conn: AsyncConnection) -> tuple[StaffName, ...]:
    """Who is there, by name."""
    wanted = select(staff.c.id, staff.c.name).where(staff.c.active.is_(True)).order_by(staff.c.name)
    return tuple(StaffName(id=row.id, name=row.name) for row in (await conn.execute(wanted)).all())


async def people(conn: AsyncConnection) -> int:
    """How many are there to answer."""
    return (await conn.execute(select(func.count()).select_from(staff).where(staff.c.active.is_(True)))).scalar_one()


def _account(row: Row[Any]) -> StaffAccount:
    return StaffAccount(id=row.id, name=row.name, password_hash=row.password_hash, role=row.role)
