"""What day a question is about: "when I bought it in March", "the rule in 2025", 「今年7月1日之前出票」. Pure: today comes in."""

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import BaseModel

from knowledge.article import AppliesBy
from knowledge.claims_dates import dates_in
from knowledge.facts import facts_in
from knowledge.numerals import chinese_value, english_value, normalise
from knowledge.script import simplified

FILE = Path(__file__).with_name("as_of.yaml")
Event = Literal["ticketing", "travel", "rule"]


class Span(BaseModel, frozen=True):
    """The days that are meant, both included: one day, a month, a year."""

    first: date
    last: date

    def middle(self, today: date) -> date:
        """The day that stands for them all: today where it is one of them."""
        return today if self.holds(today) else self.first + (self.last - self.first) // 2

    def holds(self, day: date) -> bool:
        """True if the day is one of them."""
        return self.first <= day <= self.last


class Bought(NamedTuple):
    """A booking, as far as days go: bought when, flown when."""

    bought_on: date
    flown_on: tuple[date, ...]


class AsOf(BaseModel, frozen=True):
    """The days a question names, by what they replace; `when_bought`: the day of purchase is meant, but not named;
    `asks_rule`: it asks what held then, rather than mentioning when something happened."""

    spans: Mapping[AppliesBy, Span] = {}
    when_bought: bool = False
    asks_rule: bool = False
    rest: str = ""
    """The question without the days it names: what is searched for, since articles name days, too."""

    def days(self, today: date, bookings: Sequence[Bought]) -> dict[AppliesBy, date]:
        """The one day that counts for each: that of a booking where it is one of those meant, or where the day of its purchase is."""
        out: dict[AppliesBy, date] = {}
        for kind, span in self.spans.items():
            known = [day for b in bookings for day in (b.flown_on if kind == "travel" else (b.bought_on,)) if kind != "asking" and span.holds(day)]
            out[kind] = known[0] if known else span.middle(today)
        if self.when_bought and len(bookings) == 1:
            out["ticketing"] = bookings[0].bought_on
            if self.asks_rule:
                out["asking"] = bookings[0].bought_on
        return out


def without_days(question: str, today: date) -> str:
    """The question as it is searched for: without the days it names, since articles name days, too."""
    asked = as_of(question, today)
    return asked.rest if asked and asked.spans else question


class _Named(NamedTuple):
    """A time and where it stands; `has_year` is False where the question leaves the year to the reader."""

    start: int
    end: int
    span: Span
    has_year: bool = True


_MONTH_NAMES = "january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec"
_MONTH_AFTER = "|".join(f"(?<={w})" for w in ("in ", "of ", "from ", "until ", "to ", "since ", "before ", "after ", "last ", "this ", "next "))
_LOWER_MONTH = re.compile(
    rf"\b(?:{_MONTH_AFTER}|(?<=\d )|(?<=st )|(?<=nd )|(?<=rd )|(?<=th ))(?:{_MONTH_NAMES})\b"
    r"|\b(?:january|february|april|june|july|august|september|october|november|december)\b",
    re.I,
)
_LOOSE_MONTH = re.compile(r"\b(?:before|after|last|this|next|late|early|mid)[ -](March|May)\b|\b(March|May)\s+(?:of\s+)?(?:last|this|next)\s+year\b")
_HAPPENED: Mapping[Literal["ticketing", "travel"], str] = {"ticketing": "purchase", "travel": "travel"}
_YEAR_WORD: Mapping[str, int] = {"last": -1, "this": 0, "next": 1, "今年": 0, "去年": -1, "前年": -2, "明年": 1, "本年": 0}
_YEAR_BEFORE = re.compile(r"(今年|去年|前年|明年|本年)的?\s*$|\b(last|this|next)\s+$")
_YEAR_AFTER = re.compile(r"^,?\s*(?:of\s+)?(last|this|next)\s+year\b")
_YEAR_ALONE = re.compile(r"\b(last|this|next)\s+year\b|(今年|去年|前年|明年|本年)(?!\s*(?:的)?\s*[\d一二三四五六七八九十]{1,3}\s*月)")
_MONTH_ALONE = re.compile(r"\b(last|this|next)\s+month\b|(上上个?月|上个?月|本月|这个月|下个?月)")
_DAY_ALONE = re.compile(r"\b(yesterday)\b|(昨天|前天|昨日)")
_AGO = re.compile(
    r"\b(an?|\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\s+(?:full\s+)?(day|week|month|year)s?\s+ago\b"
    r"|(?<![起飞发机])(?<!提前)(半|\d{1,3}|[一二两三四五六七八九十]{1,3})\s?(?:个)?(天|日|周|星期|礼拜|月|年)(?:以|之)?前(?!往|台)",
    re.I,
)
_DAYS = {"day": 1, "week": 7, "month": 30.44, "year": 365.25, "天": 1, "日": 1, "周": 7, "星期": 7, "礼拜": 7, "月": 30.44, "年": 365.25}
_BEFORE_IT = re.compile(r"\b(?:before|prior to|earlier than|ahead of)\s+(?:the\s+)?$", re.I)
_BEFORE_END = re.compile(r"^(?:\s?(?:之前|以前|前))")
_AFTER_IT = re.compile(r"\b(after|since|from|as of|starting)\s+(?:the\s+)?$|(?:自|从)$", re.I)
_AFTER_END = re.compile(r"^\s?(之后|以后|后(?!台)|起(?!飞))")
_UNTIL_IT = re.compile(r"\b(?:until|till|up to|by)\s+(?:the\s+)?$|截至$", re.I)
_STOPS = re.compile(r"[,.;!?，。；！？]|\b(?:and|but|for|so|,)\b|(?:但|所以|然后)")

