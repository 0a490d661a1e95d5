"""A moment offers at most one right, by the door that reaches its traveller: the open chat at once, the desk, an e-mail, or nobody."""

import asyncio
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from basics.words import words
from bot.moments import Moments
from bot.steps import Request
from bot.understand import understand
from customers.consent import Consent
from customers.moment import Moment
from customers.reservations import ReservationsUnavailable
from customers.reservations_demo import DemoReservations
from customers.rights import load_rules
from customers.source_demo import DemoSource
from customers.traveller import Traveller
from desk.conversation import Caller
from knowledge.wording import wordings
from store import events, moments, outbox, tickets
from store.database import Tx
from tests.bot.moments_of import a_moment, dealt_with, happens, looks_on, offers_of, rules_in
from tests.house import NOW, MovableClock, Served, StaffMember, done, keep_staff, kinds, refused, until


class Agreeable(DemoSource):
    """The demo's platform, in which everybody agreed to what the story says."""

    def __init__(self, **consent: Any) -> None:
        super().__init__()
        self.consent = Consent(**consent)

    async def traveller(self, id: str) -> Traveller | None:
        person = await super().traveller(id)
        return person.model_copy(update={"consent": self.consent, "activity": None}) if person else None


@pytest.fixture
async def house(make_house: Any, tmp_path: Path) -> Served:
    return await offering(make_house, tmp_path)


async def offering(make_house: Any, tmp_path: Path, **furniture: Any) -> Served:
    return await make_house(**{"own_index": True, "empty": True, "rules": rules_in(tmp_path), "offers_hold_out": 0.0} | furniture)


@pytest.mark.parametrize(("lang", "says"), [("en", "is delayed"), ("zh", "延误")])
async def test_a_delay_offers_the_free_change_in_the_open_chat(house: Served, lang: str, says: str) -> None:
    """One sentence with the reason, in the language of the chat, and a card that waits two days at most and not longer than the right."""
    chat = await house.chat("lin-gold", lang=lang)
    await looks_on(house, chat)
    assert (await happens(house))[0] == "chat"
    heard = await chat.events()
    assert kinds(heard) == ["sentence", "sentence", "proposal", "reply"]
    reply, card = heard[-1].data, heard[2].data
    assert says in reply["text"] and "9L218" in reply["text"] and reply["kind"] == "proposal" and reply["entitlements"][0]["decision"] == "allow"
    assert card["state"] == "offered" and card["expires_at"] == reply["entitlements"][0]["until"]
    (offer,) = await offers_of(house)
    assert (offer.state, offer.door, offer.right, offer.proposal_id) == ("shown", "chat", "free_change", card["id"])


async def test_the_offer_is_a_proposal_like_any_other(house: Served) -> None:
    """Confirmed it is carried out once with a receipt, hours later too; and it is noted as accepted."""
    chat = await house.chat("lin-gold")
    await looks_on(house, chat)
    await happens(house)
    card = next(e.data for e in await chat.events() if e.kind == "proposal")
    house.clock.move(hours=20)
    receipt = await chat.confirm(card, option_id=card["terms"]["options"][0]["id"])
    assert receipt["proposal_id"] == card["id"] and len(house.changes()) == 1
    await house.house.moments.look()
    assert [o.state for o in await offers_of(house)] == ["accepted"]


async def test_declined_and_ignored_are_told_apart(house: Served) -> None:
    """A no is a no at once; what nobody answered is ignored when its card has run out, and not before."""
    chat, other = await house.chat("lin-gold"), await house.chat("duan-silver")
    for one in (chat, other):
        await looks_on(house, one)
    await happens(house)
    card = next(e.data for e in await chat.events() if e.kind == "proposal")
    done(await chat.post(f"/proposals/{card['id']}/decline"))
    await looks_on(house, await house.chat("claire-gold"))
    assert (await happens(house, "return_soon", "claire-gold", id="c"))[0] != "chat"  # her next flight is the way out
    await looks_on(house, await house.chat("sato-member"))
    assert (await happens(house, "return_soon", "sato-member", id="s"))[0] == "chat"
    await house.house.moments.look()
    assert sorted(o.state for o in await offers_of(house)) == ["declined", "shown"]
    house.clock.move(days=3)
    await house.house.moments.look()
    assert sorted(o.state for o in await offers_of(house)) == ["declined", "ignored"]


