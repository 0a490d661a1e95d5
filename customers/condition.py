"""One condition in CEL (Common Expression Language): read with suspicion, then asked about facts. `cel` is named only here."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import cel

from customers.declared import FactType

_TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n]*)
    |(?P<string>[rR]?("(\\.|[^"\\\n])*"|'(\\.|[^'\\\n])*'))
    |(?P<number>\d+\.\d+([eE][+-]?\d+)?|\.\d+([eE][+-]?\d+)?|\d+[eE][+-]?\d+|\d+)
    |(?P<name>[A-Za-z_]\w*)
    |(?P<mark>&&|\|\||[=!<>]=|[-+*/%<>!?:.,()\[\]{}])""",
    re.VERBOSE,
)
_MACROS = frozenset({"exists", "all", "exists_one", "map", "filter"})
_FUNCTIONS = _MACROS | {"size", "int", "double", "string", "contains", "startsWith", "endsWith", "matches", "timestamp", "duration", "has"}
_CONSTANTS = {"true": "bool", "false": "bool", "null": "null", "in": "operator"}
# CEL never turns a whole number into a decimal one, and `1 * 2.0` is an error: so everything an author can touch is a double.
_OWN_FUNCTIONS = {"size": "size_of", "int": "whole"}
_FUNCTION_TABLE = {"size_of": lambda value: float(len(value)), "whole": lambda value: float(math.trunc(float(value)))}


class ConditionWrong(ValueError):
    """A condition that may not be used, said plainly."""


@dataclass(frozen=True)
class Token:
    """A piece of a condition: its kind (string, number, name, path, call, mark) and its text."""

    kind: str
    text: str


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
    """A compiled condition: `names` are the declared facts it asks for, `literals` the texts it compares with."""

    def __init__(self, source: str, declared: Mapping[str, FactType], tables: Mapping[str, Any], *, one_clause: bool = True) -> None:
        tokens = _joined(list(_tokens(source)), declared, tables)
        if one_clause:
            _refuse_joined_clauses(tokens)
        _refuse_unequal_kinds(tokens, declared)
        self.source = source
        self.names = tuple(dict.fromkeys(t.text for t in tokens if t.kind == "path" and t.text in declared))
        self.tables = tuple(dict.fromkeys(t.text.split(".")[1] for t in tokens if t.kind == "path" and t.text not in declared))
        self.literals = tuple(_text_of(t) for t in tokens if t.kind == "string")
        self._divisors = _divisors(tokens, declared)
        try:
            self._program = cel.compile(_as_doubles(tokens))
        except Exception as wrong:
            raise ConditionWrong(f"it cannot be read: {str(wrong).splitlines()[0]}") from wrong

    def value(self, facts: Facts) -> Any:
        """What the condition comes to; any error of CEL, or a division by a fact that is 0, is raised."""
        if any(facts.values.get(name) == 0 for name in self._divisors):
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


def _tokens(source: str) -> Iterator[Token]:
    at = 0
    while at < len(source):
        match = _TOKEN.match(source, at)
        if match is None or match.lastgroup is None:
            raise ConditionWrong(f"it cannot be read at {source[at : at + 12]!r}")
        # the last named group that took part is the outermost: the others are unnamed
        if match.lastgroup != "space":
            yield Token(match.lastgroup, match.group())
        at = match.end()


def _joined(tokens: Sequence[Token], declared: Mapping[str, FactType], tables: Mapping[str, Any]) -> list[Token]:
    """Names and dots become whole paths and calls; one that is not declared is refused here, for CEL would only ever miss it."""
    bound = _bound_names(tokens, declared)
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.kind != "name":
            out.append(token)
            at += 1
            continue
        follows_dot = bool(out) and out[-1].text == "."
        parts, at = [token.text], at + 1
        while not follows_dot and at + 1 < len(tokens) and tokens[at].text == "." and tokens[at + 1].kind == "name":
            if tokens[at + 2 : at + 3] and tokens[at + 2].text == "(":
                break  # a method: `.startsWith(`
            parts.append(tokens[at + 1].text)
            at += 2
        called = at < len(tokens) and tokens[at].text == "(" and len(parts) == 1
        out.append(_named(parts, called, follows_dot, bound, declared, tables))
    return out


def _bound_names(tokens: Sequence[Token], declared: Mapping[str, FactType]) -> frozenset[str]:
    bound = {
        tokens[i + 2].text
        for i in range(len(tokens) - 3)
        if tokens[i].text in _MACROS and tokens[i + 1].text == "(" and tokens[i + 2].kind == "name" and tokens[i + 3].text == ","
    }
    roots = {name.split(".")[0] for name in declared} | {"tables"}
    if bound & roots:
        raise ConditionWrong(f"{', '.join(sorted(bound & roots))} is the name of a fact and cannot stand for an element of a list")
    return frozenset(bound)


def _named(
    parts: list[str], called: bool, follows_dot: bool, bound: frozenset[str], declared: Mapping[str, FactType], tables: Mapping[str, Any]
) -> Token:
    path = ".".join(parts)
    if path in _CONSTANTS:
        return Token(_CONSTANTS[path], path)
    if called:
        if path not in _FUNCTIONS:
            raise ConditionWrong(f"there is no function {path}(); known are {', '.join(sorted(_FUNCTIONS))}")
        return Token("call", path)
    if follows_dot:  # a column of a table's row: tables.free_bags[traveller.tier].economy
        return Token("field", path)
    if parts[0] in bound:
        return Token("bound", path)
    if path in declared or (parts[0] == "tables" and len(parts) > 1 and parts[1] in tables):
        return Token("path", path)
    raise ConditionWrong(f"{path} is not declared under facts or tables; declared are {', '.join(sorted(declared)) or 'none'}")


def _refuse_joined_clauses(tokens: Sequence[Token]) -> None:
    if any(token.text == "&&" and token.kind == "mark" for token in tokens):
        raise ConditionWrong("&& joins two conditions; write one clause a line, each with what to say when it fails")
    if any(token == Token("call", "has") for token in tokens):
        raise ConditionWrong("has() turns a missing fact into a no; give the fact a default instead if absent means something")


def _refuse_unequal_kinds(tokens: Sequence[Token], declared: Mapping[str, FactType]) -> None:
    """`booking.legs_flown != "1"` is always true in CEL, without an error: two kinds that can never be equal are refused."""

    def kind(token: Token) -> str | None:
        if token.kind == "path":
            return declared.get(token.text)
        return token.kind if token.kind in ("string", "number", "bool", "null") else None

    for i, token in enumerate(tokens[1:-1], start=1):
        if token.text not in ("==", "!="):
            continue
        left, right = kind(tokens[i - 1]), kind(tokens[i + 1])
        if left and right and left != right:
            raise ConditionWrong(f"{tokens[i - 1].text} is a {left} and {tokens[i + 1].text} a {right}: they can never be equal")


def _divisors(tokens: Sequence[Token], declared: Mapping[str, FactType]) -> tuple[str, ...]:
    """The facts divided by. 1.0 / 0.0 is infinite in CEL, and `infinite > 500` true: so a divisor must be one we can look at."""
    found = []
    for before, after in pairwise(tokens):
        if before == Token("mark", "/"):
            if after.kind == "path" and after.text in declared:
                found.append(after.text)
            elif after.kind != "number" or float(after.text) == 0:
                raise ConditionWrong("divide only by a number that is not 0, or by a fact")
    return tuple(found)


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
