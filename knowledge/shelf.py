"""The shelf: every passage that can be cited at the moment, held in memory with what search needs; replaced whole when the base changes."""

import copy
import logging
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import bm25s
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from basics.words import LANGS, Lang
from knowledge.article import AppliesBy, Article, ArticleKey, Audience
from knowledge.embedder import Vectors
from knowledge.index import Hit
from knowledge.older import borrowed
from knowledge.passage import Passage, asked_key, embedding_key
from knowledge.siblings import Siblings
from knowledge.slips import Slips
from knowledge.terms import is_pair, terms_of
from knowledge.twins import twins

logging.getLogger("bm25s").setLevel(logging.WARNING)  # it sets itself to DEBUG when imported
_SMALL = 30_000  # rows: 108 MB in single precision
_AT_ONCE = 4_096  # rows in a product: what is made besides stays small
WINDOW: dict[Lang, int] = {"en": 760, "zh": 260}


class Reader(BaseModel, frozen=True):
    """Who reads, as far as articles care: the audiences they belong to and the day that counts for each `applies_by`."""

    audiences: frozenset[Audience] = frozenset({"public"})
    days: Mapping[AppliesBy, date]

    def may_read(self, article: Article) -> bool:
        """Only what is meant for them and in force on the day that the article itself names."""
        return article.audience in self.audiences and article.in_force.holds_on(self.days[article.applies_by])


class Lexicon:
    """BM25 and word weights over texts of one language, each given as its terms; `ids` names them in order."""

    def __init__(self, texts: Mapping[str, Sequence[str]]) -> None:
        self.ids = list(texts)
        self.places = {i: n for n, i in enumerate(self.ids)}
        terms = [list(t) for t in texts.values()]
        self._held_by = Counter(t for held in terms for t in set(held))
        self._bm25 = bm25s.BM25(method="lucene", k1=1.2, b=0.6)
        if terms:
            self._bm25.index([held or ["\u2205"] for held in terms], show_progress=False)

    def scores(self, terms: Sequence[str]) -> NDArray[np.float32]:
        """The BM25 score of every text, in the order of `ids`."""
        known = [t for t in terms if t in self._held_by]
        if not known:
            return np.zeros(len(self.ids), dtype=np.float32)
        return np.asarray(self._bm25.get_scores(known), dtype=np.float32)

    def weight(self, term: str) -> float:
        """How much a term tells: its inverse document frequency; a word the base does not know weighs most."""
        n, held = max(len(self.ids), 1), self._held_by[term]
        return math.log(1 + (n - held + 0.5) / (held + 0.5))

    def held(self) -> Iterable[tuple[str, int]]:
        """Every term with the number of texts that hold it."""
        return self._held_by.items()

    def knows(self, term: str) -> bool:
        """True if any text holds the term."""
        return term in self._held_by


