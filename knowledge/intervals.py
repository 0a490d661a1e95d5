"""What a row's or column's label covers ("less than 24 hours before departure", "5 to 11"), and whether a quantity that is asked about lies in it."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from pydantic import BaseModel

from knowledge.claims_measures import Measure, measures_in
from knowledge.numerals import normalise

Side = Literal["", "before", "after"]
_HOURS = {"month": 730.0, "year": 8760.0, "min": 1 / 60}
_BETWEEN = re.compile(r"^\s*(?:to|-|–|—|~|and|至|到|、)?\s*(?:under|不足)?\s*$", re.I)
_BEFORE = re.compile(r"\b(?:before|prior to|ahead of|in advance)\b|前", re.I)
_AFTER = re.compile(r"\b(?:after|since)\b|起飞后|之后|以后", re.I)
_UNTIL = re.compile(r"\b(?:up to|until|till|no later than)\s+\S+\s+\S+\s+(?:before|prior)\b|\d+ ?\S{1,2}(?:（含）|\(含\))?以前", re.I)
# How people say when: the words, the hours that are left until then (negative: it is over).
_WHEN: tuple[tuple[re.Pattern[str], float], ...] = tuple(
    (re.compile(words, re.I), hours)
    for words, hours in (
        (
            r"\b(?:already left|has left|plane left|flight left|took off|missed (?:my|the|our|his|her) (?:flight|plane)|no[- ]?shows?)\b"
            r"|没赶上|误机|误了|已经(?:起飞|飞走)|错过了?(?:航班|飞机)",
            -1,
        ),
        (r"\b(?:tonight|today|this (?:morning|afternoon|evening)|in (?:an|a couple of|a few) hours?|right now)\b|今天|今晚|今早|等会儿|马上", 8),
        (r"\btomorrow\b|明天|明早|明晚", 20),
        (r"\bday after tomorrow\b|大?后天", 48),
        (r"\b(?:next|in a) (?:week|month)\b|\bin a few (?:days|weeks)\b|下(?:周|个?月|星期)", 168),
    )
)
_LEFT = re.compile(r"\b(?:in|within)(?: about| around)?\s*$|\b(?:leaves?|departs?) in\s*$|还有\s*$|提前\s*$|再过\s*$", re.I)
_LEFT_TAIL = re.compile(r"^\s*(?:before|from now|ahead|away|to go|until|out\b|以?后(?:飞|走|起飞|出发)|[以之]?前)", re.I)
_OVER = re.compile(r"^\s*(?:ago|after|later|late for)|^\s*[以之]?前(?:起飞|飞)|^\s*后(?!飞|走|起飞|出发)", re.I)


class Interval(BaseModel, frozen=True):
    """Values of one unit from `low` to `high`; `side` says before or after what (a departure), where the label does."""

    unit: str
    low: float = 0.0
    high: float = float("inf")
    low_in: bool = True
    high_in: bool = True
    side: Side = ""

    def holds(self, value: float) -> bool:
        """True if the value lies in it."""
        above = value >= self.low if self.low_in else value > self.low
        return above and (value <= self.high if self.high_in else value < self.high)


class Quantity(BaseModel, frozen=True):
    """A quantity that a question states; `side` says before or after a departure where it is a time."""

    unit: str
    value: float
    side: Side = ""


@lru_cache(maxsize=20_000)
def intervals_of(label: str) -> tuple[Interval, ...]:
    """The intervals a label covers, one a unit; a mere "after departure" is every moment after it."""
    text = normalise(label)
    side: Side = "after" if _AFTER.search(text) and not _BEFORE.search(text) else "before" if _BEFORE.search(text) else ""
    found: dict[str, Interval] = {}
    measures = _with_units(text)
    until = [m.span() for m in _UNTIL.finditer(text)]  # so long before a departure, or longer
    for n, (m, unit, value) in enumerate(measures):
        mine = side if unit == "h" else ""
        known = found.get(unit)
        following = measures[n + 1] if n + 1 < len(measures) else None
        if not m.bound and known is None and following and following[1] == unit and _BETWEEN.match(text[m.end : following[0].start]):
            found[unit] = Interval(unit=unit, low=value, side=mine)
        elif m.bound in (">=", ">") or (unit == "h" and mine == "before" and any(m.start < end and start < m.end for start, end in until)):
            found[unit] = (known or Interval(unit=unit, side=mine)).model_copy(update={"low": value, "low_in": m.bound != ">"})
        elif m.bound in ("<=", "<") or (known is not None and known.high == float("inf")):
            found[unit] = (known or Interval(unit=unit, side=mine)).model_copy(update={"high": value, "high_in": m.bound != "<"})
    if side and "h" not in found:
        found["h"] = Interval(unit="h", side=side)
    return tuple(found.values())


@lru_cache(maxsize=500)
def quantities_of(question: str) -> tuple[Quantity, ...]:
    """What a question states in numbers: weights, sizes, ages, delays, and how long before or after departure."""
    text = normalise(question)
    out: list[Quantity] = []
    for m, unit, value in _with_units(text):
        side: Side = ""
        if unit == "h":
            before, after = text[max(0, m.start - 16) : m.start], text[m.end :]
            side = "after" if _OVER.match(after) else "before" if _LEFT.search(before) or _LEFT_TAIL.match(after) else ""
        out.append(Quantity(unit=unit, value=value, side=side))
    if not any(q.side for q in out):
        for words, hours in _WHEN:
            if words.search(text):
                out.append(Quantity(unit="h", value=abs(hours), side="after" if hours < 0 else "before"))
                break
    return tuple(out)


def covers(label: str, quantities: Sequence[Quantity]) -> bool | None:
    """True if the label's intervals hold what is asked about, False if one of them does not, None if they have nothing in common."""
    verdict: bool | None = None
    for interval in intervals_of(label):
        for q in quantities:
            fit = _fit(interval, q)
            if fit is False:
                return False
            verdict = verdict if fit is None else True
    return verdict


def _fit(interval: Interval, q: Quantity) -> bool | None:
    if interval.unit != q.unit and {interval.unit, q.unit} != {"", "year old"}:
        return None
    if interval.unit == "h" and (interval.side or q.side):
        if not (interval.side and q.side):
            return None
        return interval.side == q.side and interval.holds(q.value)
    return interval.holds(q.value)


def _with_units(text: str) -> list[tuple[Measure, str, float]]:
    """The measures with their unit, a bare number taking the unit of the range's other end, months of age in years."""
    found = [m for m in measures_in(text) if m.kind in ("measure", "duration", "count")]
    out: list[tuple[Measure, str, float]] = []
    for m, following in zip(found, [*found[1:], None], strict=False):
        unit, value = m.unit, float(m.value)
        if not unit and following and following.unit and _BETWEEN.match(text[m.end : following.start]):
            unit = following.unit
        if unit in _HOURS:
            unit, value = "h", value * _HOURS[unit]
        elif unit == "month old":
            unit, value = "year old", value / 12
        out.append((m, unit, value))
    return out
