"""How far a message is from what an airline and its programme are asked: a score for figures; what is answered is decided by what is found.

Topics are data (scope.yaml). The weights were fitted on half of the CLINC150 travel and other domains (small talk left out), with both sides weighing
the same. Strange words were tried too and left out: questions about a trip name places, so they hold more of them than questions about a bank do.
"""

import math
import re
from functools import cache
from pathlib import Path

import yaml

from bot.steps import Ask
from bot.understand import is_outside
from knowledge.script import simplified

FILE = Path(__file__).with_name("scope.yaml")
_NOTHING_SAID, _OURS, _ELSEWHERE, _OUTSIDE = 0.57, -4.95, 1.76, 1.67
_TALK: tuple[Ask, ...] = ("greeting", "thanks", "goodbye", "who", "what", "yes", "no", "nothing", "person", "change", "ok")


def out_of_scope(text: str, ask: Ask) -> float:
    """0..1: how likely this is outside our subject; 0 for small talk, for a wish for a person and for a change of a flight."""
    if ask in _TALK:
        return 0.0
    plain = simplified(text)
    z = _NOTHING_SAID + _OURS * _share("ours", plain) + _ELSEWHERE * _share("elsewhere", plain) + _OUTSIDE * is_outside(plain)
    return round(1 / (1 + math.exp(-z)), 4)


def _share(which: str, text: str) -> float:
    """0, 0.5 or 1: no word of these topics, one, or more."""
    return min(2, len({m.group().lower() for m in _topics()[which].finditer(text)})) / 2


@cache
def _topics() -> dict[str, re.Pattern[str]]:
    raw: dict[str, dict[str, list[str]]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {which: re.compile("|".join(f"(?:{p})" for langs in by_lang.values() for p in langs), re.I) for which, by_lang in raw.items()}
