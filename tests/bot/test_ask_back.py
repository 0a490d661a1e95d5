"""One specific question, in the words of the articles, where the answer turns on one thing that nobody said; never a second one."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.ask_back import distinctions_of
from bot.compose import compose
from bot.decide import decide
from bot.ground import ground
from bot.settings import Settings
from bot.speak import speak
from bot.steps import Confidence, Evidence
from customers.booking import Booking
from customers.reservations_demo import DemoReservations
from desk.conversation import joined
from tests.bot.ferry import FERRY, a_shelf, an_article, asked
from tests.customers.people import a_booking
from tests.house import NOW, MovableClock, Served

CHANGE = "How much does it cost to change my flight?"
CHANGE_ZH = "改签要多少钱"
GROOMING = {
    "cut-short": "# Grooming a Short-hair cat\n\n## Price\n\nGrooming takes one hour and costs EUR 20.\n",
    "cut-long": "# Grooming a Long-hair cat\n\n## Price\n\nGrooming takes two hours and costs EUR 45.\n",
    "food": "# Food\n\n| Coat | Portion |\n| --- | --- |\n| Short-hair | 60 g |\n| Long-hair | 80 g |\n",
}


def back(question: str, value: float = 0.8, shelf: Any = FERRY, asked_back: int = 0, tier: Any = None) -> tuple[str, str, tuple[str, ...]]:
    """Kind, text and choices of the reply to a question of which we are this sure."""
    request, understood, evidence = asked(question, tier, shelf)
    request = request.model_copy(update={"asked_back": asked_back})
    outcome = ground(compose(request, understood, evidence, shelf), evidence)
    decision = decide(request, understood, evidence, outcome, Confidence(value=value), Settings(answer_at=0.6))
    sentences, _, choices = speak(request, understood, evidence, outcome, Confidence(value=value), decision, shelf)
    return decision.kind, joined(sentences), choices


async def test_the_fare_is_asked_for_where_each_has_a_rule_of_its_own(make_house: Any) -> None:
    """Which fare? A tap on one completes the question, and the answer is that fare's; no other is quoted."""
    chat = await (await make_house(answer_at=0.5)).chat()
    first = await chat.say(CHANGE)
    assert first["kind"] == "clarify" and "Which fare is it: Economy Light, Economy Standard, Economy Flex or another one?" in first["text"]
    assert first["choices"][:3] == ["Economy Light", "Economy Standard", "Economy Flex"] and len(first["choices"]) == 4 and first["ticket"] is None
    second = await chat.say("Economy Flex")
    assert second["kind"] == "answer" and "Economy Flex" in second["text"] and "CNY 400" not in second["text"]
    assert {c["article_id"] for c in second["citations"]} == {"changes-standard-flex"}


@pytest.mark.parametrize("said", ["轻享", "第一个", "经济舱轻享吧"])
async def test_own_words_answer_as_well_as_a_tap(make_house: Any, said: str) -> None:
    chat = await (await make_house(answer_at=0.5)).chat(lang="zh")
    first = await chat.say(CHANGE_ZH)
    assert first["kind"] == "clarify" and first["choices"][:3] == ["经济舱轻享", "经济舱标准", "经济舱灵活"], first["text"]
    second = await chat.say(said)
    assert second["kind"] == "answer" and "400 元" in second["text"] and {c["article_id"] for c in second["citations"]} == {"changes-light"}


async def test_it_never_asks_twice(make_house: Any) -> None:
    """Words that pick nothing: the next reply answers or hands over, whatever is still open."""
    chat = await (await make_house(answer_at=0.5)).chat()
    assert (await chat.say(CHANGE))["kind"] == "clarify"
    assert (await chat.say("hmm not sure what it is called"))["kind"] in ("answer", "handoff")


async def test_what_is_known_is_not_asked(house: Served) -> None:
    """The question names the fare, or the asker's booking tells it."""
    anonymous, lin = await house.chat(), await house.chat("lin-gold", lang="en")
    assert "Which fare" not in (await anonymous.say("How much does it cost to change a Light ticket?"))["text"]
    assert "Which fare" not in (await anonymous.say("What does changing the cheapest ticket cost?"))["text"]
    assert "Which fare" not in (await lin.say("What is the fee for changing to another day?"))["text"]


