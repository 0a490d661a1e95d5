"""Numbers are read however people write them, and references are never taken for amounts."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.numerals import chinese_value, english_value, normalise, numbers_in

DIGITS = "零一二三四五六七八九"
ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
TENS = ["-", "-", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def in_chinese(value: int) -> str:
    """The textbook writing: 零 once for a run of empty places, 十 for 10 to 19 when nothing stands before it."""
    if value == 0:
        return "零"
    high, low = divmod(value, 10_000)
    text = below_ten_thousand(low) if low else ""
    if high:
        text = below_ten_thousand(high) + "万" + ("零" if low and low < 1000 else "") + text
    return text[1:] if text.startswith("一十") else text


def below_ten_thousand(value: int) -> str:
    text, gap = "", False
    for place, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // place % 10
        if digit:
            text += ("零" if gap and text else "") + DIGITS[digit] + name
            gap = False
        else:
            gap = True
    return text


def in_english(value: int) -> str:
    if value < 20:
        return ONES[value]
    if value < 100:
        return TENS[value // 10] + (f"-{ONES[value % 10]}" if value % 10 else "")
    if value < 1000:
        return f"{ONES[value // 100]} hundred" + (f" and {in_english(value % 100)}" if value % 100 else "")
    rest = value % 1000
    return f"{in_english(value // 1000)} thousand" + (f"{' and' if rest < 100 else ''} {in_english(rest)}" if rest else "")


@given(st.integers(0, 99_999_999))
def test_a_chinese_numeral_is_read_back(value: int) -> None:
    assert chinese_value(in_chinese(value)) == value


@given(st.integers(2, 99_999_999))
def test_a_chinese_numeral_is_found_in_a_sentence(value: int) -> None:
    text = f"收取{in_chinese(value)}元"
    assert [(text[n.start : n.end], n.value) for n in numbers_in(text)] == [(in_chinese(value), value)]


@given(st.integers(0, 9_999))
def test_an_english_numeral_is_read_back(value: int) -> None:
    assert english_value(in_english(value)) == value


@given(st.integers(0, 9_999))
def test_an_english_numeral_is_found_in_a_sentence(value: int) -> None:
    text = f"You pay {in_english(value)} yuan."
    assert [(text[n.start : n.end], n.value) for n in numbers_in(text)] == [(in_english(value), value)]


@given(st.integers(0, 99_999_999), st.booleans())
def test_digits_are_read_with_and_without_commas(value: int, commas: bool) -> None:
    text = f"CNY {value:,} in all" if commas else f"CNY {value} in all"
    assert [n.value for n in numbers_in(text)] == [value]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1,200 and 1.5", ["1200", "1.5"]),
        ("满两周岁", ["2"]),
        ("百分之八十", ["80"]),
        ("一百二", ["120"]),
        ("三万五", ["35000"]),
        ("3万", ["30000"]),
        ("二十三千克", ["23"]),
        ("two and a half hours", ["2.5"]),
        ("half the fare", ["0.5"]),
        ("twenty and thirty", ["20", "30"]),
        ("2x32kg", ["2", "32"]),
        ("CNY300", ["300"]),
        ("１２ 小时", ["12"]),
    ],
)
def test_the_usual_ways_of_writing(text: str, values: list[str]) -> None:
    assert [n.value for n in numbers_in(text)] == [Decimal(v) for v in values]


@pytest.mark.parametrize(
    "text",
    [
        "第十二条",
        "Article 7",
        "Regulation (EC) No 261/2004",
        "flight 9L218",
        "the 3C mark",
        "the 1st bag",
        "一般来说",
        "统一规定",
        "周一",
        "a one-way fare",
        "no one",
    ],
)
def test_references_and_idioms_are_no_numbers(text: str) -> None:
    assert numbers_in(text) == ()


@given(st.text())
def test_normalising_keeps_every_offset(text: str) -> None:
    assert len(normalise(text)) == len(text)
    assert normalise(normalise(text)) == normalise(text)


def test_full_width_becomes_half_width_and_traditional_stays() -> None:
    assert normalise("ＣＮＹ　３００，１０％，兩個") == "CNY 300，10%，兩個"
