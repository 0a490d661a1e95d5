"""An order: what the airline's system is asked to do once, under a key; and what it can do, and what it says it has done."""

from typing import Literal, NamedTuple, get_args

from pydantic import AwareDatetime, BaseModel, Field

from basics.clock import Utc
from basics.money import Money
from basics.words import Words
from customers.airports import moment_worded
from customers.booking import AirportCode, Booking

ChangeKind = Literal["rebooking", "refund", "payment", "voucher", "seat", "bag", "lounge"]
CHANGE_KINDS: tuple[ChangeKind, ...] = get_args(ChangeKind)


class Line(NamedTuple):
    """One line of a card: what it is, and what it says."""

    label: Words
    value: Words


class Flight(BaseModel, frozen=True):
    """One departure that can be flown; moments are UTC, the zones are those of the two airports."""

    flight: str
    origin: AirportCode
    destination: AirportCode
    departs_at: Utc
    arrives_at: Utc
    origin_zone: str
    destination_zone: str

    def departure(self) -> Words:
        """The departure in local time."""
        return moment_worded(self.departs_at, self.origin, self.origin_zone)

    def arrival(self) -> Words:
        """The arrival in local time."""
        return moment_worded(self.arrives_at, self.destination, self.destination_zone)


class Choice(BaseModel, frozen=True):
    """One thing that the airline can do at this moment for a kind of change: a flight, a seat, so many bags, a lounge with guests, an amount.

    `price` is what it costs without any right (a fare difference, a seat's price, a bag's); `amount` what is paid out.
    """

    id: str = Field(min_length=1, max_length=80)
    flight: Flight | None = None
    seat: str | None = None
    pieces: int | None = None
    guests: int | None = None
    price: Money | None = None
    amount: Money | None = None


class Order(BaseModel, frozen=True):
    """What the airline is asked to do. `charged` is what the traveller pays, `paid_out` what they receive; `undoes` is the reference taken back.

    A voucher or a payment need not be about a booking.
    """

    kind: ChangeKind | Literal["undo"]
    traveller_id: str
    booking_id: str | None = None
    leg_id: str | None = None
    choice: Choice | None = None
    charged: Money | None = None
    paid_out: Money | None = None
    undoes: str | None = None


class ChangeDone(BaseModel, frozen=True):
    """What the airline's system answers: its own reference, the booking as it is now, a code it issued, and until when it can be undone."""

    reference: str
    booking: Booking | None = None
    code: str | None = None
    undo_until: AwareDatetime | None = None
