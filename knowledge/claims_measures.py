"""Amounts, percentages, durations, dates, times, measures and counts as a text states them, each in one canonical form."""

import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Literal, NamedTuple

from knowledge.claims_dates import dates_in, times_in
from knowledge.numerals import REFERENCE, Number, numbers_in

MeasureKind = Literal["amount", "percent", "duration", "date", "time", "measure", "count", "name"]
Bound = Literal["", ">=", "<=", ">", "<", "~"]


class Measure(NamedTuple):
    """One stated quantity; `bound` is the comparison that stands at it ("at least" is >=); offsets include the unit and the bound."""

    kind: MeasureKind
    value: str
    unit: str
    bound: Bound
    start: int
    end: int


# canonical unit -> (kind, factor as numerator and denominator, the ways to write it)
_UNITS: tuple[tuple[str, MeasureKind, int, int, str], ...] = (
    ("CNY", "amount", 1, 1, r"CNY|RMB|yuan|renminbi|人民币元|元人民币|元(?!旦)|圆|块钱"),
    ("USD", "amount", 1, 1, r"USD|US\s?dollars?|dollars?|美元"),
    ("EUR", "amount", 1, 1, r"EUR|euros?|€|欧元"),
    ("GBP", "amount", 1, 1, r"GBP|pounds sterling|英镑"),
    ("JPY", "amount", 1, 1, r"JPY|yen|日元|日圆"),
    ("SGD", "amount", 1, 1, r"SGD|新加坡元|新元"),
    ("HKD", "amount", 1, 1, r"HKD|港元|港币"),
    ("AUD", "amount", 1, 1, r"AUD|澳元"),
    ("THB", "amount", 1, 1, r"THB|baht|泰铢"),
    ("SDR", "amount", 1, 1, r"SDRs?|special drawing rights|计算单位|特别提款权"),
    ("%", "percent", 1, 1, r"%|per\s?cent|percent|pct"),
    ("zhe", "percent", 1, 1, r"折"),
    ("year old", "measure", 1, 1, r"years?\s+old|years?\s+of\s+age|-?years?-olds?|周岁|岁"),
    ("month old", "measure", 1, 1, r"months?\s+old|months?\s+of\s+age|月龄"),
    ("working day", "duration", 1, 1, r"(?:working|business)\s+days?|个?工作日"),
    ("h", "duration", 1, 1, r"hours?'?|hrs?|h|个?小时|个?钟头"),
    ("h", "duration", 1, 60, r"minutes?'?|mins?|分钟"),
    ("h", "duration", 1, 3600, r"seconds?|秒钟?"),
    ("h", "duration", 24, 1, r"(?:calendar\s+|consecutive\s+)?days?'?|个?自然日|日历天|日历日|天|日(?!元|圆|本|期|常|程)"),
    ("h", "duration", 168, 1, r"weeks?'?|个?星期|周(?!岁|年|末|边|[一二三四五六日])|个?礼拜"),
    ("month", "duration", 1, 1, r"(?:calendar\s+)?months?'?|个(?:日历|自然)?月(?!龄)"),
    ("year", "duration", 1, 1, r"(?:calendar\s+)?years?'?(?!\s+(?:old|of\s+age))|年(?!龄|度|级)"),
    ("kg", "measure", 1, 1, r"kgs?|kilograms?|kilos?|公斤|千克"),
    ("kg", "measure", 1, 1000, r"g|grams?|克(?!拉)"),
    ("lb", "measure", 1, 1, r"lbs?|pounds?|磅"),
    ("cm", "measure", 1, 1, r"cm|centimet(?:re|er)s?|厘米|公分"),
    ("cm", "measure", 1, 10, r"mm|millimet(?:re|er)s?|毫米"),
    ("cm", "measure", 100, 1, r"m|met(?:re|er)s?|米(?!兰)"),
    ("cm", "measure", 100000, 1, r"km|kilomet(?:re|er)s?|公里|千米"),
    ("inch", "measure", 1, 1, r"inch(?:es)?|英寸"),
    ("mile", "measure", 1, 1, r"miles?|英里|(?:点|个)?里程"),
    ("ml", "measure", 1, 1, r"ml|millilit(?:re|er)s?|毫升"),
    ("ml", "measure", 1000, 1, r"l|lit(?:re|er)s?|升(?!级|舱)"),
    ("Wh", "measure", 1, 1, r"wh|watt[\s-]?hours?|瓦特?小?时"),
    ("mAh", "measure", 1, 1, r"mah|毫安时?"),
    ("V", "measure", 1, 1, r"v|volts?|伏特?"),
    ("°C", "measure", 1, 1, r"°\s?c|℃|degrees?(?:\s+(?:celsius|centigrade))?|摄氏度|度"),
    ("piece", "count", 1, 1, r"bags?|pieces?|pcs|件"),
    ("time", "count", 1, 1, r"times?|次|回(?!程)"),
    ("person", "count", 1, 1, r"persons?|people|passengers?|travell?ers?|人|名|位"),
    ("point", "count", 1, 1, r"points?|个?积分|分(?!钟|之|钱)"),
    ("letter", "count", 1, 1, r"letters?|characters?|个?(?:字母|字符)"),
    ("flight", "count", 1, 1, r"flights?|个?航班|航段"),
    ("piece", "count", 1, 1, r"个|张|只|辆|条|块|台|份|笔"),
)
_UNIT_ALTERNATION = "|".join(f"(?P<u{i}>{ways})" for i, (_, _, _, _, ways) in enumerate(_UNITS))
_UNIT = re.compile(rf"\s?-?(?:{_UNIT_ALTERNATION})(?![A-Za-z])", re.I)
_CURRENCY_BEFORE = re.compile(
    r"(?:(?P<CNY>CNY|RMB|人民币|¥)|(?P<USD>USD|US\$)|(?P<SGD>SGD|S\$)|(?P<HKD>HKD|HK\$)|(?P<AUD>AUD|A\$)|(?P<EUR>EUR|€)|(?P<GBP>GBP|£)"
    r"|(?P<JPY>JPY)|(?P<THB>THB)|(?P<SDR>SDRs?)|(?P<dollar>\$))\s?$",
    re.I,
)
_PERCENT_BEFORE = re.compile(r"百分之$")

