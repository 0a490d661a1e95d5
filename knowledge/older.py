"""How an older version's sentences are asked for: as their likes in the newer one, for authors note that only where they write now."""

from collections.abc import Mapping, Sequence

from knowledge.article import Article
from knowledge.passage import Passage, Unit
from knowledge.terms import terms_of

LEAST = 0.25  # of all words of the two that are in both: below it they say different things

Asks = Mapping[tuple[str, int], tuple[str, ...]]
"""Passage id and place of the unit -> the ways in which it is asked for."""


def borrowed(articles: Sequence[tuple[Article, Sequence[Passage]]]) -> Asks:
    """The ways of asking for the units of versions that note none themselves, from the next version that does."""
    out: dict[tuple[str, int], tuple[str, ...]] = {}
    noted = {a.key: ps for a, ps in articles if any(u.asked for p in ps for u in p.units)}
    for article, passages in articles:
        if article.key in noted:
            continue
        newer = sorted(v for i, lang, v in noted if (i, lang) == (article.id, article.lang) and v > article.version)
        if newer:
            out |= _likes(passages, noted[article.id, article.lang, newer[0]])
    return out


def _likes(old: Sequence[Passage], new: Sequence[Passage]) -> dict[tuple[str, int], tuple[str, ...]]:
    here = [(p.id, n, u, _words(p, u)) for p in old for n, u in enumerate(p.units)]
    out: dict[tuple[str, int], tuple[str, ...]] = {}
    for p in new:
        for unit in p.units:
            if unit.asked and here:
                words = _words(p, unit)
                share, at = max((_alike(words, w) + 0.01 * (u.kind == unit.kind), n) for n, (_, _, u, w) in enumerate(here))
                if share >= LEAST:
                    key = here[at][:2]
                    out[key] = (*out.get(key, ()), *unit.asked)
    return out


def _words(passage: Passage, unit: Unit) -> frozenset[str]:
    # Of a row its label says what it is about; the figures in its cells are what a new version changes.
    return frozenset(terms_of(f"{passage.section} {unit.caption} {unit.cells[0].text}" if unit.kind == "row" else f"{passage.section} {unit.text}"))


def _alike(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / (len(a | b) or 1)