_CLAUSES = re.compile(r"(?<=[,.;!?，。；！？])")
_JOINT = re.compile(r"\b(?:back\s+)?(?:in|on|of|from|since|around|as of|early|late|mid)\s+(?:(?:the|early|late|mid)\s+)?$", re.I)
_BLOT = "\x00"  # keeps the places of what stands behind, and tells where something stood

_ALL: tuple[AppliesBy, ...] = ("asking", "ticketing", "travel")


def as_of(question: str, today: date) -> AsOf | None:
    """What days the question is about, or None where it names none (or only a vague one: "earlier", 以前)."""
    text = _readable(question)
    asks_rule = _says("asks_rule", text)
    spans: dict[AppliesBy, Span] = {}
    rest = text
    guessed: set[AppliesBy] = set()  # from another clause than the time: what is said beside it counts more
    for named in _times(text, today):
        event, is_beside = _event(text, named, asks_rule, named.span.first > today)
        span = _moved(text, named, event, today)
        if event is None:
            continue
        rest = _without(rest, named, event)
        for day in _ALL if event == "rule" else (event,):
            if day not in spans or (is_beside and day in guessed):
                spans[day] = _a_year_on(span) if day == "travel" and not named.has_year and _is_before_purchase(span, spans) else span
                guessed = guessed - {day} if is_beside else guessed | {day}
    if len(spans) == 1 and _says("held", text):
        # What the rule was on the day of a purchase or a flight: the text of that day is asked for, whichever day an article goes by.
        only = next(iter(spans.values()))
        spans = dict.fromkeys(_ALL, only) if only.first <= today else spans
    when_bought = "ticketing" not in spans and _says("when_bought", text)
    return AsOf(spans=spans, when_bought=when_bought, asks_rule=asks_rule, rest=_searchable(rest) or text) if spans or when_bought else None


def _without(text: str, named: _Named, event: Event) -> str:
    """The text with the time blotted out, place by place since others follow: what joins it to the rest, too, and "bought" beside it."""
    start, end = named.start, named.end
    if event == "ticketing":
        before, after = _patterns()["bought_before"].search(text[:start]), _patterns()["bought_after"].match(text[end:])
        start, end = before.start() if before else start, end + after.end() if after else end
    if joint := _JOINT.search(text[:start]):
        start = joint.start()
    return text[:start] + _BLOT * (end - start) + text[end:]


