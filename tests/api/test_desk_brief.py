"""What staff see beside the Brief, of this moment: tags with who set them and why, and what was offered unasked, why, and what came of it."""

from pathlib import Path
from typing import Any

import pytest

from basics.errors import Unavailable
from basics.words import words
from customers.source_demo import DemoSource
from customers.traveller import Traveller
from tests.bot.moments_of import happens, looks_on, rules_in
from tests.house import Served, StaffMember, done, keep_staff


@pytest.fixture
async def house(make_house: Any, tmp_path: Path) -> Served:
    """A small house with offers and the desk."""
    served: Served = await make_house(empty=True, rules=rules_in(tmp_path), offers_hold_out=0.0)
    await keep_staff(served.house)
    return served


class Platform(DemoSource):
    """The demo's customer platform, which can be away."""

    is_away = False

    async def traveller(self, id: str) -> Traveller | None:
        if self.is_away:
            raise Unavailable(words("The platform does not answer.", "客户平台没有响应。"))
        return await super().traveller(id)


async def brief(staff: StaffMember, ticket: dict[str, Any], lang: str = "en") -> dict[str, Any]:
    read: dict[str, Any] = (await staff.get(f"/tickets/{ticket['id']}", lang=lang))["brief"]
    return read


async def test_a_tag_is_there_as_soon_as_it_is_set_and_gone_when_it_is_ended(house: Served) -> None:
    """With who set it and why; the platform's own say who they are from and no reason of ours."""
    anna = await house.staff()
    ticket = (await (await house.chat("lin-gold")).hand_over())["ticket"]
    who = (await brief(anna, ticket))["who"]
    assert who["traveller_id"] == "lin-gold"
    assert {(t["name"], t["source"], t["set_by"], t["reason"]) for t in who["tags"]} >= {("return_flex", "platform", "Larkspur Wings", None)}
    assert "look_after" not in {t["name"] for t in who["tags"]}
    tags = "/v1/desk/travellers/lin-gold/tags"
    done(await house.http.post(tags, json={"name": "look_after", "reason": "broke an arm on the trip"}, headers=anna.headers))
    (set_now,) = (t for t in (await brief(anna, ticket, "zh"))["who"]["tags"] if t["name"] == "look_after")
    assert (set_now["title"], set_now["source"], set_now["set_by"], set_now["reason"]) == ("请特别关照", "staff", "Anna", "broke an arm on the trip")
    done(await house.http.request("DELETE", tags, json={"name": "look_after"}, headers=anna.headers))
    assert "look_after" not in {t["name"] for t in (await brief(anna, ticket))["who"]["tags"]}


async def test_why_it_was_offered_and_what_came_of_it(house: Served) -> None:
    """The moment, the reason in the reader's language, and the answer at once, whether or not the duty has noted it yet."""
    anna, chat = await house.staff(), await house.chat("lin-gold", lang="zh")
    await looks_on(house, chat)
    await happens(house)
    card = next(e.data["proposal"] for e in await chat.events() if e.kind == "reply" and e.data["proposal"])
    ticket = (await chat.hand_over())["ticket"]
    (made,) = (await brief(anna, ticket))["offers"]
    assert (made["right"], made["moment"], made["outcome"]) == ("free_change", "delay", "shown")
    assert made["title"] == "Change your return flight free of charge" and "9L218" in made["reason"]
    assert "9L218" in (await brief(anna, ticket, "zh"))["offers"][0]["reason"]
    done(await house.http.post(f"/v1/proposals/{card['id']}/decline", headers=chat.headers))
    assert (await brief(anna, ticket))["offers"][0]["outcome"] == "declined"


async def test_what_is_the_desk_s_to_say_has_its_reason_without_a_card(house: Served) -> None:
    """While staff have the floor an offer is theirs: the Brief names it with the words of its moment."""
    anna, chat = await house.staff(), await house.chat("lin-gold")
    ticket = (await chat.hand_over())["ticket"]
    await looks_on(house, chat)
    await happens(house)
    read = await brief(anna, ticket)
    assert [(o["outcome"], "9L218" in o["reason"]) for o in read["offers"]] == [("to_staff", True)] and read["happened"]


async def test_of_a_visitor_nothing_is_known_and_an_away_platform_leaves_what_the_brief_had(make_house: Any, tmp_path: Path) -> None:
    """Nobody's id, no tags, no offers; the frozen tags say at least what held when the ticket was opened."""
    source = Platform()
    house = await make_house(empty=True, rules=rules_in(tmp_path), source=source)
    await keep_staff(house.house)
    anna = await house.staff()
    visitor = await brief(anna, (await (await house.chat()).hand_over())["ticket"])
    assert (visitor["who"]["traveller_id"], visitor["who"]["tags"], visitor["offers"]) == (None, [], [])
    ticket = (await (await house.chat("lin-gold")).hand_over())["ticket"]
    before = {t["name"] for t in (await brief(anna, ticket))["who"]["tags"]}
    source.is_away = True
    after = (await brief(anna, ticket))["who"]["tags"]
    assert {t["name"] for t in after} == before and all(t["set_by"] is None for t in after)
