"""Retention: what is old enough is emptied of texts and names, counts and decisions stay, and what is still open is never touched."""

import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.retention import Retention
from store import events, proposals, retention, tickets, turns
from store.tables import metadata
from tests.house import Served, a_served_house, done, refused
from tests.store.bases import a_base

PRIVATE = ("lin-gold", "Lin Yue", "林", "E12345678", "my cat Mimi", "K7Q2MP")
CAT = "How many bags can I check in with my cat Mimi, passport E12345678?"


async def everything_kept(house: Served) -> str:
    """Every row of every table that may hold something about a traveller."""
    said = []
    async with house.house.db.read() as conn:
        for name in (n for n, why in retention.KEPT.items() if "no personal data" not in why and n != "staff"):
            rows = (await conn.execute(text(f"select * from {name}"))).all()
            said += [f"{name}: {row}" for row in rows]
    return "\n".join(said)


async def look(house: Served) -> int:
    return await Retention(house.house.db, house.house.settings, house.clock).look()


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_what_is_old_is_emptied_and_still_counted(tmp_path: Path, kind: str) -> None:
    """A year later nobody can read what was asked, by whom or of which booking; how many turns, decisions and uses there were stays."""
    (tmp_path / "base").mkdir()
    a_year = {"keep_proposals_days": 365, "own_index": True, "empty": True}
    async with a_base(kind, tmp_path / "base") as url, a_served_house(tmp_path / "home", database_url=url, **a_year) as house:
        chat = await house.chat("lin-gold")
        await chat.say(CAT)
        other = await house.chat("lin-gold")
        offered = await other.say("Can I change my return flight?")
        receipt = await other.confirm(offered["proposal"], option_id=offered["proposal"]["terms"]["options"][0]["id"])
        ticket_id = (await chat.hand_over())["ticket"]["id"]
        async with house.house.db.read() as conn:
            (ticket,) = [t for t in await tickets.open_tickets(conn) if t.id == ticket_id]
        await house.house.db.write(lambda tx: _closed(tx, ticket.id, house))
        before = await everything_kept(house)
        assert await look(house) == 0 and all(private in before for private in ("lin-gold", "Mimi"))

        house.clock.move(days=366)
        assert await look(house) >= 4
        left = await everything_kept(house)
        for private in PRIVATE:
            assert private not in left, [line for line in left.splitlines() if private in line][:2]
        assert await look(house) == 0
        async with house.house.db.read() as conn:
            kept = await turns.receipt_of(conn, offered["receipt_id"])
            assert kept and kept.decision == "proposal" and kept.features is not None and kept.question == "" and kept.reply.text == ""
            assert kept.entitlements and all(":" not in name for name in kept.entitlements)
            done_then = await proposals.receipt_of(conn, offered["proposal"]["id"])
            assert done_then and done_then.id == receipt["id"] and done_then.lines == () and done_then.reference == ""
            (closed,) = await tickets.closed_tickets(conn)
            assert closed.number == 1001 and closed.caller.name_en is None and await tickets.brief_of(conn, closed.id)
            assert [e.kind for e in await events.events_after(conn, events.stream_of(chat.id), 0)].count("message") >= 1
            assert (await conn.execute(text("select count(*) from right_uses"))).scalar() == 1
        refused(await chat.try_to_say("Are you still there?"), 401, "not-signed-in")
        assert done(await house.http.get("/healthz"))


async def _closed(tx: Any, ticket_id: str, house: Served) -> None:
    await tx.conn.execute(text("insert into staff (id, name, password_hash, active) values ('staff-x', 'X', '-', true)"))
    assert await tickets.claim(tx, ticket_id, "staff-x", house.clock())
    assert await tickets.close(tx, ticket_id, "resolved", "staff-x", house.clock())


async def test_an_open_ticket_and_a_pending_change_are_never_touched(make_house: Any) -> None:
    """However old: the one who waits is still known, and so is the change that the airline has not answered."""
    house = await make_house(own_index=True, empty=True)
    waiting, changing = await house.chat("lin-gold"), await house.chat("chen-silver")
    await waiting.say(CAT)
    offered = (await (second := await house.chat("lin-gold")).say("Can I change my return flight?"))["proposal"]
    await house.house.db.write(lambda tx: _pending(tx, offered["id"]))
    await changing.say("hello")
    before = [line for line in (await everything_kept(house)).splitlines() if waiting.id in line or second.id in line]
    house.clock.move(days=4000)
    assert await look(house) >= 1
    after = [line for line in (await everything_kept(house)).splitlines() if waiting.id in line or second.id in line]
    assert after == before and len(before) > 8
    assert "chen-silver" not in await everything_kept(house)


async def _pending(tx: Any, proposal_id: str) -> None:
    await tx.conn.execute(text("update proposals set state = 'pending' where id = :id").bindparams(id=proposal_id))


async def test_a_word_said_later_keeps_all_of_it(make_house: Any) -> None:
    """The days are counted from the last word, not from the first."""
    house = await make_house(own_index=True, empty=True, keep_conversations_days=30)
    chat = await house.chat("lin-gold")
    await chat.say("hello")
    house.clock.move(days=29)
    await chat.say("thank you")
    house.clock.move(days=29)
    assert await look(house) == 0 and "thank you" in await everything_kept(house)
    house.clock.move(days=2)
    assert await look(house) == 1


async def test_the_duty_looks_once_an_hour(make_house: Any) -> None:
    """Between two looks it costs nothing; the house's own duties do it."""
    house = await make_house(own_index=True, empty=True, keep_conversations_days=1)
    await (await house.chat("lin-gold")).say("hello")
    house.clock.move(days=2)
    assert "retention" in await house.house.duties.look()
    assert "lin-gold" not in await everything_kept(house)


def test_every_table_says_what_becomes_of_its_data() -> None:
    """A new table must be thought about."""
    assert retention.KEPT.keys() == metadata.tables.keys()
    assert all(re.search(r"\w", why) for why in retention.KEPT.values())
