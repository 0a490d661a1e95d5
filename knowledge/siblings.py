"""Which of several titles that nearly read alike a question names: the whole name speaks, a longer one that holds it speaks less. Pure.

A name is what titles differ in, so nothing is listed: "Corvella M" beside "Corvella M Plus", 金卡 beside 银卡, the year of a tariff. Words, numbers
and Chinese characters are compared one by one, so that X-200, X200 and Ｘ２００ are one name, and X2000 is another.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain

from knowledge.script import simplified
from knowledge.terms import STOP_EN

# Chosen on the development questions of evals/fit_bases.py.
LONGER = 0.25  # what a name counts for a title that says more than it
_COMMON = 0.5  # what a single word counts that an English question writes small: "mop" is a thing as well as a model
_MANY = 32  # what so many of the titles at hand hold names none of them
_SILENT = frozenset(word for word in STOP_EN if len(word) > 1)  # of a letter nothing is known: the A of Model A
_HAN = r"\u3400-\u9fff"
_PIECE = re.compile(rf"[a-z]+|\d+|[{_HAN}]")
_TURN = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_DIGIT = {c: str(n) for n, row in enumerate(("一", "二两", "三", "四", "五", "六", "七", "八", "九"), start=1) for c in row}
_OWNED = re.compile(r"(?<=[a-z0-9])['’]s\b")
_PLUS = re.compile(rf"(?<=[a-z0-9{_HAN}])\s?\+(?!\d)")
_NTH = re.compile(rf"\b(?:(\d+)(?:st|nd|rd|th)\b|({'|'.join(_TURN)})(?=[\s-]+gen))")
_GENERATION = re.compile(r"\bgen(?:eration)?\b\.?(?:\s*(\d+))?")
_VERSION = re.compile(r"\b(?:version|edition)\b")
_COUNTED = re.compile(rf"第?([{''.join(_DIGIT)}]|(?<=第)\d+)(?=[代号型版世款级])")
_CHINESE = re.compile(f"[{_HAN}]")
_APART = re.compile(r"\s[–—-]\s|[:：|｜/]")
_YEAR = re.compile(r"(?:19|20)\d\d")

Run = tuple[int, int]  # where a piece of a title stands in the question, first and behind the last


class Siblings:
    """The titles of a base as pieces, and how many titles hold each piece."""

    def __init__(self, titles: Iterable[str]) -> None:
        same: dict[str, str] = {}  # of equal pieces one is kept
        self._parts = {
            title: tuple(tuple(same.setdefault(x, x) for x in pieces(part)) for part in _APART.split(title)) for title in dict.fromkeys(titles)
        }
        self._held_by = Counter(x for parts in self._parts.values() for x in set(chain(*parts)))

    def named(self, question: str, titles: Iterable[str]) -> dict[str, float]:
        """Of each of these titles how much the question names just it, up to 1 for the one that it names most; nothing of those it does not name.

        Of what stands in the question the longest names count. One names a title that in that part (before a colon, say) says only what its
        siblings say, too (of two of them half is the same, or more); a sibling that says more is named less; and where all say more it is no name.
        """
        asked = pieces(question)
        there = frozenset(asked) - _SILENT
        near = {title: tuple(chain(*self._parts[title])) for title in titles}
        runs = {title: own for title, known in near.items() if not there.isdisjoint(known) and (own := _runs(asked, known))}
        held = {title: self._telling(title) for title in near} if runs else {}
        longest = _longest({run for own in runs.values() for run in own})
        said = {title: frozenset(asked[n] for run in own & longest for n in range(*run)) for title, own in runs.items()}
        parts = {t: frozenset(x for part in self._parts[t] if not known.isdisjoint(part) for x in part) for t, known in said.items()}
        unsaid = {title: held[title] & parts[title] - known for title, known in said.items()}
        out: dict[str, float] = {}
        for run in longest:
            holders = [title for title, own in runs.items() if run in own]
            if len(holders) > _MANY:
                continue
            worth = sum(map(self._weight, asked[slice(*run)])) * (_COMMON if _is_common(asked[slice(*run)], question) else 1.0)
            for title, share in _shares(holders, held, unsaid).items():
                out[title] = out.get(title, 0.0) + worth * share
        most = max(1.0, *out.values()) if out else 1.0
        return {title: value / most for title, value in out.items() if value}

    def other_named(self, question: str, title: str, titles: Iterable[str]) -> bool:
        """True if the question names a sibling of this title, which is among `titles`, rather than it."""
        named = self.named(question, titles)
        mine, own = named.get(title, 0.0), self._telling(title)
        return any(value > mine and _share_a_half(own, self._telling(other)) for other, value in named.items())

    def _telling(self, title: str) -> frozenset[str]:
        return frozenset(chain(*self._parts[title])) - _SILENT

    def _weight(self, piece: str) -> float:
        """How much a piece tells, about 0..1: the fewer titles hold it the more; two Chinese characters count as a word."""
        if piece in _SILENT:
            return 0.0
        many = len(self._parts)
        return math.log(1 + many / self._held_by[piece]) / math.log(1 + many) * (1.0 if piece.isascii() else 0.5)


def pieces(text: str) -> tuple[str, ...]:
    """The words, numbers and Chinese characters of a text in order, in one way of writing: 二代, 第二代 and 2nd generation are one."""
    text = simplified(unicodedata.normalize("NFKC", text)).lower()
    text = _PLUS.sub(" plus ", _OWNED.sub("", text))
    text = _NTH.sub(lambda m: m[1] or str(_TURN.index(m[2]) + 1), text)
    text = _GENERATION.sub(lambda m: f"{m[1] or ''}代", text)
    text = _VERSION.sub("版", text)
    text = _COUNTED.sub(lambda m: _DIGIT.get(m[1], m[1]), text)
    return tuple(_PIECE.findall(text))


def _runs(asked: Sequence[str], pieces_of: Sequence[str]) -> frozenset[Run]:
    """The longest runs of the question that stand in a title as they are, and may be a name."""
    out: set[Run] = set()
    behind = 0
    for start, piece in enumerate(asked):
        if start < behind or piece not in pieces_of:
            continue
        behind = start + max(_alike(asked, start, pieces_of, at) for at, other in enumerate(pieces_of) if other == piece)
        first, last = start, behind
        while first < last and asked[first] in _SILENT:
            first += 1
        while first < last and asked[last - 1] in _SILENT:
            last -= 1
        if _may_name(asked[first:last]):
            out.add((first, last))
    return frozenset(out)


def _alike(one: Sequence[str], start: int, other: Sequence[str], at: int) -> int:
    """How many pieces are the same from here and from there on."""
    many = 0
    while start + many < len(one) and at + many < len(other) and one[start + many] == other[at + many]:
        many += 1
    return many


def _may_name(run: Sequence[str]) -> bool:
    """A word, a year, or several pieces that are not all numbers or all letters: a bare 5 or M may be anything."""
    if len(run) == 1:
        return len(run[0]) > 1 and (run[0].isalpha() or bool(_YEAR.fullmatch(run[0])))
    return any(not x.isdigit() for x in run) and any(len(x) > 1 or not x.isascii() or x.isdigit() for x in run)


def _is_common(run: Sequence[str], question: str) -> bool:
    return len(run) == 1 and run[0].isalpha() and not _CHINESE.search(question) and re.search(rf"\b{run[0]}\b", question) is not None


def _longest(runs: AbstractSet[Run]) -> frozenset[Run]:
    """Without those that stand within another: who says Corvella M does not say Corvella."""
    return frozenset(r for r in runs if not any(o[0] <= r[0] and r[1] <= o[1] and o != r for o in runs))


def _shares(holders: Sequence[str], held: Mapping[str, frozenset[str]], unsaid: Mapping[str, frozenset[str]]) -> dict[str, float]:
    """What a name that these titles hold counts for each of them; nothing where it tells a title from none of its siblings."""
    peers = {t: [o for o in holders if o != t and _are_siblings(held[t], held[o])] for t in holders}
    whole = {t: not others or unsaid[t] <= frozenset.intersection(*(held[o] for o in others)) for t, others in peers.items()}
    out: dict[str, float] = {}
    for title, others in peers.items():
        if not whole[title]:
            out[title] = LONGER * any(whole[o] for o in others)
        elif all(whole[o] for o in others):
            alike = _are_siblings if unsaid[title] else _share_a_half  # a title that is said in full is a name more surely
            out[title] = 1.0 * any(o not in holders and alike(held[title], held[o]) for o in held)
        else:
            out[title] = 1.0
    return out


def _are_siblings(one: AbstractSet[str], other: AbstractSet[str]) -> bool:
    return 2 * len(one & other) >= len(one | other) > 0


def _share_a_half(one: AbstractSet[str], other: AbstractSet[str]) -> bool:
    return 2 * len(one & other) >= max(len(one), len(other)) > 0
