"""Finding: by words and by meaning, and only what this reader may read, in force on the day that counts."""

from copy import copy
from datetime import date

import numpy as np
import pytest

from basics.words import Lang
from knowledge.article import Article
from knowledge.cut import misplaced_ask, passages_of
from knowledge.embedder import Vectors
from knowledge.index import Hit
from knowledge.passage import asked_key, embedding_key
from knowledge.search import Found, search
from knowledge.shelf import Reader, Shelf, places_of_best, windows_of
from knowledge.terms import terms_of
from tests.bot.ferry import FERRY, Nowhere, a_shelf, an_article

DAYS = dict.fromkeys(("asking", "ticketing", "travel"), date(2026, 5, 4))
READER = Reader.model_validate({"days": DAYS})


class Remembered(Nowhere):
    """An index over vectors held in memory."""

    is_remote = lost = False

    def __init__(self, shelf: Shelf, vectors: dict[str, Vectors]) -> None:
        self.windows = {w: (p.lang, vectors[embedding_key(t)]) for p in shelf.passages.values() for w, t in windows_of(p).items()}

    def nearest(self, lang: Lang, vector: Vectors, most: int) -> tuple[Hit, ...]:
        hits = [Hit(window_id=w, cosine=float(v @ vector)) for w, (at, v) in self.windows.items() if at == lang]
        return tuple(sorted(hits, key=lambda h: -h.cosine)[:most])


def by_words(question: str, shelf: Shelf = FERRY, lang: Lang = "en", reader: Reader = READER) -> tuple[Found, ...]:
    return search(shelf, Nowhere(), None, terms_of(question), lang, reader)


def test_the_passage_with_the_words_comes_first() -> None:
    assert by_words("alarm at the ramp")[0].passage.section == "Boarding with a car"
    assert by_words("自行车 费用", lang="zh")[0].passage.section == "甲板费用"


def test_words_that_nothing_holds_find_nothing() -> None:
    assert by_words("helicopter") == ()


def test_meaning_finds_what_shares_no_word_and_names_the_nearest_unit() -> None:
    articles = [an_article("a", "# A\n\nWarm food is served. Cold food is sold.\n"), an_article("b", "# B\n\nShips sail.\n")]
    cut = [(a, passages_of(a)) for a in articles]
    texts = [t for _, ps in cut for p in ps for t in (*windows_of(p).values(), *(p.unit_text(u) for u in p.units))]
    place = {"Warm": 0, "Cold": 1, "Ships": 2}
    vectors = {embedding_key(t): _towards([n for word, n in place.items() if word in t]) for t in texts}
    shelf = Shelf(cut, vectors)
    best = search(shelf, Remembered(shelf, vectors), _towards([1]), (), "en", READER)[0]
    assert best.passage.article_id == "a" and best.units.index(max(best.units)) == 1


def _towards(places: list[int]) -> Vectors:
    vector = np.zeros(4, dtype=np.float32)
    vector[[*places, 3]] = 1.0
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


def test_only_the_version_in_force_on_the_day_that_counts_is_found() -> None:
    last_year = {"from": date(2025, 1, 1), "to": date(2025, 12, 31)}
    old = an_article("fee", "# Fee\n\nThe harbour fee is EUR 3.\n", in_force=last_year, applies_by="ticketing")
    new = an_article("fee", "# Fee\n\nThe harbour fee is EUR 4.\n", version=2, supersedes=1, applies_by="ticketing")
    shelf = a_shelf(old, new)
    bought_early = Reader.model_validate({"days": {**DAYS, "ticketing": date(2025, 7, 1)}})
    assert [f.passage.version for f in by_words("harbour fee", shelf)] == [2]
    assert [f.passage.version for f in by_words("harbour fee", shelf, reader=bought_early)] == [1]


def test_what_is_meant_for_others_is_not_found() -> None:
    shelf = a_shelf(an_article("crew", "# Crew\n\nThe crew code is 12.\n", audience="staff"))
    assert by_words("crew code", shelf) == ()
    assert by_words("crew code", shelf, reader=Reader.model_validate({"audiences": {"staff"}, "days": DAYS}))


