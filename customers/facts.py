"""Facts about one traveller and what is theirs, as the rules name them (facts.yaml); what is not known is left out."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from customers.booking import Booking, Leg
from customers.company import Company
from customers.fact_catalogue import CATALOGUE
from customers.notes import Notes
from customers.rights import AIRLINE_ZONE
from customers.tags import tags_in_force
from customers.traveller import Traveller
from customers.trip_facts import booking_facts, disrupted, disruption_facts, leg_facts


def facts_of(
    traveller: Traveller,
    company: Company | None,
    booking: Booking | None,
    leg: Leg | None,
    now: datetime,
    zone: str = AIRLINE_ZONE,
    notes: Notes | None = None,
    more: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The facts of the catalogue for a leg, for a booking (no leg), or for the traveller and their company (no booking); `zone` is the airline's.

    `more` are facts that others work out (value, segment, level), by their names in the catalogue. Unknown tags are absent, tags known to be none
    are an empty list; what the bot has set is never among the tags, whoever passed it in.
    """
    facts: dict[str, Any] = {**_traveller(traveller, now), **_company(company, now), **_noted(notes or Notes()), **_clock(now, zone)}
    if booking is not None:
        facts |= booking_facts(booking, now, zone)
        facts |= disruption_facts(leg if leg is not None else disrupted(booking, now), now)
        facts |= leg_facts(booking, leg, now) if leg is not None else {}
    for name, value in (more or {}).items():
        if name not in CATALOGUE:
            raise KeyError(f"{name} is no fact of the catalogue (customers/facts.yaml)")
        if value is not None:
            facts[name] = value
    return facts


def _traveller(traveller: Traveller, now: datetime) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "traveller.role": traveller.role,
        "traveller.service_news": traveller.consent.service,
        "traveller.marketing": traveller.consent.marketing,
    }
    if traveller.tier is not None:
        facts["traveller.tier"] = traveller.tier
    if traveller.activity is not None:
        facts |= {"traveller.flights": traveller.activity.flights, "traveller.miles": traveller.activity.miles}
    if traveller.tags is not None:
        facts["traveller.tags"] = [tag.name for tag in tags_in_force(traveller.tags, now) if tag.source != "bot"]
        facts["traveller.observed"] = [tag.name for tag in tags_in_force(traveller.tags, now) if tag.source == "bot"]
    return facts


def _company(company: Company | None, now: datetime) -> dict[str, Any]:
    if company is None:
        return {}
    facts: dict[str, Any] = {"company.status": company.status, "company.employees": company.employees}
    if company.tags is not None:
        facts["company.tags"] = [tag.name for tag in tags_in_force(company.tags, now)]
    return facts


def _noted(notes: Notes) -> dict[str, Any]:
    facts = {"traveller.complaints": notes.complaints, "trip.rating": notes.rating}
    return {name: value for name, value in facts.items() if value is not None}


def _clock(now: datetime, zone: str) -> dict[str, Any]:
    local = now.astimezone(ZoneInfo(zone))
    return {"now.hour": local.hour, "now.weekday": local.isoweekday(), "now.day": local.day, "now.month": local.month}