# Comparison words, longest meaning first where one holds another: "no more than" is at most.
_TIGHT = r"(?:earl|fast|low|young|light|short|small)(?:i?er)"
_LOOSE = r"(?:lat|long|great|high|larg|heavi|old|bigg)(?:e?r)"
_ZH_NOT = "不(?:得|应|可以|可|能)?"
BOUNDS_LEFT: tuple[tuple[Bound, str], ...] = (
    (
        ">=",
        rf"at\s+least|(?:no|not)\s+(?:less|fewer|{_TIGHT})\s+than|(?:a\s+)?minimum(?:\s+of)?|not\s+under|starting\s+(?:at|from)"
        rf"|as\s+of|since|from"
        rf"|至少|最少|起码|{_ZH_NOT}(?:少于|低于|小于|早于|短于)|年满|已满|满|自|从|≥|>=",
    ),
    (
        "<=",
        rf"at\s+(?:the\s+)?most|up\s+to|(?:no|not)\s+(?:more|{_LOOSE})\s+than|not\s+over|(?:not|never)\s+exceed(?:ing)?"
        rf"|(?:a\s+)?maximum(?:\s+of)?|max\.?|within"
        r"|until|till|as\s+(?:many|much)\s+as|limited\s+to|最多|至多|最大|最高|最长|最重|最晚|最迟"
        rf"|{_ZH_NOT}(?:超过|多于|大于|高于|晚于|迟于|长于)|≤|<=|截至|未超过|以不超过|为限",
    ),
    (
        ">",
        rf"(?:more|{_LOOSE})\s+than|over|above|exceed(?:s|ing)?|in\s+excess\s+of|beyond|upwards\s+of|超过|超出|多于|大于|高于|长于"
        rf"|晚于|逾|>",
    ),
    ("<", rf"(?:less|fewer|{_TIGHT})\s+than|under|below|不足|未满|不满|少于|小于|低于|短于|早于|不到|未达|<"),
    ("~", r"about|approximately|around|roughly|nearly|almost|大约|约|近|将近"),
)
BOUNDS_RIGHT: tuple[tuple[Bound, str], ...] = (
    (">=", rf"(?:or|and)\s+(?:more|over|above|upwards?|{_LOOSE})|[（(]含[）)]以上|及其?以上|或以上|以上|及?更多|起(?![飞运降始草诉])|\+"),
    (
        "<=",
        rf"(?:or|and)\s+(?:less|fewer|under|below|{_TIGHT})|at\s+(?:the\s+)?(?:most|latest)|[（(]含[）)]以[内下]|及其?以下|或以下|以下"
        rf"|以内|之内|内(?![地部容陆科])|为限|封顶",
    ),
    (">", r"以外|开外"),
    ("~", r"左右|上下"),
)
_LEFT = re.compile("(?<![A-Za-z])(?:" + "|".join(f"(?P<b{i}>{ways})" for i, (_, ways) in enumerate(BOUNDS_LEFT)) + r")\s*$", re.I)
_RIGHT = re.compile(r"\s*(?:" + "|".join(f"(?P<b{i}>{ways})" for i, (_, ways) in enumerate(BOUNDS_RIGHT)) + ")(?![A-Za-z])", re.I)
_TIMES_SIGN = re.compile(r"\s*[×xX✕*]\s*$")
_RANGE = re.compile(r"\s*(?:-|–|—|~|to|至|到|or|或)\s*$")
_ADVERBS = {"once": "1", "twice": "2", "thrice": "3"}
_ADVERB = re.compile(r"(?<!at )\b(?:once(?! (?:you|your|the|it|its|we|our|they|a|an|this|that|all|both)\b)|twice|thrice)\b", re.I)
_HALF_AFTER = re.compile(r"半(?!价|径|票)")


