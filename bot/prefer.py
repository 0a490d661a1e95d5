"""Which of the found answers this asker: the fare and card they mean, the kind of thing they want, the quantity they state. Pure."""

import re
from collections.abc import Sequence
from functools import lru_cache

from bot.own import FactKind, OwnFact, names
from bot.steps import Understood, Want
from knowledge.claims_measures import measures_in
from knowledge.intervals import Quantity, covers
from knowledge.numerals import normalise
from knowledge.passage import Passage, Unit
from knowledge.search import Found
from knowledge.terms import terms_of

MOST = 8
FOR_FACT, AGAINST_FACT = 1.35, -2.97  # a unit (or its heading) that names the fare or card that is meant, or only others
FOR_WANTED, FOR_WANTED_WORD = 2.33, 0.87  # a unit with the very thing that is wanted (an amount), or with a word for it ("free")
FOR_COVERED, AGAINST_COVERED = 1.91, -1.91  # a table row whose interval holds the quantity that is stated, or does not
SAID = -2.0  # a unit that we said just before: what goes on with it asks for something else
POINTER = -1.98  # a sentence that sends the reader to another article answers nothing itself
_POINTS = re.compile(r"“[A-Z][^”]{4,}”|\"[A-Z][^\"]{4,}\"|《[^》]+》")
_MONEY = re.compile(r"\b(free|fees?|pay|paid|price|charged?|waived?|refund\w*)\b|免费|免收|费|不收|退", re.I)
_WORDS: dict[Want, re.Pattern[str]] = {
    "price": _MONEY,
    "money": _MONEY,
    "permission": re.compile(
        r"\b(cannot|can|may|must|not|forbidden|refused|allowed|accepted|only|available)\b|不得|不能|可以|可|须|禁止|不予|仅|只", re.I
    ),
}
_KINDS: dict[Want, frozenset[str]] = {
    "price": frozenset({"amount", "percent"}),
    "money": frozenset({"amount", "percent", "free"}),
    "time": frozenset({"duration", "date", "time"}),
    "weight": frozenset({"kg"}),
    "size": frozenset({"cm"}),
    "count": frozenset({"count"}),
    "age": frozenset({"year old", "month old"}),
}
_GRATIS = re.compile(  # amounts, too
    r"\b(free of charge|free|at no charge|no (extra )?(charge|fee)|in full|half)\b|免费|免收|全额|一半|半价", re.I
)
_AGE = re.compile(
    r"\b(?:aged?|under|over|child(?:ren)?|infants?|minors?)\s+(?:of\s+)?\d{1,2}\b"
    r"(?!\s*(?:kg|cm|hours?|days?|minutes?|kilometres|km|%|×|x))|\d ?(?:周岁|岁)",
    re.I,
)
_END = re.compile(  # a date, too
    r"\bthe end of (the|that|each|its) ([a-z]+ )?(day|week|month|quarter|year)\b|(季度|当月|当日|月份?|年度?)(结束|末|底)", re.I
)
_DECIDING: tuple[FactKind, ...] = ("fare", "tier")


def prefer(
    found: Sequence[Found], understood: Understood, facts: Sequence[OwnFact], quantities: Sequence[Quantity], most: int = MOST
) -> tuple[Found, ...]:
    """The found passages with each unit's score moved by what speaks for or against it, best first."""
    out = [_moved(f, understood, facts, quantities) for f in found]
    return tuple(sorted(out, key=lambda f: (-f.score, f.passage.id))[:most])


def _moved(f: Found, understood: Understood, facts: Sequence[OwnFact], quantities: Sequence[Quantity]) -> Found:
    mine = [(kind, values) for kind in _DECIDING if (values := {f.value for f in facts if f.kind == kind})]
    labels = " ".join(u.cells[0].text for u in f.passage.units if u.kind == "row") if mine else ""
    units = []
    for unit, score in zip(f.passage.units, f.units, strict=True):
        if mine:
            score += _fact_worth(f.passage, unit, labels, mine)
        if understood.wants:
            score += max(_want_worth(unit, want) for want in understood.wants)
        if unit.kind == "row":
            covered = covers(unit.cells[0].text, quantities)
            score += FOR_COVERED if covered else AGAINST_COVERED if covered is False else 0.0
        elif _points(unit.text):
            score += POINTER
        if understood.said and _is_said(unit, understood.said):
            score += SAID
        units.append(score)
    return f.model_copy(update={"units": tuple(units), "score": max(units)})


@lru_cache(maxsize=20_000)
def _points(text: str) -> bool:
    return _POINTS.search(text) is not None


def _is_said(unit: Unit, said: frozenset[str]) -> bool:
    terms = set(terms_of(unit.text))
    return bool(terms) and len(terms & said) >= 0.7 * len(terms)


def _fact_worth(passage: Passage, unit: Unit, labels: str, mine: Sequence[tuple[FactKind, set[str]]]) -> float:
    # A table is for all whom its rows and columns name; which of them is meant is chosen later.
    text = " ".join([passage.heading, unit.lead_in, unit.text, *(c.header for c in unit.cells)])
    if unit.kind == "row":
        text += labels
    worth = 0.0
    for kind, values in mine:
        named = names(text, kind, passage.lang)
        worth += 0.0 if not named else FOR_FACT if named & values else AGAINST_FACT
    return worth


def _want_worth(unit: Unit, want: Want) -> float:
    if holds(told(unit, want), want, of_row=unit.kind == "row"):
        return FOR_WANTED
    return FOR_WANTED_WORD if want in _WORDS and _has_word(unit.text, want) else 0.0


@lru_cache(maxsize=20_000)
def _has_word(text: str, want: Want) -> bool:
    return _WORDS[want].search(text) is not None


def told(unit: Unit, want: Want) -> str:
    """What a unit tells of what is wanted: of a table row its cells, for its label is the condition and not the answer, unless ages are wanted."""
    return " ".join(c.text for c in unit.cells[1:]) if unit.kind == "row" and want != "age" else unit.text


def holds(text: str, want: Want, of_row: bool = False) -> bool:
    """True if a text holds the very thing that is wanted: an amount for a price, a duration or date for time; "free" is a price in a table's row."""
    wanted: frozenset[str] = _KINDS.get(want, frozenset())
    return bool(_kinds_in(text) & (wanted | {"free"} if want == "price" and of_row else wanted))


@lru_cache(maxsize=20_000)
def _kinds_in(text: str) -> frozenset[str]:
    return (
        frozenset(k for m in measures_in(normalise(text)) for k in (m.kind, m.unit) if k)
        | ({"free"} if _GRATIS.search(text) else frozenset())
        | ({"date"} if _END.search(text) else frozenset())
        | ({"year old"} if _AGE.search(text) else frozenset())
    )
