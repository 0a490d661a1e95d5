"""Finding the passages that answer: meaning and words, fused by script; only what this reader may read, in force on the day that counts."""

from collections.abc import Iterable

from pydantic import BaseModel

from basics.words import LANGS, Lang
from knowledge.embedder import Vectors
from knowledge.index import Index
from knowledge.passage import Passage
from knowledge.shelf import Reader, Shelf

CANDIDATES = 60  # from each side before fusing: enough that filters of date and audience rarely empty the list
DENSE_SHARE = 0.6  # of the fused score; see docs/decisions/0003: chosen on development questions
OTHER_LANGUAGE = 0.9  # a passage in the other language has no words to share with the question: it is judged by meaning, slightly discounted


class Found(BaseModel, frozen=True):
    """A passage with how it was found: `cosine` to the question (-1..1), `bm25` (>= 0), both as shares of the best (0..1) in `score`."""

    passage: Passage
    score: float
    cosine: float
    bm25: float
    in_other_language: bool


def search(
    shelf: Shelf, index: Index, vector: Vectors | None, terms: Iterable[str], lang: Lang, reader: Reader, most: int = 8, dense_share: float = DENSE_SHARE
) -> tuple[Found, ...]:
    """The best passages for a question in `lang`, best first; `vector` None searches by words alone, `dense_share` 1.0 by meaning alone."""
    cosines = _by_meaning(shelf, index, vector) if vector is not None else {}
    words = _by_words(shelf, terms, lang)
    nearby = [p for p in map(shelf.passages.get, {*cosines, *_best(words)}) if p is not None and _is_his(shelf, p, lang, reader)]
    if not nearby:
        return ()
    low, high = _edges([cosines[p.id] for p in nearby if p.id in cosines])
    top = max((words.get(p.id, 0.0) for p in nearby), default=0.0)
    share = dense_share if vector is not None else 0.0
    found = []
    for p in nearby:
        other = p.lang != lang
        dense = (cosines.get(p.id, low) - low) / (high - low) if high > low else float(p.id in cosines)
        lexical = OTHER_LANGUAGE * dense if other else words.get(p.id, 0.0) / top if top else 0.0
        score = share * dense + (1 - share) * lexical
        found.append(Found(passage=p, score=score, cosine=cosines.get(p.id, low), bm25=words.get(p.id, 0.0), in_other_language=other))
    return tuple(sorted(found, key=lambda f: (-f.score, f.passage.id))[:most])


def _by_meaning(shelf: Shelf, index: Index, vector: Vectors) -> dict[str, float]:
    best: dict[str, float] = {}
    for lang in LANGS:
        if not shelf.lexicons[lang].ids:
            continue
        for hit in index.nearest(lang, vector, CANDIDATES):
            passage_id = hit.window_id.rpartition("#")[0]
            best[passage_id] = max(best.get(passage_id, -1.0), hit.cosine)
    return best


def _by_words(shelf: Shelf, terms: Iterable[str], lang: Lang) -> dict[str, float]:
    lexicon = shelf.lexicons[lang]
    scores = lexicon.scores(list(terms))
    return {lexicon.ids[i]: float(scores[i]) for i in scores.nonzero()[0]}


def _best(words: dict[str, float]) -> list[str]:
    return sorted(words, key=lambda i: -words[i])[:CANDIDATES]


def _is_his(shelf: Shelf, passage: Passage, lang: Lang, reader: Reader) -> bool:
    """In force and meant for this reader, the version that holds, and in the asker's language wherever that exists. Unknown -> no."""
    own = shelf.readable(passage.article_id, lang, reader)
    if own is not None:
        return own.key == passage.article_key
    there = shelf.readable(passage.article_id, passage.lang, reader)
    return there is not None and there.key == passage.article_key


def _edges(cosines: list[float]) -> tuple[float, float]:
    return (min(cosines), max(cosines)) if cosines else (0.0, 0.0)
