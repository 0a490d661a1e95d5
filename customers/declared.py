"""Declared facts: their types, and which of the values given for them may be used."""

import math
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel

from basics.words import Words

FactType = Literal["string", "number", "bool", "list"]


class FactSpec(BaseModel, frozen=True, extra="forbid"):
    """A fact that rules may ask for: its type, what absent means (if anything), and how a person would call it."""

    type: FactType
    default: str | float | bool | tuple[str | float | bool, ...] | None = None
    title: Words | None = None


def usable(facts: Mapping[str, Any], specs: Mapping[str, FactSpec]) -> dict[str, Any]:
    """The declared facts with a value of their type, `{"leg.direction": …}` or `{"leg": {"direction": …}}`; numbers come as floats.

    Absent (or None) becomes the default if there is one. A value of the wrong type counts as missing and gets **no** default:
    a default says what absence means, and this is not absence.
    """
    found: dict[str, Any] = {}
    for name, spec in specs.items():
        given = _given(facts, name)
        value = _of_type(spec.default if given is None else given, spec.type)
        if value is not None:
            found[name] = value
    return found


def _given(facts: Mapping[str, Any], name: str) -> Any:
    if name in facts:
        return facts[name]
    branch: Any = facts
    for part in name.split("."):
        branch = branch.get(part) if isinstance(branch, Mapping) else None
    return branch


def _of_type(value: Any, wanted: FactType) -> Any:
    """`value` as CEL may see it, or None if it is not what was declared (True is no number, NaN neither)."""
    if wanted == "number":
        return _number(value)
    if wanted == "list":
        return _list(value)
    return value if isinstance(value, str if wanted == "string" else bool) else None


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _list(value: Any) -> list[Any] | None:
    """A list of one kind of element; a null or a record among them would make `!("blocked" in tags)` true unseen."""
    if not isinstance(value, list | tuple | set | frozenset):
        return None
    return next((elements for wanted in ("string", "number", "bool") if (elements := _all_of(value, wanted)) is not None), None)


def _all_of(values: Collection[Any], wanted: Any) -> list[Any] | None:
    elements = [_of_type(value, wanted) for value in values]
    return None if any(element is None for element in elements) else elements