async def test_the_same_moment_is_dealt_with_once(house: Served) -> None:
    """Told five times and looked at by ten workers at once: one message, one card."""
    chat = await house.chat("lin-gold")
    await looks_on(house, chat)
    moment = await a_moment(house)
    assert [await house.house.moments.told(moment) for _ in range(5)] == [True, False, False, False, False]
    served = house.house
    others = [Moments(served.db, served.mind, served.settings, served.clock, served.concierge.uses_of) for _ in range(9)]
    looked = await asyncio.gather(*(m.look() for m in (served.moments, *others)))
    await happens(house, id=moment.id)
    assert sum(looked) <= 1 and kinds(await chat.events()).count("proposal") == 1 and len(await offers_of(house)) == 1


async def test_a_cap_holds_over_moments(house: Served) -> None:
    """Once in seven days: the second delay offers what else there is, here the meals: told with their source, without a button."""
    chat = await house.chat("lin-gold")
    await looks_on(house, chat)
    await happens(house)
    house.clock.move(minutes=1)
    await happens(house, id="again")
    reply = [e.data for e in await chat.events() if e.kind == "reply"][-1]
    assert reply["kind"] == "answer" and reply["proposal"] is None and "General Conditions of Carriage, 9.2" in reply["text"]
    assert [(o.right, o.state) for o in await offers_of(house)] == [("free_change", "shown"), ("meals", "told")]


async def test_a_cap_holds_when_two_workers_deal_with_two_moments_at_once(house: Served) -> None:
    """Both have picked the same right before either has told it: the one that comes second picks again."""
    chat, served = await house.chat("lin-gold"), house.house
    await looks_on(house, chat)
    both = [await a_moment(house), await a_moment(house, id="again")]
    await served.db.write(lambda tx: _kept(tx, both, served.clock()))
    others = [Moments(served.db, served.mind, served.settings, served.clock, served.concierge.uses_of) for _ in both]
    met = asyncio.Barrier(len(both))
    for one in others:
        _meet_after_picking(one, met)
    await asyncio.gather(*(one._tried(moment) for one, moment in zip(others, both, strict=True)))
    await served.moments.look()
    assert sorted((o.right, o.state) for o in await offers_of(house)) == [("free_change", "shown"), ("meals", "told")]


async def _kept(tx: Tx, told: list[Moment], now: datetime) -> None:
    for moment in told:
        await moments.tell_moment(tx, moment, now)


def _meet_after_picking(one: Moments, met: asyncio.Barrier) -> None:
    picks = one._pick

    async def then_wait(case: Any) -> Any:
        picked = await picks(case)
        await met.wait()
        return picked

    one._pick = then_wait  # type: ignore[method-assign]


async def test_while_staff_have_the_floor_only_they_are_told(house: Served) -> None:
    """The traveller hears nothing of ours; the desk's stream and the Brief say what happened and which right goes with it."""
    chat = await house.chat("lin-gold")
    ticket = (await chat.hand_over())["ticket"]
    await looks_on(house, chat)
    before = len(await chat.events())
    assert (await happens(house))[0] == "desk" and len(await chat.events()) == before
    async with house.house.db.read() as conn:
        brief = await tickets.brief_of(conn, ticket["id"])
        told = [e for e in await events.events_after(conn, events.DESK, 0) if e.kind == "offer"]
    assert brief and "free of charge" in brief.happened[0].en and "免费改签" in brief.happened[0].zh
    assert told[0].data["ticket_id"] == ticket["id"] and [o.state for o in await offers_of(house)] == ["to_staff"]


async def with_staff(house: Served) -> StaffMember:
    await keep_staff(house.house)
    return await house.staff()


