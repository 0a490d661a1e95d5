"""Dates and times of day as a text states them: 1 June 2026, 2026-06-01 and 2026年6月1日 are the same day."""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from knowledge.numerals import chinese_value


class Stated(NamedTuple):
    """A date or a time of day in canonical form, and where it stands."""

    kind: Literal["date", "time"]
    value: str
    start: int
    end: int


_MONTHS = re.findall(r"\w+", "January February March April May June July August September October November December")
_MONTH = "(?:" + "|".join(f"{m}|{m[:3]}\\.?(?![a-z])" for m in _MONTHS) + ")"
_NUM = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_WEEKDAYS = re.findall(r"\w+", "Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
_DATE = re.compile(
    rf"""(?P<y1>\d{{4}})(?P<sep>[-/.])(?P<m1>\d{{1,2}})(?P=sep)(?P<d1>\d{{1,2}})(?!\d)
    |(?<!\d)(?P<d2>\d{{1,2}})[./](?P<m2>\d{{1,2}})[./](?P<y2>\d{{4}})(?!\d)
    |\b(?P<d3>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m3>{_MONTH})(?:,?\s+(?P<y3>\d{{4}}))?\b
    |\b(?P<m4>{_MONTH})\s+(?P<d4>\d{{1,2}})(?:st|nd|rd|th)?(?![\d,.]\d|\d)(?:,?\s+(?P<y4>\d{{4}}))?\b
    |\b(?P<m5>{_MONTH})\s+(?P<y5>\d{{4}})\b
    |(?:(?P<y6>\d{{4}}|[〇零一二三四五六七八九]{{4}})\s?年\s?)?(?<!\d)(?<!第)(?P<m6>{_NUM})\s?月(?!龄)(?:\s?(?:份|(?P<d6>{_NUM}|\d{{1,2}})\s?[日号]))?
    |(?P<y7>(?:19|20)\d\d|[〇零一二三四五六七八九]{{4}})\s?年(?!龄)
    |(?<=每月)\s?(?P<d8>{_NUM})\s?[日号]
    |\b(?P<w9>{"|".join(_WEEKDAYS)})s?\b|(?<![\d零〇一二两三四五六七八九十第])(?:星期|礼拜|周)(?P<w10>[一二三四五六日天])(?!岁)
    |\b(?P<m11>January|February|April|June|July|August|September|October|November|December
        |(?<=in\s)(?:March|May)|(?<=of\s)(?:March|May)|(?<=from\s)(?:March|May)|(?<=until\s)(?:March|May)|(?<=to\s)(?:March|May)|(?<=since\s)(?:March|May))\b
    |(?<![\d,.])(?P<y12>(?:19|20)\d\d)(?![\d,.]\d|\d)(?!\s?(?:[%元天人件次个名米]|[A-Za-z]*(?:dollars|euros|yuan|miles|points|kg|km|hours|days|kilomet|met(?:re|er)s)))""",
    re.X,
)
_TIME = re.compile(
    r"""(?:(?P<half>上午|中午|下午|晚上|晚|凌晨|早上|早)\s?)?(?<![\d.])(?P<h>\d{1,2})\s?(?::|：)\s?(?P<m>\d{2})(?!\d)(?:\s?(?P<ap>[ap])\.?m\b\.?)?
    |\b(?P<h2>\d{1,2})\s?(?P<ap2>[ap])\.?m\b\.?
    |(?P<half3>上午|中午|下午|晚上|晚|凌晨|早上|早)\s?(?P<h3>\d{1,2}|[一二两三四五六七八九十]{1,3})[点时](?:(?P<m3>\d{1,2})分|(?P<halfpast>半))?
    |(?<!\d)(?P<h4>\d{1,2})[点时](?=整|前|后|之前|之后|以前|以后|至|到|起(?!飞)|\d{1,2}分)(?:(?P<m4>\d{1,2})分)?""",
    re.X | re.I,
)


def dates_in(text: str) -> Iterator[Stated]:
    """The dates of a normalised text: days, months, years and weekdays."""
    for match in _DATE.finditer(text):
        yield Stated("date", _iso({k.rstrip("0123456789"): v for k, v in match.groupdict().items() if v}), *match.span())


def _iso(part: dict[str, str]) -> str:
    """2026-06-01, 2026-06, --06-01, ---03, 2026 or weekday-5."""
    if "w" in part:
        word = part["w"]
        return f"weekday-{_WEEKDAYS.index(word) + 1 if word in _WEEKDAYS else '一二三四五六日天'.index(word.replace('天', '日')) + 1}"
    year = f"{_int(part['y']):04d}" if "y" in part else "-"
    month = f"-{_month(part['m']):02d}" if "m" in part else ""
    day = f"-{_int(part['d']):02d}" if "d" in part else ""
    return year + (month or ("-" if day else "")) + day


def _month(word: str) -> int:
    names = [m[:3] for m in _MONTHS]
    return names.index(word[:3]) + 1 if word[:3] in names else _int(word)


def _int(word: str) -> int:
    return int(word) if word.isdigit() and word.isascii() else int(chinese_value(word) or 0)


def times_in(text: str) -> Iterator[Stated]:
    """The times of day of a normalised text, in 24 hours."""
    for match in _TIME.finditer(text):
        part = {k.rstrip("0123456789"): v for k, v in match.groupdict().items() if v}
        hour = _int(part["h"])
        minute = _int(part["m"]) if "m" in part else 30 if "halfpast" in part else 0
        late = part.get("ap", "").lower() == "p" or part.get("half", "") in ("下午", "晚上", "晚")
        hour += 12 if late and hour < 12 else -12 if part.get("ap", "").lower() == "a" and hour == 12 else 0
        yield Stated("time", f"{hour:02d}:{minute:02d}", *match.span())
