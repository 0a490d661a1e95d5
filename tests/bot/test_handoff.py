"""Handing over: never a promise without a ticket, never two tickets for one who waits."""

import asyncio
from datetime import timedelta

import pytest

from basics.clock import parse_moment
from tests.house import NOW, Served, kinds

BAGS = "How many bags can I check in?"


@pytest.mark.parametrize("text", ["I want to talk to a person", "转人工", "human please", "我要人工客服"])
async def test_asking_for_a_person_gets_one(house: Served, text: str) -> None:
    """Ticket, place and promised time come in one step, in the words, in the events and on the desk."""
    chat = await house.chat("lin-gold")
    heard = await chat.stream(text)
    assert kinds(heard) == ["message", "sentence", "sentence", "handoff", "reply", "done"]
    reply, ticket = heard[-2].data, heard[-3].data["ticket"]
    assert reply["kind"] == "handoff" and reply["ticket"] == ticket and ticket["state"] == "waiting" and ticket["position"] == 1
    assert str(ticket["number"]) in reply["text"] and parse_moment(ticket["promised_by"]) > NOW
    local = parse_moment(ticket["promised_by"]) + timedelta(hours=8)
    assert f"{local:%H:%M}" in reply["text"]
    (on_desk,) = await (await house.staff()).queue()
    assert (on_desk["id"], on_desk["number"], on_desk["reason"]) == (ticket["id"], ticket["number"], "asked")
    assert (await chat.now())["state"] == "waiting"


async def test_the_button_again_is_the_same_ticket(house: Served) -> None:
    """Pressed once, twice or five times at once: one ticket, one number, one promise."""
    chat = await house.chat()
    first = await chat.hand_over()
    replies = [await chat.hand_over(), *await asyncio.gather(*(chat.hand_over() for _ in range(5)))]
    assert {r["ticket"]["id"] for r in replies} == {first["ticket"]["id"]}
    assert all(str(first["ticket"]["number"]) in r["text"] for r in replies)
    assert len(await (await house.staff()).queue()) == 1


async def test_the_button_before_any_word(house: Served) -> None:
    """A ticket needs no question: the desk is told that a person was asked for."""
    reply = await (await house.chat("zhao-platinum", lang="zh")).hand_over()
    assert reply["lang"] == "zh" and reply["ticket"]
    (ticket,) = await (await house.staff()).queue()
    assert ticket["headline"] and ticket["caller"]["tier"] == "platinum"


async def test_what_is_said_while_waiting_reaches_the_desk(house: Served) -> None:
    """A message while the ticket waits is passed on, counted on the ticket, and the bot does not answer it."""
    chat, anna = await house.chat(), await house.staff()
    await chat.hand_over()
    (before,) = await anna.queue()
    said = await chat.say(BAGS)
    assert said["kind"] == "passed_on" and said["message_id"]
    assert kinds(await chat.stream("It is urgent.")) == ["message", "done"]
    (ticket,) = await anna.queue()
    assert ticket["messages_waiting"] == before["messages_waiting"] + 2
    told = [e for e in (await anna.get("/events"))["events"] if e["kind"] == "message"]
    assert [e["data"]["text"] for e in told] == [BAGS, "It is urgent."] and told[-1]["data"]["messages_waiting"] == ticket["messages_waiting"]


async def test_numbers_count_up(house: Served) -> None:
    """Twelve people who ask at once get twelve different numbers, and later ones are promised no earlier time."""
    chats = [await house.chat() for _ in range(12)]
    tickets = [r["ticket"] for r in await asyncio.gather(*(c.hand_over() for c in chats))]
    assert len({t["number"] for t in tickets}) == 12
    in_order = sorted(tickets, key=lambda t: t["number"])
    promises = [t["promised_by"] for t in in_order]
    assert promises == sorted(promises) and promises[0] < promises[-1]
    assert sorted(t["position"] for t in tickets) == list(range(1, 13))


async def test_the_brief_lets_a_person_answer_in_a_minute(house: Served) -> None:
    """Who it is, what they hold and want, why the bot stopped: worded in the reader's language."""
    chat, anna = await house.chat("lin-gold"), await house.staff()
    await chat.say(BAGS)
    ticket = (await chat.say("转人工"))["ticket"]
    en, zh = [await anna.get(f"/tickets/{ticket['id']}", lang=lang) for lang in ("en", "zh")]
    brief = en["brief"]
    assert brief["who"]["name"] == "Lin Yue" and brief["who"]["tier"] == "gold" and brief["who"]["tags"][0]["name"] == "return_flex"
    assert brief["bookings"][0]["id"] == "LYQSIN" and {leg["state"] for leg in brief["bookings"][0]["legs"]} == {"flown", "ahead"}
    assert brief["bookings"][0]["legs"][0]["from"] == "PVG" and brief["entitlements"][0]["decision"] == "allow"
    assert brief["why"]["reason"] == "asked" and zh["brief"]["why"]["text"] != brief["why"]["text"]
    assert zh["brief"]["who"]["name"] == "林悦" and en["conversation"]["state"] == "waiting"


async def test_the_brief_shows_the_draft_and_the_doubt(make_house: object) -> None:
    """What the bot would have said stands there with its sources, its confidence and the threshold it missed."""
    house: Served = await make_house(answer_at=1.0, ask_back_at=1.0)  # type: ignore[operator]
    ticket = (await (await house.chat("lin-gold")).say(BAGS))["ticket"]
    brief = (await (await house.staff()).get(f"/tickets/{ticket['id']}"))["brief"]
    assert brief["why"]["reason"] == "low_confidence" and brief["why"]["threshold"] == 1.0 and 0 < brief["why"]["confidence"] < 1
    assert brief["draft"]["text"] and brief["citations"] and brief["question"] == BAGS


async def test_a_traveller_s_earlier_talks_stand_beside(house: Served) -> None:
    """Staff see what the same traveller asked before, and nobody else's."""
    await (await house.chat("chen-silver")).say("May I take a power bank?")
    await (await house.chat("lin-gold")).say(BAGS)
    ticket = (await (await house.chat("lin-gold")).hand_over())["ticket"]
    brief = (await (await house.staff()).get(f"/tickets/{ticket['id']}"))["brief"]
    assert [t["headline"] for t in brief["earlier"]] == [BAGS]
