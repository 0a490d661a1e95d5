"""`concierge offers report`: what it counts, how sure it is, what it warns of; alone and beside a server."""

import asyncio
import json
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.uptake import difference, rows_of, share_of, uptake, warnings_of, wilson
from customers.moment import Moment
from store import moments, offers
from store.database import Database
from store.offers import Afterwards, Offer
from tests.house import NOW, command, copied_home
from tests.store.test_database import a_store


def an_offer(n: int = 0, state: str = "accepted", **changes: Any) -> Offer:
    plain = {
        "id": f"o{n}",
        "moment_id": f"m{n}",
        "moment": "delay",
        "traveller_id": f"t{n}",
        "rule_id": "r",
        "right": "free_change",
        "door": "none" if state == "held_out" else "chat",
        "state": state,
        "worth": 1.0,
        "at": NOW,
    }
    return Offer.model_validate(plain | changes)


def after(
    n: int = 0, state: str = "accepted", wrote: datetime | None = None, options: int = 0, chosen: str | None = None, **changes: Any
) -> Afterwards:
    offer = an_offer(n, state, **changes)
    return Afterwards(offer=offer, wrote_at=wrote, complained_at=None, used_at=None, options=options, chosen=chosen)


def test_the_uptake_is_of_those_who_answered_or_let_it_run_out() -> None:
    """3 of 4: shown cards that still wait are no answer; told, held out and staff's are counted apart."""
    states = ["accepted"] * 3 + ["declined", "shown", "told", "held_out", "to_staff"]
    (row,) = rows_of([after(n, s) for n, s in enumerate(states)], NOW)
    assert (row.shown, row.open, row.told, row.held_out, row.to_staff) == (5, 1, 1, 1, 1)
    assert row.uptake and (row.uptake.n, row.uptake.of) == (3, 4) and 0.30 < row.uptake.low < 0.31 and 0.95 < row.uptake.high < 0.96
    assert row.against == ()  # the fourteen days are not over


def test_telling_is_held_against_not_telling() -> None:
    """Of those told 10 of 100 wrote again within 14 days, of those held out 30 of 100: the difference and its interval; later words do not count."""
    soon, late = NOW + timedelta(days=3), NOW + timedelta(days=15)
    told = [after(n, "accepted", soon if n < 10 else late) for n in range(100)]
    held = [after(n + 100, "held_out", soon if n < 30 else None) for n in range(100)]
    (row,) = rows_of([*told, *held], NOW + timedelta(days=14))
    wrote = row.against[0]
    assert (wrote.told.n, wrote.held_out.n) == (10, 30) and wrote.difference == pytest.approx(-0.2)
    assert wrote.low == pytest.approx(-0.305, abs=0.01) and wrote.high == pytest.approx(-0.09, abs=0.01)


@pytest.mark.parametrize(("firsts", "of", "warns"), [(18, 20, True), (17, 20, False), (19, 19, False)])
def test_one_option_that_takes_nine_of_ten_is_no_choice(firsts: int, of: int, warns: bool) -> None:
    """Of at least twenty who had several options."""
    found = [after(n, options=3, chosen="option-1" if n < firsts else "option-2") for n in range(of)]
    assert bool(warnings_of(found)) is warns
    assert warnings_of([after(n, options=1, chosen="option-1") for n in range(50)]) == ()


def test_one_right_that_takes_nine_of_ten_is_told_too() -> None:
    """At a moment with several rights, all yeses are for one of them: the others might as well not be offered."""
    found = [after(n) for n in range(20)] + [after(n + 20, "ignored", right="voucher") for n in range(5)]
    (warning,) = warnings_of(found)
    assert "20 of 20" in warning.en and "free_change" in warning.zh


@given(st.integers(0, 400), st.integers(0, 400))
def test_an_interval_holds_its_share_and_stays_a_share(n: int, more: int) -> None:
    """For every count: within 0..1, around the share, narrower with four times as many."""
    of = n + more
    low, high = wilson(n, of)
    assert 0 <= low <= high <= 1 and (of == 0 or low - 1e-12 <= n / of <= high + 1e-12)
    assert wilson(4 * n, 4 * of)[1] - wilson(4 * n, 4 * of)[0] <= high - low + 1e-12
    d, lowest, highest = difference(share_of(n, of), share_of(more, of))
    assert -1 <= lowest <= d <= highest <= 1


async def keep(db: Database, offer: Offer) -> None:
    told = Moment(id=offer.moment_id, kind="delay", traveller_id=offer.traveller_id, at=offer.at)
    await db.write(partial(moments.tell_moment, moment=told, now=offer.at))
    await db.write(partial(offers.keep_offer, offer=offer))


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_what_came_after_is_read_from_the_tables(kind: str, tmp_path: Path) -> None:
    """A complaint after the offer counts, one before it does not, nor does another traveller's; `since` leaves older offers out."""
    async with a_store(kind, tmp_path) as db:
        for n, state in enumerate(["told", "held_out", "told"]):
            await keep(db, an_offer(n, state, at=NOW + timedelta(hours=n)))
        for who, hours in (("t0", 5), ("t1", -5), ("t2", 1)):
            told = Moment(id=f"c-{who}", kind="complaint", traveller_id=who, at=NOW + timedelta(hours=hours))
            await db.write(partial(moments.tell_moment, moment=told, now=NOW))
        report = await uptake(db, None, NOW + timedelta(days=20))
        complained = report.rows[0].against[1]
        assert (complained.told.n, complained.told.of, complained.held_out.n, complained.held_out.of) == (1, 2, 0, 1)
        assert (await uptake(db, NOW + timedelta(hours=2), NOW)).rows[0].told == 1


def test_the_command_prints_a_table_or_json(tmp_path: Path) -> None:
    """In a home without offers it says so; with one it counts it; a moment that is none is refused in a sentence."""
    home = copied_home(tmp_path / "home", with_index=False)
    assert "Nothing has been offered" in command("offers", "report", home=home).stdout

    async def one() -> None:
        db = Database(f"sqlite:///{home / 'concierge.sqlite3'}")
        await db.start()
        await keep(db, an_offer())
        await db.stop()

    asyncio.run(one())
    said = command("offers", "report", home=home)
    assert said.returncode == 0 and "free_change" in said.stdout and "100% (21% to 100%)" in said.stdout
    told = json.loads(command("offers", "report", "--json", home=home).stdout)
    assert told["rows"][0]["accepted"] == 1 and told["warnings"] == []
    assert command("offers", "report", "--since", "yesterday", home=home).returncode != 0
