"""Personal data found in a text and hidden: for logs, and for whoever must not see it (reversibly, with a Veil)."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

import phonenumbers
from pydantic import BaseModel

from bot.known_names import name_spans
from bot.personal import Kind, Span, pattern_spans, said_after, said_before

_KINDS = "resident-id|phone|passport|booking|ticket|card|iban|email|name"
_PLACE = re.compile(rf"\[(\\*)((?:{_KINDS})-\d{{1,5}})\]")
_BLANK = "\ufffc"  # stands for what is hidden already: no pattern takes it, no context word is left of it

_MOBILE = re.compile(
    r"(?:(?<![0-9A-Za-z.])|(?<=tel)|(?<=phone)|(?<=mobile)|(?<=mob))(?:(?:\+|00)?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?![0-9A-Za-z])", re.I
)
_DIALLED = re.compile(r"(?<![0-9A-Za-z])(?<!\d[.,:/-])(?:\+ ?|\()?\d(?:[ ().\-/]{0,2}\d){6,14}(?:x\d{1,6})?(?![0-9A-Za-z])(?!\.\d)")
_NOT_DIALLED = re.compile(
    r"\d{4}[-/. ]\d{1,2}[-/. ]\d{1,2}.*|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}.*|(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\d{4,6})?"
    r"|(?:19|20)\d{2}\s*[-/]\s*(?:19|20)\d{2}|\d+\.\d{1,3}|\d{1,3}(?:\.\d{1,3}){3}"
)
_NEAR_PHONE = re.compile(
    r"\b(?:phone|tel|telephone|mobile|cell|call|dial|ring|text|sms|whatsapp|wechat|fax|contact|reach|number is)\b"
    r"|电话|手机|致电|联系|拨打|打给|座机|传真|短信|回电|来电|号码是|微信",
    re.I,
)
_OTHER_NUMBER = re.compile(
    r"\b(?:order|booking|ticket|flight|invoice|total|amount|points?|miles|passport|card|account|reference|pnr|bag tag|code)\b"
    r"|订单|票号|机票|航班|发票|总额|金额|积分|里程|护照|卡号|编号|账号|单号|验证码",
    re.I,
)
_UNIT_AFTER = re.compile(r"\s*(?:元|块|人民币|里程|积分|英里|CNY|RMB|yuan|miles|points)", re.I)
_MONEY_BEFORE = re.compile(r"(?:[¥$€£]|CNY|RMB|USD|EUR)\s*$", re.I)
_WRITTEN_AS_ONE = {  # how each country's numbers look when nothing around says that they are numbers to dial
    "CN": re.compile(r"\(?0\d{2,3}[) -]{1,2}\d{3,4}[ -]?\d{4}"),
    "US": re.compile(r"\(?[2-9]\d{2}[). -]{1,2}\d{3}[. -]\d{4}"),
    "GB": re.compile(r"\(?0\d{2,4}[) -]{1,2}\d{3,4}[ -]\d{3,4}"),
}
_HOTLINES = (phonenumbers.PhoneNumberType.TOLL_FREE, phonenumbers.PhoneNumberType.SHARED_COST, phonenumbers.PhoneNumberType.UAN)


class Entity(BaseModel, frozen=True):
    """A piece of personal data: characters `start` to `end` of the text it was found in."""

    start: int
    end: int
    kind: Kind


def found(text: str, known_names: Sequence[str] = ()) -> tuple[Entity, ...]:
    """The personal data of a text, in its order; where two readings overlap the longer one is kept."""
    folded = _PLACE.sub(lambda m: _BLANK * len(m.group()), fold(text))
    names = tuple(n for n in (fold(name).strip() for name in known_names) if n)
    taken: list[Span] = []
    for span in sorted(_spans(folded, names), key=lambda s: s.start - s.end):
        if all(span.end <= t.start or t.end <= span.start for t in taken):
            taken.append(span)
    return tuple(Entity(start=s.start, end=s.end, kind=s.kind) for s in sorted(taken))


def redacted(text: str, known_names: Sequence[str] = ()) -> str:
    """The text with `[phone-1]` and the like in place of personal data; the same value has the same number."""
    return Veil(known_names).hide(text)


class Veil:
    """Hides personal data behind placeholders and shows it again; one Veil a conversation, so that a value keeps its placeholder.

    What the traveller typed in the shape of a placeholder gets a backslash, so that `show` never puts somebody's number there.
    """

    def __init__(self, known_names: Sequence[str] = ()) -> None:
        self._names = tuple(known_names)
        self._place_of: dict[tuple[Kind, str], str] = {}
        self._value_of: dict[str, str] = {}
        self._count: Counter[Kind] = Counter()

    def hide(self, text: str) -> str:
        """The text with a placeholder for each value."""
        text = _PLACE.sub(r"[\\\1\2]", text)
        while entities := found(text, self._names):  # what is left of two readings that overlapped may be one more
            pieces, at = [], 0
            for e in entities:
                pieces += [text[at : e.start], self._place(e.kind, text[e.start : e.end])]
                at = e.end
            text = "".join(pieces) + text[at:]
        return text

    def show(self, text: str) -> str:
        """The text with the values back; a placeholder that this Veil never gave stays as it is."""
        return _PLACE.sub(lambda m: f"[{m[1][1:]}{m[2]}]" if m[1] else self._value_of.get(m[2], m[0]), text)

    def _place(self, kind: Kind, value: str) -> str:
        if (kind, value) not in self._place_of:
            self._count[kind] += 1
            name = f"{kind}-{self._count[kind]}"
            self._place_of[kind, value], self._value_of[name] = f"[{name}]", value
        return self._place_of[kind, value]


def fold(text: str) -> str:
    """The text with full-width and other digits and letters as plain ones, character for character, so that places stay the same."""
    return text if text.isascii() else text.translate(_FOLDED)


class _Folding(dict[int, str]):
    def __missing__(self, code: int) -> str:
        self[code] = _folded(chr(code))
        return self[code]


def _folded(c: str) -> str:
    category = unicodedata.category(c)
    if category == "Nd":
        return str(unicodedata.digit(c))
    if category == "Pd" or c == "−":
        return "-"
    if category in ("Zs", "Cf"):
        return " "
    plain = unicodedata.normalize("NFKC", c)
    return plain if len(plain) == 1 and category != "No" else c


_FOLDED = _Folding()


def _spans(text: str, names: tuple[str, ...]) -> Iterator[Span]:
    yield from pattern_spans(text)
    yield from _phones(text)
    if names:
        yield from name_spans(text, names)


def _phones(text: str) -> Iterator[Span]:
    for m in _MOBILE.finditer(text):
        if not _UNIT_AFTER.match(text, m.end()):
            yield Span(*m.span(), "phone")
    for m in _DIALLED.finditer(text):
        if not _NOT_DIALLED.fullmatch(m.group()) and _is_phone(text, m):
            yield Span(*m.span(), "phone")


def _is_phone(text: str, m: re.Match[str]) -> bool:
    before = said_before(text, m.start(), 32)
    if _UNIT_AFTER.match(text, m.end()) or _MONEY_BEFORE.search(before):
        return False
    number = re.sub(r"x\d+$", "", m.group())
    if number.startswith(("+", "00")) and _dialled(re.sub(r"^(?:\+ ?|00)", "+", number), None):
        return True
    if any(looks.fullmatch(number) and _dialled(number, country) for country, looks in _WRITTEN_AS_ONE.items()):
        return not _OTHER_NUMBER.search(before)
    words = [*_NEAR_PHONE.finditer(before)]
    if words:
        return not _OTHER_NUMBER.search(before, words[-1].end()) and _could_be_dialled(number)
    after = said_after(text, m.end(), 16)
    return bool(re.match(r"\W*(?:is|是|这个)?\s*(?:my|我的)?\s*(?:phone|mobile|tel|cell|电话|手机|号码)", after, re.I)) and _could_be_dialled(number)


@lru_cache(maxsize=2048)
def _dialled(number: str, country: str | None) -> bool:
    """A number that is given to somebody in this country (None: written with its country code) and is no company's hotline."""
    try:
        read = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(read) and phonenumbers.number_type(read) not in _HOTLINES


def _could_be_dialled(number: str) -> bool:
    """Enough digits for a number somewhere, and not one of the hotlines that stand on every website."""
    digits = re.sub(r"\D", "", number)
    return 7 <= len(digits) <= 15 and not re.fullmatch(r"(?:400|800)\d{7}|1?8(?:00|88|77|66)\d{7}", digits)
