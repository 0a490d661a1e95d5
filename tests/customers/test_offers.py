"""Offers, pure: ranked the same each time, at most one, within consent, caps and quiet hours; the hold-out is a share and stays who it is."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from basics.clock import parse_moment
from basics.words import words
from customers.consent import Consent
from customers.disruption import Disruption
from customers.entitlement import Entitlement
from customers.moment import Moment
from customers.offers import Terms, Told, ends_at, is_held_out, leg_of, pick, rank, within, worths
from customers.quiet import is_quiet, quiet_until
from customers.rights import RuleBook
from tests.customers.people import NOW, a_booking, a_leg, a_rule, rules

NOBODY_HELD_OUT = Terms(hold_out=0.0)
KINDS = ("delay", "cancellation", "complaint", "tier_reached")


def a_right(rule_id: str, until: float | None = None, decision: str = "allow", **changes: Any) -> Entitlement:
    plain = {
        "rule_id": rule_id,
        "right": rule_id,
        "title": words(rule_id, rule_id),
        "decision": decision,
        "reasons": (),
        "article": "a",
        "booking_id": "ABCDEF",
        "leg_id": "L2",
        "until": None if until is None else NOW + timedelta(hours=until),
    }
    return Entitlement.model_validate(plain | changes)


def a_moment(kind: str = "delay", **changes: Any) -> Moment:
    return Moment.model_validate({"id": "m", "kind": kind, "traveller_id": "lin", "at": NOW} | changes)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> RuleBook:
    """Two service rules of a delay, an advertising one, and one that is never mentioned unasked."""
    offer = "offer: {unasked: true, moments: [%s], consent: %s%s}"
    return rules(
        tmp_path_factory.mktemp("rules"),
        a_rule("meals", more=offer % ("delay", "service", "")),
        a_rule("hotel", more=offer % ("delay, cancellation", "service", ", at_most: 1 per 7 days")),
        a_rule("lounge", more=offer % ("tier_reached, delay", "marketing", "")),
        a_rule("voucher", more=offer % ("complaint", "service", ", hold_out: true")),
        a_rule("silent"),
    )


def picked(book: RuleBook, moment: Moment, rights: list[Entitlement], told: list[Told] | None = None, **changes: Any) -> str | None:
    made = pick(moment, rights, book, changes.pop("consent", Consent()), told or [], Terms(**{"hold_out": 0.0} | changes), NOW)
    return made.ranked.entitlement.rule_id if made.ranked and not made.held_out else None


def test_the_one_that_fits_the_moment_is_picked_and_it_is_the_best_of_those(book: RuleBook) -> None:
    """Worth and urgency place them; what does not fit the moment, is not held, or is over is not told, whatever it is worth."""
    everything = [a_right("silent", gives={"amount": 9000}), a_right("meals"), a_right("hotel")]
    assert picked(book, a_moment(), everything) == "hotel"
    assert picked(book, a_moment(), [a_right("meals", until=1), a_right("hotel", until=100)]) == "meals"
    assert picked(book, a_moment(), [a_right("hotel", until=0), a_right("meals", decision="deny")]) is None
    assert picked(book, a_moment("return_soon"), everything) is None
    why = dict(pick(a_moment(), [*everything, a_right("lounge")], book, Consent(), [], NOBODY_HELD_OUT, NOW).passed_over)
    assert why == {"silent": "other_moment", "lounge": "no_consent"}


def test_another_booking_or_leg_is_not_what_the_moment_is_about(book: RuleBook) -> None:
    """A delay of one flight offers nothing for another; a right that is of no flight goes with any."""
    about = a_moment(booking_id="ABCDEF", leg_id="L2")
    assert picked(book, about, [a_right("meals", leg_id="L1")]) is None and picked(book, about, [a_right("meals", booking_id="OTHERS")]) is None
    assert picked(book, about, [a_right("meals")]) == "meals"


def test_consent_and_caps(book: RuleBook) -> None:
    """Advertising only to who agreed; each rule's cap and the one over all hold, but news of a disruption is held back by its own cap only."""
    told = [Told(rule_id="hotel", at=NOW - timedelta(days=6))]
    assert (
        picked(book, a_moment(), [a_right("hotel")], told) is None and picked(book, a_moment(), [a_right("hotel"), a_right("meals")], told) == "meals"
    )
    assert picked(book, a_moment(), [a_right("hotel")], [Told(rule_id="hotel", at=NOW - timedelta(days=7))]) == "hotel"
    assert picked(book, a_moment("tier_reached"), [a_right("lounge")]) is None
    agreed = Consent(marketing=True)
    assert picked(book, a_moment("tier_reached"), [a_right("lounge")], consent=agreed) == "lounge"
    often = [Told(rule_id="x", at=NOW - timedelta(hours=h)) for h in (1, 2, 3)]
    assert picked(book, a_moment("tier_reached"), [a_right("lounge")], often, consent=agreed) is None
    assert picked(book, a_moment(), [a_right("meals")], often) == "meals"
    assert picked(book, a_moment(), [a_right("meals")], consent=Consent(service=False)) is None