async def mails_of(house: Served) -> list[outbox.Outgoing]:
    async with house.house.db.read() as conn:
        ids = list((await conn.execute(text("select id from outbox order by made_at"))).scalars())
        return [m for i in ids if (m := await outbox.mail_of(conn, i))]


async def test_nobody_looking_means_an_e_mail_that_opens_the_chat_once(house: Served) -> None:
    """A page closed, or a chat asleep for half an hour: the very words by e-mail; the link's code opens the conversation with its card, once."""
    chat = await house.chat("lin-gold")
    await looks_on(house, chat)
    house.clock.move(minutes=31)
    await looks_on(house, chat)
    assert (await happens(house))[0] == "email" and kinds(await chat.events()) == []
    (mail,) = await mails_of(house)
    assert mail.mail.to == "lin.yue@ninebends.example" and mail.mail.subject == "回程航班免费改期" and mail.state == "waiting"
    code = mail.mail.text.partition("#resume=")[2].split()[0]
    assert "免费改签" in mail.mail.text and code in mail.mail.html and mail.mail.unsubscribe is None
    opened = done(await house.http.post("/v1/conversations/resume", json={"code": code}))
    assert opened["id"] != chat.id and opened["caller"]["name"] == "林悦"
    chat.opened = opened
    card = next(e.data for e in await chat.events() if e.kind == "proposal")
    await chat.confirm(card, option_id=card["terms"]["options"][0]["id"])
    refused(await house.http.post("/v1/conversations/resume", json={"code": code}), 404, "not-found")
    assert len(house.changes()) == 1


async def test_a_code_is_over_after_its_time(house: Served) -> None:
    """48 hours; and a made-up one opens nothing."""
    await happens(house)
    code = (await mails_of(house))[0].mail.text.partition("#resume=")[2].split()[0]
    house.clock.move(hours=48)
    for tried in (code, "A" * 43):
        refused(await house.http.post("/v1/conversations/resume", json={"code": tried}), 404, "not-found")


async def test_quiet_hours_hold_e_mail_back_but_not_an_open_chat(make_house: Any, tmp_path: Path) -> None:
    """At two in the morning the e-mail waits until eight; whoever is in the chat at that hour is told at once; what is over by eight is not sent."""
    clock = MovableClock()
    clock.move(hours=12)  # 02:10 in Shanghai
    house = await offering(make_house, tmp_path, clock=clock)
    assert (await happens(house))[0] == "email"
    (mail,) = await mails_of(house)
    assert mail.due_at - clock() == timedelta(hours=5, minutes=50)
    chat = await house.chat("sato-member")
    await looks_on(house, chat)
    assert (await happens(house, "return_soon", "sato-member", id="s"))[0] == "chat"
    assert (await happens(house, "delay", "zhao-platinum", id="z"))[0] in ("late", "nothing")


async def test_consent_is_asked_at_the_time(make_house: Any, tmp_path: Path) -> None:
    """No e-mail for who wants none; advertising for who agreed, with a one-click way out that is heeded from then on."""
    house = await offering(make_house, tmp_path, source=Agreeable(email=False))
    assert (await happens(house))[0] == "nothing" and await mails_of(house) == []
    ad = await make_house("ads", own_index=True, empty=True, rules=rules_in(tmp_path), offers_hold_out=0.0, source=Agreeable(marketing=True))
    assert (await happens(ad, "tier_reached"))[0] == "email"
    (mail,) = await mails_of(ad)
    assert mail.mail.unsubscribe and mail.mail.unsubscribe in mail.mail.text and mail.mail.purpose == "marketing"
    path = mail.mail.unsubscribe.partition("8400")[2]
    asked = await ad.http.get(path)
    assert asked.status_code == 200 and "<form" in asked.text
    assert (await happens(ad, "tier_reached", id="again"))[0] == "email"  # looking at the page changed nothing
    assert (await ad.http.post(path, content="List-Unsubscribe=One-Click")).status_code == 200
    assert (await happens(ad, "tier_reached", id="after"))[0] == "nothing"
    assert (await ad.http.post("/v1/mail/unsubscribe/" + "x" * 40)).status_code == 404


