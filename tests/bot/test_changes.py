"""Every kind of change through the door: done once after a yes, unknown is never "done", and what may be taken back is, once."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.under_way import is_due
from customers.change import undo_id
from store.proposals import UnderWay
from tests.bot.furniture import GIVES, MoodyAirline, a_card, a_moody_airline, rules_of_every_kind
from tests.customers.people import NOW
from tests.customers.test_change import propose
from tests.house import Chat, MovableClock, Served, a_house, kinds, refused

UNDONE = ("rebooking", "refund", "seat", "bag", "lounge")


class Street:
    """A house whose rules give everything, an airline with moods, and Lin in a conversation."""

    def __init__(self, house: Served, airline: MoodyAirline, chat: Chat) -> None:
        self.house, self.airline, self.chat = house, airline, chat

    async def card(self, kind: str = "seat", **more: Any) -> dict[str, Any]:
        return await a_card(self.house, self.chat, kind, **more)

    async def cards(self, proposal: dict[str, Any]) -> list[dict[str, Any]]:
        return [e.data for e in await self.chat.events() if e.kind == "proposal" and e.data["id"] == proposal["id"]]

    async def states(self, proposal: dict[str, Any]) -> list[str]:
        return [card["state"] for card in await self.cards(proposal)]

    async def booking(self) -> Any:
        return (await self.airline.bookings_of("lin-gold"))[0]

    async def resume(self) -> int:
        return await self.house.house.changes.resume()

    def done(self) -> list[str]:
        return [line["kind"] for line in self.house.changes()]


@pytest.fixture
async def street(tmp_path: Path, make_house: Any) -> Street:
    return await a_street(tmp_path, make_house)


async def a_street(tmp_path: Path, make_house: Any, more: str = "") -> Street:
    clock = MovableClock()
    airline = a_moody_airline(tmp_path / "home", clock)
    house = await make_house(clock=clock, reservations=airline, rules=rules_of_every_kind(tmp_path, more))
    return Street(house, airline, await house.chat("lin-gold"))


@pytest.mark.parametrize("kind", GIVES)
async def test_every_kind_is_carried_out_once_and_once_for_a_flight(street: Street, kind: str) -> None:
    """The card, the yes, one order, the receipt; a second card of the same right for the same flight comes to nothing."""
    card, twin = await street.card(kind), await street.card(kind)
    assert card["kind"] == kind and street.done() == []
    receipts = [await street.chat.confirm(card, key) for key in ("k1", "k1", "k2")]
    assert receipts == receipts[:1] * 3 and receipts[0]["proposal_id"] == card["id"]
    assert street.done() == [kind] and await street.states(card) == ["offered", "pending", "executed"]
    said = refused(await street.chat.try_to_confirm(twin), 409, "proposal-settled-otherwise")
    assert "used" in said["detail"] and street.done() == [kind] and await street.states(twin) == ["offered"]


@pytest.mark.parametrize("kind", UNDONE)
async def test_what_may_be_taken_back_is_once_and_the_right_is_there_again(street: Street, kind: str) -> None:
    """The booking is as it was, the card says so, there is a second receipt, and a new card can be confirmed."""
    before = await street.booking()
    card = await street.card(kind)
    first = await street.chat.confirm(card)
    until = (await street.cards(card))[-1]["undo_until"]
    assert until is not None and await street.booking() != before
    receipts = [await street.chat.undo(card, key) for key in ("u1", "u1", "u2")]
    assert receipts == receipts[:1] * 3 and receipts[0]["proposal_id"] == card["id"] and receipts[0]["id"] != first["id"]
    assert await street.booking() == before and street.done() == [kind, "undo"]
    assert await street.states(card) == ["offered", "pending", "executed", "pending", "undone"]
    assert (await street.cards(card))[-1]["undo_until"] is None and kinds(await street.chat.events()).count("receipt") == 2
    assert await street.chat.confirm(card) == first, "the first yes keeps its answer"
    await street.chat.confirm(await street.card(kind))
    assert street.done() == [kind, "undo", kind]


@pytest.mark.parametrize("kind", ["voucher", "payment"])
async def test_money_that_is_out_is_not_taken_back(street: Street, kind: str) -> None:
    """The airline allows none, so the card offers none, and asking is refused plainly."""
    card = await street.card(kind)
    await street.chat.confirm(card)
    assert (await street.cards(card))[-1]["undo_until"] is None
    refused(await street.chat.try_to_undo(card), 409, "undo-over")
    assert street.done() == [kind] and await street.states(card) == ["offered", "pending", "executed"]


async def test_the_time_to_take_back_ends_to_the_second(tmp_path: Path, make_house: Any) -> None:
    """The rule allows an hour of the airline's day: a second before its end it is taken back, at its end it is not."""
    street = await a_street(tmp_path, make_house, ", undo_within: 1")
    for seconds, ends in ((3600, "executed"), (3599, "undone")):
        card = await street.card("bag" if ends == "undone" else "seat")
        await street.chat.confirm(card)
        street.house.clock.move(seconds=seconds)
        answer = await street.chat.try_to_undo(card)
        assert answer.is_success == (ends == "undone") and (await street.states(card))[-1] == ends
    assert street.done() == ["seat", "bag", "undo"]


