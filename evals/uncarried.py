"""What a sent sentence says that its carriers do not: figures, dates, deadlines and words of right, read by this file's own means.

It shares nothing with the claims checker, so that one mistake cannot hide in both. It compares with the raw text at the carriers' spans.
"""

import re
from collections.abc import Mapping, Sequence

from desk.conversation import Sentence
from evals.mutants.numerals import EN, from_chinese

_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"]
_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_UNITS = {
    "h": ("hours?|hrs?|个?小时", 1.0),
    "minute": ("minutes?|mins?|分钟", 1.0),
    "working day": ("working days?|business days?|个?工作日", 1.0),
    "hours of days": ("(?:calendar )?days?|天|个?自然日|日(?![元圆本期常])", 24.0),
    "month": ("months?|个月", 1.0),
    "year": ("years?|周岁|岁|年", 1.0),
    "%": ("%|per ?cent", 1.0),
    "CNY": ("CNY|yuan|元", 1.0),
    "kg": ("kg|kilos?|公斤|千克", 1.0),
    "cm": ("cm|厘米", 1.0),
    "Wh": ("Wh|瓦时", 1.0),
    "piece": ("bags?|pieces?|件", 1.0),
    "mile": ("miles|里程", 1.0),
    "point": ("points?|积分", 1.0),
}
_UNIT = re.compile("|".join(f"(?P<u{n}>{ways})(?![a-z])" for n, (ways, _) in enumerate(_UNITS.values())), re.I)
_CURRENCY_FIRST = re.compile(r"(CNY|人民币|¥)\s?(\d+(?:\.\d+)?)")
_VALUE = re.compile(
    rf"(?P<time>\d{{1,2}}:\d{{2}}(?:\s?[ap]m)?)|(?P<n>\d+(?:\.\d+)?)|\b(?P<en>{'|'.join(EN[2:])})\b"
    r"|(?<![第之统唯同万])(?P<zh>[一二三四五六七八九十两百千万]{1,6})(?=个?(?:小时|工作日|月|星期)|[天件岁倍次]|周岁|日内)",
    re.I,
)
_MONTH = "|".join(f"{m}|{m[:3]}" for m in _MONTHS)
_DAYS_OF_MONTH = (
    re.compile(r"(?P<m>\d{1,2})\s?月\s?(?P<d>\d{1,2})\s?[日号]"),
    re.compile(rf"\b(?P<d>\d{{1,2}})\s(?P<m>{_MONTH})\b", re.I),
    re.compile(rf"\b(?P<m>{_MONTH})\s(?P<d>\d{{1,2}})\b(?!:)", re.I),
    re.compile(r"\b\d{4}-(?P<m>\d\d)-(?P<d>\d\d)(?!\d)"),
)
_DATED = re.compile(rf"\b({'|'.join(_MONTHS)}|{'|'.join(_DAYS)})\b(?!\s+(?:i|we|you|not|be)\b)", re.I)
# What makes or unmakes a right. Each must stand on both sides or on neither, but those of _MAY, which a plain statement may leave out.
_SIGNS: Mapping[str, str] = {
    "free": r"\bfree\b(?! to)|complimentary|no (?:extra )?(?:charge|fee|cost)|免费|免收|不收(?!现金)",
    "not": r"\bnot\b|n't\b|\bcannot\b|\bno\b|\bnever\b|\bnone\b|\bnor\b|\bneither\b|\bwithout\b|forbidden|prohibited|refused|\bunable\b|non-"
    r"|\bun(?:available|used)|[不未无勿禁非没]",
    "only": r"\bonly\b|\bsolely\b|limited to|仅|只|限于",
    "unless": r"\bunless\b|\bexcept|exception|\bother than\b|除|例外",
    "at least": r"at least|no less than|or more|minimum|至少|不(?:得|可以)?(?:少于|低于)|以上|最少",
    "at most": r"up to|at most|no more than|not exceed|maximum|within|in no more"
    r"|以内|不(?:得|可以)?(?:超过|多于|大于|高于|晚于)|至多|最多|以下|[天时日月年]内|之内|最晚",
    "before": r"\bbefore\b|prior to|\buntil\b|in advance|earlier|前(?!往)|提前|事先",
    "after": r"\bafter\b|\bonce\b|\blater\b|\bfrom\b|后|起",
}
_MAY: Mapping[str, str] = {
    "refundable": r"\brefundable|refunds?\b|refunded|paid back|pay back|可退|退",
    "eligible": r"eligible|entitled|\bright\b|\brights\b|有权|享有|享受|资格|权益|符合",
    "compensation": r"compensat|补偿|赔",
    "included": r"includ|包括|包含|含",
}


