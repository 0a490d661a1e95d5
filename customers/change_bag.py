"""Extra bag: pieces of baggage beyond those of the fare, at the rule's share of their price."""

from collections.abc import Mapping, Sequence
from typing import Any

from basics.words import Words, words
from customers.change_kind import About, Agreed, Option, Terms, is_number, money, numbered, percent_of, trip_lines
from customers.change_seat import share_worded
from customers.order import ChangeDone, Choice, Line

DONE = words("Your extra baggage is booked", "额外行李已办妥")
NOTHING: Words | None = words(
    "The airline cannot take more baggage on this flight. Nothing was changed.",
    "该航班暂不能增加托运行李。订单未作任何更改。",
)
NEEDS_LEG = True
_BAGS = words("Extra baggage", "额外托运行李")


def is_enough(gives: Mapping[str, Any]) -> bool:
    """How many pieces at most, and how many hundredths of their price are paid."""
    return is_number(gives.get("pieces"), least=1) and is_number(gives.get("percent"), most=100)


def options(about: About, choices: Sequence[Choice]) -> tuple[Option, ...]:
    """As many pieces as the right covers, or fewer."""
    found = []
    for choice in choices:
        if choice.pieces and choice.price is not None and choice.pieces <= about.gives["pieces"]:
            found.append((choice, pieces_worded(choice.pieces), None, percent_of(choice.price, about.gives["percent"])))
    return numbered(found)


def terms(about: About, options: Sequence[Option]) -> Terms:
    """The flight, how many pieces, and how their price is reckoned."""
    most = max(option.choice.pieces or 0 for option in options)
    lines = (
        *trip_lines(about),
        Line(_BAGS, words("up to {pieces}", "最多{pieces}").filled(pieces=pieces_worded(most)) if most > 1 else pieces_worded(most)),
        Line(words("Price", "费用"), share_worded(about.gives["percent"])),
    )
    return Terms(lines, money(0, about.gives))


def receipt(agreed: Agreed, done: ChangeDone) -> tuple[Line, ...]:
    """How many pieces."""
    return (Line(_BAGS, pieces_worded(agreed.option.choice.pieces or 0)),) if agreed.option else ()


def pieces_worded(pieces: int) -> Words:
    """`1 piece`, `2 pieces`."""
    return words(f"{pieces} piece{'s' if pieces != 1 else ''}", f"{pieces}件")
