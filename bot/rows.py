"""Which rows and columns of a table answer: by the words of the question, its quantities, and the asker's card, fare and route."""

import re
from collections.abc import Sequence, Set

from bot.own import OwnFact, suits
from bot.prefer import holds
from bot.steps import Chosen, Understood, Want
from knowledge.intervals import Quantity, covers
from knowledge.terms import terms_of

MOST_ROWS = 3
WHOLE_TABLE = 4  # rows of a table that is said whole where nothing tells them apart: half of a rule would be a wrong one
NEARNESS = 6.0  # log odds that count as much as every telling word of a label
WANTED_COLUMN = 1.0  # a column whose cell holds what is wanted, where others hold none
SAYS_ITSELF: frozenset[Want] = frozenset({"price", "money", "time", "weight", "size"})
_ALIKE = 0.3  # rows this close to the best one are said with it
_GOES_ON = re.compile(r"(?:or|and|of which)\b|或|及|其中")


def pick_rows(understood: Understood, table: Sequence[Chosen], facts: Sequence[OwnFact], quantities: Sequence[Quantity]) -> list[Chosen]:
    """The rows of one table that answer, in the table's order, each with its columns; the nearest few where nothing tells them apart."""
    labels = [c.unit.cells[0].text for c in table]
    said = [set(terms_of(" ".join(cell.text for cell in c.unit.cells[1:]))) for c in table]
    nearest = max(c.score for c in table)
    worth = [
        w + 0.3 * min(2, len(held & {*understood.terms, *understood.policy_terms})) + max(-1.0, (c.score - nearest) / NEARNESS)
        for w, held, c in zip(_worth(understood, labels, facts, quantities), said, table, strict=True)
    ]
    best = max(worth)
    if best > 0.2:
        kept = [n for n, w in enumerate(worth) if w >= best - _ALIKE]
    else:
        kept = [n for n, w in enumerate(worth) if w > -0.5] or list(range(len(table)))
    if len(kept) > (MOST_ROWS if best > 0.2 else WHOLE_TABLE):
        kept = sorted(sorted(kept, key=lambda n: -table[n].score)[:MOST_ROWS])
    kept = sorted({*kept, *(n - 1 for n in kept if n and _GOES_ON.match(labels[n]))})
    return [_with_columns(understood, table[n], facts, quantities) for n in kept]


def told_apart(understood: Understood, labels: Sequence[str], facts: Sequence[OwnFact], quantities: Sequence[Quantity]) -> bool:
    """True if the question, its quantities or what is known of the asker speak for one of these labels."""
    return max(_worth(understood, labels, facts, quantities)) > 0.2


def _with_columns(understood: Understood, row: Chosen, facts: Sequence[OwnFact], quantities: Sequence[Quantity]) -> Chosen:
    """The row with only the cells whose column is asked about or the asker's own; with all where nothing tells them apart."""
    cells = row.unit.cells
    if len(cells) <= 2:
        return row
    told = set(terms_of(f"{row.passage.heading} {cells[0].text}"))  # what the table is about tells none of its columns
    held = [any(holds(c.text, want, of_row=True) for want in understood.wants & SAYS_ITSELF) for c in cells[1:]]
    asked = [w + WANTED_COLUMN * h for w, h in zip(_worth(understood, [c.header for c in cells[1:]], facts, quantities, told), held, strict=True)]
    worth = asked if any(held) and not all(held) else [w - WANTED_COLUMN * h for w, h in zip(asked, held, strict=True)]
    best = max(worth)
    if best <= 0.2:
        return row
    kept = tuple(n for n, w in enumerate(worth, start=1) if w >= best - _ALIKE and cells[n].text)
    return row if len(kept) == len(cells) - 1 else row.model_copy(update={"columns": kept})


def _worth(
    understood: Understood, labels: Sequence[str], facts: Sequence[OwnFact], quantities: Sequence[Quantity], told: Set[str] = frozenset()
) -> list[float]:
    """How much speaks for each label: words of the question that tell it from the others (not those `told` anyhow), its interval, its facts."""
    terms = [set(terms_of(label)) for label in labels]
    shared = (set.intersection(*terms) if len(terms) > 1 else set()) | told
    asked = set(understood.terms)
    meant = asked | set(understood.policy_terms)
    out: list[float] = []
    for label, held in zip(labels, terms, strict=True):
        telling = held - shared
        worth = 0.0
        if telling:
            worth += len(telling & asked) / len(telling) + 0.5 * len(telling & (meant - asked)) / len(telling)
        covered = covers(label, quantities)
        worth += 1.5 if covered else -2.0 if covered is False else 0.0
        out.append(worth + suits(label, facts, understood.lang))
    return out
