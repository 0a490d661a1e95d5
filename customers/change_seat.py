"""Seat: one of the free seats of a flight, at the rule's share of its price."""

from collections.abc import Mapping, Sequence
from typing import Any

from basics.words import Words, words
from customers.change_kind import About, Agreed, Option, Terms, is_number, money, numbered, percent_of, same, trip_lines
from customers.order import ChangeDone, Choice, Line

DONE = words("Your seat is reserved", "选座成功")
NOTHING: Words | None = words(
    "There is no free seat left that this right covers. Nothing was changed.",
    "该航班已没有这项权益可选的座位。订单未作任何更改。",
)
NEEDS_LEG = True
_SEAT = words("Seat", "座位")


def is_enough(gives: Mapping[str, Any]) -> bool:
    """How many hundredths of the price are paid."""
    return is_number(gives.get("percent"), most=100)


def options(about: About, choices: Sequence[Choice]) -> tuple[Option, ...]:
    """The free seats whose price is known."""
    found = []
    for choice in choices:
        if choice.seat and choice.price is not None:
            found.append((choice, same(choice.seat), None, percent_of(choice.price, about.gives["percent"])))
    return numbered(found)


def terms(about: About, options: Sequence[Option]) -> Terms:
    """The flight, and how the price of a seat is reckoned."""
    return Terms((*trip_lines(about), Line(words("Price of the seat", "选座费"), share_worded(about.gives["percent"]))), money(0, about.gives))


def receipt(agreed: Agreed, done: ChangeDone) -> tuple[Line, ...]:
    """The seat."""
    return (Line(_SEAT, same(agreed.option.choice.seat)),) if agreed.option and agreed.option.choice.seat else ()


def share_worded(percent: Any) -> Words:
    """The share of a price that is paid."""
    if percent == 0:
        return words("free of charge", "免费")
    if percent == 100:
        return words("As shown with each choice", "以各选项所示为准")
    return words(f"{percent:g} % of the usual price, as shown with each choice", f"按原价的 {percent:g}% 收取，以各选项所示为准")
