"""The desk: a short queue, one winner for a ticket, and a bot that is silent while a person speaks."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from basics.clock import parse_moment
from tests.bot.furniture import HeldEmbedder, a_moody_airline
from tests.house import NOW, STAFF, Chat, MovableClock, Served, StaffMember, done, frames, kinds, refused, until

BAGS = "How many bags can I check in?"
BOTS = {"sentence", "reply", "proposal", "handoff"}


async def sign_in(house: Served, name: str, password: str) -> Any:
    return await house.http.post("/v1/desk/sign-in", json={"name": name, "password": password})


async def a_held_ticket(house: Served, who: str | None = "lin-gold") -> tuple[Chat, StaffMember, str]:
    chat, anna = await house.chat(who), await house.staff("Anna")
    ticket = (await chat.hand_over())["ticket"]
    await anna.claim(ticket["id"])
    return chat, anna, ticket["id"]


async def test_staff_sign_in_and_out(house: Served) -> None:
    """A session belongs to one person, lasts a working day and ends when it is signed out; the name's case does not matter."""
    anna = StaffMember(house.http, done(await sign_in(house, "anna", STAFF["Anna"])))
    assert (await anna.get("/me"))["staff"] == {"id": "staff-anna", "name": "Anna"}
    done(await anna.post("/sign-out"))
    refused(await house.http.get("/v1/desk/me", headers=anna.headers), 401, "not-signed-in")
    later = await house.staff("Wei")
    house.clock.move(hours=12)
    refused(await house.http.get("/v1/desk/queue", headers=later.headers), 401, "not-signed-in")


async def test_five_wrong_passwords_lock_the_account(house: Served) -> None:
    """After five wrong ones even the right one waits a quarter of an hour; the other account is not touched; which part was wrong is not told."""
    for _ in range(5):
        wrong = refused(await sign_in(house, "Anna", "guess"), 401, "sign-in-failed")
    nobody = refused(await sign_in(house, "Nobody", "guess"), 401, "sign-in-failed")
    assert wrong["detail"] == nobody["detail"]
    assert refused(await sign_in(house, "Anna", STAFF["Anna"]), 429, "locked-out")["minutes"] == 15
    assert (await sign_in(house, "Wei", STAFF["Wei"])).status_code == 200
    house.clock.move(minutes=15)
    assert (await sign_in(house, "Anna", STAFF["Anna"])).status_code == 200


async def test_guesses_side_by_side_are_all_counted(house: Served) -> None:
    """Guessing in parallel does not get around the lock."""
    await asyncio.gather(*(sign_in(house, "Anna", f"guess {n}") for n in range(8)))
    refused(await sign_in(house, "Anna", STAFF["Anna"]), 429, "locked-out")


async def test_the_right_password_forgives_the_wrong_ones(house: Served) -> None:
    """Four slips, then the right one: counting starts anew."""
    for _ in range(2):
        for _ in range(4):
            refused(await sign_in(house, "Anna", "slip"), 401, "sign-in-failed")
        assert (await sign_in(house, "Anna", STAFF["Anna"])).status_code == 200


async def test_the_queue_is_in_order_of_work(house: Served) -> None:
    """What somebody holds stays on top, then whose flight leaves within hours, then the card, then who came first; closed ones come last."""
    chats = {who: await house.chat(who) for who in ("tom-member", None, "lin-gold", "zhao-platinum", "chen-silver")}
    ids = {}
    for who, chat in chats.items():
        ids[who] = (await chat.hand_over())["ticket"]["id"]
        house.clock.move(minutes=1)
    anna = await house.staff()

    async def order() -> list[str | None]:
        named = {i: who for who, i in ids.items()}
        return [named[t["id"]] for t in await anna.queue()]

    assert await order() == ["zhao-platinum", "lin-gold", "chen-silver", "tom-member", None]
    assert [t["position"] for t in await anna.queue()] == [1, 2, 3, 4, 5]
    await anna.claim(ids["tom-member"])
    assert (await order())[0] == "tom-member" and [t["position"] for t in await anna.queue()] == [0, 1, 2, 3, 4]
    done(await anna.post(f"/tickets/{ids['tom-member']}/resolve"))
    assert (await order())[-1] == "tom-member" and (await anna.queue())[-1]["state"] == "resolved"


