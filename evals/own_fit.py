"""`concierge eval fit`: a confidence for an operator's own articles, and the threshold that a guarantee allows, or how many labels are missing."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel
from rich.console import Console

from basics.clock import system_clock
from basics.errors import BadRequest
from bot.confidence import Model
from bot.settings import Settings
from customers.source_demo import DemoSource
from evals.calibration import TRIED, Splits, tried
from evals.calibration_report import SPLIT_HEAD, split_rows, told
from evals.case import Case, read_cases
from evals.fitted import start_of, write_fitted
from evals.own_base import read_base
from evals.own_home import looking
from evals.own_questions import Answer, Label, answers_of
from evals.papers import printed, written
from evals.prior import confidence_of, fit_from, is_better, matrix_of, out_of_fold
from evals.refit import LEAST, Held, held
from evals.report import markdown_table
from evals.risk import Guarantee, Row, choose
from knowledge.embedders import embedder_of

COUNTS: dict[Label, float] = {"by hand": 1.0, "noted question": 0.5, "article taken away": 0.5}
"""How much a label counts: an automatic one less than a person's."""
_HELD_HEAD = ("questions", "number", "right drafts", "confidence", "AUROC", "ECE", "log loss", "sent now", "of it wrong")
Shown = tuple[Sequence[str], Sequence[tuple[str, ...]]]
_PROMISE_HEAD = ("guarantee, on the questions labelled by hand",)


class Line(BaseModel, frozen=True):
    """Some questions under one confidence; `sent` and `wrong` at the threshold in use."""

    label: str
    confidence: str
    held: Held
    sent: int
    wrong: int


class OwnFit(BaseModel, frozen=True):
    """What was asked, how the fit did on what it never saw, what can be guaranteed, and the model. `promised` is None without labels by hand."""

    labels: dict[Label, int]
    articles: int
    answer_at: float
    lines: tuple[Line, ...]
    promised: Guarantee | None
    looser: tuple[Guarantee, ...]
    splits: tuple[Splits, ...]
    model: Model
    better: bool


def run(settings: Settings, cases: Path | None, wrong: float, sure: float, out: Path, write: bool, as_json: bool) -> None:
    """Ask the questions of the base in the home, fit, choose the threshold, print and write the report; `write` keeps the confidence."""
    if not (0 < wrong < 1 and 0.5 <= sure < 1):
        raise BadRequest(
            f"--wrong {wrong} --sure {sure}: a share between 0 and 1 and a certainty from 0.5 to below 1, as 0.02 and 0.95. Nothing was asked."
        )
    asked = read_cases(cases, [p.id for p in DemoSource().personas()]) if cases else ()
    made = asyncio.run(_made(settings, asked, wrong, sure))
    files = write_report(made, out)
    kept = "Nothing was written; --write keeps the confidence."
    if write:
        kept = write_fitted(made.model, settings) if made.better else "Not written: on questions it never saw it is no better than the one in use."
    if as_json:
        print(made.model_dump_json(indent=1))
        Console(stderr=True).print(kept, highlight=False)
        return
    console = Console()
    printed(console, tables_of(made))
    console.print(about(made), highlight=False)
    console.print(f"Report: {', '.join(map(str, files))}", highlight=False)
    console.print(kept, highlight=False)


async def _made(settings: Settings, cases: Sequence[Case], wrong: float, sure: float) -> OwnFit:
    async with looking(settings) as conn:
        own = await read_base(conn, await asyncio.to_thread(embedder_of, settings.embedder), settings)
    answers = await answers_of(own, cases, system_clock())
    return own_fit(answers, len({a.id for a, _ in own.pairs}), start_of(settings), settings.answer_at, wrong, sure)


