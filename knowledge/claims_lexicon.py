"""The word lists made ready for reading: one pattern a language, each of whose groups is a meaning."""

import re

from knowledge.claims_measures import BOUNDS_LEFT, BOUNDS_RIGHT
from knowledge.claims_words import (
    EN_ABSOLUTE,
    EN_CONDITION,
    EN_ORDER,
    EN_PHRASES_EMPTY,
    EN_PHRASES_FILLER,
    EN_PHRASES_SAME,
    EN_POLARITY,
    EN_WORDS_SAME,
    NAME_SETS,
    ZH_ABSOLUTE,
    ZH_CONDITION,
    ZH_COURTESY,
    ZH_JOIN,
    ZH_ORDER,
    ZH_POLARITY,
    ZH_SAME,
)

_NAMES = frozenset(NAME_SETS.split())
EN_NAMES = frozenset(n for n in _NAMES if n.isascii())
_ZH_NAMES = "|".join(sorted((n for n in _NAMES if not n.isascii()), key=len, reverse=True))


def _spelt(meanings: dict[str, str], kind: str) -> list[tuple[str, str, str]]:
    return [(key, kind, ways) for key, ways in meanings.items()]


def _comparisons(latin: bool) -> list[tuple[str, str, str]]:
    """The comparison words standing alone, without a number directly at them."""
    out: list[tuple[str, str, str]] = []
    for bound, ways in (*BOUNDS_LEFT, *BOUNDS_RIGHT):
        kept = [
            w for w in _alternatives(ways) if bool(re.search(r"[a-z]{2}", w)) == latin and w not in _NOT_ALONE and not re.fullmatch(r"[≥≤<>=\\+]+", w)
        ]
        if kept:
            out.append((bound, "comparison", "|".join(kept)))
    return out


def _alternatives(ways: str) -> list[str]:
    """Split at the outermost bars."""
    parts, depth = [""], 0
    for c in ways:
        depth += (c == "(") - (c == ")")
        if c == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += c
    return parts


_NOT_ALONE = frozenset(
    (
        "from",
        "over",
        "under",
        "above",
        "below",
        "about",
        "around",
        "nearly",
        "almost",
        "since",
        "until",
        "till",
        "自",
        "从",
        "约",
        "近",
        "满",
        "逾",
        "内(?![地部容陆科])",
        "为限",
        "起(?![飞运降始草诉])",
        "截至",
        "上下",
        r"(?:or|and)\s+(?:more|over|above|upwards?|(?:lat|long|great|high|larg|heavi|old|bigg)(?:e?r))",
    )
)
EN_LEXICON = [
    *_comparisons(latin=True),
    *_spelt({"even": EN_CONDITION["even"], "if": EN_CONDITION["if"]}, "condition"),
    *_spelt(EN_POLARITY, "polarity"),
    *_spelt(EN_CONDITION, "condition"),
    *_spelt(EN_ORDER, "order"),
    ("all", "absolute", EN_ABSOLUTE),
    *_spelt(EN_PHRASES_SAME, "join"),
    *_spelt(EN_WORDS_SAME, "word"),
    ("to", "filler", EN_PHRASES_FILLER),
    ("according", "courtesy", EN_PHRASES_EMPTY),
]
ZH_LEXICON = [  # an empty key: the words as they stand
    ("", "courtesy", ZH_COURTESY),
    ("", "word", "是否|能否|可否|不可抗力|应急|必需|无人陪伴|未成年人|只要"),
    *_spelt(ZH_ABSOLUTE, "absolute"),
    ("", "name", _ZH_NAMES),
    *_comparisons(latin=False),
    *_spelt(ZH_CONDITION, "condition"),
    *_spelt(ZH_POLARITY, "polarity"),
    *_spelt(ZH_ORDER, "order"),
    *_spelt(ZH_SAME, "word"),
    *_spelt(ZH_JOIN, "join"),
    ("you", "link", "您|你们?"),
    ("we", "link", "我们|我方|我司"),
]
EN_PHRASE = re.compile(
    r"(?<![A-Za-z'])(?:"
    + "|".join(f"(?P<g{i}>{w.replace(' ', chr(92) + 's+')})" for i, (_, _, w) in enumerate(EN_LEXICON))
    + r")(?![A-Za-z]|-[a-z])",
    re.I,
)
ZH_PHRASE = re.compile("|".join(f"(?P<g{i}>{w})" for i, (_, _, w) in enumerate(ZH_LEXICON)))
ZH_STARTS = frozenset(c for c in ZH_PHRASE.pattern if "\u3400" <= c <= "\u9fff")  # no phrase begins with any other character
