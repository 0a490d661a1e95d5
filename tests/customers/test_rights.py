"""The engine: who speaks, what counts as missing, and that nothing unclear is ever granted."""

import math
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from basics.clock import parse_moment
from customers.rights import RuleBook
from customers.uses import Holder, Ledger
from tests.customers.people import NOW, a_booking, a_rule, en, rules, used_before

KNOWN: dict[str, Any] = {
    "leg.direction": "return",
    "leg.days": 3,
    "booking.passengers": 2,
    "traveller.tags": ["vip"],
    "traveller.tier": "gold",
    "fee": 100,
}
YES, NO, OPEN = "leg.days == 3", "leg.days == 4", "booking.passengers == 9"  # OPEN is undecided once passengers are unknown
HALF_KNOWN = {name: value for name, value in KNOWN.items() if name != "booking.passengers"}


def deny(id: str, condition: str) -> str:
    return a_rule(id, condition, more=f"effect: deny\nsays: {{en: {id} says no, zh: {id} 说不}}")


def refer(id: str, condition: str) -> str:
    return a_rule(id, condition, more="effect: refer")


@pytest.mark.parametrize(
    ("written", "decision", "speaks"),
    [
        ((a_rule("a", YES), deny("d", YES), refer("f", YES)), "deny", "d"),
        ((a_rule("a", YES), refer("f", YES), deny("d", OPEN)), "refer", "f"),
        ((a_rule("a", YES), deny("d", OPEN)), "refer", "d"),
        ((a_rule("a", YES), refer("f", OPEN)), "refer", "f"),
        ((a_rule("a", YES), deny("d", NO), refer("f", NO)), "allow", "a"),
        ((a_rule("a", OPEN), a_rule("b", YES)), "allow", "b"),
        ((a_rule("a", OPEN), a_rule("b", NO)), "refer", "a"),
        ((a_rule("a", OPEN, NO), a_rule("b", NO, NO)), "deny", "a"),
        ((a_rule("a", NO, NO), a_rule("b", YES, NO)), "deny", "b"),
        ((a_rule("a", YES), a_rule("b", YES, more="precedence: 1")), "allow", "b"),
        ((deny("d", NO), refer("f", NO)), "deny", None),
        ((a_rule("a"),), "allow", "a"),
    ],
)
def test_who_speaks(written: tuple[str, ...], decision: str, speaks: str | None, tmp_path: Path) -> None:
    decided = rules(tmp_path, *written).decide("r", HALF_KNOWN, NOW)
    assert (decided.decision, decided.rule_id) == (decision, speaks)
    assert decided.reasons or speaks == "a"


def test_a_decision_says_what_held_what_failed_and_why(tmp_path: Path) -> None:
    book = rules(tmp_path, a_rule("a", YES, "!booking.group"), deny("d", "leg.days > 7"))
    allowed = book.decide("r", KNOWN, NOW)
    assert (allowed.decision, en(allowed.held), allowed.failed, allowed.article) == ("allow", ["a yes 1", "a yes 2"], (), "a")
    assert allowed.facts_used == {"leg.days": 3.0, "booking.group": False} and set(allowed.considered) == {"a@1", "d@1"}
    failed = book.decide("r", KNOWN | {"leg.days": 5}, NOW)
    assert (failed.decision, en(failed.failed), en(failed.reasons)) == ("deny", ["a not 1"], ["a not 1"])
    denied = book.decide("r", KNOWN | {"leg.days": 8}, NOW)
    assert (denied.decision, denied.rule_id, en(denied.reasons), denied.gives) == ("deny", "d", ["d says no"], {})


def test_a_right_that_no_rule_grants_is_denied_with_a_sentence(tmp_path: Path) -> None:
    decided = rules(tmp_path, a_rule("a", YES)).decide("lounge", KNOWN, NOW)
    assert (decided.decision, decided.rule_id) == ("deny", None) and decided.reasons[0].zh


def test_a_missing_fact_is_asked_for_by_its_name(tmp_path: Path) -> None:
    book = rules(tmp_path, a_rule("a", YES, 'traveller.tier == "gold"'))
    decided = book.decide("r", {"leg.days": 3}, NOW)
    assert (decided.decision, decided.missing) == ("refer", ("traveller.tier",))
    assert "your tier" in decided.reasons[0].en and "您的会员等级" in decided.reasons[0].zh


ALL_WRONG: dict[str, list[Any]] = {
    "leg.days": ["3", True, None, math.nan, math.inf, [3], {"n": 3}, 10**400, NOW],
    "leg.direction": [1, True, None, ["return"], b"return"],
    "booking.group": ["false", 0, [], {}],
    "traveller.tags": ["vip", None, {"vip": True}, [None], ["vip", 1], [{"name": "vip"}], 7],
}


