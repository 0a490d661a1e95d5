"""Risk control: how often sent answers may be wrong, what labelled answers prove about it, and how many are missing. Pure.

A threshold is chosen by fixed-sequence testing with an exact binomial bound: Angelopoulos, Bates, Candes, Jordan and Lei, "Learn then
Test: Calibrating Predictive Algorithms to Achieve Risk Control" (2021); the bound is Clopper and Pearson (1934), one-sided.
"""

import math
from collections.abc import Callable, Sequence
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import BaseModel

Row = NDArray[np.float64]
GRID = tuple(round(0.99 - n / 100, 2) for n in range(75))  # 0.99 down to 0.25
_STARTS = (0, 2, 8)  # the walk begins where so many wrong answers would still pass; each start takes its part of the doubt
_MOST_WRONG = 5_000  # wrong answers; a guarantee that needs more labels than that is not worth guaranteeing


class Guarantee(BaseModel, frozen=True):
    """What labelled answers carry: from this confidence on at most `allowed` of the sent answers are wrong, at `sure`; None: nothing is guaranteed.

    `sent` and `wrong` are counted at the threshold (without one: at the step that came nearest), `upper` bounds the wrong rate there.
    `missing` more sent answers, wrong as often as those here, would carry it; None where no number of them would.
    """

    allowed: float
    sure: float
    labels: int
    threshold: float | None
    sent: int
    wrong: int
    upper: float
    missing: int | None

    @property
    def coverage(self) -> float:
        """The share of the labelled questions that are sent an answer under the guarantee."""
        return self.sent / self.labels if self.labels and self.threshold is not None else 0.0


def at_most(wrong: int, of: int, rate: float) -> float:
    """The chance of at most `wrong` in `of` answers where each is wrong with probability `rate`."""
    if wrong >= of or rate <= 0.0:
        return 1.0
    if rate >= 1.0:
        return 0.0
    steps = np.arange(wrong, dtype=np.float64)
    logs = np.concatenate([[0.0], np.cumsum(np.log((of - steps) / (steps + 1)))])
    logs += np.arange(wrong + 1) * (math.log(rate) - math.log1p(-rate)) + of * math.log1p(-rate)
    return min(1.0, float(np.exp(logs).sum()))


def upper_bound(wrong: int, of: int, sure: float) -> float:
    """The largest wrong rate (0..1) that `wrong` in `of` answers leave possible at this certainty: Clopper-Pearson, one-sided, exact."""
    if wrong >= of:
        return 1.0
    low, high = wrong / of, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if at_most(wrong, of, middle) > 1 - sure else (low, middle)
    return high


def labels_needed(wrong: int, allowed: float, sure: float) -> int:
    """The fewest labelled answers, `wrong` of them wrong, that carry the guarantee: 149 for 0 and 313 for 2 at 2 % and 95 %."""
    _possible(allowed, sure)
    few, many = wrong, wrong + 1
    while at_most(wrong, many, allowed) > 1 - sure:
        few, many = many, many * 2
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (middle, many) if at_most(wrong, middle, allowed) > 1 - sure else (few, middle)
    return many