def test_the_other_language_is_looked_at_only_for_what_it_alone_holds() -> None:
    def pair(*langs: Lang) -> Shelf:
        bodies: dict[Lang, str] = {"en": "# A\n\nText.\n", "zh": "# 甲\n\n正文。\n"}
        articles: list[Article] = [an_article("a", bodies[lang], lang) for lang in langs]
        return a_shelf(*articles)

    assert pair("en", "zh").has_own == {"en": False, "zh": False}
    assert pair("zh").has_own == {"en": False, "zh": True}


SEATS = """# Seats

A seat by the window costs EUR 3. A seat in the lounge costs EUR 9.

| Place | Fee |
| --- | --- |
| Upper deck | EUR 1 |
| Lower deck | EUR 2 |
"""
ASKS = [
    {"says": "in the lounge costs", "asked": ["the sofa corner", "somewhere quiet to nap"]},
    {"says": "Upper deck", "asked": ["with a view of the gulls"]},
]


def test_a_way_of_asking_belongs_to_the_sentence_or_row_that_says_it() -> None:
    units = [u for p in passages_of(an_article("seats", SEATS, asks=ASKS)) for u in p.units]
    assert [(u.text[:10], u.asked) for u in units if u.asked] == [
        ("A seat in ", ("the sofa corner", "somewhere quiet to nap")),
        ("Upper deck", ("with a view of the gulls",)),
    ]


def test_what_people_ask_for_in_other_words_is_found_by_these_words() -> None:
    """The policy says nothing of gulls; its author knows that people do."""
    noted, plain = (a_shelf(an_article("seats", SEATS, asks=asks)) for asks in (ASKS, []))
    assert by_words("where are the gulls", plain) == ()
    vectors = {asked_key(q): _towards([n]) for n, q in enumerate(("the sofa corner", "somewhere quiet to nap", "with a view of the gulls"))}
    article = an_article("seats", SEATS, asks=ASKS)
    best = search(Shelf([(article, passages_of(article))], vectors), Nowhere(), _towards([2]), terms_of("the gulls"), "en", READER)[0]
    assert best.passage.units[best.units.index(max(best.units))].text.startswith("Upper deck") and best.asked > 0.99
    assert noted.asked_lexicons["en"].knows("gull")


def test_asks_are_no_text_of_the_policy() -> None:
    """They may be added under the same version: what a receipt quotes stays where it was."""
    bare, noted = an_article("seats", SEATS), an_article("seats", SEATS, asks=ASKS)
    assert bare.text_hash == noted.text_hash and bare.content_hash != noted.content_hash
    assert [p.text for p in passages_of(bare)] == [p.text for p in passages_of(noted)]
    assert misplaced_ask(noted) is None
    lost = an_article("seats", SEATS, asks=[{"says": "on the roof", "asked": ["may I climb"]}])
    assert misplaced_ask(lost) == lost.asks[0]


def test_the_places_of_the_best_scores_are_those_of_a_whole_sort() -> None:
    """Nothing at 0 or below is named, and of equal scores the first."""
    draw = np.random.default_rng(1)
    for n in range(300):
        scores = np.round(draw.random(n), 1).astype(np.float32) - np.float32(0.3)
        most = 1 + n % 40
        assert places_of_best(scores, most) == [i for i in np.argsort(-scores, kind="stable").tolist()[:most] if scores[i] > 0]


def test_the_nearest_unit_of_a_large_base_is_looked_for_among_some(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a small one among all of them; several questions at once are each answered for themselves."""
    shelf, questions = copy(FERRY), np.eye(4, dtype=np.float32)[:2]
    rows = np.array([[0.1, 0.2, 0, 0], [0.9, 0, 0, 0], [0.3, 0.4, 0, 0]], dtype=np.float32)
    shelf._units, shelf._unit_rows = rows, {"all": (0, 3)}
    assert shelf.nearest_units(questions).tolist() == pytest.approx([0.9, 0.4])
    monkeypatch.setattr("knowledge.shelf._SMALL", 2)  # every second one
    assert shelf.nearest_units(questions).tolist() == pytest.approx([0.3, 0.4])
