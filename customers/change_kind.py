"""What a kind of change has to say for itself, and the words that all kinds share. Each kind is a file of its own (change_rebooking.py, ...)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

from pydantic import BaseModel

from basics.money import Money
from basics.words import Words, words
from customers.airports import route
from customers.booking import FARE_WORDS, Booking, Leg
from customers.order import ChangeDone, Choice, Line

_CENT = Decimal("0.01")


class Option(BaseModel, frozen=True):
    """One of the airline's choices as the traveller may take it; `price` is what taking it costs, `usual` what it would cost without the right."""

    id: str
    choice: Choice
    label: Words
    note: Words | None = None
    price: Money | None = None

    @property
    def usual(self) -> Money | None:
        """What it costs without the right, where that is more."""
        usual = self.choice.price
        return usual if usual is not None and self.price is not None and usual.amount > self.price.amount else None


class About(NamedTuple):
    """What a change is about, what the right gives, and the moment it is worded at."""

    booking: Booking | None
    leg: Leg | None
    gives: Mapping[str, Any]
    now: datetime

    @property
    def flight(self) -> Leg:
        """The leg, of a kind that cannot do without one."""
        if self.leg is None:
            raise ValueError("this kind of change is about a flight")
        return self.leg


class Terms(NamedTuple):
    """The lines of a card, what is charged whatever is chosen, and what is paid out."""

    lines: tuple[Line, ...]
    price: Money
    paid_out: Money | None = None


class Agreed(NamedTuple):
    """What was said yes to."""

    booking_id: str | None
    option: Option | None
    price: Money
    paid_out: Money | None


class Kind(Protocol):
    """How one kind of change is worded and what it asks of a rule; a module fits it."""

    DONE: Words
    """The receipt's title."""
    NOTHING: Words | None
    """What is said where the airline has no choice that fits; None: this kind knows no choices."""
    NEEDS_LEG: bool

    def is_enough(self, gives: Mapping[str, Any]) -> bool:
        """Whether what a right gives says all that this kind has to know."""

    def options(self, about: About, choices: Sequence[Choice]) -> tuple[Option, ...]:
        """Those of the airline's choices that the right covers, priced by it."""

    def terms(self, about: About, options: Sequence[Option]) -> Terms:
        """What is agreed to by a yes."""

    def receipt(self, agreed: Agreed, done: ChangeDone) -> tuple[Line, ...]:
        """What was done, without the booking, the money that moved and the reference, which every receipt tells."""


def money(amount: Any, gives: Mapping[str, Any]) -> Money:
    """An amount in the currency that the rule names (CNY if none)."""
    return Money(amount=Decimal(str(amount)), currency=str(gives.get("currency", "CNY")))


def is_number(value: Any, least: float = 0, most: float = float("inf")) -> bool:
    """Whether a value of a rule is a number within these limits."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool) and least <= value <= most


def percent_of(price: Money, percent: Any) -> Money:
    """So many hundredths of a price, in whole cents."""
    return Money(amount=(price.amount * Decimal(str(percent)) / 100).quantize(_CENT).normalize(), currency=price.currency)


def free_of(price: Money) -> Money:
    """Nothing, in the same currency."""
    return price.model_copy(update={"amount": Decimal(0)})


def numbered(found: Sequence[tuple[Choice, Words, Words | None, Money | None]]) -> tuple[Option, ...]:
    """Options out of choices with label, note and price, in their order: option-1, option-2, ..."""
    return tuple(Option(id=f"option-{n}", choice=c, label=label, note=note, price=price) for n, (c, label, note, price) in enumerate(found, start=1))


def trip_lines(about: About) -> tuple[Line, ...]:
    """The booking and the flight that a change is about, as far as it is about any."""
    lines: tuple[Line, ...] = ()
    if about.booking is not None:
        lines = (Line(words("Booking", "订单"), same(about.booking.id)),)
    if about.leg is not None:
        flight = flight_worded(about.leg.flight, about.leg.origin, about.leg.destination)
        lines = (*lines, Line(words("Flight", "航班"), flight), Line(words("Departure", "起飞时间"), about.leg.departure()))
    return lines


def fare_line(booking: Booking) -> Line:
    """The fare that was bought."""
    return Line(words("Fare", "票价类型"), FARE_WORDS[booking.fare])


def flight_worded(flight: str, origin: str, destination: str) -> Words:
    """`9L218, Singapore – Shanghai`."""
    return words("{flight}, {route}", "{flight} {route}").filled(flight=flight, route=route(origin, destination))


def same(text: str) -> Words:
    """What is written alike in both languages."""
    return Words(en=text, zh=text)
