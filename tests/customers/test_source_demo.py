"""The five personas are who they are said to be, and each sees what makes them interesting."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from basics.clock import parse_moment, stopped_at
from customers.demo_airline import read_demo_airline
from customers.entitlement import Entitlement, entitlements_of
from customers.reservations_demo import DemoReservations
from customers.rights import load_rules
from customers.source_demo import DemoSource
from tests.customers.people import NOW

AIRLINE = read_demo_airline()
BOOK = load_rules()


async def rights_of(id: str, home: Path) -> list[Entitlement]:
    source, reservations = DemoSource(), DemoReservations(home, stopped_at(NOW))
    traveller = await source.traveller(id)
    assert traveller is not None
    company = await source.company(traveller.company_id) if traveller.company_id else None
    assert (company is None) is (traveller.company_id is None)
    return list(entitlements_of(BOOK, traveller, company, await reservations.bookings_of(id), NOW, lambda *_: 0))


@pytest.mark.parametrize(
    ("id", "decisions", "last_reason"),
    [
        ("lin-gold", ["allow"], "at least 3 hours left"),
        ("chen-silver", ["deny"], "do not hold the Return Flex benefit"),
        ("mary-admin", ["deny", "deny"], "once the first flight of this trip has been flown"),
        ("tom-member", ["deny"], "once the first flight"),
        ("zhao-platinum", ["deny"], "less time than that left"),
    ],
)
async def test_each_persona_sees_their_own_answer(id: str, decisions: list[str], last_reason: str, tmp_path: Path) -> None:
    rights = await rights_of(id, tmp_path)
    assert [right.decision for right in rights] == decisions
    assert last_reason in rights[-1].reasons[-1].en
    if id in ("chen-silver", "zhao-platinum"):
        assert len(rights[0].reasons) == 1, "the one thing that is in the way"


async def test_strangers_are_nobody() -> None:
    source = DemoSource()
    assert await source.traveller("nobody") is None and await source.company("nobody") is None
    assert [persona.id for persona in source.personas()] == ["lin-gold", "chen-silver", "mary-admin", "tom-member", "zhao-platinum"]
    admin = await source.traveller("mary-admin")
    assert admin and admin.role == "company_admin" and admin.tags and admin.tags[0].title.zh == "回程灵活权益"


@given(st.datetimes(min_value=parse_moment("2026-02-01T00:00:00Z").replace(tzinfo=None)))
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
def test_at_whatever_hour_the_demo_is_opened_the_trips_are_as_the_notes_say(at: object) -> None:
    now = parse_moment(f"{at}+00:00") if at.year < 2100 else NOW  # type: ignore[attr-defined]
    trips = {person.id: AIRLINE.booking(person, person.trip.id, now) for person in AIRLINE.personas}
    ahead = {id: (trip.legs[-1].departs_at - now).total_seconds() / 3600 for id, trip in trips.items()}
    assert {id: trip.legs_flown(now) for id, trip in trips.items()} == {
        "lin-gold": 1, "chen-silver": 1, "mary-admin": 0, "tom-member": 0, "zhao-platinum": 1
    }  # fmt: skip
    assert 24 < ahead["lin-gold"] < 72 and 48 < ahead["chen-silver"] < 96 and 1.5 < ahead["zhao-platinum"] <= 1.75
    assert all(trip.ticketed_at < min(now, trip.legs[0].departs_at) for trip in trips.values())
