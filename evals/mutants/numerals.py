"""Numbers read and written in figures and in words, in both languages, as far as the mutations need it."""

import re

EN = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_ZH = "零一二三四五六七八九"


def chinese(number: int) -> str:
    """1..9,999 and round ten thousands in Chinese numerals: 48 is 四十八, 200000 is 二十万."""
    if number >= 10_000 and number % 10_000 == 0:
        return chinese(number // 10_000) + "万"
    out, gap = "", False
    for place, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // place % 10
        if digit:
            out += ("零" if gap and out else "") + _ZH[digit] + name
        gap = digit == 0
    return re.sub("^一十", "十", out) or "零"


def from_chinese(text: str) -> int | None:
    """四十八 is 48; None for what is not written out in one of the usual ways."""
    total = part = digit = 0
    for char in text.replace("两", "二"):
        if char in _ZH:
            digit = _ZH.index(char)
        elif char in "十百千":
            part += (digit or 1) * {"十": 10, "百": 100, "千": 1000}[char]
            digit = 0
        elif char == "万":
            total, part, digit = (part + digit) * 10_000, 0, 0
        else:
            return None
    total += part + digit
    return total or None


def another(value: int) -> int:
    """Another number of the same size: 2 gives 4, 23 gives 24, 100 gives 110, 1200 gives 1300."""
    step = 10 ** max(0, len(str(value)) - 2)
    return value + (step if value >= 10 else 2)
