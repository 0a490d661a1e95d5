"""The calibration as Markdown, JSON and one self-contained HTML page with its plots: what is guaranteed first, then what it rests on."""

import math
from collections.abc import Sequence
from html import escape
from pathlib import Path

from evals.calibration import SPLITS, Calibration, Range, Splits
from evals.operators import Operators
from evals.papers import written
from evals.plot import lines, reliability
from evals.report import markdown_table
from evals.risk import Guarantee
from evals.sheet import html_table, sheet

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
SPLIT_HEAD = ("questions", "guarantee", "halves that carry it", "wrong on the other half, mean", "worst", "halves above it", "sent an answer, mean")
OPERATORS_HEAD = (
    "promised",
    "halves that carry it",
    "wrong on the other half, mean",
    "worst",
    "halves above it",
    "sent an answer, mean",
    "of it",
    "ECE",
)
_PROMISE_HEAD = ("questions", "confidence", "guarantee")


def write_calibration(made: Calibration, folder: Path) -> tuple[Path, ...]:
    """calibration.md, calibration.json and calibration.html in the folder; BadRequest if it cannot be written to."""
    kept = made.model_dump_json(indent=1)
    return written(folder, {"calibration.md": as_markdown(made), "calibration.json": kept, "calibration.html": as_html(made)})


def told(guarantee: Guarantee) -> str:
    """What is guaranteed, in a sentence; or that nothing is, why, and how many labels are missing."""
    asked = f"at most {guarantee.allowed:.1%} of sent answers wrong, sure to {guarantee.sure:.0%}"
    if guarantee.threshold is not None:
        return (
            f"Guaranteed: {asked}, from confidence {guarantee.threshold:.2f}; {guarantee.coverage:.1%} of {guarantee.labels} questions are "
            f"sent an answer ({guarantee.sent} sent, {guarantee.wrong} wrong, at most {guarantee.upper:.2%})."
        )
    seen = f"nearest: {guarantee.sent} sent, {guarantee.wrong} wrong, which proves only {guarantee.upper:.1%}"
    if guarantee.missing is None:
        return f"No guarantee ({asked}): {seen}; answers as often wrong as these would never carry it, however many were labelled."
    return f"No guarantee ({asked}): {seen}; {guarantee.missing} more labelled answers are missing, wrong no more often than these."


def about(made: Calibration) -> str:
    """What was asked, of what, and what was left out."""
    left_out = f"; {made.left_out} left out, as no confidence decides them (small talk, rights computed by code)" if made.left_out else ""
    return (
        f"{made.questions['all']} labelled questions{left_out}. "
        "'As shipped' was fitted on questions of these very bases among others; only 'base held out', fitted on the others, tells of a new base. "
        f"Sent now: from confidence {made.answer_at}. {'Judge: ' + made.model if made.model else 'No judge: no model was given'}. "
        f"Halves: {SPLITS} random ones by group, the threshold chosen on one and tried on the other; where nothing is guaranteed nothing is sent. "
        "The table of promises does as an operator does: with half of the labels the confidence is first put right for each base (`eval fit`), then "
        "the threshold chosen; the other half tries both. Labels are by construction; intervals are bootstraps over documents. A guarantee holds "
        "for questions drawn like these."
    )


def as_markdown(made: Calibration) -> str:
    """For a pull request."""
    tables = (
        (_PROMISE_HEAD, guarantee_rows(made)),
        (SPLIT_HEAD, split_rows(made.splits)),
        (OPERATORS_HEAD, operators_rows(made.operators)),
        (_SLICE_HEAD, slice_rows(made)),
        (_PLAIN_HEAD, plain_rows(made)),
    )
    body = [line for head, rows in tables for line in ("", *markdown_table(head, rows))]
    return "\n".join(["# Calibration", "", about(made), *body]) + "\n"


def as_html(made: Calibration) -> str:
    """One page that needs nothing else."""
    curves = lines("Risk and coverage", "coverage", "share wrong among the sent", {c.name: c.points for c in made.curves})
    said = reliability("Reliability", "confidence", "share right", {c.name: [(x, y) for x, y, _ in c.bins] for c in made.curves if c.bins})
    body = (
        f"<h1>Calibration</h1><p>{escape(about(made))}</p>{html_table(_PROMISE_HEAD, guarantee_rows(made))}"
        f"{html_table(SPLIT_HEAD, split_rows(made.splits))}{html_table(OPERATORS_HEAD, operators_rows(made.operators))}"
        f"<div class=plots>{curves} {said}</div>{html_table(_SLICE_HEAD, slice_rows(made))}{html_table(_PLAIN_HEAD, plain_rows(made))}"
    )
    return sheet("Calibration", body)


def guarantee_rows(made: Calibration) -> list[tuple[str, str, str]]:
    """What was asked for, for each part of the questions and both confidences; then what weaker guarantees the same labels carry."""
    fair = [(name, "base held out", told(guarantee)) for name, guarantee in made.guarantees.items()]
    shipped = [(name, "as shipped", told(guarantee)) for name, guarantee in made.shipped.items()]
    return [*fair, *shipped, *(("all", "base held out", told(guarantee)) for guarantee in made.weaker)]


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


def split_rows(splits: Sequence[Splits]) -> list[tuple[str, ...]]:
    """How the choice did on halves it had not seen: a line for each guarantee, then for each part of the questions."""
    return [
        (
            s.name,
            f"at most {s.allowed:.0%}, sure to {s.sure:.0%}",
            f"{s.guaranteed} of {s.runs}",
            "-" if s.mean_wrong is None else f"{s.mean_wrong:.2%}",
            "-" if s.worst_wrong is None else f"{s.worst_wrong:.2%}",
            f"{s.above} of {s.runs}",
            f"{s.mean_coverage:.1%}",
        )
        for s in splits
    ]


def operators_rows(operators: Sequence[Operators]) -> list[tuple[str, ...]]:
    """What became of a promise where half of a base's labels first put the confidence right for it: a line for each promise."""
    return [
        (
            f"at most {o.allowed:.0%}, sure to {o.sure:.0%}",
            f"{o.carried} of {o.runs}",
            "-" if o.mean_wrong is None else f"{o.mean_wrong:.2%}",
            "-" if o.worst_wrong is None else f"{o.worst_wrong:.2%}",
            f"{o.above} of {o.runs}",
            f"{o.coverage:.1%}",
            ", ".join(f"{name} {share:.0%}" for name, share in o.covered.items() if share >= 0.005) or "-",
            f"{o.ece:.3f}",
        )
        for o in operators
    ]


def _ranged(value: float, range: Range) -> str:
    return _figure(value) if math.isnan(value) else f"{value:.3f} ({range[0]:.3f} to {range[1]:.3f})"


def _figure(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3f}"


def head_and_rows(made: Calibration) -> Sequence[tuple[Sequence[str], Sequence[Sequence[str]]]]:
    """The tables as a terminal has room for them: without the intervals."""
    slices = [(*(cell.split(" (")[0] for cell in row[:3]), *(row[n].split(" (")[0] for n in (4, 5, 6, 8))) for row in slice_rows(made)]
    plain = [tuple(cell.split(" (")[0] for cell in row) for row in plain_rows(made)]
    return (
        (_PROMISE_HEAD, guarantee_rows(made)),
        (SPLIT_HEAD, split_rows(made.splits)),
        (OPERATORS_HEAD, operators_rows(made.operators)),
        (("questions", "confidence", "number", "AUROC", "AURC", "ECE", "sent now, wrong"), slices),
        (("plain bot", "AURC", "sent", "of it wrong", "right, handed over"), plain),
    )
