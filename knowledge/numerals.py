"""Numbers as people write them: 1,200 · 1.5 · 四十八 · 3万 · forty-eight · half; 第十二条 and Article 7 are references, no amounts."""

import re
from decimal import Decimal
from typing import NamedTuple

_HALF_WIDTH = {code: code - 0xFEE0 for span in ((0xFF10, 0xFF19), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A)) for code in range(span[0], span[1] + 1)}
_HALF_WIDTH |= {ord(a): ord(b) for a, b in zip("％．＋－／￥～＄＞＜＝’‘\u3000\xa0\u2009\u202f", "%.+-/¥~$><=''    ", strict=True)}

_DIGITS = {c: i for i, row in enumerate(("零〇", "一壹", "二两贰兩", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")) for c in row}
_PLACES = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_GROUPS = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000}
_ZH_CHARS = "".join([*_DIGITS, *_PLACES, *_GROUPS])

_ONES = re.findall(
    r"\w+",
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
)
_TENS = re.findall(r"\w+", "twenty thirty forty fifty sixty seventy eighty ninety")
_EN_VALUE = {w: i for i, w in enumerate(_ONES)} | {w: 20 + 10 * i for i, w in enumerate(_TENS)}
_EN_SCALE = {"hundred": 100, "thousand": 1000, "million": 1_000_000}

# Chinese words that hold a numeral without counting anything; the second list only when nothing countable follows.
_IDIOMS = (
    "一般|一定|一律|一些|一样|一致|一旦|一经|一并|一起|一同|一切|一直|一方面|另一|某一|任一|同一|统一|唯一|之一|单一|万一|不一|一共"
    "|一体|一贯|"
    "进一步|一面|一时|每一|逐一|一如|一概|一般性|十分(?!钟)|千克|千米|千瓦|百货|三亚|四川|九寨|二维|三证|再三|两岸|万向|万国|百度|三角"
    "|一卡通|"
    "(?:星期|礼拜|(?<![0-9零〇一二两三四五六七八九十])周)[一二三四五六]|五一|十一国庆|双十一"
)
_COUNTED = "个件次名位张人天日周月年小时份项种班段程本条只笔台辆倍元瓶支块成半晚夜季分封块枚套片"
_NUMBER = re.compile(
    rf"""(?P<skip>第\s*(?:[{_ZH_CHARS}]+|\d+)|{_IDIOMS}|(?<![A-Za-z])(?:no|any|every|some|which|this|that)\s+one\b|\bone(?=[\s-]+(?:way|another)\b))
    |(?P<digits>(?<![\d.,])(?:\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.\d+)?)(?:\s?(?P<scale>million\b|thousand\b|[万亿萬億]|千(?![克米瓦])))?
    |(?P<zh>(?:[{_ZH_CHARS.replace("千", "")}]|千(?![克米瓦]))+(?:点[{"".join(_DIGITS)}]+)?)
    |(?P<half>(?<=一)半|(?<![一过大小])半(?=个|小时|天|年|价|票|日|月|数)|\bhalf\b|½)
    |(?P<en>\b(?:an?\s+(?=hundred|thousand|million))?(?:{"|".join(_ONES + _TENS + list(_EN_SCALE))})
        (?:(?:[\s-]|\s+and\s+)(?:{"|".join(_ONES + _TENS + list(_EN_SCALE))}))*\b)(?P<and_half>\s+and\s+a\s+half\b)?""",
    re.X | re.I,
)
# What names a place in a text or on the ground, not an amount.
REFERENCE = re.compile(
    r"\b(?:articles?|art\.|sections?|chapter|annex|paragraphs?|point|recitals?|rule|regulation|directive|decision|terminal|gate|row"
    r"|step|no\.?)\s*"
    r"(?:\(\w+\)\s*)?(?:no\.?\s*)?(?:[A-Z]-?)?\d++(?:[/.]\d++)*(?:\(\w+\))*(?:\s*(?:,|and|or|to|-)\s*\d+\(\w+\))*"
    r"(?!\s*(?:%|kg|cm|hours?|days?|minutes?|months?|years?)\b)|第\s*(?:[" + _ZH_CHARS + r"]+|\d+)\s*[条款项章节号届页类层步]?",
    re.I,
)
_GLUED_BEFORE = re.compile(r"[A-Za-z]+$")
_GLUED_AFTER = re.compile(r"[A-Za-z]+\d*")
_CODES_BEFORE = {"cny", "rmb", "usd", "eur", "gbp", "jpy", "sgd", "hkd", "aud", "thb", "us", "x"}
_UNITS_AFTER = {
    "kg",
    "kgs",
    "g",
    "cm",
    "mm",
    "m",
    "km",
    "h",
    "hr",
    "hrs",
    "min",
    "mins",
    "s",
    "wh",
    "ml",
    "l",
    "lb",
    "lbs",
    "x",
    "am",
    "pm",
    "mah",
    "v",
}


class Number(NamedTuple):
    """One number of a text and where it stands (offsets in characters)."""

    start: int
    end: int
    value: Decimal


def normalise(text: str) -> str:
    """Full-width digits, letters and signs become half-width, odd spaces plain ones; the length stays, so offsets stay."""
    return text.translate(_HALF_WIDTH)


def chinese_value(word: str) -> Decimal | None:
    """The value of a Chinese numeral (四十八 -> 48, 二〇二六 -> 2026, 一百二 -> 120), or None when it is not one number (两三)."""
    whole, _, fraction = word.partition("点")
    value = _read_places(whole) if any(c in _PLACES or c in _GROUPS for c in whole) else _read_digits(whole)
    if value is None or not fraction:
        return value
    return value + Decimal("0." + "".join(str(_DIGITS[c]) for c in fraction))


def _read_digits(word: str) -> Decimal | None:
    """二〇二六 -> 2026; two bare digits (两三天) are a guess, not a number."""
    if len(word) == 2 and not set(word) & set("零〇"):
        return None
    return Decimal("".join(str(_DIGITS[c]) for c in word)) if word else None


def _read_places(word: str) -> Decimal | None:
    """A numeral with places: groups of 万 and 亿 over sections below ten thousand."""
    total = section = digit = 0
    last_place = 0
    for at, c in enumerate(word):
        if c in _DIGITS:
            if digit and _DIGITS[c]:
                return None
            digit, last_place = _DIGITS[c], last_place if _DIGITS[c] or at == 0 else 1
        elif c in _PLACES:
            section, digit, last_place = section + (digit or 1) * _PLACES[c], 0, _PLACES[c]
        else:
            group = _GROUPS[c]
            here = section + digit
            total = (total + here) * group if group > total else total + (here or 1) * group
            section, digit, last_place = 0, 0, group
    if digit and last_place > 10 and len(word) > 1 and word[-2] not in "零〇":  # 一百二 is 120, 一百零二 is 102
        digit *= last_place // 10
    return Decimal(total + section + digit)


def english_value(phrase: str) -> Decimal | None:
    """The value of an English number in words below a thousand million, or None when the words are no single number ("two three")."""
    total = current = 0
    room = 1000  # what may still be added to `current` must be smaller than this
    for word in re.findall(r"[a-z]+", phrase.lower()):
        if word in ("and", "a", "an"):
            continue
        if word == "hundred":
            current, room = (current or 1) * 100, 100
        elif word in _EN_SCALE:
            total, current, room = total + (current or 1) * _EN_SCALE[word], 0, 1000
        else:
            value = _EN_VALUE[word]
            if value >= room:
                return None
            current, room = current + value, 10 if value >= 20 else 0
    return Decimal(total + current)


def numbers_in(text: str) -> tuple[Number, ...]:
    """The numbers of a text, in order; references and ordinals (第十二条, Article 7, 1st, 9L218) are left out."""
    text = normalise(text)
    named = [m.span() for m in REFERENCE.finditer(text)]
    found: list[Number] = []
    for match in _NUMBER.finditer(text):
        if match["skip"] is None and not any(start <= match.start() < end for start, end in named):
            found.extend(_read(match, text))
    return tuple(found)


def _read(match: re.Match[str], text: str) -> list[Number]:
    """What one match of the number pattern says: nothing, one number, or the numbers of "twenty and thirty"."""
    start, end = match.span()
    if match["digits"]:
        if _is_code(text, *match.span("digits")):
            return []
        return [Number(start, end, Decimal(match["digits"].replace(",", "")) * _scale(match["scale"]))]
    if match["half"]:
        return [Number(start, end, Decimal("0.5"))]
    if match["zh"]:
        return _read_chinese(match["zh"], text, start)
    value = english_value(match["en"])
    if value is None:
        return [
            Number(start + w.start(), start + w.end(), Decimal(_EN_VALUE[w[0].lower()]))
            for w in re.finditer(r"[A-Za-z]+", match["en"])
            if w[0].lower() in _EN_VALUE
        ]
    return [Number(start, end, value + Decimal("0.5") if match["and_half"] else value)]


def _read_chinese(word: str, text: str, start: int) -> list[Number]:
    """A Chinese numeral; a lone 一, 千 or 万 only before something countable."""
    after = text[start + len(word) : start + len(word) + 1]
    if word[0] in "百千万亿" or (word == "一" and (not after or after not in _COUNTED)):
        return []
    value = chinese_value(word)
    return [] if value is None else [Number(start, start + len(word), value)]


def _scale(word: str | None) -> int:
    """What the word after the digits multiplies by."""
    if not word:
        return 1
    return _EN_SCALE.get(word.lower()) or _GROUPS.get(word) or 1000


def _is_code(text: str, start: int, end: int) -> bool:
    """Digits glued to letters that are no unit and no currency: 9L218, A320, 3C, 1st."""
    before = _GLUED_BEFORE.search(text, max(0, start - 12), start)
    after = _GLUED_AFTER.match(text, end)
    letters = after[0].lower() if after else "kg"
    return bool((before and before[0].lower() not in _CODES_BEFORE) or (letters not in _UNITS_AFTER and letters.rstrip("0123456789") != "x"))
