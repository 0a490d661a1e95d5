"""Staff sign in: argon2, a lock after five wrong passwords, sessions of a working day that last on while they are used."""

import asyncio
import contextlib
import functools
import math
import secrets
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from basics.clock import Clock
from basics.errors import Unavailable
from basics.ids import fingerprint, new_id, new_token
from bot.refusals import LockedOut, SignInFailed
from desk.conversation import StaffName
from store import staff, tries
from store.database import Database, Tx
from store.staff import Role, Session, StaffAccount

_TRIES, _WITHIN, _LOCK = 5, timedelta(minutes=15), timedelta(minutes=15)
_LASTS = timedelta(hours=12)
_RENEWED_EVERY = timedelta(minutes=10)  # a session in use is written again this often, not at every call
_HASHER = PasswordHasher()


class Accounts:
    """The two people's accounts."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self.db, self.clock = db, clock

    async def keep(self, staff_id: str, name: str, password: str) -> None:
        """A new account, or a new password for it; a lock is taken off."""
        hashed = await asyncio.to_thread(_HASHER.hash, password)

        async def kept(tx: Tx) -> None:
            await staff.keep_account(tx, staff_id, name, hashed)
            await tries.forget(tx, _counted_as(name))

        await self.db.write(kept)

    async def change(self, name: str, password: str | None, role: Role | None) -> None:
        """What a lead sets: a new account, a new password (which signs the account out everywhere), a role. ValueError: a new account without one."""
        async with self.db.read() as conn:
            known = await staff.account(conn, name) or await staff.left(conn, name)
        if password is not None:
            await self.keep(known.id if known else new_staff_id(), known.name if known else name, password)
        elif known is None:
            raise ValueError("a new account needs a password")

        async def changed(tx: Tx) -> None:
            account = await staff.account(tx.conn, name)
            if account is None:
                raise ValueError("who comes back needs a new password")
            if password is not None:
                await staff.end_sessions(tx, account.id)
            if role is not None:
                await staff.set_role(tx, account.id, role)

        await self.db.write(changed)

    async def leave(self, name: str) -> bool:
        """Somebody left: signed out everywhere, and no sign-in any more. False where there is no such account."""

        async def gone(tx: Tx) -> bool:
            account = await staff.account(tx.conn, name)
            if account is None:
                return False
            await staff.deactivate(tx, account.id)
            await staff.end_sessions(tx, account.id)
            return True

        return await self.db.write(gone)

    async def sign_in(self, name: str, password: str) -> tuple[str, StaffName, datetime]:
        """A new session's token, who it is, and until when. SignInFailed or LockedOut otherwise."""
        account = await self.proven(name, password)
        now = self.clock()
        token, until_when = new_token(), now + _LASTS
        await self.db.write(lambda tx: staff.sign_in(tx, account.id, fingerprint(token), until_when, now))
        return token, StaffName(id=account.id, name=account.name), until_when

    async def proven(self, name: str, password: str) -> StaffAccount:
        """The account whose password this is. Every try is counted in the database before its password is looked at, from whatever address."""
        now, name = self.clock(), name.strip()
        counted = _counted_as(name)
        locked_until = await self.db.write(lambda tx: tries.count(tx, counted, now, _TRIES, _WITHIN, _LOCK))
        if locked_until is not None:
            raise LockedOut(math.ceil((locked_until - now).total_seconds() / 60))
        async with self.db.read() as conn:
            account = await staff.account(conn, name)
        right = await asyncio.to_thread(_verified, account.password_hash if account else None, password)
        if account is None or not right:
            raise SignInFailed
        await self.db.write(lambda tx: tries.forget(tx, counted))
        return account

    async def session(self, token: str) -> Session | None:
        """Who is signed in by this token, or None; being asked is being used, so the session lasts another 12 hours from now."""
        now, hashed = self.clock(), fingerprint(token)
        async with self.db.read() as conn:
            found = await staff.session(conn, hashed, now)
        until = now + _LASTS
        if found is None or until - found.expires_at < _RENEWED_EVERY:
            return found
        with contextlib.suppress(Unavailable):  # a full disk ends no session that still holds
            await self.db.write(lambda tx: staff.renew(tx, hashed, until, now))
            return found.model_copy(update={"expires_at": until})
        return found

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


def _counted_as(name: str) -> str:
    """A hash, for people type their password where the name belongs."""
    return fingerprint(name.strip().lower())


@functools.cache
def _nobody() -> str:
    """The hash of a password that nobody has."""
    return _HASHER.hash(secrets.token_hex(8))


def _verified(hashed: str | None, password: str) -> bool:
    nobody = _nobody()  # made once, whoever asks first: an unknown name (None) always takes as long as a wrong password
    try:
        return _HASHER.verify(hashed or nobody, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
