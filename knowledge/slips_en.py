"""Slips of the keyboard in English: the word that was meant, where a base, its synonyms and English do not know the one that was typed."""

import re
import string
from collections.abc import Callable, Iterator, Mapping, Set
from functools import lru_cache

from knowledge.english import how_common
from knowledge.sounds import spelled
from knowledge.terms import stem

_TOKEN = re.compile(r"[^\W_]+(?:['’.\-@/_:#&+]+[^\W_]+)*")
_PLAIN = re.compile(r"[a-z]+")
_SHORTEST, _LONGEST = 4, 20  # letters of a word that is looked at
_FEWEST = 5  # letters of a word that may have been meant, but for two in the wrong order: among shorter ones there is always one that is near
_MOST = 8  # words of a question that are looked at; a hundred unknown ones are no slips


class KnownWords:
    """The words that a base writes, with how often, and those that policies or everyday talk use beside them (once each)."""

    def __init__(self, counts: Mapping[str, int], knows: Callable[[str], bool]) -> None:
        """`knows` tells of the stem of a word whether any text of the base holds it."""
        self._counts, self._knows = counts, knows
        self._meant = lru_cache(maxsize=4_096)(self._look_up)

    def read(self, text: str, names: Set[str] = frozenset()) -> str:
        """The text with each slip put right; what has a capital or a digit in it, and `names`, stay as they are."""
        shouted = text.upper() == text
        looked_at = 0

        def put_right(found: re.Match[str]) -> str:
            nonlocal looked_at
            typed = found.group()
            word = typed.lower() if shouted else typed
            if looked_at >= _MOST or not _PLAIN.fullmatch(word) or not _SHORTEST <= len(word) <= _LONGEST or word in names or self.knows(word):
                return typed
            looked_at += 1
            meant = self._meant(word)
            return typed if meant is None or meant in names else meant.upper() if shouted else meant

        return _TOKEN.sub(put_right, text)

    def knows(self, word: str) -> bool:
        """True if it is a word: of the base in any form, of everyday talk, of English, or one syllable of Chinese, which may be a name."""
        return word in self._counts or self._knows(stem(word)) or how_common(word) > 0 or (word,) in spelled(word)

    def _look_up(self, word: str) -> str | None:
        """The known word that is one slip away, of several the one known best; None too where another word of English is likelier."""
        near = {w for w in one_slip_from(word) if len(w) >= _FEWEST or (len(w) == len(word) and sorted(w) == sorted(word))}
        known = [w for w in near if w in self._counts]
        if not known:
            return None
        best = max(known, key=lambda w: (self._counts[w], how_common(w), w))
        strange = max((how_common(w) for w in near if w not in self._counts), default=0)
        return best if how_common(best) >= strange else None


def one_slip_from(word: str) -> Iterator[str]:
    """Every word that two letters in the wrong order, one missing, one too many or one wrong make of it (some 50 a letter)."""
    for at in range(len(word) + 1):
        head, rest = word[:at], word[at:]
        yield from (head + letter + rest for letter in string.ascii_lowercase)
        if rest:
            yield head + rest[1:]
            yield from (head + letter + rest[1:] for letter in string.ascii_lowercase if letter != rest[0])
        if len(rest) > 1 and rest[0] != rest[1]:
            yield head + rest[1] + rest[0] + rest[2:]
