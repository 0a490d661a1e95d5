"""Personal data that a pattern and a checksum can tell: ids, cards, accounts, e-mail, and codes that only their context gives away.

Texts come folded (plain digits and letters, see `redact.fold`). Look-arounds instead of word borders: there is none between a Chinese character
and a digit.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Literal, NamedTuple

Kind = Literal["resident-id", "phone", "passport", "booking", "ticket", "card", "iban", "email", "name"]


class Span(NamedTuple):
    """Where a piece of personal data stands, and what it is."""

    start: int
    end: int
    kind: Kind


_ALONE = r"(?<![0-9A-Za-z])"
_ENDS = r"(?![0-9A-Za-z])"
_RESIDENT = re.compile(r"(?<!\d)[1-9]\d{5}[ -]?(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[ -]?\d{3}[\dXx](?![0-9A-Za-z])")
_CARD = re.compile(rf"{_ALONE}(?<!\d[.,])[2-6](?:[ -]?\d){{12,18}}{_ENDS}")
_IBAN = re.compile(rf"{_ALONE}([A-Za-z]{{2}})\d{{2}}(?=[ -]?[0-9A-Za-z])")
_EMAIL = re.compile(r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}(?<![-.])")
_PASSPORT = re.compile(rf"{_ALONE}(?:[A-Za-z]{{0,3}}\d{{6,9}}|(?=(?:[A-Za-z]*\d){{5}})[A-Z][0-9A-Z]{{6,9}}){_ENDS}(?!-\d)")
_TICKET = re.compile(rf"{_ALONE}\d{{3}}[ -]?\d{{10}}{_ENDS}")
_BOOKING = re.compile(rf"{_ALONE}[0-9A-Za-z]{{6}}{_ENDS}(?![-@.]\w)")

_NUMBER_WORD = r"(?:number|no\.?|num\.?|nr\.?|code|id|#|号码|编号|编码|代码|号|码)"
_IS = rf"\s*(?:{_NUMBER_WORD}\s*)?(?:is|was|are|[:=：为是])?\s*[\"'“‘「(\[<（【]?\s*$"
_NEAR_PASSPORT = re.compile(r"passport|travel document|护照|通行证|台胞证|回乡证|旅行证", re.I)
_NEAR_TICKET = re.compile(r"e-?ticket|ticket|票号|客票|机票|电子票|行程单", re.I)
_BOOKED_EN = r"(?:booking|reservation|confirmation|pnr|record locator|locator|reference|booked|ref)"
_BOOKED_ZH = r"(?:订单|预订|预定|订座|记录|确认|预约|订票|定位)"
_NEAR_BOOKING = re.compile(rf"\b{_BOOKED_EN}\b|{_BOOKED_ZH}|PNR", re.I)
# "booking reference: abc123", "订单号 abc123": the very next word is the code, so that it may be in small letters, or digits only.
_RIGHT_BEFORE = re.compile(
    rf"(?:(?:reference|locator|pnr|ref\.?)|(?:booking|reservation|confirmation|reference)\s*{_NUMBER_WORD}|{_BOOKED_ZH}\s*{_NUMBER_WORD}){_IS}", re.I
)
_LEADS_ELSEWHERE = re.compile(r"\b(?:to|from|in|at|via|the|and|for|flight|total|miles|of)\s*$|(?:航班|总额|总价|共|金额|里程)\s*$|[¥$€£]\s*$", re.I)
_FLIGHT = re.compile(r"(?:[A-Z]{2}|[A-Z]\d|\d[A-Z])\d{3,4}[A-Z]?", re.I)
_MEASURED = re.compile(r"^\s*(?:元|块|人民币|里程|积分|英里|分|天|年|月|CNY|RMB|yuan|miles|points|EUR|USD)", re.I)
_ENDER = re.compile(r"[!?;。！？；\n]|(?<!\bno)(?<!ref)(?<!\bnr)(?<!num)\.(?=\s)", re.I)
_SHOUTED = frozenset(  # six capitals that are no code
    "LONDON SYDNEY BERLIN MADRID MUNICH VIENNA GENEVA ZURICH PLEASE CHANGE REFUND CANCEL URGENT FLIGHT TICKET RETURN SINGLE".split()  # noqa: SIM905
)

_IBAN_LENGTH = {
    code: int(length)
    for length, codes in {
        "15": "NO", "16": "BE", "18": "DK FI FO GL NL", "19": "MK SI", "20": "AT BA EE KZ LT LU XK", "21": "CH HR LI LV",
        "22": "BG BH CR DE GB GE IE ME RS VA", "23": "AE IL TL IQ", "24": "AD CZ ES MD PK RO SA SE SK TN VG", "25": "PT LY",
        "26": "IS TR", "27": "FR GR IT MC MR SM", "28": "AL AZ BY CY DO GT HU LB PL SV", "29": "BR EG PS QA UA", "30": "JO KW MU", "31": "MT SC",
    }.items()
    for code in codes.split()
}  # fmt: skip


def pattern_spans(text: str) -> Iterator[Span]:
    """Everything that patterns, checksums and context tell of a folded text; spans may overlap."""
    for find in (_residents, _cards, _ibans, _emails, _passports, _tickets, _bookings):
        yield from find(text)


def said_before(text: str, at: int, most: int) -> str:
    """The last `most` characters of the same sentence before a place."""
    window = text[max(0, at - most) : at]
    ends = [m.end() for m in _ENDER.finditer(window)]
    return window[ends[-1] :] if ends else window


def said_after(text: str, at: int, most: int) -> str:
    """The next `most` characters of the same sentence after a place."""
    window = text[at : at + most]
    end = _ENDER.search(window)
    return window[: end.start()] if end else window


def _residents(text: str) -> Iterator[Span]:
    for m in _RESIDENT.finditer(text):
        plain = re.sub("[ -]", "", m.group()).upper()
        if sum(int(d) * pow(2, 17 - i, 11) for i, d in enumerate(plain[:17])) % 11 == (1 - (10 if plain[17] == "X" else int(plain[17]))) % 11:
            yield Span(*m.span(), "resident-id")


def _cards(text: str) -> Iterator[Span]:
    for m in _CARD.finditer(text):
        if _luhn(re.sub("[ -]", "", m.group())):
            yield Span(*m.span(), "card")


def _luhn(digits: str) -> bool:
    doubled = (int(d) * (2 if i % 2 else 1) for i, d in enumerate(reversed(digits)))
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def _ibans(text: str) -> Iterator[Span]:
    for m in _IBAN.finditer(text):
        length = _IBAN_LENGTH.get(m.group(1).upper())
        whole = re.compile(rf"(?:[ -]?[0-9A-Za-z]){{{length}}}{_ENDS}").match(text, m.start()) if length else None
        if whole and _mod97(re.sub("[ -]", "", whole.group()).upper()):
            yield Span(*whole.span(), "iban")


def _mod97(plain: str) -> bool:
    return int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1


def _emails(text: str) -> Iterator[Span]:
    if "@" in text:
        for m in _EMAIL.finditer(text):
            yield Span(*m.span(), "email")


def _passports(text: str) -> Iterator[Span]:
    if _NEAR_PASSPORT.search(text):
        for m in _PASSPORT.finditer(text):
            if not _is_day(m.group()) and not _MEASURED.match(text[m.end() : m.end() + 8]) and _in_context(text, m, _NEAR_PASSPORT, 40):
                yield Span(*m.span(), "passport")


def _tickets(text: str) -> Iterator[Span]:
    if _NEAR_TICKET.search(text):
        for m in _TICKET.finditer(text):
            if _in_context(text, m, _NEAR_TICKET, 40):
                yield Span(*m.span(), "ticket")


def _bookings(text: str) -> Iterator[Span]:
    if _NEAR_BOOKING.search(text):
        shouted = len(re.findall(r"[A-Z]{3,}", text)) > 3 and not re.search("[a-z]", text)
        for m in _BOOKING.finditer(text):
            if _is_booking(text, m, shouted):
                yield Span(*m.span(), "booking")


def _is_booking(text: str, m: re.Match[str], shouted: bool) -> bool:
    code, before = m.group(), said_before(text, m.start(), 32)
    if _MEASURED.match(text[m.end() : m.end() + 8]):
        return False
    if _RIGHT_BEFORE.search(before):
        return not code.isalpha() or code.isupper() or bool(re.search(rf"(?:is|was|[:=：#]|号|码|{_NUMBER_WORD})\s*[\"'“(]?\s*$", before, re.I))
    if code.isdigit() or _is_day(code) or _LEADS_ELSEWHERE.search(before) or _FLIGHT.fullmatch(code):
        return False
    if code.isalpha() and (not code.isupper() or shouted or code in _SHOUTED):
        return False
    if not (code.isupper() or any(c.isdigit() for c in code)):
        return False
    return _in_context(text, m, _NEAR_BOOKING, 25)


def _in_context(text: str, m: re.Match[str], near: re.Pattern[str], most: int) -> bool:
    """A word of the kind stands before it in the same sentence, or soon after it ("E12345678 is my passport", "E12345678这本护照")."""
    return bool(near.search(said_before(text, m.start(), most)) or near.search(said_after(text, m.end(), 15)))


def _is_day(code: str) -> bool:
    """20271130, 271130: a day, not a number of something."""
    if not code.isdigit() or len(code) not in (6, 8):
        return False
    try:
        day = date.fromisoformat(code if len(code) == 8 else f"20{code}")
    except ValueError:
        return False
    return 1900 <= day.year <= 2100
