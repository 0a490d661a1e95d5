"""The demo airline, read from demo_airline.json: its people, companies, trips (as offsets from a moment) and timetable."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Literal, NamedTuple, Self
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, model_validator

from basics.clock import day_in
from basics.words import Lang, Words
from customers.activity import Activity, CompanyActivity
from customers.airports import AIRPORTS
from customers.booking import Booking, Cabin, Fare, Leg
from customers.company import Company
from customers.consent import Consent
from customers.demo_compass import DemoAccount, DemoCompass
from customers.demo_disruptions import PlannedDisruption
from customers.order import Flight
from customers.tags import TagSource
from customers.traveller import Role, Tier

DEMO_FILE = Path(__file__).with_name("demo_airline.json")
_HOME_ZONE = "Asia/Shanghai"


class TimetableLine(BaseModel, frozen=True, extra="forbid"):
    """A flight that leaves every day at `departs`, local time of its origin, and takes `minutes`."""

    flight: str
    origin: str
    destination: str
    departs: time
    minutes: int
    cabins: tuple[Cabin, ...]

    def on(self, day: date) -> Flight:
        """The departure of `day`, a calendar day at the origin."""
        local = datetime.combine(day, self.departs, ZoneInfo(AIRPORTS[self.origin].zone))
        return _flight(self.flight, self.origin, self.destination, local.astimezone(UTC), self.minutes)


class DemoLeg(BaseModel, frozen=True, extra="forbid"):
    """A leg as an offset: `days` from today and the local time of departure, or `hours` from now for a flight not in the timetable."""

    direction: Literal["outbound", "return"]
    flight: str
    days: int | None = None
    departs: time | None = None
    hours: float | None = None
    origin: str | None = None
    destination: str | None = None
    minutes: int | None = None
    disruption: PlannedDisruption | None = None


class DemoTrip(BaseModel, frozen=True, extra="forbid"):
    """What a persona has booked, `ticketed` days from today; `id` is the reference of the first such trip."""

    id: str
    bought_through: Literal["company_account", "personal"]
    fare: Fare
    passengers: int
    ticketed: int
    legs: tuple[DemoLeg, ...]


class DemoTag(BaseModel, frozen=True, extra="forbid"):
    """A tag of a persona; its title stands once in `tags` of the file."""

    name: str
    source: TagSource
    set_by: str
    since: AwareDatetime
    until: AwareDatetime | None = None


class DemoActivity(BaseModel, frozen=True, extra="forbid"):
    """What a persona flew in the twelve months up to the day of the last count; `last_flown` is so many days before that day."""

    flights: int
    miles: int
    cabins: dict[Cabin, int]
    flights_before: int = 0
    last_flown: int | None = None

    def as_of(self, day: date) -> Activity:
        """Counted on `day`."""
        last = None if self.last_flown is None else day - timedelta(days=self.last_flown)
        return Activity(as_of=day, last_flown=last, **self.model_dump(exclude={"last_flown"}))


class DemoCompanyActivity(BaseModel, frozen=True, extra="forbid"):
    """What a company bought (in the programme's currency) and flew in the twelve months up to the day of the last count."""

    bought: int
    miles: int
    bought_before: int = 0

    def as_of(self, day: date, compass: DemoCompass) -> CompanyActivity:
        """Counted on `day`."""
        return CompanyActivity(as_of=day, bought=compass.money(self.bought), miles=self.miles, bought_before=compass.money(self.bought_before))


class DemoPerson(BaseModel, frozen=True, extra="forbid"):
    """One persona of the demo, with what is interesting about them."""

    id: str
    name: Words
    email: str
    tier: Tier
    company_id: str | None
    role: Role
    lang: Lang
    note: Words
    consent: Consent = Consent()
    tags: tuple[DemoTag, ...]
    trip: DemoTrip
    activity: DemoActivity | None = None


class DemoGroup(BaseModel, frozen=True, extra="forbid"):
    """Personas that are shown together, by their ids, in the order of a list."""

    title: Words
    people: tuple[str, ...]


class FromTo(NamedTuple):
    """A pair of airports."""

    origin: str
    destination: str


class DemoAirline(BaseModel, frozen=True, extra="forbid"):
    """The whole file."""

    companies: tuple[Company, ...]
    tags: dict[str, Words]
    groups: tuple[DemoGroup, ...]
    personas: tuple[DemoPerson, ...]
    compass: DemoCompass
    accounts: tuple[DemoAccount, ...]
    timetable: tuple[TimetableLine, ...]
    company_activity: dict[str, DemoCompanyActivity] = {}

    @model_validator(mode="after")
    def _everybody_stands_in_one_group(self) -> Self:
        listed = sorted(id for group in self.groups for id in group.people)
        if listed != sorted(person.id for person in self.personas):
            raise ValueError(f"Every persona has to stand in one group, once; the groups name {', '.join(listed)}.")
        return self

    def person(self, id: str) -> DemoPerson | None:
        """The persona with this id, or None."""
        return next((person for person in self.personas if person.id == id), None)

    def booking(self, person: DemoPerson, reference: str, now: datetime) -> Booking:
        """The persona's trip, as it stands relative to `now`, under the booking reference given."""
        ticketed = datetime.combine(day_in(now, _HOME_ZONE) + timedelta(days=person.trip.ticketed), time(10), ZoneInfo(_HOME_ZONE))
        legs = []
        for n, planned in enumerate(person.trip.legs, start=1):
            flight = self._planned(planned, now)
            told = planned.disruption.at(now) if planned.disruption else None
            off = told is not None and told.event == "cancellation"
            legs.append(Leg(id=f"{reference}-{n}", direction=planned.direction, cancelled=off, disruption=told, **flight.model_dump()))
        return Booking(
            id=reference,
            traveller_id=person.id,
            bought_through=person.trip.bought_through,
            fare=person.trip.fare,
            passengers=person.trip.passengers,
            ticketed_at=ticketed.astimezone(UTC),
            legs=tuple(legs),
        )

    def is_told(self, person: DemoPerson, booking: Booking, now: datetime) -> bool:
        """Whether the booking is still what the persona's note speaks of: a leg is ahead, or (a note of a trip flown) no later one is due."""
        if any(now < leg.departs_at for leg in booking.legs):  # a trip that was refunded is still the one that the note speaks of
            return True
        planned = self.booking(person, booking.id, now)
        return not planned.legs_ahead(now) and planned.legs[-1].departs_at <= booking.legs[-1].departs_at

    def departures(self, between: FromTo, cabin: Cabin, first: datetime, last: datetime) -> Iterator[Flight]:
        """Every departure between the two airports in this cabin, from `first` to `last`, both included."""
        for line in self.timetable:
            if (line.origin, line.destination) == between and cabin in line.cabins:
                zone = AIRPORTS[line.origin].zone
                day = day_in(first, zone)
                while day <= day_in(last, zone):
                    if first <= (flight := line.on(day)).departs_at <= last:
                        yield flight
                    day += timedelta(days=1)

    def _planned(self, leg: DemoLeg, now: datetime) -> Flight:
        if leg.hours is not None and leg.origin and leg.destination and leg.minutes:
            at = (now + timedelta(hours=leg.hours)).astimezone(UTC)
            at -= timedelta(minutes=at.minute % 5, seconds=at.second, microseconds=at.microsecond)
            return _flight(leg.flight, leg.origin, leg.destination, at, leg.minutes)
        line = next(line for line in self.timetable if (line.flight, line.departs) == (leg.flight, leg.departs))
        return line.on(day_in(now, AIRPORTS[line.origin].zone) + timedelta(days=leg.days or 0))


def counted_on(now: datetime) -> date:
    """The day of the last count before `now`: the platform counts what was flown and bought at the end of every month."""
    return day_in(now, _HOME_ZONE).replace(day=1) - timedelta(days=1)


def read_demo_airline(path: Path = DEMO_FILE) -> DemoAirline:
    """The demo airline of the file at `path`."""
    return DemoAirline.model_validate_json(path.read_bytes())


def _flight(flight: str, origin: str, destination: str, departs_at: datetime, minutes: int) -> Flight:
    return Flight(
        flight=flight,
        origin=origin,
        destination=destination,
        departs_at=departs_at,
        arrives_at=departs_at + timedelta(minutes=minutes),
        origin_zone=AIRPORTS[origin].zone,
        destination_zone=AIRPORTS[destination].zone,
    )
