"""Finding what answers: meaning and words, of sentence, passage and article; only what this reader may read, in force on the day that counts."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from basics.words import LANGS, Lang
from knowledge.embedder import Vectors
from knowledge.index import Index
from knowledge.passage import Passage
from knowledge.shelf import Reader, Shelf, article_name

CANDIDATES = 60  # from each side before fusing: enough that filters of date and audience rarely empty the list


class Weights(BaseModel, frozen=True):
    """How much each kind of closeness counts; chosen by random search on evals/cases/dev.jsonl (docs/decisions/0003)."""

    unit: float = 0.36
    window: float = 0.19
    article: float = 0.13
    words: float = 0.20
    article_words: float = 0.55


MEANING_ONLY = Weights(words=0, article_words=0)
WORDS_ONLY = Weights(unit=0, window=0, article=0, words=1, article_words=0)
_STEP = 0.05  # a difference in cosine that is worth one unit of score: e5 packs everyday texts into 0.76..0.92
_OTHER_LANGUAGE = 0.9  # no words to share with the question: judged by meaning, slightly discounted


class Found(BaseModel, frozen=True):
    """A passage and how it was found: `score` orders (the best unit's), `units` are its units' scores, `cosine` -1..1, `bm25` >= 0."""

    passage: Passage
    score: float
    units: tuple[float, ...]
    unit_cosines: tuple[float, ...]
    cosine: float
    bm25: float
    in_other_language: bool


def search(
    shelf: Shelf,
    index: Index,
    vector: Vectors | None,
    terms: Sequence[str],
    lang: Lang,
    reader: Reader,
    most: int = 8,
    weights: Weights | None = None,
) -> tuple[Found, ...]:
    """The best passages for a question in `lang`, best first; `vector` None searches by words alone."""
    weights = weights or Weights()
    cosines = _by_meaning(shelf, index, vector, lang) if vector is not None else {}
    words = shelf.lexicons[lang].scores(terms)
    nearby = [
        p for p in map(shelf.passages.get, dict.fromkeys((*cosines, *_best(shelf, lang, words)))) if p is not None and _is_his(shelf, p, lang, reader)
    ]
    if not nearby:
        return ()
    low = min(cosines.values(), default=0.0)
    window = np.array([cosines.get(p.id, low) for p in nearby])
    bm25 = np.array([words[shelf.lexicons[lang].places[p.id]] if p.lang == lang else 0.0 for p in nearby])
    whole = _article_words(shelf, nearby, terms, lang)
    best_of: dict[str, float] = {}
    for p, cosine in zip(nearby, window, strict=True):
        best_of[p.article_id] = max(best_of.get(p.article_id, -1.0), float(cosine))
    article = np.array([best_of[p.article_id] for p in nearby])
    by_unit = [_unit_cosines(shelf, p, vector, float(c)) for p, c in zip(nearby, window, strict=True)]
    top_unit = max(float(u.max()) for u in by_unit)
    shares = _shares(window), _shares(article), _portions(bm25, nearby, lang, window), _portions(whole, nearby, lang, window)
    found = []
    for n, p in enumerate(nearby):
        base = weights.window * shares[0][n] + weights.article * shares[1][n] + weights.words * shares[2][n] + weights.article_words * shares[3][n]
        units = base + weights.unit * (by_unit[n] - top_unit) / _STEP
        found.append(
            Found(
                passage=p,
                score=float(units.max()),
                units=tuple(map(float, units)),
                unit_cosines=tuple(map(float, by_unit[n])),
                cosine=float(window[n]),
                bm25=float(bm25[n]),
                in_other_language=p.lang != lang,
            )
        )
    return tuple(sorted(found, key=lambda f: (-f.score, f.passage.id))[:most])


def _by_meaning(shelf: Shelf, index: Index, vector: Vectors, asked_in: Lang) -> dict[str, float]:
    best: dict[str, float] = {}
    for lang in LANGS:
        if not shelf.lexicons[lang].ids or (lang != asked_in and not shelf.has_own[lang]):
            continue  # in the other language only what is not there in the asker's
        for hit in index.nearest(lang, vector, CANDIDATES):
            passage_id = hit.window_id.rpartition("#")[0]
            best[passage_id] = max(best.get(passage_id, -1.0), hit.cosine)
    return best


def _best(shelf: Shelf, lang: Lang, words: NDArray[np.float32]) -> list[str]:
    ids = shelf.lexicons[lang].ids
    order = np.argsort(-words, kind="stable")[:CANDIDATES]
    return [ids[i] for i in order if words[i] > 0]


def _article_words(shelf: Shelf, nearby: Sequence[Passage], terms: Sequence[str], lang: Lang) -> NDArray[np.float64]:
    lexicon = shelf.article_lexicons[lang]
    scores = lexicon.scores(terms)
    return np.array([scores[lexicon.places[article_name(p.article_key)]] if p.lang == lang else 0.0 for p in nearby], dtype=np.float64)


def _unit_cosines(shelf: Shelf, passage: Passage, vector: Vectors | None, window: float) -> NDArray[np.float32]:
    similar = shelf.unit_similarity(passage.id, vector) if vector is not None else None
    return np.full(len(passage.units), window, dtype=np.float32) if similar is None else similar


def _shares(cosines: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray((cosines - cosines.max()) / _STEP)


def _portions(scores: NDArray[np.float64], nearby: Sequence[Passage], lang: Lang, window: NDArray[np.float64]) -> NDArray[np.float64]:
    """BM25 as a share of the best; a passage in the other language gets the share that its meaning would earn."""
    top = scores.max()
    out = scores / top if top > 0 else np.zeros_like(scores)
    span = max(float(window.max() - window.min()), 1e-6)
    for n, p in enumerate(nearby):
        if p.lang != lang:
            out[n] = _OTHER_LANGUAGE * (window[n] - window.min()) / span
    return np.asarray(out)


def _is_his(shelf: Shelf, passage: Passage, lang: Lang, reader: Reader) -> bool:
    """In force and meant for this reader, the version that holds, and in the asker's language wherever that exists. Unknown -> no."""
    own = shelf.readable(passage.article_id, lang, reader)
    if own is not None:
        return own.key == passage.article_key
    there = shelf.readable(passage.article_id, passage.lang, reader)
    return there is not None and there.key == passage.article_key