def labels_missing(sent: int, wrong: int, allowed: float, sure: float) -> int | None:
    """How many more answers carry the guarantee if they are wrong as often as those so far; None where none would, or thousands of wrong ones."""
    if not wrong:
        return max(0, labels_needed(0, allowed, sure) - sent)
    if wrong >= allowed * sent:
        return None

    def carried(errors: int) -> bool:
        return labels_needed(errors, allowed, sure) <= errors * sent // wrong  # so many answers bring so many wrong ones

    few, many = wrong - 1, wrong
    while not carried(many):
        few, many = many, many * 2
        if many > _MOST_WRONG:
            return None
    while many - few > 1:  # the more wrong answers, the smaller the part of the answers that is needed for each
        middle = (few + many) // 2
        few, many = (few, middle) if carried(middle) else (middle, many)
    return max(sent, labels_needed(many, allowed, sure), (many - 1) * sent // wrong + 1) - sent


def choose(confidence: ArrayLike, wrong: ArrayLike, allowed: float, sure: float, grid: Sequence[float] = GRID) -> Guarantee:
    """The lowest threshold that keeps the guarantee, walked to from the strictest down and left at the first step that cannot be proved.

    Where to begin, and from how many starts (at most three, each with its part of the doubt), follows from the confidences alone, never
    from the labels: that, and stopping at the first failure, is what makes a choice among many thresholds honest.
    """
    _possible(allowed, sure)
    score, bad = np.asarray(confidence, dtype=np.float64), np.asarray(wrong, dtype=bool)
    steps = sorted({float(at) for at in grid}, reverse=True)
    counts = [(at, int((score >= at).sum()), int(bad[score >= at].sum())) for at in steps]
    starts = _starts(counts[-1][1] if counts else 0, allowed, sure)
    doubt = (1 - sure) / max(1, len(starts))
    proved: tuple[float, int, int] | None = None
    stopped: list[tuple[int, int]] = []
    for needed in starts:
        for at, n, k in (one for one in counts if one[1] >= needed):
            if at_most(k, n, allowed) > doubt:
                stopped.append((n, k))
                break
            proved = (at, n, k) if proved is None or at < proved[0] else proved
    if proved:
        at, n, k = proved
        upper = upper_bound(k, n, 1 - doubt)
        return Guarantee(allowed=allowed, sure=sure, labels=len(score), threshold=at, sent=n, wrong=k, upper=upper, missing=0)
    missing, n, k = _nearest(stopped or [(n, k) for _, n, k in counts if n], allowed, 1 - doubt)
    return Guarantee(
        allowed=allowed, sure=sure, labels=len(score), threshold=None, sent=n, wrong=k, upper=upper_bound(k, n, 1 - doubt), missing=missing
    )


def _starts(sent: int, allowed: float, sure: float) -> list[int]:
    """How many answers each start needs, for as many starts as there are answers for."""
    for many in range(len(_STARTS), 1, -1):
        needed = [labels_needed(errors, allowed, 1 - (1 - sure) / many) for errors in _STARTS[:many]]
        if needed[-1] <= sent:
            return needed
    alone = labels_needed(0, allowed, sure)
    return [alone] if alone <= sent else []


def _nearest(stopped: Sequence[tuple[int, int]], allowed: float, sure: float) -> tuple[int | None, int, int]:
    """Of the steps that could not be proved the one with the fewest labels missing, and its counts; where none would help, the fewest wrong."""
    known = [(labels_missing(n, k, allowed, sure), n, k) for n, k in stopped]
    helped = [(missing, -n, k) for missing, n, k in known if missing is not None]
    if helped:
        missing, n, k = min(helped)
        return missing, -n, k
    if not known:
        return labels_needed(0, allowed, sure), 0, 0
    return min(known, key=lambda one: (one[2] / one[1], -one[1]))


def _possible(allowed: float, sure: float) -> None:
    if not (0 < allowed < 1 and 0.5 <= sure < 1):
        raise ValueError(f"a wrong rate between 0 and 1 and a certainty of 0.5 to below 1 are needed, not {allowed} and {sure}")


def risk_coverage(confidence: ArrayLike, wrong: ArrayLike) -> tuple[Row, Row]:
    """Coverage (1/n .. 1) and the wrong rate among the answers sent there, surest first; equally sure ones share their wrong ones evenly."""
    score = np.asarray(confidence, dtype=np.float64)
    order = np.argsort(-score, kind="stable")
    bad = shared(score, wrong)[order]
    sent = np.arange(1, len(bad) + 1)
    return sent / max(1, len(bad)), np.cumsum(bad) / sent


def aurc(confidence: ArrayLike, wrong: ArrayLike) -> float:
    """The area under the risk-coverage curve (Geifman and El-Yaniv, 2017): the mean wrong rate over all coverages; lower is better."""
    _, risk = risk_coverage(confidence, wrong)
    return float(risk.mean()) if len(risk) else math.nan


def bins_of(confidence: ArrayLike, right: ArrayLike, bins: int = 10) -> list[tuple[float, float, int]]:
    """Mean confidence, share right and number of each bin, equally many answers a bin: a reliability diagram."""
    score = np.asarray(confidence, dtype=np.float64)
    order, good = np.argsort(score, kind="stable"), shared(score, right)
    parts = np.array_split(order, min(bins, len(order))) if len(order) else []
    return [(float(score[part].mean()), float(good[part].mean()), len(part)) for part in parts]


def ece(confidence: ArrayLike, right: ArrayLike, bins: int = 10) -> float:
    """Expected calibration error over bins of equal mass: how far the confidence lies from the share that is right, 0..1."""
    made = bins_of(confidence, right, bins)
    return sum(n * abs(said - was) for said, was, n in made) / sum(n for _, _, n in made) if made else math.nan


def shared(score: Row, label: ArrayLike) -> Row:
    """Each label as the mean of all labels at the same score, so that nothing depends on the order of equals."""
    _, place, many = np.unique(score, return_inverse=True, return_counts=True)
    return np.asarray(np.bincount(place, weights=np.asarray(label, dtype=np.float64), minlength=len(many)) / many, dtype=np.float64)[place]


def interval(
    figure: Callable[[NDArray[np.int64]], float], groups: Sequence[str], sure: float = 0.95, rounds: int = 300, seed: int = 0, centred: bool = False
) -> tuple[float, float]:
    """The percentile bootstrap of a figure of row numbers; groups (questions about one article) are drawn as a whole, as they are not independent.

    `centred`: around the figure itself, by the spread of the draws, and not below 0; for a sum of distances (ECE), which every draw makes larger.
    """
    _, place = np.unique(np.asarray(groups), return_inverse=True)
    rows = [np.flatnonzero(place == n) for n in range(int(place.max()) + 1)] if len(place) else []
    if not rows:
        return math.nan, math.nan
    draw = np.random.default_rng(seed)
    drawn = [figure(np.concatenate([rows[n] for n in draw.integers(0, len(rows), len(rows))])) for _ in range(rounds)]
    if np.isnan(drawn).all():
        return math.nan, math.nan
    if centred:
        here, reach = figure(np.concatenate(rows)), NormalDist().inv_cdf((1 + sure) / 2) * float(np.nanstd(drawn))
        return max(0.0, here - reach), here + reach
    low, high = np.nanquantile(drawn, [(1 - sure) / 2, 1 - (1 - sure) / 2])
    return float(low), float(high)
