"""The codes in the links of e-mails: kept hashed, good once, for a while. And who wants no more advertising."""

import contextlib
from datetime import datetime
from typing import Literal, NamedTuple

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from basics.ids import fingerprint
from store.database import Tx
from store.tables import conversations, mail_codes, opt_outs

Purpose = Literal["resume", "unsubscribe"]


class Opens(NamedTuple):
    """What a code is good for: whose it is, and the conversation that it opens."""

    traveller_id: str
    conversation_id: str | None


async def keep_code(tx: Tx, code: str, purpose: Purpose, traveller_id: str, conversation_id: str | None, expires_at: datetime) -> None:
    """Keep a code by its hash alone."""
    row = {"code_hash": fingerprint(code), "purpose": purpose, "traveller_id": traveller_id, "conversation_id": conversation_id}
    await tx.conn.execute(insert(mail_codes).values(**row, expires_at=expires_at))


async def use_code(tx: Tx, code: str, purpose: Purpose, now: datetime) -> Opens | None:
    """Use a code up; None where it is none, is over, or was used: of two that come at once one gets it."""
    c = mail_codes.c
    good = c.code_hash == fingerprint(code), c.purpose == purpose, c.used_at.is_(None), c.expires_at > now
    used = await tx.conn.execute(update(mail_codes).where(*good).values(used_at=now).returning(c.traveller_id, c.conversation_id))
    row = used.one_or_none()
    return Opens(row.traveller_id, row.conversation_id) if row else None


async def give_token(tx: Tx, conversation_id: str, token_hash: str) -> None:
    """From now on this token opens the conversation, and no other does."""
    await tx.conn.execute(update(conversations).where(conversations.c.id == conversation_id).values(token_hash=token_hash))


async def unsubscribe(tx: Tx, code: str, now: datetime) -> bool:
    """No more advertising to whom the code was sent, however often it comes; False where it is none."""
    known = select(mail_codes.c.traveller_id).where(mail_codes.c.code_hash == fingerprint(code), mail_codes.c.purpose == "unsubscribe")
    traveller_id = (await tx.conn.execute(known)).scalar()
    if not traveller_id:
        return False
    with contextlib.suppress(IntegrityError):  # they said so before
        async with tx.conn.begin_nested():
            await tx.conn.execute(insert(opt_outs).values(traveller_id=traveller_id, at=now))
    return True


async def is_opted_out(conn: AsyncConnection, traveller_id: str) -> bool:
    """Whether this traveller wants no more advertising."""
    return (await conn.execute(select(opt_outs.c.at).where(opt_outs.c.traveller_id == traveller_id))).scalar() is not None


async def forget_codes(tx: Tx, until: datetime, most: int) -> int:
    """Delete at most `most` codes that were over before `until`; returns how many."""
    old = select(mail_codes.c.code_hash).where(mail_codes.c.expires_at < until).limit(most)
    return (await tx.conn.execute(delete(mail_codes).where(mail_codes.c.code_hash.in_(old)))).rowcount
