"""Worlds: made-up facts on which rules are tried out, drawn from what the rules themselves compare with.

A number is tried below, at and above every number that stands beside it, a text as every text and table key it is compared with and as another one.
So a rule that holds in no world cannot hold, and two that hold in one world overlap, as far as such values can tell.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations, islice, pairwise, product
from math import prod
from typing import Any, NamedTuple

from customers.condition import Condition, Facts
from customers.declared import FactType
from customers.rights import RuleBook

World = dict[str, Any]
_MOST_TRIALS = 6000  # of one condition
_MOST_STEPS = 200_000  # of one search
_STRIDE = 7919  # a prime: walks through all combinations evenly when there are too many to try
_CANNOT_INVENT = frozenset({"matches", "timestamp", "duration"})
_OTHER_TEXT = "another text"


class Answers(NamedTuple):
    """In which of the worlds tried a condition holds; `whole` when all were tried and such values can be made up for it."""

    holding: tuple[tuple[Any, ...], ...]
    tried: int
    whole: bool


class Search(NamedTuple):
    """Worlds in which all conditions hold; `whole` when there are no others among the values tried."""

    worlds: tuple[World, ...]
    whole: bool


class Worlds:
    """The worlds of one rule book."""

    def __init__(self, book: RuleBook) -> None:
        self._declared: dict[str, FactType] = {name: spec.type for name, spec in book.specs.items()}
        self._tables = book.tables
        asking: dict[str, list[Condition]] = {name: [] for name in book.specs}
        for condition in {c: None for checked in book.checked for c in (*checked.conditions, *checked.gives.conditions)}:
            for name in condition.names:
                asking[name].append(condition)
        self.values = {name: _values(name, self._declared[name], conditions, book.tables) for name, conditions in asking.items()}
        self._known: dict[Condition, Answers] = {}

    def answers(self, condition: Condition) -> Answers:
        """Where the condition holds among all combinations of its facts' values, or among so many of them."""
        if condition not in self._known:
            choices = [self.values[name] for name in condition.names]
            total = prod(len(choice) for choice in choices)
            tried = min(total, _MOST_TRIALS)
            combinations_ = product(*choices) if tried == total else (_nth(choices, n * _STRIDE % total) for n in range(tried))
            holding = tuple(row for row in combinations_ if condition.holds(self.facts(dict(zip(condition.names, row, strict=True)))))
            self._known[condition] = Answers(holding, tried, tried == total and not condition.calls & _CANNOT_INVENT)
        return self._known[condition]

    def where_all_hold(self, conditions: Iterable[Condition], most: int = 1) -> Search:
        """At most so many worlds in which every one of the conditions holds; one that nothing can be made up for is passed over."""
        kept = [c for c in dict.fromkeys(conditions) if self.answers(c).whole or self.answers(c).holding]
        steps, rows = [_MOST_STEPS], _narrowed({c: self.answers(c).holding for c in kept})
        kept.sort(key=lambda c: len(rows[c]))
        found = tuple(islice(_joined(kept, rows, 0, {}, steps), most))
        return Search(found, steps[0] > 0 and all(self.answers(c).whole for c in kept))

    def completed(self, world: World, names: Iterable[str], most: int = 200) -> Iterator[World]:
        """The world with every combination of values of the facts it does not name yet."""
        open_names = [name for name in dict.fromkeys(names) if name not in world]
        for row in islice(product(*(self.values[name] for name in open_names)), most):
            yield {**world, **dict(zip(open_names, row, strict=True))}

    def facts(self, world: Mapping[str, Any]) -> Facts:
        """A world as conditions want it."""
        return Facts({name: list(value) if isinstance(value, tuple) else value for name, value in world.items()}, self._declared, self._tables)


_Rows = dict[Condition, tuple[tuple[Any, ...], ...]]


def _narrowed(rows: _Rows) -> _Rows:
    """The same without rows whose values another condition excludes by itself, until there are none: it spares the search most of its ways."""
    while True:
        allowed: dict[str, set[Any]] = {}
        for condition, some in rows.items():
            for n, name in enumerate(condition.names):
                here = {row[n] for row in some}
                allowed[name] = allowed[name] & here if name in allowed else here
        fewer = {c: tuple(row for row in some if all(v in allowed[name] for name, v in zip(c.names, row, strict=True))) for c, some in rows.items()}
        if all(len(fewer[c]) == len(rows[c]) for c in rows):
            return fewer
        rows = fewer


