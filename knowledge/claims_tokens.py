"""A text as a row of tokens: each quantity, sign, condition and name under a canonical key, every other word as its stem or character."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from knowledge.claims_lexicon import EN_LEXICON, EN_NAMES, EN_PHRASE, ZH_LEXICON, ZH_PHRASE, ZH_STARTS
from knowledge.claims_measures import Measure, measures_in
from knowledge.claims_words import EN_COURTESY, EN_FILLER, EN_JOIN, EN_LINK, EN_PERSONS, SAME, ZH_FILLER, WordKind
from knowledge.numerals import normalise


class Token(NamedTuple):
    """One token: `key` is what is compared, `kind` how strictly.

    `clause` and `part` say in which clause, and in which part between semicolons or full stops it stands; `leads`: a colon follows.
    """

    key: str
    kind: WordKind | str
    start: int
    end: int
    clause: int
    part: int
    measure: Measure | None = None
    leads: bool = False
    text: str = ""

    @property
    def is_claim(self) -> bool:
        """A quantity or a reference."""
        return self.measure is not None

    @property
    def is_sign(self) -> bool:
        """A token whose change changes the sense."""
        return self.measure is not None or self.kind in _SIGNS

    @property
    def is_content(self) -> bool:
        """A token that says something: not a filler, a joining word or a courtesy."""
        return self.kind not in _EMPTY


class Place(NamedTuple):
    """Which clause, and which part between semicolons or full stops."""

    clause: int
    part: int


_SIGNS = frozenset(("polarity", "condition", "comparison", "order", "absolute", "name"))
_EMPTY = frozenset(("filler", "link", "join", "courtesy"))

_PIECE = re.compile(
    r"(?P<en>[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f]+(?:['-][A-Za-z]+)*|n't)|(?P<zh>[\u3400-\u9fff])"
    r"|(?P<code>[A-Za-z]*\d[\w./-]*)|(?P<cut>[,，;；:：、。.!?！？()（）—–|\n]+)|(?P<other>[%°$¥€£&+=<>≤≥])"
)
_NEGATED = re.compile(r"([A-Za-z]+)n't", re.I)
_SHORTENED = {"wo": "will", "sha": "shall", "ca": "can", "ai": "is"}
_SHORT_VERBS = frozenset(("s", "re", "ve", "ll", "m", "d"))
_MARKDOWN = re.compile(r"(\*\*|__|`|(?<![\w*])\*(?=\S)|(?<=\S)\*(?![\w*])|^\s*#+\s+|^\s*>\s?)", re.M)
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")


def plain(text: str) -> str:
    """Markdown emphasis and links taken off: the words a person reads."""
    return _MARKDOWN.sub("", _LINK.sub(r"\1", text)) if any(c in text for c in "*_`[#>") else text


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The stem of a lower-case English word, cut just enough that bags and bag, changed and change meet; synonyms of the trade share one."""
    cut = _cut(word)
    return _SAME.get(cut, cut)


def _cut(word: str) -> str:
    for ending in ("'s", "s'", "'"):
        word = word.removesuffix(ending)
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-3] + "y" if word.endswith("ies") and len(word) > 4 else word[:-1]
    if len(word) > 5 and word.endswith("ing"):
        word = word[:-3]
    elif len(word) > 4 and word.endswith("ed"):
        word = word[:-2]
    word = word[:-1] if len(word) > 4 and word.endswith("e") else word
    word = word[:-1] if len(word) > 4 and word[-1] == word[-2] and word[-1] not in "sl" else word
    return word


_SAME = {_cut(word): _cut(meant) for meant, ways in SAME.items() for word in ways.split()}
_STEMMED_NAMES = frozenset(stem(n) for n in EN_NAMES)


@lru_cache(maxsize=8_000)  # 10 kB each
def tokens_of(text: str) -> tuple[Token, ...]:
    """The tokens of a text, remembered: a turn meets the same sentences again and again."""
    return tokens_once(text)


def tokens_once(text: str) -> tuple[Token, ...]:
    """The tokens of a text, in order; punctuation only parts clauses. Offsets refer to `normalise(plain(text))`."""
    text = normalise(plain(text))
    out: list[Token] = []
    place, at = Place(0, 0), 0
    for measure in _one_after_another(text):
        place = _words(text, at, measure.start, place, out)
        key = f"{measure.kind} {measure.value} {measure.unit} {measure.bound}"
        out.append(Token(key, measure.kind, measure.start, measure.end, *place, measure))
        at = measure.end
    _words(text, at, len(text), place, out)
    return tuple(Token(*t[:-1], text[t.start : t.end]) for t in out)


