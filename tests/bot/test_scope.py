"""How far a message is from what an airline is asked."""

import pytest

from bot.scope import out_of_scope
from bot.steps import Ask


@pytest.mark.parametrize(
    "text",
    [
        "How many bags can I check in on my flight?",
        "when does flight 9L218 arrive",
        "托运行李超重怎么收费",
        "我的機票可以改簽嗎",
        "公司账户里的里程什么时候过期",
    ],
)
def test_our_questions_are_ours(text: str) -> None:
    assert out_of_scope(text, "question") < 0.3


@pytest.mark.parametrize(
    "text", ["what is my credit card limit", "set a timer for ten minutes", "上海明天天气怎么样", "帮我写一首诗", "how do i bake bread"]
)
def test_other_subjects_are_not(text: str) -> None:
    assert out_of_scope(text, "question") > 0.7


@pytest.mark.parametrize("ask", ["greeting", "thanks", "person", "change"])
def test_what_needs_no_subject_is_never_outside(ask: Ask) -> None:
    assert out_of_scope("tell me the weather", ask) == 0
