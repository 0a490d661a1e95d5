"""What staff give beyond the rules: a card the traveller still says yes to, within a limit, above it after another's word, and all of it kept."""

import asyncio
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from store import staff
from store.tables import grants
from tests.house import Chat, Served, StaffMember, done, kinds, refused

WHY = "The Concierge said on Monday that it is free."


class Counter:
    """A house with Lin, who waits, Anna, who has the ticket, and Wei."""

    def __init__(self, house: Served, chat: Chat, anna: StaffMember, wei: StaffMember, ticket: str) -> None:
        self.house, self.chat, self.anna, self.wei, self.ticket = house, chat, anna, wei, ticket

    async def try_to_give(self, who: StaffMember | None = None, **asked: Any) -> httpx.Response:
        body = {"kind": "voucher", "amount": "200", "reason": WHY} | asked
        return await (who or self.anna).post(f"/tickets/{self.ticket}/grants", {k: v for k, v in body.items() if v is not None})

    async def give(self, **asked: Any) -> dict[str, Any]:
        return done(await self.try_to_give(**asked))

    async def lead(self, who: StaffMember) -> StaffMember:
        await self.house.house.db.write(lambda tx: staff.set_role(tx, who.signed_in["staff"]["id"], "lead"))
        return who

    async def cards(self) -> list[dict[str, Any]]:
        return [e.data for e in await self.chat.events() if e.kind == "proposal"]

    async def page(self, who: StaffMember | None = None) -> dict[str, Any]:
        return await (who or self.anna).get("/grants", ticket=self.ticket)

    async def place(self) -> dict[str, str]:
        booking = (await self.house.house.mind.reservations.bookings_of("lin-gold"))[0]
        return {"booking_id": booking.id, "leg_id": booking.legs[-1].id}


async def a_counter(house: Served, who: str | None = "lin-gold") -> Counter:
    chat, anna, wei = await house.chat(who), await house.staff("Anna"), await house.staff("Wei")
    ticket = (await chat.hand_over())["ticket"]["id"]
    await anna.claim(ticket)
    return Counter(house, chat, anna, wei, ticket)


@pytest.fixture
async def counter(house: Served) -> Counter:
    return await a_counter(house)


async def test_a_grant_is_a_card_that_the_traveller_says_yes_to(counter: Counter) -> None:
    """Nothing is given before the yes; the reason is for the record, who stands behind it is on the card; both consoles hear of it."""
    given = await counter.give()
    assert (given["state"], given["amount"], given["currency"], given["by"], given["reason"]) == ("offered", "200", "CNY", "Anna", WHY)
    (card,) = await counter.cards()
    assert card["granted"] == {"by": "Anna"} and card["kind"] == "voucher" and WHY not in str(card)
    assert counter.house.changes() == []
    receipt = await counter.chat.confirm(card)
    assert "CNY 200" in str(receipt["lines"]) and [line["kind"] for line in counter.house.changes()] == ["voucher"]
    page = await counter.page(counter.wei)
    assert [(g["state"], g["proposal_id"]) for g in page["grants"]] == [("executed", card["id"])]
    events = done(await counter.wei.http.get("/v1/desk/events", headers=counter.wei.headers))["events"]
    told = [e["data"] for e in events if e["kind"] == "grant"]
    assert told == [{"ticket_id": counter.ticket, "grant_id": given["id"], "state": "offered"}]


@pytest.mark.parametrize("kind", ["rebooking", "refund", "seat", "bag", "lounge", "payment"])
async def test_every_kind_can_be_granted(make_house: Any, kind: str) -> None:
    """For the traveller's own flight, in full and free of charge, as the airline can do it now."""
    counter = await a_counter(await make_house(grant_limit=10_000, grant_limit_day=10_000))
    given = await counter.give(kind=kind, amount="50" if kind == "payment" else None, **await counter.place())
    assert given["state"] == "offered", given
    await counter.chat.confirm((await counter.cards())[0])
    (line,) = counter.house.changes()
    assert line["kind"] == kind and "charged" not in line
    if kind == "refund":
        assert line["paid_out"] == f"CNY {given['amount']}"


