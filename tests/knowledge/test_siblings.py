"""Titles that nearly read alike: the one whose name was said comes first, however it was written, and where none was said nothing changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from basics.words import Lang
from knowledge.search import search
from knowledge.shelf import Shelf
from knowledge.siblings import Siblings, pieces
from knowledge.terms import terms_of
from tests.bot.ferry import Nowhere, a_shelf, an_article
from tests.knowledge.test_search import READER

SERIES = st.sampled_from(["Tidewell", "Pavo", "X1", "星云", "云帆"])
MODEL = st.sampled_from(["3", "5", "200", "2000", "M", "S", "Duo", "二代"])
MORE = st.sampled_from(["Plus", "Pro", "Max", "家庭版", "青春版", "2026"])
ASKED = st.sampled_from(["How long may the {} run?", "my {} is broken, now what", "{} 能开多久？", "我的 {} 坏了怎么办"])
FRAME = st.sampled_from(["{} – Instruction manual", "{} 使用说明书", "User guide: {}"])
PUMPS = ("Tidewell X200 – Manual", "Tidewell X200 Pro – Manual", "Tidewell X2000 – Manual", "Tidewell X200 (2nd generation) – Manual")
CARDS = ("畅行银卡说明", "畅行金卡说明", "畅行金卡家庭版说明")
TARIFFS = ("Harbour Light – Tariff 2025", "Harbour – Tariff 2025", "Harbour – Tariff 2024")


@given(SERIES, st.lists(MODEL, min_size=2, max_size=4, unique=True), MORE, FRAME, ASKED)
def test_the_whole_name_comes_before_a_longer_one_and_that_before_none(series: str, models: list[str], more: str, frame: str, asked: str) -> None:
    """Whatever the series, the models, what the titles say besides, and the language of either."""
    short, other = frame.format(f"{series} {models[0]}"), frame.format(f"{series} {models[1]}")
    longer = frame.format(f"{series} {models[0]} {more}")
    titles = [short, longer, *(frame.format(f"{series} {m}") for m in models[1:])]
    known = Siblings(titles)
    named = known.named(asked.format(f"{series} {models[0]}"), titles)
    assert named[short] > named.get(longer, 0.0) >= named.get(other, 0.0)
    assert known.other_named(asked.format(f"{series} {models[0]}"), longer, titles)
    named = known.named(asked.format(f"{series} {models[0]} {more}"), titles)
    assert max(named, key=lambda title: named[title]) == longer and named.get(short, 0.0) < named[longer]


@given(st.text(max_size=60), st.lists(st.text(max_size=20), max_size=6))
def test_any_text_is_read_and_what_is_named_is_between_none_and_one(question: str, titles: list[str]) -> None:
    assert all(0 < value <= 1 for value in Siblings(titles).named(question, titles).values())


@pytest.mark.parametrize(
    ("question", "titles", "meant"),
    [
        ("does the X-200 have a filter", PUMPS, PUMPS[0]),
        ("Ｘ２００ 有滤网吗", PUMPS, PUMPS[0]),
        ("x 200 pro filter?", PUMPS, PUMPS[1]),
        ("X2000 的滤网多久换", PUMPS, PUMPS[2]),
        ("the second generation of the X200", PUMPS, PUMPS[3]),
        ("X200 二代的滤网", PUMPS, PUMPS[3]),
        ("第2代 X200 的滤网", PUMPS, PUMPS[3]),
        ("金卡能带几个人", CARDS, CARDS[1]),
        ("金卡家庭版能带几个人", CARDS, CARDS[2]),
        ("銀卡能帶幾個人", CARDS, CARDS[0]),
        ("is a bicycle free in Economy Light?", ("Economy Light", "Economy Flex", "Business"), "Economy Light"),
        ("what is Harbour Light's notice", TARIFFS, TARIFFS[0]),
        ("what notice has Harbour 2025", TARIFFS, TARIFFS[1]),
        ("roaming with the 2024 version of 金卡", (*CARDS, "畅行金卡说明（2024 版）"), "畅行金卡说明（2024 版）"),
        ("Harbour 2024 提前多久退订", TARIFFS, TARIFFS[2]),
    ],
)
def test_a_name_is_known_however_it_is_written(question: str, titles: tuple[str, ...], meant: str) -> None:
    """Hyphens, spaces, full width, generations in figures and words, years, colours, traditional characters."""
    named = Siblings(titles).named(question, titles)
    assert [title for title, value in named.items() if value == max(named.values())] == [meant]


@pytest.mark.parametrize(
    ("question", "titles"),
    [
        ("how do I clean the filter?", PUMPS),
        ("Tidewell 的滤网怎么洗？", PUMPS),
        ("I have 2 of them and 200 metres of hose", PUMPS),
        ("套餐怎么退？", CARDS),
        ("is the Gullwing quick?", ("The Gullwing", "Lost bags", "Meals on board")),
    ],
)
def test_where_no_look_alike_is_told_from_the_others_nothing_changes(question: str, titles: tuple[str, ...]) -> None:
    """Not by the series alone, by bare numbers, or by the name of what has no sibling."""
    assert Siblings(titles).named(question, titles) == {}


@pytest.mark.parametrize("apart", [" – ", ": ", "：", " | "])
@pytest.mark.parametrize("question", ["for how many years is the X200 covered?", "X200 能保修几年？"])
def test_every_document_of_the_model_that_is_named_is_named_and_of_another_none(apart: str, question: str) -> None:
    """Where a model has several documents: what a title says apart from the name does not tell models apart."""
    titles = [f"Halo {model}{apart}{about}" for model in ("X200", "X200 Pro", "X2000") for about in ("Setup guide", "Warranty")]
    named = Siblings(titles).named(question, titles)
    assert {t for t, value in named.items() if value == max(named.values())} == set(titles[:2])
    assert not any("X2000" in t for t in named)
    assert Siblings(titles).named("Halo 保修几年？", titles) == {}


def test_a_plus_is_a_word_and_what_is_owned_is_no_letter() -> None:
    assert pieces("Corvella M+") == pieces("corvella m plus") and pieces("what's the Duo’s") == ("what", "the", "duo")


@pytest.mark.parametrize(
    ("lang", "question", "meant"),
    [
        ("en", "how many bar does the pump M press?", "m"),
        ("en", "how many bar does the pump M+ press?", "m-plus"),
        ("zh", "水泵M的压力是多少？", "m"),
    ],
)
def test_of_two_documents_in_the_same_words_the_one_that_was_named_is_found(lang: Lang, question: str, meant: str) -> None:
    shelf: Shelf = a_shelf(
        an_article("m", PAGE[lang].format("M", 4), lang), an_article("m-plus", PAGE[lang].format("M Plus", 9) + PAGE[lang].format("M Plus", 9), lang)
    )
    assert search(shelf, Nowhere(), None, terms_of(question), lang, READER, asked=question)[0].passage.article_id == meant


PAGE = {"en": "# Pump {}\n\nThe pump presses {} bar.\n\n", "zh": "# 水泵 {}\n\n水泵的压力是 {} 巴。\n\n"}
