"""Questions with slips of the keyboard: answered as they were meant, shown as they were typed, and nothing done by a guess."""

import pytest

from bot.steps import Request
from bot.understand import understand
from desk.conversation import Caller
from knowledge.slips import Slips
from tests.house import NOW, Served


@pytest.mark.parametrize(
    ("typed", "written", "lang"),
    [
        ("how much bagage can I check in?", "how much baggage can I check in?", "en"),
        ("我可以免费托运几件行礼？", "我可以免费托运几件行李？", "zh"),
        ("xingli可以免费托运几件？", "行李可以免费托运几件？", "zh"),
    ],
)
async def test_a_question_with_a_slip_is_answered_like_the_one_that_was_meant(house: Served, typed: str, written: str, lang: str) -> None:
    """The same words from the same article, in the asker's language."""
    one, other = [await (await house.chat("lin-gold", lang=lang)).say(text) for text in (typed, written)]
    assert one["kind"] == "answer" and one["lang"] == lang
    assert (one["text"], [c["title"] for c in one["citations"]]) == (other["text"], [c["title"] for c in other["citations"]])


@pytest.mark.parametrize("text", ["please chnage my return flight to Friday", "我想把回程盖签到周五"])
async def test_a_change_is_never_proposed_by_a_guess(house: Served, text: str) -> None:
    """Who seems to ask for a change is told about it, and offered none; nothing is changed."""
    reply = await (await house.chat("lin-gold")).say(text)
    assert reply["kind"] != "proposal" and not reply.get("proposal") and house.changes() == []


@pytest.mark.parametrize("text", ["yse", "speek to a persno", "a hmuan please", "转仁工"])
def test_a_yes_and_a_person_are_only_what_was_typed(text: str) -> None:
    """A slip in the words for a yes or a person is no such word, even where it is read as one."""
    request = Request(conversation_id="c", caller=Caller(), lang="en", text=text, now=NOW)
    slips = Slips(["yes, a human person speaks"] * 3, {"转人": 40, "人工": 40, "转工": 40}, frozenset(["转人", "人工"]).__contains__)
    assert understand(request, slips).ask not in ("yes", "no", "person", "change")


async def test_the_desk_reads_what_was_typed(house: Served) -> None:
    """The Brief has the asker's own words, slip and all."""
    chat, anna = await house.chat("lin-gold"), await house.staff()
    typed = "my bagage was eaten by a crocodile at the airprot, who mends it"
    await chat.say(typed)
    await chat.hand_over()
    (ticket,) = await anna.queue()
    assert "bagage" in ticket["headline"] and "baggage" not in ticket["headline"]