@pytest.mark.parametrize(("fact", "value"), [(fact, value) for fact, values in ALL_WRONG.items() for value in values])
def test_a_value_of_the_wrong_type_is_missing_whichever_way_the_clause_turns(fact: str, value: Any, tmp_path: Path) -> None:
    """Not even `!=` and `!( in )`, which CEL would call true of a null or a text, grant anything."""
    turns = {
        "leg.days": ("leg.days == 3", "leg.days != 3", "!(leg.days > 3)"),
        "leg.direction": ('leg.direction == "return"', 'leg.direction != "return"', '!(leg.direction in ["x"])'),
        "booking.group": ("booking.group", "!booking.group", "booking.group != true"),
        "traveller.tags": ('"vip" in traveller.tags', '!("blocked" in traveller.tags)', "size(traveller.tags) != 0"),
    }[fact]
    for condition in turns:
        decided = rules(tmp_path, a_rule("a", condition)).decide("r", KNOWN | {fact: value}, NOW)
        assert (decided.decision, decided.missing) == ("refer", (fact,)), condition


def test_absent_means_the_default_only_where_one_is_declared(tmp_path: Path) -> None:
    book = rules(tmp_path, a_rule("a", "!booking.group"))
    assert book.decide("r", {}, NOW).decision == "allow"
    assert book.decide("r", {"booking.group": None}, NOW).decision == "allow"
    assert book.decide("r", {"booking.group": True}, NOW).decision == "deny"


def test_tags_known_to_be_none_deny_and_unknown_tags_refer(tmp_path: Path) -> None:
    book = rules(tmp_path, a_rule("a", '"vip" in traveller.tags'))
    assert book.decide("r", {"traveller.tags": []}, NOW).decision == "deny"
    assert book.decide("r", {}, NOW).decision == "refer"


def test_an_or_is_decided_by_the_side_that_is_known(tmp_path: Path) -> None:
    book = rules(tmp_path, a_rule("a", 'booking.passengers == 1 || leg.direction == "return"'))
    assert book.decide("r", {"leg.direction": "return"}, NOW).decision == "allow"
    assert book.decide("r", {"leg.direction": "outbound"}, NOW).missing == ("booking.passengers",)


def test_an_error_on_known_facts_refers(tmp_path: Path) -> None:
    by_table = rules(tmp_path, a_rule("a", "tables.bags[traveller.tier].standard >= 2"))
    assert [by_table.decide("r", {"traveller.tier": t}, NOW).decision for t in ("gold", "member", "diamond")] == ["allow", "deny", "refer"]
    assert by_table.decide("r", {"traveller.tier": "diamond"}, NOW).missing == ("traveller.tier",)
    by_share = rules(tmp_path, a_rule("a", "fee / booking.passengers > 40"))
    assert [by_share.decide("r", {"fee": 100, "booking.passengers": n}, NOW).decision for n in (2, 3, 0)] == ["allow", "deny", "refer"]


@given(st.integers(-5, 5), st.integers(1, 400))
def test_numbers_just_work_for_an_author(shift: int, passengers: int) -> None:
    book = _book_of_numbers()
    facts = {"leg.days": 3 + shift, "booking.passengers": passengers, "fee": Decimal("99.90")}
    decided = book.decide("r", facts, NOW)
    assert (decided.decision == "allow") is (shift >= 0)
    if decided.decision == "allow":
        assert decided.gives["amount"] == 100 * passengers and isinstance(decided.gives["amount"], int)
        assert decided.gives["half"] == 49.95


def _book_of_numbers(cache: list[RuleBook] = []) -> RuleBook:  # noqa: B006 (one rulebook for all examples of a property)
    if not cache:
        import tempfile

        gives = 'gives: {amount: {cel: "100 * booking.passengers"}, half: {cel: "0.5 * fee"}, currency: CNY, fee: 0}'
        with tempfile.TemporaryDirectory() as folder:
            cache.append(rules(Path(folder), a_rule("a", "leg.days >= 3", "1 + booking.passengers * 2 >= 3", more=gives)))
    return cache[0]


@pytest.mark.parametrize(
    ("gives", "expected"),
    [
        ('{cel: "25 * booking.passengers"}', {"amount": 50}),
        ('{cel: "{\\"amount\\": fee / 8, \\"currency\\": \\"CNY\\"}"}', {"amount": 12.5, "currency": "CNY"}),
        ('{amount: {cel: "0.1 * leg.days"}}', {"amount": 0.3}),
        ('{bags: {cel: "tables.bags[traveller.tier].standard"}, note: {deep: [1, x]}}', {"bags": 2, "note": {"deep": [1, "x"]}}),
        ("{amount: {cel: 'min(25 * booking.passengers, 40) + ceil(fee / 30) + round(2.5)'}}", {"amount": 47}),
        ("{fee: 0, fare_difference: waived}", {"fee": 0, "fare_difference": "waived"}),
    ],
)
def test_what_a_right_gives_is_plain_or_worked_out(gives: str, expected: dict[str, Any], tmp_path: Path) -> None:
    assert rules(tmp_path, a_rule("a", YES, more=f"gives: {gives}")).decide("r", KNOWN, NOW).gives == expected


