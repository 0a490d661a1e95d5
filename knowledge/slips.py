"""Slips of the keyboard: a question read as it was meant, by the words that the base, its synonyms and everyday talk know."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from itertools import islice

from basics.words import Lang
from knowledge.english import how_common
from knowledge.slips_en import KnownWords
from knowledge.slips_zh import KnownSounds
from knowledge.strange import everyday
from knowledge.synonyms import words_of
from knowledge.terms import stops

_WORD = re.compile(r"[a-z]{4,}")
_HAN = re.compile(r"[\u3400-\u9fff]")
_OF_SYNONYMS = 2  # places that a pair of a synonym counts for
_READ = 30_000  # units of a base whose words are counted, spread over it: half a second of a large one
_WORDS = 40_000  # words that are kept, those of most places first: some 4 MB


class Slips:
    """What is known of a base's words. Made with the shelf and immutable like it."""

    def __init__(self, english: Sequence[str], pairs: Mapping[str, int], knows: Callable[[str], bool]) -> None:
        """`english`: the English texts; `pairs`: of Chinese characters with the number of texts that hold them; `knows`: is it a term of the base?"""
        every = -(-len(english) // _READ) or 1
        counts = Counter(w for text in islice(english, 0, None, every) for w in set(_WORD.findall(text.lower())))
        known = dict(counts.most_common(_WORDS))
        for word in (*words_of("en"), *everyday("en"), *stops()):
            if how_common(word):  # no stem, nor a part of a pattern
                known.setdefault(word, 1)
        meant = {w[n : n + 2]: _OF_SYNONYMS for w in words_of("zh") for n in range(len(w) - 1)}
        self._en, self._zh = KnownWords(known, knows), KnownSounds({**meant, **pairs}, frozenset(meant), everyday("zh"))
        self._knows = knows

    def read(self, text: str, lang: Lang, names: Set[str] = frozenset()) -> str:
        """The question as it was meant, unchanged where nothing is a slip; capitals, digits and `names` (lower case) are never touched."""
        if lang == "zh":
            return self._zh.read(text, self._knows, names) if _HAN.search(text) else self._zh.unspelled(text, names, gaps=True)
        return self._en.read(self._zh.unspelled(text, names) if _is_short(text) else text, names)


def _is_short(text: str) -> bool:
    """A word or two may be pinyin; of three words it is told by the syllables which language they are in."""
    return len(text.split()) <= 2
