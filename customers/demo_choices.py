"""What the demo airline can do at this moment for a booking and leg, kind by kind, at its usual prices."""

from collections.abc import Set
from datetime import datetime

from basics.clock import iso
from basics.money import Money
from customers.booking import Booking, Leg
from customers.change_rebooking import CHANGE_WINDOW, may_replace
from customers.demo_airline import DemoAirline, FromTo
from customers.demo_prices import LOUNGE, bag_price, fare_difference, fare_price, seats_of
from customers.order import ChangeKind, Choice

_MOST_FLIGHTS = 3
MOST_BAGS = 2  # beyond those of the fare, a passenger and flight


def choices_of(
    kind: ChangeKind, booking: Booking, leg: Leg | None, first: Leg | None, airline: DemoAirline, taken: Set[str], now: datetime
) -> tuple[Choice, ...]:
    """What can be done; `first` is the leg as it was first booked, `taken` the seats that others of the demo chose on the flight."""
    if kind == "refund":
        return _refund(booking, leg, now)
    if leg is None or not is_ours_to_change(leg, now):
        return ()
    if kind == "rebooking":
        return _flights(booking, leg, first or leg, airline, now)
    if leg.cancelled:
        return ()
    if kind == "seat":
        return tuple(Choice(id=seat, seat=seat, price=price) for seat, price in seats_of(leg) if seat not in taken)
    if kind == "bag":
        left = MOST_BAGS * booking.passengers - sum(e.pieces or 0 for e in booking.extras if e.leg_id == leg.id)
        return tuple(Choice(id=f"bags-{n}", pieces=n, price=bag_price(leg, n)) for n in range(1, min(left, MOST_BAGS) + 1))
    if kind == "lounge":
        return (Choice(id=f"lounge-{leg.origin}", price=LOUNGE),)
    return ()


def is_ours_to_change(leg: Leg, now: datetime) -> bool:
    """Whether the aircraft has not left with it: by the schedule, and where it is late, by the later time; a refunded leg is over."""
    return not leg.refunded and now < leg.leaves_at


def refundable(booking: Booking, leg: Leg | None, now: datetime) -> tuple[Leg, ...]:
    """The legs that can be given back: the one that is named, or every one that has not left."""
    return tuple(one for one in booking.legs if leg in (None, one) and is_ours_to_change(one, now))


def amount_of(booking: Booking, legs: tuple[Leg, ...]) -> Money:
    """What was paid for these legs by all passengers."""
    paid = [fare_price(one, booking.fare) for one in legs]
    return Money(amount=sum(p.amount for p in paid) * booking.passengers, currency=paid[0].currency)


def _refund(booking: Booking, leg: Leg | None, now: datetime) -> tuple[Choice, ...]:
    legs = refundable(booking, leg, now)
    return (Choice(id="refund", amount=amount_of(booking, legs)),) if legs else ()


def _flights(booking: Booking, leg: Leg, first: Leg, airline: DemoAirline, now: datetime) -> tuple[Choice, ...]:
    """The three departures nearest to the leg's own, earliest first; 14 days count from the flight that was first booked."""
    window = (first.departs_at - CHANGE_WINDOW, first.departs_at + CHANGE_WINDOW)
    flights = airline.departures(FromTo(leg.origin, leg.destination), booking.cabin, *window)
    fits = [flight for flight in flights if may_replace(flight, leg, first.departs_at, now)]
    nearest = sorted(fits, key=lambda flight: abs(flight.departs_at - leg.departs_at))[:_MOST_FLIGHTS]
    soonest = sorted(nearest, key=lambda flight: flight.departs_at)
    return tuple(Choice(id=f"{f.flight}-{iso(f.departs_at)}", flight=f, price=fare_difference(booking, leg, f)) for f in soonest)
