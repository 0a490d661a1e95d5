"""Facts about a booking, a leg and what went wrong with it; days and hours of a clock are those of the airport, whatever the season."""

from datetime import UTC, datetime, time, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from basics.clock import day_in
from customers.airports import AIRPORTS
from customers.booking import Booking, Leg
from customers.disruption import Disruption

NIGHT = time(3)
_CLAIMS = timedelta(days=366)
"""How long after its departure a flight that was not flown (cancelled, or without a seat for the traveller) still counts for its booking."""


def booking_facts(booking: Booking, now: datetime, zone: str) -> dict[str, Any]:
    """What was bought, when, and how much of it is ahead; days of purchase are those of `zone`."""
    facts = {
        "booking.fare": booking.fare,
        "booking.cabin": booking.cabin,
        "booking.bought_through": booking.bought_through,
        "booking.passengers": booking.passengers,
        "booking.group": booking.group,
        "booking.legs_flown": booking.legs_flown(now),
        "booking.legs_ahead": len(booking.legs_ahead(now)),
        "booking.ticketed_on": day_in(booking.ticketed_at, zone).isoformat(),
        "booking.hours_since_ticketed": hours(booking.ticketed_at, now),
        "booking.days_bought_ahead": hours(booking.ticketed_at, min(leg.departs_at for leg in booking.legs)) / 24,
    }
    following = booking.next_leg(now)
    if following is not None:
        facts["booking.hours_to_departure"] = hours(now, following.departs_at)
    return facts


def leg_facts(booking: Booking, leg: Leg, now: datetime) -> dict[str, Any]:
    """One flight of a booking; where it goes is left out for airports that we do not know."""
    local = leg.departs_at.astimezone(ZoneInfo(leg.origin_zone))
    facts: dict[str, Any] = {
        "leg.direction": leg.direction,
        "leg.cancelled": leg.cancelled,
        "leg.hours_to_departure": hours(now, leg.departs_at),
        "leg.departed": leg.left(now),
        "leg.flown": leg.flown(now),
        "leg.origin": leg.origin,
        "leg.destination": leg.destination,
        "leg.connection": sum(other.direction == leg.direction for other in booking.legs) > 1,
        "leg.departs_on": local.date().isoformat(),
        "leg.departs_hour": local.hour,
        "leg.departs_weekday": local.isoweekday(),
    }
    ends = [AIRPORTS[code] for code in (leg.origin, leg.destination) if code in AIRPORTS]
    if len(ends) == 2:
        facts["leg.domestic"] = all(end.country == "CN" for end in ends)
        facts["leg.long_haul"] = any(end.region != "asia" for end in ends)
    if leg.departs_at <= now:
        facts["leg.days_since_departure"] = (day_in(now, leg.origin_zone) - local.date()).days
    return facts


def disruption_facts(leg: Leg | None, now: datetime) -> dict[str, Any]:
    """What went wrong with a leg; nothing where nothing did, or there is no leg."""
    if leg is None or leg.disruption is None:
        return {}
    told = leg.disruption
    facts: dict[str, Any] = {
        "disruption.event": told.event,
        "disruption.notice_days": hours(told.announced_at, leg.departs_at) / 24,
        "disruption.hours_since_announced": hours(told.announced_at, now),
    }
    if told.event in ("delay", "schedule_change"):
        facts |= _later(leg, told)
    if told.extraordinary is not None:
        facts |= {"disruption.cause": told.cause, "disruption.extraordinary": told.extraordinary}
    if told.arrives_late is not None:
        facts["disruption.arrival_delay_hours"] = told.arrives_late / 60
    if told.rerouted is not None:
        earlier, later = told.rerouted
        facts |= {"disruption.reroute_earlier_hours": earlier, "disruption.reroute_later_hours": later}
    return facts


def disrupted(booking: Booking, now: datetime) -> Leg | None:
    """The first leg of a booking that is disrupted and not flown: one that has not left, or that could not be taken and lies a year back at most."""
    for leg in sorted(booking.legs, key=lambda leg: leg.departs_at):
        missed = leg.disruption is not None and leg.disruption.event in ("cancellation", "denied_boarding") and now - leg.departs_at <= _CLAIMS
        if leg.disruption is not None and (missed or not leg.left(now)):
            return leg
    return None


def hours(start: datetime, end: datetime) -> float:
    """From `start` to `end`. In UTC: two moments of one zone are subtracted as their clocks show, an hour off when summer begins between them."""
    return (end.astimezone(UTC) - start.astimezone(UTC)) / timedelta(hours=1)


def _later(leg: Leg, told: Disruption) -> dict[str, Any]:
    zone = ZoneInfo(leg.origin_zone)
    planned, new = leg.departs_at.astimezone(UTC), leg.departs_at.astimezone(UTC) + timedelta(minutes=told.leaves_late)
    first = planned.astimezone(zone).date()
    nights = (datetime.combine(first + timedelta(days=n), NIGHT, zone).astimezone(UTC) for n in count())
    return {
        "disruption.delay_hours": told.leaves_late / 60,
        "disruption.overnight": next(night for night in nights if night > planned) <= new,
        "disruption.other_day": new.astimezone(zone).date() != first,
    }
