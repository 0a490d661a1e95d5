"""How often somebody may write: told in one sentence with the seconds to wait, counted together in Redis, never refused because of a fault."""

import logging
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.limits import Limits
from basics.ids import new_id
from bot.settings import read_settings
from tests.house import MakeHouse, Served, a_served_house, done, free_port, missing, refused

REDIS = "redis://127.0.0.1:6379/0"


def from_address(served: Served, address: str) -> httpx.AsyncClient:
    """The house as somebody at this address reaches it."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(served.app, client=(address, 50_000)), base_url="http://house", timeout=60)


async def open_from(served: Served, address: str, forwarded: str | None = None) -> httpx.Response:
    async with from_address(served, address) as http:
        return await http.post("/v1/conversations", json={}, headers={"X-Forwarded-For": forwarded} if forwarded else {})


async def test_a_refused_message_says_when_to_send_it_again_and_is_then_taken(make_house: MakeHouse) -> None:
    """429 with Retry-After and both languages; the same client_msg_id is accepted once there is room, and answered once."""
    house = await make_house(empty=True, rate_conversation="2 per 2 seconds")
    chat = await house.chat()
    await chat.say("hello", "m1")
    await chat.say("thanks", "m2")
    answer = await chat.try_to_say("hello again", "m3")
    said = refused(answer, 429, "too-many")
    wait = int(answer.headers["retry-after"])
    assert 1 <= wait <= 2 and said["retry_after"] == wait and "秒" in said["detail_zh"]
    streamed = await chat.post(f"/conversations/{chat.id}/messages", {"text": "hi", "client_msg_id": "m3"}, Accept="text/event-stream")
    refused(streamed, 429, "too-many")
    assert [e.data["client_msg_id"] for e in await chat.events() if e.kind == "message" and e.data["role"] == "traveller"] == ["m1", "m2"]

    import asyncio

    await asyncio.sleep(wait + 0.1)
    await chat.say("hello again", "m3")
    other = await house.chat()
    await other.say("hello")  # a conversation's rate is its own


@pytest.mark.parametrize(
    ("rate", "first", "second"),
    [
        ("rate_traveller", "lin-gold", "lin-gold"),  # the same person in two conversations
        ("rate_company", "lin-gold", "mary-admin"),  # two people of one company
        ("rate_address", None, None),  # two visitors behind one address
    ],
)
async def test_rates_hold_across_conversations(make_house: MakeHouse, rate: str, first: str | None, second: str | None) -> None:
    house = await make_house(empty=True, **{rate: "2/minute"})
    one, two = await house.chat(first), await house.chat(second)
    await one.say("hello")
    await two.say("hello")
    refused(await one.try_to_say("hello"), 429, "too-many")
    refused(await one.post(f"/conversations/{one.id}/handoff"), 429, "too-many")
    assert done(await one.http.get(f"/v1/conversations/{one.id}", headers=one.headers))  # reading goes on
    if first:
        await (await house.chat("tom-member")).say("hello")  # another traveller, another company


async def test_opening_and_signing_in_have_their_own_rates(make_house: MakeHouse) -> None:
    house = await make_house(empty=True, rate_open="2/minute", rate_sign_in="2/minute")
    assert [(await open_from(house, "192.0.2.1")).status_code for _ in range(3)] == [201, 201, 429]
    assert (await open_from(house, "192.0.2.2")).status_code == 201
    tries = [await house.http.post("/v1/desk/sign-in", json={"name": "Nobody", "password": "wrong"}) for _ in range(3)]
    assert [t.status_code for t in tries] == [401, 401, 429]


async def test_a_forwarded_address_counts_only_when_the_peer_is_trusted(make_house: MakeHouse) -> None:
    """The right-most entry that is no proxy of ours: what a visitor writes in front of it changes nothing."""
    house = await make_house(empty=True, rate_open="1/minute", trusted_proxies="10.0.0.7, 10.1.0.0/16")
    assert (await open_from(house, "10.0.0.7", "198.51.100.9, 192.0.2.1")).status_code == 201
    assert (await open_from(house, "10.0.0.7", "203.0.113.5, 192.0.2.1, 10.1.2.3")).status_code == 429  # the same visitor, through two proxies
    assert (await open_from(house, "10.0.0.7", "192.0.2.2")).status_code == 201
    assert (await open_from(house, "203.0.113.8", "192.0.2.77")).status_code == 201  # not a proxy of ours: its own address counts
    assert (await open_from(house, "203.0.113.8", "192.0.2.78")).status_code == 429
    assert (await open_from(house, "10.0.0.7", "nonsense")).status_code == 201  # nobody's address: the proxy's own counts
    assert (await open_from(house, "10.0.0.7", "rubbish")).status_code == 429
    assert (await open_from(house, "2001:db8::1")).status_code == 201
    assert (await open_from(house, "2001:db8::2")).status_code == 429  # one household's /64


def redis_says(*words: str) -> Any:
    """One command to the Redis of the tests."""
    import redis

    with redis.Redis.from_url(REDIS, decode_responses=True) as client:
        return client.execute_command(*words)


@pytest.fixture
def prefix() -> Iterator[str]:
    """A prefix of this test's own; what stands under it is removed afterwards."""
    try:
        redis_says("PING")
    except Exception:
        missing("no Redis on 127.0.0.1:6379")
    name = new_id("test")
    yield name
    for key in redis_says("KEYS", f"{name}*"):
        redis_says("DEL", key)


