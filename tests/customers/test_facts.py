"""Facts: every one of the catalogue is supplied with its type, clocks are the airport's in summer and winter, what is unknown is left out."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from basics.clock import parse_moment
from customers import fact_catalogue
from customers.activity import Activity
from customers.booking import Booking, Leg
from customers.declared import usable
from customers.disruption import Disruption
from customers.fact_catalogue import CATALOGUE
from customers.facts import facts_of
from customers.notes import Notes
from customers.rights import load_rules
from tests.customers.people import NOW, a_booking, a_company, a_leg, a_traveller, return_flex

HOUR = timedelta(hours=1)
ZONES = ("Europe/London", "Europe/Paris", "Australia/Sydney", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia")
CHANGES = [  # the hours around which a clock is put on or back
    parse_moment(at)
    for at in ("2026-03-29T01:00Z", "2026-10-25T01:00Z", "2026-10-03T16:00Z", "2026-04-04T16:00Z", "2026-03-08T07:00Z", "2026-11-01T06:00Z")
]
MORE = {
    "traveller.goodwill": 150.0,
    "traveller.segment": "high", "traveller.value": 71, "traveller.churn_risk": "low",
    "company.level": "plus", "company.segment": "large", "company.value": 50,
}  # fmt: skip


def disrupted(leg: Leg, **changes: Any) -> Leg:
    plain = {"event": "delay", "cause": "technical", "announced_at": leg.departs_at - 3 * HOUR, "leaves_late": 300, "arrives_late": 290}
    return leg.model_copy(update={"disruption": Disruption(**plain | {"rerouted": (1.0, 2.0)} | changes)})


def test_every_fact_of_the_catalogue_is_supplied_with_its_type_and_no_other() -> None:
    activity = Activity(as_of="2026-11-01", flights=12, miles=30_000)
    company = a_company(tags=(return_flex(name="key_account"),))
    booking = a_booking(back_in=-HOUR).with_leg(disrupted(a_leg(NOW - HOUR)))
    booking = booking.model_copy(update={"legs": (*booking.legs, a_leg(NOW + 9 * HOUR, id="L3"))})
    notes = Notes(complaints=1, rating=4)
    facts = facts_of(a_traveller(activity=activity), company, booking, booking.legs[1], NOW, notes=notes, more=MORE)
    assert set(facts) == set(CATALOGUE) == set(usable(facts, CATALOGUE))
    for name, fact in CATALOGUE.items():
        assert not fact.values or facts[name] in fact.values, name


def test_what_is_not_known_or_does_not_apply_is_left_out_never_null() -> None:
    bare = facts_of(a_traveller(tags=None), None, None, None, NOW)
    assert {name.split(".")[0] for name in bare} == {"traveller", "now"} and None not in bare.values()
    assert "traveller.tags" not in bare and facts_of(a_traveller(tags=()), None, None, None, NOW)["traveller.tags"] == []
    far = a_leg(NOW + HOUR, destination="JFK")
    elsewhere = facts_of(a_traveller(), None, a_booking(), far, NOW)
    assert not {"leg.domestic", "leg.long_haul", "leg.days_since_departure", "disruption.event", "trip.rating", "company.status"} & set(elsewhere)
    unknown = disrupted(a_leg(NOW + HOUR), cause="unknown", arrives_late=None, rerouted=None)
    facts = facts_of(a_traveller(), None, a_booking(), unknown, NOW)
    assert facts["disruption.delay_hours"] == 5
    assert not {"disruption.cause", "disruption.extraordinary", "disruption.arrival_delay_hours", "disruption.reroute_later_hours"} & set(facts)
    assert "disruption.delay_hours" not in facts_of(a_traveller(), None, a_booking(), disrupted(a_leg(NOW), event="denied_boarding"), NOW)
    with pytest.raises(KeyError, match=r"no fact of the catalogue"):
        facts_of(a_traveller(), None, None, None, NOW, more={"traveller.shoe_size": 43})


def test_what_the_bot_has_set_is_never_among_the_tags() -> None:
    """Whoever passes it in: a tag of the bot's named like a benefit grants nothing."""
    traveller = a_traveller(tags=(return_flex(source="bot"), return_flex(name="upset", source="bot"), return_flex(name="look_after", source="staff")))
    facts = facts_of(traveller, None, None, None, NOW)
    assert facts["traveller.tags"] == ["look_after"] and facts["traveller.observed"] == ["return_flex", "upset"]


