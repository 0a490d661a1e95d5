"""Sample facts: every condition is tried on them when rules are loaded, so that one that can never work is refused then."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from customers.condition import Condition, Facts
from customers.condition_words import ConditionWrong
from customers.declared import FactType

_MOST_TRIALS = 4000
_STRIDE = 7919  # a prime: walks through all combinations evenly when there are too many to try
_LONG = 4  # elements of a sample list: `reroute[1]` has to find one
_PLAIN_TEXTS = ("sample", "1", "2026-01-01T00:00:00Z", "1h")
# What CEL says of a value that depends on the facts (a key a table does not have, a text that is no date): no fault of the rule.
_DATA_ERRORS = (LookupError, ZeroDivisionError)


def try_out(condition: Condition, declared: Mapping[str, FactType], tables: Mapping[str, Any], *, answers: tuple[type, ...]) -> None:
    """Refuse, as ConditionWrong, a condition that never gives one of `answers`, or on some facts gives something else or breaks."""
    problems = [_problem(condition, declared, tables, answers, list_element) for list_element in ("sample", 1.0)]
    if all(problems):  # a list may hold texts or numbers: it has to work with one of them
        raise ConditionWrong(str(problems[0]))


def _problem(
    condition: Condition, declared: Mapping[str, FactType], tables: Mapping[str, Any], answers: tuple[type, ...], list_element: str | float
) -> str | None:
    asked = {name: declared[name] for name in condition.names}
    known = {name: tables[name] for name in condition.tables}
    worked, last = False, "it gives no answer on any facts of the declared types"
    for values in _samples(condition, declared, tables, list_element):
        try:
            value = condition.value(Facts(values, asked, known))
        except _DATA_ERRORS as error:
            last = f"it gives no answer on any facts of the declared types ({error})"
            continue
        except Exception as error:
            if "Function '" in str(error):  # timestamp("sample"): the text is wrong, not the rule
                continue
            return f"it cannot be worked out: {str(error).split('. ')[0]}"
        if not isinstance(value, answers) or (isinstance(value, bool) and bool not in answers):
            return f"it gives {value!r}, which is not {' or '.join('true or false' if a is bool else a.__name__ for a in answers)}"
        worked = True
    return None if worked else last


def _samples(
    condition: Condition, declared: Mapping[str, FactType], tables: Mapping[str, Any], list_element: str | float
) -> Iterator[dict[str, Any]]:
    """Facts of the declared types, with the texts that the condition and its tables know among them."""
    keys = [key for name in condition.tables for key in _keys(tables[name])]
    texts = tuple(dict.fromkeys((*condition.literals, *keys, *_PLAIN_TEXTS)))
    values: dict[FactType, tuple[Any, ...]] = {
        "string": texts,
        "number": (0.0, 1.0, 1000.0),
        "bool": (True, False),
        "list": ([], [list_element] * _LONG, list(condition.literals) or [list_element]),
    }
    if not isinstance(list_element, str):
        values["list"] = ([], [list_element], [list_element] * _LONG)
    choices = [values[declared[name]] for name in condition.names]
    total = math.prod(len(choice) for choice in choices)
    for trial in range(min(total, _MOST_TRIALS)):
        at = trial if total <= _MOST_TRIALS else trial * _STRIDE % total
        sample = {}
        for name, choice in zip(condition.names, choices, strict=True):
            at, pick = divmod(at, len(choice))
            sample[name] = choice[pick]
        yield sample


def _keys(table: Any) -> Iterator[str]:
    if isinstance(table, Mapping):
        for key, value in table.items():
            yield key
            yield from _keys(value)
