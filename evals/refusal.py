"""What is not in the base: `python -m evals.refusal [--held]`.

Of the near misses the share that is refused where 90 % of the answerable questions are answered, by our confidence, by the best cosine and by BM25.
Over the bases of other trades twice, with near misses that were written to look like what is there, and ("less") with the base's own questions when
the documents that answer them are taken out; and over the public bases, a part of their articles removed.
"""

import argparse
import asyncio
from collections.abc import Sequence

import numpy as np
from pydantic import BaseModel
from rich.table import Table

from bot.mind import Mind
from bot.steps import Request
from bot.turn import think
from evals.build import BUILDERS
from evals.builders import strange
from evals.case import Case, sampled
from evals.fit_confidence import auroc, refused
from evals.labelled import over
from evals.minds import err
from evals.nobody import never_used
from evals.remembered import Remembered
from evals.risk import interval
from evals.run import AS_OF, after, caller_of
from knowledge.embedder_packaged import Packaged

WAYS = ("confidence", "cosine", "BM25")
_PUBLIC, _MOST = ("places", "laws", "regulation"), 300


class Row(BaseModel, frozen=True):
    """One question: whether the base answers it, and how sure each way is of its best find."""

    base: str
    group: str
    answerable: bool
    sure: tuple[float, float, float]


async def rows_of(mind: Mind, base: str, cases: Sequence[Case]) -> list[Row]:
    """Every question, thought through."""
    out = []
    for case in cases:
        request = after(case, Request(conversation_id="refusal", caller=await caller_of(mind, case), lang=case.lang, text=case.question, now=AS_OF))
        thought = await think(mind, request, never_used)
        found = thought.evidence.found
        cosine, words = max((f.cosine for f in found), default=0.0), max((f.bm25 for f in found), default=0.0)
        sure = (thought.confidence.value, cosine, words)
        out.append(Row(base=base, group=case.pair or case.id, answerable=case.answerable, sure=sure))
    return out


def main() -> None:
    """Print a table; the last line is the mean over the bases."""
    options = argparse.ArgumentParser(prog="python -m evals.refusal", description=__doc__)
    options.add_argument("--held", action="store_true", help="the halves that nothing was fitted on")
    asked = options.parse_args()
    embedder = Remembered(Packaged())
    rows: list[Row] = []
    for name in strange.HELD if asked.held else (*strange.DEV, *_PUBLIC):
        with over(BUILDERS[name](0), embedder) as (mind, cases):
            there = asyncio.run(rows_of(mind, name, sampled(cases, _MOST)))
        rows += there
        if name in (*strange.DEV, *strange.HELD):
            rows += [r.model_copy(update={"base": f"{name} less"}) for r in there if r.answerable]
            for part in range(strange.PARTS):
                with over(strange.taken_out(name, part), embedder) as (mind, cases):
                    rows += asyncio.run(rows_of(mind, f"{name} less", cases))
        embedder.keep()
    table = Table("base", "questions", *(f"{way}: AUROC, refused" for way in WAYS))
    bases = list(dict.fromkeys(r.base for r in rows))
    for base in bases:
        table.add_row(base, str(sum(r.base == base for r in rows)), *(_cell([r for r in rows if r.base == base], n) for n in range(len(WAYS))))
    means = [np.mean([_figures([r for r in rows if r.base == base], n) for base in bases], axis=0) for n in range(len(WAYS))]
    table.add_row("mean of the bases", str(len(rows)), *(f"{a:.2f}, {share:.2f}" for a, share in means))
    err.print(table)


def _figures(rows: Sequence[Row], way: int) -> tuple[float, float]:
    scores, can = np.array([r.sure[way] for r in rows]), np.array([r.answerable for r in rows])
    return auroc(scores, can.astype(float)), refused(scores, can)


def _cell(rows: Sequence[Row], way: int) -> str:
    a, share = _figures(rows, way)
    low, high = interval(lambda at: _figures([rows[n] for n in at], way)[1], [r.group for r in rows], rounds=100)
    return f"{a:.2f}, {share:.2f} ({low:.2f}-{high:.2f})"


if __name__ == "__main__":
    main()
