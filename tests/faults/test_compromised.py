"""The model is somebody else's: the short form of `python -m tests.faults.compromised 100000`, and this one shrinks what it finds."""

import asyncio
import collections
import logging
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings

from customers.demo_airline import read_demo_airline
from tests.faults import compromised
from tests.faults.compromised import play
from tests.faults.crowd import PEOPLE, Press, Say, Step, scripts
from tests.faults.oracle import hash_of
from tests.faults.puppet import TRICKS, Says

_COUNTS: collections.Counter[str] = collections.Counter()


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as one:
        yield one


@pytest.mark.slow
def test_a_compromised_model_grants_nothing_whoever_asks_and_whatever_is_pressed(runner: asyncio.Runner) -> None:
    """Some hundred turns: every proposal is owed in its exact terms, every change has its one yes, every sentence its carriers."""
    logging.getLogger("concierge").setLevel(logging.ERROR)

    @settings(max_examples=8, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(scripts(1, 40))
    def tormented(script: list[Step]) -> None:
        runner.run(play(script, _COUNTS))

    tormented()
    tally = compromised.torment(200, minutes=3, seed=1)
    assert not tally.wrong, tally.wrong
    assert tally.counts["proposals"], tally.lines()  # how many of its words and of the changes there are goes by how fast the machine is


def test_what_must_be_seen_is_seen(runner: asyncio.Runner) -> None:
    """The look-out itself: a card is offered and confirmed, its receipt comes again, and whoever else presses gets nothing."""
    say = Say("lin-gold", "en", "Can I change my return flight?", Says())
    counts: collections.Counter[str] = collections.Counter()
    hands = ("stranger", "sibling", "no token", "no such option", "no key", "invented", "yes", "again", "decline")
    runner.run(play([say, *(Press(0, how) for how in hands)], counts))
    assert (counts["proposals"], counts["changes"], counts["buttons"]) == (1, 1, 9)


def test_everybody_in_the_demo_is_in_the_crowd() -> None:
    """A persona that is added later is tormented as well."""
    assert {p.id for p in read_demo_airline().personas} == {p for p in PEOPLE if p}
    assert hash_of({"a": 1, "state": "x"}) == hash_of({"a": 1, "state": "y"}) != hash_of({"a": 2})
    assert TRICKS["same"]("a", "b") == "a"
