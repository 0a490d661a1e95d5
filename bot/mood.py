"""In what mood somebody writes, told from words alone: which patterns (mood.yaml) speak for being upset, and how strongly."""

import re
from functools import cache
from pathlib import Path

from pydantic import BaseModel

from desk.ticket import Mood
from knowledge.facts import facts_in
from knowledge.script import simplified

FILE = Path(__file__).with_name("mood.yaml")
_UPSET_FROM = 1.0


class Sign(BaseModel, frozen=True):
    """Patterns that weigh the same: each language's that match count once."""

    weight: float
    en: tuple[str, ...]
    zh: tuple[str, ...]


def mood_of(text: str) -> tuple[Mood, float]:
    """The mood, and how plainly the words tell it: 0.5 where it hangs in the balance, towards 1 the more speaks for it."""
    plain = simplified(text).replace("’", "'")
    total = sum(weight * len([1 for p in patterns if p.search(plain)]) for weight, patterns in _signs())
    mood: Mood = "upset" if total >= _UPSET_FROM - 1e-9 else "calm"
    far = abs(total - (_UPSET_FROM - 0.2))
    return mood, round(min(1.0, 0.5 + 0.5 * far), 4)


@cache
def _signs() -> tuple[tuple[float, tuple[re.Pattern[str], ...]], ...]:
    raw: dict[str, object] = facts_in(FILE)
    signs = [Sign.model_validate(one) for one in raw.values()]
    return tuple((s.weight, tuple(re.compile(p, 0 if "AGAIN" in p else re.I) for p in (*s.en, *s.zh))) for s in signs)
