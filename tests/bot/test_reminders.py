"""The staff are reminded of what waits too long: once a cause, whoever dies meanwhile, with nothing of the traveller in it."""

import asyncio
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from basics.clock import parse_moment
from bot.promising import roster_of
from bot.reminders import Reminders, look_at_reminders, notifier_of, span_worded
from bot.settings import Settings
from desk.notifier import Note, NotTold
from store import reminders
from store.reminders import MOST_TRIES
from tests import postgres
from tests.bot.test_promising import a_roster_file, at
from tests.desk.services import Webhook, a_webhook
from tests.desk.test_roster import local
from tests.house import MovableClock, Served, a_served_house, a_server, command, copied_home, done, free_port, keep_staff, template_home, until

NOON, NIGHT = local("2026-03-02T12:00"), local("2026-03-02T23:00")


class Noted:
    """A Notifier that keeps what it is told; it can be away, or be killed with the note in its hands."""

    def __init__(self, *addresses: str) -> None:
        self.got: list[tuple[str, Note]] = []
        self.away: set[str] = set()
        self.dies = False
        self._addresses = addresses or ("json-1",)

    def addresses(self) -> tuple[str, ...]:
        return self._addresses

    async def tell(self, address: str, note: Note) -> None:
        if address in self.away:
            raise NotTold(f"{address} is away.")
        self.got.append((address, note))
        if self.dies:
            raise asyncio.CancelledError


def reminds(house: Served, notifier: Noted, worker: str = "w1") -> Reminders:
    return Reminders(house.house.db, notifier, house.house.settings, house.clock, worker)


def minutes(house: Served, n: float) -> None:
    house.clock.move(minutes=n)


def just_before(house: Served, ticket: dict[str, Any]) -> None:
    """Three minutes before the time that its traveller was promised."""
    house.clock.now = parse_moment(ticket["promised_by"]) - timedelta(minutes=3)


async def test_a_ticket_that_nobody_takes(make_house: Any, tmp_path: Path) -> None:
    """Three minutes before its time the staff hear of it, in both languages: number, reason, how long, by when, where; and never again."""
    house, noted = await at(make_house, NOON, a_roster_file(tmp_path)), Noted()
    chat = await house.chat("lin-gold", lang="zh")
    ticket = (await chat.hand_over())["ticket"]
    look = reminds(house, noted).look
    assert await look() == 0 and noted.got == []
    just_before(house, ticket)
    assert await look() == 1 and await look() == 0
    ((_, note),) = noted.got
    number = ticket["number"]
    assert note.subject == f"Desk: ticket {number} is waiting · 服务台：工单 {number} 待处理"
    en, zh, link = note.text.splitlines()
    by, waited = parse_moment(ticket["promised_by"]), round((house.clock() - NOON) / timedelta(minutes=1))
    told = f"{by + timedelta(hours=8):%H:%M}"
    assert en == f"Ticket {number} (asked for a person): nobody has taken it. Waiting for {waited} min, promised by {told} (Shanghai time)."
    assert zh == f"工单 {number}（要求人工）：尚无人接手。已等候{waited} 分钟，承诺最迟上海时间 {told} 答复。"
    assert link == f"{house.house.settings.address()}/console/#/tickets/{ticket['id']}"
    house.clock.move(hours=1)
    assert await reminds(house, noted, "w2").look() == 0


async def test_nothing_of_the_traveller_leaves_the_house(make_house: Any, tmp_path: Path) -> None:
    """Neither name, booking, flight, card nor a word of what was written."""
    house, noted = await at(make_house, NOON, a_roster_file(tmp_path)), Noted()
    chat = await house.chat("zhao-platinum", lang="en")
    await chat.say("I am Zhao, my booking is ZHMLHR, call me on +86 138 0013 8000: I want to talk to a person")
    minutes(house, 60)
    await reminds(house, noted).look()
    ((_, note),) = noted.got
    assert not re.search(r"(?i)zhao|赵|ZHMLHR|9L\d|platinum|138|booking", f"{note.subject}{note.text}".replace("白金", ""))


