"""Contradictions are found where they are planted, and none is seen in what ships; and translations state the same figures."""

import functools
import re
import time

import pytest

from knowledge.article import Article
from knowledge.contradictions import contradictions, figures_apart, may_meet
from knowledge.cut import passages_of
from knowledge.ingest import read_paths
from knowledge.passage import Passage
from tests.house import ARTICLES


@functools.cache
def _shipped() -> tuple[Article, ...]:
    read, refused, _ = read_paths([ARTICLES])
    assert not refused
    return tuple(one.article for one in read)


def _article(text: str, title: str, lang: str = "en", **front: object) -> Article:
    plain = {"id": re.sub(r"\W", "-", title.encode("unicode_escape").decode())[:60], "lang": lang, "version": 1, "title": title, "audience": "public"}
    return Article.model_validate({**plain, "in_force": {"from": "2026-01-01"}, "owner": "Tests", "body": text, **front})


def _passages(*articles: Article) -> list[Passage]:
    return [p for a in articles for p in passages_of(a)]


def test_what_ships_does_not_contradict_itself() -> None:
    """Not one pair of the shipped articles, in either language, is called a contradiction; nor any translation."""
    by_key = {a.key: a for a in _shipped()}
    found = contradictions(_passages(*_shipped()), ())
    assert [c for c in found if may_meet(by_key[c.of_one.article_key], by_key[c.of_other.article_key])] == []
    apart = [figures_apart(passages_of(a), passages_of(by_key[a.id, "zh", a.version])) for a in _shipped() if a.lang == "en"]
    assert len(apart) >= 50 and not any(apart)


PAIRS = {
    "amount": ("The fee for a pet in the cabin is CNY 380 per flight.", "A pet in the cabin costs a fee of CNY 450 per flight.", "en"),
    "date": ("The new pet fees apply from 1 June 2026.", "The new pet fees apply from 1 July 2026.", "en"),
    "duration": ("Book the pet at least 48 hours before departure.", "Pets: book the pet at least 72 hours before departure.", "en"),
    "yes or no": ("A pet can be taken on the seat beside you.", "A pet cannot be taken on the seat beside you.", "en"),
    "amount zh": ("客舱宠物每航段收费 380 元。", "客舱宠物每航段收费 450 元。", "zh"),
    "date zh": ("新的宠物收费标准自2026年6月1日起执行。", "新的宠物收费标准自2026年7月1日起执行。", "zh"),
    "duration zh": ("携带宠物须至少在起飞前 48 小时申请。", "携带宠物须至少在起飞前 72 小时申请。", "zh"),
    "yes or no zh": ("宠物可以放在旁边座位上。", "宠物不得放在旁边座位上。", "zh"),
}


@pytest.mark.parametrize("kind", PAIRS)
def test_each_kind_is_told(kind: str) -> None:
    """Another amount, date, duration, or no for yes, of the same subject; each is found and called what it is."""
    one, other, lang = PAIRS[kind]
    titles = ("Pets in the cabin", "Notes on pets") if lang == "en" else ("客舱宠物", "宠物须知")
    (found,) = contradictions(_passages(_article(one, titles[0], lang)), _passages(_article(other, titles[1], lang)))
    assert found.kind == kind.removesuffix(" zh")


AGREE = {
    "the same in another unit": ("Book the pet at least 2 days before departure.", "Book the pet at least 48 hours before departure."),
    "another fare": ("A change of an Economy Light ticket with a pet costs CNY 300.", "A change of an Economy Flex ticket with a pet costs CNY 100."),
    "another case": ("If your pet weighs up to 5 kg, the pet fee is CNY 200.", "If your pet weighs up to 8 kg, the pet fee is CNY 300."),
    "before and after": ("Cancel a pet before departure and pay CNY 50.", "Cancel a pet after departure and pay CNY 150."),
    "other words": ("The pet fee is CNY 380.", "The lounge for pets at Shanghai opens at 6:00 and closes at 23:00."),
}


@pytest.mark.parametrize("case", AGREE)
def test_two_cases_of_a_rule_are_no_contradiction(case: str) -> None:
    """Another fare, condition, side of departure or unit is another sentence, not a contradiction."""
    one, other = AGREE[case]
    assert contradictions(_passages(_article(one, "Pets in the cabin")), _passages(_article(other, "Notes on pets"))) == ()


def test_a_list_that_repeats_itself_takes_no_hour() -> None:
    """Three thousand sentences of the same words are looked through in seconds."""
    many = _article("\n\n".join(f"The fee for a pet in the cabin is CNY {n} per flight." for n in range(3000)), "Pets in the cabin")
    began = time.perf_counter()
    contradictions(_passages(many), _passages(_article("A pet in the cabin costs a fee of CNY 450 per flight.", "Notes on pets")))
    assert time.perf_counter() - began < 30


def test_only_what_the_same_reader_can_meet_on_one_day_contradicts() -> None:
    """Not staff's own article, not one that had ended before the other began, not another version of itself."""
    one, other = _article("A", "Pets in the cabin"), _article("B", "Notes on pets")
    assert may_meet(one, other)
    assert not may_meet(one, other.model_copy(update={"audience": "staff"})) and not may_meet(one, one.model_copy(update={"version": 2}))
    assert not may_meet(one, _article("B", "Notes on pets", in_force={"from": "2025-01-01", "to": "2025-12-31"}))


def test_a_translation_with_another_figure_is_told() -> None:
    """Of the same section each states an amount that the other lacks."""
    en, zh = _article("The pet fee is CNY 380.", "Pets"), _article("宠物费为 830 元。", "宠物", "zh", id="Pets")
    (apart,) = figures_apart(passages_of(en), passages_of(zh))
    assert (apart.one[2], apart.other[2]) == ("380 CNY", "830 CNY")
    assert figures_apart(passages_of(en), passages_of(_article("宠物费为 380 元。", "宠物", "zh", id="Pets"))) == ()
