"""Fits what each kind of closeness counts in a search: `python -m evals.fit_search`; prints figures per held-out base, then the weights.

For each answerable development question of every base (evals/fit_bases.py) each unit that this asker may read gets its features
(knowledge/closeness.py); the weights make the units that hold the answer as likely as can be among all of them (a softmax a question, every base
counting the same). What bot/prefer.py adds for the asker's fare, the kind of thing that is wanted and the intervals of rows stays as it is.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.mind import Mind
from bot.own import facts_about, stated
from bot.prefer import prefer
from bot.steps import Request
from bot.understand import understand, widen
from evals.builders import strange
from evals.case import Case
from evals.fit_bases import bases
from evals.nobody import never_used
from evals.remembered import Remembered
from evals.run import AS_OF, after, caller_of
from evals.scorers import stands_in
from knowledge.closeness import Closeness
from knowledge.embedder_packaged import Packaged
from knowledge.passage import Passage, Unit
from knowledge.search import Weights, found_of, look_around

Floats = NDArray[np.float64]
L2, STEPS, RATE = 0.002, 400, 0.05


@dataclass(frozen=True)
class Question:
    """One question: features of every unit, what is added whatever the weights, and which units hold the answer."""

    base: str
    features: Floats
    added: Floats
    answers: NDArray[np.bool_]


async def questions_of(mind: Mind, base: str, cases: Sequence[Case]) -> list[Question]:
    """The answerable cases as rows to fit on; one whose answer no unit holds by itself is left out."""
    out = []
    for case in cases:
        near, added = await _around(mind, case) if case.answerable else (None, np.zeros(0))
        if near is None:
            continue
        answers = np.array([_holds(case, p, u) for p in near.passages for u in p.units])
        if answers.any():
            out.append(Question(base, near.features, added, answers))
    return out


async def _around(mind: Mind, case: Case) -> tuple[Closeness | None, Floats]:
    request = after(case, Request(conversation_id="fit", caller=await caller_of(mind, case), lang=case.lang, text=case.question, now=AS_OF))
    evidence = await mind.holdings(request, never_used)
    understood = understand(request)
    if understood.ask != "question" or evidence.reader is None:
        return None, np.zeros(0)
    facts = facts_about(understood.question, evidence, AS_OF)
    understood = widen(understood, facts)
    vector = mind.embedder.question(understood.searched)
    near = look_around(mind.shelf, mind.index, vector, understood.searched_terms, understood.lang, evidence.reader, understood.question)
    if near is None:
        return None, np.zeros(0)
    nothing = np.zeros(len(near.features))
    found = [found_of(near, n, nothing, understood.lang) for n in range(len(near.passages))]
    moved = {f.passage.id: f.units for f in prefer(found, understood, facts, stated(understood, evidence, AS_OF), most=len(found))}
    return near, np.concatenate([moved[p.id] for p in near.passages])


def _holds(case: Case, passage: Passage, unit: Unit) -> bool:
    text = " ".join([unit.text, unit.lead_in, *(c.header for c in unit.cells)])
    return passage.article_id in case.articles and any(stands_in(part, text) for part in case.must[0])


def fit(questions: Sequence[Question], scale: Floats) -> Floats:
    """The weights (per unit of `scale`), by gradient steps with momentum (Adam); the loss is smooth and has one minimum per set of answers."""
    many = Counter(q.base for q in questions)
    rows = np.concatenate([q.features / scale for q in questions])
    added, answers = np.concatenate([q.added for q in questions]), np.concatenate([q.answers for q in questions])
    sizes = np.array([len(q.features) for q in questions])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    counts = np.repeat([1 / (many[q.base] * len(many)) for q in questions], sizes)
    w = np.zeros(len(scale))
    mean, square = np.zeros_like(w), np.zeros_like(w)
    for step in range(1, STEPS + 1):
        score = rows @ w + added
        odds = np.exp(score - np.repeat(np.maximum.reduceat(score, starts), sizes))
        right = odds * answers
        pull = right / np.repeat(np.add.reduceat(right, starts), sizes) - odds / np.repeat(np.add.reduceat(odds, starts), sizes)
        slope = 2 * L2 * w - (counts * pull) @ rows
        mean, square = 0.9 * mean + 0.1 * slope, 0.999 * square + 0.001 * slope**2
        w -= RATE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    return w


def among_best(questions: Sequence[Question], weights: Floats) -> list[float]:
    """The share of questions with a unit that answers among the best 1, 3, 5, 8."""
    ranks = [int(np.argmax(q.answers[np.argsort(-(q.features @ weights + q.added), kind="stable")])) for q in questions]
    return [round(float(np.mean([r < k for r in ranks])), 2) for k in (1, 3, 5, 8)]


def main() -> None:
    """Each base held out once, then the weights over all."""
    embedder = Remembered(Packaged())
    questions: list[Question] = []
    for name, mind, cases in bases(embedder, strange.ALIKE):
        questions += asyncio.run(questions_of(mind, name, cases))
        embedder.keep()
    scale = np.mean([q.features.std(0) for q in questions], axis=0) + 1e-9
    for base in dict.fromkeys(q.base for q in questions):
        weights = fit([q for q in questions if q.base.split()[0] != base.split()[0]], scale) / scale
        held_out = [q for q in questions if q.base == base]
        print(f"{base}, {len(held_out)} questions: held out {among_best(held_out, weights)}", flush=True)
    fitted = fit(questions, scale) / scale
    print(Weights.model_validate(dict(zip(Weights.model_fields, fitted.round(2).tolist(), strict=True))))
    for base in dict.fromkeys(q.base for q in questions):
        these = [q for q in questions if q.base == base]
        print(f"{base}: fitted {among_best(these, fitted)}, as they stand {among_best(these, Weights().per_column())}")


if __name__ == "__main__":
    main()
