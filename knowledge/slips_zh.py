"""Slips of the keyboard in Chinese: another character of the same sound (行礼 for 行李), or pinyin that was left as it is (tuipiao)."""

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from itertools import islice, product

from knowledge.chinese import share_of
from knowledge.english import how_common
from knowledge.sounds import spelled, ways_to_say
from knowledge.terms import runs_of_han

_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"(?<![\w.@\-/])[a-z]{1,24}(?:[ '][a-z]{1,24})*(?![\w@\-/]|\.\w)", re.A)  # beside characters too, which are no letters here
_PAIRS = 50_000  # of a base, those that it writes most: some 12 MB
_OFTEN = 3  # places where the base has a pair for which another one is taken
_TAKEN = 4  # pairs of one sound that are tried
_SYLLABLES = 40  # of one run of Latin letters
_WAYS = 16  # of cutting it into syllables
_NEW, _SINGLE, _LEFT = -1.0, -2.0, -5.0  # what a new word, a small word and a syllable that stays as it is cost, beside what words are worth
_GRAMMAR = frozenset("的了吗呢吧啊不没在有和与或及也都还又再才很太最更要会能可以得着过到从对把被让给跟向往于之其此该这那哪几后前上下里时是")
_WRONG = 0.01  # of the times that a word is typed
_ANYTHING = 5e-7  # how often two characters stand beside each other that make no word
_SURELY = 4  # times more often, where what was typed is a word
_SMALL = "我的你您了吗呢是不在有没和会可以要想能把给到从对个几多少什么怎哪这那请就都还去来飞买用带吃坐上下前后"


