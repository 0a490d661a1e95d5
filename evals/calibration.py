"""How far a confidence can be trusted: fitted with each knowledge base held out, measured, and the threshold that a guarantee allows. Pure."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from bot.confidence import FEATURES
from evals.curve import Curve, curve_of
from evals.fit_confidence import auroc, fit_signed
from evals.labelled import Labelled
from evals.operators import Operators, as_operators_do
from evals.risk import Guarantee, Row, aurc, choose, ece, interval

SPLITS = 20
TRIED = (0.05, 0.1, 0.2)
"""Looser guarantees that are tried on halves beside the one that is asked for."""
_MOST_OF_A_BASE = 500  # rows a base gives to a fit: one with thousands would else be all that is learnt
Range = tuple[float, float]


class Slice(BaseModel, frozen=True):
    """Some questions under one confidence; intervals are 95 % bootstraps over groups. `wrong_sent` is the share wrong among what is sent now."""

    name: str
    confidence: str
    questions: int
    answerable: int
    right: int
    auroc: float
    aurc: float
    aurc_range: Range
    ece: float
    ece_range: Range
    sent: int
    wrong_sent: float
    wrong_sent_range: Range
    handed_over_right: int


class Plain(BaseModel, frozen=True):
    """A bot that sends the best unit of a plain search, whenever its score is at least `sent_from` (None: always)."""

    name: str
    sent_from: float | None
    questions: int
    aurc: float
    aurc_range: Range
    sent: int
    wrong_sent: float
    wrong_sent_range: Range
    handed_over_right: int


class Splits(BaseModel, frozen=True):
    """The threshold chosen on a random half of the groups and tried on the other, `runs` times: what was guaranteed, and what became of it.

    Where a half carries no guarantee nothing is sent: that counts as coverage 0 in `mean_coverage`. `mean_wrong` and `worst_wrong` are of the
    halves that were sent something, `above` counts those that were wrong more often than `allowed`.
    """

    name: str
    allowed: float
    sure: float
    runs: int
    guaranteed: int
    above: int
    mean_wrong: float | None
    worst_wrong: float | None
    mean_coverage: float


class Calibration(BaseModel, frozen=True):
    """What a report says; all guarantees are of the confidence with its base held out, but for `shipped`, which is of the one in use."""

    questions: Mapping[str, int]
    left_out: int
    model: str
    answer_at: float
    wrong: float
    sure: float
    slices: tuple[Slice, ...]
    plain: tuple[Plain, ...]
    guarantees: Mapping[str, Guarantee]
    shipped: Mapping[str, Guarantee]
    weaker: tuple[Guarantee, ...]
    splits: tuple[Splits, ...]
    operators: tuple[Operators, ...]
    curves: tuple[Curve, ...]


def held_out(rows: Sequence[Labelled]) -> Row:
    """Each row's probability from a model that saw nothing of its knowledge base; 0 where nothing was drafted."""
    base, right = np.array([row.base for row in rows]), np.array([row.right for row in rows], dtype=np.float64)
    drafted = np.array([bool(row.features) for row in rows])
    values = np.array([[row.features.get(name, 0.0) for name in FEATURES] for row in rows])
    out, draw = np.zeros(len(rows)), np.random.default_rng(0)
    for name in np.unique(base):
        held = drafted & (base == name)
        learnt = [_some(np.flatnonzero(drafted & (base == other)), draw) for other in np.unique(base) if other != name]
        learn = np.concatenate(learnt) if learnt else np.flatnonzero(held)
        many = {other: float((base[learn] == other).sum()) for other in np.unique(base[learn])}
        counts = np.array([1.0 / many[other] for other in base[learn]])  # every base counts the same, as in the confidence that ships
        weights, intercept = fit_signed(values[learn], right[learn], counts * len(learn) / counts.sum())
        out[held] = 1 / (1 + np.exp(-(values[held] @ weights + intercept)))
    return out


def _some(rows: NDArray[np.int64], draw: np.random.Generator) -> NDArray[np.int64]:
    return draw.permutation(rows)[:_MOST_OF_A_BASE]


def calibrated(rows: Sequence[Labelled], left_out: int, answer_at: float, wrong: float, sure: float, model: str = "") -> Calibration:
    """All figures for these labelled answers; the guarantee rests on the confidence that never saw the base it is asked about."""
    confidences = {"as shipped": np.array([row.confidence for row in rows]), "base held out": held_out(rows)}
    if model:
        confidences["as shipped, with the judge"] = np.array([row.judged for row in rows])
    right, groups = np.array([row.right for row in rows]), np.array([row.group for row in rows])
    fair = confidences["base held out"]
    parts = _parts(rows)
    some = {name: those for name, those in parts.items() if right[those].any()}  # where nothing can be right nothing can be guaranteed
    return Calibration(
        questions={name: int(those.sum()) for name, those in parts.items()},
        left_out=left_out,
        model=model,
        answer_at=answer_at,
        wrong=wrong,
        sure=sure,
        slices=tuple(
            _slice(name, kind, [row for row, here in zip(rows, those, strict=True) if here], values[those], answer_at)
            for name, those in parts.items()
            for kind, values in confidences.items()
        ),
        plain=plain_bots(rows),
        guarantees={name: choose(fair[those], ~right[those], wrong, sure) for name, those in some.items()},
        shipped={name: choose(confidences["as shipped"][those], ~right[those], wrong, sure) for name, those in some.items()},
        weaker=tuple(choose(fair, ~right, allowed, sure) for allowed in (0.05, 0.1, 0.15, 0.2, 0.3) if allowed > wrong),
        splits=(
            *(tried(fair, ~right, groups, allowed, sure) for allowed in (wrong, *(a for a in TRIED if a > wrong))),
            *(tried(fair[those], ~right[those], groups[those], wrong, sure, name) for name, those in some.items() if name != "all"),
        ),
        operators=tuple(_operators(rows, fair, right, allowed, sure) for allowed in (wrong, *(a for a in TRIED if a > wrong))),
        curves=(*(curve_of(kind, values, right, True) for kind, values in confidences.items()), *_plain_curves(rows)),
    )


