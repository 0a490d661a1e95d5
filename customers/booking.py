"""A booking and its legs: what was bought, what has been flown, what is ahead."""

from datetime import datetime, timedelta
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, model_validator

from basics.clock import Utc
from basics.money import Money
from basics.words import Lang, Words, words
from customers.airports import moment_worded
from customers.disruption import Disruption

Fare = Literal["light", "standard", "flex", "business"]
Cabin = Literal["economy", "business"]
LegState = Literal["flown", "ahead", "cancelled", "refunded"]
AirportCode = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]

GROUP_FROM = 10  # passengers; the airline's general conditions call ten or more on one booking a group

FARE_WORDS: dict[Fare, Words] = {
    "light": words("Economy Light", "经济舱轻享"),
    "standard": words("Economy Standard", "经济舱标准"),
    "flex": words("Economy Flex", "经济舱灵活"),
    "business": words("Business", "公务舱"),
}
CABIN: dict[Fare, Cabin] = {"light": "economy", "standard": "economy", "flex": "economy", "business": "business"}
CABIN_WORDS: dict[Cabin, Words] = {"economy": words("Economy", "经济舱"), "business": words("Business", "公务舱")}


class Leg(BaseModel, frozen=True):
    """One flight of a booking, from `origin` to `destination`; moments are UTC, the zones are those of the two airports."""

    id: str
    flight: str
    origin: AirportCode
    destination: AirportCode
    departs_at: Utc
    arrives_at: Utc
    origin_zone: str
    destination_zone: str
    direction: Literal["outbound", "return"]
    cancelled: bool = False
    disruption: Disruption | None = None
    refunded: bool = False

    @model_validator(mode="after")
    def _arrives_after_it_departs(self) -> Self:
        if self.arrives_at <= self.departs_at:
            raise ValueError(f"Leg {self.id} arrives at {self.arrives_at} but departs at {self.departs_at}.")
        return self

    def flown(self, now: datetime) -> bool:
        """Whether the flight took place and has arrived; one in the air is neither flown nor ahead."""
        return not self.cancelled and not self.refunded and self.arrives_at <= now

    def ahead(self, now: datetime) -> bool:
        """Whether its departure time is still to come, cancelled or not; a refunded one is nobody's any more."""
        return not self.refunded and now < self.departs_at

    @property
    def leaves_at(self) -> datetime:
        """When it leaves as things stand: its departure by the ticket, later by what the airline has announced."""
        late = self.disruption.leaves_late if self.disruption and not self.cancelled else 0
        return self.departs_at + timedelta(minutes=late)

    def left(self, now: datetime) -> bool:
        """Whether it has left the ground, or would have: a delayed flight has not until the new time."""
        return self.leaves_at <= now

    def state(self, now: datetime) -> LegState:
        """For a list of flights: refunded, cancelled, ahead until it departs, flown from then on."""
        return "refunded" if self.refunded else "cancelled" if self.cancelled else "ahead" if self.ahead(now) else "flown"

    def departure(self) -> Words:
        """The departure in local time, in both languages."""
        return moment_worded(self.departs_at, self.origin, self.origin_zone)

    def departs_worded(self, lang: Lang) -> str:
        """`Fri 27 Nov, 14:05 (Shanghai time)` or `11月27日 周五 14:05（上海时间）`."""
        return self.departure().said_in(lang)


class Extra(BaseModel, frozen=True):
    """Something bought or given beside the flights, under the airline's own reference: a seat, bags, a lounge, a voucher, a payment."""

    kind: Literal["seat", "bag", "lounge", "voucher", "payment"]
    reference: str
    leg_id: str | None = None
    seat: str | None = None
    pieces: int | None = None
    guests: int | None = None
    amount: Money | None = None


class Booking(BaseModel, frozen=True):
    """One ticketed trip; `id` is the six-character booking reference (PNR)."""

    id: str = Field(pattern=r"^[A-Z0-9]{6}$")
    traveller_id: str
    bought_through: Literal["company_account", "personal"]
    fare: Fare
    passengers: int = Field(ge=1)
    ticketed_at: Utc
    legs: tuple[Leg, ...] = Field(min_length=1)
    extras: tuple[Extra, ...] = ()

    @property
    def group(self) -> bool:
        """Whether it is a group booking: ten passengers or more."""
        return self.passengers >= GROUP_FROM

    @property
    def cabin(self) -> Cabin:
        """The cabin that the fare is sold in."""
        return CABIN[self.fare]

    def leg(self, leg_id: str) -> Leg | None:
        """The leg with this id, or None."""
        return next((leg for leg in self.legs if leg.id == leg_id), None)

    def legs_flown(self, now: datetime) -> int:
        """How many legs have been flown by `now`."""
        return sum(leg.flown(now) for leg in self.legs)

    def legs_ahead(self, now: datetime) -> tuple[Leg, ...]:
        """The legs that have not departed, earliest first, cancelled ones included."""
        return tuple(sorted((leg for leg in self.legs if leg.ahead(now)), key=lambda leg: leg.departs_at))

    def next_leg(self, now: datetime) -> Leg | None:
        """The flight that the traveller takes next: the earliest leg ahead that is not cancelled."""
        return next((leg for leg in self.legs_ahead(now) if not leg.cancelled), None)

    def with_leg(self, changed: Leg) -> "Booking":
        """The same booking with `changed` in the place of the leg of that id."""
        return self.model_copy(update={"legs": tuple(changed if leg.id == changed.id else leg for leg in self.legs)})
