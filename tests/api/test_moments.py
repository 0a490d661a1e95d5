"""The airline tells of moments: only with its token, once by their id; the demo's own door makes them; the desk has the same words as the bot."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from basics.errors import SettingsWrong
from bot.settings import read_settings
from tests.bot.moments_of import a_moment, looks_on, offers_of, rules_in
from tests.house import Served, done, kinds, refused, until

TOKEN = "Zq7vT2mXw9LrB4kYh6NcJ8sDf3GpA5uE"


@pytest.fixture
async def house(make_house: Any, tmp_path: Path) -> Served:
    return await make_house(
        own_index=True, empty=True, with_demo=True, rules=rules_in(tmp_path), offers_hold_out=0.0, airline_events_token=SecretStr(TOKEN)
    )


async def tell(house: Served, moment: Any, token: str | None = TOKEN) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return await house.http.post("/v1/airline/moments", json=json.loads(moment.model_dump_json()), headers=headers)


async def test_a_moment_that_is_told_reaches_the_open_chat_by_itself(house: Served) -> None:
    """Nobody calls the duty: it is woken by what was kept. The same id again is the same moment, whatever else is told with it."""
    chat = await house.chat("lin-gold")
    await looks_on(house, chat)
    moment = await a_moment(house)
    answer = await tell(house, moment)
    assert answer.status_code == 202 and answer.json() == {"id": "m-delay", "new": True}
    assert done(await tell(house, moment.model_copy(update={"kind": "cancellation"}))) == {"id": "m-delay", "new": False}

    async def card() -> bool:
        return "proposal" in kinds(await chat.events())

    await until(card, 3)
    assert [o.moment for o in await offers_of(house)] == ["delay"]


async def test_only_the_airline_tells_of_moments(house: Served, make_house: Any) -> None:
    """No token, a wrong one, a traveller's or staff's own: refused alike; where none is set, everybody; nothing is kept."""
    moment = await a_moment(house)
    chat = await house.chat("lin-gold")
    for token in (None, TOKEN[:-1], TOKEN + "x", chat.opened["token"], house.house.home.operator_token):
        refused(await tell(house, moment, token), 401, "not-signed-in")
    closed = await make_house("closed", own_index=True, empty=True)
    for token in ("", "x", TOKEN):
        refused(await tell(closed, moment, token), 401, "not-signed-in")
    assert await house.house.moments.look() == 0
    with pytest.raises(SettingsWrong):
        read_settings(_env_file=None, airline_events_token=SecretStr("short"))


@pytest.mark.parametrize("wrong", [{"kind": "birthday"}, {"id": ""}, {"at": "2026-11-22T06:10:00"}, {"rating": 6}, {"id": "x" * 121}])
async def test_what_cannot_be_understood_is_refused(house: Served, wrong: dict[str, Any]) -> None:
    """A kind nobody knows, no id, a time without its zone: 400, and nothing is kept."""
    body = json.loads((await a_moment(house)).model_dump_json()) | wrong
    refused(await house.http.post("/v1/airline/moments", json=body, headers={"Authorization": f"Bearer {TOKEN}"}), 400, "bad-request")


async def test_the_demo_disrupts_its_own_airline_and_then_tells(house: Served) -> None:
    """The leg itself is late in the airline's system, with its cause, and the traveller reads both."""
    chat = await house.chat("lin-gold", lang="zh")
    await looks_on(house, chat)
    done(await house.http.post("/v1/demo/moment", json={"as": "lin-gold", "kind": "delay", "minutes": 200, "cause": "technical"}))
    (booking, *_) = await house.house.mind.reservations.bookings_of("lin-gold")
    gone_wrong = booking.legs[-1].disruption
    assert gone_wrong and (gone_wrong.event, gone_wrong.leaves_late) == ("delay", 200)
    await house.house.moments.look()

    async def told() -> Any:
        return [e.data["text"] for e in await chat.events() if e.kind == "reply"]

    (said,) = await until(told)
    assert "飞机技术故障" in said and "3.5小时" in said
    done(await house.http.post("/v1/demo/moment", json={"as": "lin-gold", "kind": "cancellation", "cause": "weather"}))
    assert (await house.house.mind.reservations.bookings_of("lin-gold"))[0].legs[-1].cancelled
    refused(await house.http.post("/v1/demo/moment", json={"as": "nobody", "kind": "delay"}), 404, "not-found")
    far = httpx.AsyncClient(transport=httpx.ASGITransport(house.app, client=("203.0.113.9", 5)), base_url="http://house")
    refused(await far.post("/v1/demo/moment", json={"as": "lin-gold", "kind": "delay"}), 404, "not-found")


async def test_staff_have_the_same_words(house: Served) -> None:
    """The macros of a ticket are the offer's own texts, in the language of the conversation; none for who is nobody."""
    from tests.house import keep_staff

    await keep_staff(house.house)
    anna = await house.staff()
    chat = await house.chat("lin-gold", lang="zh")
    ticket = (await chat.hand_over())["ticket"]
    said = await anna.get(f"/tickets/{ticket['id']}/macros")
    assert said["lang"] == "zh" and said["macros"][0]["right"] == "free_change" and "免费改签9L218航班" in said["macros"][0]["text"]
    stranger = (await (await house.chat()).hand_over())["ticket"]
    assert (await anna.get(f"/tickets/{stranger['id']}/macros"))["macros"] == []
    refused(await house.http.get("/v1/desk/tickets/none/macros", headers=anna.headers), 404, "not-found")


async def test_figures_tell_of_offers_and_e_mails(house: Served) -> None:
    """How many of each, never whose; and the readiness page says that e-mails wait for a mail server."""
    done(await tell(house, await a_moment(house)))

    async def sent() -> bool:
        return bool(await offers_of(house))

    await until(sent)
    said = (await house.http.get("/metrics")).text
    assert 'concierge_offers{state="shown"} 1.0' in said and 'concierge_outbox{state="waiting"} 1.0' in said and "lin-gold" not in said
    ready = (await house.http.get("/readyz")).json()
    assert "post" in ready["degraded"] and "no mail server" in ready["parts"]["post"]