def _joined(conditions: list[Condition], rows: _Rows, at: int, world: World, steps: list[int]) -> Iterator[World]:
    """Every world that is a row of each condition, as far as the steps reach."""
    if at == len(conditions):
        yield dict(world)
        return
    condition = conditions[at]
    for row in rows[condition]:
        steps[0] -= 1
        if steps[0] <= 0:
            return
        new = dict(zip(condition.names, row, strict=True))
        if all(world.get(name, value) == value for name, value in new.items()):
            yield from _joined(conditions, rows, at + 1, {**world, **new}, steps)


def _nth(choices: list[tuple[Any, ...]], at: int) -> tuple[Any, ...]:
    row = []
    for choice in choices:
        at, pick = divmod(at, len(choice))
        row.append(choice[pick])
    return tuple(row)


def _values(name: str, kind: FactType, conditions: list[Condition], tables: Mapping[str, Any]) -> tuple[Any, ...]:
    """Every value of a fact that can make a difference to the conditions that ask for it, as far as their words tell."""
    numbers = sorted({n for c in conditions for n in c.numbers} | {n for c in conditions for t in c.tables for n in _numbers_in(tables[t])})
    texts = tuple(dict.fromkeys(t for c in conditions for t in (*c.literals, *(key for table in c.tables for key in _keys(tables[table])))))
    if kind == "bool":
        return (True, False)
    if kind == "string":
        return _texts(texts, conditions)
    if kind == "number":
        return _around(numbers, any(c.calculates for c in conditions))
    is_indexed = any(name in c.indexed for c in conditions)
    return _lists(texts, numbers, is_indexed, any("size" in c.calls for c in conditions))


def _around(numbers: list[float], calculates: bool) -> tuple[float, ...]:
    """Below, at and above each number and between neighbours; where is calculated, also around what two of them come to."""
    some = numbers[:40]
    if calculates and len(some) <= 6:
        pairs = list(product(some, some))
        some = sorted({*some, *(a + b for a, b in pairs), *(a - b for a, b in pairs), *(a * b for a, b in pairs), *(a / b for a, b in pairs if b)})
    between = {(low + high) / 2 for low, high in pairwise(some)}
    return tuple(sorted({0.0, 1.0, 1000.0} | between | {n + step for n in some for step in (-1.0, 0.0, 1.0)}))


def _texts(texts: tuple[str, ...], conditions: list[Condition]) -> tuple[str, ...]:
    """Every text compared with, another one, one just before and after each (days are compared as texts), and one that begins and ends as asked."""
    both = (a + b for a, b in product(texts[:6], texts[:6])) if any({"startsWith", "endsWith", "contains"} & c.calls for c in conditions) else ()
    beside = (text for one in texts[:12] for text in (one[:-1], f"{one}~")) if any(one[:1].isdigit() for one in texts) else ()
    return tuple(dict.fromkeys((*texts, *both, *beside, _OTHER_TEXT)))


def _lists(texts: tuple[str, ...], numbers: list[float], is_indexed: bool, is_sized: bool) -> tuple[tuple[Any, ...], ...]:
    """None, each element alone, pairs, all; where elements are asked for by their place, every pair of numbers around those compared with."""
    elements: list[Any] = list(texts) or [n for n in numbers if n]
    made: list[tuple[Any, ...]] = [(), *((one,) for one in elements), *combinations(elements[:6], 2), tuple(elements), (_OTHER_TEXT,)]
    if is_indexed and not texts:
        around = _around(numbers, False)[:20]
        made += list(product(around, around))
    elif is_indexed:
        made += list(product((*texts[:8], _OTHER_TEXT), repeat=2))
    if is_sized:
        sizes = sorted({int(n + step) for n in numbers for step in (-1, 0, 1) if 0 <= n + step <= 30})
        some: list[tuple[Any, ...]] = made[:30] if texts else [()]
        more: list[Any] = [f"{_OTHER_TEXT} {n}" for n in range(30)] if texts or not elements else elements[:1] * 30
        made += [(*begun, *more[: size - len(begun)]) for size in sizes for begun in some if len(begun) <= size]
    return tuple(dict.fromkeys(made))


def _keys(table: Any) -> Iterator[str]:
    if isinstance(table, Mapping):
        for key, value in table.items():
            yield key
            yield from _keys(value)


def _numbers_in(table: Any) -> Iterator[float]:
    if isinstance(table, Mapping):
        for value in table.values():
            yield from _numbers_in(value)
    elif isinstance(table, list):
        for value in table:
            yield from _numbers_in(value)
    elif isinstance(table, float):
        yield table
