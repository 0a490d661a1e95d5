"""`concierge bench rights`: any airline's rules on any cases: the contract of DESIGN section 5."""

import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, TextIO

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from basics.words import Words
from customers.rights import AIRLINE_ZONE, Effect, RightDecision, RuleBook, load_rules
from evals.bench_rag import opened
from evals.docs import GivenId
from evals.lines import BadLine, read_lines
from evals.minds import err, progress

_TOLD_EVERY = 200  # cases; drawing the bar for each would take longer than deciding it


class RightCase(BaseModel):
    """A case as it is given; a fact that is null is one that is not known."""

    model_config = ConfigDict(frozen=True)

    id: GivenId
    now: AwareDatetime
    right: str = Field(min_length=1)
    facts: dict[str, Any]


class Decided(BaseModel, frozen=True):
    """One line of the result: the contract's fields, then what they rest on."""

    id: GivenId
    decision: Effect
    gives: dict[str, Any]
    reasons: tuple[str, ...]
    reasons_zh: tuple[str, ...]
    rule: str | None
    article: str | None
    missing: tuple[str, ...]


def run(rules: Path, cases: Path, out: Path, zone: str = AIRLINE_ZONE) -> None:
    """Read the rules and the cases, write one line a case (`-`: to standard output); nothing else is written."""
    book, given = load_rules(rules), read_cases(cases)
    for note in _notes(book, given):
        err.print(note, style="yellow", highlight=False, markup=False)
    with _lines(out) as lines, progress("Deciding") as told:
        since, worked = time.perf_counter(), time.process_time()
        for done, one in enumerate(decided(book, given, zone), start=1):
            lines.write(json.dumps(one.model_dump(mode="json"), ensure_ascii=False) + "\n")
            if done % _TOLD_EVERY == 0:
                told(done, len(given))
        took, worked = time.perf_counter() - since, time.process_time() - worked
    rate = f" ({len(given) / took:,.0f} a second; {len(given) / worked:,.0f} a second of one core's time)" if given and worked else ""
    err.print(
        f"{len(book.rules)} rules, {len(given)} decisions with their reasons in {took:.2f} s{rate}. Result: {out}", highlight=False, markup=False
    )


def read_cases(file: Path) -> tuple[RightCase, ...]:
    """Every case of a file; an id that stands there twice is a BadLine."""
    seen: dict[GivenId, int] = {}
    out: list[RightCase] = []
    for at, one in read_lines(file, RightCase):
        if one.id in seen:
            raise BadLine(*at, f"the id {one.id!r} stands in line {seen[one.id]} already; give every case its own")
        seen[one.id] = at.line
        out.append(one)
    return tuple(out)


def decided(book: RuleBook, cases: Sequence[RightCase], zone: str = AIRLINE_ZONE) -> Iterator[Decided]:
    """One result a case, in order; nothing was used before."""
    for case in cases:
        yield _line(case.id, book.decide(case.right, case.facts, case.now, zone))


def _line(id: GivenId, decision: RightDecision) -> Decided:
    return Decided(
        id=id,
        decision=decision.decision,
        gives=decision.gives,
        reasons=_in(decision.reasons, "en"),
        reasons_zh=_in(decision.reasons, "zh"),
        rule=decision.rule_id,
        article=decision.article,
        missing=decision.missing,
    )


def _in(reasons: Sequence[Words], lang: str) -> tuple[str, ...]:
    return tuple(words.zh if lang == "zh" else words.en for words in reasons)


def _lines(out: Path) -> AbstractContextManager[TextIO]:
    return nullcontext(sys.stdout) if str(out) == "-" else opened(out)


def _notes(book: RuleBook, cases: Sequence[RightCase]) -> Iterator[str]:
    """What looks like a slip in the cases: a right or a fact that the rules do not know."""
    rights = dict.fromkeys(case.right for case in cases if case.right not in book.rights)
    if rights:
        yield f"No rule speaks of {', '.join(rights)}: it is denied. The rules speak of {', '.join(book.rights)}."
    facts = dict.fromkeys(name for case in cases for name in _names(case.facts, book.specs))
    if facts:
        yield f"Facts that the rules do not declare, and so do not see: {', '.join(facts)}."


def _names(facts: Mapping[str, Any], declared: Mapping[str, Any], before: str = "") -> Iterator[str]:
    for name, value in facts.items():
        whole = f"{before}{name}"
        if isinstance(value, Mapping) and whole not in declared:
            yield from _names(value, declared, f"{whole}.")
        elif whole not in declared:
            yield whole