def _searchable(text: str) -> str:
    """What is left, without the clauses that said nothing but when it was bought; all of it where nothing else was said."""
    clauses = _CLAUSES.split(text)
    said = [c for c in clauses if not (_BLOT in c and _patterns()["only_bought"].fullmatch(c.replace(_BLOT, " ").strip()))]
    left = "".join(said if any(re.search(r"\w", c) for c in said) else clauses)
    return re.sub(r"^[\s,;，；、。]+|\s+(?=[,.;!?，。；！？])", "", " ".join(left.replace(_BLOT, " ").split()))


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    """Kind -> one pattern of both languages; compiled once, so that a broken one stops the start."""
    kinds: dict[str, dict[str, list[str]]] = facts_in(FILE)
    noun = "|".join(w for ways in kinds["noun"].values() for w in ways)
    return {
        kind: re.compile("|".join(f"(?:{w.format(noun=noun) if '{noun}' in w or '{{' in w else w})" for ways in by_lang.values() for w in ways), re.I)
        for kind, by_lang in kinds.items()
    }


def _says(kind: str, text: str) -> bool:
    return bool(_patterns()[kind].search(text))


def _is_before_purchase(span: Span, spans: Mapping[AppliesBy, Span]) -> bool:
    return "ticketing" in spans and span.last < spans["ticketing"].first


def _readable(question: str) -> str:
    """The question with its months as the reader of dates knows them."""
    text = normalise(simplified(question))
    return _LOWER_MONTH.sub(lambda m: m[0].capitalize(), text)


