"""What a right gives: plain values from the rule file, or values worked out from facts ({cel: …})."""

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from basics.words import Words, words
from customers.condition import Condition, Facts
from customers.condition_words import ConditionWrong
from customers.declared import FactType
from customers.order import ChangeKind
from customers.samples import try_out

_PLACES = 6  # CEL counts in doubles: 0.1 * 3 is 0.30000000000000004, and nobody is owed that


class Gives:
    """The `gives` of a rule, its expressions compiled; a whole that is one number stands in `amount`."""

    def __init__(self, written: Mapping[str, Any], declared: Mapping[str, FactType], tables: Mapping[str, Any]) -> None:
        """Compile and try every expression; ConditionWrong says which may not be used."""
        self._whole = set(written) == {"cel"}
        self._found: list[Condition] = []
        self._written = self._compiled(dict(written), declared, tables, (float, dict) if self._whole else (float, str, bool))
        self.conditions = tuple(self._found)

    def worked_out(self, facts: Facts) -> dict[str, Any]:
        """The values on these facts, whole numbers as int; anything that cannot be said is raised."""
        value = _settled(self._written, facts)
        return value if isinstance(value, dict) else {"amount": value}

    def _compiled(self, written: Any, declared: Mapping[str, FactType], tables: Mapping[str, Any], answers: tuple[type, ...]) -> Any:
        if isinstance(written, Mapping) and set(written) == {"cel"}:
            try:
                condition = Condition(str(written["cel"]), declared, tables, one_clause=False)
                try_out(condition, declared, tables, answers=answers)
            except ConditionWrong as wrong:
                raise ConditionWrong(f"{written['cel']!r}: {wrong}") from wrong
            self._found.append(condition)
            return condition
        if isinstance(written, Mapping):
            return {str(key): self._compiled(value, declared, tables, (float, str, bool)) for key, value in written.items()}
        if isinstance(written, list):
            return [self._compiled(value, declared, tables, (float, str, bool)) for value in written]
        return written


def _settled(written: Any, facts: Facts) -> Any:
    if isinstance(written, Condition):
        return _settled(written.value(facts), facts)
    if isinstance(written, Mapping):
        return {key: _settled(value, facts) for key, value in written.items()}
    if isinstance(written, list):
        return [_settled(value, facts) for value in written]
    return _exact(written) if isinstance(written, float) else written


def _exact(number: float) -> int | float:
    if not math.isfinite(number):
        raise ArithmeticError(f"{number} is not an amount")
    rounded = round(number, _PLACES)
    return int(rounded) if rounded.is_integer() else rounded


class Allowed(NamedTuple):
    """What may stand under a name in `gives`, and how a person would say it."""

    said: Words
    fits: Callable[[Any], bool]


def _a_number(low: float, high: float = math.inf) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high


_FEE = Allowed(words("a fee, 0 or more", "手续费，0 或以上"), _a_number(0))
_AMOUNT = Allowed(words("an amount, more than 0", "金额，大于 0"), lambda value: _a_number(0)(value) and value > 0)
_CURRENCY = Allowed(words("a currency such as CNY", "币种，例如 CNY"), lambda value: isinstance(value, str) and len(value) == 3 and value.isupper())
_PERCENT = Allowed(words("the share of the price that is paid, 0 to 100", "需支付的价格比例，0 至 100"), _a_number(0, 100))
_PIECES = Allowed(words("a number of pieces, 1 or more", "件数，1 或以上"), _a_number(1))
_GUESTS = Allowed(words("a number of guests, 0 or more", "随行人数，0 或以上"), _a_number(0))
_DIFFERENCE = Allowed(words("waived or payable", "waived（免收）或 payable（需支付）"), lambda value: value in ("waived", "payable"))
REQUIRED: dict[ChangeKind, dict[str, Allowed]] = {
    "rebooking": {"fee": _FEE, "fare_difference": _DIFFERENCE},
    "refund": {"fee": _FEE},
    "payment": {"amount": _AMOUNT, "currency": _CURRENCY},
    "voucher": {"amount": _AMOUNT, "currency": _CURRENCY},
    "seat": {"percent": _PERCENT},
    "bag": {"pieces": _PIECES, "percent": _PERCENT},
    "lounge": {"guests": _GUESTS},
}
"""What a rule has to give so that its change can be carried out."""
