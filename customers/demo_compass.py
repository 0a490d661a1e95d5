"""The demo airline's programme in demo_airline.json: its published terms, and each company's list and trips."""

from datetime import date, time
from decimal import Decimal
from typing import Self

from pydantic import BaseModel, Field, model_validator

from basics.money import Money
from basics.words import Words
from customers.account import Admin, Level
from customers.booking import Fare


class DemoFare(BaseModel, frozen=True, extra="forbid"):
    """What the programme takes off a fare, and how many points CNY 100 of what is left earn."""

    discount_percent: int
    points_per_100: int


class DemoLevel(BaseModel, frozen=True, extra="forbid"):
    """A level with what it needs in a calendar year, and its yearly bonus."""

    level: Level
    net_fares: int
    travellers: int
    bonus: int


class ReportDay(BaseModel, frozen=True, extra="forbid"):
    """When the savings report of the month before is ready."""

    day: int
    at: time


class TripCredit(BaseModel, frozen=True, extra="forbid"):
    """What a step of points is worth."""

    points: int
    amount: int


class DemoCompass(BaseModel, frozen=True, extra="forbid"):
    """The programme's terms, as the articles publish them (tests/customers/test_demo_company.py compares)."""

    currency: str
    places: int
    invitation_days: int
    report: ReportDay
    points_credited_after_days: int
    points_last_months: int
    credit: TripCredit
    fares: dict[Fare, DemoFare]
    levels: tuple[DemoLevel, ...]

    def money(self, amount: Decimal | int) -> Money:
        """An amount in the programme's currency."""
        return Money(amount=Decimal(amount), currency=self.currency)


class DemoMember(BaseModel, frozen=True, extra="forbid"):
    """Somebody on a company's list: there `since` a day, or `invited_days_ago` and not there yet."""

    id: str
    name: Words
    admin: Admin | None = None
    since: date | None = None
    invited_days_ago: int | None = None

    @model_validator(mode="after")
    def _is_there_or_invited(self) -> Self:
        if (self.since is None) is (self.invited_days_ago is None):
            raise ValueError(f"{self.id} needs either since or invited_days_ago.")
        return self


class DemoFlown(BaseModel, frozen=True, extra="forbid"):
    """A trip that somebody makes for the company every year: one ticket at this public fare, counted on the day (MM-DD) of its last flight."""

    who: str
    fare: Fare
    public: int
    flights: int = 2
    on: tuple[str, ...] = Field(min_length=1)


class DemoAccount(BaseModel, frozen=True, extra="forbid"):
    """A company's list and its trips."""

    company_id: str
    people: tuple[DemoMember, ...] = ()
    flown: tuple[DemoFlown, ...] = ()

    @model_validator(mode="after")
    def _who_flies_is_on_the_list(self) -> Self:
        if lost := {trip.who for trip in self.flown} - {one.id for one in self.people if one.since}:
            raise ValueError(f"{self.company_id}: {', '.join(sorted(lost))} fly, but are not on the list.")
        return self