async def test_nothing_is_taken_back_that_was_not_done_or_is_another_s(street: Street) -> None:
    """Not before the yes, not after a no, not without a key, not in another conversation, and a taking back has no card of its own."""
    offered, declined, card = [await street.card(kind) for kind in ("bag", "lounge", "seat")]
    await street.chat.post(f"/proposals/{declined['id']}/decline")
    for one in (offered, declined):
        refused(await street.chat.try_to_undo(one), 409, "undo-over")
    await street.chat.confirm(card)
    for stranger in (await street.house.chat("chen-silver"), await street.house.chat(), await street.house.chat("lin-gold")):
        refused(await stranger.try_to_undo(card), 404, "not-found")
    refused(await street.chat.post(f"/proposals/{card['id']}/undo"), 400, "bad-request")
    refused(await street.chat.try_to_undo({"id": "prop_nobody"}), 404, "not-found")
    assert street.done() == ["seat"]
    await street.chat.undo(card)
    refused(await street.chat.try_to_confirm({"id": undo_id(card["id"])}), 404, "not-found")
    refused(await street.chat.try_to_undo({"id": undo_id(card["id"])}), 404, "not-found")


async def test_twenty_takings_back_at_once_are_one(street: Street) -> None:
    """A double click on "undo" undoes once, and everybody gets the same receipt."""
    card = await street.card()
    await street.chat.confirm(card)
    receipts = await asyncio.gather(*(street.chat.undo(card, f"u{n}") for n in range(20)))
    assert len({str(r) for r in receipts}) == 1 and street.done() == ["seat", "undo"]


@pytest.mark.parametrize("when", ["silent_before", "silent_after", "broken"])
async def test_a_taking_back_without_an_answer_goes_the_same_way(street: Street, when: str) -> None:
    """Being processed is said on the same card, the duty asks again under the same key, and it is taken back once."""
    card = await street.card()
    await street.chat.confirm(card)
    setattr(street.airline, when, 1)
    refused(await street.chat.try_to_undo(card), 503, "change-under-way")
    assert (await street.states(card))[-2:] == ["pending", "unknown"]
    street.house.clock.move(seconds=5)
    assert await street.resume() == 1 and (await street.states(card))[-1] == "undone"
    assert street.done() == ["seat", "undo"] and (await street.booking()).extras == ()


async def test_a_taking_back_that_the_airline_refuses_goes_to_a_person(street: Street) -> None:
    """The change stands, the card says so and offers no undo any more, and a ticket is open."""
    card = await street.card()
    await street.chat.confirm(card)
    street.airline.refuses = 1
    refused(await street.chat.try_to_undo(card), 409, "proposal-settled-otherwise")
    last = (await street.cards(card))[-1]
    assert (last["state"], last["undo_until"]) == ("executed", None) and len((await street.booking()).extras) == 1
    (ticket,) = await (await street.house.staff()).queue()
    assert ticket["reason"] == "failed_change" and "taking back" in ticket["headline"]
    refused(await street.chat.try_to_undo(card, "again"), 409, "proposal-settled-otherwise")
    refused(await street.chat.try_to_confirm(await street.card()), 409, "proposal-settled-otherwise")


