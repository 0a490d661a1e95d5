"""Finding what answers: meaning and words, of sentence, passage and article; only what this reader may read, in force on the day that counts."""

import contextlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from basics.words import LANGS, Lang
from knowledge.closeness import TWIN, Closeness, closeness, likeness, written_alike
from knowledge.embedder import Vectors
from knowledge.index import Hit, Index, IndexAway
from knowledge.passage import Passage
from knowledge.shelf import Reader, Shelf, places_of_best

CANDIDATES = 60  # from each side before fusing: enough that filters of date and audience rarely empty the list


class Weights(BaseModel, frozen=True):
    """What each kind of closeness adds to a unit's log odds of being the one that answers; fitted by `evals.fit_search` (decision 0005).

    `unit`, `window`: per cosine. `words…`: per share of the best BM25, of passage, article, unit, and of how people ask for it.
    `asked…`: per step of likeness between the question and the nearest way of asking for this unit, its section, its article.
    `other`: for being in the other language; `names`: there, per share of the best BM25 by what both languages write alike.
    `twin`: per cosine by which the unit's twin in the other language is nearer; with half of `unit` both views would count the same.
    `named`: for the article whose name the question says, among those that nearly read alike (knowledge/siblings.py).
    """

    unit: float = 42.69
    window: float = 18.36
    words: float = 1.75
    words_article: float = 0.86
    words_unit: float = 2.06
    words_asked: float = 1.97
    asked: float = 3.01
    asked_section: float = 2.14
    asked_article: float = 3.53
    other: float = 4.3
    names: float = 2.06
    twin: float = 23.15
    named: float = 5.7

    def per_column(self) -> NDArray[np.float64]:
        """The weights in the order of the columns of `Closeness`."""
        return np.array([getattr(self, name) for name in type(self).model_fields])


_NO_WORDS = dict.fromkeys(("words", "words_article", "words_unit", "words_asked", "other", "names", "twin", "named"), 0.0)
_NO_ASKS = dict.fromkeys(("asked", "asked_section", "asked_article", "words_asked"), 0.0)
MEANING_ONLY = Weights(**(_NO_WORDS | _NO_ASKS))
WORDS_ONLY = Weights(**(_NO_WORDS | _NO_ASKS | {"unit": 0.0, "window": 0.0, "words": 1.0}))


class Found(BaseModel, frozen=True):
    """A passage and how it was found: `score` orders (the best unit's), `units` are its units' log odds, `cosine` -1..1, `bm25` >= 0.

    `both_cosines`: of each unit the mean of its own cosine and its twin's, on the level of its own; its own where it has no twin.
    `asked` is the cosine with the nearest way of asking for anything in it that its author noted, 0 where none is noted.
    """

    passage: Passage
    score: float
    units: tuple[float, ...]
    unit_cosines: tuple[float, ...]
    both_cosines: tuple[float, ...]
    cosine: float
    bm25: float
    in_other_language: bool
    asked: float

    @property
    def asked_alike(self) -> float:
        """How much the question asks for the same as what the author noted, about 0..1."""
        return likeness(self.asked)


def search(
    shelf: Shelf,
    index: Index,
    vector: Vectors | None,
    terms: Sequence[str],
    lang: Lang,
    reader: Reader,
    most: int = 16,
    weights: Weights | None = None,
    asked: str = "",
) -> tuple[Found, ...]:
    """The best passages for a question in `lang`, best first; `vector` None searches by words alone, `asked` is the question as it was written."""
    near = look_around(shelf, index, vector, terms, lang, reader, asked)
    if near is None:
        return ()
    scores = near.features @ (weights or Weights()).per_column()
    best = sorted(range(len(near.passages)), key=lambda n: (-float(scores[near.units_of(n)].max()), near.passages[n].id))[:most]
    return tuple(found_of(near, n, scores, lang) for n in best)


def look_around(
    shelf: Shelf, index: Index, vector: Vectors | None, terms: Sequence[str], lang: Lang, reader: Reader, asked: str = ""
) -> Closeness | None:
    """Every passage that may answer this reader, with how close each of its units is; None where there is none."""
    cosines = _by_meaning(shelf, index, vector, lang) if vector is not None else {}
    ways = shelf.asked_similarity(vector) if vector is not None else None
    words = shelf.lexicons[lang].scores(terms)
    there: Lang = "en" if lang == "zh" else "zh"
    named = _best(shelf, there, shelf.lexicons[there].scores(alike)) if shelf.has_own[there] and (alike := written_alike(terms)) else ()
    noted = shelf.most_asked(ways, CANDIDATES) if ways is not None else ()
    candidates = dict.fromkeys((*cosines, *_best(shelf, lang, words), *named, *noted))
    nearby = [p for p in map(shelf.passages.get, candidates) if p is not None and _is_his(shelf, p, lang, reader)]
    return closeness(shelf, nearby, cosines, words, ways, vector, terms, lang, asked) if nearby else None


def found_of(near: Closeness, n: int, scores: NDArray[np.float64], lang: Lang) -> Found:
    """The n-th passage with the scores of its units."""
    units, p = near.units_of(n), near.passages[n]
    return Found(
        passage=p,
        score=float(scores[units].max()),
        units=tuple(scores[units].tolist()),
        unit_cosines=tuple(near.features[units, 0].tolist()),
        both_cosines=tuple((near.features[units, 0] + near.features[units, TWIN] / 2).tolist()),
        cosine=float(near.window[n]),
        bm25=float(near.bm25[n]),
        in_other_language=p.lang != lang,
        asked=float(near.asked[n]),
    )


def nearest_articles(shelf: Shelf, index: Index, vector: Vectors, lang: Lang) -> dict[str, float]:
    """The articles that come near by meaning, each with the cosine of its nearest place."""
    best: dict[str, float] = {}
    for passage_id, cosine in _by_meaning(shelf, index, vector, lang).items():
        passage = shelf.passages.get(passage_id)
        if passage is not None:
            best[passage.article_id] = max(best.get(passage.article_id, -1.0), cosine)
    return best


def _by_meaning(shelf: Shelf, index: Index, vector: Vectors, asked_in: Lang) -> dict[str, float]:
    best: dict[str, float] = {}
    for lang in LANGS:
        if not shelf.lexicons[lang].ids or (lang != asked_in and not shelf.has_own[lang]):
            continue  # in the other language only what is not there in the asker's
        for hit in _nearest(shelf, index, lang, vector):
            passage_id = hit.window_id.rpartition("#")[0]
            best[passage_id] = max(best.get(passage_id, -1.0), hit.cosine)
    return best


def _nearest(shelf: Shelf, index: Index, lang: Lang, vector: Vectors) -> tuple[Hit, ...]:
    """From the index; while it is away, or came back without what was put into it, from the shelf's own vectors: an answer never waits for it."""
    if not index.lost:
        with contextlib.suppress(IndexAway):
            return index.nearest(lang, vector, CANDIDATES)
    return shelf.nearest(lang, vector, CANDIDATES)


def _best(shelf: Shelf, lang: Lang, words: NDArray[np.float32]) -> list[str]:
    ids = shelf.lexicons[lang].ids
    return [ids[n] for n in places_of_best(words, CANDIDATES)]


def _is_his(shelf: Shelf, passage: Passage, lang: Lang, reader: Reader) -> bool:
    """In force and meant for this reader, the version that holds, and in the asker's language wherever that exists. Unknown -> no."""
    own = shelf.readable(passage.article_id, lang, reader)
    if own is not None:
        return own.key == passage.article_key
    there = shelf.readable(passage.article_id, passage.lang, reader)
    return there is not None and there.key == passage.article_key
