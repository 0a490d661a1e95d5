"""What is promised at the desk's door: from the roster and the measured pace, at night for the morning, with the day where it is another one."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from basics.clock import parse_moment
from bot.keep_promises import Promises
from bot.promising import pace
from store import tickets
from tests.desk.test_roster import TWO, local
from tests.house import MovableClock, Served, done, keep_staff

NIGHT = {
    "en": (
        "zhao-platinum",
        "I want to talk to a person",
        ("Nobody is at the desk", "09:00 on Monday, 9 March (Shanghai time)", "09:30 on Monday, 9 March"),
    ),
    "zh": ("zhao-platinum", "转人工", ("不在服务时间", "上海时间3月9日（周一） 09:00", "上海时间3月9日（周一） 09:30")),
}


def a_roster_file(folder: Path, text: str = TWO) -> Path:
    path = folder / "staffing.yaml"
    path.write_text(text, "utf-8")
    return path


async def at(make_house: Any, moment: datetime, roster: Path) -> Served:
    house: Served = await make_house(clock=MovableClock(moment), roster=roster)
    return house


@pytest.mark.parametrize("lang", NIGHT)
async def test_off_hours_it_is_said_when_somebody_is_back(make_house: Any, tmp_path: Path, lang: str) -> None:
    """Saturday evening: nobody is there, they are back on Monday at nine, the answer is promised for then; there is no talk of minutes."""
    who, asks, says = NIGHT[lang]
    house = await at(make_house, local("2026-03-07T22:10"), a_roster_file(tmp_path))
    reply = await (await house.chat(who, lang=lang)).say(asks)
    assert all(part in reply["text"] for part in (*says, str(reply["ticket"]["number"])))
    assert parse_moment(reply["ticket"]["promised_by"]) == local("2026-03-09T09:30")


async def test_late_on_friday_tomorrow_is_named(make_house: Any, tmp_path: Path) -> None:
    """Wei is there until 20:00 and has eleven to answer: whoever comes last is promised Saturday morning, and is told so."""
    house = await at(make_house, local("2026-03-06T19:30"), a_roster_file(tmp_path))
    replies = [await (await house.chat(lang="en")).hand_over() for _ in range(12)]
    first, last = (parse_moment(replies[n]["ticket"]["promised_by"]) for n in (0, -1))
    assert first <= local("2026-03-06T19:45") and local("2026-03-07T09:00") < last < local("2026-03-07T12:00")
    assert "tomorrow (Shanghai time)" in replies[-1]["text"] and "tomorrow" not in replies[0]["text"]


async def test_a_roster_that_changes_is_read_at_once(make_house: Any, tmp_path: Path) -> None:
    """Wei comes on Sunday after all: the next promise knows it, without a restart."""
    roster = a_roster_file(tmp_path)
    house = await at(make_house, local("2026-03-07T22:10"), roster)
    before = (await (await house.chat()).hand_over())["ticket"]
    roster.write_text(TWO.replace("sat 09:00-13:00", "sat-sun 09:00-13:00"), "utf-8")
    after = (await (await house.chat()).hand_over())["ticket"]
    assert parse_moment(before["promised_by"]) == local("2026-03-09T09:30")
    assert local("2026-03-08T09:00") < parse_moment(after["promised_by"]) < local("2026-03-08T10:00")


async def test_a_slow_desk_learns_to_promise_more(make_house: Any, tmp_path: Path) -> None:
    """Forty tickets that took twenty minutes each instead of six: measured from taking them to the last word, and promised from then on."""
    house = await at(make_house, local("2026-03-02T11:00"), a_roster_file(tmp_path))
    await keep_staff(house.house)
    plain = await promised_minutes(house)
    for _ in range(40):
        anna = await house.staff()  # signed in anew: hours go by
        ticket = (await (await house.chat()).hand_over())["ticket"]
        await anna.claim(ticket["id"])
        house.clock.move(minutes=20)
        done(await anna.reply(ticket["id"], "Done."))
        done(await anna.post(f"/tickets/{ticket['id']}/resolve"))
        house.clock.move(minutes=1)
        if house.clock() > local("2026-03-02T16:00"):
            house.clock.move(hours=19)
    async with house.house.db.read() as conn:
        measured, kept = await pace(conn, house.house.settings), await tickets.last_handled(conn, 200)
    assert measured.tickets == 40 and 16 < measured.minutes_each < 20 and all(t.expected_wait and t.first_promised_by for t in kept)
    assert await promised_minutes(house) > 2 * plain


async def promised_minutes(house: Served) -> float:
    """What the third of three who come at once is promised, in minutes; they are returned to the bot afterwards."""
    now, anna = house.clock(), await house.staff()
    asked = [(await (await house.chat()).hand_over())["ticket"] for _ in range(3)]
    for ticket in asked:
        await anna.claim(ticket["id"])
        done(await anna.post(f"/tickets/{ticket['id']}/return"))
    return (parse_moment(asked[-1]["promised_by"]) - now) / timedelta(minutes=1)


async def waits(chat: Any) -> list[dict[str, Any]]:
    """The card's places and times as they were told, newest last."""
    return [e.data["ticket"] for e in await chat.events() if e.kind in ("promise", "handoff")]