class Shelf:
    """Passages, their articles, lexicons and unit vectors. Immutable after it is built, so a turn works on one snapshot throughout.

    `has_own` tells of each language whether it holds an article that the other does not hold for the same readers and dates.
    """

    def __init__(self, articles: Sequence[tuple[Article, Sequence[Passage]]], vectors: Mapping[str, Vectors], revision: int = 0) -> None:
        self.revision = revision
        self.articles: dict[ArticleKey, Article] = {a.key: a for a, _ in articles}
        self.passages: dict[str, Passage] = {p.id: p for _, ps in articles for p in ps}
        self.siblings = Siblings(a.title for a, _ in articles)
        heads = {p.id: terms_of(p.heading) for p in self.passages.values()}
        units = {unit_name(p.id, n): (p, terms_of(f"{u.lead_in} {u.text}")) for p in self.passages.values() for n, u in enumerate(p.units)}
        whole: dict[str, list[str]] = {i: list(head) for i, head in heads.items()}
        for p, terms in units.values():
            whole[p.id] += terms
        asked = {unit_name(p.id, n): (p, terms_of("\n".join(u.asked))) for p in self.passages.values() for n, u in enumerate(p.units)}
        self.lexicons = {lang: Lexicon({i: t for i, t in whole.items() if self.passages[i].lang == lang}) for lang in LANGS}
        self.article_lexicons = {
            lang: Lexicon({article_name(a.key): [t for p in ps for t in whole[p.id]] for a, ps in articles if a.lang == lang}) for lang in LANGS
        }
        self.unit_lexicons = {lang: Lexicon({i: (*heads[p.id], *t) for i, (p, t) in units.items() if p.lang == lang}) for lang in LANGS}
        self.asked_lexicons = {lang: Lexicon({i: t for i, (p, t) in asked.items() if p.lang == lang}) for lang in LANGS}
        english = [" ".join((p.heading, u.lead_in, u.text, *u.asked)) for p in self.passages.values() if p.lang == "en" for u in p.units]
        held = Counter(dict(self.lexicons["zh"].held())) + Counter(dict(self.asked_lexicons["zh"].held()))
        self.slips: Slips | None = Slips(english, {t: n for t, n in held.items() if is_pair(t)}, self.knows)
        facts = {lang: {(a.id, a.version, a.audience, a.in_force, a.applies_by) for a, _ in articles if a.lang == lang} for lang in LANGS}
        self.has_own: dict[Lang, bool] = {lang: bool(facts[lang] - facts["zh" if lang == "en" else "en"]) for lang in LANGS}
        self._versions: dict[tuple[str, Lang], list[Article]] = {}
        for article in self.articles.values():
            self._versions.setdefault((article.id, article.lang), []).append(article)
        rows: list[Vectors] = []
        self._unit_rows: dict[str, tuple[int, int]] = {}
        self._places: dict[str, slice] = {}
        ways: list[tuple[int, Vectors]] = []
        older = borrowed(articles)
        count = 0
        for passage in self.passages.values():
            found = [vectors[k] for k in (embedding_key(passage.unit_text(u)) for u in passage.units) if k in vectors]
            if len(found) == len(passage.units):
                self._unit_rows[passage.id] = (len(rows), len(rows) + len(found))
                rows += found
            self._places[passage.id] = slice(count, count + len(passage.units))
            ways += [
                (count + n, vectors[k])
                for n, u in enumerate(passage.units)
                for k in map(asked_key, u.asked or older.get((passage.id, n), ()))
                if k in vectors
            ]
            count += len(passage.units)
        self._count = count
        self._named = tuple(self._places)
        self._starts = np.fromiter((at.start for at in self._places.values()), dtype=np.int64)
        self._units = _matrix(rows)
        keys = {lang: dict(pair for p in self.passages.values() if p.lang == lang for pair in _window_keys(p)) for lang in LANGS}
        windows = {lang: {i: vectors[k] for i, k in of.items() if k in vectors} for lang, of in keys.items()}
        self._windows = {lang: (tuple(of), _matrix(list(of.values()))) for lang, of in windows.items()}
        self._twin_of = np.arange(count)
        self._twin_rows = np.full(count, -1, dtype=np.int64)
        for (one, n), (other, m) in twins(articles, vectors).items():
            at = self._places[one].start + n
            self._twin_of[at] = self._places[other].start + m
            self._twin_rows[at] = self._unit_rows[other][0] + m if other in self._unit_rows else -1
        self._asked_of = np.array([n for n, _ in ways], dtype=np.int64)
        self._asked = _matrix([v for _, v in ways])

    def at(self, revision: int) -> "Shelf":
        """The same shelf under another revision's number."""
        other = copy.copy(self)
        other.revision = revision
        return other

    def knows(self, term: str) -> bool:
        """True if any passage, in whichever language, or any way of asking for one holds the term."""
        return any(held[lang].knows(term) for held in (self.lexicons, self.asked_lexicons) for lang in LANGS)

    def article_of(self, passage: Passage) -> Article:
        """The article version that a passage was cut from."""
        return self.articles[passage.article_key]

    def readable(self, article_id: str, lang: Lang, reader: Reader) -> Article | None:
        """The version of an article that this reader may read in this language: the newest of those in force for them, or None."""
        fit = [a for a in self._versions.get((article_id, lang), ()) if reader.may_read(a)]
        return max(fit, key=lambda a: a.version) if fit else None

    def versions(self, article_id: str, lang: Lang) -> Sequence[Article]:
        """Every version of an article that may be cited in this language."""
        return self._versions.get((article_id, lang), [])

    def unit_similarity(self, passage_id: str, question: Vectors) -> NDArray[np.float32] | None:
        """Cosine of the question with each unit of the passage, or None where units were not embedded."""
        if passage_id not in self._unit_rows:
            return None
        start, end = self._unit_rows[passage_id]
        return np.asarray(self._units[start:end].astype(np.float32, copy=False) @ question, dtype=np.float32)

    def twin_similarity(self, passages: Sequence[Passage], question: Vectors) -> NDArray[np.float32]:
        """Cosine of the question with the twin (knowledge/twins.py) of each unit of these passages, one after the other; nan where it has none."""
        rows = np.concatenate([self._twin_rows[self._places[p.id]] for p in passages])
        out = np.full(len(rows), np.nan, dtype=np.float32)
        there = rows >= 0
        if there.any():  # in one go: a passage at a time costs four times as much
            out[there] = self._units[rows[there]].astype(np.float32, copy=False) @ question
        return out

    def nearest(self, lang: Lang, question: Vectors, most: int) -> tuple[Hit, ...]:
        """At most `most` windows of a language, nearest first, by an exact look at every one: for the time in which the index is away."""
        ids, rows = self._windows[lang]
        if not ids:
            return ()
        cosines = np.clip(rows.astype(np.float32, copy=False) @ question, -1.0, 1.0)
        best = np.argsort(-cosines, kind="stable")[:most]
        return tuple(Hit(window_id=ids[n], cosine=float(cosines[n])) for n in best)

    def units_of(self, passage: Passage) -> slice:
        """Where the passage's units stand among all units of the shelf."""
        return self._places[passage.id]

    def nearest_units(self, questions: Vectors) -> NDArray[np.float32]:
        """Of each question (n, dimensions) the cosine with the nearest unit of all, in a large base of every so many-th; 0 where none is embedded."""
        best = np.zeros(len(questions), dtype=np.float32)
        rows = self._units[:: -(-len(self._units) // _SMALL)] if self._unit_rows else self._units[:0]
        for at in range(0, len(rows), _AT_ONCE):
            np.maximum(best, (rows[at : at + _AT_ONCE].astype(np.float32, copy=False) @ questions.T).max(axis=0), out=best)
        return best

    def asked_similarity(self, question: Vectors) -> NDArray[np.float32]:
        """Of every unit of the shelf the cosine with the nearest way in which it or its twin is asked for; 0 where none is noted."""
        out = np.zeros(self._count, dtype=np.float32)
        if len(self._asked_of):
            np.maximum.at(out, self._asked_of, self._asked.astype(np.float32, copy=False) @ question)
        return np.maximum(out, out[self._twin_of])

    def most_asked(self, ways: NDArray[np.float32], most: int) -> tuple[str, ...]:
        """Ids of the passages whose units are asked for most like this, best first."""
        if not len(self._asked_of):
            return ()
        best = np.maximum.reduceat(ways, self._starts)  # of each passage; every one has a unit
        return tuple(self._named[n] for n in places_of_best(best, most))


def places_of_best(scores: NDArray[np.float32], most: int) -> list[int]:
    """Where the highest scores above 0 stand, best first, of equal ones the first; sorts no more than it gives."""
    held = np.flatnonzero(scores > 0)
    if len(held) > most:
        least = np.partition(scores[held], -most)[-most]
        held = held[scores[held] >= least]
    best: list[int] = held[np.argsort(-scores[held], kind="stable")][:most].tolist()
    return best


def _matrix(rows: Sequence[Vectors]) -> NDArray[np.float16] | NDArray[np.float32]:
    """Rows as a matrix: in single precision while it is small, in half where memory counts more than the time to convert."""
    if len(rows) <= _SMALL:
        return np.asarray(rows, dtype=np.float32) if rows else np.zeros((0, 1), dtype=np.float32)
    return np.asarray(rows, dtype=np.float16)


def article_name(key: ArticleKey) -> str:
    """An article version as one word."""
    return ":".join(map(str, key))


def unit_name(passage_id: str, place: int) -> str:
    """A unit of a passage as one word."""
    return f"{passage_id}/{place}"


def _window_keys(passage: Passage) -> list[tuple[str, str]]:
    return [(i, embedding_key(text)) for i, text in windows_of(passage).items()]


def windows_of(passage: Passage) -> dict[str, str]:
    """Window id -> the text that is embedded to find the passage."""
    return {f"{passage.id}#{n}": text for n, text in enumerate(passage.windows(WINDOW[passage.lang]))}
