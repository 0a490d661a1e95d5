"""How people say it -> how policies write it: the policy words that a question means without saying them."""

import re
from functools import cache
from pathlib import Path

from basics.words import Lang
from knowledge.facts import facts_in

FILE = Path(__file__).with_name("synonyms.yaml")


@cache
def _lines() -> dict[str, tuple[tuple[re.Pattern[str], str], ...]]:
    raw = facts_in(FILE)
    return {lang: tuple((re.compile(line["when"], re.I), line["add"]) for line in lines) for lang, lines in raw.items()}


@cache
def words_of(lang: Lang) -> frozenset[str]:
    """The words that synonyms know: those of policies, in English also those that people type."""
    lines = facts_in(FILE)[lang]
    if lang == "zh":
        return frozenset(w for line in lines for w in line["add"].split() if not w.isascii())
    typed = [w for line in lines for w in re.findall(r"[a-z]{5,}", re.sub(r"\\\w|\w[?*+{]\S*|\w+[(\[]\S*", " ", line["when"]).lower())]
    return frozenset(typed) | {w for line in lines for w in re.findall(r"[a-z]{4,}", line["add"].lower())}


def policy_words(question: str, lang: Lang) -> str:
    """The words to search for beside those of the question; empty where it speaks like a policy already."""
    text = question.replace("’", "'")
    added = [add for when, add in _lines()[lang] if when.search(text)]
    return " ".join(dict.fromkeys(w for add in added for w in add.split() if w.lower() not in text.lower()))


def spoken(question: str, lang: Lang) -> str:
    """The question without the words that some line of the synonyms accounts for."""
    text = question.replace("’", "'")
    for when, _ in _lines()[lang]:
        text = when.sub(" ", text)
    return text
