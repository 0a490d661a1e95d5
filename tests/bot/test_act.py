"""A change: offered in writing, made once after a yes, with a receipt; every other way it can go leaves the booking as it was."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from store import proposals
from tests.bot.furniture import MoodyAirline, a_moody_airline
from tests.house import Chat, MovableClock, Served, a_house, a_served_house, done, kinds, refused
from tests.postgres import ON_POSTGRES

CHANGE = "Can I change my return flight?"


async def offered(chat: Chat, text: str = CHANGE) -> dict[str, Any]:
    reply = await chat.say(text)
    assert reply["kind"] == "proposal", reply["text"]
    proposal: dict[str, Any] = reply["proposal"]
    return proposal


async def states(chat: Chat) -> list[str]:
    return [e.data["state"] for e in await chat.events() if e.kind == "proposal"]


async def booking_of(house: Served, who: str) -> Any:
    return (await house.house.mind.reservations.bookings_of(who))[0]


@pytest.mark.parametrize("text", [CHANGE, "回程航班可以改期吗？", "回程可以免费改签吗？"])
async def test_a_return_leg_is_changed_free_only_after_a_yes(house: Served, text: str) -> None:
    """The offer says what it costs and until when; nothing changes before the yes; the receipt says what was done."""
    chat = await house.chat("lin-gold")
    before = await booking_of(house, "lin-gold")
    proposal = await offered(chat, text)
    assert proposal["state"] == "offered" and 1 <= len(proposal["terms"]["options"]) <= 3
    said = " ".join(line["value"] for line in proposal["terms"]["lines"])
    assert "LYQSIN" in said and ("free of charge" in said or "免费" in said)
    assert house.changes() == [] and await booking_of(house, "lin-gold") == before
    receipt = await chat.confirm(proposal, option_id=proposal["terms"]["options"][1]["id"])
    (line,) = house.changes()
    assert receipt["proposal_id"] == proposal["id"] and receipt["reference"] == line["reference"] and line["key"] == proposal["id"]
    assert await states(chat) == ["offered", "pending", "executed"] and kinds(await chat.events())[-1] == "receipt"
    assert (await booking_of(house, "lin-gold")).legs[-1].departs_at != before.legs[-1].departs_at


async def test_a_yes_again_is_the_same_receipt(house: Served) -> None:
    """The same key, another key, another option: the first yes counts, and its receipt comes back."""
    chat = await house.chat("lin-gold")
    proposal = await offered(chat)
    first = await chat.confirm(proposal, "k1")
    other = proposal["terms"]["options"][-1]["id"]
    assert [await chat.confirm(proposal, "k1"), await chat.confirm(proposal, "k2"), await chat.confirm(proposal, "k3", other)] == [first] * 3
    assert len(house.changes()) == 1 and kinds(await chat.events()).count("receipt") == 1


@pytest.mark.parametrize("same_key", [True, False])
async def test_twenty_yeses_at_once_change_once(make_house: Any, same_key: bool) -> None:
    """A double click, a retry and a proxy that repeats: twenty confirms side by side are one change and one receipt."""
    house = await make_house(real=True)
    chat = await house.chat("lin-gold")
    proposal = await offered(chat)
    receipts = await asyncio.gather(*(chat.confirm(proposal, "k" if same_key else f"k{n}") for n in range(20)))
    assert len({str(r) for r in receipts}) == 1
    assert len(house.changes()) == 1 and kinds(await chat.events()).count("receipt") == 1
    assert await states(chat) == ["offered", "pending", "executed"]


async def test_two_proposals_for_one_booking_are_one_change(house: Served) -> None:
    """The right holds once per booking: of two cards confirmed at once in two windows, one wins and the other changes nothing."""
    chats = [await house.chat("lin-gold") for _ in range(2)]
    cards = [await offered(c) for c in chats]
    answers = await asyncio.gather(*(c.try_to_confirm(p) for c, p in zip(chats, cards, strict=True)))
    assert sorted(a.status_code for a in answers) == [200, 409]
    refused(next(a for a in answers if a.status_code == 409), 409, "proposal-settled-otherwise")
    assert len(house.changes()) == 1


async def test_a_no_changes_nothing(house: Served) -> None:
    """Declined is declined: a yes afterwards is refused, and asking again gives a fresh offer."""
    chat = await house.chat("lin-gold")
    proposal = await offered(chat)
    assert done(await chat.post(f"/proposals/{proposal['id']}/decline"))["state"] == "declined"
    refused(await chat.try_to_confirm(proposal), 409, "proposal-declined")
    assert done(await chat.post(f"/proposals/{proposal['id']}/decline"))["state"] == "declined"
    assert house.changes() == [] and await states(chat) == ["offered", "declined"]
    await chat.confirm(await offered(chat))
    assert len(house.changes()) == 1


async def test_a_no_after_the_yes_changes_nothing_either(house: Served) -> None:
    """What was carried out stays carried out, and the card says so."""
    chat = await house.chat("lin-gold")
    proposal = await offered(chat)
    receipt = await chat.confirm(proposal)
    assert done(await chat.post(f"/proposals/{proposal['id']}/decline"))["state"] == "executed"
    assert await chat.confirm(proposal) == receipt


async def test_yes_and_no_at_once_have_one_outcome(house: Served) -> None:
    """Confirm and decline race: either it was changed and the card is executed, or it was not and the card is declined."""
    chat = await house.chat("lin-gold")
    proposal = await offered(chat)
    yes, no = await asyncio.gather(chat.try_to_confirm(proposal), chat.post(f"/proposals/{proposal['id']}/decline"))
    assert no.status_code == 200
    assert (len(house.changes()), (await states(chat))[-1]) in ((1, "executed"), (0, "declined"))
    assert (yes.status_code == 200) == (len(house.changes()) == 1)


async def test_a_yes_that_comes_too_late_changes_nothing(house: Served) -> None:
    """At the very moment of expiry it is over; the right is not used up, and a fresh offer works."""
    chat = await house.chat("lin-gold")
    proposal = await offered(chat)
    house.clock.move(minutes=15)
    said = refused(await chat.try_to_confirm(proposal), 410, "proposal-expired")
    assert "Nothing was changed" in said["detail"] and house.changes() == []
    assert done(await chat.post(f"/proposals/{proposal['id']}/decline"))["state"] in ("expired", "declined")
    await chat.confirm(await offered(chat))
    assert len(house.changes()) == 1


async def test_who_does_not_hold_the_right_is_told_why(house: Served) -> None:
    """The silver traveller without the benefit gets the reason and no card."""
    reply = await (await house.chat("chen-silver")).say(CHANGE)
    assert reply["proposal"] is None and reply["kind"] == "answer" and "Return Flex" in reply["text"]
    assert [(e["right"], e["decision"]) for e in reply["entitlements"] if e["decision"] == "deny"] and house.changes() == []


async def test_too_late_before_departure_is_told(house: Served) -> None:
    """Less than three hours before departure the right is over, platinum or not."""
    reply = await (await house.chat("zhao-platinum")).say(CHANGE)
    assert reply["proposal"] is None and "3 hours" in reply["text"]


async def test_the_right_is_used_up_after_a_change(house: Served) -> None:
    """Once per booking: asking again, in a new conversation too, gives the reason and no second card."""
    chat = await house.chat("lin-gold")
    await chat.confirm(await offered(chat))
    for again in (chat, await house.chat("lin-gold")):
        reply = await again.say(CHANGE)
        assert reply["proposal"] is None and "already been used" in reply["text"]
    assert len(house.changes()) == 1


async def test_a_typed_yes_points_to_the_card(house: Served) -> None:
    """Only the button is a yes: typed ones, in either language, change nothing and say what to press."""
    chat = await house.chat("lin-gold")
    await offered(chat)
    for text in ("yes", "Yes please!", "好的", "确认"):
        reply = await chat.say(text)
        assert reply["kind"] == "answer" and ("card" in reply["text"] or "卡片" in reply["text"])
    assert house.changes() == []


async def test_somebody_else_s_proposal_does_not_exist(house: Served) -> None:
    """Another traveller, and the same one in another conversation, can neither confirm nor decline it."""
    chat = await house.chat("lin-gold")
    proposal = await offered(chat)
    for stranger in (await house.chat("chen-silver"), await house.chat(), await house.chat("lin-gold")):
        refused(await stranger.try_to_confirm(proposal), 404, "not-found")
        refused(await stranger.post(f"/proposals/{proposal['id']}/decline"), 404, "not-found")
    assert await states(chat) == ["offered"] and house.changes() == []


async def test_a_yes_names_a_known_option_and_a_key(house: Served) -> None:
    """An option that was never offered, or a missing key, changes nothing and leaves the card open."""
    chat = await house.chat("lin-gold")
    proposal = await offered(chat)
    refused(await chat.try_to_confirm(proposal, option_id="option-99"), 404, "not-found")
    refused(await chat.post(f"/proposals/{proposal['id']}/confirm"), 400, "bad-request")
    refused(await chat.try_to_confirm(proposal, key="k" * 201), 400, "bad-request")
    assert house.changes() == [] and await states(chat) == ["offered"]
    await chat.confirm(proposal)


async def moody(tmp_path: Path, make_house: Any) -> tuple[Served, MoodyAirline]:
    clock = MovableClock()
    airline = a_moody_airline(tmp_path / "home", clock)
    return await make_house(clock=clock, reservations=airline), airline


async def test_an_airline_that_says_no_opens_a_ticket_and_gives_the_right_back(tmp_path: Path, make_house: Any) -> None:
    """The traveller hears why, the card is failed, a person has it with priority, and the right can be used later."""
    house, airline = await moody(tmp_path, make_house)
    chat, anna = await house.chat("lin-gold"), await house.staff()
    proposal = await offered(chat)
    airline.refuses = 1
    said = refused(await chat.try_to_confirm(proposal), 409, "proposal-settled-otherwise")
    assert "full" in said["detail"] and house.changes() == [] and await states(chat) == ["offered", "pending", "failed"]
    reply = [e.data for e in await chat.events() if e.kind == "reply"][-1]
    assert reply["kind"] == "handoff" and "full" in reply["text"]
    (ticket,) = await anna.queue()
    assert ticket["reason"] == "failed_change" and "LYQSIN" in ticket["headline"]
    again = refused(await chat.try_to_confirm(proposal, "k2"), 409, "proposal-settled-otherwise")
    assert "used" not in again["detail"]
    await anna.claim(ticket["id"])
    done(await anna.post(f"/tickets/{ticket['id']}/return"))
    await chat.confirm(await offered(chat))
    assert len(house.changes()) == 1


async def test_a_refusal_is_told_although_a_ticket_is_open_already(tmp_path: Path, make_house: Any) -> None:
    """Somebody who already waits for a person hears that the change failed, not only that a ticket stands."""
    house, airline = await moody(tmp_path, make_house)
    chat = await house.chat("lin-gold")
    proposal = await offered(chat)
    await chat.hand_over()
    airline.refuses = 1
    refused(await chat.try_to_confirm(proposal), 409, "proposal-settled-otherwise")
    reply = [e.data for e in await chat.events() if e.kind == "reply"][-1]
    assert "full" in reply["text"] and len(await (await house.staff()).queue()) == 1


@pytest.mark.parametrize("when", ["silent_before", "silent_after"])
async def test_an_airline_that_does_not_answer_is_asked_again(tmp_path: Path, make_house: Any, when: str) -> None:
    """Committed or not, nobody knows: "being processed" is said, the duty asks again under the same key, with back-off, and it is one change."""
    house, airline = await moody(tmp_path, make_house)
    chat = await house.chat("lin-gold")
    proposal = await offered(chat)
    setattr(airline, when, 2)
    said = refused(await chat.try_to_confirm(proposal), 503, "change-under-way")
    assert "being processed" in said["detail"]
    assert await states(chat) == ["offered", "pending", "unknown"]
    refused(await chat.try_to_confirm(proposal), 503, "change-under-way")
    assert getattr(airline, when) == 1, "a page that asks again does not ask the airline again"
    assert await house.house.changes.resume() == 0 and getattr(airline, when) == 1, "it is too soon"
    house.clock.move(seconds=5)
    assert await house.house.changes.resume() == 0 and getattr(airline, when) == 0
    house.clock.move(seconds=5)
    assert await house.house.changes.resume() == 1
    assert await states(chat) == ["offered", "pending", "unknown", "executed"] and len(house.changes()) == 1
    receipt = next(e.data for e in await chat.events() if e.kind == "receipt")
    assert await chat.confirm(proposal, "k9") == receipt


async def test_a_pending_change_is_finished_by_the_next_start(tmp_path: Path) -> None:
    """The process ends between the yes and the airline's answer: the next one finishes it, and the receipt is there."""
    home, clock = tmp_path / "home", MovableClock()
    airline = a_moody_airline(home, clock)
    airline.silent_after = 99
    async with a_served_house(home, clock=clock, reservations=airline) as house:
        chat = await house.chat("lin-gold")
        proposal = await offered(chat)
        refused(await chat.try_to_confirm(proposal), 503, "change-under-way")
    if ON_POSTGRES:
        clock.move(seconds=5)  # others may be asking there, so nothing is asked before its time
    async with a_served_house(home, clock=clock) as house:
        chat.http = house.http
        assert kinds(await chat.events())[-1] == "receipt" and len(house.changes()) == 1
        assert (await chat.confirm(proposal))["proposal_id"] == proposal["id"]


async def test_two_processes_on_one_store_change_once(tmp_path: Path) -> None:
    """Two workers confirm the same proposal at the same time: the airline's key and the store's states make it one."""
    home, clock = tmp_path / "home", MovableClock()
    one, two = a_house(home, clock=clock), a_house(home, clock=clock)
    await one.start()
    from bot.act import Changes
    from bot.turn import Concierge
    from desk.conversation import Caller

    conversation, _ = await one.concierge.open(Caller(kind="traveller", traveller_id="lin-gold"), "en")
    reply = await one.concierge.reply(conversation.id, CHANGE)
    assert isinstance(two.changes, Changes) and isinstance(two.concierge, Concierge) and reply and reply.proposal
    await two.db.start()
    card = reply.proposal
    receipts = await asyncio.gather(*(h.changes.confirm(conversation.id, card.id, f"k{n}", None) for n, h in enumerate((one, two) * 10)))
    assert len({r.reference for r in receipts}) == 1
    async with one.db.read() as conn:
        assert [u.rule_id for u in await proposals.uses_about(conn, "lin-gold")] == ["return-leg-free-change"]
    await two.stop()
    await one.stop()