async def test_a_key_is_for_one_call(street: Street) -> None:
    """The same key with another option, another card or an undo is refused plainly and changes nothing; the first answer stays."""
    card, other = await street.card("seat"), await street.card("bag")
    first = await street.chat.confirm(card, "k", card["terms"]["options"][1]["id"])
    refused(await street.chat.try_to_confirm(card, "k", card["terms"]["options"][2]["id"]), 422, "key-used")
    refused(await street.chat.try_to_confirm(card, "k"), 422, "key-used")
    refused(await street.chat.try_to_confirm(other, "k"), 422, "key-used")
    refused(await street.chat.try_to_undo(card, "k"), 422, "key-used")
    assert await street.chat.confirm(card, "k", card["terms"]["options"][1]["id"]) == first and street.done() == ["seat"]
    await street.chat.undo(card, "u")
    refused(await street.chat.try_to_confirm(other, "u"), 422, "key-used")
    await street.chat.confirm(other, "k2")
    assert street.done() == ["seat", "undo", "bag"]


async def test_one_key_for_two_cards_at_once_is_one_change(street: Street) -> None:
    """Two different cards confirmed side by side under one key: one is carried out, the other refused."""
    cards = [await street.card(kind) for kind in ("seat", "bag", "lounge", "voucher")]
    answers = await asyncio.gather(*(street.chat.try_to_confirm(card, "k") for card in cards))
    assert sorted(a.status_code for a in answers) == [200, 422, 422, 422] and len(street.done()) == 1


@pytest.mark.parametrize("kind", GIVES)
async def test_twenty_cards_of_one_right_at_once_are_one_change(street: Street, kind: str) -> None:
    """No rule here names a quota: a right that changes something is had once all the same, from however many cards and windows."""
    cards = [await street.card(kind) for _ in range(20)]
    answers = await asyncio.gather(*(street.chat.try_to_confirm(card) for card in cards))
    assert sorted(a.status_code for a in answers) == [200] + [409] * 19 and street.done() == [kind]


async def test_a_quota_allows_more_where_the_rule_says_so(tmp_path: Path, make_house: Any) -> None:
    """Twice for a flight: the second card is carried out too, the third is not."""
    street = await a_street(tmp_path, make_house, ", quota: {times: 2, per: leg}")
    cards = [await street.card("voucher") for _ in range(3)]
    answers = [await street.chat.try_to_confirm(card) for card in cards]
    assert [a.status_code for a in answers] == [200, 200, 409] and street.done() == ["voucher"] * 2


async def test_it_expires_to_the_second(street: Street) -> None:
    """A second before its end a card is confirmed; at its end it is not, and the right is not used up."""
    late, card = await street.card("seat"), await street.card("bag")
    street.house.clock.move(seconds=15 * 60 - 1)
    await street.chat.confirm(card)
    street.house.clock.move(seconds=1)
    refused(await street.chat.try_to_confirm(late), 410, "proposal-expired")
    await street.chat.confirm(await street.card("seat"))
    assert street.done() == ["bag", "seat"]


async def test_a_change_unknown_for_five_minutes_has_a_ticket_once(street: Street) -> None:
    """Not before; then a person watches, and the words say that it is being processed, never that it failed or is done."""
    card = await street.card()
    street.airline.silent_before = 99
    refused(await street.chat.try_to_confirm(card), 503, "change-under-way")
    anna = await street.house.staff()
    street.house.clock.move(minutes=4, seconds=59)
    assert await street.resume() == 0 and await anna.queue() == []
    street.house.clock.move(seconds=1)
    for _ in range(3):
        await street.resume()
        street.house.clock.move(minutes=2)
    (ticket,) = await anna.queue()
    assert ticket["reason"] == "unknown_change" and card["id"] in ticket["headline"]
    replies = [e.data for e in await street.chat.events() if e.kind == "reply"]
    assert len(replies) == 1 and "Still being processed" in replies[0]["text"] and str(ticket["number"]) in replies[0]["text"]
    assert (await street.states(card))[-1] == "unknown" and "done now" not in replies[0]["text"]


