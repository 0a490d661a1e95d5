"""A message of several questions: told apart with care, answered in order, and what is not sure is said of which."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.compose import say
from bot.parts import MOST, parts_of
from bot.steps import Request
from bot.understand import understand
from desk.conversation import Caller, Citation, Reply
from knowledge.terms import script_of
from knowledge.wording import wording
from tests.house import NOW, MakeHouse, Served

PIECES = ["Can I go?", "能退票吗？", "and how much is a bag", "另外", "It rains.", "!"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("How many bags can I take? And can I bring my dog?", ("How many bags can I take?", "And can I bring my dog?")),
        ("能带几件行李？宠物呢？", ("能带几件行李？", "宠物呢？")),
        ("改签要多少钱，另外能退票吗？", ("改签要多少钱", "能退票吗？")),
        ("How much is a second bag and when does check-in close?", ("How much is a second bag", "when does check-in close?")),
        ("Can I bring my dog? He weighs 6 kg. How much is it?", ()),
        ("Can I change and refund my ticket?", ()),
        ("May I take bread and butter on board?", ()),
        ("Is it ok to bring a power bank? Is that allowed?", ()),
        ("可以带狗和猫吗？", ()),
        ("How many bags?", ()),
    ],
)
def test_questions_are_told_apart_only_where_they_plainly_are_several(text: str, parts: tuple[str, ...]) -> None:
    assert parts_of(text, script_of(text)) == parts


@given(st.text(max_size=400) | st.lists(st.sampled_from(PIECES)).map(" ".join))
def test_no_message_has_one_part_or_more_than_three(text: str) -> None:
    assert len(parts_of(text, script_of(text))) in (0, *range(2, MOST + 1))


async def test_two_questions_in_one_message_are_both_answered_in_order(house: Served) -> None:
    """Both answers, each with a citation of its own, the first question's first."""
    reply = await (await house.chat()).say("What is the weight limit of a cabin bag? And how long before departure does online check-in open?")
    assert reply["kind"] == "answer", reply["text"]
    assert reply["text"].index("8 kg") < reply["text"].index("36 hours") and "As for your" not in reply["text"]
    assert len({c["article_id"] for c in reply["citations"]}) >= 2


async def test_of_two_questions_the_sure_one_is_answered_and_the_other_gets_a_ticket(make_house: MakeHouse) -> None:
    """Nothing is dropped in silence: the reply answers the first, names the second as open, asks back once, and then a person has it."""
    chat = await (await make_house(answer_at=0.35)).chat()
    asked = "How long before departure does online check-in open? And who painted the ceiling of your oldest office?"
    first = await chat.say(asked)
    assert first["kind"] == "clarify" and "As for your second question:" in first["text"]
    assert first["text"].index("36") < first["text"].index("As for your second question:")
    assert len(first["choices"]) >= 2
    second = await chat.say(asked)
    assert second["kind"] == "handoff" and second["ticket"] and "As for your second question:" in second["text"]


def test_a_choice_that_is_tapped_completes_the_question_it_was_offered_for() -> None:
    """Of two questions the second was asked back about: only that one is searched for in the chosen article."""
    place = Citation(article_id="pets", version=1, lang="en", title="Pets", section="", quote="", url="", in_force_from=NOW.date())
    reply = Reply(
        message_id="m",
        kind="clarify",
        text="",
        lang="en",
        sentences=(say("part-2", "en"), say("ask-back", "en")),
        citations=(place,),
        choices=("Pets", wording("choice-person").en),
        confidence=0.5,
        basis="rule",
        receipt_id="r",
    )
    last = "How many bags can I take? And can I bring my dog?"
    request = Request(conversation_id="c", caller=Caller(), lang="en", text="Pets", now=NOW, asked_back=1, last_question=last, last_reply=reply)
    understood = understand(request)
    assert (understood.about_article, understood.question) == ("pets", "And can I bring my dog?")
