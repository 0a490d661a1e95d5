"""Examples kept beside a rule file: what should come out for whom, in plain YAML, tried by `concierge rules test`.

A file is a list of examples, or `{now, facts, examples}`, where `now` and `facts` hold for every example that does not say otherwise.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple, Self

from pydantic import AwareDatetime, BaseModel, Field, ValidationError, model_validator

from basics.errors import ConciergeError
from basics.words import Words
from customers.rights import AIRLINE_ZONE, Effect, RightDecision, RuleBook
from customers.strict_yaml import YamlWrong, read_yaml
from customers.uses import Holder, Ledger, Per, Use, begins

HERE = Holder(traveller_id="this traveller", company_id="this company", booking_id="this booking", leg_id="this leg")
_ELSEWHERE: dict[Per, dict[str, str]] = {  # what is another one, where no more than this is the same
    "leg": {},
    "booking": {"leg_id": "another leg"},
    "traveller": {"leg_id": "another leg", "booking_id": "another booking"},
    "company": {"leg_id": "another leg", "booking_id": "another booking", "traveller_id": "another traveller"},
}


class ExamplesWrong(ConciergeError):
    """A file of examples that cannot be used: nothing was tried."""

    slug = "rules-wrong"

    def __init__(self, file: str, why: str) -> None:
        super().__init__(Words(en=f"{file}: {why}. Nothing was tried.", zh=f"示例文件有误（{file}）：{why}。未进行任何测试。"))


class _Part(BaseModel, frozen=True, extra="forbid"):
    """A part of the file: a key nobody knows is a typo, and is refused."""


class Used(_Part, frozen=True):
    """A rule that was used before: how often, how long ago, and what of the holder's is the same (`leg` means this very leg)."""

    rule: str
    times: int = Field(default=1, ge=1, le=1000)
    ago: str = Field(default="1 hour", pattern=r"^[1-9]\d{0,3} (hour|day|week|month|year)s?$")
    same: Per = "leg"


class Expected(_Part, frozen=True):
    """What should come out; of `gives` what is named is compared, and a list left out is not compared at all."""

    decision: Effect
    rule: str | None = None
    gives: dict[str, Any] | None = None
    missing: tuple[str, ...] | None = None
    says: str | None = Field(default=None, description="A part of one of the reasons, in either language.")


class Example(_Part, frozen=True):
    """One case: these facts, at this moment, after these uses; a fact given as null is one that is not known."""

    name: str = Field(min_length=1)
    right: str = Field(min_length=1)
    now: AwareDatetime | None = None
    facts: dict[str, Any] = {}
    used: tuple[Used, ...] = ()
    expect: Expected


class Examples(_Part, frozen=True):
    """A whole file; every name stands once, for that is how one that fails is told."""

    now: AwareDatetime | None = None
    facts: dict[str, Any] = {}
    examples: tuple[Example, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_name_once(self) -> Self:
        names = [example.name for example in self.examples]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice:
            raise ValueError(f"two examples are named {twice!r}; give each its own name")
        return self


class Difference(NamedTuple):
    """What an example expected of one thing, and what came out."""

    what: Literal["decision", "rule", "gives", "missing", "says"]
    expected: Any
    got: Any


class Tried(NamedTuple):
    """An example with what came out; no difference: it is as expected."""

    example: Example
    decision: RightDecision
    differences: tuple[Difference, ...]


def examples_file_of(rules: Path) -> Path:
    """Where the examples of a rule file are kept: `rights.examples.yaml` beside `rights.yaml`."""
    return rules.with_name(f"{rules.stem}.examples.yaml")


def read_examples(path: Path) -> Examples:
    """The examples at `path`; ExamplesWrong says which one cannot be used and why."""
    try:
        raw = read_yaml(path)
        return Examples.model_validate({"examples": raw} if isinstance(raw, list) else raw)
    except YamlWrong as wrong:
        raise ExamplesWrong(str(path), str(wrong)) from wrong
    except ValidationError as wrong:
        raise ExamplesWrong(str(path), _worded(raw, wrong)) from wrong


def try_examples(book: RuleBook, examples: Examples, now: datetime, zone: str = AIRLINE_ZONE) -> tuple[Tried, ...]:
    """Every example decided by `book`; one that names no moment is decided as of the file's, else of `now`."""
    return tuple(_tried(book, example, examples, example.now or examples.now or now, zone) for example in examples.examples)


def _tried(book: RuleBook, example: Example, file: Examples, now: datetime, zone: str) -> Tried:
    facts = {**_flat(file.facts), **_flat(example.facts)}
    uses = [use for used in example.used for use in _uses(book, example, used, now, zone)]
    decision = book.decide(example.right, facts, now, zone, Ledger(uses, HERE, now, zone))
    return Tried(example, decision, tuple(_differences(example.expect, decision)))


def _uses(book: RuleBook, example: Example, used: Used, now: datetime, zone: str) -> list[Use]:
    rule = book.rule(used.rule)
    if rule is None:
        raise ExamplesWrong(example.name, f"there is no rule {used.rule} that could have been used")
    holder = HERE.model_copy(update=_ELSEWHERE[used.same])
    return [Use(rule_id=rule.id, right=rule.right, holder=holder, at=begins(used.ago, now, zone))] * used.times


def _differences(expected: Expected, got: RightDecision) -> list[Difference]:
    found: list[Difference] = []
    if got.decision != expected.decision:
        found.append(Difference("decision", expected.decision, got.decision))
    if expected.rule is not None and got.rule_id != expected.rule:
        found.append(Difference("rule", expected.rule, got.rule_id))
    if expected.gives is not None and any(got.gives.get(name) != value or name not in got.gives for name, value in expected.gives.items()):
        found.append(Difference("gives", expected.gives, got.gives))
    if expected.missing is not None and set(got.missing) != set(expected.missing):
        found.append(Difference("missing", sorted(expected.missing), sorted(got.missing)))
    said = [text for words in got.reasons for text in (words.en, words.zh)]
    if expected.says is not None and not any(expected.says in text for text in said):
        found.append(Difference("says", expected.says, [words.en for words in got.reasons]))
    return found


def _flat(facts: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Facts by their whole names, however they were written: `leg: {days: 3}` is `leg.days`."""
    flat: dict[str, Any] = {}
    for name, value in facts.items():
        whole = f"{before}{name}"
        flat |= _flat(value, f"{whole}.") if isinstance(value, Mapping) else {whole: value}
    return flat


def _worded(raw: Any, wrong: ValidationError) -> str:
    """The first mistake, with the example's name instead of its number."""
    first = wrong.errors()[0]
    place = list(first["loc"])
    what = first["msg"].removeprefix("Value error, ")
    listed = raw.get("examples") if isinstance(raw, Mapping) else raw
    if place[:1] == ["examples"] and len(place) > 1 and isinstance(place[1], int) and isinstance(listed, list):
        given = listed[place[1]]
        name = given.get("name") if isinstance(given, Mapping) else None
        place = [f"example {name!r}" if name else f"example number {place[1] + 1}", *place[2:]]
    return f"{', '.join(map(str, place))}: {what}" if place else what