def test_a_booking_is_told_of_the_first_leg_that_is_disrupted_and_was_not_flown() -> None:
    def told(*legs: Leg, now: datetime = NOW) -> Any:
        return facts_of(a_traveller(), None, a_booking(legs=legs), None, now).get("disruption.event")

    late = disrupted(a_leg(NOW - HOUR))
    assert told(late) == "delay" and told(late, now=NOW + 4 * HOUR) is None, "until it leaves, five hours late"
    off = a_leg(NOW - 300 * HOUR, cancelled=True, disruption=Disruption(event="cancellation", announced_at=NOW - 400 * HOUR))
    assert told(off) == "cancellation" and told(off, now=NOW + timedelta(days=366)) is None
    assert told(a_leg(NOW + HOUR)) is None and told(off, late) == "cancellation"


@settings(deadline=None)
@given(st.sampled_from(ZONES), st.sampled_from(CHANGES), st.integers(-3 * 24 * 60, 3 * 24 * 60), st.integers(-9, 9))
def test_days_and_hours_are_those_of_the_airport_s_clock(zone: str, change: datetime, minutes: int, hours: int) -> None:
    """Also in the night in which the clock is put on or back, and however the moments are written down."""
    departs = change + timedelta(minutes=minutes)
    now = departs + timedelta(hours=hours)
    leg = a_leg(departs, origin_zone=zone)
    facts = facts_of(a_traveller(), None, a_booking(legs=(leg,)), leg, now)
    local = departs.astimezone(ZoneInfo(zone))
    assert (facts["leg.departs_on"], facts["leg.departs_hour"]) == (f"{local:%Y-%m-%d}", int(f"{local:%H}"))
    assert facts["leg.departs_weekday"] == int(f"{local:%u}") and facts["leg.hours_to_departure"] == -hours
    elsewhere = a_leg(departs.astimezone(ZoneInfo("Europe/Paris")), origin_zone=zone)
    same = facts_of(a_traveller(), None, a_booking(legs=(elsewhere,)), elsewhere, now.astimezone(ZoneInfo("Europe/Paris")))
    assert same["leg.hours_to_departure"] == -hours, "two moments of one zone are subtracted in UTC"


@settings(deadline=None)
@given(st.sampled_from(ZONES), st.sampled_from(CHANGES), st.integers(-2 * 24 * 60, 2 * 24 * 60), st.integers(0, 40 * 60))
def test_overnight_and_another_day_go_by_the_local_clock(zone: str, change: datetime, minutes: int, late: int) -> None:
    """Overnight: the wait takes in three o'clock; minute by minute, it is the same."""
    leg = a_leg(change + timedelta(minutes=minutes), origin_zone=zone)
    facts = facts_of(a_traveller(), None, a_booking(), disrupted(leg, leaves_late=late), change)
    clocks = [(leg.departs_at + timedelta(minutes=n)).astimezone(ZoneInfo(zone)) for n in range(late + 1)]
    crosses = any(a.hour < 3 <= b.hour for a, b in pairwise(clocks) if b.hour - a.hour <= 2)
    assert facts["disruption.other_day"] == (clocks[0].date() != clocks[-1].date())
    if clocks[0].utcoffset() == clocks[-1].utcoffset():
        assert facts["disruption.overnight"] == crosses


def test_the_clock_of_now_is_the_airline_s() -> None:
    at = datetime(2026, 12, 31, 17, 30, tzinfo=UTC)
    facts = facts_of(a_traveller(), None, None, None, at)
    assert [facts[f"now.{name}"] for name in ("hour", "weekday", "day", "month")] == [1, 5, 1, 1]
    assert facts_of(a_traveller(), None, None, None, at, "Europe/Paris")["now.hour"] == 18


def test_a_ticket_s_day_is_the_airline_s_and_a_change_does_not_begin_it_anew() -> None:
    booking: Booking = a_booking(ticketed_at=parse_moment("2026-05-31T16:00Z"))
    facts = facts_of(a_traveller(), None, booking, None, NOW)
    assert facts["booking.ticketed_on"] == "2026-06-01" and facts["booking.legs_ahead"] == 1 and facts["booking.hours_to_departure"] == 48


def test_the_page_is_the_catalogue_and_rules_declare_what_stands_there() -> None:
    page = Path(fact_catalogue.__file__).parents[1] / "docs" / "facts.md"
    assert page.read_text("utf-8") == fact_catalogue.page(), "python -m customers.fact_catalogue > docs/facts.md"
    for name, spec in load_rules().specs.items():
        fact = CATALOGUE[name]
        assert (spec.type, spec.title, spec.default) == (fact.type, fact.title, fact.default), name
