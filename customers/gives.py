"""What a right gives: plain values from the rule file, or values worked out from facts ({cel: …})."""

import math
from collections.abc import Mapping
from typing import Any

from customers.condition import Condition, ConditionWrong, Facts
from customers.declared import FactType
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
