"""A confidence that begins from a fitted one: logistic regression pulled towards its weights, so that few labels move it little. Pure."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bot.confidence import FEATURES, Model
from evals.fit_confidence import SIGNS, Rows

PULL = 4.0
"""How hard each weight is held: as by so many answers at the very edge of doubt with the signal at its full. See `python -m evals.learning`."""
_LOOSE = 0.05  # what holds the offset of a source: hardly anything, but a source that is all of one kind must not run off
FOLDS = 5


def matrix_of(features: Sequence[Mapping[str, float]]) -> Rows:
    """A row of signals for each answer, in the order of FEATURES."""
    return np.array([[one.get(name, 0.0) for name in FEATURES] for one in features], dtype=np.float64).reshape(len(features), len(FEATURES))


def confidence_of(model: Model, x: Rows) -> Rows:
    """The model's probability for each row."""
    z = x @ np.array([model.weights.get(name, 0.0) for name in FEATURES]) + model.intercept
    return np.asarray(1 / (1 + np.exp(-np.clip(z, -30, 30))), dtype=np.float64)


def fit_from(start: Model, x: Rows, right: Rows, counts: Rows | None = None, selected: Sequence[str] = (), pull: float = PULL) -> Model:
    """The model that these answers make of `start`.

    `selected` names for each row how it came by its label, "" where answers were taken as they came. A row whose label depends on the answer being
    right (who is annoyed presses a thumb sooner) tells which signals go with right answers, not how many are right: each such source has an offset
    of its own, which is thrown away (Prentice and Pyke 1979, on case-control samples), and the intercept rests on the other rows.
    A signal that would count the wrong way counts nothing.
    """
    count = np.ones(len(x)) if counts is None else counts
    sources = sorted({one for one in selected if one})
    offsets = np.array([[float(one == source) for source in sources] for one in selected]).reshape(len(x), len(sources))
    z = np.column_stack([x, np.ones(len(x)), offsets])
    begin = np.array([*(start.weights.get(name, 0.0) for name in FEATURES), start.intercept, *(0.0 for _ in sources)])
    held = np.array([*(pull for _ in FEATURES), pull, *(_LOOSE for _ in sources)])
    signs = np.array([*(SIGNS.get(name, 0) for name in FEATURES), *(0 for _ in range(1 + len(sources)))])
    free = np.ones(z.shape[1], dtype=bool)
    while True:
        w = _newton(z, right, count, begin, held, free)
        turned = free & (w * signs < -1e-9)
        if not turned.any():
            break
        free &= ~turned
    weights = {name: round(float(one), 4) for name, one in zip(FEATURES, w, strict=False)}
    return Model(fitted_on="", intercept=round(float(w[len(FEATURES)]), 4), weights=weights)


def _newton(z: Rows, right: Rows, count: Rows, begin: Rows, held: Rows, free: NDArray[np.bool_]) -> Rows:
    """The weights that these rows make of `begin`, those that are not free being 0."""
    w = np.where(free, begin, 0.0)
    z, ridge = z * free, np.diag(np.where(free, held, 1.0))
    goal = np.where(free, begin, 0.0)
    for _ in range(60):
        p = 1 / (1 + np.exp(-np.clip(z @ w, -30, 30)))
        step = np.linalg.solve((z * (count * p * (1 - p))[:, None]).T @ z + ridge, z.T @ (count * (p - right)) + ridge @ (w - goal))
        w = w - step
        if np.abs(step).max() < 1e-8:
            break
    return np.asarray(w, dtype=np.float64)


def out_of_fold(
    start: Model, x: Rows, right: Rows, groups: Sequence[str], counts: Rows | None = None, selected: Sequence[str] = (), pull: float = PULL
) -> Rows:
    """Each row's probability from a model that saw no row of its group."""
    names = np.random.default_rng(0).permutation(np.unique(np.asarray(groups)))
    count, of = np.ones(len(x)) if counts is None else counts, np.asarray(groups)
    ways = np.asarray(selected if selected else [""] * len(x))
    out = np.zeros(len(x))
    for fold in range(min(FOLDS, len(names))):
        at = np.isin(of, names[fold::FOLDS])
        out[at] = confidence_of(fit_from(start, x[~at], right[~at], count[~at], ways[~at].tolist(), pull), x[at])
    return out


def surprises(confidence: Rows, right: Rows) -> Rows:
    """How surprising each answer's label is, in nats."""
    p = np.clip(confidence, 1e-6, 1 - 1e-6)
    return np.asarray(-(right * np.log(p) + (1 - right) * np.log(1 - p)), dtype=np.float64)


def log_loss(confidence: Rows, right: Rows) -> float:
    """The mean surprise; lower is better, 0.693 is knowing nothing."""
    return float(surprises(confidence, right).mean()) if len(right) else float("nan")


def is_better(before: Rows, after: Rows, right: Rows) -> bool:
    """True if the mean surprise is lower by more than the standard error of the difference: less could be luck."""
    less = surprises(before, right) - surprises(after, right)
    return bool(len(less) > 1 and less.mean() > less.std(ddof=1) / np.sqrt(len(less)))
