"""`concierge eval refit`: the confidence learns from what staff and travellers said of answers, beginning from the one that was fitted before."""

import asyncio
from collections import Counter
from collections.abc import Sequence

import numpy as np
from pydantic import BaseModel
from rich.console import Console
from rich.table import Table

from basics.clock import system_clock
from basics.errors import BadRequest
from bot.confidence import Model, model_in
from bot.settings import Settings
from evals.feedback import COUNTS, Known, Source, known_of
from evals.fit_confidence import Rows, auroc
from evals.fitted import start_of, undo, write_fitted
from evals.own_home import looking
from evals.prior import confidence_of, fit_from, is_better, log_loss, matrix_of, out_of_fold
from evals.risk import ece
from store.labels import remarked

LEAST, LEAST_OF_A_KIND = 50, 10
"""Labels that a refit needs, and so many of right and of wrong answers each: with fewer nothing could be said of how it does."""


class Held(BaseModel, frozen=True):
    """How well a confidence tells the right answers among these: of one that never saw them, or saw no label of this house at all."""

    labels: int
    right: int
    auroc: float
    ece: float
    log_loss: float


class Compared(BaseModel, frozen=True):
    """Some labels under the confidence in use, the one it began from and the refitted one, each turn held out with its conversation."""

    name: str
    in_use: Held
    start: Held
    refitted: Held


class Refit(BaseModel, frozen=True):
    """What was learnt from, how it did, and the model; `better` where it is less surprised by labels it never saw, by more than luck."""

    labels: dict[Source, dict[str, int]]
    left_out: int
    conversations: int
    compared: tuple[Compared, ...]
    moved: dict[str, tuple[float, float]]
    model: Model
    better: bool


def run(settings: Settings, write: bool, back: bool, as_json: bool) -> None:
    """Read the labels of the home, refit, print what changes; `write` keeps it where it is better, `back` takes the last one back."""
    console = Console()
    if back:
        console.print(undo(settings), highlight=False)
        return
    made = asyncio.run(_made(settings))
    told = ""
    if write and made.better:
        told = write_fitted(made.model, settings)
    elif write:
        told = "Not written: on labels it never saw the refitted confidence is no better than the one it began from."
    if as_json:
        print(made.model_dump_json(indent=1))
        Console(stderr=True).print(told, highlight=False)
        return
    for table in tables_of(made):
        console.print(table)
    console.print(about(made), highlight=False)
    console.print(told or "Nothing was written; --write keeps it.", highlight=False)


async def _made(settings: Settings) -> Refit:
    async with looking(settings) as conn:
        turns = await remarked(conn)
    known = known_of(turns)
    return refitted(known, len(turns) - len(known), start_of(settings), model_in(settings.confidence))


def refitted(known: Sequence[Known], left_out: int, start: Model, in_use: Model) -> Refit:
    """The refit; BadRequest says how many labels are missing where they are too few, or of one kind."""
    enough(known, left_out)
    x, right = matrix_of([one.features for one in known]), np.array([one.right for one in known], dtype=np.float64)
    counts, groups = np.array([COUNTS[one.source] for one in known]), [one.conversation_id for one in known]
    # Staff look at any answer and at drafts that were never sent; a thumb or a second answer is there because of how the first one was.
    selected = ["" if one.source == "staff" else one.source for one in known]
    values = {
        "in_use": confidence_of(in_use, x),
        "start": confidence_of(start, x),
        "refitted": out_of_fold(start, x, right, groups, counts, selected),
    }
    by_staff = np.array([one.source == "staff" for one in known])
    parts = {"staff": by_staff, "all": np.ones(len(known), dtype=bool)} if by_staff.any() else {"all": np.ones(len(known), dtype=bool)}
    compared = tuple(
        Compared(name=name, **{kind: held(value[at], right[at]) for kind, value in values.items()})
        for name, at in parts.items()
        if _is_mixed(right[at])
    )
    fitted = fit_from(start, x, right, counts, selected)
    told = ", ".join(f"{sum(one.source == source for one in known)} by {source}" for source in COUNTS)
    named = f"{len(known)} labels of {len(set(groups))} conversations ({told}) until {system_clock():%Y-%m-%d}; begun from: {start.fitted_on}"
    return Refit(
        labels=_counted(known),
        left_out=left_out,
        conversations=len(set(groups)),
        compared=compared,
        moved=_moved(start, fitted),
        model=fitted.model_copy(update={"fitted_on": named, "start": start}),
        better=all(is_better(values["start"][at], values["refitted"][at], right[at]) for at in parts.values() if _is_mixed(right[at])),
    )