@pytest.mark.parametrize(("lang", "says"), [("en", "It takes longer, I am sorry"), ("zh", "很抱歉")])
async def test_a_promise_that_cannot_be_kept_is_moved_while_it_still_holds(make_house: Any, tmp_path: Path, lang: str, says: str) -> None:
    """Nobody has taken it a minute before its time: the traveller is told another time, once, with both times; the first is kept for the figures."""
    house = await at(make_house, local("2026-03-02T12:00"), a_roster_file(tmp_path))
    chat, promises = await house.chat("lin-gold", lang=lang), Promises(house.house.db, house.house.settings, house.clock)
    first = parse_moment((await chat.hand_over())["ticket"]["promised_by"])
    await promises.look()
    assert parse_moment((await waits(chat))[-1]["promised_by"]) == first
    house.clock.move(minutes=(first - house.clock()) / timedelta(minutes=1) - 1)
    await promises.look()
    await promises.look()
    told = [e.data for e in await chat.events() if e.kind == "reply"]
    assert len(told) == 2 and says in told[1]["text"] and f"{first + timedelta(hours=8):%H:%M}" in told[1]["text"]
    moved = parse_moment(told[1]["ticket"]["promised_by"])
    async with house.house.db.read() as conn:
        ticket = await tickets.the_ticket(conn, told[1]["ticket"]["id"])
    assert first < moved == ticket.promised_by and ticket.first_promised_by == first and not ticket.is_late(house.clock())


async def test_who_moves_up_reads_it(make_house: Any, tmp_path: Path) -> None:
    """Of twelve the first nine are answered in a minute each: the last reads place after place, and a sooner time; state and events agree."""
    house = await at(make_house, local("2026-03-02T12:00"), a_roster_file(tmp_path))
    promises, chats = Promises(house.house.db, house.house.settings, house.clock), [await house.chat() for _ in range(12)]
    asked = [(await chat.hand_over())["ticket"] for chat in chats]
    await promises.look()
    anna = await house.staff()
    for ticket in asked[:9]:
        await anna.claim(ticket["id"])
        house.clock.move(minutes=1)
        done(await anna.reply(ticket["id"], "Yes."))
        done(await anna.post(f"/tickets/{ticket['id']}/resolve"))
        await promises.look()
    told = await waits(chats[-1])
    assert [t["position"] for t in told][-1] == 3 and len({t["position"] for t in told}) >= 6
    assert parse_moment(told[-1]["promised_by"]) < parse_moment(told[0]["promised_by"]) - timedelta(minutes=20)
    assert (await chats[-1].now())["ticket"] == told[-1]


async def test_who_is_taken_is_told_no_place_any_more(make_house: Any, tmp_path: Path) -> None:
    """Taken in the very instant in which its place is told: the take-over is the last word."""
    house = await at(make_house, local("2026-03-02T12:00"), a_roster_file(tmp_path))
    promises, anna = Promises(house.house.db, house.house.settings, house.clock), await house.staff()
    for _ in range(8):
        one, two = await house.chat(), await house.chat()
        first, second = (await one.hand_over())["ticket"], (await two.hand_over())["ticket"]
        await promises.look()
        await anna.claim(first["id"])
        await asyncio.gather(promises.look(), anna.claim(second["id"]))
        await promises.look()
        events = [e for e in await two.events() if e.kind in ("promise", "handoff", "taken_over")]
        assert events[-1].kind == "taken_over"
        for ticket in (first, second):
            done(await anna.post(f"/tickets/{ticket['id']}/return"))
