"""The whole house on another airline: its travellers, its bookings, its answers, over its gateway or its database."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from tests.customers.heron import MAPPING, TOKEN, Heron, heron_air
from tests.house import Chat, MakeHouse, MovableClock, Served, kinds, refused

pytestmark = pytest.mark.slow
CHANGE = "Can I change my return flight?"


@pytest.fixture
def heron(tmp_path: Path) -> Iterator[Heron]:
    with heron_air(tmp_path, MovableClock()) as heron:
        yield heron


def over(kind: str, heron: Heron, seconds: float = 5.0) -> dict[str, Any]:
    """The settings."""
    http = {"airline_url": heron.address, "airline_key": SecretStr(TOKEN)}
    sql = {"airline_url": f"sqlite:///{heron.storage.path}", "airline_mapping": MAPPING}
    return {"airline": kind, "airline_timeout": seconds} | (http if kind == "http" else sql)


async def offered(chat: Chat, text: str = CHANGE) -> dict[str, Any]:
    reply = await chat.say(text)
    assert reply["kind"] == "proposal", reply["text"]
    proposal: dict[str, Any] = reply["proposal"]
    return proposal


async def states(chat: Chat) -> list[str]:
    return [e.data["state"] for e in await chat.events() if e.kind == "proposal"]


@pytest.mark.parametrize("kind", ["http", "sql"])
async def test_a_return_leg_is_changed_at_the_airline_after_a_yes(make_house: MakeHouse, heron: Heron, kind: str) -> None:
    """Asked in the traveller's language, offered from the airline's own flights, ordered once, and taken back."""
    house = await make_house(**over(kind, heron))
    chat = await house.chat("H-1001")
    proposal = await offered(chat, "回程可以免费改签吗？")
    assert 1 <= len(proposal["terms"]["options"]) <= 3 and heron.orders() == []
    receipt = await chat.confirm(proposal)
    (order,) = heron.orders()
    assert (order["order_key"], order["reference"], order["state"]) == (proposal["id"], receipt["reference"], "DONE")
    assert await chat.confirm(proposal, "k2") == receipt and len(heron.orders()) == 1
    undone = await chat.undo(proposal)
    assert [row["state"] for row in heron.orders()] == ["UNDONE", "DONE"] and undone["reference"] != receipt["reference"]


async def test_who_holds_no_benefit_there_is_told_why(make_house: MakeHouse, heron: Heron) -> None:
    """Tags are the airline's; without them nothing is offered."""
    house = await make_house(**over("http", heron))
    reply = await (await house.chat("H-1002")).say(CHANGE)
    assert reply["proposal"] is None and "Return Flex" in str(reply), reply
    assert heron.orders() == []


async def test_done_and_not_answered_is_being_processed_and_then_one_receipt(make_house: MakeHouse, heron: Heron) -> None:
    """The airline commits and is silent: the traveller reads that it is being processed, never that it is done, and later gets one receipt."""
    house = await make_house(**over("http", heron, seconds=0.6))
    chat = await house.chat("H-1001")
    proposal = await offered(chat)
    heron.misbehave(commit_then_hang=1, hang=3)
    said = refused(await chat.try_to_confirm(proposal), 503, "change-under-way")
    assert "being processed" in said["detail"] and len(heron.orders("state = 'DONE'")) == 1
    assert await states(chat) == ["offered", "pending", "unknown"] and "receipt" not in kinds(await chat.events())
    await _later(house)
    (order,) = heron.orders()
    receipts = [e.data for e in await chat.events() if e.kind == "receipt"]
    assert [one["reference"] for one in receipts] == [order["reference"]]
    assert (await states(chat))[-1] == "executed" and (await chat.confirm(proposal, "k2"))["reference"] == order["reference"]


async def test_an_airline_that_stays_away_gets_a_ticket_after_five_minutes(make_house: MakeHouse, heron: Heron) -> None:
    """Nothing was done there, nobody knows: a person watches, and when the airline is back it is done after all, once."""
    house = await make_house(**over("http", heron, seconds=0.6))
    chat = await house.chat("H-1001")
    proposal = await offered(chat)
    heron.misbehave(fail=1)
    refused(await chat.try_to_confirm(proposal), 503, "change-under-way")
    house.clock.move(minutes=5, seconds=1)
    assert await house.house.changes.resume() == 0 and len(await (await house.staff()).queue()) == 1
    assert heron.orders() == []
    heron.misbehave()
    await _later(house)
    assert len(heron.orders("state = 'DONE'")) == 1 and kinds(await chat.events()).count("receipt") == 1


async def test_articles_are_answered_while_the_airline_is_away(make_house: MakeHouse, heron: Heron) -> None:
    """Who asks is not known then, but what everybody may read is; the reply is none of an error."""
    house = await make_house(**over("http", heron, seconds=0.5))
    chat = await house.chat("H-1001")
    heron.misbehave(fail=1)
    reply = await chat.say("充电宝可以带上飞机吗？")
    assert reply["kind"] in ("answer", "handoff") and "Traceback" not in reply["text"]


async def _later(house: Served) -> None:
    house.clock.move(minutes=1)
    assert await house.house.changes.resume() == 1
