"""How close each unit of some passages is to a question, in thirteen ways that only then are weighed together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from basics.words import Lang
from knowledge.embedder import Vectors
from knowledge.passage import Passage
from knowledge.shelf import Lexicon, Shelf, article_name, unit_name

Floats = NDArray[np.float64]
COLUMNS = 13
TWIN = 11  # the column of the twins
_UNLIKE, _LIKER = 0.64, 0.16  # the cosine of two questions that ask for different things (the median), and what is one step above it
_OTHER_LANGUAGE = 0.9  # no words to share with the question: judged by meaning, slightly discounted


@dataclass(frozen=True)
class Closeness:
    """Passages with the features of their units, one row a unit in the passages' order; per passage `window` and `asked` (cosines), `bm25`.

    Columns: cosine of the unit, of the window; share of the best BM25 of passage, article, unit, ways of asking; likeness with a way of asking
    for the unit, for anything in its section, in its article; whether it is in the other language, and there the share of the best BM25 by the
    names and numbers that both languages write alike; how much nearer than the unit its twin in the other language is; how much the question names
    just this title beside its siblings.
    """

    passages: Sequence[Passage]
    starts: NDArray[np.int64]
    features: Floats
    window: Floats
    bm25: Floats
    asked: Floats

    def units_of(self, n: int) -> slice:
        """The rows of the n-th passage."""
        return slice(int(self.starts[n]), int(self.starts[n + 1]))


def closeness(
    shelf: Shelf,
    nearby: Sequence[Passage],
    cosines: Mapping[str, float],
    words: NDArray[np.float32],
    ways: NDArray[np.float32] | None,
    vector: Vectors | None,
    terms: Sequence[str],
    lang: Lang,
    asked: str = "",
) -> Closeness:
    """The features. `cosines`: of windows, by passage id; `words`: BM25 of the language's passages; `ways`: of every unit; `asked`: as written."""
    counts = np.array([len(p.units) for p in nearby])
    starts = np.concatenate([[0], np.cumsum(counts)])
    low = min(cosines.values(), default=0.0)
    window = np.array([cosines.get(p.id, low) for p in nearby])
    own = np.array([p.lang == lang for p in nearby])
    bm25 = np.array([float(words[shelf.lexicons[lang].places[p.id]]) if p.lang == lang else 0.0 for p in nearby])
    by_meaning = _OTHER_LANGUAGE * (window - window.min()) / max(float(np.ptp(window)), 1e-6)
    articles = shelf.article_lexicons[lang]
    whole = articles.scores(terms)
    of_article = np.array([float(whole[articles.places[article_name(p.article_key)]]) if p.lang == lang else 0.0 for p in nearby])
    alike = np.zeros(int(starts[-1])) if ways is None else _likenesses(np.concatenate([ways[shelf.units_of(p)] for p in nearby]))
    section, article = _best_of(nearby, alike, starts)
    units = _unit_cosines(shelf, nearby, vector, window)
    named = shelf.siblings.named(asked, {p.title for p in nearby}) if asked else {}
    features = np.column_stack(
        [
            units,
            np.repeat(window, counts),
            np.repeat(np.where(own, _shares(bm25), by_meaning), counts),
            np.repeat(np.where(own, _shares(of_article), by_meaning), counts),
            _unit_words(shelf.unit_lexicons[lang], nearby, terms, lang, by_meaning),
            _unit_words(shelf.asked_lexicons[lang], nearby, terms, lang, by_meaning * bool(alike.any())),
            alike,
            np.repeat(section, counts),
            np.repeat(article, counts),
            np.repeat(np.where(own, 0.0, 1.0), counts),
            np.repeat(_names(shelf, nearby, terms, lang), counts),
            _twins(shelf, nearby, vector, units),
            np.repeat([named.get(p.title, 0.0) for p in nearby], counts),
        ]
    )
    nearest = np.zeros(len(nearby)) if ways is None else np.array([float(ways[shelf.units_of(p)].max()) for p in nearby])
    return Closeness(nearby, starts, features, window, bm25, nearest)


def written_alike(terms: Sequence[str]) -> list[str]:
    """The terms that English and Chinese write alike: product names, codes, numbers."""
    return [t for t in terms if t.isascii()]


def likeness(cosine: float) -> float:
    """How much two questions ask for the same, in steps of cosine above what unlike ones have."""
    return max(0.0, cosine - _UNLIKE) / _LIKER


def _names(shelf: Shelf, nearby: Sequence[Passage], terms: Sequence[str], lang: Lang) -> Floats:
    """Of passages in the other language the share of the best BM25 by what both write alike: product names, codes, numbers. 0 for our own."""
    alike = written_alike(terms)
    there: Lang = "en" if lang == "zh" else "zh"
    if not alike or all(p.lang == lang for p in nearby):
        return np.zeros(len(nearby))
    lexicon = shelf.lexicons[there]
    scores = lexicon.scores(alike)
    top = float(scores.max(initial=0.0)) or 1.0
    return np.array([0.0 if p.lang == lang else float(scores[lexicon.places[p.id]]) / top for p in nearby])


def _likenesses(cosines: NDArray[np.float32]) -> Floats:
    return np.maximum(cosines.astype(np.float64) - _UNLIKE, 0.0) / _LIKER


def _best_of(nearby: Sequence[Passage], alike: Floats, starts: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Of each passage the best likeness in its section, and in its article."""
    best = np.maximum.reduceat(alike, starts[:-1])
    section: dict[tuple[str, str], float] = {}
    article: dict[str, float] = {}
    for p, value in zip(nearby, best.tolist(), strict=True):
        section[p.article_id, p.section] = max(value, section.get((p.article_id, p.section), 0.0))
        article[p.article_id] = max(value, article.get(p.article_id, 0.0))
    return np.array([section[p.article_id, p.section] for p in nearby]), np.array([article[p.article_id] for p in nearby])


def _unit_cosines(shelf: Shelf, nearby: Sequence[Passage], vector: Vectors | None, window: Floats) -> Floats:
    out = []
    for p, of_window in zip(nearby, window.tolist(), strict=True):
        similar = shelf.unit_similarity(p.id, vector) if vector is not None else None
        out.append(np.full(len(p.units), of_window) if similar is None else similar)
    return np.concatenate(out).astype(np.float64)


def _twins(shelf: Shelf, nearby: Sequence[Passage], vector: Vectors | None, units: Floats) -> Floats:
    """How much nearer the twin of each unit is than the unit itself, from the mean: another language is further as such. 0 without a twin."""
    if vector is None:
        return np.zeros(len(units))
    nearer = shelf.twin_similarity(nearby, vector) - units
    there = ~np.isnan(nearer)
    return np.where(there, nearer - nearer[there].mean(), 0.0) if there.any() else np.zeros(len(units))


def _unit_words(lexicon: Lexicon, nearby: Sequence[Passage], terms: Sequence[str], lang: Lang, by_meaning: Floats) -> Floats:
    """BM25 of each unit as a share of the best unit's; a passage in the other language gets half the share that its meaning would earn."""
    scores = lexicon.scores(terms)
    top = float(scores.max(initial=0.0)) or 1.0
    out = []
    for n, p in enumerate(nearby):
        at = lexicon.places.get(unit_name(p.id, 0)) if p.lang == lang else None
        out.append(np.full(len(p.units), by_meaning[n] / 2) if at is None else scores[at : at + len(p.units)].astype(np.float64) / top)
    return np.concatenate(out)


def _shares(scores: Floats) -> Floats:
    top = float(scores.max()) if len(scores) else 0.0
    return scores / top if top > 0 else np.zeros_like(scores)
