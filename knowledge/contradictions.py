"""Two passages that say otherwise of the same subject: another amount, date or duration, or yes where the other says no. Pure; needs no model."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal, NamedTuple

from pydantic import BaseModel

from basics.words import Lang
from knowledge.article import Article
from knowledge.claims_tokens import Token, plain, quantities_of, tokens_once
from knowledge.numerals import normalise
from knowledge.passage import Passage, Unit
from knowledge.terms import terms_of

Kind = Literal["amount", "date", "duration", "figure", "yes or no"]
ALIKE = 0.6  # of all words of the two that both have (words of the other's heading forgiven): then they speak of the same
ALIKE_YES_NO = 0.72  # a "not" more or less is a small difference, so that the rest has to be nearly the same
IN_ORDER = 0.85
SAME_TITLE = 0.5
MOST_ALIKE = 500  # a word that so many hold tells nothing; a list that repeats itself ten thousand times must not take an hour
LEAST_WORDS = 3  # in common; fewer say nothing of the subject
_KINDS: dict[str, Kind] = {"amount": "amount", "percent": "amount", "date": "date", "time": "date", "duration": "duration"}
_ITSELF = (
    *("this page", "this article", "this section", "these rules", "above", "below"),
    *("本页", "本文", "本条", "本规定", "上表", "下表", "上述", "以下", "如下"),
)
_SIGNS = frozenset({"not", "free", "pay", "may", "must"})
_CONDITIONS = frozenset({"unless", "only", "if", "but", "even", "before", "after", "until", "during", "since", ">=", "<=", ">", "<"})


class Saying(NamedTuple):
    """One sentence, list item or table cell, taken apart: what it speaks of, its figures, its signs."""

    passage: Passage
    unit: Unit
    words: frozenset[str]
    order: tuple[str, ...]
    title: frozenset[str]
    context: frozenset[str]
    names: frozenset[str]
    heading_names: frozenset[str]
    conditions: frozenset[str]
    figures: tuple[tuple[str, str, str], ...]
    """Kind, unit, value."""
    is_denied: bool
    is_free: bool
    is_paid: bool
    of_itself: bool
    """Speaks of its own page, so that only a page of the same title says otherwise."""
    label: tuple[frozenset[str], frozenset[str]] | None = None
    """Of a table cell the words and the figures of its row's and column's names: they are the condition, and not what may differ."""


class Contradiction(BaseModel, frozen=True):
    """Two units that say otherwise of the same: the kind of thing they differ in, and each with its passage."""

    kind: Kind
    one: Unit
    of_one: Passage
    other: Unit
    of_other: Passage
    alike: float


def contradictions(new: Iterable[Passage], others: Iterable[Passage]) -> tuple[Contradiction, ...]:
    """What units of `new` say otherwise than units of `others` or of each other; of one pair of units the first difference, most alike first."""
    ours = [s for p in new for s in sayings_of(p)]
    theirs = [s for p in others for s in sayings_of(p)]
    found: dict[tuple[str, str], Contradiction] = {}
    for a, b in _pairs(ours, theirs):
        told = differ(a, b)
        if told is not None:
            key = tuple(sorted((f"{a.passage.id} {a.unit.spans}", f"{b.passage.id} {b.unit.spans}")))
            found.setdefault((key[0], key[1]), told)
    return tuple(sorted(found.values(), key=lambda c: -c.alike))


def may_meet(a: Article, b: Article) -> bool:
    """True if somebody may read both, and on some day both are in force."""
    if a.id == b.id or a.lang != b.lang or ("staff" in (a.audience, b.audience) and a.audience != b.audience):
        return False
    ends = [p.to for p in (a.in_force, b.in_force) if p.to is not None]
    return max(a.in_force.start, b.in_force.start) <= min(ends, default=max(a.in_force.start, b.in_force.start))


def differ(a: Saying, b: Saying) -> Contradiction | None:
    """The contradiction of two sayings, or None where they agree or speak of different things."""
    if (a.label is None) != (b.label is None) or not _same_label(a, b):
        return None
    if a.conditions != b.conditions or _names_apart(a, b):
        return None
    both = a.words & b.words
    if len(both) < LEAST_WORDS or not (a.title & b.title or both & (a.title | b.title)):
        return None
    if (a.words - b.words) & a.title and (b.words - a.words) & b.title:
        return None  # a late bag and a lost bag: each is what its own article is about
    if (a.of_itself or b.of_itself) and len(a.title & b.title) < SAME_TITLE * len(a.title | b.title):
        return None
    only_a, only_b = a.words - b.words - b.context, b.words - a.words - a.context
    alike = len(both) / (len(both) + len(only_a) + len(only_b))
    if alike < ALIKE:
        return None
    kind = _difference(a, b, alike)
    return kind and Contradiction(kind=kind, one=a.unit, of_one=a.passage, other=b.unit, of_other=b.passage, alike=alike)


def _difference(a: Saying, b: Saying, alike: float) -> Kind | None:
    """What they differ in, if it is one thing only: two that differ in two figures are two cases of one rule."""
    here, there = Counter(a.figures), Counter(b.figures)
    gone, new = list((here - there).elements()), list((there - here).elements())
    signs = (a.is_denied != b.is_denied, a.is_free != b.is_free and a.is_paid != b.is_paid)
    is_other_thing = a.is_denied != b.is_denied and a.is_free != b.is_free  # no parking, no charge for parking
    if len(gone) == len(new) == 1 and gone[0][:2] == new[0][:2] and not any(signs):
        return _KINDS.get(gone[0][0], "figure")
    if not gone and not new and sum(signs) == 1 and not is_other_thing and alike >= ALIKE_YES_NO and _in_order(a, b):
        return "yes or no"
    if len(gone) + len(new) == 1 and (gone or new)[0][0] == "amount" and a.is_free != b.is_free and alike >= ALIKE_YES_NO:
        return "amount"
    return None


def _names_apart(a: Saying, b: Saying) -> bool:
    """True if one names a fare, card or place that the other does not, or each stands under another such heading."""
    if a.names - b.names - b.heading_names or b.names - a.names - a.heading_names:
        return True
    only_a, only_b = a.heading_names - b.heading_names - b.names, b.heading_names - a.heading_names - a.names
    return bool(only_a and only_b)


def _in_order(a: Saying, b: Saying) -> bool:
    """True if the common words stand in one order: "the day of travel, not of purchase" is no denial of its reverse."""
    one, other = ([w for w in s.order if w in a.words & b.words] for s in (a, b))
    same = sum(m.size for m in SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks())
    return same >= IN_ORDER * max(len(one), len(other))


def _same_label(a: Saying, b: Saying) -> bool:
    if a.label is None or b.label is None or a.label[1] != b.label[1]:
        return a.label is b.label
    (one, _), (other, _) = a.label, b.label
    return bool(one and other) and len(one & other) / len(one | other) >= ALIKE_YES_NO


@lru_cache(maxsize=4_000)
def _of_passage(passage_id: str, text: str, passage: "Held") -> tuple[Saying, ...]:
    return tuple(_sayings(passage.passage))


class Held:
    """A passage as a key that costs nothing to compare: its id and text are compared beside it."""

    def __init__(self, passage: Passage) -> None:
        self.passage = passage

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Held)


def sayings_of(passage: Passage) -> tuple[Saying, ...]:
    """Everything a passage says that another could say otherwise."""
    return _of_passage(passage.id, f"{passage.heading}\n{passage.text}", Held(passage))


def _sayings(passage: Passage) -> Iterator[Saying]:
    heading = plain(passage.heading)
    names = frozenset(t.key for t in tokens_once(heading) if t.kind == "name" or t.measure is not None)  # Room 1 is not Room 4
    context = frozenset(terms_of(heading))
    for unit in passage.units:
        if unit.kind == "row":
            label = unit.cells[0].text
            for cell in unit.cells[1:]:
                of = f"{unit.cells[0].header}: {label}: {cell.header}"
                figures = frozenset(t.key for t in tokens_once(of) if t.measure is not None)
                told = _saying(passage, unit, f"{label}: {cell.header}: {cell.text}", context, names)
                yield told._replace(label=(frozenset(terms_of(of)), figures))
        elif not unit.text.endswith((":", "：", "?", "？")):
            yield _saying(passage, unit, f"{unit.lead_in} {unit.text}" if unit.lead_in else unit.text, context, names)


def _saying(passage: Passage, unit: Unit, text: str, context: frozenset[str], heading_names: frozenset[str]) -> Saying:
    tokens = tokens_once(text)
    figures = tuple((t.measure.kind, t.measure.unit, t.measure.value) for t in tokens if t.measure is not None and t.measure.kind != "name")
    signs = Counter(t.key for t in tokens if t.kind == "polarity")
    bare = list(normalise(plain(text)))
    for t in tokens:
        if t.measure is not None or t.key in _SIGNS or t.kind == "comparison":
            bare[t.start : t.end] = " " * (t.end - t.start)
    order = terms_of("".join(bare))
    return Saying(
        passage=passage,
        unit=unit,
        words=frozenset(order),
        order=order,
        title=frozenset(terms_of(plain(passage.title))),
        context=context,
        names=_names(tokens),
        heading_names=heading_names,
        conditions=frozenset(t.key for t in tokens if t.kind in ("condition", "order", "comparison") and t.key in _CONDITIONS)
        | frozenset(t.measure.bound for t in tokens if t.measure is not None and t.measure.bound not in ("", "~")),
        figures=figures,
        is_denied=bool(signs["not"] % 2),
        is_free=bool(signs["free"]),
        is_paid=bool(signs["pay"]),
        of_itself=any(w in text.lower() for w in _ITSELF),
    )


def _names(tokens: Sequence[Token]) -> frozenset[str]:
    return frozenset(t.key for t in tokens if t.kind == "name")


def _pairs(ours: Sequence[Saying], theirs: Sequence[Saying]) -> Iterator[tuple[Saying, Saying]]:
    """The pairs that may be alike enough: those that share one of their rarer words."""
    held = Counter(w for s in (*ours, *theirs) for w in s.words)
    by_word: dict[tuple[Lang, str], list[tuple[bool, int]]] = defaultdict(list)
    rarer = [_rarer(s, held) for s in ours]
    for is_ours, sayings in ((True, rarer), (False, (_rarer(s, held) for s in theirs))):
        for n, (s, words) in enumerate(zip(ours if is_ours else theirs, sayings, strict=True)):
            for w in words:
                by_word[s.passage.lang, w].append((is_ours, n))
    for n, s in enumerate(ours):
        near = dict.fromkeys(at for w in rarer[n] if len(by_word[s.passage.lang, w]) <= MOST_ALIKE for at in by_word[s.passage.lang, w])
        for is_ours, m in near:
            other = ours[m] if is_ours else theirs[m]
            if not (is_ours and m <= n) and s.passage.article_id != other.passage.article_id:
                yield s, other


def _rarer(saying: Saying, held: Counter[str]) -> list[str]:
    return sorted(saying.words, key=lambda w: (held[w], w))[: len(saying.words) // 2 + 1]


class Apart(NamedTuple):
    """A section whose translation states another figure: what only the one says, what only the other says, each with its unit."""

    one: tuple[Passage, Unit, str]
    other: tuple[Passage, Unit, str]


def figures_apart(one: Sequence[Passage], other: Sequence[Passage]) -> tuple[Apart, ...]:
    """The figures that two translations of one article state otherwise: in the same section each has one of a kind and unit that the other lacks.

    A figure on one side only is a way of speaking (岁, "a day") far more often than a mistake, and is let pass.
    """
    out: list[Apart] = []
    for here, there in zip(*_aligned(one, other), strict=True):
        a, b = _stated(here), _stated(there)
        for figure in sorted(a.keys() - b.keys()):
            twin = next((f for f in sorted(b.keys() - a.keys()) if f[:2] == figure[:2]), None)
            if twin is not None:
                out.append(Apart((*a[figure], _shown(figure)), (*b[twin], _shown(twin))))
    return tuple(out)


def _aligned(one: Sequence[Passage], other: Sequence[Passage]) -> tuple[list[list[Passage]], list[list[Passage]]]:
    """The passages by section where both texts have as many, else each text whole."""
    a, b = _sections(one), _sections(other)
    return (a, b) if len(a) == len(b) else ([list(one)], [list(other)])


def _sections(passages: Sequence[Passage]) -> list[list[Passage]]:
    held: dict[str, list[Passage]] = {}
    for p in passages:
        held.setdefault(p.section, []).append(p)
    return list(held.values())


def _stated(passages: Sequence[Passage]) -> dict[tuple[str, str, str], tuple[Passage, Unit]]:
    """Amounts, percentages, durations, weights and sizes, each with the unit that states it."""
    out: dict[tuple[str, str, str], tuple[Passage, Unit]] = {}
    for p in passages:
        for unit in p.units:
            for text in (f"{unit.lead_in} {unit.text}", *(f"{c.header}: {c.text}" for c in unit.cells)):
                for m in quantities_of(text):
                    if m.kind in ("amount", "percent", "duration", "measure"):
                        out.setdefault((m.kind, m.unit, m.value), (p, unit))
    return out


def _shown(figure: tuple[str, str, str]) -> str:
    return f"{figure[2]} {figure[1]}".strip()
