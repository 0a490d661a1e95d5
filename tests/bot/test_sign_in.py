"""Staff accounts: five wrong passwords lock a name, a session lasts while it is used, and roles say who may manage accounts."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.refusals import LockedOut, SignInFailed
from bot.sign_in import Accounts
from store.database import Database
from store.upgrade import upgrade
from tests.house import STAFF, MovableClock, Served, StaffMember, done, keep_staff, refused
from tests.store.bases import a_base

PASSWORD = STAFF["Anna"]


@pytest.fixture
async def house(make_house: Any) -> Served:
    """A house without articles, and the two people."""
    served: Served = await make_house(empty=True, rate_sign_in="")  # the rate a minute is another story
    await keep_staff(served.house)
    return served


async def sign_in(house: Served, name: str, password: str, **headers: str) -> Any:
    return await house.http.post("/v1/desk/sign-in", json={"name": name, "password": password}, headers=headers)


async def test_a_lock_is_told_and_ends(house: Served) -> None:
    """The sixth try is told how long; the time runs down, knocking in between does not start it anew, and after it the right password opens."""
    for n in range(5):
        refused(await sign_in(house, "Anna", "guess", **{"X-Forwarded-For": f"203.0.113.{n}"}), 401, "sign-in-failed")
    said = refused(await sign_in(house, "Anna", PASSWORD), 429, "locked-out")
    assert said["minutes"] == 15 and "locked" in said["detail"] and "15 minutes" in said["detail"] and "15 分钟" in said["detail_zh"]
    house.clock.move(minutes=14)
    said = refused(await sign_in(house, " anna ", "guess"), 429, "locked-out")
    assert said["minutes"] == 1 and "1 minute." in said["detail"]
    assert (await sign_in(house, "Wei", STAFF["Wei"])).status_code == 200
    house.clock.move(minutes=1)
    assert (await sign_in(house, "Anna", PASSWORD)).status_code == 200


async def test_only_wrong_passwords_of_a_quarter_of_an_hour_count(house: Served) -> None:
    """Four slips now and then lock nobody; five within any fifteen minutes do, also across a full hour."""
    for _ in range(4):
        for _ in range(4):
            refused(await sign_in(house, "Anna", "slip"), 401, "sign-in-failed")
        house.clock.move(minutes=15)
    for minutes in (14, 0.2, 0.2, 0.2):  # the first is a quarter of an hour before the fifth, and a bit
        refused(await sign_in(house, "Anna", "slip"), 401, "sign-in-failed")
        house.clock.move(minutes=minutes)
    house.clock.move(minutes=1)
    for _ in range(2):
        refused(await sign_in(house, "Anna", "slip"), 401, "sign-in-failed")
    refused(await sign_in(house, "Anna", PASSWORD), 429, "locked-out")


async def test_a_lock_does_not_tell_which_names_exist(house: Served) -> None:
    """A name that nobody has locks like one that somebody has."""
    told = []
    for name in ("Anna", "Nobody"):
        told.append([(a.status_code, a.json()["detail"]) for a in [await sign_in(house, name, "guess") for _ in range(6)]])
    assert told[0] == told[1] and told[0][-1][0] == 429


async def test_guessing_side_by_side_gives_no_sixth_guess(house: Served) -> None:
    """Twenty at once: five are looked at, the others are told to wait."""
    answers = await asyncio.gather(*(sign_in(house, "Anna", f"guess {n}") for n in range(20)))
    assert sorted(a.status_code for a in answers) == [401] * 5 + [429] * 15


async def test_a_new_password_takes_the_lock_off(house: Served) -> None:
    """Who was locked out by somebody else's guesses gets in with a new one."""
    for _ in range(5):
        await sign_in(house, "Anna", "guess")
    await Accounts(house.house.db, house.clock).keep("staff-anna", "Anna", "a wholly new password")
    assert (await sign_in(house, "Anna", "a wholly new password")).status_code == 200


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_all_workers_count_together(kind: str, tmp_path: Path) -> None:
    """Two workers on one database, guesses side by side at both: five in all are looked at; unlocked at one is unlocked at the other."""
    async with a_base(kind, tmp_path) as url:
        await asyncio.to_thread(upgrade, url)
        clock, bases = MovableClock(), [Database(url), Database(url)]
        one, two = [Accounts(db, clock) for db in bases]
        for db in bases:
            await db.start()
        try:
            await one.keep("staff-anna", "Anna", PASSWORD)
            tried = await asyncio.gather(*(w.sign_in("Anna", f"guess {n}") for n in range(6) for w in (one, two)), return_exceptions=True)
            assert sorted(type(t).__name__ for t in tried) == ["LockedOut"] * 7 + ["SignInFailed"] * 5, tried
            for worker in (one, two):
                with pytest.raises(LockedOut):
                    await worker.sign_in("Anna", PASSWORD)
            clock.move(minutes=15)
            with pytest.raises(SignInFailed):
                await two.sign_in("Anna", "guess")
            token, _, until = await one.sign_in("Anna", PASSWORD)
            session = await two.session(token)
            assert session and session.staff.name == "Anna" and session.expires_at == until
            await two.sign_out(token)
            assert await one.session(token) is None
        finally:
            for db in bases:
                await db.stop()


