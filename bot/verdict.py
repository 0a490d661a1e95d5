"""Whether the draft answers the question: a model's opinion, asked only where the house is unsure, and only one more feature of the confidence."""

import json
import math
from functools import cache
from pathlib import Path

from pydantic import BaseModel

from bot.llm import LLM, ModelFailed, Spent
from bot.prompt import Prompt, prompt
from bot.settings import Settings
from bot.steps import Confidence, Draft, Grounding, Understood
from desk.conversation import joined

FILE = Path(__file__).with_name("verdict.json")
_QUESTION, _DRAFT = 600, 900  # characters that are shown: a verdict has to be read in a second or two
_FAR = 3.0  # log odds; a model that is surer than this is believed no more
_UNMEASURED = 0.5  # a third of what was fitted for the one that was measured


class Fitted(BaseModel, frozen=True):
    """What the log odds of a model's Yes are worth: they are added to those of the confidence, times `weight`, with `offset`."""

    fitted_on: str
    weight: float
    offset: float


class Verdicts(BaseModel, frozen=True):
    """The models that were measured, by name, and the prompt (name and hash) they were measured with."""

    prompt: str
    models: dict[str, Fitted]


def is_unsure(confidence: Confidence, settings: Settings) -> bool:
    """True inside the band around the threshold where a second opinion could turn the decision."""
    return settings.judge_from <= confidence.value < settings.judge_to and "decided" not in confidence.features


def verdict_prompt(question: str, draft: Draft) -> Prompt:
    """Does this draft, under its headings, answer this question?"""
    headings = dict.fromkeys(f"{c.title} > {c.section}" if c.section not in ("", c.title) else c.title for c in draft.citations)
    text = f"{'; '.join(headings)}: {joined(draft.sentences)}"
    return prompt("verdict", f"Text: {_one_line(text)[:_DRAFT]}\nQuestion: {_one_line(question)[:_QUESTION]}\nAnswer:")


async def with_verdict(
    understood: Understood, grounding: Grounding, confidence: Confidence, model: LLM | None, spent: Spent, settings: Settings
) -> Confidence:
    """The confidence moved by the model's verdict; as it is where there is no model or no doubt, and where the model fails."""
    if model is None or understood.ask != "question" or not is_unsure(confidence, settings):
        return confidence
    asked = verdict_prompt(understood.question, grounding.draft)
    try:
        probability = await model.yes(asked, spent)
    except ModelFailed:
        return confidence
    value = moved(confidence.value, probability, model.name, asked, settings.judge_weight)
    return Confidence(value=value, features={**confidence.features, "verdict": round(probability, 4)})


def moved(confidence: float, yes: float, model: str, asked: Prompt, weight: float | None) -> float:
    """The confidence after a verdict: by the weight that is set, else by what was fitted for this model and prompt;
    a model nobody has measured may only lower it."""
    verdict = clipped(yes)
    known = verdicts()
    fitted = known.models.get(model) if known.prompt == f"{asked.name}:{asked.hash}" else None
    if weight is not None:
        shift = weight * verdict
    elif fitted is not None:
        shift = fitted.offset + fitted.weight * verdict
    else:
        shift = min(0.0, _UNMEASURED * verdict)
    return 1.0 / (1.0 + math.exp(-(log_odds(confidence) + shift)))


def clipped(yes: float) -> float:
    """The log odds of Yes, at most so far from even."""
    return max(-_FAR, min(_FAR, log_odds(yes)))


def log_odds(p: float) -> float:
    """ln(p / (1 - p)), of a probability that is never quite 0 or 1."""
    p = max(1e-6, min(1 - 1e-6, p))
    return math.log(p / (1 - p))


@cache
def verdicts() -> Verdicts:
    """What was fitted: bot/verdict.json, written by `python -m evals.fit_verdict`."""
    return Verdicts.model_validate(json.loads(FILE.read_text(encoding="utf-8")))


def _one_line(text: str) -> str:
    return " ".join(text.split())
