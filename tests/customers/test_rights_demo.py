"""The demo airline's rules: each has examples at its edges, every number is its article's, and nobody is decided anything beside the point."""

import re
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from basics.clock import parse_moment, stopped_at
from customers.disruption import Disruption
from customers.entitlement import Entitlement, entitlements_of, worth_telling
from customers.reservations_demo import DemoReservations
from customers.rights import AIRLINE_ZONE, RightDecision, load_rules
from customers.rules import RIGHTS_FILE, Rule
from customers.source_demo import DemoSource
from customers.tag_book import load_tags
from customers.uses import Holder, Ledger, Use, begins
from tests.customers.people import NOW, a_booking, a_company, a_leg, a_traveller, used_before

BOOK = load_rules()
FILE = yaml.safe_load(RIGHTS_FILE.with_name("rights.examples.yaml").read_text("utf-8"))
EXAMPLES = {example["name"]: example for example in FILE["examples"]}
ARTICLES = Path(__file__).parents[2] / "knowledge" / "articles"
HOUR = timedelta(hours=1)
HERE = Holder(traveller_id="t", company_id="c", booking_id="b", leg_id="l")


def flat(facts: dict[str, Any], before: str = "") -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, value in facts.items():
        out |= flat(value, f"{before}{name}.") if isinstance(value, dict) else {f"{before}{name}": value}
    return out


def decided(example: dict[str, Any]) -> RightDecision:
    now = parse_moment(str(FILE["now"]).replace(" ", "T"))
    uses = []
    for used in example.get("used", ()):
        rule = BOOK.rule(used["rule"])
        assert rule, used
        uses += [Use(rule_id=rule.id, right=rule.right, holder=HERE, at=begins(used.get("ago", "1 hour"), now, AIRLINE_ZONE))] * used.get("times", 1)
    facts = {name: value for name, value in (flat(FILE["facts"]) | flat(example.get("facts", {}))).items() if value is not None}
    return BOOK.decide(example["right"], facts, now, AIRLINE_ZONE, Ledger(uses, HERE, now, AIRLINE_ZONE))


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_come_out_as_they_say(name: str) -> None:
    expected, decision = EXAMPLES[name]["expect"], decided(EXAMPLES[name])
    assert decision.decision == expected["decision"], [reason.en for reason in decision.reasons]
    assert decision.rule_id == expected.get("rule", decision.rule_id)
    assert expected.get("gives", {}).items() <= decision.gives.items()
    assert set(expected.get("missing", decision.missing)) == set(decision.missing)
    assert expected.get("says", "") in "".join(reason.en + reason.zh for reason in decision.reasons)


def test_every_rule_has_an_example_in_which_it_speaks_and_one_in_which_it_does_not() -> None:
    assert len(EXAMPLES) == len(FILE["examples"]) and len(BOOK.rules) >= 30
    for rule in BOOK.rules:
        of_right = [example["expect"] for example in EXAMPLES.values() if example["right"] == rule.right]
        assert any(e["decision"] == rule.effect and e.get("rule") == rule.id for e in of_right), f"{rule.id} speaks in no example"
        assert any(e["decision"] != rule.effect or e.get("rule") not in (rule.id, None) for e in of_right), f"{rule.id} always speaks"


# Numbers that an article says in other words.
WAYS = {
    "0.5": "30 minutes", "288": "12 days", "8760": "one year", "365": "one year", "50": "half", "2": "two|double", "3": "three", "14": "2 weeks",
}  # fmt: skip
IN_THE_LANGUAGE = {"0", "1", "100"}  # 0 is "free", "no fee", "in full"; 1 a piece; 100 a whole price


@cache
def article(name: str, lang: str) -> str:
    body = (ARTICLES / lang / f"{name}.md").read_text("utf-8").split("\n---\n", 1)[1]
    return body.replace(",", "").replace("**", "")


def numbers_of(rule: Rule) -> set[str]:
    """Every number that the rule compares with or gives, those of the tables that it looks up among them."""
    tables = yaml.safe_load(RIGHTS_FILE.read_text("utf-8"))["tables"]
    written = [clause.condition for clause in rule.when] + re.findall(r"[^{}]+", str(rule.gives))
    found = {n for text in written for n in re.findall(r"(?<![\w.\"-])\d+(?:\.\d+)?(?![\w\"-])", re.sub(r'"[^"]*"', '""', text))}
    for table in {t for text in written for t in re.findall(r"tables\.(\w+)", text)}:
        found |= {f"{n:g}" for n in _leaves(tables[table])}
    days = {tuple(map(int, d.split("-"))) for text in written for d in re.findall(r'"(\d{4}-\d\d-\d\d)"', text)}
    return found | {f"{d} {('', 'January', 'February', 'March', 'April', 'May', 'June')[m]} {y}" for y, m, d in days}


def _leaves(table: Any) -> list[float]:
    return [n for row in table.values() for n in _leaves(row)] if isinstance(table, dict) else [table]


SAID_ELSEWHERE = {("goodwill-delay", "3"): "eu-261"}  # a number of a rule that the article leaves to the one it names


