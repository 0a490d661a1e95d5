"""Pairs: the same question in both languages. Do both reach the same decision and, if they are answered, the same article?"""

from collections.abc import Sequence

import numpy as np
from pydantic import BaseModel

from evals.risk import interval
from evals.run import Outcome


class Apart(BaseModel, frozen=True):
    """A pair whose languages went different ways."""

    pair: str
    en: str
    zh: str


class PairCounts(BaseModel, frozen=True):
    """Of so many pairs with both languages how many agree, how many decide alike, and the share that agrees with its 95 % bootstrap interval."""

    pairs: int
    agree: int
    decide_alike: int
    share: float
    low: float
    high: float
    apart: tuple[Apart, ...] = ()


def pair_counts_of(outcomes: Sequence[Outcome]) -> PairCounts | None:
    """The pairs among these outcomes, drawn with replacement as pairs for the interval; None where there is none."""
    both = pairs_in(outcomes)
    if not both:
        return None
    same = np.array([way_of(en) == way_of(zh) for en, zh in both], dtype=np.float64)
    names = [en.case.pair for en, _ in both]
    low, high = interval(lambda rows: float(same[rows].mean()), names)
    return PairCounts(
        pairs=len(both),
        agree=int(same.sum()),
        decide_alike=sum(en.decision == zh.decision for en, zh in both),
        share=round(float(same.mean()), 4),
        low=round(low, 4),
        high=round(high, 4),
        apart=tuple(Apart(pair=en.case.pair, en=" ".join(way_of(en)), zh=" ".join(way_of(zh))) for en, zh in both if way_of(en) != way_of(zh)),
    )


def pairs_in(outcomes: Sequence[Outcome]) -> list[tuple[Outcome, Outcome]]:
    """The English and the Chinese outcome of every pair that has both, in the order of the English ones."""
    zh = {o.case.pair: o for o in outcomes if o.case.pair and o.lang == "zh"}
    return [(o, zh[o.case.pair]) for o in outcomes if o.lang == "en" and o.case.pair in zh]


def way_of(outcome: Outcome) -> tuple[str, ...]:
    """The decision and, if it was answered, the first article it rests on."""
    return (outcome.decision, *outcome.articles[:1]) if outcome.answered else (outcome.decision,)
