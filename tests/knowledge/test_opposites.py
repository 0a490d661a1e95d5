"""Words that exclude each other: what is asked is one thing, what stands there the other."""

import pytest

from basics.words import Lang
from knowledge.opposites import opposites, says_the_opposite


@pytest.mark.parametrize(
    ("question", "lang", "text", "text_lang"),
    [
        ("what time is check out?", "en", "Check-in is from 14:00.", "en"),
        ("几点退房？", "zh", "入住时间为 14:00 以后。", "zh"),
        ("几点退房？", "zh", "You can check in from 2 pm.", "en"),
        ("is a meal served on the outbound flight?", "en", "回程航班供应正餐。", "zh"),
        ("my bag was damaged, what now?", "en", "A lost bag is reported at the desk.", "en"),
        ("国内航班提前多久值机", "zh", "国际航班须提前 3 小时办理。", "zh"),
    ],
)
def test_a_text_that_speaks_of_the_other_thing_alone_is_told(question: str, lang: Lang, text: str, text_lang: Lang) -> None:
    assert says_the_opposite(question, lang, text, text_lang)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("what time is check out?", "Check-in from 14:00, check-out until 11:00."),  # both stand there
        ("what time is check out?", "Breakfast is from 7."),  # neither does
        ("is my checked bag free?", "Check-in opens 36 hours before departure."),  # "checked" alone names no side
        ("from check-in to check-out, is parking free?", "Check-in is from 14:00."),  # both are asked
    ],
)
def test_what_names_both_sides_or_none_is_no_opposite(question: str, text: str) -> None:
    assert not says_the_opposite(question, "en", text, "en")


def test_every_pair_is_there_in_both_languages_and_no_word_stands_on_both_sides() -> None:
    for pair in opposites():
        assert set(pair.sides) == {"en", "zh"}
        for one, other in pair.sides.values():
            assert one.pattern and other.pattern and not set(one.pattern.split("|")) & set(other.pattern.split("|"))