def test_what_is_owed_is_never_held_out(book: RuleBook) -> None:
    """Everybody is in the hold-out group here: the delay is told all the same, advertising and goodwill are not, and that is said."""
    terms, agreed = Terms(hold_out=1.0), Consent(marketing=True)
    assert not pick(a_moment(), [a_right("meals")], book, agreed, [], terms, NOW).held_out
    for kind, right in (("tier_reached", "lounge"), ("complaint", "voucher")):
        made = pick(a_moment(kind), [a_right(right)], book, agreed, [], terms, NOW)
        assert made.held_out and made.ranked is not None


@given(
    st.lists(st.tuples(st.sampled_from(["meals", "hotel", "lounge", "voucher", "silent"]), st.sampled_from(["allow", "deny", "refer"])), max_size=8),
    st.sampled_from(KINDS),
    st.lists(st.tuples(st.sampled_from(["meals", "hotel", "lounge", "voucher"]), st.integers(0, 400)), max_size=10),
    st.booleans(),
)
def test_whatever_is_held_at_most_one_is_told_and_every_bound_holds(
    book: RuleBook, held: list[tuple[str, str]], kind: str, before: list[tuple[str, int]], agrees: bool
) -> None:
    """For any rights, history and moment: one or none; allowed, of this moment, agreed to, within every cap; the same again is the same."""
    rights = [a_right(name, decision=decision) for name, decision in held]
    told = [Told(rule_id=name, at=NOW - timedelta(hours=hours)) for name, hours in before]
    made = pick(a_moment(kind), rights, book, Consent(marketing=agrees), told, NOBODY_HELD_OUT, NOW)
    assert made == pick(a_moment(kind), rights, book, Consent(marketing=agrees), told, NOBODY_HELD_OUT, NOW)
    if made.ranked is None:
        return
    rule = book.rule(made.ranked.entitlement.rule_id)
    assert rule and made.ranked.entitlement.decision == "allow" and kind in rule.offer.moments and (agrees or rule.offer.consent == "service")
    lately = [t for t in told if NOW - t.at < timedelta(days=7)]
    assert rule.id != "hotel" or not any(t.rule_id == "hotel" for t in lately)
    assert kind in ("delay", "cancellation") or len(lately) < 3


@given(st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=8))
def test_who_is_held_out_stays_held_out(traveller: str, salt: str) -> None:
    """The same traveller, rule and salt: the same group; a larger share holds out everybody that a smaller one does."""
    small, large = Terms(hold_out=0.1, salt=salt), Terms(hold_out=0.4, salt=salt)
    assert is_held_out(traveller, "r", small) == is_held_out(traveller, "r", small)
    assert is_held_out(traveller, "r", large) or not is_held_out(traveller, "r", small)
    assert not is_held_out(traveller, "r", Terms(hold_out=0.0)) and is_held_out(traveller, "r", Terms(hold_out=1.0))


@pytest.mark.parametrize("share", [0.05, 0.1, 0.3])
def test_the_hold_out_is_its_share_and_another_salt_draws_another(share: float) -> None:
    """Of 20,000 travellers the share, to within four standard deviations; two salts agree no more than chance has them agree."""
    people = [f"t{n}" for n in range(20_000)]
    one, two = ([is_held_out(p, "r", Terms(hold_out=share, salt=s)) for p in people] for s in "12")
    sd = (share * (1 - share) / len(people)) ** 0.5
    assert abs(sum(one) / len(people) - share) < 4 * sd
    assert abs(sum(a and b for a, b in zip(one, two, strict=True)) / len(people) - share * share) < 0.01


