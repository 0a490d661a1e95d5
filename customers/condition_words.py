"""The words of a condition: its tokens, and every name in it known; what cannot be read is told with what to write instead."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

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
_NUMBERS = frozenset({"min", "max", "ceil", "floor", "round", "abs"})
_TEXTS = frozenset({"contains", "startsWith", "endsWith", "matches"})
FUNCTIONS = _MACROS | _NUMBERS | _TEXTS | {"size", "int", "double", "string", "timestamp", "duration", "has"}
_CONSTANTS = {"true": "bool", "false": "bool", "null": "null", "in": "operator"}


class ConditionWrong(ValueError):
    """A condition that may not be used, said plainly."""


@dataclass(frozen=True)
class Token:
    """A piece of a condition: its kind (string, number, name, path, call, mark) and its text."""

    kind: str
    text: str


def tokens_of(source: str) -> Iterator[Token]:
    """The tokens of a condition; ConditionWrong where it cannot be read, with what was most probably meant."""
    at = 0
    while at < len(source):
        match = _TOKEN.match(source, at)
        if match is None or match.lastgroup is None:
            raise ConditionWrong(f"it cannot be read at {source[at : at + 12]!r}{_advice_at(source, at)}")
        # the last named group that took part is the outermost: the others are unnamed
        if match.lastgroup != "space":
            yield Token(match.lastgroup, match.group())
        at = match.end()


def _advice_at(source: str, at: int) -> str:
    """What an author most probably meant where the reading stopped."""
    sign = source[at]
    if sign in "“”„‘’「」《》":
        return '; put texts between straight quotes, such as "gold"'
    if sign in "\"'":
        return "; a quotation mark is not closed"
    if sign == "=":
        return "; to compare, write == (equal), != (not equal), <=, >=, < or >"
    if sign in "&|":
        return "; write || for or, and a clause of its own for and"
    return {
        "≥": "; write >=",
        "≤": "; write <=",
        "≠": "; write !=",
        "，": "; write a plain comma",
        "（": "; write plain brackets",
        "）": "; write plain brackets",
    }.get(sign, "")


def named(tokens: Sequence[Token], declared: Mapping[str, FactType], tables: Mapping[str, Any]) -> list[Token]:
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
        if path not in FUNCTIONS:
            raise ConditionWrong(f"there is no function {path}(); known are {', '.join(sorted(FUNCTIONS))}")
        return Token("call", path)
    if follows_dot:  # a column of a table's row: tables.free_bags[traveller.tier].economy
        return Token("field", path)
    if parts[0] in bound:
        return Token("bound", path)
    if path in declared or (parts[0] == "tables" and len(parts) > 1 and parts[1] in tables):
        return Token("path", path)
    raise ConditionWrong(f"{path} is not declared under facts or tables{_advice_on(path, declared, tables)}")


_INSTEAD = {"and": "write one clause a line instead of and", "or": "write || instead of or", "not": "write ! instead of not"}
_INSTEAD |= {"True": "write true", "False": "write false", "TRUE": "write true", "FALSE": "write false", "yes": "write true", "no": "write false"}


def _advice_on(path: str, declared: Mapping[str, FactType], tables: Mapping[str, Any]) -> str:
    if path in _INSTEAD:
        return f"; {_INSTEAD[path]}"
    if close := get_close_matches(path, [*declared, *(f"tables.{table}" for table in tables)], 1):
        return f"; did you mean {close[0]}?"
    facts = f"declared are {', '.join(sorted(declared)) or 'none'}"
    return f'; if it is a text, write it between quotes: "{path}"; {facts}' if "." not in path else f"; {facts}"