@pytest.mark.parametrize("rule", BOOK.rules, ids=lambda rule: rule.id)
def test_every_number_of_a_rule_stands_in_its_article_in_both_languages(rule: Rule) -> None:
    if rule.id.startswith("gesture-"):  # a guideline of the airline, which is no article: its numbers stand in churn.yaml
        assert rule.right == "goodwill_gesture" and not isinstance(rule.article, str)
        return
    assert isinstance(rule.article, str)
    for number in numbers_of(rule) - IN_THE_LANGUAGE:
        text = {lang: article(SAID_ELSEWHERE.get((rule.id, number), rule.article), lang) for lang in ("en", "zh")}
        if " " in number:
            assert number in text["en"], f"{rule.id}: {number} is not in {rule.article}"
            continue
        ways = (*WAYS.get(number, "").split("|"), number)
        pattern = "|".join(rf"(?<![\d.]){re.escape(way)}(?!\d)" for way in ways if way)
        assert re.search(pattern, text["en"]), f"{rule.id}: {number} is not in {rule.article}"
        if number not in WAYS and len(number) > 1:
            weeks = {"14": "2 周"}.get(number, number)
            assert number in text["zh"] or weeks in text["zh"], f"{rule.id}: {number} 不在 {rule.article} 中"


def test_rules_of_one_right_are_about_the_same_thing_and_ask_alike_whether_a_flight_has_left() -> None:
    """Else a flight that left could be given what is meant for flights ahead."""
    for right in BOOK.rights:
        rules = BOOK.of(right)
        assert len({checked.rule.on for checked in rules}) == 1, right
        asks = {checked.rule.id: "leg.departed" in checked.names for checked in rules if checked.rule.effect == "allow"}
        exempt = {"eu261-cancellation", "eu261-denied-boarding"}  # whoever was not taken may claim before and after
        assert len({asked for id, asked in asks.items() if id not in exempt}) <= 1, f"{right}: {asks}"


def test_tags_that_rules_read_are_listed_and_never_the_bot_s() -> None:
    tags = load_tags()
    for rule in BOOK.rules:
        for clause in rule.when:
            assert "traveller.observed" not in clause.condition, f"{rule.id} would grant by what the asker says in the chat"
            for name in re.findall(r'"(\w+)" in traveller\.tags', clause.condition):
                assert name in tags.listed and "bot" not in tags.listed[name].set_by, f"{rule.id}: who may set {name}?"


async def rights_of(id: str, home: Path) -> dict[str, Entitlement]:
    source, reservations = DemoSource(), DemoReservations(home, stopped_at(NOW))
    traveller = await source.traveller(id)
    assert traveller
    company = await source.company(traveller.company_id) if traveller.company_id else None
    bookings = await reservations.bookings_of(id)
    return {e.right: e for e in entitlements_of(BOOK, traveller, company, bookings, NOW, ()) if e.decision == "allow"}


async def test_the_three_whose_flight_went_wrong_hold_what_their_notes_say(tmp_path: Path) -> None:
    """Five hours late: another flight or the money, meals; cancelled: likewise; late from Paris: EUR 600."""
    late, off, paris = [await rights_of(id, tmp_path) for id in ("he-silver", "amara-member", "weber-gold")]
    assert {"delay_change", "full_refund", "meals"} <= set(late) and "goodwill_compensation" not in late, "paid once the flight has left"
    assert late["delay_change"].until == late["meals"].until and late["full_refund"].leg_id is None
    assert {"cancellation_rebooking", "full_refund"} <= set(off) and "lounge" not in off
    assert paris["eu261"].gives == {"amount": 600, "currency": "EUR"} and "goodwill_compensation" not in paris
    assert paris["eu261"].until is None and "delay_certificate" in paris


async def test_a_member_of_nothing_is_told_of_no_company(tmp_path: Path) -> None:
    admin, member = await rights_of("mary-admin", tmp_path), await rights_of("lin-gold", tmp_path)
    assert "trip_credit" in admin and admin["trip_credit"].id == "trip-credit" and not {"trip_credit", "company_fare_hold"} & set(member)


@given(st.integers(-500, 60 * 24), st.sampled_from(["delay", "cancellation", "denied_boarding", "schedule_change", None]), st.integers(0, 900))
@settings(max_examples=40, deadline=None)
def test_nothing_for_flights_ahead_is_held_for_one_that_left(hours: int, event: Any, late: int) -> None:
    """Whatever happened to it and however long ago; and everything about a flight ahead ends when it leaves."""
    told = Disruption(event=event, cause="technical", announced_at=NOW - 900 * HOUR, leaves_late=late, arrives_late=late) if event else None
    leg = a_leg(NOW - hours * HOUR, disruption=told, cancelled=event == "cancellation")
    booking = a_booking(legs=(a_leg(NOW - 1000 * HOUR, "outbound"), leg))
    for right in entitlements_of(BOOK, a_traveller(tier="platinum"), a_company(), [booking], NOW, ()):
        if right.leg_id == leg.id and right.decision == "allow":
            afterwards = right.right in ("goodwill_compensation", "eu261", "denied_boarding_compensation", "delay_certificate", "goodwill_voucher")
            assert afterwards or not leg.left(NOW), right.right
            assert afterwards or (right.until is not None and right.until <= leg.leaves_at), right.right


def test_what_is_worth_telling_is_a_handful_and_begins_with_what_was_asked() -> None:
    booking = a_booking()
    every = entitlements_of(BOOK, a_traveller(), a_company(), [booking], NOW, used_before(booking, 1))
    asked = next(e for e in every if e.right == "free_change")
    told = worth_telling(every, asked, 12)
    assert len(told) <= 12 < len(every) and told[0] == asked and asked.decision == "deny"
    order = ["refer", "allow", "deny"]
    rest = [order.index(e.decision) for e in told[1:]]
    assert rest == sorted(rest) and len({e.rule_id for e in told}) == len(told)
    assert all(len(e.reasons) == 1 for e in told if e.decision == "deny")
