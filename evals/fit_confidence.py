"""Fits the confidence model on the development questions: `python -m evals.fit_confidence [--write]`; prints cross-validated figures first."""

import asyncio
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from basics.clock import system_clock
from bot.assembly import House, assemble
from bot.confidence import FEATURES, FILE
from bot.settings import Settings
from bot.steps import Request, Thought
from desk.conversation import Caller, joined

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


def out_of_fold(rows: Rows, right: Rows) -> Rows:
    """Each question's probability from models that did not see it: 5 folds, the mean of 5 shuffles."""
    out = np.zeros(len(right))
    for seed in range(ROUNDS):
        order = np.random.default_rng(seed).permutation(len(right))
        for fold in range(FOLDS):
            held = order[fold::FOLDS]
            weights, intercept = fit(np.delete(rows, held, 0), np.delete(right, held))
            out[held] += 1 / (1 + np.exp(-(rows[held] @ weights + intercept))) / ROUNDS
    return out


def auroc(scores: Rows, right: Rows) -> float:
    """The chance that a right draft scores above a wrong one."""
    good, bad = scores[right == 1], scores[right == 0]
    return float((good[:, None] > bad[None]).mean() + 0.5 * (good[:, None] == bad[None]).mean())


def is_right(case: dict[str, Any], thought: Thought) -> bool:
    """True if the draft says what the case must have and nothing it must not; no draft is right for what cannot be answered."""
    text = joined(thought.grounding.draft.sentences).lower()
    held = all(any(one.lower() in text for one in ways) for ways in case["must"])
    return bool(case["answerable"]) and held and not any(one.lower() in text for one in case["must_not"])


async def _thoughts(house: House, cases: Sequence[dict[str, Any]]) -> list[Thought]:
    async def never_used(rule_id: str, booking_id: str) -> int:
        return 0

    out = []
    for case in cases:
        person = await house.mind.source.traveller(case["as"]) if case["as"] != "anonymous" else None
        caller = Caller(kind=person.role, traveller_id=person.id, tier=person.tier) if person else Caller()
        request = Request(conversation_id="fit", caller=caller, lang=case["lang"], text=case["question"], now=system_clock())
        out.append(await house.mind.think(request, never_used))
    return out


async def _gathered(cases: Sequence[dict[str, Any]]) -> list[Thought]:
    with tempfile.TemporaryDirectory() as home:
        house = assemble(Settings(home=Path(home)))
        await house.start()
        try:
            await house.ingest([house.settings.articles])
            return await _thoughts(house, cases)
        finally:
            await house.stop()


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
    cases = [json.loads(line) for file in CASES for line in file.read_text(encoding="utf-8").splitlines()]
    asked = [(c, t) for c, t in zip(cases, asyncio.run(_gathered(cases)), strict=True) if set(FEATURES) <= set(t.confidence.features)]
    rows = np.array([[t.confidence.features[name] for name in FEATURES] for _, t in asked])
    right = np.array([is_right(c, t) for c, t in asked], dtype=np.float64)
    answerable = np.array([bool(c["answerable"]) for c, _ in asked])
    print(report(out_of_fold(rows, right), right, answerable))
    weights, intercept = fit(rows, right)
    model = {
        "fitted_on": f"evals/cases/dev*.jsonl, {len(right)} questions, L2 {L2}",
        "intercept": round(intercept, 4),
        "weights": {name: round(float(w), 4) for name, w in zip(FEATURES, weights, strict=True)},
    }
    print(json.dumps(model, indent=1))
    if "--write" in sys.argv:
        FILE.write_text(json.dumps(model, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