async def test_a_session_lasts_while_it_is_used(house: Served) -> None:
    """Used every few hours it lasts for days; twelve hours after the last use it has ended."""
    anna = await house.staff()
    for _ in range(6):
        house.clock.move(hours=11)
        done(await house.http.get("/v1/desk/queue", headers=anna.headers))
    me = await anna.get("/me")
    assert me["role"] == "staff" and me["staff"]["name"] == "Anna" and me["expires_at"] > house.clock().isoformat()
    house.clock.move(hours=12)
    refused(await house.http.get("/v1/desk/me", headers=anna.headers), 401, "not-signed-in")


async def test_signing_out_ends_a_session_for_good(house: Served) -> None:
    """A call that is under way while somebody signs out does not bring the session back; another session of theirs goes on."""
    anna, other = await house.staff(), await house.staff()
    house.clock.move(hours=3)
    calls = [house.http.get("/v1/desk/me", headers=anna.headers) for _ in range(5)]
    await asyncio.gather(*calls, anna.post("/sign-out"))
    house.clock.move(minutes=1)
    refused(await house.http.get("/v1/desk/me", headers=anna.headers), 401, "not-signed-in")
    done(await house.http.get("/v1/desk/me", headers=other.headers))


async def test_roles_and_leaving(house: Served) -> None:
    """A role shows at once; a new password or leaving ends the sessions; who comes back needs a new password and is the same account."""
    accounts, anna = Accounts(house.house.db, house.clock), await house.staff()
    await accounts.change("anna", None, "lead")
    assert (await anna.get("/me"))["role"] == "lead"
    await accounts.change("Anna", "another long password", None)
    refused(await house.http.get("/v1/desk/me", headers=anna.headers), 401, "not-signed-in")
    again = StaffMember(house.http, done(await sign_in(house, "Anna", "another long password")))
    assert (await again.get("/me"))["role"] == "lead"
    assert await accounts.leave("ANNA") and not await accounts.leave("Anna") and not await accounts.leave("Nobody")
    refused(await house.http.get("/v1/desk/me", headers=again.headers), 401, "not-signed-in")
    refused(await sign_in(house, "Anna", "another long password"), 401, "sign-in-failed")
    with pytest.raises(ValueError, match="new password"):
        await accounts.change("Anna", None, "staff")
    with pytest.raises(ValueError, match="needs a password"):
        await accounts.change("Zoe", None, "lead")
    await accounts.change("Anna", "the third password", None)
    back = StaffMember(house.http, done(await sign_in(house, "Anna", "the third password")))
    assert (await back.get("/me"))["staff"]["id"] == "staff-anna" and (await back.get("/me"))["role"] == "staff"
