"""How far a message is from what this knowledge base is asked: by meaning, measured against the base itself, or by words alone where none is at hand.

By meaning nothing here names a subject: another base has another scope. The words (scope.yaml) are those of a trip, for figures over bare texts.
Weights: scope.json, fitted by `python -m evals.fit_scope`.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from bot.outside import nearness, outside_kind
from bot.steps import Ask
from knowledge.embedder import Vectors
from knowledge.facts import facts_in
from knowledge.script import simplified
from knowledge.search import Found
from knowledge.shelf import Shelf

FILE = Path(__file__).with_name("scope.yaml")
WEIGHTS = Path(__file__).with_name("scope.json")
_NEARER = 0.04  # cosine above the median example
_TALK: tuple[Ask, ...] = (
    "greeting", "thanks", "goodbye", "who", "what", "compliment", "insult", "yes", "no", "nothing", "person", "change", "ok"
)  # fmt: skip


def out_of_scope(text: str, ask: Ask) -> float:
    """0..1, by words alone: how likely this is outside an airline's subject; 0 for small talk, a wish for a person and a change of a flight."""
    return 0.0 if ask in _TALK else probability("words", word_features(text))


def out_of_scope_by_meaning(vector: Vectors, found: Sequence[Found], examples: NDArray[np.float32]) -> float:
    """0..1: how likely a question is outside this base, by how near it comes to the base and to messages that are none for anybody here."""
    near = max((f.cosine for f in found), default=0.0), max((c for f in found for c in f.unit_cosines), default=0.0)
    return probability("meaning", meaning_features(*near, max((f.asked for f in found), default=0.0), vector, examples))


_BEYOND: "WeakKeyDictionary[Shelf, NDArray[np.float32]]" = WeakKeyDictionary()


def beyond(shelf: Shelf, examples: NDArray[np.float32]) -> NDArray[np.float32]:
    """The examples that are outside this base too: a bank's articles come nearer to the examples about money than to the rest of them."""
    if shelf not in _BEYOND:
        near = shelf.nearest_units(examples)
        _BEYOND[shelf] = examples[near <= np.median(near) + _NEARER]
    return _BEYOND[shelf]


def word_features(text: str) -> dict[str, float]:
    """What the words of a text say of its subject."""
    plain = simplified(text)
    elsewhere = _share("elsewhere", plain) + 0.5 * (outside_kind(plain) is not None)
    return {"ours": _share("ours", plain), "elsewhere": min(1.0, elsewhere)}


def meaning_features(window: float, unit: float, asked: float, vector: Vectors, examples: NDArray[np.float32]) -> dict[str, float]:
    """Cosines with the nearest passage, sentence and noted way of asking, and with what is outside."""
    nearest, five = nearness(vector, examples)
    return {"window": window, "unit": unit, "asked": asked or unit, "outside": nearest, "outside_five": five}


def probability(which: str, features: Mapping[str, float]) -> float:
    """The logistic model `which` ("words", "meaning") of these features."""
    weights = _weights()[which]
    z = weights["intercept"] + sum(weights[name] * value for name, value in features.items())
    return round(1 / (1 + math.exp(-max(-30.0, min(30.0, z)))), 4)


def _share(which: str, text: str) -> float:
    """0, 0.5 or 1: no word of these topics, one, or more."""
    return min(2, len({m.group().lower() for m in _topics()[which].finditer(text)})) / 2


@cache
def _weights() -> dict[str, dict[str, float]]:
    raw: dict[str, dict[str, float]] = json.loads(WEIGHTS.read_text(encoding="utf-8"))["weights"]
    return raw


@cache
def _topics() -> dict[str, re.Pattern[str]]:
    raw: dict[str, dict[str, list[str]]] = facts_in(FILE)
    return {which: re.compile("|".join(f"(?:{p})" for langs in by_lang.values() for p in langs), re.I) for which, by_lang in raw.items()}
