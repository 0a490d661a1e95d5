"""Whether the passages answer the question: a model's opinion, asked only where the house is unsure, and only one signal among others."""

import math

from bot.llm import LLM, ModelFailed, Spent
from bot.prompt import prompt
from bot.settings import Settings
from bot.steps import Confidence, Evidence, Understood

_PASSAGES, _CHARACTERS = 3, 900
_FAR = 3.0  # log odds; a model that is surer than this is believed no more


def is_unsure(confidence: Confidence, settings: Settings) -> bool:
    """True inside the band around the threshold where a second opinion could turn the decision."""
    return settings.judge_from <= confidence.value < settings.judge_to and "decided" not in confidence.features


async def with_verdict(
    understood: Understood, evidence: Evidence, confidence: Confidence, model: LLM, spent: Spent, settings: Settings
) -> Confidence:
    """The confidence moved by the model's verdict; unchanged where the model fails."""
    passages = "\n".join(f"- {f.passage.heading}: {f.passage.text[:_CHARACTERS]}" for f in evidence.found[:_PASSAGES])
    try:
        probability = await model.yes(prompt("verdict", f"Question: {understood.question[:600]}\n\nPassages:\n{passages}"), spent)
    except ModelFailed:
        return confidence
    verdict = max(-_FAR, min(_FAR, _log_odds(probability)))
    value = 1.0 / (1.0 + math.exp(-(_log_odds(confidence.value) + settings.judge_weight * verdict)))
    return Confidence(value=value, features={**confidence.features, "verdict": round(probability, 4)})


def _log_odds(p: float) -> float:
    p = max(1e-6, min(1 - 1e-6, p))
    return math.log(p / (1 - p))