async def test_who_is_held_out_hears_nothing_but_is_counted(make_house: Any, tmp_path: Path) -> None:
    """With everybody held out: an advertising offer is recorded and not shown; news of a delay is told all the same."""
    house = await offering(make_house, tmp_path, offers_hold_out=0.5, offers_salt="3", source=Agreeable(marketing=True))
    outcomes = [await happens(house, "tier_reached", who, id=who) for who in ("lin-gold", "chen-silver", "duan-silver", "sato-member", "claire-gold")]
    found = {o.traveller_id: o.state for o in await offers_of(house)}
    assert {"held_out", "email"} == {outcome for outcome, _ in outcomes}
    assert sum(state == "held_out" for state in found.values()) == sum(outcome == "held_out" for outcome, _ in outcomes)
    assert len(await mails_of(house)) == sum(outcome == "email" for outcome, _ in outcomes)
    delays = [(await happens(house, "delay", who, id=f"d-{who}"))[0] for who in found]
    assert set(delays) == {"email", "nothing"}  # nothing: who holds no right for that flight


async def test_what_came_too_late_or_is_not_theirs_does_nothing(house: Served) -> None:
    """The flight has left, the booking is somebody else's, nobody is known by the name: noted, and nobody is told anything."""
    chat = await house.chat("lin-gold")
    await looks_on(house, chat)
    moment = await a_moment(house)
    assert (await happens(house, at=house.clock() - timedelta(hours=13)))[0] == "late"
    assert (await happens(house, id="b", booking_id="CHBNRT", leg_id="CHBNRT-2"))[0] == "nothing"
    assert (await happens(house, id="c", traveller_id="nobody"))[0] == "nothing"
    house.clock.move(days=3)
    await house.house.moments.told(moment.model_copy(update={"id": "gone", "at": house.clock()}))
    await looks_on(house, chat)
    await house.house.moments.look()
    async with house.house.db.read() as conn:
        assert (await moments.outcome_of(conn, "gone") or ("?", ""))[0] in ("late", "nothing")
    assert kinds(await chat.events()) == [] and await offers_of(house) == []


class Away(DemoReservations):
    away = True

    async def bookings_of(self, traveller_id: str) -> Any:
        if self.away:
            raise ReservationsUnavailable(words("No answer.", "没有响应。"))
        return await super().bookings_of(traveller_id)


async def test_an_airline_that_is_away_delays_the_offer_and_loses_nothing(make_house: Any, tmp_path: Path) -> None:
    """The moment waits until the airline's system answers, and is dealt with then."""
    clock = MovableClock()
    airline = Away(tmp_path / "home", clock)
    house = await offering(make_house, tmp_path, clock=clock, reservations=airline)
    chat = await house.chat("lin-gold")
    await looks_on(house, chat)
    airline.away = False
    moment = await a_moment(house)
    airline.away = True
    await house.house.moments.told(moment)
    assert await house.house.moments.look() == 0 and kinds(await chat.events()) == []
    airline.away = False
    await dealt_with(house, moment.id)
    assert kinds(await chat.events()).count("proposal") == 1


COMPLAINTS = {
    "I want to complain about the crew": True,
    "我要投诉你们的服务态度": True,
    "How can I make a complaint?": False,
    "I would like to complain to nobody, just asking: is breakfast served?": False,
    "怎么投诉？": False,
    "你好": False,
}


@pytest.mark.parametrize("text", COMPLAINTS)
async def test_a_complaint_in_a_turn_is_a_moment(house: Served, text: str) -> None:
    """Who complains is told of once a day; who asks how to complain is not one who does."""
    chat = await house.chat("lin-gold")
    await chat.say(text)
    await chat.say(text)
    async with house.house.db.read() as conn:
        assert await moments.complaints_of(conn, "lin-gold", house.clock() - timedelta(days=1)) == COMPLAINTS[text]


