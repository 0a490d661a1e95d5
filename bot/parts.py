"""A message that asks several things at once: its questions, one by one. Pure, and careful: what is not plainly several questions stays one."""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from basics.words import Lang
from bot.follow_up import follow_up, leans_plainly, points_back, without_opening
from bot.steps import Before
from knowledge.facts import facts_in
from knowledge.terms import terms_of

FILE = Path(__file__).with_name("parts.yaml")
MOST = 3  # questions of one message that are answered one by one; what comes after the third is asked with it
NTH, OTHERS = "part-", "part-others"  # wordings that say of which of the questions (from 1) the rest of a reply speaks
_OWN: dict[Lang, int] = {"en": 2, "zh": 1}  # terms a question needs to be one of its own: "is that ok?" belongs to the one before it
_STORY: dict[Lang, int] = {"en": 160, "zh": 60}  # characters of what is told beside the questions that go with each of them
_SENTENCES: dict[Lang, re.Pattern[str]] = {"en": re.compile(r"(?<=[.!?;])\s+|\n+"), "zh": re.compile(r"(?<=[。！？；!?;])\s*|\n+")}
_SHORT = 3  # terms
_POINTS_BACK = 0.45  # from which signs on a question belongs to the one before it
_ONE = re.compile(r"\bones?\b", re.I)


def parts_of(text: str, lang: Lang) -> tuple[str, ...]:
    """The questions of a message, each with what is told beside them, at most three; empty where it asks one thing."""
    asked, story = _clauses(text, lang)
    asked = _joined(asked, lang)
    if len(asked) < 2:
        return ()
    asked = [*asked[: MOST - 1], *filter(None, [" ".join(asked[MOST - 1 :])])]
    told = " ".join(story)
    return tuple(f"{told} {part}".strip() if len(told) <= _STORY[lang] else part for part in asked) if len(asked) > 1 else ()


def first_completed(parts: Sequence[str], before: Sequence[Before]) -> tuple[str, ...]:
    """The questions, the first completed from what was said before the message where it plainly leans on it."""
    whole = follow_up(parts[0], before) if parts and leans_plainly(parts[0]) else None
    return (whole.text, *parts[1:]) if whole else tuple(parts)


def _clauses(text: str, lang: Lang) -> tuple[list[str], list[str]]:
    """What asks, and what only tells."""
    asked: list[str] = []
    story: list[str] = []
    for sentence in filter(None, map(str.strip, _SENTENCES[lang].split(text))):
        pieces = [p.strip() for p in _patterns("joins")[lang].split(sentence) if p.strip()]
        if len(pieces) > 1 and not all(_asks(p, lang) for p in pieces):
            pieces = [sentence]
        for piece in pieces:
            (asked if _asks(piece, lang) else story).append(piece)
    return asked, story


def _joined(asked: Sequence[str], lang: Lang) -> list[str]:
    """The questions, each that says too little to be one of its own, or that points at the one before it, put to that one."""
    out: list[str] = []
    for part in asked:
        if out and not is_short(part, lang) and (len(set(terms_of(part))) < _OWN[lang] or _leans(part)):
            out[-1] = f"{out[-1]} {part}"
        else:
            out.append(part)
    return out


def is_short(part: str, lang: Lang) -> bool:
    """True for "and my dog?", 宠物呢？: a name for which the same is asked, or something else of the kind."""
    return bool(terms_of(part)) and bool(_patterns("short")[lang].search(part.lower())) and len(terms_of(part)) <= _SHORT


def _leans(part: str) -> bool:
    """True if a part needs the one before it; that it begins with "and" tells only that it is another one."""
    return points_back(without_opening(part)) >= _POINTS_BACK or bool(_ONE.search(part))


def _asks(clause: str, lang: Lang) -> bool:
    return bool(_patterns("asks")[lang].search(clause.lower()))


@cache
def _patterns(kind: str) -> dict[str, re.Pattern[str]]:
    raw: dict[str, dict[str, str]] = facts_in(FILE)
    return {lang: re.compile(pattern, re.I) for lang, pattern in raw[kind].items()}
