"""Asked back and then asked something else: what was open is left behind, and nobody is asked back for ever."""

import pytest

from bot.history import asks_anew
from tests.house import MakeHouse


@pytest.mark.parametrize(
    ("before", "text"),
    [
        ("Can my son of 6 fly alone?", "Can I bring my guitar as cabin baggage?"),
        ("能带自行车吗", "行李丢了最多赔多少"),
        ("How much is a second bag?", "Where do I find the lounge at Beijing airport?"),
    ],
)
def test_a_whole_question_about_something_else_leaves_the_one_before_behind(before: str, text: str) -> None:
    assert asks_anew(text, before)


@pytest.mark.parametrize(
    ("before", "text"),
    [
        ("Can I bring a bike?", "How much is it?"),
        ("Can I bring a bike?", "How much does the bike cost?"),
        ("Can a surfboard fly with me?", "in winter"),
        ("Can a surfboard fly with me?", "what about one of 2 metres?"),
        ("能带自行车吗", "折叠自行车要多少钱"),
        ("改签要多少手续费", "经济舱轻享"),
        ("改签要多少手续费", "那退票呢"),
    ],
)
def test_what_completes_or_repeats_it_does_not(before: str, text: str) -> None:
    assert not asks_anew(text, before)


async def test_another_question_is_asked_back_about_once_more_and_a_third_has_a_person(make_house: MakeHouse) -> None:
    """Nobody is handed over for having asked two things; nor asked back three times in a row."""
    chat = await (await make_house(answer_at=1.0)).chat()
    asked = ("Can a surfboard fly with me?", "How much compensation do I get when my flight is cancelled?", "When does the lounge open in Beijing?")
    replies = [await chat.say(text) for text in asked]
    assert [r["kind"] for r in replies] == ["clarify", "clarify", "handoff"]
    assert "compensation" not in replies[2]["text"]


async def test_the_same_question_again_has_a_person(make_house: MakeHouse) -> None:
    chat = await (await make_house(answer_at=1.0)).chat()
    assert [(await chat.say(text))["kind"] for text in ("Can a surfboard fly with me?", "Can my surfboard fly with me?")] == ["clarify", "handoff"]
