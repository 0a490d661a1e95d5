"""Choosing the units (sentence, list item, table row) that answer, from the passages found. Pure: everything comes in."""

import re
from collections.abc import Sequence

from pydantic import BaseModel

from bot.own import OwnFact
from bot.steps import Understood
from knowledge.passage import Passage, Unit
from knowledge.search import Found
from knowledge.terms import terms_of

PASSAGES, MOST = 5, 3
NEAR = 0.35  # a unit whose score is at most this far behind the best may be said with it
FOR_AMOUNT = 0.15  # a unit with a figure in it, where a figure is asked for
_EXCEPTION = re.compile(
    r"\b(except(ion|ions)?|unless|however|but|only|does not apply|not apply|no exception|even if|instead)\b|除外|例外|除非|但|不适用|仅限|只有|不包括|即使", re.I
)
_FIGURE = re.compile(r"\d|[一二两三四五六七八九十百千半]")


class Chosen(BaseModel, frozen=True):
    """A unit that is to be said; `columns` are the cells of a row that matter (all where empty); `beside` marks an exception kept with it."""

    unit: Unit
    passage: Passage
    score: float
    cosine: float
    columns: tuple[int, ...] = ()
    beside: bool = False


def choose(understood: Understood, found: Sequence[Found], own: Sequence[OwnFact]) -> tuple[Chosen, ...]:
    """The two or three units that answer, best first, each with the exception that stands beside it."""
    scored = _scored(understood, found[:PASSAGES])
    if not scored:
        return ()
    best = scored[0]
    picked = _rows(understood, best, scored, own) if best.unit.kind == "row" else [best]
    for other in scored:
        if len(picked) >= MOST:
            break
        if other.score < best.score - NEAR or not all(_adds(other, p) for p in picked):
            continue
        if other.unit.kind == "row":
            if any(p.passage.id == other.passage.id and p.unit.kind == "row" for p in picked):
                continue
            picked += _rows(understood, other, scored, own)[: MOST - len(picked)]
        else:
            picked.append(other)
    return tuple(_with_exceptions(picked))


def _scored(understood: Understood, found: Sequence[Found]) -> list[Chosen]:
    out: list[Chosen] = []
    for f in found:
        for unit, score, cosine in zip(f.passage.units, f.units, f.unit_cosines, strict=True):
            if unit.text.endswith((":", "：")):
                continue  # a lead-in is said with its items, never alone
            bonus = FOR_AMOUNT if understood.wants_amount and _FIGURE.search(unit.text) else 0.0
            out.append(Chosen(unit=unit, passage=f.passage, score=score + bonus, cosine=cosine))
    return sorted(out, key=lambda c: -c.score)


def _rows(understood: Understood, best: Chosen, scored: Sequence[Chosen], own: Sequence[OwnFact]) -> list[Chosen]:
    """The rows of the best row's table that are asked about: those the question names, else the asker's own, else the nearest ones."""
    table = [c for c in scored if c.passage.id == best.passage.id and c.unit.kind == "row" and c.unit.caption == best.unit.caption]
    labels = [set(terms_of(c.unit.cells[0].text)) for c in table]
    shared = set.intersection(*labels) if len(table) > 1 else set()
    asked = set(understood.terms)
    telling = [label - shared for label in labels]
    named = [c for c, label in zip(table, telling, strict=True) if label & asked and len(label & asked) * 2 >= len(label)]
    if not named:
        terms = [f.terms(understood.lang) for f in own]
        named = [c for c, label in zip(table, labels, strict=True) if any(t and t <= label for t in terms)]
    if not named:
        named = table if len(table) <= MOST else [c for c in table if c.score >= best.score - NEAR / 2]
    return [_with_columns(understood, c, own) for c in named[:MOST]]


def _with_columns(understood: Understood, chosen: Chosen, own: Sequence[OwnFact]) -> Chosen:
    """Only the cells whose column the question names, or which are the asker's own; all where neither is so."""
    cells = chosen.unit.cells
    headers = [set(terms_of(c.header)) for c in cells]
    shared = set.intersection(*headers[1:]) if len(cells) > 2 else set()
    asked = set(understood.terms)
    named = [n for n in range(1, len(cells)) if (telling := headers[n] - shared) & asked and len(telling & asked) * 2 >= len(telling)]
    if not named and len(cells) > 2:
        named = [n for n in range(1, len(cells)) for f in own if f.terms(understood.lang) and f.terms(understood.lang) <= headers[n]]
    return chosen.model_copy(update={"columns": tuple(dict.fromkeys(named))})


def _adds(other: Chosen, picked: Chosen) -> bool:
    """True if `other` says something that `picked` does not say already."""
    mine, theirs = set(terms_of(other.unit.text)), set(terms_of(picked.unit.text))
    return bool(mine) and len(mine & theirs) < 0.7 * len(mine)


def _with_exceptions(picked: Sequence[Chosen]) -> list[Chosen]:
    """Each unit followed by the exception that stands right after it (after its table) in the same passage, unless it is picked already."""
    out: list[Chosen] = []
    taken = {c.unit.spans for c in picked}
    for n, chosen in enumerate(picked):
        out.append(chosen)
        same_table_follows = n + 1 < len(picked) and picked[n + 1].unit.kind == "row" and picked[n + 1].passage.id == chosen.passage.id
        if same_table_follows or len(out) > MOST:
            continue
        units = chosen.passage.units
        at = units.index(chosen.unit) + 1
        while chosen.unit.kind != "sentence" and at < len(units) and units[at].kind == chosen.unit.kind:
            at += 1
        if at < len(units) and units[at].spans not in taken and _EXCEPTION.search(units[at].text) and not units[at].text.endswith((":", "：")):
            taken.add(units[at].spans)
            out.append(chosen.model_copy(update={"unit": units[at], "columns": (), "beside": True}))
    return out
