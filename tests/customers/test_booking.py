"""Bookings, tags and the way a departure is said."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from basics.clock import parse_moment
from customers.airports import AIRPORTS, city, route
from customers.booking import CABIN, CABIN_WORDS, FARE_WORDS
from customers.tags import tags_in_force
from tests.customers.people import NOW, a_booking, a_leg, return_flex

SECOND = timedelta(seconds=1)


def test_a_departure_is_said_in_the_airports_own_time() -> None:
    leg = a_leg(parse_moment("2026-11-27T06:05:00Z"), "outbound")
    assert leg.departs_worded("en") == "Fri 27 Nov, 14:05 (Shanghai time)"
    assert leg.departs_worded("zh") == "11月27日 周五 14:05（上海时间）"


def test_the_day_is_the_airports_day_and_summer_time_counts() -> None:
    home = a_leg(parse_moment("2026-07-05T20:30:00Z"), origin="LHR", origin_zone="Europe/London")
    assert home.departs_worded("en") == "Sun 5 Jul, 21:30 (London time)"
    assert a_leg(parse_moment("2026-07-05T20:30:00Z")).departs_worded("zh") == "7月6日 周一 04:30（新加坡时间）"


def test_every_airport_has_both_names_and_a_stranger_keeps_its_code() -> None:
    assert set(AIRPORTS) == {"PVG", "SIN", "LHR", "CDG", "NRT", "BKK", "PEK", "CTU", "SYD"}
    assert (city("CTU").zh, city("CTU").en, city("XYZ").zh) == ("成都", "Chengdu", "XYZ")
    assert route("PVG", "SYD").zh == "上海 – 悉尼"


def test_a_leg_is_flown_once_it_has_landed_and_ahead_until_it_leaves() -> None:
    leg = a_leg(NOW)
    assert leg.ahead(NOW - SECOND) and not leg.ahead(NOW)
    assert not leg.flown(leg.arrives_at - SECOND) and leg.flown(leg.arrives_at)
    assert [leg.state(NOW - SECOND), leg.state(NOW)] == ["ahead", "flown"]


def test_a_cancelled_leg_is_never_flown_nor_next() -> None:
    booking = a_booking(legs=(a_leg(NOW - timedelta(days=1), "outbound", cancelled=True), a_leg(NOW + SECOND, cancelled=True)))
    assert booking.legs_flown(NOW) == 0 and booking.next_leg(NOW) is None
    assert [leg.state(NOW) for leg in booking.legs] == ["cancelled", "cancelled"]


def test_the_next_leg_is_the_earliest_ahead_however_they_are_listed() -> None:
    booking = a_booking()
    late, soon = a_leg(NOW + timedelta(days=9), id="late"), a_leg(NOW + timedelta(days=1), id="soon")
    mixed = booking.model_copy(update={"legs": (late, *booking.legs, soon)})
    assert mixed.next_leg(NOW) == soon
    assert [leg.id for leg in mixed.legs_ahead(NOW)] == ["soon", "L2", "late"]
    assert mixed.legs_flown(NOW) == 1


@pytest.mark.parametrize(("passengers", "group"), [(1, False), (9, False), (10, True), (40, True)])
def test_ten_passengers_are_a_group(passengers: int, group: bool) -> None:
    assert a_booking(passengers=passengers).group is group


def test_what_cannot_be_is_refused() -> None:
    for wrong in ({"id": "ABC"}, {"passengers": 0}, {"legs": ()}, {"fare": "first"}, {"ticketed_at": NOW.replace(tzinfo=None)}):
        with pytest.raises(ValidationError):
            a_booking(**wrong)
    with pytest.raises(ValidationError, match="arrives at"):
        a_leg(NOW, arrives_at=NOW)


def test_every_fare_has_words_and_a_cabin() -> None:
    assert set(FARE_WORDS) == set(CABIN) and set(CABIN.values()) == set(CABIN_WORDS)
    assert (FARE_WORDS["flex"].zh, CABIN["flex"], CABIN["business"]) == ("经济舱灵活", "economy", "business")


def test_a_changed_leg_takes_its_place_and_the_first_booking_stays() -> None:
    booking = a_booking()
    later = booking.legs[1].model_copy(update={"flight": "9L220"})
    assert [leg.flight for leg in booking.with_leg(later).legs] == ["9L217", "9L220"]
    assert [leg.flight for leg in booking.legs] == ["9L217", "9L218"]


@given(st.integers(-10, 10), st.integers(1, 10))
def test_a_tag_holds_from_its_first_moment_up_to_its_last(start: int, length: int) -> None:
    tag = return_flex(since=NOW + timedelta(hours=start), until=NOW + timedelta(hours=start + length))
    assert (tags_in_force((tag,), NOW) == (tag,)) is (start <= 0 < start + length)


def test_an_open_tag_holds_for_ever_and_unknown_tags_do_not() -> None:
    assert len(tags_in_force((return_flex(),), NOW + timedelta(days=9999))) == 1
    assert tags_in_force(None, NOW) == ()
