"""Twins: what stands in both languages is found by either of its wordings, and quoted in the asker's."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from basics.words import Lang
from knowledge.article import Article
from knowledge.cut import passages_of
from knowledge.embedder import Vectors
from knowledge.passage import asked_key, embedding_key
from knowledge.search import Found, search
from knowledge.shelf import Shelf, windows_of
from knowledge.twins import twins
from tests.bot.ferry import an_article
from tests.knowledge.test_search import READER, Remembered

EN = "# Food\n\nWarm food is served. Cold food is sold.\n"
ZH = "# 餐食\n\n供应热餐。出售冷餐。\n"
# What the embedder makes of each word: Chinese ones lie elsewhere than English ones, as with a real model, and the questions below as well.
_PLACES = {"Warm": 0, "Cold": 1, "热": 2, "冷": 3}


def towards(places: Sequence[int]) -> Vectors:
    vector = np.zeros(6, dtype=np.float32)
    vector[[*places, 5]] = 1.0
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


def vectors_of(articles: Sequence[Article]) -> dict[str, Vectors]:
    cut = [p for a in articles for p in passages_of(a)]
    texts = [t for p in cut for t in (*windows_of(p).values(), *(p.unit_text(u) for u in p.units))]
    return {embedding_key(t): towards([n for word, n in _PLACES.items() if word in t]) for t in texts}


def found(question: Vectors, lang: Lang, *articles: Article, asks: dict[str, Vectors] | None = None) -> Found:
    vectors = vectors_of(articles) | (asks or {})
    shelf = Shelf([(a, passages_of(a)) for a in articles], vectors)
    return search(shelf, Remembered(shelf, vectors), question, (), lang, READER)[0]


def test_the_wording_of_the_other_language_tells_which_sentence_is_meant() -> None:
    """Asked in English in a way that only the Chinese wording is near to: the English sentence of that place comes first, and is what is quoted."""
    near_cold_zh = towards([3])
    alone = found(near_cold_zh, "en", an_article("food", EN))
    assert alone.units[0] == alone.units[1]
    both = found(near_cold_zh, "en", an_article("food", EN), an_article("food", ZH, "zh"))
    assert both.passage.lang == "en" and both.units[1] > both.units[0]
    assert both.both_cosines[1] > both.both_cosines[0] and both.unit_cosines[0] == both.unit_cosines[1]


def test_how_people_ask_for_it_in_the_other_language_counts() -> None:
    asks = [{"says": "出售冷餐", "asked": ["有凉的吗"]}]
    noted = {asked_key("有凉的吗"): towards([4])}
    best = found(towards([4]), "en", an_article("food", EN), an_article("food", ZH, "zh", asks=asks), asks=noted)
    assert best.passage.lang == "en" and best.asked > 0.99 and best.units[1] > best.units[0]


def test_another_version_and_what_other_people_may_read_are_no_twins() -> None:
    here = an_article("food", EN)
    for there in (
        an_article("food", ZH, "zh", version=2),
        an_article("food", ZH, "zh", audience="staff"),
        an_article("food", ZH, "zh", in_force={"from": date(2027, 1, 1)}),
        an_article("drinks", ZH, "zh"),
    ):
        assert twins([(a, passages_of(a)) for a in (here, there)], vectors_of([here, there])) == {}


def test_where_the_parts_do_not_line_up_the_nearest_by_meaning_is_the_twin() -> None:
    here, there = an_article("food", EN), an_article("food", "# Food\n\nMore. Cold cuts. Warm soup.\n", "zh")
    pairs = twins([(a, passages_of(a)) for a in (here, there)], vectors_of([here, there]))
    (cut,), (other,) = passages_of(here), passages_of(there)
    texts = [unit.text for unit in other.units]
    assert [texts[pairs[cut.id, n][1]][:4] for n in (0, 1)] == ["Warm", "Cold"]