class TwoTrips(DemoReservations):
    """The demo airline, where everybody has one more trip under way."""

    more: Booking

    async def bookings_of(self, traveller_id: str) -> tuple[Booking, ...]:
        return (*await super().bookings_of(traveller_id), self.more.model_copy(update={"traveller_id": traveller_id}))


def two_trips(home: Path, back_in: timedelta) -> TwoTrips:
    home.mkdir(parents=True, exist_ok=True)
    airline = TwoTrips(home, MovableClock())
    to_london = {"origin": "LHR", "origin_zone": "Europe/London", "flight": "9L202"}
    trip = a_booking(back_in, bought_through="company_account")
    airline.more = trip.model_copy(update={"legs": (trip.legs[0], trip.legs[1].model_copy(update=to_london))})
    return airline


async def test_which_trip_is_asked_where_several_are_ahead(make_house: Any, tmp_path: Path) -> None:
    """Two flights home that may both be changed: which one? The date picks it, and the offer is for that flight."""
    house = await make_house(reservations=two_trips(tmp_path / "airline", timedelta(days=1)))
    chat = await house.chat("lin-gold", lang="en")
    first = await chat.say("Can I move my return flight to another day?")
    assert first["kind"] == "clarify" and first["proposal"] is None and "Which one do you mean: Shanghai, " in first["text"]
    days = [_day(NOW + timedelta(days=1)), _day(NOW + timedelta(days=2))]
    assert [c.rpartition(", ")[2] for c in first["choices"][:2]] == days, first["choices"]
    second = await chat.say(first["choices"][1])
    assert second["kind"] == "proposal" and "9L218" in second["text"]
    named = await (await house.chat("lin-gold", lang="en")).say("Can I move my return flight from Singapore to another day?")
    assert named["kind"] == "proposal" and "9L218" in named["text"]


def _day(at: datetime) -> str:
    return f"{at.day} {at:%b}"


def test_another_base_is_asked_about_in_its_own_words() -> None:
    """The row that is missing, by its table's header and labels; what the question names is not asked."""
    kind, text, choices = back("What is the deck fee?", value=0.5)
    assert kind == "clarify" and text.endswith(
        "Which vehicle is it: Bicycle, Car up to 5 m or Car of more than 5 m and up to 8 m?"
    ) and choices[0] == "Bicycle"  # fmt: skip
    assert "Which vehicle" not in back("What is the deck fee for a bicycle?", value=0.5)[1]


def test_a_table_that_is_said_whole_answers_for_all_and_is_not_asked() -> None:
    assert back("What is the deck fee?", value=0.8)[0] == "answer"


def test_what_the_place_does_not_speak_of_is_no_question_of_rows() -> None:
    """A hovercraft is in no row: asking whether it is a bicycle would be absurd, the articles are offered instead."""
    text = back("What is the deck fee for my hovercraft licence abroad?", value=0.5)[1]
    assert "Which vehicle" not in text and "question about" in text


def test_titles_that_differ_only_in_the_case_are_rules_side_by_side() -> None:
    """A cattery with a page for each coat: asked however sure the draft is, for it speaks for one of them only."""
    shelf = a_shelf(*(an_article(name, body) for name, body in GROOMING.items()))
    assert [d.values for d in distinctions_of(shelf, "en")] == [("Short-hair", "Long-hair")]
    kind, text, choices = back("What does grooming a cat cost?", 0.9, shelf)
    assert (kind, choices[:2]) == ("clarify", ("Short-hair", "Long-hair")) and text.endswith("Which coat is it: Short-hair or Long-hair?")
    assert back("What does grooming a cat cost?", 0.9, shelf, asked_back=1)[0] == "answer"


def test_without_evidence_nothing_specific_is_asked() -> None:
    request, understood, _ = asked("What is the deck fee?")
    assert compose(request, understood, Evidence(), FERRY).which is None
