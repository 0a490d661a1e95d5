"""Is the document that answers among the first? `python -m evals.recall [--held]`: our search beside the embedder alone and BM25 alone.

Every base of other trades, and the airline's articles where one language has them, asked in the language of the text and in the other one. `--held`
asks the halves that nothing was fitted on.
"""

import argparse
import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from pydantic import BaseModel
from rich.table import Table

from bot.mind import Mind
from bot.steps import Request
from bot.understand import understand
from bot.watch import Watch
from desk.conversation import Caller
from evals.build import BUILDERS
from evals.builders import strange
from evals.case import Case
from evals.fit_bases import airline_bases
from evals.labelled import over
from evals.minds import err
from evals.nobody import never_used
from evals.remembered import Remembered
from evals.risk import interval
from evals.run import AS_OF, after
from knowledge.embedder_packaged import Packaged
from knowledge.search import MEANING_ONLY, Weights, search
from knowledge.terms import script_of, terms_of

AT = (1, 5)
BM25 = Weights(**(dict.fromkeys(Weights.model_fields, 0.0) | {"words_article": 1.0}))  # of whole documents, over the terms the question has there
WAYS = ("ours", "embedder", "BM25")


class Row(BaseModel, frozen=True):
    """One question: the rank (from 0) of the first document that answers, by each way; `cross` where no such document is in its language."""

    base: str
    group: str
    cross: bool
    ranks: dict[str, int]


async def ranks_of(mind: Mind, base: str, cases: Sequence[Case]) -> list[Row]:
    """Every answerable question whose documents are in this base."""
    langs: dict[str, set[str]] = {}
    for article in mind.shelf.articles.values():
        langs.setdefault(article.id, set()).add(article.lang)
    out = []
    for case in cases:
        there = {lang for name in case.articles for lang in langs.get(name, set())}
        if not case.answerable or not there:
            continue
        request = after(case, Request(conversation_id="recall", caller=Caller(), lang=case.lang, text=case.question, now=AS_OF))
        understood = understand(request, mind.shelf.slips).model_copy(update={"ask": "question"})
        with Watch() as watch:
            understood, evidence = await mind.gather(request, understood, never_used, mind.shelf, mind.finder, watch)
        if evidence.reader is None:
            continue
        plain = mind.embedder.question(case.question)
        searched = (understood.vector, understood.searched_terms, understood.lang, evidence.reader, 120)
        lang = script_of(case.question)
        ranked = {
            "ours": [f.passage.article_id for f in evidence.found]
            + [f.passage.article_id for f in search(mind.shelf, mind.index, *searched, asked=understood.question)],
            "embedder": [
                f.passage.article_id for f in search(mind.shelf, mind.index, plain, (), lang, evidence.reader, most=120, weights=MEANING_ONLY)
            ],
            "BM25": [f.passage.article_id for f in search(mind.shelf, mind.index, None, terms_of(case.question), lang, evidence.reader, 120, BM25)],
        }
        ranks = {way: _rank(list(dict.fromkeys(found)), case) for way, found in ranked.items()}
        out.append(Row(base=base, group=case.pair or case.id, cross=lang not in there, ranks=ranks))
    return out


def _rank(found: Sequence[str], case: Case) -> int:
    return next((n for n, name in enumerate(found) if name in case.articles), 999)


def measured(held: bool, embedder: Remembered) -> list[Row]:
    """All bases, one after the other."""
    rows: list[Row] = []
    for name, mind, cases in airline_bases(embedder) if not held else ():
        if name in ("airline en", "airline zh"):
            rows += asyncio.run(ranks_of(mind, name, cases))
    for name in strange.HELD if held else (*strange.DEV, strange.ALIKE):
        with over(BUILDERS[name](0), embedder) as (mind, cases):
            rows += asyncio.run(ranks_of(mind, name, cases))
        embedder.keep()
    return rows


def main() -> None:
    """Print a table, and write every rank into reports/recall.json."""
    options = argparse.ArgumentParser(prog="python -m evals.recall", description=__doc__)
    options.add_argument("--held", action="store_true", help="the halves that nothing was fitted on")
    asked = options.parse_args()
    rows = measured(asked.held, Remembered(Packaged()))
    table = Table("base", "asked in", "questions", *(f"{way} @{k}" for k in AT for way in WAYS))
    for cross in (False, True):
        names = [n for n in dict.fromkeys(r.base for r in rows) if any(r.base == n and r.cross == cross for r in rows)]
        for name in [*names, "mean of the bases"]:
            these = [r for r in rows if r.cross == cross and name in (r.base, "mean of the bases")]
            cells = [_cell(these, way, k) for k in AT for way in WAYS]
            table.add_row(name, "the other language" if cross else "its language", str(len(these)), *cells)
    err.print(table)
    Path("reports").mkdir(exist_ok=True)
    Path("reports/recall.json").write_text(json.dumps([r.model_dump() for r in rows], indent=1), encoding="utf-8")


def _cell(rows: Sequence[Row], way: str, k: int) -> str:
    hits = np.array([r.ranks[way] < k for r in rows], dtype=float)
    weights = np.array([1 / sum(o.base == r.base for o in rows) for r in rows])  # every base counts the same
    low, high = interval(lambda at: float(np.average(hits[at], weights=weights[at])), [f"{r.base}/{r.group}" for r in rows])
    return f"{np.average(hits, weights=weights):.3f} ({low:.2f}-{high:.2f})"


if __name__ == "__main__":
    main()
