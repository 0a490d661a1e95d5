"""Fits what a model's verdict is worth on development questions: `python -m evals.fit_verdict --model local [--most 200] [--write]`.

Every verdict is kept in reports/verdicts.jsonl, so a second run asks only what is new. What is printed is held out by base: the confidence
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
from bot.llm import LLM, GuardedLLM, ModelFailed, Spent
from bot.models import model_of
from bot.prompt import Prompt
from bot.settings import Settings, read_settings
from bot.verdict import FILE, Fitted, Verdicts, clipped, log_odds, verdict_prompt, verdicts
from evals.case import Case, sampled
from evals.fit_bases import ONE_LANGUAGE, bases
from evals.fit_confidence import Row, auroc, held_out, refused, row_of, thought_of
from evals.minds import err, progress
from evals.remembered import Remembered
from evals.words import closing
from knowledge.embedder_packaged import Packaged

KEPT = Path("reports") / "verdicts.jsonl"
L2, PATIENCE = 1.0, 120.0  # seconds for one verdict: here quality is measured, not speed
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Doubt:
    """A development question with its draft: the confidence of a model that never saw its base, whether the draft is right and the question
    answerable at all, and what to ask."""

    case: Case
    file: str
    confidence: float
    right: bool
    answerable: bool
    prompt: Prompt


def doubts(a_base: int) -> list[Doubt]:
    """At most `a_base` development questions of every base, each with the confidence of a model that saw no question of that family of bases."""
    embedder = Remembered(Packaged())
    rows: list[Row] = []
    found: list[tuple[Case, Prompt]] = []
    for name, mind, cases in bases(embedder):
        if name in ONE_LANGUAGE:
            continue
        for case in sampled(cases, a_base):
            thought = asyncio.run(thought_of(mind, case))
            if thought is None:
                continue
            rows.append(row_of(mind, name, case, thought))
            found.append((case, verdict_prompt(thought.understood.question, thought.grounding.draft)))
        embedder.keep()
    order = np.random.default_rng(0).permutation(len(rows))
    every = [Doubt(c, r.family, float(p), r.right, r.answerable, q) for r, p, (c, q) in zip(rows, held_out(rows), found, strict=True)]
    return [every[n] for n in order]


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


def fit_worth(base: Floats, verdict: Floats, right: Floats) -> tuple[float, float]:
    """Weight and offset by Newton's method, the log odds of the confidence added as they are."""
    x, w = np.column_stack([verdict, np.ones(len(verdict))]), np.zeros(2)
    ridge = np.diag([L2, 0.0])
    for _ in range(50):
        p = 1 / (1 + np.exp(-(base + x @ w)))
        w -= np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + ridge, x.T @ (p - right) + ridge @ w)
    return float(w[0]), float(w[1])


def report(name: str, before: Floats, after: Floats, right: Floats, answer_at: float) -> str:
    """AUROC without and with the verdict, and what is sent at the threshold."""
    if len(set(right)) < 2:
        return f"{name}: {len(right)} questions, all alike"
    sent = [f"{int(right[p >= answer_at].sum())} right + {int((1 - right[p >= answer_at]).sum())} wrong" for p in (before, after)]
    aurocs = f"AUROC {auroc(before, right):.3f} -> {auroc(after, right):.3f}"
    return f"{name}: {len(right)} questions, {int(right.sum())} drafts right; {aurocs}; sent at {answer_at}: {sent[0]} -> {sent[1]}"


def fitted_on(sample: Sequence[Doubt], yes: Mapping[str, float], settings: Settings) -> Fitted:
    """What the verdicts are worth, over all files; printed first: the same held out by base, for each language."""
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
    answerable = np.array([d.answerable for d in sample])
    for file in np.unique(files):
        at = files == file
        kept = [f"{refused(p[at], answerable[at]):.2f}" for p in (before, after)]
        told = report("drafts", before[at], after[at], right[at], settings.answer_at)
        print(f"{file}: refused of the unanswerable at 90 % answered {kept[0]} -> {kept[1]}; {told}")
    for lang, those in (("all", langs != ""), ("en", langs == "en"), ("zh", langs == "zh")):
        print(report(f"{lang}, unsure", before[those & unsure], after[those & unsure], right[those & unsure], settings.answer_at))
        print(report(f"{lang}, any", before[those], after[those], right[those], settings.answer_at))
        print(f"{lang}, unsure: the verdict alone AUROC {auroc(verdict[those & unsure], right[those & unsure]):.3f}")
    weight, offset = fit_worth(base[unsure], verdict[unsure], right[unsure])
    told = f"the bases of evals/fit_bases.py, {int(unsure.sum())} unsure of {len(sample)}, L2 {L2}"
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
    options.add_argument("--a-base", type=int, default=60, help="questions of each base")
    options.add_argument("--most", type=int, default=10_000, help="verdicts to ask for")
    options.add_argument("--write", action="store_true")
    given = options.parse_args()
    settings = read_settings(model=given.model, model_first_word=PATIENCE, model_total=PATIENCE)
    model = model_of(settings)
    if model is None:
        raise BadRequest("Nothing was fitted: there is no model.")
    every = doubts(given.a_base)
    unsure = [n for n, d in enumerate(every) if settings.judge_from <= d.confidence < settings.judge_to][: given.most]
    yes = asyncio.run(_asked_and_closed(model, [every[n] for n in unsure]))
    sample = [d for n, d in enumerate(every[: unsure[-1] + 1]) if n not in set(unsure) or key_of(d.prompt) in yes]
    print(f"{model.name}, {len(yes)} verdicts known; held out by base, without the verdict -> with it")
    fitted = fitted_on(sample, yes, settings)
    print(fitted.model_dump_json(indent=1))
    if given.write:
        write(model.name, sample[0].prompt, fitted)


if __name__ == "__main__":
    main()
