"""The house's own suites: what they promise stands in the articles, in the version and language they name, and both languages ask the same."""

from datetime import datetime
from functools import cache
from itertools import groupby

import pytest

from basics.clock import day_in
from basics.errors import BadRequest
from bot.settings import Settings
from customers.demo_airline import read_demo_airline
from evals.case import CASES, SUITES, Case, read_cases, read_suite
from evals.run import AS_OF
from evals.scorers import stands_in
from knowledge.article import Article
from knowledge.ingest import Read, read_paths

AIRLINE = read_demo_airline()
PERSONAS = [person.id for person in AIRLINE.personas]
PROMISED = {"as_of": 40, "near_duplicates": 40, "multi_turn": 60, "moffatt": 40, "unanswerable": 100, "paired": 120}
SAME_IN_BOTH = ("suite", "who", "answerable", "near_miss", "articles", "now", "version", "decision")
ZONE = Settings().zone


@cache
def versions_of(id: str, lang: str) -> tuple[Article, ...]:
    return tuple(one.article for one in _articles() if (one.article.id, one.article.lang) == (id, lang))


@cache
def _articles() -> tuple[Read, ...]:
    read, refused, _ = read_paths([Settings().articles.resolve()])
    assert not refused
    return tuple(read)


def meant(case: Case) -> list[Article]:
    """The article versions that answer: those the case names, else those in force for somebody who asks, buys and flies at that moment."""
    at = day_in(case.now or AS_OF, ZONE)
    known = [a for id in case.articles for a in versions_of(id, case.lang)]
    return [a for a in known if (a.in_force.holds_on(at) if case.version is None else a.version == case.version)]


@pytest.mark.parametrize("name", SUITES)
def test_a_suite_holds_what_it_promises(name: str) -> None:
    """Every case can be read, names its suite, and there are as many as promised."""
    cases = read_cases(CASES / f"{name}.jsonl", PERSONAS)
    assert {c.suite for c in cases} == {name}
    assert len(cases) >= PROMISED[name]
    assert all(not c.answerable for c in cases) == (name == "unanswerable")


def test_the_suites_together_are_what_was_asked_for() -> None:
    """At least 300 cases with ids of their own, 80 of them without an answer, over every article."""
    cases = read_suite("all", PERSONAS)
    assert len(cases) >= 300 and len({c.id for c in cases}) == len(cases)
    assert sum(not c.answerable for c in cases) >= 80
    assert sum(bool(c.history) for c in cases) >= 60
    assert {id for c in cases for id in c.articles} == {one.article.id for one in _articles()}


@pytest.mark.parametrize("name", SUITES)
def test_what_must_be_said_stands_in_the_article(name: str) -> None:
    """Each alternative, word for word, in the article of that language and version; and nothing forbidden is part of it."""
    for case in read_suite(name):
        texts = [a.body for a in meant(case)]
        assert bool(case.must) == case.answerable == bool(texts), case.id
        for part in (part for group in case.must for part in group):
            assert any(part.casefold() in text.casefold() and stands_in(part, text) for text in texts), (
                f"{case.id}: {part!r} stands in no article it names"
            )
            assert not any(stands_in(wrong, part) for wrong in case.must_not), f"{case.id}: {part!r} holds what is forbidden"


@pytest.mark.parametrize("name", SUITES)
def test_both_languages_ask_for_the_same(name: str) -> None:
    """A pair is one English and one Chinese case of the same asker, moment, articles and history length."""
    for pair, both in groupby(sorted(read_suite(name), key=lambda c: (c.pair, c.lang)), key=lambda c: c.pair):
        en, zh = both
        assert pair and (en.lang, zh.lang) == ("en", "zh")
        assert [getattr(en, f) for f in SAME_IN_BOTH] == [getattr(zh, f) for f in SAME_IN_BOTH], pair
        assert (len(en.must), len(en.must_not), len(en.history)) == (len(zh.must), len(zh.must_not), len(zh.history)), pair


def test_no_question_of_another_language_hides_in_a_suite() -> None:
    """English cases are written without, Chinese ones with Chinese characters."""
    for case in read_suite("all"):
        said = [case.question, *(text for _, text in case.history)]
        assert all(any("\u4e00" <= c <= "\u9fff" for c in text) == (case.lang == "zh") for text in said), case.id


def test_an_older_version_is_the_one_in_force_for_the_asker() -> None:
    """A persona's ticket was bought, and the version named was in force, on the day that counts for the article."""
    checked = 0
    for case in read_suite("as_of"):
        person = AIRLINE.person(case.who)
        assert case.version is not None, case.id
        if person is None:
            continue
        booking = AIRLINE.booking(person, person.trip.id, case.now or AS_OF)
        for article in (a for a in meant(case) if a.applies_by == "ticketing"):
            assert article.in_force.holds_on(day_in(booking.ticketed_at, ZONE)), case.id
            checked += 1
    assert checked >= 12


def test_a_conversation_ends_with_us_and_the_follow_up_is_the_askers() -> None:
    """Turns alternate, the asker's first, and one to three exchanges came before."""
    for case in read_suite("multi_turn"):
        roles = [role for role, _ in case.history]
        assert roles == ["traveller", "bot"] * (len(roles) // 2) and 2 <= len(roles) <= 6, case.id


def test_a_right_asked_for_after_the_fact_is_never_right_as_a_proposal() -> None:
    """What would grant it is forbidden, and a hand-over is always among the right decisions."""
    for case in read_suite("moffatt"):
        assert case.must_not and "proposal" not in case.decision and "handoff" in case.decision, case.id


def test_a_case_without_an_answer_is_not_right_as_one() -> None:
    """Its right decisions leave `answer` out."""
    without = [c for c in read_suite("all") if not c.answerable]
    assert all(c.decision and not {"answer", "proposal"} & set(c.decision) for c in without)


def test_another_suite_is_told_in_a_sentence() -> None:
    """The names there are stand in it."""
    with pytest.raises(BadRequest, match=r"--suite dreams: there is as_of, .* and all"):
        read_suite("dreams")


def test_a_moment_carries_its_zone() -> None:
    """A case that changes its moment says where: without a zone it would mean another day for half the world."""
    moments = [c.now for c in read_suite("all") if c.now is not None]
    assert moments and all(isinstance(now, datetime) and now.tzinfo for now in moments)
