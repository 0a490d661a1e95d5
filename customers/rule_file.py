"""Reading a rule file: every mistake is told in a sentence that names the place and what to write instead."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from customers.declared import FactSpec
from customers.rules import Clause, InForce, NotWith, Offer, Quota, Rule, RuleFile, RulesWrong, Until
from customers.strict_yaml import YamlWrong, read_yaml

_KEYS_OF: dict[str, type[BaseModel]] = {
    "rules": Rule,
    "when": Clause,
    "in_force": InForce,
    "quota": Quota,
    "not_with": NotWith,
    "offer": Offer,
    "until": Until,
    "facts": FactSpec,
}
_TEXTS = ("title", "else", "holds", "says", "usually", "terms")
_LOOKS: dict[str, str] = {
    "facts": "write the facts as `name: type`, a type being string, number, bool or list",
    "tables": "write a table as `name: {key: value}`",
    "rules": "write the rules as a list, each beginning with `- id:`",
    "when": "write each clause as `- if: …` with `else: {en: …, zh: …}`; `when: []` holds always",
    "if": "write the condition as one text",
    "in_force": "write it as {from: 2026-01-01, to: 2026-12-31}; either may be left out",
    "gives": "write it as {amount: 100, currency: CNY}, or {cel: 25 * booking.passengers}",
    "quota": "write it as {times: 1, per: booking}",
    "not_with": "write it as {rights: [free_change], per: booking, else: {en: …, zh: …}}",
    "until": "write it as {hours_before_departure: 3}",
    "offer": "write it as {unasked: true, moments: [delay]}",
    "within": "write it as 24 hours, 7 days, 12 months, 1 year, or calendar year",
    "at_most": "write it as 1 per 7 days",
    "article": 'write the id of an article, or {cites: "Regulation (EC) No 261/2004, Article 7"}',
    "from": "write a day as 2026-01-31",
    "to": "write a day as 2026-01-31",
}


def read_rule_file(path: Path) -> RuleFile:
    """The rule file at `path`, its shape checked; RulesWrong says where it is not one."""
    read = rule_file_or_mistakes(path)
    if isinstance(read, RuleFile):
        return read
    raise read[0]


def rule_file_or_mistakes(path: Path) -> RuleFile | tuple[RulesWrong, ...]:
    """The rule file at `path`, or everything that is wrong with its shape, in the order of the file."""
    try:
        raw = read_yaml(path)
    except YamlWrong as wrong:
        return (RulesWrong(str(path), None, None, str(wrong)),)
    if not isinstance(raw, dict):
        return (RulesWrong(str(path), None, None, "it is not a rule file: write facts:, tables: and rules: at its left edge"),)
    cut = tuple(_cut_texts(path, raw))
    if cut:
        return cut
    try:
        return RuleFile.model_validate(raw)
    except ValidationError as wrong:
        return tuple({str(one): one for one in (_worded(path, raw, error) for error in _typos_first(wrong.errors()))}.values())


def _typos_first(errors: list[ErrorDetails]) -> list[ErrorDetails]:
    """A misspelt key is missing under its own name too: the misspelling is what to tell."""
    return sorted(errors, key=lambda error: error["type"] == "missing")


def _cut_texts(path: Path, raw: Mapping[str, Any]) -> Iterator[RulesWrong]:
    """Texts that a comma cut in two: `{en: Not today, sorry, zh: …}` is read as en, sorry and zh."""

    def cut(value: Any, place: tuple[str | int, ...]) -> Iterator[RulesWrong]:
        if isinstance(value, Mapping):
            if place and place[-1] in _TEXTS and {"en", "zh"} & set(value) and (more := [key for key in value if key not in ("en", "zh")]):
                where = _Place(raw, list(place))
                yield where.wrong(path, f"{where.key}: the text is cut at {str(more[0])!r} by a comma; put a text that holds a comma between quotes")
            else:
                for key, inner in value.items():
                    yield from cut(inner, (*place, key))
        elif isinstance(value, list):
            for n, inner in enumerate(value):
                yield from cut(inner, (*place, n))

    return cut(raw, ())


class _Place:
    """Where in the file something stands: the rule's id, the clause's text, and the keys below."""

    def __init__(self, raw: Any, place: list[str | int]) -> None:
        self.rule_id: str | None = None
        self.clause: str | None = None
        place = [part for part in place if not _is_a_choice(part)]
        if place[:1] == ["rules"] and len(place) > 1 and isinstance(place[1], int):
            rule = raw["rules"][place[1]]
            named = rule.get("id") if isinstance(rule, Mapping) else None
            self.rule_id = str(named) if named else f"number {place[1] + 1}"
            place = place[2:]
            if place[:1] == ["when"] and len(place) > 1 and isinstance(place[1], int):
                given = rule["when"][place[1]]
                self.clause = f"{place[1] + 1} ({given.get('if', 'no condition') if isinstance(given, Mapping) else given})"
                place = place[2:]
        self.key = ".".join(str(part) for part in place)

    def wrong(self, path: Path, why: str) -> RulesWrong:
        return RulesWrong(str(path), self.rule_id, self.clause, why)


def _is_a_choice(part: str | int) -> bool:
    """Whether pydantic put it there to say which of several shapes it tried."""
    return isinstance(part, str) and (part.startswith(("literal[", "tuple[", "dict[")) or part in ("FactSpec", "Cites", "str", "[key]"))


def _worded(path: Path, raw: Any, error: ErrorDetails) -> RulesWrong:
    """One mistake that pydantic found, with the rule's id and the clause's text instead of numbers, and what to do."""
    place = _Place(raw, list(error["loc"]))
    said = _said(error)
    return place.wrong(path, f"{place.key}: {said}" if place.key else said)


def _said(error: ErrorDetails) -> str:
    kind, loc, given = error["type"], [part for part in error["loc"] if not _is_a_choice(part)], error["input"]
    named = [part for part in loc if isinstance(part, str)]
    last = named[-1] if named else ""
    if kind == "missing":
        return f"{_missing(last)}"
    if kind == "extra_forbidden":
        return _unknown_key(named)
    if kind == "string_type" and not isinstance(given, list | dict):
        return f"a text is needed, and {_as_yaml(given)} without quotes is none: put it between quotes"
    if last in _TEXTS and not isinstance(given, Mapping):
        return "write the text in both languages: {en: …, zh: …}"
    if (kind.endswith("literal_error") and "facts" in named[:1]) or (named[:1] == ["facts"] and kind != "string_pattern_mismatch"):
        return "a fact is a string, number, bool or list, alone or as {type: number, default: 0, title: {en: …, zh: …}}; a day is a string"
    if kind == "string_pattern_mismatch" and named[:1] == ["facts"]:
        return "a fact's name is made of letters, digits, _ and dots, such as booking.legs_flown"
    what = error["msg"].removeprefix("Value error, ")
    advice = None if kind in ("value_error", "literal_error") else next((_LOOKS[name] for name in reversed(named) if name in _LOOKS), None)
    if isinstance(loc[-1] if loc else None, int) and last == "when":
        advice = _LOOKS["when"]
    return f"{what}; {advice}" if advice else what


def _missing(key: str) -> str:
    return {
        "else": "it is missing: add what to say when the condition does not hold, else: {en: …, zh: …}",
        "if": "it is missing: add the condition, if: …",
        "when": "it is missing: add the conditions, or `when: []` for a rule that holds always",
        "article": "it is missing: add the article that the rule comes from, or {cites: …}",
        "en": "the English text is missing",
        "zh": "the Chinese text is missing",
    }.get(key, "it is missing")


def _unknown_key(named: list[str]) -> str:
    """What to write instead of a key that nobody knows."""
    model = next((_KEYS_OF[name] for name in reversed(named[:-1]) if name in _KEYS_OF), RuleFile)
    known = [field.alias or name for name, field in model.model_fields.items()]
    close = get_close_matches(named[-1], known, 1)
    return f"there is no such key; did you mean {close[0]}?" if close else f"there is no such key; known are {', '.join(known)}"


def _as_yaml(given: Any) -> str:
    return "yes, no, on, off, true or false" if isinstance(given, bool) else "an empty value" if given is None else str(given)
