"""Twins: of each unit the one that says the same in the other language, where the same version of its article stands there for the same readers."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

import numpy as np

from basics.words import Lang
from knowledge.article import Article, ArticleKey
from knowledge.embedder import Vectors
from knowledge.passage import Passage, Unit, embedding_key

Place = tuple[str, int]
"""A unit: the id of its passage and its place in it."""
_Placed = tuple[Place, Unit, Vectors]


def twins(articles: Sequence[tuple[Article, Sequence[Passage]]], vectors: Mapping[str, Vectors]) -> dict[Place, Place]:
    """Unit -> its twin, both ways. A twin only helps to find: what is quoted is in the asker's language.

    Sections are told apart by their order. Where a section has the same kinds of units in the same order these are each other's twins, else the
    twin is the nearest by meaning among the units of its kind; with sections of another number, among those of the whole article.
    """
    held = {article.key: (article, passages) for article, passages in articles}
    out: dict[Place, Place] = {}
    for article, passages in articles:
        there = held.get(_other(article.key))
        if there is None or _facts(article) != _facts(there[0]):
            continue  # of other readers or days: what holds here may not hold there
        mine, theirs = list(_sections(passages, vectors)), list(_sections(there[1], vectors))
        if len(mine) != len(theirs):
            mine, theirs = [[p for s in mine for p in s]], [[p for s in theirs for p in s]]
        for one, other in zip(mine, theirs, strict=True):
            out.update(_matched(one, other))
    return out


def _other(key: ArticleKey) -> ArticleKey:
    there: Lang = "en" if key[1] == "zh" else "zh"
    return (key[0], there, key[2])


def _facts(article: Article) -> tuple[object, ...]:
    return (article.audience, article.in_force, article.applies_by)


def _sections(passages: Sequence[Passage], vectors: Mapping[str, Vectors]) -> Iterator[list[_Placed]]:
    """The units of each section that are embedded; a section's passages follow each other."""
    for _, group in groupby(passages, key=lambda p: p.section):
        named = [((p.id, n), u, embedding_key(p.unit_text(u))) for p in group for n, u in enumerate(p.units)]
        yield [(place, unit, vectors[key]) for place, unit, key in named if key in vectors]


def _matched(mine: Sequence[_Placed], theirs: Sequence[_Placed]) -> Iterator[tuple[Place, Place]]:
    if [u.kind for _, u, _ in mine] == [u.kind for _, u, _ in theirs]:
        yield from ((one[0], other[0]) for one, other in zip(mine, theirs, strict=True))
        return
    for place, unit, vector in mine:
        alike = [(float(np.dot(vector.astype(np.float32), v.astype(np.float32))), there) for there, u, v in theirs if u.kind == unit.kind]
        if alike:
            yield place, max(alike)[1]
