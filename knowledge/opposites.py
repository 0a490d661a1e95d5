"""Whether a text speaks of the opposite of what is asked: check-out is asked for and only check-in stands there. Pure; the words are data."""

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from basics.words import LANGS, Lang
from knowledge.facts import facts_in
from knowledge.terms import terms_of

FILE = Path(__file__).with_name("opposites.yaml")


class Opposite(NamedTuple):
    """One pair: of each language the patterns of one side and of the other."""

    sides: dict[Lang, tuple[re.Pattern[str], re.Pattern[str]]]


@cache
def opposites() -> tuple[Opposite, ...]:
    """The pairs of opposites.yaml. English words count whole and by their terms, Chinese ones as they stand."""
    return tuple(Opposite({lang: (_pattern(pair[lang][0], lang), _pattern(pair[lang][1], lang)) for lang in LANGS}) for pair in facts_in(FILE))


def says_the_opposite(question: str, lang: Lang, text: str, text_lang: Lang) -> bool:
    """True if the question names one side of a pair and the text only the other one."""
    asked = _sides(question, lang)
    return any(_contrary(mine, theirs) for mine, theirs in zip(asked, _sides(text, text_lang), strict=True))


def _contrary(mine: tuple[bool, bool], theirs: tuple[bool, bool]) -> bool:
    return (mine == (True, False) and theirs == (False, True)) or (mine == (False, True) and theirs == (True, False))


@lru_cache(maxsize=4_000)
def _sides(text: str, lang: Lang) -> tuple[tuple[bool, bool], ...]:
    """Of each pair whether the text names the one side, and the other."""
    words = text if lang == "zh" else " " + " ".join(terms_of(text)) + " "
    return tuple((bool(o.sides[lang][0].search(words)), bool(o.sides[lang][1].search(words))) for o in opposites())


def _pattern(words: list[str], lang: Lang) -> re.Pattern[str]:
    if lang == "zh":
        return re.compile("|".join(map(re.escape, words)))
    return re.compile("|".join(rf" {re.escape(terms_of(word)[-1])} " for word in words if terms_of(word)))
