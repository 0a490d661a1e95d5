"""The promise as an operator gets it: half of the labels put the confidence right and choose the threshold, the other half tries both. Pure."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from evals.risk import Row, choose, ece

SPLITS = 20
STIFF = (1.0, 0.1)  # how strongly slope and shift are held to 1 and 0, in labels: few labels move them little
_FAR = 8.0  # log odds


class Operators(BaseModel, frozen=True):
    """What became of a promise on `runs` random halves: `carried` halves had labels enough to make it; of those `above` were wrong more often.

    `mean_wrong`, `worst_wrong` are of what was sent on the other halves, `coverage` the share of their questions that was sent an answer (0 where
    nothing is promised), `covered` the same by set of questions; `ece` is of all drafts of the other halves, the confidence put right.
    """

    allowed: float
    sure: float
    runs: int
    carried: int
    above: int
    mean_wrong: float | None
    worst_wrong: float | None
    coverage: float
    covered: Mapping[str, float]
    ece: float


def line_of(odds: Row, right: Row, stiff: tuple[float, float] = STIFF) -> tuple[float, float]:
    """Slope and shift that make these log odds fit the labels (Platt, 1999), held to 1 and 0 by a ridge; (1, 0) without labels."""
    w = np.array([1.0, 0.0])
    if not len(odds):
        return 1.0, 0.0
    x, ridge = np.column_stack([odds, np.ones(len(odds))]), np.diag(stiff)
    for _ in range(100):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        step = np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + ridge, x.T @ (p - right) + ridge @ (w - np.array([1.0, 0.0])))
        w = w - step * min(1.0, 1.0 / max(1e-9, float(np.abs(step).max())))  # no step over 1: a Newton step from afar overshoots
        if float(np.abs(step).max()) < 1e-8:
            break
    return float(w[0]), float(w[1])


def put_right(confidence: Row, right: NDArray[np.bool_], parts: Sequence[str], known: NDArray[np.bool_]) -> Row:
    """The confidence of every answer, each part (a base in a language) put right by the labels of the `known` ones; 0, no draft, stays 0."""
    odds = np.clip(np.log(np.clip(confidence, 1e-6, 1 - 1e-6) / (1 - np.clip(confidence, 1e-6, 1 - 1e-6))), -_FAR, _FAR)
    out, names = np.zeros(len(confidence)), np.array(parts)
    for name in np.unique(names):
        at = (names == name) & (confidence > 0)
        slope, shift = line_of(odds[at & known], right[at & known].astype(np.float64))
        out[at] = 1 / (1 + np.exp(-(odds[at] * slope + shift)))
    return out


def as_operators_do(
    confidence: Row, right: NDArray[np.bool_], parts: Sequence[str], sets: Sequence[str], groups: Sequence[str], allowed: float, sure: float
) -> Operators:
    """Halves by group (a document), each once: one has the labels, the other is asked."""
    named, of = np.unique(np.array(groups)), np.array(groups)
    which = np.array(sets)
    wrong_rates: list[float] = []
    coverage: list[float] = []
    errors: list[float] = []
    covered: dict[str, list[float]] = {name: [] for name in dict.fromkeys(sets)}
    for seed in range(SPLITS):
        known = np.isin(of, np.random.default_rng(seed).permutation(named)[: len(named) // 2])
        fair = put_right(confidence, right, parts, known)
        threshold = choose(fair[known], ~right[known], allowed, sure).threshold
        sent = ~known & (fair >= threshold) if threshold is not None else np.zeros(len(fair), dtype=bool)
        drafted = ~known & (fair > 0)
        errors.append(ece(fair[drafted], right[drafted]))
        coverage.append(float(sent.sum() / max(1, (~known).sum())))
        for name, shares in covered.items():
            shares.append(float((sent & (which == name)).sum() / max(1, (~known & (which == name)).sum())))
        if threshold is not None:
            wrong_rates.append(float((~right)[sent].mean()) if sent.any() else 0.0)
    return Operators(
        allowed=allowed,
        sure=sure,
        runs=SPLITS,
        carried=len(wrong_rates),
        above=sum(rate > allowed for rate in wrong_rates),
        mean_wrong=float(np.mean(wrong_rates)) if wrong_rates else None,
        worst_wrong=max(wrong_rates, default=None),
        coverage=float(np.mean(coverage)),
        covered={name: float(np.mean(shares)) for name, shares in covered.items()},
        ece=float(np.nanmean(errors)),
    )