async def test_several_workers_count_together_in_redis(tmp_path: Path, prefix: str) -> None:
    """Two houses (two processes' worth), one count; the keys name nobody."""
    furniture = {"empty": True, "rate_open": "3/minute", "redis_url": REDIS, "redis_prefix": prefix}
    async with a_served_house(tmp_path / "one", **furniture) as one, a_served_house(tmp_path / "two", **furniture) as two:
        tried = [(await open_from(h, "192.0.2.1")).status_code for h in (one, two, one, two)]
    assert tried == [201, 201, 201, 429]
    keys = redis_says("KEYS", f"{prefix}*")
    assert keys and not any("192.0.2" in k for k in keys)


async def test_a_redis_that_goes_away_costs_nobody_an_answer(
    tmp_path: Path, prefix: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half-way Redis is gone: told once, counted here from then on; when it is back it counts again."""
    furniture = {"empty": True, "rate_open": "3/minute", "redis_url": REDIS, "redis_prefix": prefix}
    async with a_served_house(tmp_path / "home", **furniture) as house:
        assert (await open_from(house, "192.0.2.1")).status_code == 201
        limits: Limits = house.app.state.limits
        gone = Limits(read_settings(_env_file=None, redis_url=f"redis://127.0.0.1:{free_port()}/0"))
        alive, limits._together = limits._together, gone._together
        with caplog.at_level(logging.WARNING, "concierge.limits"):
            tried = [(await open_from(house, "192.0.2.1")).status_code for _ in range(4)]
            assert tried == [201, 201, 201, 429]  # this process's own count
            monkeypatch.setattr("api.limits._LOOK_AGAIN", 0.0)
            limits._down_until = 0.0
            assert (await open_from(house, "192.0.2.2")).status_code == 201
            assert [r.getMessage().split(" (")[0] for r in caplog.records] == ["Redis does not answer"]
            limits._together, limits._down_until = alive, 0.0
            assert [(await open_from(house, "192.0.2.1")).status_code for _ in range(3)] == [201, 201, 429]
            assert "answers again" in caplog.records[-1].getMessage()


async def test_a_redis_that_hangs_holds_nobody_up(tmp_path: Path) -> None:
    """It accepts and never answers: the call goes on after half a second, the next ones at once."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(8)
        url = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        async with a_served_house(tmp_path / "home", empty=True, rate_open="2/minute", redis_url=url) as house:
            assert [(await open_from(house, "192.0.2.1")).status_code for _ in range(3)] == [201, 201, 429]


@pytest.mark.parametrize(
    ("setting", "value"), [("rate_open", "often"), ("rate_address", "0/minute"), ("trusted_proxies", "10.0.0"), ("log_format", "xml")]
)
def test_a_setting_that_cannot_be_read_is_named(setting: str, value: str) -> None:
    from basics.errors import SettingsWrong

    with pytest.raises(SettingsWrong, match=setting.upper()):
        read_settings(_env_file=None, **{setting: value})