async def test_a_ticket_nobody_took_in_time_is_late(house: Served) -> None:
    """The promise is kept in sight: after it has passed, the queue says so."""
    promised = parse_moment((await (await house.chat()).hand_over())["ticket"]["promised_by"])
    anna = await house.staff()
    assert (await anna.queue())[0]["late"] is False and NOW < promised <= NOW + timedelta(minutes=30)
    house.clock.move(minutes=31)
    assert (await anna.queue())[0]["late"] is True


async def test_a_claim_has_one_winner(house: Served) -> None:
    """Two people reach for the same ticket ten times over, side by side: each time one has it and the other is told who."""
    anna, wei = await house.staff("Anna"), await house.staff("Wei")
    for _ in range(10):
        ticket = (await (await house.chat()).hand_over())["ticket"]
        one, two = await asyncio.gather(anna.post(f"/tickets/{ticket['id']}/claim"), wei.post(f"/tickets/{ticket['id']}/claim"))
        assert sorted((one.status_code, two.status_code)) == [200, 409]
        winner, loser = (anna, two) if one.status_code == 200 else (wei, one)
        assert refused(loser, 409, "ticket-taken")["by"] == winner.name
        assert done(await winner.post(f"/tickets/{ticket['id']}/claim"))["taken_by"]["name"] == winner.name
    taken = [e for e in (await anna.get("/events"))["events"] if e["kind"] == "taken_over"]
    assert len(taken) == 10


async def test_what_staff_write_reaches_the_traveller(make_house: Any) -> None:
    """The answer appears in the traveller's live stream with the name of who wrote it; sent twice it appears once."""
    house = await make_house(real=True)
    chat, anna, ticket = await a_held_ticket(house)
    text = [""]

    async def listen() -> None:
        headers = chat.headers | {"Accept": "text/event-stream"}
        async with house.http.stream("GET", f"/v1/conversations/{chat.id}/events", headers=headers) as answer:
            async for piece in answer.aiter_text():
                text[0] += piece

    listening = asyncio.create_task(listen())
    sent = [done(await anna.reply(ticket, "  Two bags, 23 kg each. ", "s1")) for _ in range(2)]
    assert sent[0] == sent[1]

    async def heard() -> Any:
        return [e for e in frames(text[0].rpartition("\n\n")[0]) if e.kind == "staff_message"]

    (event,) = await until(heard)
    assert (
        event.data["text"] == "Two bags, 23 kg each." and event.data["staff"]["name"] == "Anna" and event.data["message_id"] == sent[0]["message_id"]
    )
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    assert "Staff: Two bags" in (await house.http.get(f"/v1/conversations/{chat.id}/transcript", headers=chat.headers)).text


@pytest.mark.parametrize("ending", ["resolve", "return"])
async def test_the_bot_is_silent_while_a_person_speaks(house: Served, ending: str) -> None:
    """From taken_over on nothing comes from the bot, whatever the traveller does; after the end it answers again, and only what is new."""
    chat, anna, ticket = await a_held_ticket(house)
    assert (await chat.now())["state"] == "staff" and (await chat.now())["ticket"]["staff"]["name"] == "Anna"
    assert (await chat.say(BAGS))["kind"] == "passed_on"
    assert kinds(await chat.stream("转人工")) == ["message", "done"]
    assert (await chat.hand_over())["ticket"]["id"] == ticket
    done(await anna.reply(ticket, "I am looking."))
    (held,) = await anna.queue()
    assert held["messages_waiting"] == 0
    closed = done(await anna.post(f"/tickets/{ticket}/{ending}"))
    assert closed["state"] == {"resolve": "resolved", "return": "returned"}[ending] and closed["closed_at"]
    since = [e for e in await chat.events() if e.number > next(x.number for x in reversed(await chat.events()) if x.kind == "taken_over")]
    assert not BOTS & set(kinds(since)) and kinds(since)[-1] == closed["state"]
    reply = await chat.say("May I take a power bank on board?")
    assert reply["kind"] == "answer" and "23 kg" not in reply["text"] and reply["citations"][0]["article_id"] == "batteries"
    assert kinds(await chat.events()).count("reply") == 2  # the hand-off's own and this one


