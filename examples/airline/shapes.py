"""The contract's shapes as Heron Air writes them down for its OpenAPI page; docs/connect.md says what they mean."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, Field

Kind = Literal["rebooking", "refund", "payment", "voucher", "seat", "bag", "lounge"]


class Said(BaseModel):
    """A sentence in both languages."""

    en: str
    zh: str


class Problem(BaseModel):
    """RFC 9457, with the sentence for the traveller."""

    type: str
    title: str
    status: int
    said: Said | None = None


class Money(BaseModel):
    """An amount in whole units of the currency."""

    amount: Decimal
    currency: str


class Tag(BaseModel):
    """A dated fact about somebody."""

    name: str
    title: Said
    source: str
    set_by: str
    since: datetime
    until: datetime | None = None


class Consent(BaseModel):
    """What a traveller agreed to be told."""

    service: bool = True
    marketing: bool = False
    email: bool = True
    quiet_from: time = time(22)
    quiet_to: time = time(8)
    zone: str = "Asia/Shanghai"


class Activity(BaseModel):
    """What somebody flew within twelve months."""

    as_of: date
    flights: int
    miles: int
    cabins: dict[str, int] = {}
    flights_before: int = 0
    last_flown: date | None = None


class Traveller(BaseModel):
    """A person; `tags` null: not known at the moment, empty: none."""

    id: str
    name: Said
    email: str
    tier: Literal["member", "silver", "gold", "platinum"]
    company_id: str | None = None
    role: Literal["traveller", "company_admin"] = "traveller"
    lang: Literal["en", "zh"] = "en"
    tags: list[Tag] | None = None
    activity: Activity | None = None
    consent: Consent = Consent()


class Company(BaseModel):
    """A corporate customer."""

    id: str
    name: Said
    country: str
    employees: int
    status: Literal["active", "pending", "left"]
    joined_on: date
    number: str | None = None
    tags: list[Tag] | None = None


class Flight(BaseModel):
    """One departure; moments with an offset."""

    flight: str
    origin: str
    destination: str
    departs_at: datetime
    arrives_at: datetime
    origin_zone: str
    destination_zone: str


class Disruption(BaseModel):
    """What went wrong; minutes against the schedule."""

    event: Literal["delay", "cancellation", "denied_boarding", "schedule_change"]
    cause: str = "unknown"
    announced_at: datetime
    leaves_late: int = 0
    arrives_late: int | None = None


class Leg(Flight):
    """One flight of a booking."""

    id: str
    direction: Literal["outbound", "return"]
    cancelled: bool = False
    refunded: bool = False
    disruption: Disruption | None = None


class Booking(BaseModel):
    """One ticketed trip."""

    id: str = Field(pattern="^[A-Z0-9]{6}$")
    traveller_id: str
    bought_through: Literal["company_account", "personal"]
    fare: Literal["light", "standard", "flex", "business"]
    passengers: int
    ticketed_at: datetime
    legs: list[Leg]


class Bookings(BaseModel):
    """Every booking of a traveller."""

    bookings: list[Booking]


class Choice(BaseModel):
    """One thing that can be done."""

    id: str
    flight: Flight | None = None
    seat: str | None = None
    pieces: int | None = None
    guests: int | None = None
    price: Money | None = None
    amount: Money | None = None


class Choices(BaseModel):
    """What can be done at this moment."""

    choices: list[Choice]


class Order(BaseModel):
    """What is to be done. A voucher or a payment need not be about a booking."""

    kind: Kind | Literal["undo"]
    traveller_id: str
    booking_id: str | None = None
    leg_id: str | None = None
    choice: Choice | None = None
    charged: Money | None = None
    paid_out: Money | None = None
    undoes: str | None = None


class Done(BaseModel):
    """What was done."""

    reference: str
    booking: Booking | None = None
    code: str | None = None
    undo_until: datetime | None = None


class Outcome(BaseModel):
    """What became of an order, under its key."""

    key: str
    state: Literal["pending", "done", "refused"]
    done: Done | None = None
    said: Said | None = None

    @classmethod
    def of(cls, row: dict[str, Any], answer: dict[str, Any]) -> "Outcome":
        """From the row of the order."""
        if row["state"] in ("DONE", "UNDONE"):
            return cls(key=row["order_key"], state="done", done=Done.model_validate(answer))
        return cls(key=row["order_key"], state="refused" if row["state"] == "REFUSED" else "pending", said=answer.get("said"))
