"""The calibration as Markdown, JSON and one self-contained HTML page with its plots: what is promised first, then what it rests on."""

import math
from collections.abc import Sequence
from html import escape
from pathlib import Path

from basics.errors import BadRequest
from evals.calibration import Calibration, Range
from evals.plot import lines, reliability
from evals.report import STYLE, html_table, markdown_table
from evals.risk import Promise

_SLICE_HEAD = (
    "questions",
    "confidence",
    "number",
    "draft right",
    "AUROC",
    "AURC (95 %)",
    "ECE (95 %)",
    "sent now",
    "of it wrong (95 %)",
    "right, handed over",
)
_PLAIN_HEAD = ("a plain bot, all questions", "AURC (95 %)", "sent", "of it wrong (95 %)", "right, handed over")
_PROMISE_HEAD = ("questions", "promise")


def write_calibration(made: Calibration, folder: Path) -> tuple[Path, Path, Path]:
    """calibration.md, calibration.json and calibration.html in the folder; BadRequest if it cannot be written to."""
    files = folder / "calibration.md", folder / "calibration.json", folder / "calibration.html"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, text in zip(files, (as_markdown(made), made.model_dump_json(indent=1), as_html(made)), strict=True):
            file.write_text(text, encoding="utf-8")
    except OSError as wrong:
        raise BadRequest(f"The report cannot be written to {folder}: {wrong.strerror}. Choose another folder with --out.") from None
    return files


def told(promise: Promise) -> str:
    """What is promised, in a sentence; or that nothing is, why, and how many labels are missing."""
    asked = f"at most {promise.allowed:.1%} of sent answers wrong, sure to {promise.sure:.0%}"
    if promise.threshold is not None:
        return (
            f"Promised: {asked}, from confidence {promise.threshold:.2f}; {promise.coverage:.1%} of {promise.labels} questions are sent an answer "
            f"({promise.sent} sent, {promise.wrong} wrong, at most {promise.upper:.2%})."
        )
    seen = f"nearest: {promise.sent} sent, {promise.wrong} wrong, which proves only {promise.upper:.1%}"
    if promise.missing is None:
        return f"No promise ({asked}): {seen}; answers as often wrong as these would never carry it, however many were labelled."
    return f"No promise ({asked}): {seen}; {promise.missing} more labelled answers are missing, wrong no more often than these."


def about(made: Calibration) -> str:
    """What was asked, of what, and what was left out."""
    return (
        f"{made.questions['all']} labelled questions; {made.left_out} left out, as no confidence decides them (small talk, rights computed by code). "
        f"'As shipped' was fitted on the set dev; 'base held out' was fitted on the other knowledge bases only, and the promises rest on it. "
        f"Sent now: from confidence {made.answer_at}. {'Judge: ' + made.model if made.model else 'No judge: no model was given'}. "
        "Labels are by construction; intervals are bootstraps over documents. A promise holds for questions drawn like these."
    )


def as_markdown(made: Calibration) -> str:
    """For a pull request."""
    tables = ((_PROMISE_HEAD, promise_rows(made)), (_SLICE_HEAD, slice_rows(made)), (_PLAIN_HEAD, plain_rows(made)))
    body = [line for head, rows in tables for line in ("", *markdown_table(head, rows))]
    return "\n".join(["# Calibration", "", about(made), *body, "", splits_told(made)]) + "\n"


def as_html(made: Calibration) -> str:
    """One page that needs nothing else."""
    curves = lines("Risk and coverage", "coverage", "share wrong among the sent", {c.name: c.points for c in made.curves})
    said = reliability("Reliability", "confidence", "share right", {c.name: [(x, y) for x, y, _ in c.bins] for c in made.curves if c.bins})
    body = (
        f"<h1>Calibration</h1><p>{escape(about(made))}</p>{html_table(_PROMISE_HEAD, promise_rows(made))}<p>{escape(splits_told(made))}</p>"
        f"<p>{curves} {said}</p>{html_table(_SLICE_HEAD, slice_rows(made))}{html_table(_PLAIN_HEAD, plain_rows(made))}"
    )
    return f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Calibration</title><style>{STYLE}</style><body>{body}</body></html>\n'


def promise_rows(made: Calibration) -> list[tuple[str, str]]:
    """What was asked for, for each part of the questions; then what weaker promises the same labels carry."""
    return [*((name, told(promise)) for name, promise in made.promises.items()), *(("all", told(promise)) for promise in made.weaker)]


def slice_rows(made: Calibration) -> list[tuple[str, ...]]:
    """A line for each part of the questions and each confidence."""
    return [
        (
            s.name,
            s.confidence,
            str(s.questions),
            f"{s.right} of {s.answerable} answerable",
            _figure(s.auroc),
            _ranged(s.aurc, s.aurc_range),
            _ranged(s.ece, s.ece_range),
            f"{s.sent} ({s.sent / max(1, s.questions):.0%})",
            _ranged(s.wrong_sent, s.wrong_sent_range),
            str(s.handed_over_right),
        )
        for s in made.slices
    ]


def plain_rows(made: Calibration) -> list[tuple[str, ...]]:
    """A line for each plain bot."""
    return [
        (
            p.name,
            _ranged(p.aurc, p.aurc_range),
            f"{p.sent} ({p.sent / max(1, p.questions):.0%})",
            _ranged(p.wrong_sent, p.wrong_sent_range),
            str(p.handed_over_right),
        )
        for p in made.plain
    ]


def splits_told(made: Calibration) -> str:
    """How the choice did on halves it had not seen."""
    s = made.splits
    if s.mean_wrong is None or s.mean_coverage is None:
        return f"{s.runs} random halves: none carried the promise, so none was tried on the other half."
    return (
        f"{s.runs} random halves: {s.promised} carried the promise; on the other half {s.mean_wrong:.2%} of the sent answers were wrong on average, "
        f"{s.above} of them above {made.wrong:.1%}, and {s.mean_coverage:.1%} of the questions were sent an answer."
    )


def _ranged(value: float, range: Range) -> str:
    return _figure(value) if math.isnan(value) else f"{value:.3f} ({range[0]:.3f} to {range[1]:.3f})"


def _figure(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3f}"


def head_and_rows(made: Calibration) -> Sequence[tuple[Sequence[str], Sequence[Sequence[str]]]]:
    """The tables as a terminal has room for them: without the intervals."""
    slices = [(*(cell.split(" (")[0] for cell in row[:3]), *(row[n].split(" (")[0] for n in (4, 5, 6, 8))) for row in slice_rows(made)]
    plain = [tuple(cell.split(" (")[0] for cell in row) for row in plain_rows(made)]
    return (
        (_PROMISE_HEAD, promise_rows(made)),
        (("questions", "confidence", "number", "AUROC", "AURC", "ECE", "sent now, wrong"), slices),
        (("plain bot", "AURC", "sent", "of it wrong", "right, handed over"), plain),
    )