async def test_a_new_ticket_can_follow(house: Served) -> None:
    """After a resolved ticket the button opens a new one with a new number."""
    chat, anna, ticket = await a_held_ticket(house)
    done(await anna.post(f"/tickets/{ticket}/resolve"))
    again = (await chat.hand_over())["ticket"]
    assert again["id"] != ticket and again["state"] == "waiting"
    done(await anna.post(f"/tickets/{ticket}/resolve"))  # ending the old one again does not touch the new one
    assert (await chat.now())["ticket"]["id"] == again["id"] and (await chat.now())["state"] == "waiting"


async def test_a_claim_cuts_a_running_turn(tmp_path: Any, make_house: Any) -> None:
    """A change fails while another question is thought about, and a person claims: the turn ends unsaid, and is not said later either."""
    clock, embedder = MovableClock(), HeldEmbedder()
    airline = a_moody_airline(tmp_path / "home", clock)
    house = await make_house(clock=clock, reservations=airline, embedder=embedder)
    chat, anna = await house.chat("lin-gold"), await house.staff()
    proposal = (await chat.say("Can I change my return flight?"))["proposal"]
    embedder.asked.clear()
    embedder.gate.clear()
    thinking = asyncio.create_task(chat.say(BAGS))
    assert await asyncio.to_thread(embedder.asked.wait, 10)
    airline.refuses = 1
    refused(await chat.try_to_confirm(proposal), 409, "proposal-settled-otherwise")
    (ticket,) = await anna.queue()
    await anna.claim(ticket["id"])
    embedder.gate.set()
    assert (await thinking)["kind"] == "passed_on"
    assert kinds(await chat.events())[-1] == "taken_over"
    done(await anna.post(f"/tickets/{ticket['id']}/return"))
    reply = await chat.say("May I take a power bank on board?")
    assert "23 kg" not in reply["text"] and reply["citations"][0]["article_id"] == "batteries"


async def test_only_who_holds_a_ticket_may_answer(house: Served) -> None:
    """Unclaimed, somebody else's, closed or unknown: nothing is sent, and the refusal says which it is."""
    chat, anna, wei = await house.chat(), await house.staff("Anna"), await house.staff("Wei")
    ticket = (await chat.hand_over())["ticket"]["id"]
    for end in ("resolve", "return"):
        refused(await anna.post(f"/tickets/{ticket}/{end}"), 409, "not-your-ticket")
    refused(await anna.reply(ticket, "hello"), 409, "not-your-ticket")
    await anna.claim(ticket)
    refused(await wei.reply(ticket, "hello"), 409, "not-your-ticket")
    refused(await wei.post(f"/tickets/{ticket}/resolve"), 409, "not-your-ticket")
    refused(await anna.reply(ticket, "   "), 422, "empty-message")
    refused(await anna.reply(ticket, "x" * 5000), 413, "message-too-long")
    done(await anna.post(f"/tickets/{ticket}/resolve"))
    refused(await anna.reply(ticket, "one more thing"), 409, "ticket-not-open")
    refused(await wei.post(f"/tickets/{ticket}/claim"), 409, "ticket-not-open")
    refused(await anna.reply("ticket_nobody", "hello"), 404, "not-found")
    refused(await anna.post("/tickets/ticket_nobody/claim"), 404, "not-found")
    assert "staff_message" not in kinds(await chat.events())


async def test_staff_follow_the_conversation(house: Served) -> None:
    """Staff read the conversation's own events; one that never was is not found."""
    chat, anna, _ = await a_held_ticket(house)
    told = await anna.get(f"/conversations/{chat.id}/events")
    assert [e["number"] for e in told["events"]] == [e.number for e in await chat.events()]
    for accept in ("application/json", "text/event-stream"):
        answer = await house.http.get("/v1/desk/conversations/conv_nobody/events", headers=anna.headers | {"Accept": accept})
        refused(answer, 404, "not-found")


async def test_the_desk_stream_tells_a_ticket_s_whole_life(house: Served) -> None:
    """Opened, taken, answered, resolved: numbered rows, worded in the reader's language."""
    _chat, anna, ticket = await a_held_ticket(house)
    done(await anna.reply(ticket, "Here I am."))
    done(await anna.post(f"/tickets/{ticket}/resolve"))
    told = (await anna.get("/events", lang="zh"))["events"]
    assert [e["kind"] for e in told] == ["handoff", "taken_over", "staff_message", "resolved"]
    assert [e["number"] for e in told] == [1, 2, 3, 4] and told[0]["data"]["ticket"]["caller"]["name"] == "林悦"
    assert (await anna.get("/events", after=3))["events"][0]["kind"] == "resolved"
