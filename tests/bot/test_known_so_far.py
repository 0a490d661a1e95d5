"""A hand-off tells what is known already, in one sentence with its source, where that helps; and nothing where it would annoy."""

from typing import Any

import pytest

TABLES = "What is the refund fee?"


async def test_the_nearest_rule_is_told_while_one_waits(make_house: Any) -> None:
    """Sure of the place and not sure enough to answer: the ticket comes first, then one quoted sentence and its article."""
    chat = await (await make_house(answer_at=1.0)).chat()
    await chat.say("Do all your long-haul aircraft have Wi-Fi?")
    reply = await chat.say("Do all your long-haul aircraft have Wi-Fi, and do Platinum members pay for it?")
    assert reply["kind"] == "handoff" and reply["ticket"]
    ticket, known, quote = (
        reply["text"].index(part) for part in ("Your ticket is number", "Meanwhile, this is what", reply["citations"][0]["quote"])
    )
    assert ticket < known < quote and len(reply["citations"]) == 1
    assert [s["citations"] for s in reply["sentences"]] == [[], [], [], [1]] and reply["sentences"][-1]["carried_by"][0]["passage_id"]


@pytest.mark.parametrize("text", ["Do you rent out bicycles in Antarctica?", "你们在南极出租自行车吗"])
async def test_an_article_that_is_not_near_is_not_named(make_house: Any, text: str) -> None:
    chat = await (await make_house(answer_at=1.0)).chat()
    await chat.say(text)
    reply = await chat.say(f"{text} {text}")
    assert reply["kind"] == "handoff" and reply["citations"] == [] and len(reply["sentences"]) == 2, reply["text"]


async def test_whoever_is_upset_or_asks_for_a_person_gets_no_reading(make_house: Any) -> None:
    house = await make_house(answer_at=1.0)
    angry, asking = await house.chat(), await house.chat()
    await angry.say(TABLES)
    for reply in (await angry.say("This is ridiculous!! What is the refund fee of my ticket?"), await asking.say("I want a person")):
        assert reply["kind"] == "handoff" and reply["citations"] == [] and len(reply["sentences"]) == 2, reply["text"]