async def test_whoever_was_taken_and_hears_nothing(make_house: Any, tmp_path: Path) -> None:
    """Claimed, and a quarter of an hour without a word; answered, asked again, and again a quarter of an hour: once a ticket."""
    house, noted = await at(make_house, NOON, a_roster_file(tmp_path)), Noted()
    await keep_staff(house.house)
    chat, anna = await house.chat("lin-gold"), await house.staff()
    ticket = (await chat.hand_over())["ticket"]
    await anna.claim(ticket["id"])
    look = reminds(house, noted).look
    minutes(house, 14)
    done(await anna.reply(ticket["id"], "One moment, please."))
    minutes(house, 60)
    assert await look() == 0  # nobody waits for us
    await chat.say("And now?")
    minutes(house, 14)
    assert await look() == 0
    minutes(house, 1)
    assert await look() == 1 and "waiting for a reply for 15 min" in noted.got[0][1].text and "等候回复已有15 分钟" in noted.got[0][1].text
    minutes(house, 30)
    assert await look() == 0


async def test_several_at_once_are_one_message(make_house: Any, tmp_path: Path) -> None:
    """Five wait: one message with five lines of each language; a sixth that comes later is told by itself."""
    house, noted = await at(make_house, NOON, a_roster_file(tmp_path)), Noted()
    tickets = [(await (await house.chat()).hand_over())["ticket"] for _ in range(5)]
    minutes(house, 60)
    look = reminds(house, noted).look
    assert await look() == 5
    ((_, note),) = noted.got
    assert note.subject.startswith("Desk: 5 matters are waiting") and all(str(t["number"]) in note.text for t in tickets)
    await (await house.chat()).hand_over()
    minutes(house, 60)
    assert await look() == 1 and len(noted.got) == 2


async def test_at_night_only_for_a_flight_that_is_near(make_house: Any, tmp_path: Path) -> None:
    """Nobody is called for a question; who flies in two hours is worth it; the other is told of when the desk is open again."""
    house, noted = await at(make_house, NIGHT, a_roster_file(tmp_path)), Noted()
    calm, roster = (await (await house.chat(lang="en")).hand_over())["ticket"], roster_of(house.house.settings)
    legs = [leg for b in await house.house.mind.reservations.bookings_of("harriet-platinum") for leg in b.legs]
    leaves = next(leg.departs_at for leg in legs if not roster.at_desk(leg.departs_at - timedelta(hours=2)) and leg.departs_at > NIGHT)
    house.clock.now, look = leaves - timedelta(hours=4), reminds(house, noted).look
    hurried = (await (await house.chat("harriet-platinum", lang="en")).hand_over())["ticket"]
    assert await look() == 0
    house.clock.move(hours=2)
    assert await look() == 1
    assert f"Ticket {hurried['number']}" in noted.got[0][1].text and "the flight leaves within three hours" in noted.got[0][1].text
    house.clock.now = (roster.next_shift(leaves + timedelta(hours=1)) or leaves) + timedelta(minutes=40)
    assert await look() == 2 and f"Ticket {calm['number']}" in noted.got[1][1].text


async def test_one_address_that_is_away_keeps_nothing_from_the_other(make_house: Any, tmp_path: Path) -> None:
    """Slack is down: the mail goes out once, Slack is tried again later, and has it once when it is back."""
    house, noted = await at(make_house, NOON, a_roster_file(tmp_path)), Noted("slack-1", "mailto-1")
    noted.away = {"slack-1"}
    just_before(house, (await (await house.chat()).hand_over())["ticket"])
    look = reminds(house, noted).look
    assert await look() == 1 and [a for a, _ in noted.got] == ["mailto-1"]
    assert await look() == 0  # not tried again at once
    noted.away.clear()
    minutes(house, 0.3)
    assert await look() == 1 and [a for a, _ in noted.got] == ["mailto-1", "slack-1"] and await look() == 0


