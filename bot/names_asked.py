"""The names, codes and numbers that a question is about, which no other word can stand for; for confidence only. Pure."""

import re
from itertools import pairwise

from knowledge.siblings import pieces

_NAME = re.compile(r"(?<![.!?]\s)(?<!^)(?<!^[\"'“])\b(?:[A-Z][\w'’-]+|[A-Za-z]*\d[\w.-]*)|\b[A-Z]{2,}\b|\d+(?:\.\d+)?")
_LATIN = re.compile(r"[A-Za-z][A-Za-z'’-]{1,}|[A-Za-z]*\d[\w.]*")
_SAID_SO = frozenset(["i", "i'm", "i'll", "i've", "i'd", "ok", "faq", "pm", "am", "tv", "id"])


def names_in(question: str, zh: bool) -> frozenset[str]:
    """Names, codes and numbers of a question, lower case: what it is about and no other word can stand for."""
    found = (_LATIN if zh else _NAME).findall(question)
    return frozenset(n.lower().strip("'’.-").removesuffix("'s").removesuffix("’s") for n in found) - _SAID_SO - {""}


def other_model(question: str, title: str, text: str) -> bool:
    """True if in the question a number or letter follows a word that another follows in the title, and the text (small letters) never has it so.

    Asked of the "Pavo 5", the manual of the "Pavo 3" is another's, though a 5 stands in it somewhere.
    """
    asked, named = pieces(question), pieces(title)
    goes_on = {one for one, after in pairwise(named) if len(one) > 1 and _tells_models(after)}
    pairs = [(one, after) for one, after in pairwise(asked) if one in goes_on and _tells_models(after)]
    written = [re.compile(rf"(?<![a-z0-9]){one}[\s\-–]*{after}(?![a-z0-9])") for one, after in pairs]
    return any(not pattern.search(text) for pattern in written)


def _tells_models(piece: str) -> bool:
    return piece.isascii() and (piece.isdigit() or (len(piece) == 1 and piece not in "aist"))