def _operators(rows: Sequence[Labelled], fair: Row, right: NDArray[np.bool_], allowed: float, sure: float) -> Operators:
    """Each base in each language put right by half of its labels."""
    return as_operators_do(
        fair, right, [f"{row.base} {row.lang}" for row in rows], [row.set_name for row in rows], [row.group for row in rows], allowed, sure
    )


def _parts(rows: Sequence[Labelled]) -> dict[str, NDArray[np.bool_]]:
    """All questions, those of each language, those of each set."""
    langs, sets = np.array([row.lang for row in rows]), np.array([row.set_name for row in rows])
    every = {"all": np.ones(len(rows), dtype=bool)}
    every |= {lang: langs == lang for lang in ("en", "zh") if (langs == lang).any()}
    return every | {name: sets == name for name in dict.fromkeys(sets.tolist())}


def _slice(name: str, kind: str, rows: Sequence[Labelled], confidence: Row, answer_at: float) -> Slice:
    right = np.array([row.right for row in rows])
    groups = [row.group for row in rows]
    wrong, sent = ~right, confidence >= answer_at
    mixed = bool(right.any() and wrong.any())
    return Slice(
        name=name,
        confidence=kind,
        questions=len(rows),
        answerable=sum(row.answerable for row in rows),
        right=int(right.sum()),
        auroc=auroc(confidence, right.astype(np.float64)) if mixed else float("nan"),
        aurc=aurc(confidence, wrong),
        aurc_range=interval(lambda at: aurc(confidence[at], wrong[at]), groups),
        ece=ece(confidence, right),
        ece_range=interval(lambda at: ece(confidence[at], right[at]), groups, centred=True),
        sent=int(sent.sum()),
        wrong_sent=_share(wrong, sent),
        wrong_sent_range=interval(lambda at: _share(wrong[at], sent[at]), groups),
        handed_over_right=int((right & ~sent).sum()),
    )


def _share(wrong: NDArray[np.bool_], sent: NDArray[np.bool_]) -> float:
    """How much of what is sent is wrong; not a number where nothing is sent."""
    return float(wrong[sent].mean()) if sent.any() else float("nan")


def plain_bots(rows: Sequence[Labelled]) -> tuple[Plain, ...]:
    """BM25 alone and the embedder alone, which always answer, and the usual bot that answers from a cosine of 0.30."""
    return (
        _plain("BM25 alone", None, rows, lambda row: row.words.score, lambda row: row.words.right_at_1),
        _plain("embedder alone", None, rows, lambda row: row.meaning.score, lambda row: row.meaning.right_at_1),
        _plain("embedder, cosine from 0.30", 0.30, rows, lambda row: row.meaning.cosine, lambda row: row.meaning.right_at_1),
    )


def _plain(
    name: str, sent_from: float | None, rows: Sequence[Labelled], score_of: Callable[[Labelled], float], is_right: Callable[[Labelled], bool]
) -> Plain:
    score = np.array([score_of(row) for row in rows])
    right = np.array([row.answerable and is_right(row) for row in rows])
    groups = [row.group for row in rows]
    sent = np.ones(len(rows), dtype=bool) if sent_from is None else score >= sent_from
    return Plain(
        name=name,
        sent_from=sent_from,
        questions=len(rows),
        aurc=aurc(score, ~right),
        aurc_range=interval(lambda at: aurc(score[at], ~right[at]), groups),
        sent=int(sent.sum()),
        wrong_sent=_share(~right, sent),
        wrong_sent_range=interval(lambda at: _share(~right[at], sent[at]), groups),
        handed_over_right=int((right & ~sent).sum()),
    )


def tried(
    confidence: Row, wrong: NDArray[np.bool_], groups: NDArray[np.str_], allowed: float, sure: float, name: str = "all", runs: int = SPLITS
) -> Splits:
    """Chosen on a random half of the groups, tried on the other, so many times."""
    names = np.unique(groups)
    realised: list[float] = []
    covered: list[float] = []
    guaranteed = 0
    for seed in range(runs):
        half = np.isin(groups, np.random.default_rng(seed).permutation(names)[: len(names) // 2])
        threshold = choose(confidence[half], wrong[half], allowed, sure).threshold
        sent = ~half & (confidence >= threshold) if threshold is not None else np.zeros(len(half), dtype=bool)
        guaranteed += threshold is not None
        covered.append(float(sent.sum() / max(1, (~half).sum())))
        if sent.any():
            realised.append(float(wrong[sent].mean()))
    return Splits(
        name=name,
        allowed=allowed,
        sure=sure,
        runs=runs,
        guaranteed=guaranteed,
        above=sum(rate > allowed for rate in realised),
        mean_wrong=float(np.mean(realised)) if realised else None,
        worst_wrong=max(realised, default=None),
        mean_coverage=float(np.mean(covered)) if covered else 0.0,
    )


def _plain_curves(rows: Sequence[Labelled]) -> tuple[Curve, ...]:
    words, meaning = np.array([row.words.score for row in rows]), np.array([row.meaning.score for row in rows])
    right_words = np.array([row.answerable and row.words.right_at_1 for row in rows], dtype=bool)
    right_meaning = np.array([row.answerable and row.meaning.right_at_1 for row in rows], dtype=bool)
    return (curve_of("BM25 alone", words, right_words, False), curve_of("embedder alone", meaning, right_meaning, False))
