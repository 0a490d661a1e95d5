"""A table row said as a sentence: its label, then columns by name with what stands under them; or a column by rows."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from knowledge.claims_tokens import Token, tokens_of
from knowledge.claims_units import Source, cells_of

Keys = tuple[str, ...]


class Row(NamedTuple):
    """A table row: the keys of its cells and of its header's cells."""

    header: tuple[Keys, ...]
    cells: tuple[Keys, ...]
    source: Source
    two_labels: bool  # the second cell is a name as well: Gold — Economy Light: …


def keys_of(text: str) -> Keys:
    """The keys of a text."""
    return tuple(t.key for t in tokens_of(text))


def meaning_keys(tokens: Sequence[Token]) -> frozenset[str]:
    """The keys that say something."""
    return frozenset(t.key for t in tokens if t.is_content)


@lru_cache(maxsize=20_000)
def row_of(source: Source) -> Row | None:
    """The row that a source is, or None when it is prose."""
    if not source.header and not source.text.lstrip().startswith("|"):
        return None
    cells = cells_of(source.text)
    header = cells_of(source.header) if source.header else ()
    header = (*header, *[""] * (len(cells) - len(header)))[: len(cells)]
    two_labels = (
        len(cells) > 2 and any(t.kind == "name" for t in tokens_of(cells[1])) and all(t.kind in ("name", "word") for t in tokens_of(cells[1]))
    )
    return Row(tuple(keys_of(h) for h in header), tuple(keys_of(c) for c in cells), source, two_labels)


def said_rows(keys: Keys, at: int, rows: Sequence[Row]) -> int:
    """Where the longest true rendering of a row or of a column that starts at token `at` ends; `at` itself when there is none."""
    best = at
    for row in rows:
        best = max(best, *_row_ends(keys, at, row))
    for table in _tables(rows):
        for column in range(1, len(table[0].header)):
            pairs = [(row.cells[0], row.cells[column]) for row in table if len(row.cells) > column]
            best = max(best, _pairs_end(keys, at, table[0].header[column], pairs))
    return best


def _tables(rows: Sequence[Row]) -> list[list[Row]]:
    tables: dict[tuple[Keys, ...], list[Row]] = {}
    for row in rows:
        if any(row.header):
            tables.setdefault(row.header, []).append(row)
    return list(tables.values())


def _row_ends(keys: Keys, at: int, row: Row) -> Iterator[int]:
    """The ends of the ways this row may be said: its cells in order, or its label with named columns."""
    yield at
    everything = tuple(k for cell in row.cells for k in cell)
    if _starts(keys, at, everything):
        yield at + len(everything)
    pairs = list(zip(row.header[1:], row.cells[1:], strict=True))
    for begin in {at, at + len(row.header[0]) if _starts(keys, at, row.header[0]) else at}:
        yield _pairs_end(keys, begin, row.cells[0], pairs)
        if len(pairs) == 1 and _starts(keys, begin, row.cells[0] + row.cells[1]):
            yield begin + len(row.cells[0] + row.cells[1])
        if row.two_labels:
            yield _pairs_end(keys, begin, row.cells[0] + row.cells[1], pairs[1:])


def _pairs_end(keys: Keys, at: int, name: Keys, pairs: Sequence[tuple[Keys, Keys]]) -> int:
    """The end of `name` followed by one or more of the pairs (column name, value), in any order, each once."""
    if not name or not _starts(keys, at, name):
        return at
    end = begin = at + len(name)
    left = sorted((p for p in pairs if p[0]), key=lambda p: -len(p[0]) - len(p[1]))
    while found := next((p for p in left if _starts(keys, _past_join(keys, end), p[0] + p[1])), None):
        end = _past_join(keys, end) + len(found[0]) + len(found[1])
        left.remove(found)
    return end if end > begin else at


def _past_join(keys: Keys, at: int) -> int:
    return at + 1 if at < len(keys) and keys[at] in ("and", "和", "及", "与") else at


def _starts(keys: Keys, at: int, part: Keys) -> bool:
    return keys[at : at + len(part)] == part


class Reading(NamedTuple):
    """A cell that a sentence names by row and column: the line it says, the keys that name it, and what only other cells say."""

    source: Source
    name: Keys
    elsewhere: frozenset[str]


def cell_readings(rows: Sequence[Row], keys: Keys) -> Iterator[Reading]:
    """For a sentence in other words: each cell whose row and column it names."""
    for row in _named_rows(rows, keys):
        shown, names = cells_of(row.source.text), cells_of(row.source.header) if row.source.header else ()
        for at in range(1, len(row.cells)):
            header = row.header[at]
            longer = any(len(o) > len(header) and _holds(o, header) and _holds(keys, o) for o in row.header[1:])
            if len(row.cells) == 2 or (header and _holds(keys, header) and not longer):
                text = f"{shown[0]} — {names[at] if at < len(names) else ''}: {shown[at]}"
                here = frozenset((*row.cells[0], *header, *row.cells[at]))
                table = frozenset(k for r in rows if r.header == row.header for cell in (*r.cells, *r.header) for k in cell)
                yield Reading(Source(text=text, lang=row.source.lang, heading=row.source.heading), row.cells[0] + header, table - here)


def _named_rows(rows: Sequence[Row], keys: Keys) -> list[Row]:
    """The rows whose label stands in the sentence, the one it opens with before all others, a longer label before one it holds."""
    named = [r for r in rows if r.cells[0] and _holds(keys, r.cells[0])]
    opening = [r for r in named if _starts(keys, 0, r.cells[0])]
    named = opening or named
    return [r for r in named if not any(len(o.cells[0]) > len(r.cells[0]) and _holds(o.cells[0], r.cells[0]) for o in named)]


def _holds(keys: Keys, part: Keys) -> bool:
    return any(_starts(keys, at, part) for at in range(len(keys) - len(part) + 1))