async def test_goodwill_above_the_limit_is_for_staff_to_decide(make_house: Any, tmp_path: Path) -> None:
    """A gold traveller with two complaints and the worst rating: a ticket with the sum, the limit and the signs; within the limit it is offered."""
    house = await offering(make_house, tmp_path, source=Agreeable())
    chat = await house.chat("lin-gold")
    await looks_on(house, chat)
    await happens(house, "complaint", id="c1")
    assert [(o.right, o.state) for o in await offers_of(house)] == [("goodwill_voucher", "told")]
    house.clock.move(minutes=1)
    await happens(house, "rating", id="r1", rating=1)
    (_, asked) = await offers_of(house)
    assert (asked.state, asked.door, asked.worth) == ("to_staff", "desk", 500.0)
    reply = [e.data for e in await chat.events() if e.kind == "reply"][-1]
    assert reply["kind"] == "handoff" and reply["ticket"] and "500" not in reply["text"]
    async with house.house.db.read() as conn:
        brief = await tickets.brief_of(conn, reply["ticket"]["id"])
    anna = await with_staff(house)
    await anna.claim(reply["ticket"]["id"])
    await house.house.moments.look()
    assert (await offers_of(house))[1].state == "to_staff"
    done(await anna.post(f"/tickets/{reply['ticket']['id']}/resolve"))
    await house.house.moments.look()
    assert (await offers_of(house))[1].state == "ignored"  # closed without a grant: that is what became of it
    assert (
        brief
        and "CNY 500" in brief.why.en
        and "CNY 300" in brief.why.en
        and "rated the last flight 1 of 5" in brief.why.en
        and "代金券" in brief.why.zh
    )


async def test_a_return_flight_that_is_near_is_noticed_while_they_talk(house: Served) -> None:
    """Within 48 hours, once a flight, and only for who is in a chat."""
    chat = await house.chat("sato-member")
    returns = next(d for d in house.house.duties.duties if d.name == "returns")
    assert await returns.do() == 0
    house.clock.move(days=4, hours=12)
    await looks_on(house, await house.chat("lin-gold"))
    await looks_on(house, chat)
    found = await returns.do()
    assert found == 1 and await returns.do() == 0
    house.clock.move(minutes=11)
    await looks_on(house, chat)
    assert await returns.do() == 0


ASKED = """what can I get?|What am I entitled to?|What are my rights now?|Show me my benefits please|Do I have any vouchers left?
what can i get now that my flight is delayed?|我有什么权益？|我能享受哪些优惠|查一下我的权益|我现在可以拿到什么补偿？|你们能给我什么补偿"""
NOT_ASKED = """What do Gold members get?|What can I get for lunch on board?|金卡会员有什么权益？|what do I get if my flight is delayed?
What is my baggage allowance?|我能带什么上飞机？|公司能享受哪些优惠？|What rights do passengers have?|行李丢了能赔多少？"""


@pytest.mark.parametrize("asked", re.split(r"[|\n]", ASKED))
async def test_rights_that_are_asked_for_are_listed_best_first(house: Served, asked: str) -> None:
    """At most four, each with its reason and its end, carried by the decision and by nothing else."""
    chat = await house.chat("lin-gold")
    reply = await chat.say(asked)
    assert reply["kind"] == "answer" and reply["basis"] == "rule" and reply["citations"] == []
    assert [e["right"] for e in reply["entitlements"]] == ["free_change", "lounge", "goodwill_voucher", "meals"]
    lines = [s for s in reply["sentences"] if s["carried_by"][0]["entitlement_id"]]
    assert len(lines) == 4 and ("Return Flex" in lines[0]["text"] or "回程灵活权益" in lines[0]["text"]) and "12:35" in lines[0]["text"]


