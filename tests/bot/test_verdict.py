"""What a model's verdict may do to the confidence: as much as was measured for this model with this prompt, and no more."""

from typing import Any

from pydantic import SecretStr

from basics.breaker import Breaker
from bot.llm import GuardedLLM
from bot.llm_openai import OpenAIModel
from bot.prompt import prompt
from bot.verdict import verdicts
from tests.bot.a_model import ModelServer, a_model_server
from tests.house import Served

BAGS = "How many bags can I check in?"


def test_what_was_fitted_belongs_to_the_prompt_that_is_asked() -> None:
    """A changed prompt comes with `python -m evals.fit_verdict --write`, or no model is measured any more."""
    now = prompt("verdict", "?")
    assert verdicts().prompt == f"{now.name}:{now.hash}"
    assert verdicts().models and all(0 < one.weight < 5 for one in verdicts().models.values())


async def _confidence(make_house: Any, server: ModelServer, model: str, yes: float | None, **settings: Any) -> float:
    """How sure the house is of one answer when the model of this name says Yes with this probability (None: it is down)."""
    server.mode, server.verdict = ("down", 0.5) if yes is None else ("good", yes)
    llm = GuardedLLM(OpenAIModel(model, server.address, SecretStr("k" * 40), 5.0), Breaker(most=10_000), 5.0, 9.0)
    house: Served = await make_house(model=llm, judge_from=0.0, judge_to=1.0, **settings)
    reply = await (await house.chat("lin-gold")).say(BAGS)
    return float(reply["confidence"])


async def test_a_model_nobody_measured_may_only_lower_the_confidence(make_house: Any) -> None:
    """It can keep an answer from being sent, never get one sent; a weight that is set counts both ways."""
    async with a_model_server() as server:
        silent = await _confidence(make_house, server, "unheard-of", None)
        assert await _confidence(make_house, server, "unheard-of", 0.02) < silent
        assert await _confidence(make_house, server, "unheard-of", 0.98) == silent
        assert await _confidence(make_house, server, "unheard-of", 0.98, judge_weight=0.6) > silent


async def test_a_model_may_judge_and_leave_the_words_alone(make_house: Any) -> None:
    """Its verdict is in the confidence, the answer is the quotation, and it was asked for nothing else."""
    async with a_model_server() as server:
        silent = await _confidence(make_house, server, "unheard-of", None)
        server.asked.clear()
        assert await _confidence(make_house, server, "unheard-of", 0.02, model_rewords=False) < silent
        assert [bool(body.get("stream")) for body in server.asked] == [False]


async def test_a_measured_model_moves_it_both_ways(make_house: Any) -> None:
    """By the weight that was fitted for its name."""
    measured = next(iter(verdicts().models))
    async with a_model_server() as server:
        silent = await _confidence(make_house, server, measured, None)
        low, high = await _confidence(make_house, server, measured, 0.1), await _confidence(make_house, server, measured, 0.9)
        assert low < silent < high
        asked = next(body for body in server.asked if not body.get("stream"))["messages"][-1]["content"]
        assert asked.endswith("Question: How many bags can I check in?\nAnswer:") and "23 kg" in asked  # the draft it is asked about
