"""What an eval comes to, per language: shares as counts out of how many, never as a percentage of a handful."""

import os
import platform
from collections import Counter
from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel

from basics.words import LANGS, Lang
from evals.baselines import NAMES, Baseline, Name
from evals.run import Outcome


class BaselineCounts(BaseModel, frozen=True):
    """One plain search on the answerable cases."""

    name: Name
    article_at_1: int
    article_at_3: int
    right_at_1: int
    right_at_3: int


class Counts(BaseModel, frozen=True):
    """One language (or all): of `answerable` cases how many cited right, were right in the draft, were sent, were sent and right;
    of the others how many were sent."""

    lang: Lang | Literal["all"]
    answerable: int
    cited: int
    right_draft: int
    answered: int
    right_said: int
    unanswerable: int
    answered_unanswerable: int
    near_misses: int
    answered_near_misses: int
    baselines: tuple[BaselineCounts, ...]


class ModelCounts(BaseModel, frozen=True):
    """What a model did in a run: verdicts given, replies it was asked to word, what became of their sentences; `failed`: calls that failed."""

    name: str
    verdicts: int
    replies: int
    reworded: int
    repeated: int
    refused: int
    quoted: int
    failed: int


class Report(BaseModel, frozen=True):
    """A run of cases, whole."""

    cases: str
    as_of: str
    made_at: str
    embedder: str
    answer_at: float
    machine: str
    seconds: float
    turn_ms_p50: float
    turn_ms_p95: float
    model: ModelCounts | None = None
    counts: tuple[Counts, ...]
    outcomes: tuple[Outcome, ...]
    baselines: tuple[Baseline, ...]


def counts_of(outcomes: Sequence[Outcome], baselines: Sequence[Baseline]) -> tuple[Counts, ...]:
    """A line for each language that was asked, and one for all."""
    spoken = [lang for lang in LANGS if any(o.lang == lang for o in outcomes)]
    lines = [_counts(lang, [o for o in outcomes if o.lang == lang], baselines) for lang in spoken]
    return (*lines, _counts("all", outcomes, baselines))


def _counts(lang: Lang | Literal["all"], outcomes: Sequence[Outcome], baselines: Sequence[Baseline]) -> Counts:
    could, could_not = [o for o in outcomes if o.case.answerable], [o for o in outcomes if not o.case.answerable]
    ids = {o.case.id for o in could}
    return Counts(
        lang=lang,
        answerable=len(could),
        cited=sum(o.cited.ok for o in could),
        right_draft=sum(o.right_draft.ok for o in could),
        answered=sum(o.answered for o in could),
        right_said=sum(o.right_said.ok for o in could),
        unanswerable=len(could_not),
        answered_unanswerable=sum(o.answered for o in could_not),
        near_misses=sum(o.case.near_miss for o in could_not),
        answered_near_misses=sum(o.answered for o in could_not if o.case.near_miss),
        baselines=tuple(_baseline(name, [b for b in baselines if b.name == name and b.case_id in ids]) for name in NAMES),
    )


def _baseline(name: Name, of: Sequence[Baseline]) -> BaselineCounts:
    return BaselineCounts(
        name=name,
        article_at_1=sum(b.article_at_1 for b in of),
        article_at_3=sum(b.article_at_3 for b in of),
        right_at_1=sum(b.right_at_1 for b in of),
        right_at_3=sum(b.right_at_3 for b in of),
    )


def model_counts_of(outcomes: Sequence[Outcome], name: str, failed: int) -> ModelCounts:
    """What the model called `name` did for these outcomes."""
    said = Counter(how for o in outcomes for how in o.how)
    return ModelCounts(
        name=name,
        verdicts=sum(o.verdict is not None for o in outcomes),
        replies=sum(bool(o.how) for o in outcomes),
        reworded=said["model"],
        repeated=said["same"],
        refused=said["refused"],
        quoted=said["quoted"],
        failed=failed,
    )


def machine() -> str:
    """What the numbers were measured on."""
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{os.cpu_count()} cores{load}, Python {platform.python_version()}, {platform.system()} {platform.machine()}"
