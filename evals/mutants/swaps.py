"""Sentences with another sense: negation, condition, bound, cabin, yes or no, subject. By the rules of rules.yaml."""

import re
from collections.abc import Iterator

from basics.words import Lang
from evals.mutants.figures import Made
from evals.mutants.rules import RULES

_UNSURE = re.compile(
    r"not only|whether|or not\b|not (?:less|more|later|exceed|limited|necessarily|just)|no (?:more|less|later|fewer)|不仅|不限于|不论|无论|是否|不管"
)


def other_senses(sentence: str, lang: Lang) -> Iterator[Made]:
    """Every rule applied at the first place where it fits."""
    for kind, rules in RULES["falsified"][lang].items():
        for shape, instead in rules:
            found = re.search(shape, sentence)
            if found is None or (kind == "negation" and _UNSURE.search(sentence)):
                continue
            said = sentence[: found.start()] + found.expand(instead) + sentence[found.end() :]
            yield kind, f"{kind} {shape}", _tidy(said)


def _tidy(text: str) -> str:
    text = re.sub(r"\s{2,}", " ", text).replace(" .", ".").replace(" ,", ",").strip(" ，,")
    return text[:1].upper() + text[1:]


def with_more(sentence: str, source: str, lang: Lang) -> Iterator[Made]:
    """The sentence with a promise or a limit that the source is silent about: no word of that subject stands in it."""
    for more, about in RULES["added"][lang]:
        if not re.search(about, source, re.I):
            yield "added", f"added {more}", sentence[:-1] + more + sentence[-1]
