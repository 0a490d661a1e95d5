"""The fast slice: five pairs of every suite, always the same, whose figures may not drop below what was last accepted."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from pydantic import BaseModel

from basics.clock import iso
from basics.errors import BadRequest
from bot.mind import Mind
from evals.case import SUITES, Case, read_suite
from evals.effort import Effort, see_through
from evals.figure import Figure, find
from evals.run import AS_OF, Outcome, ask_all
from evals.totals import ALL, figures_of

FILE = Path(__file__).with_name("baseline_figures.json")
PAIRS = 5  # of each suite
SEED = 7
_KEPT = frozenset(
    {
        "right answer sent",
        "right outcome",
        "right draft",
        "article cited",
        "sent wrong",
        "answered without an answer",
        "handed over needlessly",
        "resolved without a person",
        "said what is forbidden",
        "sent with a figure not in its sources",
    }
)


class Accepted(BaseModel, frozen=True):
    """The figures of the slice as they were last accepted, and which cases then came out right, so that a drop can be told by its cases."""

    as_of: str
    embedder: str
    cases: tuple[str, ...]
    right: tuple[str, ...]
    figures: tuple[Figure, ...]


def slice_of(seed: int = SEED) -> tuple[Case, ...]:
    """Both languages of five pairs of each suite, drawn at random and always the same."""
    out: list[Case] = []
    for suite in SUITES:
        cases = read_suite(suite)
        pairs = sorted({case.pair for case in cases})
        drawn = {pairs[n] for n in np.random.default_rng(seed).permutation(len(pairs))[:PAIRS]}
        out += [case for case in cases if case.pair in drawn]
    return tuple(out)


async def measured_slice(mind: Mind, cases: Sequence[Case]) -> Accepted:
    """Ask these cases, and what they come to; times are left out, which differ from machine to machine."""
    outcomes: list[Outcome] = []
    efforts: list[Effort] = []
    async for asked in ask_all(cases, mind):
        outcomes.append(asked.outcome)
        efforts.append(await see_through(asked, None))
    figures = tuple(f for f in figures_of(outcomes, efforts=efforts) if f.name in _KEPT and f.part in (ALL, "en", "zh"))
    return Accepted(
        as_of=iso(AS_OF),
        embedder=mind.embedder.fingerprint,
        cases=tuple(o.case.id for o in outcomes),
        right=tuple(o.case.id for o in outcomes if not o.is_miss),
        figures=figures,
    )


def read_accepted(file: Path = FILE) -> Accepted:
    """What was last accepted; BadRequest says how to make it where it is not there."""
    try:
        return Accepted.model_validate_json(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise BadRequest(f"{file} cannot be read: run `python -m evals.accept` and look at what it prints.") from None


def drops(accepted: Accepted, now: Accepted) -> list[str]:
    """Each figure that is worse than its accepted interval allows, in a sentence; empty where all hold. Better ones are never a drop."""
    out = []
    for before in accepted.figures:
        after = find(now.figures, before.who, before.part, before.name)
        if before.value is None or before.low is None or before.high is None:
            continue
        if after is None or after.value is None:
            gone = before.better == "more"  # nothing sent is nothing sent wrong, but nothing measured where there should be more is a loss
            out += [f"{before.part}, {before.name}: was {before.told}, is not measured any more."] if gone else []
        elif after.value < before.low if before.better == "more" else after.value > before.high:
            out.append(f"{before.part}, {before.name}: was {before.told}, is {after.told}.")
    return out


def told(accepted: Accepted, now: Accepted) -> str:
    """The drops and the cases behind them, with what to do."""
    lost = sorted(set(accepted.right) - set(now.right))
    won = sorted(set(now.right) - set(accepted.right))
    lines = [*drops(accepted, now), f"No longer right: {', '.join(lost) or 'none'}.", f"Right now: {', '.join(won) or 'none'}."]
    return "\n".join([*lines, "If this is meant, accept it: python -m evals.accept"])