def test_an_amount_that_cannot_be_worked_out_is_not_granted(tmp_path: Path) -> None:
    book = rules(tmp_path, a_rule("a", YES, more='gives: {amount: {cel: "25 * booking.passengers"}}'))
    decided = book.decide("r", HALF_KNOWN, NOW)
    assert (decided.decision, decided.missing, decided.gives) == ("refer", ("booking.passengers",), {})
    assert book.decide("r", KNOWN | {"booking.passengers": 1e308}, NOW).decision == "refer"


@pytest.mark.parametrize("at", ["2026-02-28T15:59:59Z", "2026-02-28T16:00:00Z", "2026-03-31T15:59:59Z", "2026-03-31T16:00:00Z"])
def test_a_rule_is_in_force_from_its_first_day_to_its_last_in_the_airlines_zone(at: str, tmp_path: Path) -> None:
    book = rules(tmp_path, a_rule("a", YES, more="in_force: {from: 2026-03-01, to: 2026-03-31}"))
    inside = "2026-02-28T16:00:00Z" <= at < "2026-03-31T16:00:00Z"  # March in Shanghai
    assert (book.decide("r", KNOWN, parse_moment(at)).decision == "allow") is inside
    assert (book.decide("r", KNOWN, parse_moment(at), zone="UTC").decision == "allow") is (at[5:7] == "03")


def test_a_decision_is_replayed_as_of_its_moment(tmp_path: Path) -> None:
    old = a_rule("old", YES, more="in_force: {to: 2026-05-31}\ngives: {fee: 50}")
    new = a_rule("new", YES, more="version: 2\nin_force: {from: 2026-06-01}\ngives: {fee: 20}")
    book = rules(tmp_path, old, new)

    def then(at: datetime) -> tuple[Any, ...]:
        decided = book.decide("r", KNOWN, at)
        return decided.gives["fee"], decided.rule_id, decided.rule_version, decided.considered

    assert then(parse_moment("2026-05-31T15:00:00Z")) == (50, "old", 1, ("old@1",))
    assert then(parse_moment("2026-05-31T16:00:00Z")) == (20, "new", 2, ("new@2",))
    again = book.decide("r", KNOWN, NOW)
    assert book.decide("r", again.facts_used, NOW) == again, "the facts used are enough to decide again"


@pytest.mark.parametrize(("used", "decision"), [(0, "allow"), (1, "allow"), (2, "deny"), (3, "deny")])
def test_a_quota_counts_what_it_is_told(used: int, decision: str, tmp_path: Path) -> None:
    book = rules(tmp_path, a_rule("a", YES, more="quota: {times: 2, per: booking}"))
    holder = Holder(traveller_id="lin", booking_id="ABCDEF")
    uses = used_before(a_booking(), used, "a", "r")
    decided = book.decide("r", KNOWN, NOW, ledger=Ledger(uses, holder, NOW, "Asia/Shanghai"))
    assert decided.decision == decision
    assert bool(decided.reasons[0].zh == "这项权益已使用完毕。") is (decision == "deny")
    other = holder.model_copy(update={"booking_id": "OTHER1"})
    assert book.decide("r", KNOWN, NOW, ledger=Ledger(uses, other, NOW, "Asia/Shanghai")).decision == "allow"


def test_facts_come_flat_or_nested_and_strangers_are_ignored(tmp_path: Path) -> None:
    book = rules(tmp_path, a_rule("a", "leg.days >= 1", "fee > 1"))
    assert book.decide("r", {"leg": {"days": 1, "spare": None}, "fee": 2, "x": {}}, NOW).decision == "allow"
    assert book.decide("r", {"leg": "soon", "fee": 2}, NOW).decision == "refer"


ANYTHING = [2.0, 3.0, 4.5, -1.0, 1e308, math.nan, math.inf, "", "3", "return", True, False, None, [], ["vip"], [3.0], {"n": 3}]


@given(st.dictionaries(st.sampled_from(["leg.days", "booking.passengers", "fee"]), st.sampled_from(ANYTHING)))
def test_nothing_but_the_right_values_ever_grants(facts: dict[str, Any]) -> None:
    """Whatever is thrown at it, `allow` means that each fact is a number, within its limits; and then it is allowed."""
    days, passengers, fee = (facts.get(name) for name in ("leg.days", "booking.passengers", "fee"))
    numbers = all(isinstance(value, float) and math.isfinite(value) for value in (days, passengers, fee))
    owed = numbers and days >= 3 and 1 <= passengers < 1e300
    assert (_book_of_numbers().decide("r", facts, NOW).decision == "allow") is owed