def strange_words(sentence: Sentence, carriers: Sequence[str]) -> tuple[str, ...]:
    """The figures, dates and words of right that the sentence has and its carriers have not, or that it leaves out; empty where all is carried."""
    said, given = sentence.text, "\n".join(carriers)
    (days, undated), (known, source) = _dates(said), _dates(given)
    out = [f"date {d}" for d in sorted(days - known)]
    out += [f"figure {v}" for v in sorted(_figures(undated) - _figures(source))]
    computed = any(c.entitlement_id for c in sentence.carried_by)  # of a decision not all is told: its facts, its other clauses
    for name, ways in {**_SIGNS, **_MAY}.items():
        here, there = (bool(re.search(ways, _without_no(text) if name == "not" else text, re.I)) for text in (said, given))
        if here and not there:
            out.append(f"“{name}” is said")
        elif there and not here and not computed and name in ("not", "only", "unless"):
            out.append(f"“{name}” is left out")
    return tuple(out)


def _without_no(text: str) -> str:
    """The text without the negations that make a limit or a gift of a right: no more than, 不少于, no charge, 不收费."""
    return re.sub("|".join(_SIGNS[name] for name in ("at least", "at most", "free")), " ", text, flags=re.I)


def _figures(text: str) -> set[str]:
    """Every number, as it is and with its unit, days as hours."""
    text = re.sub(r"(?<=\d)[,\u2009 ](?=\d{3}\b)", "", text.translate(_HALF_WIDTH).replace("*", ""))
    text = _CURRENCY_FIRST.sub(r" \2 CNY ", text)
    out: set[str] = set()
    for found in _VALUE.finditer(text):
        if found["time"]:
            out.add(found["time"].replace(" ", "").lower())
            continue
        value = _value(found)
        if value is None:
            continue
        unit = _UNIT.match(text, _past_space(text, found.end()))
        if unit is None:
            out.add(f"{value:g}")
            continue
        name, (_, factor) = list(_UNITS.items())[int(str(unit.lastgroup)[1:])]
        out.add(f"{value * factor:g} {'h' if factor == 24 else name}")
    return out


def _value(found: re.Match[str]) -> float | None:
    if found["n"]:
        return float(found["n"])
    if found["en"]:
        return float(EN.index(found["en"].lower()))
    read = from_chinese(found["zh"])
    return None if read is None else float(read)


def _past_space(text: str, at: int) -> int:
    return at + 1 if text[at : at + 1] in (" ", "-") else at


def _dates(text: str) -> tuple[set[str], str]:
    """The days (11-24), months and weekdays of a text, and the text without its days."""
    out: set[str] = set()

    def day(found: re.Match[str]) -> str:
        month = found["m"]
        number = int(month) if month.isdigit() else next(n for n, name in enumerate(_MONTHS, start=1) if name.startswith(month.lower()[:3]))
        out.add(f"{number}-{int(found['d'])}")
        return " "

    for shape in _DAYS_OF_MONTH:
        text = shape.sub(day, text)
    return out | {m[1].lower() for m in _DATED.finditer(text)}, text
