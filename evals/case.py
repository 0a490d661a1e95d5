"""A case: a question as somebody typed it, where the answer stands, and what a right answer must and must not say."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from basics.errors import BadRequest
from basics.words import Lang
from evals.lines import BadLine, read_lines

CASES = Path(__file__).with_name("cases")


class Case(BaseModel):
    """One case. `must` holds groups of alternatives, one of each group has to stand in the answer; `who` is a persona or anonymous."""

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
