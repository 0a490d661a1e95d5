"""A figure: one number of a report, whose it is, what it is of, and its 95 % bootstrap interval. Pure."""

from collections.abc import Callable, Iterable, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from evals.risk import interval, upper_bound

Better = Literal["more", "less"]
Unit = Literal["share", "turns", "s", "ms", "area"]
_PLACES: dict[Unit, int] = {"share": 1, "turns": 2, "s": 2, "ms": 1, "area": 3}
_ONE_SIDED = 0.975  # so that a bound on the open side is as sure as one end of a 95 % interval


class Figure(BaseModel, frozen=True):
    """`value` of `who` in `part` of the cases, with its interval; a share also as `count` of `of`. None where there is nothing to measure."""

    who: str
    part: str
    name: str
    better: Better
    unit: Unit = "share"
    count: int | None = None
    of: int
    value: float | None
    low: float | None
    high: float | None

    @property
    def told(self) -> str:
        """The number and its interval, as a table shows them."""
        if self.value is None or self.low is None or self.high is None:
            return "-"
        if self.unit == "share":
            return f"{self.count}/{self.of} = {self.value:.0%} ({self.low:.0%} to {self.high:.0%})"
        places = _PLACES[self.unit]
        return f"{self.value:.{places}f}{_after(self.unit)} ({self.low:.{places}f} to {self.high:.{places}f})"

    @property
    def short(self) -> str:
        """The number alone, as a terminal has room for it."""
        if self.value is None:
            return "-"
        return f"{self.count}/{self.of}" if self.unit == "share" else f"{self.value:.{_PLACES[self.unit]}f}{_after(self.unit)}"


def _after(unit: Unit) -> str:
    return f" {unit}" if unit in ("s", "ms") else ""


def share(who: str, part: str, name: str, better: Better, rows: Iterable[tuple[str, bool]]) -> Figure:
    """The share of the rows that are true, each given with its group; what belongs to one group is drawn as a whole.

    Where every group says the same no draw can differ: the open side is then bounded exactly (Clopper and Pearson), a group counting once.
    """
    known = list(rows)
    if not known:
        return Figure(who=who, part=part, name=name, better=better, count=0, of=0, value=None, low=None, high=None)
    groups, held = [group for group, _ in known], np.array([ok for _, ok in known], dtype=np.float64)
    low, high = interval(lambda at: float(held[at].mean()), groups)
    reach = upper_bound(0, len(set(groups)), _ONE_SIDED)
    low, high = (min(low, 1 - reach) if held.all() else low), (high if held.any() else max(high, reach))
    return Figure(who=who, part=part, name=name, better=better, count=int(held.sum()), of=len(known), value=float(held.mean()), low=low, high=high)


def measured(
    who: str,
    part: str,
    name: str,
    better: Better,
    unit: Unit,
    groups: Sequence[str],
    figure: Callable[[NDArray[np.int64]], float],
    centred: bool = False,
) -> Figure:
    """A figure of row numbers that is no share: a mean, a percentile, an area under a curve (`centred`: see `risk.interval`)."""
    value = figure(np.arange(len(groups))) if groups else float("nan")
    if np.isnan(value):
        return Figure(who=who, part=part, name=name, better=better, unit=unit, of=len(groups), value=None, low=None, high=None)
    low, high = interval(figure, groups, centred=centred)
    return Figure(who=who, part=part, name=name, better=better, unit=unit, of=len(groups), value=value, low=low, high=high)


def find(figures: Iterable[Figure], who: str, part: str, name: str) -> Figure | None:
    """The figure of this name, if it was measured."""
    return next((f for f in figures if (f.who, f.part, f.name) == (who, part, name)), None)