async def test_a_choice_may_be_named(counter: Counter) -> None:
    """Of what the airline offers, the one that was promised; what it does not offer is not granted."""
    place = await counter.place()
    choices = await counter.house.house.mind.reservations.choices("seat", place["booking_id"], place["leg_id"], counter.house.clock())
    await counter.give(kind="seat", amount=None, choice=choices[2].id, **place)
    (card,) = await counter.cards()
    assert [o["label"] for o in card["terms"]["options"]] == [choices[2].seat]
    refused(await counter.try_to_give(kind="seat", amount=None, choice="99Z", **place), 409, "proposal-refused")


@pytest.mark.parametrize(
    ("each", "amount", "state"), [("500", "500", "offered"), ("500", "500.01", "waiting_approval"), ("0", "0.01", "waiting_approval")]
)
async def test_above_the_limit_it_waits_and_the_traveller_sees_nothing(make_house: Any, each: str, amount: str, state: str) -> None:
    """At the limit exactly it is given; a cent above it waits for a lead."""
    counter = await a_counter(await make_house(grant_limit=each))
    assert (await counter.give(amount=amount))["state"] == state
    assert len(await counter.cards()) == (state == "offered")


async def test_a_day_has_its_limit_too(make_house: Any) -> None:
    """What one person gave today counts together; what was declined or ran out does not; tomorrow begins anew, by the airline's zone."""
    counter = await a_counter(await make_house(grant_limit=500, grant_limit_day=900))
    assert [(await counter.give(amount="400"))["state"] for _ in range(3)] == ["offered", "offered", "waiting_approval"]
    limit = (await counter.page())["limit"]
    assert limit == {"each": "500", "day": "900", "left_today": "100", "currency": "CNY"}
    assert (await counter.page(counter.wei))["limit"]["left_today"] == "900"
    await counter.chat.post(f"/proposals/{(await counter.cards())[0]['id']}/decline")
    assert (await counter.page())["limit"]["left_today"] == "500"
    await counter.chat.confirm((await counter.cards())[1])
    counter.house.clock.move(hours=9, minutes=49)  # 23:59 in Shanghai
    assert (await counter.page())["limit"]["left_today"] == "500"
    counter.house.clock.move(minutes=1)
    assert (await counter.page())["limit"]["left_today"] == "900"


async def test_two_grants_at_one_instant_do_not_pass_the_limit_together(make_house: Any) -> None:
    """Ten clicks at once give as much as one after the other."""
    counter = await a_counter(await make_house(grant_limit=500, grant_limit_day=1000))
    given = await asyncio.gather(*(counter.give(amount="300") for _ in range(10)))
    assert sorted(g["state"] for g in given) == ["offered"] * 3 + ["waiting_approval"] * 7


async def test_a_lead_approves_what_another_asked_for(counter: Counter) -> None:
    """The card is made when the lead says yes, once, and the same word again is the same answer."""
    waits = await counter.give(amount="900")
    refused(await counter.wei.post(f"/grants/{waits['id']}/approve"), 403, "not-a-lead")
    wei = await counter.lead(counter.wei)
    assert await counter.cards() == []
    approved = [done(await wei.post(f"/grants/{waits['id']}/approve")) for _ in range(2)]
    assert approved[0] == approved[1] and (approved[0]["state"], approved[0]["approved_by"]) == ("offered", "Wei")
    (card,) = await counter.cards()
    assert card["granted"] == {"by": "Anna"} and (await counter.page())["limit"]["left_today"] == "2000", "an approved one is not Anna's own"
    refused(await wei.post(f"/grants/{waits['id']}/refuse"), 409, "grant-decided")
    await counter.chat.confirm(card)
    assert (await counter.page())["grants"][0]["state"] == "executed"


async def test_a_lead_refuses_and_nothing_is_offered(counter: Counter) -> None:
    """Refused is refused: it cannot be approved afterwards."""
    waits, wei = await counter.give(amount="900"), await counter.lead(counter.wei)
    for _ in range(2):
        assert done(await wei.post(f"/grants/{waits['id']}/refuse"))["state"] == "refused"
    refused(await wei.post(f"/grants/{waits['id']}/approve"), 409, "grant-decided")
    assert await counter.cards() == [] and counter.house.changes() == []


async def test_nobody_approves_their_own(counter: Counter) -> None:
    """A lead asks like everybody else: another lead has to decide."""
    anna = await counter.lead(counter.anna)
    waits = await counter.give(amount="900")
    for word in ("approve", "refuse"):
        refused(await anna.post(f"/grants/{waits['id']}/{word}"), 409, "grant-is-yours")
    assert await counter.cards() == []


