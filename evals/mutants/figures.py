"""Sentences with another figure: number, percentage, date or time, unit. Each yields (kind, rule, sentence)."""

import re
from collections.abc import Callable, Iterator

from basics.words import Lang
from evals.mutants.numerals import EN, another, chinese, from_chinese
from evals.mutants.rules import RULES

Made = tuple[str, str, str]
_MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_NOT_AFTER = r"(?<![\w.,:/-])(?<!Article )(?<!Articles )(?<!No )(?<!paragraph )(?<!point )(?<!Section )(?<!Annex )(?<!Directive )"
_NUMBER = re.compile(
    _NOT_AFTER + r"(?P<n>\d{1,3}(?:,\d{3})+|\d+)(?![\w./:-]*\d)(?!\s?(?:%|per cent|[年月日号]\b|[年月号点时]|日(?=[前后起以]|$)|[ap]m|st|nd|rd|th))"
)
_PERCENT = re.compile(r"(?P<n>\d+)(?=\s?(?:%|per cent|percent))")
_TIME = re.compile(r"\b(?P<n>\d{1,2})(?=:\d\d|\s?[ap]\.?m\b)")
_DATED = re.compile(rf"\b(?P<n>\d{{1,2}})(?=\s(?:{'|'.join(_MONTHS)})\b)")
_YEAR = re.compile(r"(?<![\w/.])(?P<n>(?:19|20)\d\d)(?=\s?年|(?![\w/.]))(?!\s?(?:元|米|人|天|CNY|EUR))")
_ZH_COUNT = r"(?=个?(?:小时|工作日|日历日|自然日|星期|月|分钟)|[日天年岁周倍人次件元名张份款]|万元)"
_ZH_NUMBER = re.compile(
    r"(?<![第之每星期同某任统唯0-9十百千万一二三四五六七八九])(?P<n>[一二三四五六七八九十两百千万]{1,6})" + _ZH_COUNT + "(?!年级|人称|次性|日游|个人)"
)
_ZH_DATE = re.compile(r"(?P<n>\d{1,2})(?=\s?月)")
_ZH_PERCENT = re.compile(r"(?<=百分之)(?P<n>[一二三四五六七八九十]{1,4})")

_COUNTED = re.compile(r"[\d一二三四五六七八九十两百万]|\b(?:one|two|three|four|five|six|seven|eight|ten|twelve)\b")


def other_figures(sentence: str, lang: Lang) -> Iterator[Made]:
    """Every way to put one figure, date or unit of the sentence wrong."""
    yield from _each("number", "digits", _NUMBER, sentence, _digits)
    yield from _each("percent", "percent", _PERCENT, sentence, lambda n: str(int(n) + 5 if int(n) <= 90 else int(n) - 20))
    yield from _each("date", "year", _YEAR, sentence, lambda n: str(int(n) + 1))
    yield from _each("date", "clock", _TIME, sentence, lambda n: str(int(n) + 1 if int(n) < 11 else int(n) - 1))
    if lang == "zh":
        yield from _each("number", "chinese numeral", _ZH_NUMBER, sentence, _numeral)
        yield from _each("percent", "chinese percent", _ZH_PERCENT, sentence, _numeral)
        yield from _each("date", "chinese month", _ZH_DATE, sentence, lambda n: str(int(n) % 12 + 1))
        yield from _units("zh", sentence)
        return
    yield from _each("number", "number word", re.compile(rf"(?<!-)\b(?P<n>{'|'.join(EN[2:])})\b(?!-)", re.I), sentence, _word)
    yield from _each("date", "day", _DATED, sentence, lambda n: str(int(n) % 28 + 1))
    for names, rule in ((_MONTHS, "month"), (_DAYS, "weekday")):
        shape = re.compile(rf"\b(?P<n>{'|'.join(names)})\b(?! I\b)")
        yield from _each("date", rule, shape, sentence, lambda n, names=names: names[(names.index(n) + 2) % len(names)])  # type: ignore[misc]
    yield from _units("en", sentence)


def _each(kind: str, rule: str, shape: re.Pattern[str], sentence: str, other: Callable[[str], str | None]) -> Iterator[Made]:
    for found in shape.finditer(sentence):
        said = other(found["n"])
        if said is not None and not (kind == "date" and found["n"] == "May" and found.start() == 0):
            yield kind, rule, sentence[: found.start("n")] + said + sentence[found.end("n") :]


def _units(lang: Lang, sentence: str) -> Iterator[Made]:
    for shape, said in RULES["unit"][lang]:
        found = re.search(shape, sentence)
        if found and _COUNTED.search(sentence[max(0, found.start() - 12) : found.end() + 6]):
            yield "unit", f"unit {found[0]}", sentence[: found.start()] + said + sentence[found.end() :]


def _digits(text: str) -> str | None:
    value = int(text.replace(",", ""))
    said = another(value)
    return None if len(text) > 4 and "," not in text and value > 99_999 else f"{said:,}" if "," in text else str(said)


def _numeral(text: str) -> str | None:
    value = from_chinese(text)
    if value is None or value == 1:
        return None
    return chinese(another(value))


def _word(text: str) -> str:
    said = EN[2 + (EN.index(text.lower()) - 2 + 3) % 11]
    return said.capitalize() if text[0].isupper() else said
