"""A curve to draw: the wrong rate over coverage, and of a confidence how far it keeps its word. Pure."""

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from evals.risk import Row, bins_of, risk_coverage

_POINTS = 60  # of a curve that is drawn


class Curve(BaseModel, frozen=True):
    """Points to draw: coverage and wrong rate, and of a confidence also its bins (mean said, share right, number)."""

    name: str
    points: tuple[tuple[float, float], ...]
    bins: tuple[tuple[float, float, int], ...] = ()


def curve_of(name: str, score: Row, right: NDArray[np.bool_], is_confidence: bool) -> Curve:
    """The curve of an order of answers; of a confidence (a probability) with its bins."""
    coverage, risk = risk_coverage(score, ~right)
    at = np.linspace(0, len(coverage) - 1, min(_POINTS, len(coverage))).astype(int)
    points = tuple((round(float(coverage[n]), 4), round(float(risk[n]), 4)) for n in at)
    return Curve(name=name, points=points, bins=tuple(bins_of(score, right)) if is_confidence else ())