async def test_an_address_that_never_answers_is_given_up_and_told(house: Served) -> None:
    """Eight tries over some hours; then the doctor says so, and not for ever."""
    noted = Noted()
    noted.away = {"json-1"}
    await (await house.chat()).hand_over()
    minutes(house, 3)
    for _ in range(MOST_TRIES + 3):
        await reminds(house, noted).look()
        house.clock.move(hours=2)
    plain = Settings(_env_file=None, notify=SecretStr("json://127.0.0.1:9"))  # type: ignore[call-arg]
    async with house.house.db.read() as conn:
        assert await reminders.given_up_since(conn, house.clock() - timedelta(days=1)) == 1
    assert noted.got == []
    found = await look_at_reminders(house.house.db, plain, house.clock())
    assert (found.state, found.said.en) == ("look", "1 reminders of the last day reached nobody at their address.") and found.do
    assert (await look_at_reminders(house.house.db, plain, house.clock() + timedelta(days=1))).state == "ok"


async def test_killed_between_telling_and_noting_it_tells_once_more_at_worst(make_house: Any, tmp_path: Path) -> None:
    """The service had it, we died before we knew: after two minutes whoever is left tells it again, and that is the end of it."""
    house, noted = await at(make_house, NOON, a_roster_file(tmp_path)), Noted()
    just_before(house, (await (await house.chat()).hand_over())["ticket"])
    noted.dies = True
    with pytest.raises(asyncio.CancelledError):
        await reminds(house, noted).look()
    noted.dies = False
    assert await reminds(house, noted, "w2").look() == 0  # the dead one still holds it
    minutes(house, 2.1)
    assert await reminds(house, noted, "w2").look() == 1 and len(noted.got) == 2
    minutes(house, 10)
    assert await reminds(house, noted, "w3").look() == 0 and len(noted.got) == 2


async def test_ten_workers_at_once_remind_once(make_house: Any, tmp_path: Path) -> None:
    """A clock that is wrong, a lease that two believe they hold: the row is one's."""
    house, noted = await at(make_house, NOON, a_roster_file(tmp_path)), Noted()
    for _ in range(3):
        await (await house.chat()).hand_over()
    minutes(house, 60)
    told = await asyncio.gather(*(reminds(house, noted, f"w{n}").look() for n in range(10)))
    assert sum(told) == 3 and sum(note.text.count("Ticket 1") for _, note in noted.got) == 3


async def test_taken_before_the_message_went_out(make_house: Any, tmp_path: Path) -> None:
    """The service was away when it was due, somebody took the ticket meanwhile: nothing is sent any more."""
    house, noted = await at(make_house, NOON, a_roster_file(tmp_path)), Noted()
    await keep_staff(house.house)
    noted.away = {"json-1"}
    first, other = (await (await house.chat()).hand_over())["ticket"], (await (await house.chat()).hand_over())["ticket"]
    minutes(house, 60)
    look = reminds(house, noted).look
    await look()
    anna = await house.staff()
    await anna.claim(first["id"])
    noted.away.clear()
    minutes(house, 1)
    assert await look() == 1 and str(other["number"]) in noted.got[0][1].text and str(first["number"]) not in noted.got[0][1].text


@pytest.fixture
def hook() -> Iterator[Webhook]:
    with a_webhook() as one:
        yield one


async def test_a_house_that_runs_reminds_by_itself(make_house: Any, tmp_path: Path, hook: Webhook) -> None:
    """The duty, apprise and a webhook, all real; with two addresses each has it once; a start does not wait for any."""
    hook.answers = [503]
    house = await make_house(roster=a_roster_file(tmp_path), notify=SecretStr(f"{hook.url} {hook.url}/2"), remind_before=60.0)
    house.clock.now = NOON
    ticket = (await (await house.chat()).hand_over())["ticket"]

    async def both() -> bool:
        house.clock.move(seconds=1)
        return len(hook.got) >= 2

    await until(both, 20)
    await asyncio.sleep(0.5)
    assert len(hook.got) == 2 and all(f"Ticket {ticket['number']} (asked for a person)" in m["message"] for m in hook.got)


