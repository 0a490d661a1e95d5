"""Refund: a flight or a whole booking given back, what is refundable paid out less the rule's fee."""

from collections.abc import Mapping, Sequence
from typing import Any

from basics.money import Money
from basics.words import Words, words
from customers.change_kind import About, Agreed, Option, Terms, fare_line, free_of, is_number, money, numbered, trip_lines
from customers.order import ChangeDone, Choice, Line

DONE = words("Your ticket has been refunded", "退票成功")
NOTHING: Words | None = words(
    "The airline's system shows nothing that can be refunded here. Nothing was changed. Ask a colleague to look.",
    "航司系统中没有可退的金额。订单未作任何更改，可请工作人员协助查询。",
)
NEEDS_LEG = False
BACK_TO = words("the means of payment that was used", "原支付方式")
_FEE = words("Refund fee", "退票手续费")


def is_enough(gives: Mapping[str, Any]) -> bool:
    """A fee to keep back; 0 refunds in full."""
    return is_number(gives.get("fee"))


def options(about: About, choices: Sequence[Choice]) -> tuple[Option, ...]:
    """The one amount that is refundable, if anything is left of it after the fee."""
    found = [c for c in choices if c.amount is not None and _left(about, c.amount).amount > 0]
    label = words("Refund", "退票")
    return numbered([(c, label, _left(about, c.amount).counted(), None) for c in found[:1] if c.amount is not None])


def terms(about: About, options: Sequence[Option]) -> Terms:
    """What is refundable, what is kept back, what is paid out and where to; the fee is part of what is paid out, so nothing is charged."""
    refundable = options[0].choice.amount or money(0, about.gives)
    left = _left(about, refundable)
    lines = (
        *trip_lines(about),
        *((fare_line(about.booking),) if about.booking else ()),
        Line(words("Refundable", "可退金额"), refundable.counted()),
        Line(_FEE, _fee(about, refundable).worded()),
        Line(words("You receive", "实退金额"), left.counted()),
        Line(words("Paid back to", "退回至"), BACK_TO),
        Line(
            words("Please note", "请注意"),
            words("The refunded flight can then no longer be flown.", "退票后，该航班不能再乘坐。")
            if about.leg
            else words("The refunded flights can then no longer be flown.", "退票后，订单中的航班均不能再乘坐。"),
        ),
    )
    return Terms(lines, free_of(left), left)


def receipt(agreed: Agreed, done: ChangeDone) -> tuple[Line, ...]:
    """Where the money goes."""
    return (Line(words("Paid back to", "退回至"), BACK_TO),)


def _fee(about: About, refundable: Money) -> Money:
    return money(about.gives["fee"], {"currency": refundable.currency})


def _left(about: About, refundable: Money) -> Money:
    return refundable.model_copy(update={"amount": refundable.amount - _fee(about, refundable).amount})