def measures_in(text: str) -> tuple[Measure, ...]:
    """The quantities of a normalised text, in order; references ("Article 7") come as names."""
    found = [*_references(text), *(Measure(s.kind, s.value, "", "", s.start, s.end) for s in (*dates_in(text), *times_in(text)))]
    found = [m for i, m in enumerate(found) if not any(o.start < m.end and m.start < o.end for o in found[:i])]
    found = [_bounded(m, text) for m in found]
    found += [Measure("count", _ADVERBS[m[0].lower()], "time", "", *m.span()) for m in _ADVERB.finditer(text)]
    taken = [(m.start, m.end) for m in found]
    numbers = [n for n in numbers_in(text) if not any(s < n.end and n.start < e for s, e in taken)]
    return tuple(sorted([*found, *(_bounded(m, text) for m in _shared_units([_with_unit(n, text) for n in numbers], text))], key=lambda m: m.start))


def _references(text: str) -> Iterator[Measure]:
    for match in REFERENCE.finditer(text):
        yield Measure("name", re.sub(r"[\s.]+", " ", match[0].lower()).strip(), "", "", *match.span())


def plain_number(value: Decimal) -> str:
    """48.00 -> "48": the shortest decimal writing."""
    text = format(value.normalize(), "f")
    return text if text != "-0" else "0"


def _with_unit(number: Number, text: str) -> Measure:
    """The number with the unit or currency that stands at it; a bare number is a count without a unit."""
    start, end, value = number
    if before := _CURRENCY_BEFORE.search(text, max(0, start - 6), start):
        unit = "USD" if before.lastgroup == "dollar" else str(before.lastgroup)
        after = _UNIT.match(text, end)
        tail = after.end() if after and _UNITS[int(str(after.lastgroup)[1:])][0] == unit else end
        return Measure("amount", plain_number(value), unit, "", before.start(), tail)
    if before := _PERCENT_BEFORE.search(text, max(0, start - 3), start):
        return Measure("percent", plain_number(value), "%", "", before.start(), end)
    if not (after := _UNIT.match(text, end)):
        return Measure("count", plain_number(value), "", "", start, end)
    unit, kind, up, down, _ = _UNITS[int(str(after.lastgroup)[1:])]
    end = after.end()
    if half := (_HALF_AFTER.match(text, end) if kind == "duration" else None):
        value, end = value + Decimal("0.5"), half.end()
    exact = _exactly(value, up, down)
    if exact is None:
        return Measure(kind, plain_number(value), "min" if down == 60 else "s", "", start, end)
    return Measure(kind, plain_number(exact), unit, "", start, end)


def _exactly(value: Decimal, up: int, down: int) -> Decimal | None:
    """value * up / down, or None where it has no end in decimals (20 minutes in hours)."""
    rest = (Fraction(value) * up / down).denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return value * up / down if rest == 1 else None


def _shared_units(found: list[Measure], text: str) -> list[Measure]:
    """Units written once for several numbers: 55 × 40 × 20 cm, 4 to 8 hours, CNY 260–480; in 2 × 23 kg the 2 counts pieces."""
    out = list(found)
    for i in range(len(out) - 2, -1, -1):
        this, following = out[i], out[i + 1]
        gap = text[this.end : following.start]
        if _TIMES_SIGN.match(gap) and this.unit == "":
            out[i] = (
                this._replace(kind="measure", unit="cm", value=_like(this.value, text, following))
                if following.unit == "cm"
                else this._replace(unit="piece")
            )
        elif _RANGE.match(gap) and this.unit == "" and following.unit != "":
            out[i] = this._replace(kind=following.kind, unit=following.unit, value=_like(this.value, text, following))
    for i in range(1, len(out)):
        if out[i].unit == "" and out[i - 1].kind == "amount" and _RANGE.match(text[out[i - 1].end : out[i].start]):
            out[i] = out[i]._replace(kind="amount", unit=out[i - 1].unit)
    return out


def _like(value: str, text: str, other: Measure) -> str:
    """The value in the canonical unit of the range's other end (2 to 3 days: 48 to 72 h)."""
    unit = _UNIT.match(text, next((n.end for n in numbers_in(text[other.start : other.end])), 0) + other.start)
    if not unit:
        return value
    _, _, up, down, _ = _UNITS[int(str(unit.lastgroup)[1:])]
    exact = _exactly(Decimal(value), up, down)
    return value if exact is None else plain_number(exact)


def _bounded(measure: Measure, text: str) -> Measure:
    """The measure with the comparison word that stands directly before or after it."""
    if measure.kind == "name":
        return measure
    if left := _LEFT.search(text, max(0, measure.start - 28), measure.start):
        measure = measure._replace(bound=BOUNDS_LEFT[int(str(left.lastgroup)[1:])][0], start=left.start())
    elif right := _RIGHT.match(text, measure.end):
        measure = measure._replace(bound=BOUNDS_RIGHT[int(str(right.lastgroup)[1:])][0], end=right.end())
    return measure
