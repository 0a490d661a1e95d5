"""Lounge: the lounge at the airport of departure, with so many guests, free of charge."""

from collections.abc import Mapping, Sequence
from typing import Any

from basics.words import Words, words
from customers.airports import city
from customers.change_kind import About, Agreed, Option, Terms, free_of, is_number, money, numbered, same, trip_lines
from customers.order import ChangeDone, Choice, Line

DONE = words("The lounge expects you", "贵宾厅已预留")
NOTHING: Words | None = words(
    "There is no lounge for this flight. Nothing was changed.",
    "该航班出发机场没有可用的贵宾厅。订单未作任何更改。",
)
NEEDS_LEG = True
_GUESTS = words("For", "使用人")


def is_enough(gives: Mapping[str, Any]) -> bool:
    """How many guests may come along."""
    return is_number(gives.get("guests"))


def options(about: About, choices: Sequence[Choice]) -> tuple[Option, ...]:
    """The lounge of the airport of departure."""
    guests = int(about.gives["guests"])
    found = [c.model_copy(update={"guests": guests}) for c in choices[:1]]
    return numbered([(c, _lounge(about), None, free_of(c.price) if c.price else None) for c in found])


def terms(about: About, options: Sequence[Option]) -> Terms:
    """Where, and who may come along."""
    guests = int(about.gives["guests"])
    lines = (
        *trip_lines(about),
        Line(words("Lounge", "贵宾厅"), _lounge(about)),
        Line(_GUESTS, _guests_worded(guests)),
        Line(words("Price", "费用"), words("free of charge", "免费")),
    )
    return Terms(lines, money(0, about.gives))


def receipt(agreed: Agreed, done: ChangeDone) -> tuple[Line, ...]:
    """Who may come along, and what to show at the door."""
    lines = (Line(_GUESTS, _guests_worded(agreed.option.choice.guests or 0)),) if agreed.option else ()
    return (*lines, Line(words("Show at the entrance", "入场凭证"), same(done.code))) if done.code else lines


def _lounge(about: About) -> Words:
    return words("{city} airport", "{city}机场").filled(city=city(about.flight.origin))


def _guests_worded(guests: int) -> Words:
    if guests == 0:
        return words("you", "本人")
    return words(f"you and {guests} guest{'s' if guests != 1 else ''}", f"本人及{guests}位同行人")
