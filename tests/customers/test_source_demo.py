"""The personas are who they are said to be, and each sees what makes them interesting."""

import itertools
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from basics.clock import day_in, parse_moment, stopped_at
from basics.words import words
from customers.booking import GROUP_FROM
from customers.demo_airline import DemoAirline, DemoPerson, read_demo_airline
from customers.entitlement import Entitlement, entitlements_of
from customers.reservations_demo import DemoReservations
from customers.rights import load_rules
from customers.source_demo import DemoSource
from customers.tags import tags_in_force
from tests.customers.people import NOW

AIRLINE = read_demo_airline()
BOOK = load_rules()


async def rights_of(id: str, home: Path) -> list[Entitlement]:
    source, reservations = DemoSource(), DemoReservations(home, stopped_at(NOW))
    traveller = await source.traveller(id)
    assert traveller is not None
    company = await source.company(traveller.company_id) if traveller.company_id else None
    assert (company is None) is (traveller.company_id is None)
    return [r for r in entitlements_of(BOOK, traveller, company, await reservations.bookings_of(id), NOW, ()) if r.right == "free_change"]


@pytest.mark.parametrize(
    ("id", "decisions", "last_reason"),
    [
        ("lin-gold", ["allow"], "at least 3 hours left"),
        ("chen-silver", ["deny"], "do not hold the Return Flex benefit"),
        ("mary-admin", ["deny", "deny"], "once the first flight of this trip has been flown"),
        ("tom-member", ["deny"], "once the first flight"),
        ("zhao-platinum", ["deny"], "less time than that left"),
        ("goh-admin", ["allow"], "at least 3 hours left"),
        ("claire-gold", ["deny", "deny"], "once the first flight of this trip has been flown"),
        ("luo-member", ["deny"], "a group booking of 10 or more"),
        ("harriet-platinum", ["deny", "deny"], "once the first flight of this trip has been flown"),
        ("duan-silver", ["deny"], "do not hold the Return Flex benefit"),
        ("sato-member", ["allow"], "at least 3 hours left"),
    ],
)
async def test_each_persona_sees_their_own_answer(id: str, decisions: list[str], last_reason: str, tmp_path: Path) -> None:
    rights = await rights_of(id, tmp_path)
    assert [right.decision for right in rights] == decisions
    assert last_reason in rights[-1].reasons[-1].en
    if id in ("chen-silver", "zhao-platinum", "luo-member", "duan-silver"):
        assert len(rights[0].reasons) == 1, "the one thing that is in the way"


async def test_strangers_are_nobody() -> None:
    source = DemoSource()
    assert await source.traveller("nobody") is None and await source.company("nobody") is None
    admin = await source.traveller("mary-admin")
    assert admin and admin.role == "company_admin" and admin.tags and admin.tags[0].title.zh == "回程灵活权益"


async def test_whoever_flew_home_yesterday_has_no_flight_to_change(tmp_path: Path) -> None:
    assert await rights_of("sun-silver", tmp_path) == []


async def test_everybody_is_shown_once_in_a_group_of_a_size_to_read_at_a_glance() -> None:
    personas = DemoSource().personas()
    assert sorted(persona.id for persona in personas) == sorted(person.id for person in AIRLINE.personas)
    groups = {title: [p.id for p in of] for title, of in itertools.groupby(personas, lambda p: p.group.en)}
    assert list(groups) == ["On a trip", "Before or after a trip", "When a flight is late or off", "Company admins"] and all(
        len(ids) <= 6 for ids in groups.values()
    )
    assert personas[0].id == "lin-gold" and groups["Company admins"] == [p.id for p in AIRLINE.personas if p.role == "company_admin"]
    lost = AIRLINE.model_dump() | {"groups": [{"title": words("All", "全部"), "people": ["lin-gold"]}]}
    with pytest.raises(ValueError, match="Every persona has to stand in one group"):
        DemoAirline.model_validate(lost)


@pytest.mark.parametrize("person", AIRLINE.personas, ids=lambda person: person.id)
async def test_a_persona_loads_and_holds_what_the_articles_give_them(person: DemoPerson) -> None:
    """Return Flex comes with Gold, Platinum or a ticket of the company account; an account takes a company that is, or was, enrolled."""
    source = DemoSource()
    traveller = await source.traveller(person.id)
    assert traveller and traveller.tags is not None and traveller.name == person.name
    company = await source.company(person.company_id) if person.company_id else None
    assert (company is None) is (person.company_id is None)
    held = {tag.name for tag in tags_in_force(traveller.tags, NOW)}
    through_account = person.trip.bought_through == "company_account"
    assert ("return_flex" in held) is (person.tier in ("gold", "platinum") or through_account)
    assert not through_account or (company and company.status in ("active", "left"))
    assert ("second_admin" not in held or person.role == "company_admin") and (person.role == "traveller" or company)
    for tag in traveller.tags:
        assert tag.since <= NOW and (tag.until is None or tag.since < tag.until)
        assert tag.until is None or tag.until < NOW, "a date to come would make a note untrue one day"
        assert company is None or tag.set_by != "Larkspur Compass" or tag.since.date() >= company.joined_on


