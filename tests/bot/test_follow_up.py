"""Follow-ups: what leans on what was said before, and how it is completed; in a chat, in both languages."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.follow_up import FOLLOWS_FROM, follow_up, leaning, likelihood
from bot.history import LONGEST, MOST, recent
from bot.llm import Spent
from bot.prompt import Prompt
from bot.rewrite import rewritten
from bot.steps import Before
from tests.house import Served


class OneWriter:
    """A model that writes what it is told to, after a while."""

    name = "one"

    def __init__(self, text: str, after: float = 0.0) -> None:
        self.text, self.after = text, after

    async def write(self, prompt: Prompt, most_tokens: int, spent: Spent) -> AsyncIterator[str]:
        await asyncio.sleep(self.after)
        yield self.text

    async def yes(self, prompt: Prompt, spent: Spent) -> float:
        return 0.5

    async def close(self) -> None:
        pass


def asked(*texts: str) -> list[Before]:
    return [Before(by="asker", text=text) for text in texts]


LEANING = (
    "and in Standard?",
    "what about a cat?",
    "for two bags?",
    "how long does that take?",
    "okay, and the second one?",
    "does it expire?",
    "And Saturdays?",
    "那宠物呢？",
    "这个要多少钱？",
    "那最晚什么时候？",
    "第二种呢？",
)
WHOLE = (
    "How many bags may I check in on a Light ticket?",
    "Can I bring a bike?",
    "I have a 26800 mAh power bank, is it ok in hand luggage?",
    "Is it possible to bring a dog on board?",
    "What does it cost to take my dog on board?",
    "我这张票可以改到下周五吗？要收多少手续费？",
    "托运行李超重怎么收费？",
)


@pytest.mark.parametrize("text", LEANING)
def test_what_leans_is_told_by_its_words(text: str) -> None:
    assert likelihood(leaning(text), elsewhere=0.0) >= FOLLOWS_FROM


@pytest.mark.parametrize("text", WHOLE)
def test_a_whole_question_stands_alone_where_the_base_leads_elsewhere(text: str) -> None:
    assert likelihood(leaning(text), elsewhere=0.05) < FOLLOWS_FROM


@pytest.mark.parametrize(
    ("before", "text", "holds", "not_any_more"),
    [
        ("How many bags may I check in on Light?", "and in Standard?", "How many bags may I check in on Standard?", "Light"),
        ("我的轻享票能带几件行李？", "那灵活呢？", "我的灵活票能带几件行李？", "轻享"),
        ("Can I change a flight to London?", "And Sydney?", "Can I change a flight to Sydney?", "London"),
        ("How long does the Lumo 3 run?", "what about the Lumo 5?", "How long does the Lumo 5 run?", "Lumo 3"),
        ("What does the Basic plan cost?", "and the family plan?", "What does the family plan cost?", "Basic"),
        ("target bonus in grade 8?", "and 11", "target bonus in grade 11?", "grade 8"),
        ("Can a child travel alone?", "what about an infant", "Can an infant travel alone?", "child"),
    ],
)
def test_what_is_named_now_takes_the_place_of_what_was_named_before(before: str, text: str, holds: str, not_any_more: str) -> None:
    whole = follow_up(text, asked(before))
    assert whole and holds in whole.text and not_any_more not in whole.text


def test_one_follow_up_after_another_leads_back_to_the_first_question() -> None:
    whole = follow_up("and for two?", asked("What does a dog in the cabin cost to Sydney?", "And to Tokyo?"))
    assert whole and "dog" in whole.text and "Tokyo" in whole.text and "Sydney" not in whole.text


def test_the_second_one_is_the_second_of_what_we_named() -> None:
    said = Before(by="us", text="You can use the Fern app or a paper form. It takes a day.")
    whole = follow_up("and the second one?", [*asked("How do I claim a trip?"), said])
    assert whole and "a paper form" in whole.text and "Fern" not in whole.text


def test_nothing_is_carried_where_nothing_was_asked() -> None:
    assert follow_up("and in Standard?", [Before(by="us", text="Hello!")]) is None


@given(st.lists(st.builds(Before, by=st.sampled_from(["asker", "us"]), text=st.text(max_size=900)), max_size=12))
def test_what_was_said_is_bounded_and_the_newest_stays(said: list[Before]) -> None:
    kept = recent(said)
    assert len(kept) <= MOST and sum(len(one.text) for one in kept) <= LONGEST
    assert not said or kept[-1].text == said[-1].text


@given(st.text(max_size=300), st.lists(st.builds(Before, by=st.sampled_from(["asker", "us"]), text=st.text(max_size=200)), max_size=6))
def test_any_message_can_be_completed(text: str, before: list[Before]) -> None:
    """Whatever is typed: nothing breaks, a lean is a share, and less is believed of it the further the base leads away."""
    assert 0.0 <= leaning(text) <= 1.0
    assert likelihood(leaning(text), 0.0) >= likelihood(leaning(text), 0.05)
    whole = follow_up(text, before)
    assert whole is None or (len(whole.text) < 2_000 and any(one.by == "asker" for one in before))


async def test_a_follow_up_in_a_chat_is_answered_for_what_was_spoken_of(house: Served) -> None:
    """Asked on Standard after Light, Standard's fee is quoted; a new question afterwards is answered as if it were the first."""
    chat, fresh = await house.chat(), await house.chat()
    await chat.say("What does it cost to change a Light ticket before departure?")
    reply = await chat.say("and a Standard one?")
    assert {c["article_id"] for c in reply["citations"]} & {"changes-standard-flex"}, reply["text"]
    question = "How big may a bag be that I carry into the cabin?"
    assert (await chat.say(question))["text"] == (await fresh.say(question))["text"]


async def test_what_somebody_else_asked_is_never_carried(house: Served) -> None:
    """The same few words in a conversation of one's own mean nothing of another's."""
    one, other = await house.chat(), await house.chat()
    await one.say("What does it cost to change a Light ticket before departure?")
    alone = await other.say("and a Standard one?")
    assert alone["text"] == (await (await house.chat()).say("and a Standard one?"))["text"]


@pytest.mark.parametrize(
    ("said", "after", "used"),
    [
        ("How long may I keep a DVD?\n", 0.0, "How long may I keep a DVD?"),
        ("Sure!\nHere it is:\n", 0.0, ""),
        ("a " * 400, 0.0, ""),
        ("How long may I keep a DVD?\n", 5.0, ""),
    ],
)
async def test_a_model_words_the_search_in_one_line_and_in_time_or_not_at_all(
    said: str, after: float, used: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.rewrite.SECONDS", 0.05)
    assert await rewritten("and a DVD?", asked("How long may I keep a book?"), OneWriter(said, after), Spent()) == used
