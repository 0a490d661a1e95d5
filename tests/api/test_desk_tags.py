"""Tags at the desk: staff set and take back theirs, the bot notes what it noticed, and each reaches only what it may."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.retention import Retention
from customers.moment import Moment
from store import moments, notes
from tests.house import Served, done, refused
from tests.store.bases import a_base

UPSET = "This is unacceptable! I am furious, this is the third time you have ruined my trip, you are useless!"


async def rights_of(house: Served, who: str) -> dict[str, str]:
    """What the Brief of a hand-over says of the traveller's rights."""
    chat, anna = await house.chat(who), await house.staff()
    ticket = (await chat.hand_over())["ticket"]["id"]
    brief = (await anna.get(f"/tickets/{ticket}"))["brief"]
    return {e["right"]: e["decision"] for e in brief["entitlements"]} | {f"tag {t['name']}": t["source"] for t in brief["who"]["tags"]}


async def test_a_tag_set_by_staff_grants_what_it_stands_for_until_it_is_taken_back(house: Served) -> None:
    """With its reason and who set it; set again it stands once, with the new reason."""
    anna = await house.staff()
    path = "/v1/desk/travellers/sun-silver/tags"
    before = await rights_of(house, "sun-silver")
    assert before.get("goodwill_voucher") != "allow"
    for reason in ("seat 31C would not recline", "crew report 7 of flight 9L218"):
        said = done(await house.http.post(path, json={"name": "seat_fault", "reason": reason}, headers=anna.headers))
    (tag,) = said["tags"]
    assert (tag["name"], tag["source"], tag["set_by"], tag["reason"]) == ("seat_fault", "staff", "Anna", reason)
    assert [one["name"] for one in said["may_set"]][:2] == ["seat_fault", "screen_fault"]
    now = await rights_of(house, "sun-silver")
    assert now["goodwill_voucher"] == "allow" and now["tag seat_fault"] == "staff"
    zh = done(await house.http.get(path, params={"lang": "zh"}, headers=anna.headers))
    assert zh["tags"][0]["title"] == "座椅不能正常使用（已核实）"
    ended = done(await house.http.request("DELETE", path, json={"name": "seat_fault"}, headers=anna.headers))
    assert ended["tags"] == [] and (await rights_of(house, "sun-silver")).get("goodwill_voucher") != "allow"
    refused(await house.http.request("DELETE", path, json={"name": "seat_fault"}, headers=anna.headers), 404, "not-found")


async def test_staff_cannot_set_a_benefit_nor_a_tag_of_nobody_or_of_yesterday(house: Served) -> None:
    anna = await house.staff()
    path, why = "/v1/desk/travellers/{}/tags", {"reason": "she asked so nicely"}
    for name in ("return_flex", "upset", "frequent_flyer", "made_up"):
        answer = await house.http.post(path.format("chen-silver"), json={"name": name} | why, headers=anna.headers)
        assert "seat_fault" in refused(answer, 409, "tag-not-yours")["detail"]
    refused(await house.http.post(path.format("nobody"), json={"name": "look_after"} | why, headers=anna.headers), 404, "not-found")
    past = {"name": "look_after", "until": "2020-01-01T00:00:00Z"} | why
    refused(await house.http.post(path.format("chen-silver"), json=past, headers=anna.headers), 422, "tag-ends-before")
    refused(await house.http.post(path.format("chen-silver"), json={"name": "look_after", "reason": ""}, headers=anna.headers), 400, "bad-request")


async def test_a_tag_ends_at_its_moment(house: Served) -> None:
    anna = await house.staff()
    path = "/v1/desk/travellers/chen-silver/tags"
    until = house.clock().replace(microsecond=0).isoformat().replace("+00:00", "Z").replace("T06", "T09")
    asked = {"name": "look_after", "reason": "travels with a broken arm", "until": until}
    assert done(await house.http.post(path, json=asked, headers=anna.headers))["tags"]
    house.clock.move(hours=4)
    assert done(await house.http.get(path, headers=anna.headers))["tags"] == []