@pytest.mark.parametrize("outcome", ["done", "refused"])
async def test_what_became_of_it_is_told_after_the_ticket(street: Street, outcome: str) -> None:
    """Done after all: the receipt and a note; refused after all: the reason, the right given back; the one ticket stays."""
    card = await street.card()
    street.airline.silent_after = 1 if outcome == "done" else 0
    street.airline.silent_before = 0 if outcome == "done" else 1
    refused(await street.chat.try_to_confirm(card), 503, "change-under-way")
    street.house.clock.move(minutes=5)
    street.airline.refuses = 1 if outcome == "refused" else 0
    await street.resume()
    replies = [e.data["text"] for e in await street.chat.events() if e.kind == "reply"]
    assert len(replies) == 2 and len(await (await street.house.staff()).queue()) == 1
    if outcome == "done":
        assert "this is done: A free seat" in replies[1] and (await street.states(card))[-1] == "executed"
        assert kinds(await street.chat.events()).count("receipt") == 1 and street.done() == ["seat"]
    else:
        assert "full" in replies[1] and (await street.states(card))[-1] == "failed" and street.done() == []
        await street.chat.confirm(await street.card())


async def test_a_ticket_is_opened_once_by_however_many_workers(street: Street, tmp_path: Path) -> None:
    """Four workers whose duty looks at the same instant: one tells the person."""
    card = await street.card()
    street.airline.silent_before = 999
    refused(await street.chat.try_to_confirm(card), 503, "change-under-way")
    street.house.clock.move(minutes=6)
    settings = street.house.house.settings
    others = [a_house(tmp_path / "home", clock=street.house.clock, reservations=street.airline, rules=settings.rules,
                      database_url=settings.database_url) for _ in range(3)]  # fmt: skip
    for other in others:
        await other.db.start()
    await asyncio.gather(*(h.changes.resume() for h in (street.house.house, *others) for _ in range(3)))
    for other in others:
        await other.stop()
    assert [e.kind for e in await street.chat.events()].count("reply") == 1
    assert len(await (await street.house.staff()).queue()) == 1


async def test_an_airline_that_breaks_is_no_answer_either(street: Street) -> None:
    """Whatever goes wrong on the way, the change is unknown until the airline has said so, and ends well."""
    card = await street.card("lounge")
    street.airline.broken = 1
    refused(await street.chat.try_to_confirm(card), 503, "change-under-way")
    assert await street.states(card) == ["offered", "pending", "unknown"]
    street.house.clock.move(seconds=5)
    assert await street.resume() == 1 and street.done() == ["lounge"]


async def test_a_yes_whose_worker_died_is_finished_by_another(street: Street) -> None:
    """Pending and nobody asking: after a moment's patience the duty does, under the same key."""
    card = await street.card()
    changes = street.house.house.changes
    await street.house.house.db.write(lambda tx: changes._yes(tx, street.chat.id, card["id"], "k", None))
    assert await street.resume() == 0
    street.house.clock.move(seconds=15)
    assert await street.resume() == 1 and street.done() == ["seat"] and (await street.states(card))[-1] == "executed"


def test_the_back_off_grows_and_has_an_end() -> None:
    """5 seconds, then as long as it has been unknown, at most a minute."""
    proposal, tries, now = propose(), [], NOW
    change = UnderWay(proposal=proposal, tried_at=NOW, unknown_since=NOW)
    for second in range(1, 400):
        now = NOW + timedelta(seconds=second)
        if is_due(change, now):
            tries.append(second)
            change = change.model_copy(update={"tried_at": now})
    gaps = [b - a for a, b in zip([0, *tries], tries, strict=False)]
    assert gaps[:6] == [5, 5, 10, 20, 40, 60] and set(gaps[6:]) == {60}


async def test_figures_tell_kinds_and_states(street: Street) -> None:
    """What is under way without an answer can be seen from outside, by kind."""
    card = await street.card("refund")
    street.airline.silent_before = 1
    refused(await street.chat.try_to_confirm(card), 503, "change-under-way")
    said = (await street.house.http.get("/metrics")).text
    assert 'concierge_proposals{kind="refund",state="unknown"} 1.0' in said
    assert 'concierge_proposals{kind="undo",state="pending"} 0.0' in said


@pytest.mark.parametrize("kind", ["seat", "bag", "lounge"])
async def test_what_is_waived_stands_beside_what_is_paid(street: Street, kind: str) -> None:
    """The card tells both, so that one sees what the right is worth."""
    option = (await street.card(kind))["terms"]["options"][0]
    assert option["price"] == "free of charge" and option["waived"].startswith("CNY ")
