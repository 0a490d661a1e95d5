"""Fits what a model's verdict is worth on development questions: `python -m evals.fit_verdict --model local [--most 200] [--write]`.

Every verdict is kept in reports/verdicts.jsonl, so a second run asks only what is new. What is printed is held out by file: the confidence
of a question, and the worth of its verdict, come from the other files.
"""

import argparse
import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from basics.errors import BadRequest
from basics.ids import fingerprint
from bot.confidence import FEATURES
from bot.llm import LLM, GuardedLLM, ModelFailed, Spent
from bot.models import model_of
from bot.prompt import Prompt
from bot.settings import Settings, read_settings
from bot.verdict import FILE, Fitted, Verdicts, clipped, log_odds, verdict_prompt, verdicts
from desk.conversation import joined
from evals.case import Case, read_cases
from evals.fit_confidence import CASES, auroc, fit, gathered, is_right
from evals.minds import err, progress
from evals.words import closing

KEPT = Path("reports") / "verdicts.jsonl"
L2, PATIENCE = 1.0, 120.0  # seconds for one verdict: here quality is measured, not speed
Row = NDArray[np.float64]


@dataclass(frozen=True)
class Doubt:
    """A development question with its draft: the confidence that models which never saw its file give it, whether it is right, what to ask."""

    case: Case
    file: str
    confidence: float
    right: bool
    prompt: Prompt


def doubts() -> list[Doubt]:
    """Every development question, in an order that is random and always the same, so that any beginning of it is a fair sample."""
    by_file = [(file.stem, case) for file in CASES for case in read_cases(file)]
    files = [file for file, _ in by_file] * 2
    known = [(f, c, t) for f, (c, t) in zip(files, gathered([c for _, c in by_file]), strict=True) if set(FEATURES) <= set(t.confidence.features)]
    rows = np.array([[t.confidence.features[name] for name in FEATURES] for _, _, t in known])
    right = np.array([is_right(c, joined(t.grounding.draft.sentences)) for _, c, t in known], dtype=np.float64)
    stems = np.array([f for f, _, _ in known])
    confidence = np.zeros(len(known))
    for stem in np.unique(stems):
        held = stems == stem
        weights, intercept = fit(rows[~held], right[~held])
        confidence[held] = 1 / (1 + np.exp(-(rows[held] @ weights + intercept)))
    out: dict[str, Doubt] = {}
    for (f, c, t), p, ok in zip(known, confidence, right, strict=True):  # as the articles are comes first, and that is the one kept
        out.setdefault(f"{f}/{c.id}", Doubt(c, f, float(p), bool(ok), verdict_prompt(t.understood.question, t.grounding.draft)))
    order = np.random.default_rng(0).permutation(len(out))
    return [list(out.values())[n] for n in order]


async def asked(model: LLM, doubtful: Sequence[Doubt]) -> dict[str, float]:
    """The probability of Yes for each prompt's fingerprint, from what is kept and else from the model; a failure is left out."""
    KEPT.parent.mkdir(exist_ok=True)
    kept: dict[str, float] = {}
    if KEPT.exists():
        for line in map(json.loads, KEPT.read_text(encoding="utf-8").splitlines()):
            kept |= {line["asked"]: line["yes"]} if line["model"] == model.name else {}
    with progress("Asking") as told, KEPT.open("a", encoding="utf-8") as lines:
        for n, one in enumerate(doubtful, start=1):
            told(n, len(doubtful))
            if key_of(one.prompt) in kept:
                continue
            try:
                yes = await model.yes(one.prompt, Spent())
            except ModelFailed as no:
                err.print(f"{one.case.id}: no verdict ({no})", style="yellow", highlight=False)
                continue
            kept[key_of(one.prompt)] = yes
            lines.write(json.dumps({"model": model.name, "asked": key_of(one.prompt), "yes": yes}) + "\n")
            lines.flush()
    return kept


def key_of(prompt: Prompt) -> str:
    """What a kept verdict is found by: rules and case."""
    return fingerprint(prompt.system + prompt.asked)[:24]


def fit_worth(base: Row, verdict: Row, right: Row) -> tuple[float, float]:
    """Weight and offset by Newton's method, the log odds of the confidence added as they are."""
    x, w = np.column_stack([verdict, np.ones(len(verdict))]), np.zeros(2)
    ridge = np.diag([L2, 0.0])
    for _ in range(50):
        p = 1 / (1 + np.exp(-(base + x @ w)))
        w -= np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + ridge, x.T @ (p - right) + ridge @ w)
    return float(w[0]), float(w[1])


