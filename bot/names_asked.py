"""The names, codes and numbers that a question is about, which no other word can stand for; for confidence only. Pure."""

import re

_NAME = re.compile(r"(?<![.!?]\s)(?<!^)(?<!^[\"'“])\b(?:[A-Z][\w'’-]+|[A-Za-z]*\d[\w.-]*)|\b[A-Z]{2,}\b|\d+(?:\.\d+)?")
_LATIN = re.compile(r"[A-Za-z][A-Za-z'’-]{1,}|[A-Za-z]*\d[\w.]*")
_SAID_SO = frozenset(["i", "i'm", "i'll", "i've", "i'd", "ok", "faq", "pm", "am", "tv", "id"])


def names_in(question: str, zh: bool) -> frozenset[str]:
    """Names, codes and numbers of a question, lower case: what it is about and no other word can stand for."""
    found = (_LATIN if zh else _NAME).findall(question)
    return frozenset(n.lower().strip("'’.-").removesuffix("'s").removesuffix("’s") for n in found) - _SAID_SO - {""}