def quantities_of(text: str) -> tuple[Measure, ...]:
    """The quantities and references among the tokens of a text: they alone cost half as much as all of it."""
    return tuple(_one_after_another(normalise(plain(text))))


def _one_after_another(text: str) -> Iterator[Measure]:
    """The measures of a normalised text without those that begin within another."""
    at = 0
    for measure in measures_in(text):
        if measure.start >= at:
            yield measure
            at = measure.end


def _words(text: str, start: int, end: int, place: Place, out: list[Token]) -> Place:
    """Append the tokens of text[start:end], which holds no quantity; returns the place it ends in."""
    at = start
    opening = not out
    while at < end:
        piece = _PIECE.search(text, at, end)
        if not piece:
            break
        at = piece.end()
        if piece.lastgroup == "cut":
            place = Place(place.clause + 1, place.part + (text[piece.start()] in ";；.。!?！？\n"))
            if out and text[piece.start()] in ":：":
                out[-1] = out[-1]._replace(leads=True)
            opening = opening or text[piece.start()] in ".!?\n:"
        elif piece.lastgroup == "zh":
            at = _han(text, piece.start(), place, out)
        elif piece[0] in "xX" and out and out[-1].is_claim:
            continue  # 2 x 23 kg: the sign between two numbers
        elif piece.lastgroup == "en":
            at = _latin(text, piece, end, place, out, opening)
            opening = False
        else:
            out.append(Token(piece[0].lower().rstrip("./-"), "name" if piece.lastgroup == "code" else "word", piece.start(), at, *place))
    return place


def _han(text: str, start: int, place: Place, out: list[Token]) -> int:
    """One Chinese token at `start`: a phrase of the lexicon, or one character."""
    if text[start] in ZH_STARTS and (match := ZH_PHRASE.match(text, start)):
        key, kind, _ = ZH_LEXICON[int(str(match.lastgroup)[1:])]
        keys = key.split() if kind == "polarity" else [key or match[0]]
        out.extend(Token(k, kind, start, match.end(), *place) for k in keys)
        return match.end()
    char = text[start]
    out.append(Token(char, "filler" if char in ZH_FILLER else "word", start, start + 1, *place))
    return start + 1


def _latin(text: str, piece: re.Match[str], end: int, place: Place, out: list[Token], opening: bool) -> int:
    """One English token: a phrase of the lexicon, or one word."""
    match = EN_PHRASE.match(text, piece.start(), end)
    if match is None and "'" in piece[0] and (negated := _NEGATED.fullmatch(piece[0])):
        return _not(text, piece, negated, place, out, opening)
    if match and not (match[0][0].isupper() and not opening and match[0].lower() in ("may", "will")):
        key, kind, _ = EN_LEXICON[int(str(match.lastgroup)[1:])]
        keys = key.split() if kind == "polarity" else [stem(match[0].lower()) if kind == "absolute" else key]
        out.extend(Token(k, kind, match.start(), match.end(), *place) for k in keys)
        return match.end()
    word = piece[0]
    out.append(_word(word, piece.start(), place, opening))
    return piece.end()


def _not(text: str, piece: re.Match[str], negated: re.Match[str], place: Place, out: list[Token], opening: bool) -> int:
    """The two tokens of isn't, mustn't or won't: what is negated, and "not"."""
    base = _SHORTENED.get(negated[1].lower(), negated[1])
    if match := EN_PHRASE.fullmatch(base):
        key, kind, _ = EN_LEXICON[int(str(match.lastgroup)[1:])]
        out.append(Token(key, kind, piece.start(), piece.end(), *place))
    else:
        out.append(_word(base, piece.start(), place, opening)._replace(end=piece.end()))
    out.append(Token("not", "polarity", piece.start(), piece.end(), *place))
    return piece.end()


def _word(word: str, start: int, place: Place, opening: bool) -> Token:
    lower, end = word.lower(), start + len(word)
    if "'" in lower and (short := lower.partition("'"))[2] in _SHORT_VERBS and (short[0] in EN_FILLER or short[0] in EN_PERSONS):
        lower = short[0]  # it's, there's, you'll: the verb adds nothing
    if lower in EN_PERSONS:
        return Token(EN_PERSONS[lower], "link", start, end, *place)
    key = stem(lower)
    if lower in EN_FILLER:
        return Token(lower, "filler", start, end, *place)
    if lower in EN_LINK or lower in EN_JOIN:
        return Token(lower, "link" if lower in EN_LINK else "join", start, end, *place)
    if key in _STEMMED_NAMES or (word[0].isupper() and not opening):
        return Token(key, "name", start, end, *place)
    return Token(key, "courtesy" if lower in EN_COURTESY else "word", start, end, *place)
