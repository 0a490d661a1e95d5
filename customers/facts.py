"""Facts about one traveller, booking and leg, as the rules name them; what is not known is left out."""

from datetime import datetime, timedelta
from typing import Any

from customers.booking import Booking, Leg
from customers.company import Company
from customers.tags import tags_in_force
from customers.traveller import Traveller


def facts_of(traveller: Traveller, company: Company | None, booking: Booking, leg: Leg, now: datetime) -> dict[str, Any]:
    """The facts declared in rights.yaml; unknown tags are absent, tags known to be none are an empty list."""
    facts: dict[str, Any] = {
        "booking.fare": booking.fare,
        "booking.cabin": booking.cabin,
        "booking.bought_through": booking.bought_through,
        "booking.passengers": booking.passengers,
        "booking.group": booking.group,
        "booking.legs_flown": booking.legs_flown(now),
        "leg.direction": leg.direction,
        "leg.cancelled": leg.cancelled,
        "leg.hours_to_departure": (leg.departs_at - now) / timedelta(hours=1),
    }
    if traveller.tier is not None:
        facts["traveller.tier"] = traveller.tier
    if traveller.tags is not None:
        facts["traveller.tags"] = [tag.name for tag in tags_in_force(traveller.tags, now)]
    if company is not None:
        facts["company.status"] = company.status
    return facts