async def test_two_words_at_once_have_one_outcome(counter: Counter) -> None:
    """Approve and refuse race: one card or none, and the other is told."""
    waits, wei = await counter.give(amount="900"), await counter.lead(counter.wei)
    answers = await asyncio.gather(*(wei.post(f"/grants/{waits['id']}/{word}") for word in ("approve", "refuse", "approve")))
    states = {a.json()["state"] for a in answers if a.is_success}
    assert len(states) == 1 and len(await counter.cards()) == (states == {"offered"})


async def test_what_was_given_within_the_limit_is_nobody_s_to_decide(counter: Counter) -> None:
    """A lead's word on what never waited is refused."""
    given, wei = await counter.give(), await counter.lead(counter.wei)
    for word in ("approve", "refuse"):
        refused(await wei.post(f"/grants/{given['id']}/{word}"), 409, "grant-decided")


@pytest.mark.parametrize(
    ("asked", "status", "slug"),
    [
        ({"reason": "too short"}, 400, "bad-request"),
        ({"reason": "太短了吧"}, 400, "bad-request"),
        ({"reason": "         x         "}, 400, "bad-request"),
        ({"amount": None}, 400, "bad-request"),
        ({"amount": "0"}, 400, "bad-request"),
        ({"amount": "-5"}, 400, "bad-request"),
        ({"amount": "1.001"}, 400, "bad-request"),
        ({"amount": "NaN"}, 400, "bad-request"),
        ({"currency": "USD"}, 400, "bad-request"),
        ({"kind": "undo"}, 400, "bad-request"),
        ({"kind": "upgrade"}, 400, "bad-request"),
        ({"booking_id": "NOBODY"}, 404, "not-found"),
        ({"booking_id": "CHBNRT"}, 404, "not-found"),
        ({"kind": "seat", "booking_id": "LYQSIN"}, 409, "proposal-refused"),
        ({"kind": "seat", "booking_id": "LYQSIN", "leg_id": "LYQSIN-9"}, 404, "not-found"),
        ({"kind": "refund"}, 409, "proposal-refused"),
    ],
)
async def test_what_cannot_be_granted_is_refused_plainly(counter: Counter, asked: dict[str, Any], status: int, slug: str) -> None:
    """No reason, no amount, another currency, another traveller's booking, an unknown kind: nothing is kept and nothing shown."""
    refused(await counter.try_to_give(**asked), status, slug)
    assert (await counter.page())["grants"] == [] and await counter.cards() == []


async def test_only_who_holds_the_ticket_gives(counter: Counter) -> None:
    """Another member of staff, a traveller, nobody; and after the ticket is returned, its holder neither."""
    refused(await counter.try_to_give(counter.wei), 409, "not-your-ticket")
    refused(
        await counter.chat.post(f"/desk/tickets/{counter.ticket}/grants", {"kind": "voucher", "amount": "5", "reason": WHY}), 401, "not-signed-in"
    )
    refused(await counter.house.http.get(f"/v1/desk/grants?ticket={counter.ticket}"), 401, "not-signed-in")
    done(await counter.anna.post(f"/tickets/{counter.ticket}/return"))
    refused(await counter.try_to_give(), 409, "ticket-not-open")
    assert await counter.cards() == []


async def test_to_nobody_nothing_is_given(house: Served) -> None:
    """An anonymous visitor has nobody's account that it could go to."""
    counter = await a_counter(house, None)
    refused(await counter.try_to_give(), 409, "grant-refused")
    assert kinds(await counter.chat.events()).count("proposal") == 0


async def test_a_grant_goes_with_its_ticket(make_house: Any) -> None:
    """After the days of a ticket the reason and the booking are gone; who gave how much, and who approved, stays."""
    counter = await a_counter(await make_house(keep_tickets_days=30))
    await counter.give(**await counter.place())
    done(await counter.anna.post(f"/tickets/{counter.ticket}/resolve"))
    counter.house.clock.move(days=31)
    house = counter.house.house
    await next(d for d in house.duties.duties if d.name == "retention").do()
    async with house.db.read() as conn:
        (row,) = (await conn.execute(select(grants))).all()
    assert (row.reason, row.booking_id, row.leg_id, row.amount, row.staff_id) == ("", None, None, "200", "staff-anna")