ZONES = ("Asia/Shanghai", "Europe/London", "Australia/Lord_Howe", "America/New_York", "Atlantic/Azores")
CLOCK = st.times().map(lambda t: t.replace(second=0, microsecond=0))


@settings(max_examples=300)
@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)), CLOCK, CLOCK, st.sampled_from(ZONES))
def test_quiet_hours_end_when_the_wall_s_clock_says_so(at: datetime, begins: time, ends: time, zone: str) -> None:
    """On any day, those on which the clock is changed too: the end is later, is not quiet, and every moment until then is."""
    now = at.replace(tzinfo=UTC)
    consent = Consent(quiet_from=begins, quiet_to=ends, zone=zone)
    until = quiet_until(consent, now)
    assert (until is not None) == is_quiet(consent, now)
    if until is not None:
        assert now < until <= now + timedelta(hours=26) and not is_quiet(consent, until)
        minutes = int((until - now) / timedelta(minutes=1))
        between = [now + timedelta(minutes=m) for m in range(0, minutes, 7)]
        assert all(is_quiet(consent, moment) for moment in between)


@pytest.mark.parametrize(
    ("at", "ends"),
    [
        ("2026-11-22T15:00:00Z", "2026-11-23T00:00:00Z"),  # 23:00 in Shanghai, until 8:00
        ("2026-03-28T23:00:00+00:00", "2026-03-29T07:00:00Z"),  # London, the night that is an hour shorter
        ("2026-10-24T23:30:00+01:00", "2026-10-25T08:00:00Z"),  # and the one that is longer
    ],
)
def test_quiet_nights_by_example(at: str, ends: str) -> None:
    """Ten at night to eight in the morning."""
    zone = "Asia/Shanghai" if at.startswith("2026-11") else "Europe/London"
    assert quiet_until(Consent(zone=zone), parse_moment(at)) == parse_moment(ends)
    assert quiet_until(Consent(zone=zone), parse_moment(ends)) is None


def test_a_moment_is_over_when_its_flight_has_left() -> None:
    """A delayed flight leaves as late as it was announced to; a cancelled one never does; everything is over some day."""
    leg = a_leg(NOW + timedelta(minutes=30))
    late = leg.model_copy(update={"disruption": Disruption(event="delay", announced_at=NOW, leaves_late=180)})
    assert ends_at(a_moment(), leg) == leg.departs_at and ends_at(a_moment(), late) == leg.departs_at + timedelta(minutes=180)
    assert ends_at(a_moment("cancellation"), leg) == NOW + timedelta(days=2) and ends_at(a_moment("complaint"), None) == NOW + timedelta(days=1)


def test_a_moment_s_leg_is_the_traveller_s_own() -> None:
    """Named by booking and leg; without a leg only where there is one; another's booking is none."""
    booking = a_booking()
    assert leg_of(a_moment(booking_id="ABCDEF", leg_id="L2"), [booking]) == (booking, booking.legs[1])
    assert leg_of(a_moment(booking_id="ABCDEF"), [booking]) is None and leg_of(a_moment(), [booking]) is None
    assert leg_of(a_moment(booking_id="ABCDEF", leg_id="L2", traveller_id="other"), [booking]) is None


def test_ranking_is_by_worth_in_one_currency(book: RuleBook) -> None:
    """100 euros are worth more than 500 yuan; rights of unknown worth come last."""
    rights = [a_right("silent"), a_right("meals", gives={"amount": 500}), a_right("hotel", gives={"amount": 100, "currency": "EUR"})]
    assert [r.entitlement.rule_id for r in rank(rights, book, NOW)] == ["hotel", "meals", "silent"]
    assert worths().rates["CNY"] == 1


@pytest.mark.parametrize(
    ("cap", "hours", "fits"), [("1 per 1 hour", [1.0], True), ("1 per 1 hour", [0.99], False), ("2 per 1 week", [1, 167], False)]
)
def test_a_cap_counts_back_from_now(cap: str, hours: list[float], fits: bool) -> None:
    """Just so long ago no longer counts."""
    assert within(cap, [NOW - timedelta(hours=h) for h in hours], NOW) is fits
