"""Rights where clocks are set forward and back, and to the second: what is left until departure is time that passes, not what a clock shows."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from customers.airports import AIRPORTS
from customers.booking import Booking
from customers.entitlement import Entitlement, entitlements_of
from customers.facts import facts_of
from customers.rights import load_rules
from tests.customers.people import a_booking, a_leg, a_traveller, return_flex

BOOK = load_rules()
HOUR, SECOND, MOMENT = timedelta(hours=1), timedelta(seconds=1), timedelta(microseconds=1)
# Forward and back in Europe and in Australia, and a year's end: (zone, local day) around which clocks are looked at.
CHANGES = (
    ("Europe/London", datetime(2026, 3, 29, 1)),
    ("Europe/London", datetime(2026, 10, 25, 1)),
    ("Europe/Paris", datetime(2027, 3, 28, 2)),
    ("Europe/Paris", datetime(2026, 10, 25, 2)),
    ("Australia/Sydney", datetime(2026, 4, 5, 2)),
    ("Australia/Sydney", datetime(2026, 10, 4, 2)),
    ("Asia/Shanghai", datetime(2027, 1, 1, 0)),
)
zones = st.sampled_from(sorted({airport.zone for airport in AIRPORTS.values()} | {"America/New_York", "UTC"}))


@st.composite
def departures(draw: st.DrawFn) -> tuple[datetime, str]:
    """A moment near one at which clocks change, as the clock of its place shows it: also in the hour that comes twice, or not at all."""
    zone, at = draw(st.sampled_from(CHANGES))
    minutes = draw(st.integers(-36 * 60, 36 * 60))
    shown = (at + timedelta(minutes=minutes)).replace(fold=draw(st.sampled_from((0, 1))), tzinfo=ZoneInfo(zone))
    return shown, zone


def a_trip(departs_at: datetime, zone: str) -> Booking:
    """Out a week before, back at this moment from a place in this zone."""
    back = a_leg(departs_at, origin_zone=zone, arrives_at=departs_at.astimezone(UTC) + 5 * HOUR)
    return a_booking(legs=(a_leg(departs_at.astimezone(UTC) - timedelta(days=7), "outbound"), back), ticketed_at=departs_at - timedelta(days=60))


def the_right(booking: Booking, now: datetime) -> Entitlement:
    traveller = a_traveller(tags=(return_flex(since=datetime(2025, 1, 1, tzinfo=UTC)),))
    (right,) = (e for e in entitlements_of(BOOK, traveller, None, [booking], now, ()) if e.right == "free_change" and e.leg_id == "L2")
    return right


@given(departures(), st.integers(0, 6 * 24 * 3600), zones)
def test_the_hours_left_are_hours_that_pass(leaves: tuple[datetime, str], seconds: int, spoken_in: str) -> None:
    """Whatever the clocks do meanwhile, and in whatever zone now is written."""
    departs_at, zone = leaves
    booking = a_trip(departs_at, zone)
    now = departs_at.astimezone(UTC) - timedelta(seconds=seconds)
    facts = [facts_of(a_traveller(), None, booking, booking.legs[-1], at) for at in (now, now.astimezone(ZoneInfo(spoken_in)))]
    assert facts[0] == facts[1] and abs(facts[0]["leg.hours_to_departure"] * 3600 - seconds) < 1e-6


@given(departures(), zones)
def test_the_right_ends_three_hours_before_to_the_second(leaves: tuple[datetime, str], spoken_in: str) -> None:
    """Held at three hours, gone a second later, and the end it names is that very moment, wherever the clock hangs."""
    departs_at, zone = leaves
    booking, last = a_trip(departs_at, zone), departs_at.astimezone(UTC) - 3 * HOUR
    for at in (last, last.astimezone(ZoneInfo(spoken_in))):
        held, gone = the_right(booking, at), the_right(booking, (at.astimezone(UTC) + SECOND).astimezone(at.tzinfo))
        assert held.decision == "allow" and held.until == last
        assert gone.decision == "deny" and gone.until is None


@given(st.sampled_from(["Asia/Shanghai", "Europe/London", "Australia/Sydney", "America/New_York"]))
def test_a_rule_begins_with_the_first_moment_of_its_day_at_the_airline(spoken_in: str) -> None:
    """In force from 1 February 2026: from midnight in Shanghai, whatever day it is elsewhere."""
    first = datetime(2026, 2, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
    booking = a_trip(first + timedelta(days=2), "Europe/London")
    facts = facts_of(a_traveller(), None, booking, booking.legs[-1], first)
    before, after = ((first.astimezone(UTC) - by).astimezone(ZoneInfo(spoken_in)) for by in (MOMENT, timedelta(0)))
    assert BOOK.decide("free_change", facts, before).considered == ()
    assert BOOK.decide("free_change", facts, after).considered == ("return-leg-free-change@1",)