class KnownSounds:
    """The pairs of characters that a base writes, with in how many places, by their sound; `spoken`: words of everyday talk, no slips."""

    def __init__(self, counts: Mapping[str, int], words: Set[str], spoken: Iterable[str]) -> None:
        """`words`: pairs that are words of policies for certain; others are where they are words of Chinese."""
        most = sorted(counts, key=lambda p: (-counts[p], p))[:_PAIRS]
        self._spoken = tuple(w for w in spoken if len(w) > 1)
        talk = {w[n : n + 2] for w in self._spoken for n in range(len(w) - 1)}
        self._counts = {p: counts[p] for p in most}
        self._all = sum(counts.values()) or 1
        self._words = words | {p for p in most if share_of(p)}
        self._by_sound: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for pair in (*most, *sorted(talk - set(most))):
            for sound in ways_to_say(pair):
                if len(held := self._by_sound[sound]) < _TAKEN:
                    held.append(pair)
        self._small = {sound: c for c in reversed(_SMALL) for (sound,) in ways_to_say(c)}

    def read(self, text: str, knows: Callable[[str], bool], names: Set[str] = frozenset()) -> str:
        """The text with each slip put right; `names` stay as they are. `knows` tells whether the base holds a pair, however seldom."""
        return self.unspelled(self._same_sounds(text, knows, names), names)

    def _same_sounds(self, text: str, knows: Callable[[str], bool], names: Set[str]) -> str:
        here = list(text)
        fixed = [False] * len(text)  # characters of a word that is known
        for word in (*self._spoken, *names):
            for found in re.finditer(re.escape(word), text) if word in text else ():
                fixed[found.start() : found.end()] = [True] * len(word)
        runs = [(a, b) for a, b in runs_of_han(text) if b - a > 1]
        for a, b in runs:
            for at in range(a, b - 1):
                if text[at : at + 2] in self._counts or knows(text[at : at + 2]):
                    fixed[at] = fixed[at + 1] = True
        best: dict[int, tuple[int, str]] = {}  # of a place: in how many places the base has the pair that tells it, and the character
        for a, b in runs:
            for at in range(a, b - 1):
                for place, meant in self._meant(text, at, fixed):
                    best[place] = max(best.get(place, (0, "")), meant)
        for place in sorted(best, key=lambda place: (-best[place][0], place)):
            if all(here[n] == text[n] for n in (place - 1, place + 1) if 0 <= n < len(text)):  # one guess does not carry another
                here[place] = best[place][1]
        return "".join(here)

    def _meant(self, text: str, at: int, fixed: Sequence[bool]) -> Iterator[tuple[int, tuple[int, str]]]:
        """Characters that make of a pair one that the base knows and that sounds the same, where no known word needs the one that stands there."""
        typed = text[at : at + 2]
        for sound in ways_to_say(typed) if not all(fixed[at : at + 2]) else ():
            for pair in self._by_sound.get(sound, ()):
                differs = [n for n in range(2) if pair[n] != typed[n]]
                if len(differs) != 1 or fixed[at + differs[0]] or pair[differs[0]] in _GRAMMAR:
                    continue
                place, other = at + differs[0], at + 1 - differs[0]
                if not share_of(_beside(text, place, other)) and self._is_likelier(pair, typed, is_taken=fixed[other]):
                    yield at + differs[0], (self._counts[pair], pair[differs[0]])

    def _is_likelier(self, pair: str, typed: str, is_taken: bool) -> bool:
        """True if a word of the base, written wrong now and then, is met more often than what was typed, as it is.

        `is_taken`: the character that both share is one of a known word on its other side, and that word may end there.
        """
        if self._counts.get(pair, 0) < _OFTEN or pair not in self._words:
            return False
        as_it_is = max(_SURELY * share_of(typed), _ANYTHING * (_SURELY if is_taken else 1))
        return _WRONG * self._counts[pair] / self._all > as_it_is

    def unspelled(self, text: str, names: Set[str] = frozenset(), gaps: bool = False) -> str:
        """The text with words of two syllables or more that are spelled in Latin letters as the base writes them; `gaps`: all of it is pinyin."""

        def written(found: re.Match[str]) -> str:
            words = found.group().replace("'", " ").split()
            if any(w in names for w in words) or (not gaps and all(how_common(w) for w in words)):
                return found.group()
            ways = islice(product(*(spelled(w) for w in words)), _WAYS)
            read = [self._written([s for word in way for s in word], gaps) for way in ways]
            best = max((r for r in read if r is not None), default=None)
            return found.group() if best is None else best[1]

        return _LATIN.sub(written, text)

    def _written(self, syllables: Sequence[str], gaps: bool) -> tuple[float, str] | None:
        """The likeliest characters for these syllables with what they are worth; None where a known word is missing."""
        if not 2 <= len(syllables) <= _SYLLABLES:
            return None
        best: list[dict[str, tuple[float, str]]] = [{} for _ in range(len(syllables) + 1)]
        best[0][""] = (0.0, "")

        def offer(at: int, last: str, score: float, text: str) -> None:
            if at <= len(syllables) and (last not in best[at] or best[at][last][0] < score):
                best[at][last] = (score, text)

        for at, syllable in enumerate(syllables):
            before, after = self._said(syllables[max(0, at - 1) : at + 1]), self._said(syllables[at : at + 2])
            for last, (score, text) in best[at].items():
                for pair in before if last else ():
                    if pair[0] == last:
                        offer(at + 1, pair[1], score + self._worth(pair), text + pair[1])
                for pair in after:
                    offer(at + 2, pair[1], score + self._worth(pair) + _NEW, text + pair)
                if gaps and syllable in self._small:
                    offer(at + 1, "", score + _SINGLE, text + self._small[syllable])
                elif gaps:
                    offer(at + 1, "", score + _LEFT, f"{text} {syllable} ")
        return max(best[-1].values(), default=None)

    def _said(self, two: Sequence[str]) -> Sequence[str]:
        return self._by_sound.get(tuple(two), ()) if len(two) == 2 else ()

    def _worth(self, pair: str) -> float:
        return math.log(1 + self._counts.get(pair, 1))


def _beside(text: str, place: int, other: int) -> str:
    """The pair that a character makes with its neighbour on the side that is not `other`."""
    return text[place - 1 : place + 1] if other > place else text[place : place + 2]