def enough(known: Sequence[Known], left_out: int = 0) -> None:
    """BadRequest where these labels teach nothing that could be checked."""
    right = sum(one.right for one in known)
    wrong = len(known) - right
    if len(known) >= LEAST and min(right, wrong) >= LEAST_OF_A_KIND and len({one.conversation_id for one in known}) > 1:
        return
    missing = [f"{max(0, LEAST - len(known))} more are missing"]
    missing += [f"{LEAST_OF_A_KIND - many} {kind} ones" for kind, many in (("right", right), ("wrong", wrong)) if many < LEAST_OF_A_KIND]
    raise BadRequest(
        f"{len(known)} answers have a label, {right} right and {wrong} wrong ({left_out} more were remarked on, but tell nothing of a confidence). "
        f"A refit needs {LEAST}, at least {LEAST_OF_A_KIND} of each kind, from several conversations: {', among them '.join(missing)}. "
        "The confidence is as it was."
    )


def held(confidence: Rows, right: Rows) -> Held:
    """How these probabilities do."""
    return Held(
        labels=len(right),
        right=int(right.sum()),
        auroc=auroc(confidence, right),
        ece=ece(confidence, right),
        log_loss=log_loss(confidence, right),
    )


def tables_of(made: Refit) -> list[Table]:
    """The labels by source, the held-out figures, and the weights that moved most."""
    labels = Table("labels by", "right", "wrong", "each counts")
    for source, counts in made.labels.items():
        labels.add_row(source, str(counts["right"]), str(counts["wrong"]), str(COUNTS[source]))
    figures = Table("on labels by", "number", "confidence", "AUROC", "ECE", "log loss")
    for one in made.compared:
        for name, kind in (("in use", one.in_use), ("begun from", one.start), ("refitted, held out", one.refitted)):
            figures.add_row(one.name, str(kind.labels), name, f"{kind.auroc:.3f}", f"{kind.ece:.3f}", f"{kind.log_loss:.3f}")
    moved = Table("signal", "weight begun from", "refitted")
    for name, (was, now) in list(made.moved.items())[:8]:
        moved.add_row(name, f"{was:.2f}", f"{now:.2f}")
    return [labels, figures, moved]


def about(made: Refit) -> str:
    """What the figures rest on, and what they cannot tell."""
    staff = sum(made.labels["staff"].values())
    rests = f"the intercept rests on the {staff} labels by staff" if staff else "no label is by staff, so the intercept stays where it was"
    return (
        f"{made.conversations} conversations; every turn is judged by a fit that saw no turn of its conversation. {made.left_out} remarked turns are "
        "left out: code decided them, or nobody's word tells whether the draft was right. Thumbs exist for sent answers alone, and who is annoyed "
        f"presses one sooner: they teach which signals go with right answers, not how many are right; {rests}. 'In use' may have learnt from these "
        "very labels."
    )


def _moved(start: Model, fitted: Model) -> dict[str, tuple[float, float]]:
    """Weights before and after, those that moved most first."""
    both = {name: (start.weights.get(name, 0.0), value) for name, value in fitted.weights.items()} | {
        "intercept": (start.intercept, fitted.intercept)
    }
    return dict(sorted(both.items(), key=lambda one: -abs(one[1][1] - one[1][0])))


def _counted(known: Sequence[Known]) -> dict[Source, dict[str, int]]:
    count = Counter((one.source, one.right) for one in known)
    return {source: {"right": count[source, True], "wrong": count[source, False]} for source in COUNTS}


def _is_mixed(right: Rows) -> bool:
    return bool(0 < right.sum() < len(right))
