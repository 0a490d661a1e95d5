"""A turn with its words: thought through and said as the product does it, by a model or as quoted. Nothing is kept."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pydantic import BaseModel

from basics.errors import BadRequest
from bot.llm import GuardedLLM
from bot.mind import Mind
from bot.models import model_of
from bot.reword import How, can_be_reworded, reworded
from bot.settings import read_settings
from bot.steps import Request, Thought
from bot.turn import think
from desk.conversation import Sentence, joined
from evals.nobody import never_used

MODELS = ("quote", "local", "openai")


class Worded(BaseModel, frozen=True):
    """What a traveller would be shown, and whose words each sentence has (empty where no model was asked for words)."""

    thought: Thought
    sentences: tuple[Sentence, ...]
    how: tuple[How, ...] = ()
    stage_ms: dict[str, float]

    @property
    def text(self) -> str:
        """The reply as it is shown."""
        return joined(self.sentences)


def model_named(name: str) -> GuardedLLM | None:
    """The model that `--model` names, by the settings, or None for quotations; SettingsWrong says what is missing, before anything is measured."""
    if name not in MODELS:
        raise BadRequest(f"--model {name}: there is quote (no model), local (CONCIERGE_MODEL_PATH) and openai (CONCIERGE_MODEL_URL, _NAME, _KEY).")
    return model_of(read_settings(model=name))


@asynccontextmanager
async def closing(model: GuardedLLM | None) -> AsyncIterator[None]:
    """The block, and then the model let go of, in the loop that used it."""
    try:
        yield
    finally:
        if model is not None:
            await model.close()


async def worded(mind: Mind, request: Request, model: GuardedLLM | None) -> Worded:
    """One turn: the verdict where the house is unsure, the decision, then the words; a model that failed too often is left alone, as in a chat."""
    usable = None if model is None or model.breaker.is_open else model
    thought = await think(mind, request, never_used, usable)
    if usable is None or not mind.settings.model_rewords or not can_be_reworded(thought):
        return Worded(thought=thought, sentences=thought.sentences, stage_ms=dict(thought.stage_ms))
    since = time.perf_counter()
    said = [one async for one in reworded(thought, usable, thought.spent, mind.settings.model_checks)]
    took = round((time.perf_counter() - since) * 1000, 2)
    return Worded(
        thought=thought,
        sentences=tuple(sentence for sentence, _ in said),
        how=tuple(how for _, how in said),
        stage_ms={**thought.stage_ms, "reword": took},
    )