def test_the_people_of_the_file_are_different_people() -> None:
    people = AIRLINE.personas
    for names in ([p.id for p in people], [p.email for p in people], [p.trip.id for p in people], [p.name.en for p in people]):
        assert len(set(names)) == len(names) == 15
    assert all(p.email.endswith(".example") and re.search("[\u4e00-\u9fff]", p.name.zh + p.note.zh) for p in people)
    assert all(len(p.note.en) <= 150 and len(p.note.zh) <= 75 for p in people), "a note is read at a glance"
    assert {tag.name for p in people for tag in p.tags} == set(AIRLINE.tags)
    assert [p.id for p in people if not p.consent.service] == ["zhao-platinum"] and 4 < sum(not p.consent.marketing for p in people) < 11
    assert [company.status for company in AIRLINE.companies] == ["active"] * 4 + ["pending", "left"]
    assert {p.company_id for p in people} - {None} == {company.id for company in AIRLINE.companies}
    assert [p.id for p in people if p.trip.passengers >= GROUP_FROM] == ["luo-member"]


# How many flights are flown, and between which hours from now the first flight ahead (flown: the last one) departs.
_AS_NOTED = {
    "lin-gold": (1, 24, 72),
    "chen-silver": (1, 48, 96),
    "mary-admin": (0, 72, 120),
    "tom-member": (0, 96, 144),
    "zhao-platinum": (1, 1.5, 1.75),
    "goh-admin": (1, 72, 120),
    "claire-gold": (0, 48, 96),
    "sun-silver": (2, -48, 0),
    "luo-member": (1, 48, 96),
    "harriet-platinum": (0, 192, 240),
    "duan-silver": (1, 72, 120),  # a bassinet is asked for 48 hours before, at the latest
    "sato-member": (1, 120, 168),  # a medical form is due 96 hours before
    "he-silver": (0, 2.9, 3.0),
    "amara-member": (1, 24, 72),
    "weber-gold": (1, 168, 216),
}


@given(st.datetimes(min_value=datetime(2026, 11, 1), max_value=datetime(2028, 12, 31), timezones=st.just(UTC)))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_within_two_years_every_booking_lies_as_its_note_says(now: datetime) -> None:
    for person in AIRLINE.personas:
        trip = AIRLINE.booking(person, person.trip.id, now)
        flown, least, most = _AS_NOTED[person.id]
        assert trip.legs_flown(now) == flown and flown + len(trip.legs_ahead(now)) == len(trip.legs), person.id
        spoken_of = trip.legs[min(flown, len(trip.legs) - 1)]
        assert least <= (spoken_of.departs_at - now) / timedelta(hours=1) <= most, person.id
        assert trip.ticketed_at < trip.legs[0].departs_at < trip.legs[-1].departs_at or len(trip.legs) == 1
        told = [leg.disruption.announced_at < min(now, leg.departs_at) for leg in trip.legs if leg.disruption]
        assert told == [True] * (person.id in ("he-silver", "amara-member", "weber-gold")), "somebody is told before the flight would leave"
        assert AIRLINE.is_told(person, trip, now)
        for planned, leg in zip(person.trip.legs, trip.legs, strict=True):
            days = day_in(leg.departs_at, leg.origin_zone) - day_in(now, leg.origin_zone)
            assert planned.days is None or days == timedelta(days=planned.days)
        if person.id == "sun-silver":
            home = trip.legs[-1]
            assert day_in(home.arrives_at, home.destination_zone) == day_in(now, home.destination_zone) - timedelta(days=1)
            assert home.destination == "PVG"


@given(st.datetimes(min_value=parse_moment("2026-02-01T00:00:00Z").replace(tzinfo=None)))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_at_whatever_hour_the_demo_is_opened_the_trips_are_as_the_notes_say(at: object) -> None:
    now = parse_moment(f"{at}+00:00") if at.year < 2100 else NOW  # type: ignore[attr-defined]
    trips = {person.id: AIRLINE.booking(person, person.trip.id, now) for person in AIRLINE.personas[:5]}
    ahead = {id: (trip.legs[-1].departs_at - now).total_seconds() / 3600 for id, trip in trips.items()}
    assert {id: trip.legs_flown(now) for id, trip in trips.items()} == {
        "lin-gold": 1, "chen-silver": 1, "mary-admin": 0, "tom-member": 0, "zhao-platinum": 1
    }  # fmt: skip
    assert 24 < ahead["lin-gold"] < 72 and 48 < ahead["chen-silver"] < 96 and 1.5 < ahead["zhao-platinum"] <= 1.75
    assert all(trip.ticketed_at < min(now, trip.legs[0].departs_at) for trip in trips.values())
