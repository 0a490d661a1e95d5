"""Voucher: credit for a later purchase, under a code that the airline issues."""

from collections.abc import Mapping, Sequence
from typing import Any

from basics.words import Words, words
from customers.change_kind import About, Agreed, Option, Terms, free_of, is_number, money, same, trip_lines
from customers.order import ChangeDone, Choice, Line

DONE = words("Your voucher has been issued", "代金券已发放")
NOTHING: Words | None = None
NEEDS_LEG = False


def is_enough(gives: Mapping[str, Any]) -> bool:
    """A value above nothing."""
    return is_number(gives.get("amount")) and gives["amount"] > 0


def options(about: About, choices: Sequence[Choice]) -> tuple[Option, ...]:
    """None: there is nothing to choose."""
    return ()


def terms(about: About, options: Sequence[Option]) -> Terms:
    """What it is worth, and how it comes."""
    amount = money(about.gives["amount"], about.gives)
    lines = (
        *trip_lines(about),
        Line(words("Voucher", "代金券面额"), amount.counted()),
        Line(words("How it comes", "发放方式"), words("As a code on the receipt", "券码将显示在回执上")),
    )
    return Terms(lines, free_of(amount), amount)


def receipt(agreed: Agreed, done: ChangeDone) -> tuple[Line, ...]:
    """The code."""
    return (Line(words("Voucher code", "代金券码"), same(done.code)),) if done.code else ()