async def test_a_house_stops_while_a_service_hangs(tmp_path: Path, hook: Webhook) -> None:
    """The service took it and never answers: other duties go on, and stopping waits for nobody."""
    hook.hangs = 60
    async with a_served_house(tmp_path / "home", notify=SecretStr(hook.url), remind_before=60.0) as house:
        chat = await house.chat("lin-gold")
        await chat.hand_over()

        async def has_it() -> bool:
            return len(hook.got) == 1

        await until(has_it, 20)
        assert (await chat.now())["ticket"] and "promises" in await house.house.duties.look()
        began = time.monotonic()
    assert time.monotonic() - began < 8


@pytest.mark.slow
async def test_a_server_that_is_killed_while_it_tells_tells_once_more(tmp_path: Path, hook: Webhook) -> None:
    """SIGKILL with the message at the service and no answer yet: whoever comes after tells it once more, and never again."""
    hook.hangs = 60
    home = copied_home(tmp_path / "home")
    url = postgres.database_of(home, template_home()) if postgres.ON_POSTGRES else f"sqlite:///{home / 'concierge.sqlite3'}"
    with a_server(home, "serve", CONCIERGE_NOTIFY=hook.url, CONCIERGE_REMIND_BEFORE="60", CONCIERGE_DATABASE_URL=url) as server:
        async with httpx.AsyncClient(base_url=server.address, timeout=30) as http:
            opened = done(await http.post("/v1/conversations", json={}))
            headers = {"Authorization": f"Bearer {opened['token']}"}
            done(await http.post(f"/v1/conversations/{opened['id']}/handoff", json={}, headers=headers))

        async def has_it() -> bool:
            return len(hook.got) == 1

        await until(has_it, 30)
        server.kill()
    hook.hangs = 0
    clock = MovableClock(datetime.now(UTC))
    async with a_served_house(home, clock=clock, notify=SecretStr(hook.url), remind_before=60.0, database_url=url) as house:
        duty = next(d for d in house.house.duties.duties if d.name == "reminders")
        assert await duty.do() == 0 and len(hook.got) == 1
        clock.move(minutes=3)

        async def again() -> bool:
            await duty.do()
            return len(hook.got) == 2

        await until(again)
        clock.move(hours=3)
        assert await duty.do() == 0 and len(hook.got) == 2


def test_a_bad_address_starts_nothing_and_the_doctor_says_so(tmp_path: Path) -> None:
    """A sentence with the place of the address, without the address."""
    bad = {"CONCIERGE_NOTIFY": "json://127.0.0.1:9 slack://s3cret-t0ken"}
    ran = command("serve", home=tmp_path / "home", cwd=tmp_path, process=False, PORT=str(free_port()), **bad)
    assert ran.returncode == 2 and "Address 2 of CONCIERGE_NOTIFY (it begins with slack://) cannot be used" in ran.stderr
    assert "s3cret" not in ran.stdout + ran.stderr and "Traceback" not in ran.stderr


async def test_what_the_doctor_says(house: Served) -> None:
    """None set, one set, one that is wrong."""
    db, now = house.house.db, house.clock()

    async def says(listed: str) -> tuple[str, str]:
        found = await look_at_reminders(db, Settings(_env_file=None, notify=SecretStr(listed)), now)  # type: ignore[call-arg]
        return found.state, found.said.en

    assert await says("") == ("ok", "No address is set: nobody is reminded outside the console.")
    assert await says("json://127.0.0.1:9, json://127.0.0.1:10") == ("ok", "The staff are reminded at 2 addresses.")
    state, said = await says("nonsense")
    assert state == "down" and "nonsense" not in said and notifier_of(house.house.settings) is None


def test_how_long_it_waited_is_said_in_one_unit() -> None:
    """Minutes, then hours, then days."""
    spans = [span_worded(timedelta(minutes=m)) for m in (0, 119, 120, 47 * 60, 48 * 60)]
    assert [s.en for s in spans] == ["0 min", "119 min", "2 h", "47 h", "2 days"] and spans[2].zh == "2 小时"
