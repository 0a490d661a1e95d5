"""A scripted asker: what it costs to have a question resolved, with a bot that asks back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.mind import Mind
from bot.settings import Settings
from evals.bots import Said
from evals.case import Case
from evals.effort import MOST_TURNS, one_turn, see_through
from evals.minds import demo_mind
from evals.run import AS_OF, Asked, ask
from knowledge.embedder import Embedder


def a_case(**more: object) -> Case:
    how = {"id": "c", "lang": "en", "question": "what about animals in the hold?", "answerable": True, "articles": ["pets"]}
    return Case.model_validate(how | more)


@pytest.fixture(scope="module")
def mind(two_articles: Path, embedder: Embedder) -> Iterator[Mind]:
    """Sure of next to nothing, so that it asks back."""
    with demo_mind(AS_OF, two_articles, embedder) as mind:
        mind.settings = mind.settings.model_copy(update={"answer_at": 0.999})
        yield mind


async def asked_of(mind: Mind, case: Case) -> Asked:
    asked = await ask(case, mind, None, AS_OF)
    assert asked.outcome.decision == "clarify", asked.outcome.because
    return asked


async def test_asked_back_the_asker_takes_the_right_choice(mind: Mind) -> None:
    """The choice is what decides: with a bar that its answer passes it is resolved in two turns, and the seconds of both are counted."""
    asked = await asked_of(mind, a_case())
    easy = mind.settings.model_copy(update={"answer_at": 0.0})
    lenient = asked.model_copy(update={"mind": _with(mind, easy)})
    effort = await see_through(lenient, None)
    assert (effort.turns, effort.end) == (2, "resolved")
    assert effort.seconds > effort.waited > asked.outcome.ms / 1000
    elsewhere = await see_through(lenient.model_copy(update={"outcome": asked.outcome.model_copy(update={"case": a_case(must=[["CNY 9"]])})}), None)
    assert (elsewhere.turns, elsewhere.end, elsewhere.needless) == (2, "wrong", False)


async def test_without_a_right_choice_the_question_is_said_again_and_ends_with_a_person(mind: Mind) -> None:
    """Needlessly, for the answer stands in the base; nobody talks for longer than the most turns."""
    asked = await asked_of(mind, a_case(articles=["somewhere-else"]))
    effort = await see_through(asked, None)
    assert (effort.end, effort.needless) == ("person", True) and 1 < effort.turns <= MOST_TURNS
    named = await see_through(await asked_of(mind, a_case(articles=["somewhere-else"], decision=["answer", "handoff"])), None)
    assert (named.end, named.needless) == ("person", False)


def test_a_bot_that_never_asks_back_takes_one_turn() -> None:
    """Resolved, wrong or handed over; the longer its answer, the longer it is read."""
    case = a_case()
    short, long = (one_turn(Said(who="b", case=case, sent=True, right=True, text="x" * n)) for n in (10, 1000))
    wrong = one_turn(Said(who="b", case=case, sent=True, right=False))
    person = one_turn(Said(who="b", case=case, sent=False, right=True, needless=True))
    assert [e.end for e in (short, long, wrong, person)] == ["resolved", "resolved", "wrong", "person"]
    assert {e.turns for e in (short, long, wrong, person)} == {1} and long.seconds > short.seconds and person.needless


def _with(mind: Mind, settings: Settings) -> Mind:
    import copy

    other = copy.copy(mind)
    other.settings = settings
    return other
