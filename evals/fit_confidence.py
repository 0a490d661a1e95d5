"""Fits the confidence model on the development questions: `python -m evals.fit_confidence [--write]`; prints cross-validated figures first."""

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.confidence import FEATURES, FILE
from bot.mind import Mind
from bot.steps import Request, Thought
from bot.turn import think
from desk.conversation import joined
from evals.case import Case, read_cases
from evals.minds import demo_mind
from evals.nobody import never_used
from evals.run import AS_OF, caller_of
from evals.scorers import right as says_what_it_must

CASES = sorted(Path(__file__).with_name("cases").glob("dev*.jsonl"))
L2, FOLDS, ROUNDS = 8.0, 5, 5
Rows = NDArray[np.float64]


def fit(rows: Rows, right: Rows, l2: float = L2) -> tuple[Rows, float]:
    """Logistic regression on standardised features by Newton's method; the weights and intercept are for the features as they are."""
    mean, spread = rows.mean(0), rows.std(0) + 1e-9
    z = np.column_stack([(rows - mean) / spread, np.ones(len(rows))])
    ridge = np.eye(z.shape[1]) * l2
    ridge[-1, -1] = 0.0
    w = np.zeros(z.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-z @ w))
        w -= np.linalg.solve((z * (p * (1 - p))[:, None]).T @ z + ridge, z.T @ (p - right) + ridge @ w)
    weights = w[:-1] / spread
    return weights, float(w[-1] - weights @ mean)


def out_of_fold(rows: Rows, right: Rows, groups: NDArray[np.str_]) -> Rows:
    """Each row's probability from models that saw no row of its group: 5 folds, the mean of 5 shuffles."""
    out = np.zeros(len(right))
    names = np.unique(groups)
    for seed in range(ROUNDS):
        order = np.random.default_rng(seed).permutation(names)
        for fold in range(FOLDS):
            held = np.isin(groups, order[fold::FOLDS])
            weights, intercept = fit(rows[~held], right[~held])
            out[held] += 1 / (1 + np.exp(-(rows[held] @ weights + intercept))) / ROUNDS
    return out


def auroc(scores: Rows, right: Rows) -> float:
    """The chance that a right draft scores above a wrong one."""
    good, bad = scores[right == 1], scores[right == 0]
    return float((good[:, None] > bad[None]).mean() + 0.5 * (good[:, None] == bad[None]).mean())


def is_right(case: Case, draft: str) -> bool:
    """No draft is right for what cannot be answered."""
    return case.answerable and says_what_it_must(case, draft).ok


async def _thoughts(mind: Mind, cases: Sequence[Case]) -> list[Thought]:
    out = []
    for case in cases:
        caller = await caller_of(mind, case)
        request = Request(conversation_id="fit", caller=caller, lang=case.lang, text=case.question, now=AS_OF)
        out.append(await think(mind, request, never_used))
    return out


def gathered(cases: Sequence[Case]) -> list[tuple[Case, Thought]]:
    """Every case thought through twice: over the articles as they are, and over the same with no way of asking noted.

    Most bases have none noted, and the model has to hold there too.
    """
    out: list[tuple[Case, Thought]] = []
    for noted in (True, False):
        with demo_mind(AS_OF, noted=noted) as mind:
            out += zip(cases, asyncio.run(_thoughts(mind, cases)), strict=True)
    return out


def report(scores: Rows, right: Rows, answerable: NDArray[np.bool_]) -> str:
    """AUROC and what each threshold would let through."""
    lines = [f"{len(right)} questions, {int(right.sum())} drafts right; out of fold: AUROC {auroc(scores, right):.3f}"]
    fair = (right == 1) | ~answerable
    lines.append(f"right drafts against unanswerable questions only: AUROC {auroc(scores[fair], right[fair]):.3f}")
    for at in np.arange(0.4, 0.76, 0.05):
        sent = scores >= at
        parts = (sent[right == 1].mean(), sent[~answerable].mean(), sent[(right == 0) & answerable].mean())
        lines.append(f"at {at:.2f}: sent {parts[0]:.0%} of the right, {parts[1]:.0%} of the unanswerable, {parts[2]:.0%} of the wrong drafts")
    return "\n".join(lines)


def main() -> None:
    """Fit, print, and with --write replace bot/confidence.json."""
    cases = [case for file in CASES for case in read_cases(file)]
    asked = [(c, t) for c, t in gathered(cases) if set(FEATURES) <= set(t.confidence.features)]
    rows = np.array([[t.confidence.features[name] for name in FEATURES] for _, t in asked])
    right = np.array([is_right(c, joined(t.grounding.draft.sentences)) for c, t in asked], dtype=np.float64)
    answerable = np.array([c.answerable for c, _ in asked])
    groups = np.array([c.id for c, _ in asked])
    scores = out_of_fold(rows, right, groups)
    for name, noted in (("ways of asking noted", True), ("none noted", False)):
        these = np.array([(t.confidence.features["asks_noted"] > 0) == noted for _, t in asked])
        print(f"{name}: {report(scores[these], right[these], answerable[these])}")
    weights, intercept = fit(rows, right)
    model = {
        "fitted_on": f"evals/cases/dev*.jsonl, {len(set(groups))} questions, with and without ways of asking noted, L2 {L2}",
        "intercept": round(intercept, 4),
        "weights": {name: round(float(w), 4) for name, w in zip(FEATURES, weights, strict=True)},
    }
    print(json.dumps(model, indent=1))
    if "--write" in sys.argv:
        FILE.write_text(json.dumps(model, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
