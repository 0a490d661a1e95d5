"""One condition in CEL (Common Expression Language): read with suspicion, then asked about facts. `cel` is named only here."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import cel

from customers.condition_slips import divisors, refuse_joined_clauses, refuse_slips
from customers.condition_words import ConditionWrong, Token, named, tokens_of
from customers.declared import FactType

# CEL never turns a whole number into a decimal one, and `1 * 2.0` is an error: so everything an author can touch is a double.
_OWN_FUNCTIONS = {"size": "size_of", "int": "whole"}
_FUNCTION_TABLE = {
    "size_of": lambda value: float(len(value)),
    "whole": lambda value: float(math.trunc(float(value))),
    "min": lambda *numbers: min(map(_number, numbers)),
    "max": lambda *numbers: max(map(_number, numbers)),
    "ceil": lambda number: float(math.ceil(_number(number))),
    "floor": lambda number: float(math.floor(_number(number))),
    "round": lambda number: float(math.floor(_number(number) + 0.5)),  # a half goes up, as people count, not to the even one
    "abs": lambda number: abs(_number(number)),
}


def _number(value: Any) -> float:
    if not isinstance(value, float):
        raise TypeError(f"{value!r} is no number")
    return value


class Facts:
    """Facts made ready for conditions: every name they may ask for is known, only usable values are in it."""

    def __init__(self, values: Mapping[str, Any], declared: Mapping[str, FactType], tables: Mapping[str, Any]) -> None:
        self.values = dict(values)
        self.answers: dict[str, bool | None] = {}  # by the condition's source: rules about one thing ask the same again and again
        self._tables: Mapping[str, Any] | None = tables
        tree: dict[str, Any] = {}
        for name in declared:
            *folders, last = name.split(".")
            branch = tree
            for folder in folders:
                branch = branch.setdefault(folder, {})
            if name in values:  # an absent fact is left out, never null: CEL says `null != "gold"`
                branch[last] = values[name]
        self._ready = cel.Context(variables=tree, functions=_FUNCTION_TABLE)

    def ready(self, with_tables: bool) -> cel.Context:
        """What CEL reads. The tables are handed over when the first condition looks something up: that costs more than all the facts."""
        if with_tables and self._tables is not None:
            self._ready.add_variable("tables", dict(self._tables))
            self._tables = None
        return self._ready


class Condition:
    """A compiled condition: `names` are the declared facts it asks for, `literals` and `numbers` what it compares with, `calls` its functions."""

    def __init__(self, source: str, declared: Mapping[str, FactType], tables: Mapping[str, Any], *, one_clause: bool = True) -> None:
        tokens = named(list(tokens_of(source)), declared, tables)
        if one_clause:
            refuse_joined_clauses(tokens)
        refuse_slips(tokens, declared)
        self.source = source
        self.names = tuple(dict.fromkeys(t.text for t in tokens if t.kind == "path" and t.text in declared))
        self.tables = tuple(dict.fromkeys(t.text.split(".")[1] for t in tokens if t.kind == "path" and t.text not in declared))
        self.literals = tuple(_text_of(t) for t in tokens if t.kind == "string")
        self.numbers = tuple(float(t.text) for t in tokens if t.kind == "number")
        self.calls = frozenset(t.text for t in tokens if t.kind == "call")
        self.calculates = any(t.kind == "mark" and t.text in "+-*/%" for t in tokens)
        self.indexed = frozenset(tokens[i - 1].text for i, t in enumerate(tokens) if i and t.text == "[" and tokens[i - 1].kind == "path")
        self._divisors = divisors(tokens, declared)
        try:
            self._program = cel.compile(_as_doubles(tokens))
        except Exception as wrong:
            raise ConditionWrong(f"it cannot be read: {str(wrong).splitlines()[0]}") from wrong

    def value(self, facts: Facts) -> Any:
        """What the condition comes to; any error of CEL, or a division by a fact that is 0, is raised."""
        if self._divisors and any(facts.values.get(name) == 0 for name in self._divisors):
            raise ZeroDivisionError(f"divides by one of {self._divisors}, which is 0")
        return self._program.execute(facts.ready(bool(self.tables)))

    def holds(self, facts: Facts) -> bool | None:
        """True, False, or None when that cannot be said: a fact is missing, an error, or something that is neither."""
        if self.source not in facts.answers:
            try:
                value = self.value(facts)
            except Exception:  # whatever went wrong: not known is the only safe reading, and the engine refers it to a person
                value = None
            facts.answers[self.source] = value if isinstance(value, bool) else None
        return facts.answers[self.source]


def _as_doubles(tokens: Sequence[Token]) -> str:
    """The source again, whole numbers written as decimals except where one is the index of a list."""
    out = []
    for i, token in enumerate(tokens):
        text = token.text
        if token.kind == "number" and text.isdigit() and not _is_index(tokens, i):
            text += ".0"
        elif token.kind == "call":
            text = _OWN_FUNCTIONS.get(text, text)
        out.append(text)
    return " ".join(out)


def _is_index(tokens: Sequence[Token], at: int) -> bool:
    before = tokens[at - 2] if at >= 2 else None
    in_brackets = 0 < at < len(tokens) - 1 and tokens[at - 1].text == "[" and tokens[at + 1].text == "]"
    return in_brackets and before is not None and (before.kind in ("path", "bound") or before.text in (")", "]"))


def _text_of(token: Token) -> str:
    return token.text.lstrip("rR")[1:-1]
