"""How Chinese characters sound, without tones, and the syllables of a word that is spelled in Latin letters."""

from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import product
from pathlib import Path

FILE = Path(__file__).with_name("sounds.txt")
_LONGEST = 6  # letters of a syllable: zhuang


def sounds_of(character: str) -> tuple[str, ...]:
    """The syllables that a simplified character is read as, the usual one first; none for what is no common character."""
    return _table()[0].get(character, ())


def alike(syllable: str) -> str:
    """The characters that are mostly read so, the common ones first."""
    return _table()[1].get(syllable, "")


def ways_to_say(word: str) -> tuple[tuple[str, ...], ...]:
    """Every way in which a word of a few characters can sound; none where one of them is not known."""
    return tuple(product(*(sounds_of(c) for c in word)))


@lru_cache(maxsize=4_096)
def spelled(word: str, most: int = 4) -> tuple[tuple[str, ...], ...]:
    """Every way to read a word of lower-case Latin letters as at most so many syllables: `xian` -> xian, xi an."""
    return tuple(_cut(word, most)) if word.isascii() and word.isalpha() else ()


def _cut(rest: str, most: int) -> Iterator[tuple[str, ...]]:
    if not rest:
        yield ()
    for length in range(min(_LONGEST, len(rest)), 0, -1) if most else ():
        head = rest[:length]
        if head in _table()[1] and (length > 1 or head in "aeo"):
            yield from ((head, *tail) for tail in _cut(rest[length:], most - 1))


@cache
def _table() -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    of: dict[str, list[str]] = {}
    sometimes: list[tuple[str, str]] = []
    by_sound: dict[str, str] = {}
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        syllable, _, rest = line.partition(" ")
        mostly, _, less = rest.partition("|")
        by_sound[syllable] = mostly
        for c in mostly:
            of.setdefault(c, []).append(syllable)
        sometimes += [(c, syllable) for c in less]
    for c, syllable in sometimes:
        of.setdefault(c, []).append(syllable)
    return {c: tuple(s) for c, s in of.items()}, by_sound