def own_fit(answers: Sequence[Answer], articles: int, start: Model, answer_at: float, wrong: float, sure: float) -> OwnFit:
    """The fit from `start`, judged on answers about articles that it never saw; BadRequest where there are too few to fit on."""
    drafted = np.array([bool(a.features) for a in answers], dtype=bool)
    right = np.array([a.right for a in answers], dtype=np.float64)
    if int(drafted.sum()) < LEAST or not 0 < right[drafted].sum() < drafted.sum():
        raise BadRequest(
            f"{int(drafted.sum())} questions led to a draft, {int(right.sum())} of them right; a fit needs {LEAST}, right and wrong ones. "
            "Label more questions (CASES), or note in more articles how people ask (`asks`). The confidence is as it was."
        )
    x = matrix_of([a.features for a in answers])
    counts = np.array([COUNTS[a.label] for a in answers])
    # How many automatic questions have an answer is our doing: they teach which signals go with right answers, not how many are right.
    selected = ["" if a.label == "by hand" else "articles" for a in answers]
    fair = np.zeros(len(answers))
    ways = [one for one, at in zip(selected, drafted, strict=True) if at]
    fair[drafted] = out_of_fold(
        start, x[drafted], right[drafted], [a.group for a, at in zip(answers, drafted, strict=True) if at], counts[drafted], ways
    )
    before = np.where(drafted, confidence_of(start, x), 0.0)
    lines, better = _lines(answers, drafted, right, {"begun from": before, "fitted, article held out": fair}, answer_at)
    fitted = fit_from(start, x[drafted], right[drafted], counts[drafted], ways)
    labels: dict[Label, int] = {label: sum(a.label == label for a in answers) for label in get_args(Label)}
    told_by = ", ".join(f"{many} {label}" for label, many in labels.items())
    named = f"{len(answers)} questions to {articles} articles of this base ({told_by}), {system_clock():%Y-%m-%d}; begun from: {start.fitted_on}"
    by_hand = np.array([a.label == "by hand" for a in answers], dtype=bool)
    groups = np.array([a.group for a in answers])
    bad = right[by_hand] == 0
    allowed = (wrong, *(one for one in TRIED if one > wrong))
    return OwnFit(
        labels=labels,
        articles=articles,
        answer_at=answer_at,
        lines=lines,
        promised=choose(fair[by_hand], bad, wrong, sure) if by_hand.any() else None,
        looser=tuple(choose(fair[by_hand], bad, one, sure) for one in allowed[1:]) if by_hand.any() else (),
        splits=tuple(tried(fair[by_hand], bad, groups[by_hand], one, sure, "by hand") for one in allowed) if by_hand.any() else (),
        model=fitted.model_copy(update={"fitted_on": named, "start": start}),
        better=better,
    )


def _lines(
    answers: Sequence[Answer], drafted: NDArray[np.bool_], right: Row, values: dict[str, Row], answer_at: float
) -> tuple[tuple[Line, ...], bool]:
    """The figures of each kind of label; and whether the fit is less often surprised, by hand if there are enough of them, else by all."""
    parts = {label: np.array([a.label == label for a in answers]) & drafted for label in get_args(Label)} | {"all": drafted}
    lines: list[Line] = []
    for name, at in parts.items():
        for confidence, value in values.items():
            if at.any():
                sent = at & (value >= answer_at)
                wrong = int((sent & (right == 0)).sum())
                lines.append(Line(label=name, confidence=confidence, held=held(value[at], right[at]), sent=int(sent.sum()), wrong=wrong))
    judged = "by hand" if 0 < right[parts["by hand"]].sum() < parts["by hand"].sum() and parts["by hand"].sum() >= LEAST else "all"
    before, after = (value[parts[judged]] for value in values.values())
    return tuple(lines), is_better(before, after, right[parts[judged]])


def tables_of(made: OwnFit) -> list[Shown]:
    """Held-out figures, the guarantees, and how they did on halves."""
    promises = [(told(one),) for one in (made.promised, *made.looser) if one] or [("None: no question is labelled by hand.",)]
    rows = [
        (
            line.label,
            str(line.held.labels),
            str(line.held.right),
            line.confidence,
            "-" if np.isnan(line.held.auroc) else f"{line.held.auroc:.3f}",
            f"{line.held.ece:.3f}",
            f"{line.held.log_loss:.3f}",
            str(line.sent),
            str(line.wrong),
        )
        for line in made.lines
    ]
    halves: list[Shown] = [(SPLIT_HEAD, split_rows(made.splits))] if made.splits else []
    return [(_HELD_HEAD, rows), (_PROMISE_HEAD, promises), *halves]


def about(made: OwnFit) -> str:
    """What the figures rest on, and what to set."""
    by_hand, noted, away = (made.labels[label] for label in get_args(Label))
    threshold = made.promised.threshold if made.promised else None
    to_set = (
        f"Set CONCIERGE_ANSWER_AT={threshold:.2f} for the guarantee."
        if threshold is not None
        else "No threshold carries the guarantee yet; CONCIERGE_ANSWER_AT stays a choice of yours."
    )
    return (
        f"{made.articles} articles. {by_hand} questions were labelled by hand; automatic labels: {noted} noted questions (how authors note that "
        f"people ask, asked with the note left out) and {away} with the article taken away (no answer there, unless another article repeats it). "
        "Automatic labels teach which signals go with right answers; how many are right, and every guarantee, rests on the labels by hand. Each "
        f"answer is judged by a fit that saw no question about its article; sent now: from {made.answer_at}. {to_set} A guarantee holds for "
        "questions drawn like those labelled by hand."
    )


def write_report(made: OwnFit, folder: Path) -> tuple[Path, ...]:
    """fit.md and fit.json in the folder; BadRequest if it cannot be written to."""
    body = [line for head, rows in tables_of(made) for line in ("", *markdown_table(head, rows))]
    text = "\n".join(["# Fit to your own articles", "", about(made), *body]) + "\n"
    return written(folder, {"fit.md": text, "fit.json": made.model_dump_json(indent=1)})
