"""Fits what each kind of closeness counts in a search: `python -m evals.fit_search`; prints figures per held-out file, then the weights.

For each answerable development question every unit that this asker may read gets nine features (knowledge/closeness.py); the weights make
the units that hold the answer as likely as can be among all of them (a softmax a question), with and without noted ways of asking.
What bot/prefer.py adds for the asker's fare, the kind of thing that is wanted and the intervals of rows is there, and stays as it is.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.mind import Mind
from bot.own import facts_about, stated
from bot.prefer import prefer
from bot.steps import Request
from bot.understand import understand, widen
from evals.case import Case, read_cases
from evals.fit_confidence import CASES
from evals.minds import demo_mind
from evals.nobody import never_used
from evals.run import AS_OF, caller_of
from evals.scorers import stands_in
from knowledge.closeness import Closeness
from knowledge.passage import Passage, Unit
from knowledge.search import Weights, found_of, look_around

Floats = NDArray[np.float64]
L2, STEPS, RATE = 0.005, 1500, 0.03


@dataclass(frozen=True)
class Question:
    """One question: features of every unit, what is added whatever the weights, and which units hold the answer."""

    file: str
    noted: bool
    features: Floats
    added: Floats
    answers: NDArray[np.bool_]


async def questions_of(mind: Mind, file: str, cases: Sequence[Case], noted: bool) -> list[Question]:
    """The answerable cases as rows to fit on; one whose answer no unit holds by itself is left out."""
    out = []
    for case in cases:
        near, added = await _around(mind, case) if case.answerable else (None, np.zeros(0))
        if near is None:
            continue
        answers = np.array([_holds(case, p, u) for p in near.passages for u in p.units])
        if answers.any():
            out.append(Question(file, noted, near.features, added, answers))
    return out


async def _around(mind: Mind, case: Case) -> tuple[Closeness | None, Floats]:
    request = Request(conversation_id="fit", caller=await caller_of(mind, case), lang=case.lang, text=case.question, now=AS_OF)
    evidence = await mind.holdings(request, never_used)
    understood = understand(request)
    if understood.ask != "question" or evidence.reader is None:
        return None, np.zeros(0)
    facts = facts_about(understood.question, evidence, AS_OF)
    understood = widen(understood, facts)
    vector = mind.embedder.question(understood.searched)
    near = look_around(mind.shelf, mind.index, vector, understood.searched_terms, understood.lang, evidence.reader)
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
    held = [(q.features / scale - (q.features / scale).max(0), q.added, q.answers) for q in questions]
    w = np.zeros(len(scale))
    mean, square = np.zeros_like(w), np.zeros_like(w)
    for step in range(1, STEPS + 1):
        slope = 2 * L2 * w
        for features, added, answers in held:
            odds = np.exp((s := features @ w + added) - s.max())
            right = odds * answers
            slope -= (right @ features / right.sum() - odds @ features / odds.sum()) / len(held)
        mean, square = 0.9 * mean + 0.1 * slope, 0.999 * square + 0.001 * slope**2
        w -= RATE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    return w


def among_best(questions: Sequence[Question], weights: Floats) -> list[float]:
    """The share of questions with a unit that answers among the best 1, 3, 5, 8."""
    ranks = [int(np.argmax(q.answers[np.argsort(-(q.features @ weights + q.added), kind="stable")])) for q in questions]
    return [round(float(np.mean([r < k for r in ranks])), 2) for k in (1, 3, 5, 8)]


def main() -> None:
    """Each file held out once, then the weights over all."""
    questions: list[Question] = []
    for noted in (True, False):
        with demo_mind(AS_OF, noted=noted) as mind:
            for file in CASES:
                questions += asyncio.run(questions_of(mind, file.stem, read_cases(file), noted))
    scale = np.mean([q.features.std(0) for q in questions], axis=0) + 1e-9
    for file in CASES:
        weights = fit([q for q in questions if q.file != file.stem], scale) / scale
        for noted in (True, False):
            held_out = [q for q in questions if (q.file, q.noted) == (file.stem, noted)]
            print(f"{file.stem}, {'with' if noted else 'no'} ways of asking: among the best 1, 3, 5, 8: {among_best(held_out, weights)}", flush=True)
    fitted = fit(questions, scale) / scale
    print(Weights.model_validate(dict(zip(Weights.model_fields, fitted.round(2).tolist(), strict=True))))
    print(f"as they stand: {among_best([q for q in questions if q.noted], Weights().per_column())}")


if __name__ == "__main__":
    main()
