"""A decision is kept with all it was made from: decided again as of its moment it comes out identical, whatever has happened since."""

from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from customers.rights import RightDecision, RuleBook
from customers.uses import Holder, Ledger, Use
from tests.customers.people import NOW, a_rule, rules

ZONES = ("Asia/Shanghai", "America/New_York")
BOOKINGS = ("b1", "b2", None)
ANYTHING = [2.0, 3, -1, "3", "return", "gold", "member", True, False, None, [], ["vip"], [1], {"n": 3}]
NAMES = ["leg.direction", "leg.days", "booking.passengers", "booking.group", "traveller.tags", "traveller.tier", "fee"]


@cache
def book() -> RuleBook:
    """Rules of every kind: they come into force and end, deny, refer, count together, exclude, and calculate."""
    shared = "quota: {times: 2, per: booking, within: 30 days, with: [%s]}\ngives: {amount: {cel: fee * booking.passengers}}"
    written = (
        a_rule("a", "leg.days >= 2", more=shared % "b" + "\nin_force: {to: 2026-11-22}"),
        a_rule("b", "leg.days >= 3", "!booking.group", more=shared % "a" + "\nin_force: {from: 2026-11-23}\nprecedence: 1"),
        a_rule("deny", '"vip" in traveller.tags', "fee > 2", more="effect: deny"),
        a_rule("refer", 'traveller.tier == "gold"', more="effect: refer\nin_force: {from: 2026-11-20, to: 2026-11-24}"),
        a_rule("other", more="not_with: {rights: [r], per: booking, else: {en: either, zh: 二者选一}}").replace("right: r", "right: s"),
    )
    with TemporaryDirectory() as folder:
        return rules(Path(folder), *written)


def uses(ages: list[tuple[int, str, str | None]], now: datetime) -> list[Use]:
    found = []
    for hours, rule_id, booking in ages:
        holder = Holder(traveller_id="t", booking_id=booking)
        found.append(Use(rule_id=rule_id, right="r", holder=holder, at=now - timedelta(hours=hours)))
    return found


USES = st.lists(st.tuples(st.integers(-100, 1000), st.sampled_from(["a", "b", "refer"]), st.sampled_from(BOOKINGS)), max_size=6)


@given(
    st.sampled_from(["r", "s", "nobody's"]),
    st.dictionaries(st.sampled_from(NAMES), st.sampled_from(ANYTHING)),
    st.integers(-100, 100),
    USES,
    st.sampled_from(BOOKINGS),
    st.sampled_from(ZONES),
)
def test_a_decision_made_again_is_identical(
    right: str, facts: dict[str, Any], hours: int, ages: list[tuple[int, str, str | None]], booking: str | None, zone: str
) -> None:
    """From the decision alone, also after it has been kept as JSON: no fact, use, day or clock of today is asked."""
    at = NOW + timedelta(hours=hours)
    ledger = Ledger(uses(ages, NOW), Holder(traveller_id="t", booking_id=booking), at, zone)
    decided = book().decide(right, facts, at, zone, ledger)
    assert book().replay(decided, zone) == decided
    assert book().replay(RightDecision.model_validate_json(decided.model_dump_json()), zone) == decided
    assert book().decide(right, book().ready(facts), at, zone, ledger) == decided, "facts made ready once decide the same"


def test_a_superseded_rule_decides_for_its_days_and_no_others(tmp_path: Path) -> None:
    """Two rules after each other, with ids of their own: each is asked on its days, also long afterwards."""
    old, new = "in_force: {to: 2026-06-30}\ngives: {amount: 100}", "in_force: {from: 2026-07-01}\ngives: {amount: 150}"
    both = rules(tmp_path, a_rule("voucher-2025", more=old), a_rule("voucher-2026", more=new))
    june, july = (datetime.fromisoformat(f"{moment}+08:00") for moment in ("2026-06-30T23:59:59", "2026-07-01T00:00:00"))
    before, after = both.decide("r", {}, june), both.decide("r", {}, july)
    assert (before.rule_id, before.gives, before.considered) == ("voucher-2025", {"amount": 100}, ("voucher-2025@1",))
    assert (after.rule_id, after.gives) == ("voucher-2026", {"amount": 150})
    assert both.replay(before) == before and both.replay(after) == after


def test_other_rules_decide_what_was_kept_as_they_would_have(tmp_path: Path) -> None:
    """Retroactively: what a changed rule would have made of the same facts and counts at the same moment."""
    strict, mild = (rules(tmp_path, a_rule("a", f"leg.days >= {days}", more="quota: {times: 1, per: booking}")) for days in (5, 3))
    decided = strict.decide("r", {"leg.days": 4}, NOW)
    assert decided.decision == "deny" and mild.replay(decided).decision == "allow"
    used_up = decided.model_copy(update={"counted": {"a": 1}})
    assert mild.replay(used_up).decision == "deny"


def test_what_a_denied_right_comes_to_in_figures(tmp_path: Path) -> None:
    """Where the file says so, a denial gives 0 of something; elsewhere nothing."""
    plain = rules(tmp_path, a_rule("a", "leg.days > 3", more="gives: {amount: 5}"))
    assert plain.decide("r", {"leg.days": 1}, NOW).gives == {}
    text = (tmp_path / "rules.yaml").read_text("utf-8").replace("rules:\n", "denied: {r: {amount: 0, currency: CNY}}\nrules:\n", 1)
    from tests.customers.people import a_rulebook

    figures = a_rulebook(tmp_path, text)
    assert figures.decide("r", {"leg.days": 1}, NOW).gives == {"amount": 0, "currency": "CNY"}
    assert figures.decide("r", {}, NOW).gives == {}
