"""What a message asks: its language, kind, direction, what is wanted, and what is searched for."""

from datetime import UTC, datetime

import pytest

from bot.steps import Request, Want
from bot.understand import heart_of, likely_search, understand, widen
from desk.conversation import Caller

LONG = (
    "Hello there, hope you are well. We had the loveliest week at the coast with my sister and her friends and nobody wanted to leave. "
    "It rained on Tuesday though. How much is an extra suitcase on the ferry?"
)


def a_request(text: str, **changed: object) -> Request:
    facts = {"conversation_id": "c", "caller": Caller(), "lang": "en", "now": datetime(2026, 5, 4, tzinfo=UTC)}
    return Request.model_validate({**facts, "text": text, **changed})


@pytest.mark.parametrize(
    ("text", "ask", "lang"),
    [
        ("hello", "greeting", "en"),
        ("谢谢你", "thanks", "zh"),
        ("are you a bot", "who", "en"),
        ("转人工", "person", "zh"),
        ("请同事联系我", "person", "zh"),
        ("帮我转接你们的同事", "person", "zh"),
        ("please put me through to a person", "person", "en"),
        ("transfer me to a colleague", "person", "en"),
        ("可以把我的机票转给同事吗？", "question", "zh"),
        ("我和同事一起出行，能坐在一起吗？", "question", "zh"),
        ("Can I transfer my ticket to a colleague?", "question", "en"),
        ("can we pass the seat to another person", "question", "en"),
        ("please change my return flight to Friday", "change", "en"),
        ("我想把回程改到周五", "change", "zh"),
        ("what does a change cost on the flex fare?", "question", "en"),
        ("???", "nothing", "en"),
    ],
)
def test_kind_and_language_are_recognised(text: str, ask: str, lang: str) -> None:
    understood = understand(a_request(text))
    assert (understood.ask, understood.lang) == (ask, lang)


@pytest.mark.parametrize(
    ("text", "wants"),
    [
        ("how much is a second bag", {"price"}),
        ("is a second bag free", {"money"}),
        ("what time does the deck open", {"time"}),
        ("my dog is 28 kg with the crate, what's the fee", {"price"}),
        ("金毛连箱子 28 公斤，托运要交多少", {"price"}),
        ("退票要扣钱吗", {"money"}),
        ("when does the ramp close", {"time"}),
        ("多久可以退款", {"time", "permission"}),
        ("第二件行李收费多少钱", {"price"}),
        ("how many kilos is it", {"weight"}),
    ],
)
def test_what_is_wanted_is_read_from_the_question(text: str, wants: set[Want]) -> None:
    read: frozenset[Want] = frozenset({"price", "money", "time", "weight"})
    assert understand(a_request(text)).wants & read == wants & read


def test_a_direction_is_named_or_left_open() -> None:
    assert understand(a_request("when is my flight back home?")).direction == "return"
    assert understand(a_request("when is my flight?")).direction is None


def test_a_long_story_is_searched_by_the_clauses_that_ask() -> None:
    heart = heart_of(LONG, "en")
    assert "How much is an extra suitcase" in heart and "rained" not in heart and "Hello" not in heart
    assert heart_of("a bag?", "en") == "a bag?"


def test_the_policys_words_are_added_and_the_question_itself_is_kept() -> None:
    understood = widen(understand(a_request("can my frenchie come along?")), ())
    assert "snub" in " ".join(understood.searched_terms) and understood.searched == understood.question == "can my frenchie come along?"
    assert set(understood.terms) <= set(understood.searched_terms)


def test_an_answer_to_what_we_asked_back_completes_the_question() -> None:
    understood = understand(a_request("in winter", asked_back=1, last_question="what does a car cost?"))
    assert understood.question == "what does a car cost? in winter"


@pytest.mark.parametrize("said", ["can I bring a bike?", "寶寶要一個嬰兒搖籃，要提前多久申請？", "  Hello!\n", LONG])
def test_what_is_embedded_ahead_is_what_is_searched(said: str) -> None:
    """A question by itself is read by the model while it is being kept; a guess that misses would cost a second reading."""
    assert likely_search(said) == widen(understand(a_request(said)), ()).searched


def test_traditional_characters_are_read_as_simplified_ones() -> None:
    assert understand(a_request("託運行李超重怎麼收費？")).terms == understand(a_request("托运行李超重怎么收费？")).terms
