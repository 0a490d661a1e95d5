"""Uses of a right under a race: whatever happens at once, a quota is never overdrawn, also where several rules count together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from customers.rights import RuleBook
from customers.uses import Holder
from store.database import Database, Tx
from store.proposals import use_right, uses_about
from store.tables import conversations, proposals
from tests.customers.people import NOW, a_rule, rules
from tests.store.test_database import KINDS, a_store

ZONE = "Asia/Shanghai"


def together(folder: Path, per: str = "traveller") -> RuleBook:
    """Three rules, at most three uses of them in a year, whichever; a fourth counts alone, and goes with none of them."""
    shared = {"a": "[b, c]", "b": "[a, c]", "c": "[a, b]"}
    written = [a_rule(id, more=f"quota: {{times: 3, per: {per}, within: 1 year, with: {others}}}") for id, others in shared.items()]
    alone = "quota: {times: 2, per: traveller}\nnot_with: {rights: [r], per: booking, else: {en: either one, zh: 二者选一}}"
    return rules(folder, *written, a_rule("d", more=alone).replace("right: r", "right: other"))


async def proposed(db: Database, ids: list[str], rule_ids: list[str]) -> None:
    """Proposals that were said yes to, one an id."""

    async def written(tx: Tx) -> None:
        plain = {
            "token_hash": "t",
            "lang": "en",
            "state": "bot",
            "caller": {},
            "answered_to": 0,
            "asked_back": 0,
            "opened_at": NOW,
            "changed_at": NOW,
        }
        await tx.conn.execute(insert(conversations).values(id="c", **plain))
        for id, rule_id in zip(ids, rule_ids, strict=True):
            kept = {"conversation_id": "c", "traveller_id": "lin", "state": "pending", "terms_hash": "h", "record": {}, "expires_at": NOW}
            await tx.conn.execute(insert(proposals).values(id=id, rule_id=rule_id, created_at=NOW, **kept))

    await db.write(written)


def holder(booking: str = "K7Q2MP") -> Holder:
    return Holder(traveller_id="lin", company_id="co", booking_id=booking, leg_id="1")


@KINDS
@pytest.mark.parametrize("per", ["traveller", "company", "booking", "leg"])
async def test_rules_that_count_together_are_never_overdrawn(kind: str, per: str, tmp_path: Path) -> None:
    """Thirty confirms of three rules at once from two servers: exactly three are taken, and each stands under the rule that was used."""
    book = together(tmp_path, per)
    async with a_store(kind, tmp_path) as db, _another(db) as other:
        ids, by = [f"p{n}" for n in range(30)], ["abc"[n % 3] for n in range(30)]
        await proposed(db, ids, by)
        asked = zip([db, other] * 15, ids, by, strict=True)
        taken = await asyncio.gather(*(_take(server, book, rule_id, id, holder()) for server, id, rule_id in asked))
        assert sum(taken) == 3
        async with db.read() as conn:
            uses = await uses_about(conn, "lin", "co")
        assert sorted(use.rule_id for use in uses) == sorted(rule_id for rule_id, got in zip(by, taken, strict=True) if got)


@KINDS
async def test_what_is_over_does_not_count_and_what_bars_does(kind: str, tmp_path: Path) -> None:
    """The year goes by to the second; a right that goes with none of them is barred for the same booking only."""
    book = together(tmp_path)
    rule, alone = book.rule("a"), book.rule("d")
    assert rule and alone
    async with a_store(kind, tmp_path) as db:
        ids = [f"p{n}" for n in range(6)]
        await proposed(db, ids, ["a", "a", "a", "a", "d", "d"])
        for n, (at, taken) in enumerate([(0, True), (0, True), (1, True), (2, False)]):
            assert await db.write(lambda tx, n=n, at=at: use_right(tx, rule, holder(), ids[n], NOW + timedelta(seconds=at), ZONE)) is taken
        a_year_on = NOW.replace(year=NOW.year + 1)
        assert not await db.write(lambda tx: use_right(tx, rule, holder(), ids[3], a_year_on - timedelta(seconds=1), ZONE))
        assert await db.write(lambda tx: use_right(tx, rule, holder(), ids[3], a_year_on, ZONE))
        assert not await db.write(lambda tx: use_right(tx, alone, holder(), ids[4], NOW, ZONE))
        assert await db.write(lambda tx: use_right(tx, alone, holder("ANOTHR"), ids[5], NOW, ZONE))


@KINDS
async def test_of_two_that_exclude_each_other_one_is_taken(kind: str, tmp_path: Path) -> None:
    """Two rights that do not go together, taken at the same instant by two servers: whoever comes second waits, and is told no."""
    other_way = {"a": ("r", "other"), "b": ("other", "r")}
    book = rules(tmp_path, *(_barred_by(id, right, bars) for id, (right, bars) in other_way.items()))
    pairs = [(f"a{n}", f"b{n}", f"BOOK{n}") for n in range(12)]
    async with a_store(kind, tmp_path) as db, _another(db) as other:
        await proposed(db, [id for a, b, _ in pairs for id in (a, b)], ["a", "b"] * len(pairs))
        taken = [
            await asyncio.gather(_take(db, book, "a", a, holder(booking)), _take(other, book, "b", b, holder(booking))) for a, b, booking in pairs
        ]
        assert [sum(both) for both in taken] == [1] * len(pairs)


@KINDS
async def test_two_people_on_a_booking_use_its_right_once(kind: str, tmp_path: Path) -> None:
    """What is counted for a booking is counted for everybody on it, also for people of no company, and of two companies."""
    book = rules(tmp_path, a_rule("a", more="quota: {times: 1, per: booking}"))
    companies = [(None, None), ("co", "other"), (None, "co")] * 4
    async with a_store(kind, tmp_path) as db, _another(db) as other:
        await proposed(db, [f"{who}{n}" for n in range(len(companies)) for who in "pq"], ["a"] * (2 * len(companies)))
        for n, (one, two) in enumerate(companies):
            p, q = (Holder(traveller_id=who, company_id=company, booking_id=f"BOOK{n}") for who, company in (("lin", one), ("wang", two)))
            assert sum(await asyncio.gather(_take(db, book, "a", f"p{n}", p), _take(other, book, "a", f"q{n}", q))) == 1
            async with db.read() as conn:
                assert len(await uses_about(conn, "nobody", None, [f"BOOK{n}"])) == 1


def _barred_by(id: str, right: str, bars: str) -> str:
    more = f"not_with: {{rights: [{bars}], per: booking, else: {{en: either one, zh: 二者选一}}}}"
    return a_rule(id, more=more).replace("right: r\n", f"right: {right}\n")


def _take(server: Database, book: RuleBook, rule_id: str, proposal_id: str, who: Holder) -> "asyncio.Future[bool]":
    rule = book.rule(rule_id)
    assert rule
    return asyncio.ensure_future(server.write(lambda tx: use_right(tx, rule, who, proposal_id, NOW, ZONE)))


@asynccontextmanager
async def _another(db: Database) -> AsyncIterator[Database]:
    """Another server of the same database."""
    other = Database(db.url.render_as_string(hide_password=False))
    await other.start()
    try:
        yield other
    finally:
        await other.stop()
