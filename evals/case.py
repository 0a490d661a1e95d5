"""A case: a question as somebody typed it, where the answer stands, and what a right answer must and must not say."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from basics.errors import BadRequest
from basics.words import Lang
from desk.conversation import ReplyKind
from evals.lines import BadLine, read_lines

CASES = Path(__file__).with_name("cases")
DEVELOPMENT = tuple(sorted(CASES.glob("dev*.jsonl")))
"""The lists that may be fitted on."""
SUITES = ("as_of", "near_duplicates", "multi_turn", "moffatt", "unanswerable", "paired")
Said = tuple[Literal["traveller", "bot"], str]


class Case(BaseModel):
    """One case. `must` holds groups of alternatives, one of each group has to stand in the answer; `who` is a persona or anonymous.

    `pair` is shared by the same question in the other language, `history` what was said before (oldest first), `now` the moment it is asked at
    where that is not the eval's own, `version` the article version that answers, `decision` the decisions that are right (any, where empty).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    id: str
    lang: Lang
    question: str = Field(min_length=1)
    who: str = Field(default="anonymous", alias="as")
    answerable: bool
    near_miss: bool = False
    articles: tuple[str, ...] = ()
    must: tuple[tuple[str, ...], ...] = ()
    must_not: tuple[str, ...] = ()
    why: str = ""
    suite: str = ""
    pair: str = ""
    history: tuple[Said, ...] = ()
    now: AwareDatetime | None = None
    version: int | None = None
    decision: tuple[ReplyKind, ...] = ()


def read_cases(file: Path, personas: Sequence[str] = ()) -> tuple[Case, ...]:
    """Every case of a file. An id that stands there twice, and (where `personas` are given) an unknown asker, is a BadLine."""
    seen: dict[str, int] = {}
    out: list[Case] = []
    for at, case in read_lines(file, Case):
        if case.id in seen:
            raise BadLine(*at, f"the id {case.id!r} stands in line {seen[case.id]} already")
        if personas and case.who not in ("anonymous", *personas):
            raise BadLine(*at, f"'as' is {case.who!r}; it must be anonymous or one of {', '.join(personas)}")
        if case.answerable and not case.articles:
            raise BadLine(*at, "an answerable case names the article that answers in 'articles'")
        seen[case.id] = at.line
        out.append(case)
    if not out:
        raise BadRequest(f"{file} holds no cases.")
    return tuple(out)


def read_suite(name: str, personas: Sequence[str] = ()) -> tuple[Case, ...]:
    """Every case of one of the house's suites, or of `all` of them; BadRequest for a name that is none."""
    if name not in (*SUITES, "all"):
        raise BadRequest(f"--suite {name}: there is {', '.join(SUITES)}, and all. Nothing was asked.")
    return tuple(case for one in (SUITES if name == "all" else (name,)) for case in read_cases(CASES / f"{one}.jsonl", personas))


def sampled(cases: Sequence[Case], most: int) -> tuple[Case, ...]:
    """At most so many cases (0: all), drawn at random and always the same ones, in their order."""
    if most < 0:
        raise BadRequest("--sample is a number of questions, 0 for all. Nothing was asked.")
    if not 0 < most < len(cases):
        return tuple(cases)
    return tuple(cases[n] for n in sorted(np.random.default_rng(0).permutation(len(cases))[:most]))
