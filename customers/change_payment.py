"""Payment: money paid to the traveller, as compensation that the law or the airline's own word owes them."""

from collections.abc import Mapping, Sequence
from typing import Any

from basics.words import Words, words
from customers.change_kind import About, Agreed, Option, Terms, free_of, is_number, money, trip_lines
from customers.change_refund import BACK_TO
from customers.order import ChangeDone, Choice, Line

DONE = words("The payment is on its way", "款项已安排支付")
NOTHING: Words | None = None
NEEDS_LEG = False


def is_enough(gives: Mapping[str, Any]) -> bool:
    """An amount above nothing."""
    return is_number(gives.get("amount")) and gives["amount"] > 0


def options(about: About, choices: Sequence[Choice]) -> tuple[Option, ...]:
    """None: there is nothing to choose."""
    return ()


def terms(about: About, options: Sequence[Option]) -> Terms:
    """How much, and where to."""
    amount = money(about.gives["amount"], about.gives)
    lines = (*trip_lines(about), Line(words("You receive", "您将收到"), amount.counted()), Line(words("Paid to", "支付至"), BACK_TO))
    return Terms(lines, free_of(amount), amount)


def receipt(agreed: Agreed, done: ChangeDone) -> tuple[Line, ...]:
    """Where the money goes."""
    return (Line(words("Paid to", "支付至"), BACK_TO),)
