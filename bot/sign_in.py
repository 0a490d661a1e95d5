"""Staff sign in: argon2, a lock after five wrong passwords, sessions of a working day."""

import asyncio
import secrets
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from basics.clock import Clock
from basics.ids import fingerprint, new_id, new_token
from bot.refusals import LockedOut, SignInFailed
from desk.conversation import StaffName
from store import staff
from store.database import Database, Tx

_TRIES, _LOCK, _LASTS = 5, timedelta(minutes=10), timedelta(hours=12)
_HASHER = PasswordHasher()
_NOBODY = _HASHER.hash(secrets.token_hex(8))  # so that an unknown name takes as long as a wrong password


class Accounts:
    """The two people's accounts."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self.db, self.clock = db, clock

    async def keep(self, staff_id: str, name: str, password: str) -> None:
        """A new account, or a new password for it."""
        hashed = await asyncio.to_thread(_HASHER.hash, password)
        await self.db.write(lambda tx: staff.keep_account(tx, staff_id, name, hashed))

    async def sign_in(self, name: str, password: str) -> tuple[str, StaffName, datetime]:
        """A new session's token, who it is, and until when. SignInFailed or LockedOut otherwise."""
        now = self.clock()
        async with self.db.read() as conn:
            account = await staff.account(conn, name.strip())
        if account and account.locked_until and account.locked_until > now:
            raise LockedOut(max(1, round((account.locked_until - now).total_seconds() / 60)))
        right = await asyncio.to_thread(_verified, account.password_hash if account else _NOBODY, password)
        if account is None:
            raise SignInFailed
        if not right:
            await self.db.write(lambda tx: staff.count_failure(tx, account.id, _TRIES, now + _LOCK))
            raise SignInFailed
        token, until_when = new_token(), now + _LASTS

        async def signed_in(tx: Tx) -> None:
            await staff.sign_in(tx, account.id, fingerprint(token), until_when, now)

        await self.db.write(signed_in)
        return token, StaffName(id=account.id, name=account.name), until_when

    async def sign_out(self, token: str) -> None:
        """End a session."""
        await self.db.write(lambda tx: staff.sign_out(tx, fingerprint(token)))


def new_password() -> str:
    """Three short groups that can be typed from a screen: 75 bits."""
    alphabet = "23456789abcdefghjkmnpqrstuvwxyz"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(5)) for _ in range(3))


def new_staff_id() -> str:
    """An id for a new account."""
    return new_id("staff")


def _verified(hashed: str, password: str) -> bool:
    try:
        return _HASHER.verify(hashed, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
