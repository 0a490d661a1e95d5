"""Complaints are cases: somebody looks after each until a date that its traveller knows, over HTTP and on both consoles."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from basics.clock import parse_moment
from bot.casebook import open_case
from bot.retention import Retention
from store import cases, tickets
from tests.bot.test_promising import a_roster_file
from tests.bot.test_reminders import Noted, reminds
from tests.desk.test_roster import local
from tests.house import MovableClock, Served, StaffMember, done, keep_staff, refused

NOON, DUE = local("2026-03-02T12:00"), local("2026-03-04T20:00")
COMPLAINS = {
    "en": ("I want to complain about the crew, let me talk to a person", "looks after this and sees it through", "20:00 on Wednesday, 4 March"),
    "zh": ("我要投诉你们的服务态度，转人工", "负责跟进到底", "上海时间3月4日（周三） 20:00"),
}


@pytest.fixture
async def house(make_house: Any, tmp_path: Path) -> Served:
    served: Served = await make_house(clock=MovableClock(NOON), roster=a_roster_file(tmp_path))
    await keep_staff(served.house)
    return served


async def a_complaint(house: Served, who: str | None = "lin-gold", lang: str = "en") -> tuple[Any, dict[str, Any], dict[str, Any]]:
    """The chat, the reply that hands over, and the case as the desk sees it."""
    chat = await house.chat(who, lang=lang)
    reply = await chat.say(COMPLAINS[lang][0])
    assert reply["kind"] == "handoff", reply
    (case,) = [c for c in await listed(house) if c["ticket_id"] == reply["ticket"]["id"]]
    return chat, reply, case


async def listed(house: Served, name: str = "Anna") -> list[dict[str, Any]]:
    return list((await (await house.staff(name)).get("/cases"))["cases"])


async def theirs(house: Served, case: dict[str, Any]) -> tuple[StaffMember, StaffMember]:
    """Who looks after it, and the other one."""
    anna, wei = await house.staff("Anna"), await house.staff("Wei")
    return (anna, wei) if case["owner"]["name"] == "Anna" else (wei, anna)


async def step(who: StaffMember, case: dict[str, Any], what: str, **body: Any) -> dict[str, Any]:
    return done(await who.post(f"/cases/{case['id']}/{what}", {"seen": case["version"]} | body))


def said(events: list[Any]) -> list[str]:
    return [e.data["text"] for e in events if e.kind == "reply"]


@pytest.mark.parametrize("lang", COMPLAINS)
async def test_a_complaint_has_an_owner_and_a_date(house: Served, lang: str) -> None:
    """Whoever complains and is handed over hears who looks after it and by when; the desk sees the same, at once."""
    _, reply, case = await a_complaint(house, lang=lang)
    text, day = COMPLAINS[lang][1:]
    assert text in reply["text"] and day in reply["text"] and case["owner"]["name"] in reply["text"]
    assert (case["state"], case["late"], parse_moment(case["due_at"]), case["number"]) == ("open", False, DUE, reply["ticket"]["number"])
    anna = await house.staff()
    steps = (await anna.get(f"/cases/{case['id']}/history"))["steps"]
    assert [(s["step"], s["by"]) for s in steps] == [("opened", None)]
    kinds = [e["kind"] for e in (await anna.get("/events"))["events"]]
    assert kinds.count("case") == 1 and kinds.index("handoff") < kinds.index("case")


async def test_a_question_is_no_case_and_a_complaint_before_it_is(house: Served) -> None:
    """Who asks for a person gets a ticket; who complained before that, in the same conversation, has a case as well."""
    plain = await house.chat("lin-gold", lang="en")
    assert "sees it through" not in (await plain.say("I want to talk to a person"))["text"]
    before = await house.chat("chen-silver", lang="en")
    await before.say("I want to complain about the crew")
    if (await before.now())["state"] == "bot":
        await before.hand_over()
    assert [c["number"] for c in await listed(house)] == [1002]


async def test_a_complaint_is_a_case_once(house: Served) -> None:
    """It was looked after and closed; whoever asks for a person about something else the next week has no case for it again."""
    chat, reply, case = await a_complaint(house)
    owner, _ = await theirs(house, case)
    await owner.claim(reply["ticket"]["id"])
    done(await owner.post(f"/tickets/{reply['ticket']['id']}/return"))
    await step(owner, case, "close", outcome="Apologised.")
    house.clock.move(days=7)
    assert "sees it through" not in (await chat.hand_over())["text"]
    assert [c["state"] for c in await listed(house)] == ["closed"]


async def test_what_is_personal_in_a_case_goes_with_its_ticket(house: Served) -> None:
    """While the case is open nothing goes, however old; a year after it was closed the words are gone, and who closed it when stays."""
    _, reply, case = await a_complaint(house)
    owner, _ = await theirs(house, case)
    await owner.claim(reply["ticket"]["id"])
    done(await owner.post(f"/tickets/{reply['ticket']['id']}/resolve"))

    async def kept() -> Any:
        await Retention(house.house.db, house.house.settings, house.clock).look()
        async with house.house.db.read() as conn:
            return await cases.the_case(conn, case["id"])

    house.clock.move(days=500)
    assert (await kept()).about == COMPLAINS["en"][0] and len(await house.house.cases.steps(case["id"])) == 1
    owner = await house.staff(owner.name)
    await step(owner, case, "close", outcome="Lin Yue got a voucher.")
    house.clock.move(days=364)
    assert (await kept()).outcome == "Lin Yue got a voucher."
    house.clock.move(days=2)
    last = await kept()
    assert (last.about, last.outcome, last.traveller_id, last.caller.name_en) == ("", None, None, None)
    assert last.state == "closed" and last.closed_at and last.owner and last.owner.name == owner.name


async def test_an_anonymous_complaint_is_a_case_too(house: Served) -> None:
    """Nobody knows who it is; the conversation can be answered all the same."""
    _, _, case = await a_complaint(house, None)
    assert case["caller"]["kind"] == "anonymous" and case["owner"]


async def test_two_complaints_are_shared_out(house: Served) -> None:
    """The second one goes to who has none."""
    await a_complaint(house)
    await a_complaint(house, "chen-silver")
    assert sorted(c["owner"]["name"] for c in await listed(house)) == ["Anna", "Wei"]


async def test_without_anybody_at_the_desk_it_is_on_record(make_house: Any) -> None:
    """No account exists yet: a case without an owner, and no name is promised."""
    served: Served = await make_house("nobody", clock=MovableClock(NOON), empty=True, own_index=True)
    reply = await (await served.chat("lin-gold", lang="en")).say(COMPLAINS["en"][0])
    assert "One of my colleagues looks after this and sees it through" in reply["text"]
    async with served.house.db.read() as conn:
        (case,) = await cases.open_cases(conn)
    assert case.owner is None and case.traveller_id == "lin-gold"


async def test_the_case_outlives_its_ticket(house: Served) -> None:
    """Resolved in a minute, the complaint is still open; a word on its outcome ends the wait, closing ends the case."""
    chat, reply, case = await a_complaint(house)
    owner, other = await theirs(house, case)
    await other.claim(reply["ticket"]["id"])
    done(await other.post(f"/tickets/{reply['ticket']['id']}/resolve"))
    assert (await listed(house))[0]["state"] == "open" and (await chat.now())["state"] == "bot"
    refused(await owner.post(f"/cases/{case['id']}/close", {"seen": case["version"]}), 422, "case-without-outcome")
    case = await step(owner, case, "outcome", outcome="Apologised, a voucher was given.")
    assert case["state"] == "answered"
    case = await step(owner, case, "close")
    assert (case["state"], case["outcome"]) == ("closed", "Apologised, a voucher was given.")
    refused(await owner.post(f"/cases/{case['id']}/take", {"seen": case["version"]}), 409, "case-closed")
    steps = (await owner.get(f"/cases/{case['id']}/history"))["steps"]
    assert [s["step"] for s in steps] == ["opened", "answered", "closed"] and steps[-1]["by"]["name"] == owner.name


@pytest.mark.parametrize(("lang", "later", "sooner"), [("en", "It takes longer, I am sorry", "comes sooner"), ("zh", "很抱歉", "最终答复提前")])
async def test_the_traveller_hears_when_the_date_moves(house: Served, lang: str, later: str, sooner: str) -> None:
    """Two days later, with the reason for the desk only; then sooner after all; a date that is over is refused."""
    chat, _, case = await a_complaint(house, lang=lang)
    owner, _ = await theirs(house, case)
    case = await step(owner, case, "date", due_at=(DUE + timedelta(days=2)).isoformat(), reason="The lounge operator has to answer first.")
    case = await step(owner, case, "date", due_at=(DUE - timedelta(days=1)).isoformat(), reason="They answered.")
    told = said(await chat.events())[-2:]
    assert later in told[0] and sooner in told[1] and owner.name in told[0] and "lounge" not in "".join(told)
    assert ("Friday, 6 March" if lang == "en" else "3月6日（周五）") in told[0]
    for wrong in (NOON - timedelta(minutes=1), NOON + timedelta(days=61)):
        body = {"seen": case["version"], "due_at": wrong.isoformat(), "reason": "A reason."}
        refused(await owner.post(f"/cases/{case['id']}/date", body), 422, "case-date-wrong")
    steps = (await owner.get(f"/cases/{case['id']}/history"))["steps"]
    assert [s["reason"] for s in steps] == ["", "The lounge operator has to answer first.", "They answered."]


async def test_it_is_taken_over_and_handed_on(house: Served) -> None:
    """Only who looks after it may hand it on, move it or close it; anybody of the two may take it over."""
    _, _, case = await a_complaint(house)
    owner, other = await theirs(house, case)
    body = {"seen": case["version"], "outcome": "Done."}
    assert refused(await other.post(f"/cases/{case['id']}/close", body), 409, "not-your-case")["by"] == owner.name
    case = await step(other, case, "take")
    assert case["owner"]["name"] == other.name
    case = await step(other, case, "hand", to=owner.signed_in["staff"]["id"])
    assert case["owner"]["name"] == owner.name
    refused(await owner.post(f"/cases/{case['id']}/hand", {"seen": case["version"], "to": "nobody"}), 404, "not-found")


async def test_of_two_who_change_it_at_once_one_is_told_who_was_faster(house: Served) -> None:
    """Ten races: one takes it over, the owner moves its date; never both on what they saw, and the loser reads a name."""
    _, _, case = await a_complaint(house)
    for n in range(10):
        owner, other = await theirs(house, case)
        due = (DUE + timedelta(hours=n + 1)).isoformat()
        took, moved = await asyncio.gather(
            other.post(f"/cases/{case['id']}/take", {"seen": case["version"]}),
            owner.post(f"/cases/{case['id']}/date", {"seen": case["version"], "due_at": due, "reason": "It takes longer."}),
        )
        assert sorted((took.is_success, moved.is_success)) == [False, True]
        lost, winner = (moved, other) if took.is_success else (took, owner)
        assert refused(lost, 409, "case-changed")["by"] == winner.name
        case = (await listed(house))[0]


async def test_the_same_step_again_is_not_done_again(house: Served) -> None:
    """A button pressed twice, an answer lost on the way: one step, one word to the traveller."""
    chat, _, case = await a_complaint(house)
    owner, other = await theirs(house, case)
    body = {"due_at": (DUE + timedelta(days=1)).isoformat(), "reason": "It takes longer."}
    await step(owner, case, "date", **body)
    await step(owner, case, "date", **body)
    await step(other, (await listed(house))[0], "take")
    await step(other, case, "take")
    assert sum("It takes longer" in text for text in said(await chat.events())) == 1
    steps = (await owner.get(f"/cases/{case['id']}/history"))["steps"]
    assert [s["step"] for s in steps] == ["opened", "moved", "taken"]


async def test_staff_make_a_case_of_a_ticket_that_they_hold(house: Served) -> None:
    """A lost bag that takes days: it is theirs, its traveller hears so, and there is no second one."""
    chat, anna, wei = await house.chat("lin-gold", lang="en"), await house.staff("Anna"), await house.staff("Wei")
    ticket = (await chat.say("I want to talk to a person"))["ticket"]["id"]
    refused(await anna.post(f"/tickets/{ticket}/case"), 409, "not-your-ticket")
    await anna.claim(ticket)
    refused(await wei.post(f"/tickets/{ticket}/case"), 409, "not-your-ticket")
    case = done(await anna.post(f"/tickets/{ticket}/case", {"about": "The bag is being traced."}))
    assert case["owner"]["name"] == "Anna" and case["about"] == "The bag is being traced."
    assert "Anna looks after this and sees it through" in said(await chat.events())[-1]
    refused(await anna.post(f"/tickets/{ticket}/case"), 409, "case-stands")
    await step(anna, case, "close", outcome="Found.")
    assert done(await anna.post(f"/tickets/{ticket}/case"))["about"] == "I want to talk to a person"


async def test_what_is_late_stands_on_top_and_is_reminded_of_once_a_date(house: Served) -> None:
    """Its day is over: on top, and the staff hear of it when the desk is open; moved and late once more, they hear it again."""
    noted = Noted()
    _, _, first = await a_complaint(house)
    house.clock.now = DUE - timedelta(hours=1)
    _, _, second = await a_complaint(house, "chen-silver")
    house.clock.now = DUE + timedelta(minutes=1)
    look = reminds(house, noted).look
    await look()
    assert not any("Case of ticket" in note.text for _, note in noted.got)  # the desk is closed
    house.clock.now = local("2026-03-05T09:00")
    await look()
    text = noted.got[-1][1].text
    assert f"Case of ticket {first['number']} (" in text and "工单 1001 的跟进事项" in text and f"/console/#/cases/{first['id']}" in text
    assert f"Case of ticket {second['number']}" not in text
    now = await listed(house)
    assert [(c["number"], c["late"]) for c in now] == [(first["number"], True), (second["number"], False)]
    owner, _ = await theirs(house, now[0])
    house.clock.move(minutes=1)
    assert not await look()
    await step(owner, now[0], "date", due_at=(house.clock() + timedelta(hours=1)).isoformat(), reason="One more hour.")
    house.clock.move(hours=2)
    await look()
    assert "Case of ticket" in noted.got[-1][1].text and len([n for _, n in noted.got if "Case of ticket" in n.text]) == 2


async def test_a_case_is_opened_with_its_ticket_or_not_at_all(house: Served) -> None:
    """The transaction fails after the case was made: neither ticket nor case stands."""
    _, reply, _ = await a_complaint(house)
    db, clock = house.house.db, house.house.clock

    async def fails(tx: Any) -> None:
        ticket = await tickets.the_ticket(tx.conn, reply["ticket"]["id"])
        await cases.change(
            tx, await cases.the_case(tx.conn, (await cases.open_cases(tx.conn))[0].id), "staff-anna", state="closed", closed_at=clock()
        )
        assert await open_case(tx, ticket, "again", house.house.settings, clock())
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await db.write(fails)
    assert [(c["state"], c["about"]) for c in await listed(house)] == [("open", COMPLAINS["en"][0])]


async def test_nobody_else_reads_cases(house: Served) -> None:
    """Without a sign-in there are none."""
    assert (await house.http.get("/v1/desk/cases")).status_code == 401
    chat, _, case = await a_complaint(house)
    assert (await house.http.post(f"/v1/desk/cases/{case['id']}/take", json={"seen": 1}, headers=chat.headers)).status_code == 401