def report(name: str, before: Row, after: Row, right: Row, answer_at: float) -> str:
    """AUROC without and with the verdict, and what is sent at the threshold."""
    if len(set(right)) < 2:
        return f"{name}: {len(right)} questions, all alike"
    sent = [f"{int(right[p >= answer_at].sum())} right + {int((1 - right[p >= answer_at]).sum())} wrong" for p in (before, after)]
    aurocs = f"AUROC {auroc(before, right):.3f} -> {auroc(after, right):.3f}"
    return f"{name}: {len(right)} questions, {int(right.sum())} drafts right; {aurocs}; sent at {answer_at}: {sent[0]} -> {sent[1]}"


def fitted_on(sample: Sequence[Doubt], yes: Mapping[str, float], settings: Settings) -> Fitted:
    """What the verdicts are worth, over all files; printed first: the same held out by file, for each language."""
    unsure = np.array([settings.judge_from <= d.confidence < settings.judge_to for d in sample])
    files, langs = np.array([d.file for d in sample]), np.array([d.case.lang for d in sample])
    right = np.array([d.right for d in sample], dtype=np.float64)
    base = np.array([log_odds(d.confidence) for d in sample])
    verdict = np.array([clipped(yes[key_of(d.prompt)]) if u else 0.0 for d, u in zip(sample, unsure, strict=True)])
    moved = base.copy()
    for file in np.unique(files):
        held, learn = unsure & (files == file), unsure & (files != file)
        weight, offset = fit_worth(base[learn], verdict[learn], right[learn])
        moved[held] = base[held] + offset + weight * verdict[held]
    before, after = 1 / (1 + np.exp(-base)), 1 / (1 + np.exp(-moved))
    for lang, those in (("all", langs != ""), ("en", langs == "en"), ("zh", langs == "zh")):
        print(report(f"{lang}, unsure", before[those & unsure], after[those & unsure], right[those & unsure], settings.answer_at))
        print(report(f"{lang}, any", before[those], after[those], right[those], settings.answer_at))
        print(f"{lang}, unsure: the verdict alone AUROC {auroc(verdict[those & unsure], right[those & unsure]):.3f}")
    weight, offset = fit_worth(base[unsure], verdict[unsure], right[unsure])
    told = f"evals/cases/dev*.jsonl, {int(unsure.sum())} unsure of {len(sample)}, L2 {L2}"
    return Fitted(fitted_on=told, weight=round(weight, 4), offset=round(offset, 4))


def write(model: str, asked_with: Prompt, fitted: Fitted) -> None:
    """Keep it in bot/verdict.json under the model's name; what was fitted for another prompt says nothing about this one and goes."""
    name, known = f"{asked_with.name}:{asked_with.hash}", verdicts()
    others = known.models if known.prompt == name else {}
    FILE.write_text(Verdicts(prompt=name, models={**others, model: fitted}).model_dump_json(indent=1) + "\n", encoding="utf-8")


async def _asked_and_closed(model: GuardedLLM, doubtful: Sequence[Doubt]) -> dict[str, float]:
    async with closing(model):
        return await asked(model, doubtful)


def main() -> None:
    """Ask, fit, print, and with --write keep it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--model", choices=("local", "openai"), required=True)
    options.add_argument("--most", type=int, default=10_000, help="verdicts to ask for")
    options.add_argument("--write", action="store_true")
    given = options.parse_args()
    settings = read_settings(model=given.model, model_first_word=PATIENCE, model_total=PATIENCE)
    model = model_of(settings)
    if model is None:
        raise BadRequest("Nothing was fitted: there is no model.")
    every = doubts()
    unsure = [n for n, d in enumerate(every) if settings.judge_from <= d.confidence < settings.judge_to][: given.most]
    yes = asyncio.run(_asked_and_closed(model, [every[n] for n in unsure]))
    sample = [d for n, d in enumerate(every[: unsure[-1] + 1]) if n not in set(unsure) or key_of(d.prompt) in yes]
    print(f"{model.name}, {len(yes)} verdicts known; held out by file, without the verdict -> with it")
    fitted = fitted_on(sample, yes, settings)
    print(fitted.model_dump_json(indent=1))
    if given.write:
        write(model.name, sample[0].prompt, fitted)


if __name__ == "__main__":
    main()