def _times(text: str, today: date) -> Iterator[_Named]:
    """Every time that a question names, in order."""
    found: list[_Named] = []
    for said in dates_in(text):
        if not said.value.startswith(("weekday", "---")):
            found.append(_dated(text, said.value, said.start, said.end, today))
    for m in _LOOSE_MONTH.finditer(text):
        at = m.start(m.lastindex or 0)
        month = 3 if m[m.lastindex or 0] == "March" else 5
        found.append(_dated(text, f"--{month:02d}", at, at + (5 if month == 3 else 3), today))
    for m in _YEAR_ALONE.finditer(text):
        year = today.year + _YEAR_WORD[(m[1] or m[2]).lower()]
        found.append(_Named(m.start(), m.end(), Span(first=date(year, 1, 1), last=date(year, 12, 31))))
    for m in _MONTH_ALONE.finditer(text):
        by = {"last": -1, "this": 0, "next": 1, "上上": -2, "上": -1, "本": 0, "这": 0, "下": 1}[(m[1] or re.sub("个?月$", "", m[2])).lower()]
        found.append(_Named(m.start(), m.end(), _month(today.year + (today.month - 1 + by) // 12, (today.month - 1 + by) % 12 + 1)))
    for m in _DAY_ALONE.finditer(text):
        day = today - timedelta(days=2 if m[2] == "前天" else 1)
        found.append(_Named(m.start(), m.end(), Span(first=day, last=day)))
    for m in _AGO.finditer(text):
        then = _ago(m, today)
        if then is not None:
            found.append(_Named(m.start(), m.end(), Span(first=then, last=then)))
    taken: list[_Named] = []
    for one in sorted(found, key=lambda n: n.start - n.end):
        if not any(one.start < t.end and t.start < one.end for t in taken):
            taken.append(one)
    yield from sorted(taken, key=lambda n: n.start)


def _dated(text: str, value: str, start: int, end: int, today: date) -> _Named:
    """2026-03-01, 2026-03, 2026, --03-01 or --03, the year from a word beside it; without one the most recent that has begun."""
    whole = value.lstrip("-").split("-")
    year = None if value.startswith("-") else int(whole.pop(0))
    if year is None:
        if before := _YEAR_BEFORE.search(text, max(0, start - 8), start):
            word = before[1] or before[2]
            if before[1]:
                year, start = today.year + _YEAR_WORD[word], before.start()
            else:
                start = before.start()
                this = _span(today.year, whole, today)
                year = today.year + (1 if word == "next" and this.first <= today else -1 if word == "last" and this.last >= today else 0)
        elif after := _YEAR_AFTER.match(text[end : end + 20]):
            year, end = today.year + _YEAR_WORD[after[1]], end + after.end()
    if year is not None:
        return _Named(start, end, _span(year, whole, today))
    recent = _span(today.year, whole, today)
    return _Named(start, end, recent if recent.first <= today else _span(today.year - 1, whole, today), has_year=False)


def _span(year: int, rest: list[str], today: date) -> Span:
    year = min(max(year, 1), 9998)
    month = min(max(int(rest[0]), 1), 12) if rest else 0
    if not month:
        return Span(first=date(year, 1, 1), last=date(year, 12, 31))
    if len(rest) < 2:
        return _month(year, month)
    day = date(year, month, min(max(int(rest[1]), 1), monthrange(year, month)[1]))
    return Span(first=day, last=day)


def _month(year: int, month: int) -> Span:
    return Span(first=date(year, month, 1), last=date(year, month, monthrange(year, month)[1]))


def _ago(m: re.Match[str], today: date) -> date | None:
    number, unit = (m[1] or m[3]).lower(), (m[2] or m[4]).lower()
    if number == "半":
        days = {"年": 183, "月": 15, "个月": 15}.get(unit)
        return today - timedelta(days=days) if days else None
    if number.isdecimal() or number in ("a", "an"):
        value = int(number) if number.isdecimal() else 1
    else:
        value = int((english_value(number) if number.isascii() else chinese_value(number)) or 0)
    days_each = {"day": 1, "week": 7, "month": 30.44, "year": 365.25, "天": 1, "日": 1, "周": 7, "星期": 7, "礼拜": 7, "月": 30.44, "年": 365.25}[
        unit
    ]
    days = round(value * days_each)
    return today - timedelta(days=days) if 0 < days < 36_500 else None


def _event(text: str, named: _Named, asks_rule: bool, is_ahead: bool) -> tuple[Event | None, bool]:
    """What happened then, and whether the same clause says so: the purchase or flight named nearest; else the rule itself, if it is asked about."""
    if _of_a_rule(text, named):
        return "rule", True
    if _patterns()["travel_follows"].match(text, named.end):
        return "travel", True
    left = max((m.end() for m in _STOPS.finditer(text, 0, named.start)), default=0)
    right = next((m.start() for m in _STOPS.finditer(text, named.end)), len(text))
    for first, last in ((left, right), (0, 0 if asks_rule else len(text))):
        near = [
            (max(named.start - m.end(), m.start() - named.end), kind)
            for kind, words in _HAPPENED.items()
            for m in _patterns()[words].finditer(text, first, last)
        ]
        if near:
            return min(near)[1], (first, last) == (left, right)
    return ("rule", True) if asks_rule or (is_ahead and _says("of_rules", text)) else (None, False)


def _of_a_rule(text: str, named: _Named) -> bool:
    """ "The 2025 allowance", 2025年的规定: the time belongs to the rule and to nothing that happened."""
    before, after = text[max(0, named.start - 60) : named.start], text[named.end : named.end + 40]
    return bool(_patterns()["rule_follows"].match(after) or _patterns()["rule_stands_before"].search(before))


def _moved(text: str, named: _Named, event: Event | None, today: date) -> Span:
    """The time itself, the day before it or after it, and of a flight that is yet to come the next such day instead of the last."""
    span = named.span
    if not named.has_year and event == "travel" and not _says("past", text) and span.last < today:
        span = _a_year_on(span)
    before, after = text[: named.start], text[named.end : named.end + 6]
    one = timedelta(days=1)
    if _BEFORE_IT.search(before) or _BEFORE_END.match(after):
        return Span(first=span.first - one, last=span.first - one)
    if _UNTIL_IT.search(before):
        return Span(first=span.last, last=span.last)
    said, tail = _AFTER_IT.search(before), _AFTER_END.match(after)
    if said or tail:
        is_after = (said is not None and said[0].strip().lower() == "after") or (tail is not None and tail[1] != "起")
        if not named.has_year and span.last < today and not _says("past", text):
            span = _a_year_on(span)
        day = span.last + one if is_after else span.first
        return Span(first=day, last=day)
    return span


def _a_year_on(span: Span) -> Span:
    rest = [f"{span.first.month}"] if span.first != span.last else [f"{span.first.month}", f"{span.first.day}"]
    return _span(span.first.year + 1, rest, span.first)
