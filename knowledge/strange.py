"""What of a question nothing accounts for: words that stand in no article, mean no policy word and are no everyday talk. A sign of a near miss."""

import re
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path

from basics.words import Lang
from knowledge.facts import facts_in
from knowledge.synonyms import spoken
from knowledge.terms import stem, terms_of

FILE = Path(__file__).with_name("everyday.yaml")
_HAN = re.compile(r"[\u3400-\u9fff]+")
_NUMBER = re.compile(r"[\d.,:/-]+[a-z]{0,3}")
_SMALL = frozenset(  # characters that are everyday words by themselves
    "的了吗呢吧啊呀哦嘛么是不没有在和与或及就也都还又再才很太最更要想能会可以得着过到从对把被让给跟向往于之其此该这那哪几两多少什怎谁啥"
    "个件位次种些点我你您他她它们自己人天上下里去来走飞回早晚月日年号周一二三四五六七八九十百千班元块买付用只大小先后前中间出入开完样口"
)


@cache
def _everyday() -> dict[str, frozenset[str]]:
    raw: dict[str, str] = facts_in(FILE)
    return {"en": frozenset(t for w in raw["en"].split() for t in (w, stem(w))), "zh": frozenset(raw["zh"].split())}


def everyday(lang: Lang) -> frozenset[str]:
    """The words of everyday talk, of English ones the stems too."""
    return _everyday()[lang]


def strange_words(question: str, lang: Lang, knows: Callable[[str], bool]) -> tuple[str, ...]:
    """The strange words of a question: `knows` tells whether the articles hold a term."""
    rest = spoken(unicodedata.normalize("NFKC", question).lower().replace("’", "'"), lang)
    return _strange_zh(rest, knows) if lang == "zh" else _strange_en(rest, knows)


def _strange_en(rest: str, knows: Callable[[str], bool]) -> tuple[str, ...]:
    out = []
    for term in dict.fromkeys(terms_of(rest)):
        parts = [term, term.split("'")[0], *(stem(p) for p in re.split("[-']", term))]
        if len(term) > 2 and not _NUMBER.fullmatch(term) and not any(knows(p) or p in _everyday()["en"] for p in parts):
            out.append(term)
    return tuple(out)


def _strange_zh(rest: str, knows: Callable[[str], bool]) -> tuple[str, ...]:
    """Runs of characters that no known pair, everyday word or small word covers."""
    out: list[str] = []
    for run in _HAN.findall(rest):
        covered = [c in _SMALL for c in run]
        for at in range(len(run) - 1):
            if knows(run[at : at + 2]):
                covered[at] = covered[at + 1] = True
        for word in _zh_words():
            for found in re.finditer(word, run) if word in run else ():
                for at in range(*found.span()):
                    covered[at] = True
        out += [part for part in _uncovered(run, covered) if len(part) > 1]
    return tuple(out)


def _uncovered(run: str, covered: list[bool]) -> list[str]:
    parts, held = [], ""
    for c, is_covered in zip(run, covered, strict=True):
        if is_covered:
            parts.append(held)
            held = ""
        else:
            held += c
    return [p for p in (*parts, held) if p]


@lru_cache(maxsize=1)
def _zh_words() -> tuple[str, ...]:
    return tuple(sorted(_everyday()["zh"]))