async def test_the_bot_notes_that_somebody_was_upset_for_a_week_and_grants_nothing_by_it(house: Served) -> None:
    """With the turn itself; a second outburst makes it last on instead of standing twice; a visitor without a name is not noted."""
    anna, chat = await house.staff(), await house.chat("chen-silver")
    path = "/v1/desk/travellers/chen-silver/tags"
    before = await rights_of(house, "chen-silver")
    await chat.say(UPSET)
    (tag,) = done(await house.http.get(path, headers=anna.headers))["tags"]
    assert (tag["name"], tag["source"], tag["set_by"], tag["reason"]) == ("upset", "bot", "Concierge", chat.id)
    after = await rights_of(house, "chen-silver")
    assert after.pop("tag upset") == "bot" and after == before
    again = await house.chat("chen-silver")
    await again.say(UPSET)
    (tag,) = done(await house.http.get(path, headers=anna.headers))["tags"]
    assert tag["reason"] == again.id
    await (await house.chat()).say(UPSET)
    house.clock.move(days=7, seconds=1)
    anna = await house.staff()
    assert done(await house.http.get(path, headers=anna.headers))["tags"] == []
    async with house.house.db.read() as conn:
        assert (await conn.execute(text("select count(*) from tags"))).scalar() == 1


async def test_what_staff_note_for_each_other_is_told_to_no_traveller(house: Served) -> None:
    """Neither in a reply nor in anything that the conversation's token opens."""
    anna = await house.staff()
    asked = {"name": "look_after", "reason": "the quiet word Perlmutt"}
    done(await house.http.post("/v1/desk/travellers/lin-gold/tags", json=asked, headers=anna.headers))
    chat = await house.chat("lin-gold")
    reply = await chat.say("Can I change my return flight?")
    said = str(reply) + str(await chat.events()) + str(await chat.now())
    assert "look_after" not in said and "special care" not in said and "Perlmutt" not in said


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_tags_go_when_conversations_go_and_the_last_rating_is_noted(make_house: Any, tmp_path: Any, kind: str) -> None:
    async with a_base(kind, tmp_path) as url:
        house = await make_house(database_url=url, own_index=True, empty=True, keep_conversations_days=30)
        db, start = house.house.db, house.clock()
        await (await house.chat("chen-silver")).say(UPSET)
        for stars in (2, 5):
            survey = Moment(id=f"survey-{stars}", kind="rating", traveller_id="chen-silver", at=start + timedelta(minutes=stars), rating=stars)
            await db.write(lambda tx, told=survey: moments.tell_moment(tx, told, start))
        async with db.read() as conn:
            noted = await notes.notes_of(conn, "chen-silver", start)
        assert noted.rating == 5 and [t.name for t in noted.tags] == ["upset"]
        house.clock.move(days=31)
        await Retention(db, house.house.settings, house.clock).look()
        async with db.read() as conn:
            assert (await conn.execute(text("select count(*) from tags"))).scalar() == 1, "the tag was over a week later, and goes a week later"
        house.clock.move(days=7)
        await Retention(db, house.house.settings, house.clock).look()
        async with db.read() as conn:
            assert (await conn.execute(text("select count(*) from tags"))).scalar() == 0
        await house.house.stop()


async def test_a_flight_is_disrupted_in_the_demo_and_the_traveller_holds_what_follows(make_house: Any) -> None:
    """On this machine only, and only in the demo."""
    house = await make_house(with_demo=True)
    asked = {"as": "lin-gold", "kind": "delay", "minutes": 300, "cause": "technical"}
    assert (await house.http.post("/v1/demo/moment", json=asked)).status_code == 202
    held = await rights_of(house, "lin-gold")
    assert held["delay_change"] == held["full_refund"] == held["meals"] == "allow"
    refused(await house.http.post("/v1/demo/moment", json=asked, headers={"X-Forwarded-For": "1.2.3.4"}), 404, "not-found")
    refused(await house.http.post("/v1/demo/moment", json=asked | {"as": "nobody"}), 404, "not-found")
    refused(await house.http.post("/v1/demo/moment", json=asked | {"kind": "flood"}), 400, "bad-request")
    assert (await house.http.post("/v1/demo/moment", json=asked | {"kind": "cancellation"})).status_code == 202
    refused(await house.http.post("/v1/demo/moment", json=asked), 404, "not-found")
    assert (await rights_of(house, "lin-gold"))["cancellation_rebooking"] == "allow"
    real = await make_house("real", real=True)
    assert (await real.http.post("/v1/demo/moment", json=asked)).status_code == 404
