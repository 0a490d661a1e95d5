"""How much a message looks like instructions to the assistant instead of a question to the airline: a score for the brief and for figures.

It decides nothing: what a message asks for is bound by rules and sources anyway. Patterns are data (injection.yaml).
"""

import re
import unicodedata
from functools import cache
from pathlib import Path

from pydantic import BaseModel, Field

from knowledge.facts import facts_in

FILE = Path(__file__).with_name("injection.yaml")
_LONGEST = 4_000  # characters that are looked at, from the beginning and from the end


class Sign(BaseModel, frozen=True):
    """One kind of instruction: how much a match says (0..1), and what matches."""

    weight: float = Field(gt=0, lt=1)
    en: tuple[str, ...]
    zh: tuple[str, ...]


def injection(text: str) -> float:
    """0..1: how likely these are instructions to the assistant; 0 where nothing speaks for it."""
    plain = _plain(text)
    left = 1.0
    for weight, pattern in _signs():
        if pattern.search(plain):
            left *= 1 - weight
    return round(1 - left, 4)


def _plain(text: str) -> str:
    """Plain characters, invisible ones gone: neither width nor a zero-width space hides a word."""
    shown = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf").replace("’", "'")
    return shown if len(shown) <= 2 * _LONGEST else f"{shown[:_LONGEST]}\n{shown[-_LONGEST:]}"


@cache
def _signs() -> tuple[tuple[float, re.Pattern[str]], ...]:
    """Weight and pattern of each kind; compiled once, so that a broken one stops the start."""
    raw: dict[str, object] = facts_in(FILE)
    signs = [Sign.model_validate(one) for one in raw.values()]
    return tuple((s.weight, re.compile("|".join(f"(?:{p})" for p in (*s.en, *s.zh)), re.I | re.M)) for s in signs)