async def test_the_second_one_and_the_first_one(house: Served) -> None:
    """Picked from the list: what can be carried out comes as a card, what is only told is told with its source."""
    chat = await house.chat("lin-gold")
    await chat.say("我有什么权益？")
    told = await chat.say("第二个")
    assert told["kind"] == "answer" and "贵宾休息室" in told["text"] and "Larkspur Wings, 4" in told["text"] and told["proposal"] is None
    await chat.say("what can I get?")
    card = await chat.say("the first one")
    assert card["kind"] == "proposal" and card["proposal"]["terms"]["options"] and house.changes() == []
    await chat.confirm(card["proposal"], option_id=card["proposal"]["terms"]["options"][0]["id"])
    assert len(house.changes()) == 1


@pytest.mark.parametrize(("lounge", "change"), [("Lounge", "Change your return flight free of charge."), ("贵宾休息室", "“回程航班免费改期”")])
async def test_a_right_is_picked_by_its_title_at_any_time(house: Served, lounge: str, change: str) -> None:
    """The button beside a right says its title: each leads to that right, however much was said since the list, and only to what is held."""
    chat = await house.chat("lin-gold")
    told = await chat.say(lounge)
    assert told["kind"] == "answer" and told["basis"] == "rule" and [e["right"] for e in told["entitlements"]] == ["lounge"]
    card = await chat.say(change)
    assert card["kind"] == "proposal" and card["proposal"]["kind"] == "rebooking" and house.changes() == []
    stranger = await (await house.chat("chen-silver")).say(change)
    assert stranger["proposal"] is None


async def test_who_is_not_signed_in_or_holds_nothing_is_told_so(house: Served, make_house: Any) -> None:
    """An anonymous visitor is asked to sign in; with the demo's own rules the silver traveller holds nothing, and hears that."""
    assert "signed in" in (await (await house.chat()).say("what can I get?"))["text"]
    plain = await make_house("plain", own_index=True, empty=True)
    reply = await (await plain.chat("chen-silver")).say("What am I entitled to?")
    assert reply["kind"] == "answer" and reply["proposal"] is None


@pytest.mark.parametrize("asked", re.split(r"[|\n]", NOT_ASKED))
def test_questions_about_the_policy_are_no_list_of_rights(asked: str) -> None:
    """A card, a case, somebody else: looked up in the articles as before."""
    assert understand(Request(conversation_id="c", caller=Caller(), lang="en", text=asked, now=NOW)).ask == "question"


@pytest.mark.slow
async def test_a_page_that_listens_is_told_within_two_seconds(make_house: Any, tmp_path: Path) -> None:
    """A real stream over a real server: the moment is told, the duty wakes, and the card is on the page; when the page leaves, that is known."""
    house = await offering(make_house, tmp_path, real=True)
    chat = await house.chat("lin-gold")

    async def first_card() -> float:
        url = f"/v1/conversations/{chat.id}/events"
        async with house.http.stream("GET", url, headers=chat.headers | {"Accept": "text/event-stream"}) as rows:
            async for line in rows.aiter_lines():
                if line.startswith("event: proposal"):
                    return asyncio.get_running_loop().time()
        raise AssertionError("the stream ended")

    async def heard() -> Any:
        async with house.house.db.read() as conn:
            return (await conn.execute(text("select listened_at from conversations"))).scalar()

    page = asyncio.create_task(first_card())
    await until(heard)
    began = asyncio.get_running_loop().time()
    await house.house.moments.told(await a_moment(house))
    assert await asyncio.wait_for(page, 10) - began < 2.0

    async def left() -> bool:
        return await heard() is None

    await until(left)


def test_every_right_that_may_be_offered_has_its_approved_words() -> None:
    """Each wording that a rule of ours names exists, and every one fills its places from what an entitlement can say."""
    named = [rule.offer.wording for rule in load_rules().rules if rule.offer.wording]
    assert not [name for name in named if name not in wordings()]
    places = {"title", "flight", "route", "destination", "departs", "amount", "bags", "name", "because", "ticket", "until_note"}
    offered = {n: said for n, said in wordings().items() if n.startswith("offer-") and n not in ("offer-until", "offer-cites")}
    assert len(offered) > 15
    for name, said in offered.items():
        assert set(re.findall(r"\{(\w+)\}", said.en)) <= places | {"ticket"}, name
