"""Slips of the keyboard: what is read otherwise, and what never is."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.english import how_common
from knowledge.slips import Slips
from knowledge.slips_en import one_slip_from
from knowledge.sounds import sounds_of, spelled
from knowledge.terms import terms_of

ENGLISH = ["The baggage allowance of a flight is two bags.", "A refund of the ticket is made to the card.", "Their tier decides, their card too."]
CHINESE = "行李 退票 座位 登机 机牌 航班 改签"
SLIPS = Slips(ENGLISH, dict.fromkeys(CHINESE.split(), 40), frozenset(terms_of(f"{' '.join(ENGLISH)} {CHINESE}")).__contains__)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("bagage alowance", "baggage allowance"),
        ("how do i get a reufnd", "how do i get a refund"),
        ("how many bgas", "how many bags"),
        ("chnage my flihgt", "change my flight"),
        ("WHAT IS THE ALOWANCE", "WHAT IS THE ALLOWANCE"),
        ("what is thier tier", "what is their tier"),
        ("tuipiao", "退票"),
    ],
)
def test_an_english_word_one_slip_away_is_read_as_the_one_that_is_known(typed: str, meant: str) -> None:
    assert SLIPS.read(typed, "en") == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("行礼可以带几件", "行李可以带几件"),
        ("怎么推票", "怎么退票"),
        ("做位怎么选", "座位怎么选"),
        ("登机排丢了", "登机牌丢了"),
        ("xingli 多少公斤", "行李 多少公斤"),
        ("tuipiao要钱吗", "退票要钱吗"),
        ("wo de xing li zai na", "我的行李在哪"),
    ],
)
def test_a_character_of_the_same_sound_and_pinyin_are_read_as_the_word_that_is_known(typed: str, meant: str) -> None:
    assert SLIPS.read(typed, "zh") == meant


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("may I take a canoe, a ferret or a horse", "en"),  # words, though the base knows none of them
        ("Flihgt is my name, and Reufnd my dog's", "en"),
        ("write to bagage@flihgt.example about AB12 or flihgt-7", "en"),
        ("my colleague chang", "en"),
        ("a lot of qqqqq wwwww", "en"),
        ("能带雪橇和皮划艇吗", "zh"),
        ("用wifi要钱吗", "zh"),
        ("从zhangjiajie飞", "zh"),
    ],
)
def test_words_of_their_own_names_and_addresses_stay(text: str, lang: str) -> None:
    assert SLIPS.read(text, lang) == text  # type: ignore[arg-type]


def test_a_chinese_word_is_another_one_only_where_the_base_writes_that_far_more_often() -> None:
    """登记 is a word that people type more often than 登机 goes wrong; 行李 is half of what an airline speaks of."""
    some = Slips([], {"登机": 40, "行李": 160, "甲乙": 40_000}, lambda term: False)
    assert (some.read("怎么登记", "zh"), some.read("行礼箱", "zh")) == ("怎么登记", "行李箱")


def test_names_that_are_told_stay() -> None:
    assert SLIPS.read("to flihgt", "en", frozenset(["flihgt"])) == "to flihgt"
    assert SLIPS.read("去推票", "zh", frozenset(["推票"])) == "去推票"
    assert SLIPS.read("去xingli玩", "zh", frozenset(["xingli"])) == "去xingli玩"


NAMES = st.text(string.ascii_lowercase, min_size=1, max_size=9).map(str.capitalize)
CODES = st.from_regex(r"[a-z]{0,4}[0-9][a-z0-9.:/-]{0,5}[a-z0-9]", fullmatch=True)


@settings(max_examples=200, deadline=None)
@given(st.lists(NAMES | CODES, min_size=1, max_size=6), st.sampled_from(["bagage", "行礼", "reufnd for", "推票"]))
def test_names_and_numbers_stay(told: list[str], slip: str) -> None:
    """Whatever has a capital or a digit is never read otherwise, in either language."""
    text = " ".join([slip, *told, slip])
    for lang in ("en", "zh"):
        read = SLIPS.read(text, lang)  # type: ignore[arg-type]
        assert [w for w in read.split() if w in told] == [w for w in text.split() if w in told]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_whatever_is_typed_is_read(text: str) -> None:
    """Any text at all is read, and what was read stays as it is when it is read again in English."""
    SLIPS.read(text, "zh")
    once = SLIPS.read(text, "en")
    assert len(once) <= len(text) + 8 * len(text.split()) + 8


def test_only_the_first_few_unknown_words_are_looked_at() -> None:
    """A message of a hundred unknown words costs no more than one of eight."""
    read = SLIPS.read("reufnd " * 8 + "flihgt", "en")
    assert read == "refund " * 8 + "flihgt"


def test_a_slip_is_one_letter_or_two_that_changed_places() -> None:
    assert {"bag", "abg", "bga", "ag", "bagg", "big"} - set(one_slip_from("bag")) == {"bag"}
    assert len(set(one_slip_from("allowance"))) < 60 * len("allowance")


def test_what_is_english_and_how_characters_sound() -> None:
    assert how_common("canoe") > 0 and how_common("flihgt") == 0
    assert sounds_of("行") == ("xing", "hang") and sounds_of("€") == ()
    assert ("xing", "li") in spelled("xingli") and spelled("flight") == ()
