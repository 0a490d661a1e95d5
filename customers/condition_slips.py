"""Slips that CEL would let pass, and come out true, false or missing for ever: each is refused with what to write instead."""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from customers.condition_words import ConditionWrong, Token
from customers.declared import FactType


def refuse_slips(tokens: Sequence[Token], declared: Mapping[str, FactType]) -> None:
    """Refuse, as ConditionWrong, what compares things that can never be equal, or is no comparison at all."""
    _refuse_days_without_quotes(tokens)
    _refuse_unequal_kinds(tokens, declared)
    _refuse_other_kinds_in_a_list(tokens, declared)
    _refuse_numbers_as_keys(tokens, declared)


def refuse_joined_clauses(tokens: Sequence[Token]) -> None:
    """Refuse, as ConditionWrong, two conditions in one clause, and a missing fact taken for a no."""
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
            how = f"; write {tokens[i + 1].text} in {tokens[i - 1].text}" if left == "list" else ""
            raise ConditionWrong(f"{tokens[i - 1].text} is a {left} and {tokens[i + 1].text} a {right}: they can never be equal{how}")


def _refuse_other_kinds_in_a_list(tokens: Sequence[Token], declared: Mapping[str, FactType]) -> None:
    """`booking.passengers in ["1", "2"]` is always false in CEL, without an error; so is a list in the place of one of its elements."""
    for i, token in enumerate(tokens[1:-1], start=1):
        if token != Token("operator", "in"):
            continue
        before, after = tokens[i - 1], tokens[i + 1]
        kind = declared.get(before.text) if before.kind == "path" else before.kind if before.kind in ("string", "number", "bool") else None
        if after.text == "(":
            raise ConditionWrong("a list stands in square brackets: [1, 2]")
        if after.text != "[" or kind is None:
            if kind == "list" and after.kind == "path":
                raise ConditionWrong(f"{before.text} is a list; write {before.text}.exists(x, x in {after.text})")
            continue
        listed = {t.kind for t in tokens[i + 2 : _closing(tokens, i + 1)] if t.kind in ("string", "number", "bool")}
        if kind == "list":
            raise ConditionWrong(f'{before.text} is a list; write "…" in {before.text}, or {before.text}.exists(x, x in […])')
        if listed and kind not in listed:
            raise ConditionWrong(f"{before.text} is a {kind} and can never be one of these, which are each a {' or '.join(sorted(listed))}")


def _refuse_numbers_as_keys(tokens: Sequence[Token], declared: Mapping[str, FactType]) -> None:
    """A table's keys are texts: CEL looks nothing up by a decimal number."""
    for before, opening, key, closing in zip(tokens, tokens[1:], tokens[2:], tokens[3:], strict=False):
        of_a_table = before.kind == "path" and before.text not in declared
        if of_a_table and opening.text == "[" and closing.text == "]" and (key.kind == "number" or declared.get(key.text) == "number"):
            written = f'"{key.text}"' if key.kind == "number" else f"string({key.text})"
            raise ConditionWrong(f"a table is looked up by a text: {before.text}[{written}]")


def _closing(tokens: Sequence[Token], opening: int) -> int:
    return next((i for i in range(opening, len(tokens)) if tokens[i].text == "]"), len(tokens))


def _refuse_days_without_quotes(tokens: Sequence[Token]) -> None:
    """`2026-01-31` is a subtraction, and comes to 1994."""
    bare = "".join(f'"{"." * (len(t.text) - 2)}"' if t.kind == "string" else f" {t.text} " for t in tokens)
    if day := re.search(r"(?<!\S)(\d{4})\s+-\s+(0\d|1[0-2])\s+-\s+([0-3]\d)(?!\S)", bare):
        written = "-".join(day.groups())
        raise ConditionWrong(f'{written} without quotes is a subtraction; compare days as texts, "{written}", or use in_force')


def divisors(tokens: Sequence[Token], declared: Mapping[str, FactType]) -> tuple[str, ...]:
    """The facts divided by. 1.0 / 0.0 is infinite in CEL, and `infinite > 500` true: so a divisor must be one we can look at."""
    found = []
    for before, after in pairwise(tokens):
        if before == Token("mark", "/"):
            if after.kind == "path" and after.text in declared:
                found.append(after.text)
            elif after.kind != "number" or float(after.text) == 0:
                raise ConditionWrong("divide only by a number that is not 0, or by a fact")
    return tuple(found)
