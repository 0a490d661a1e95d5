"""The airline's system lists nothing: an answer stands without its card, and a change that is held goes to a person who is told why."""

from pathlib import Path
from typing import Any

import pytest

from basics.words import words
from customers.reservations import ReservationsUnavailable
from customers.reservations_demo import DemoReservations
from tests.house import MovableClock, Served

ASKED = {
    "en": ("Can I change my return flight free of charge?", "does not answer at the moment", "You have a right to this change"),
    "zh": ("我的回程航班可以免费改签吗？", "暂时没有响应", "您有权办理"),
}


class ListsNothing(DemoReservations):
    """Bookings are told; what there is to choose from is not."""

    async def choices(self, *asked: Any, **more: Any) -> Any:
        raise ReservationsUnavailable(words("No answer.", "没有响应。"))


@pytest.fixture
async def house(make_house: Any, tmp_path: Path) -> Served:
    clock = MovableClock()
    served: Served = await make_house(clock=clock, reservations=ListsNothing(tmp_path / "home", clock))
    return served


@pytest.mark.parametrize("lang", ASKED)
async def test_a_change_that_is_held_goes_to_a_person_who_is_told_why(house: Served, lang: str) -> None:
    """Not "I was interrupted", not "I am not sure": they hold it, the airline is silent, somebody sees to it; the Brief says the same."""
    question, *says = ASKED[lang]
    reply = await (await house.chat("lin-gold", lang=lang)).say(question)
    assert reply["kind"] == "handoff" and all(part in reply["text"] for part in says)
    (ticket,) = await (await house.staff()).queue()
    brief = (await (await house.staff()).get(f"/tickets/{ticket['id']}", lang=lang))["brief"]
    assert ticket["reason"] == "silent_airline" and brief["why"]["reason"] == "silent_airline"
    assert any(right["decision"] == "allow" for right in brief["entitlements"])


async def test_a_right_picked_from_the_list_likewise(house: Served) -> None:
    """The list needs no airline; what is picked from it does."""
    chat = await house.chat("lin-gold")
    assert (await chat.say("what can I get?"))["kind"] == "answer"
    picked = await chat.say("Change your return flight free of charge")
    assert picked["kind"] == "handoff" and "You have a right to this change" in picked["text"]


async def test_an_answer_stands_without_its_card(house: Served, make_house: Any) -> None:
    """The article of a right that is held answers the question, with the card where the airline answers, and without it where it does not."""
    asked = "How do the free changes of the return leg work?"
    usual, silent = [await (await one.chat("lin-gold")).say(asked) for one in (await make_house("other"), house)]
    assert usual["proposal"] and usual["kind"] == silent["kind"] == "answer"
    assert silent["proposal"] is None and silent["citations"] == usual["citations"] and silent["text"] in usual["text"]
