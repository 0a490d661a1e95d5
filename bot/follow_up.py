"""A question that leans on what was said before ("and in Standard?", 那宠物呢？), made to stand alone. Pure; the signs are data (follow_up.yaml)."""

import math
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from basics.words import Lang
from bot.own import named_places
from bot.steps import Before
from knowledge.facts import facts_in
from knowledge.terms import script_of, terms_of

FILE = Path(__file__).with_name("follow_up.yaml")
FOLLOWS_FROM = 0.4  # a probability from which a message is completed; of 80 full questions on something else none was harmed by it
# Fitted on a help centre's conversations (88 messages that lean on what was said) and 260 full questions after talk of something else.
_LEANS, _ELSEWHERE, _EVEN = 6.94, 36.4, -0.69  # the cosines of the packaged embedder are spread 1.6 times as far as those it was fitted on
_LEANS_PLAINLY = 0.4  # by its own words alone
_LONGEST, _OURS = 400, 200  # characters of the earlier question, and of what we said to it
# Fewer words of its own say less by themselves: terms (stems, pairs of Chinese characters) up to which a message is worth so much.
_FEW: dict[Lang, tuple[tuple[int, float], ...]] = {
    "en": ((1, 0.4), (2, 0.2), (3, 0.1), (4, 0.0), (5, -0.05), (7, -0.15)),
    "zh": ((2, 0.4), (4, 0.2), (6, 0.1), (8, 0.0), (12, -0.1)),
}
_MANY = -0.3
_NOT_A_SENTENCE = 0.15
_POINTS = ((0, 0.5), (1, 0.45), (2, 0.3), (4, 0.15))  # terms before a pronoun (more of them may be what it means) -> what it is worth
_ENDS = re.compile(r"[\s?？!！。.,，;；:：]+$")
_GOES_ON = re.compile(
    r"^\W*((ok(ay)?|and|but|so|then|also|or|well|right|great|thanks|alright|now)\b\W*)+|^\W*((what|how) about|what of|same for)\b\W*"
    r"|^\W*(那么?|还有|然后|好的?|嗯)\W*",
    re.I,
)
_ORDINALS: tuple[tuple[str, int], ...] = (
    (r"\b(first|former)\b|第[一1]|前(一|者)", 0),
    (r"\b(second|latter|other)\b|第[二2]|后(一|者)|另外?一", 1),
    (r"\bthird\b|第[三3]", 2),
    (r"\b(last)\b|最后", -1),
)
_NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,:]\d+)*(?![A-Za-z0-9_])")
_BARE = 2  # terms: a message of no more that holds a number names it in the place of the one before
_LISTED = re.compile(r"(?:^|\n)\s*(?:[-*•]|\d{1,2}[.)、]|[（(]?[一二三四1-4][）)])\s*(.+)")
_JOINED = re.compile(r"\s*(?:,? or |,? and |;|；|, |，|、|或者?|以及|和)\s*", re.I)


class FollowUp(BaseModel, frozen=True):
    """A question that leans on what was said before, made to stand alone: `text`; `searched` is the same with our own last words in between,
    `spoken_of` what was spoken of before it."""

    text: str
    searched: str
    spoken_of: str


def follow_up(text: str, before: Sequence[Before]) -> FollowUp | None:
    """The message, completed by what was asked before; None where nothing was."""
    earlier, said = _earlier(before)
    if not earlier:
        return None
    carried, meant, own = _asked(_in_place(earlier, text)), _meant(text, said), without_opening(text)
    ours = " ".join((*said.titles[:1], _start(said.text))) if said else ""
    return FollowUp(text=_one((carried, meant, own)), searched=_one((carried, ours, meant, own)), spoken_of=_one((earlier, ours)))


def likelihood(leans: float, elsewhere: float) -> float:
    """The probability (0..1) that a message goes on with what was spoken of: by its own words (`leans`), and by how much nearer
    (cosine) it comes to another article than to the one that was spoken of (`elsewhere`)."""
    return 1 / (1 + math.exp(-(_LEANS * leans - _ELSEWHERE * elsewhere + _EVEN)))


def leaning(text: str) -> float:
    """How much a message leans on what was said before, 0 (not at all) .. 1."""
    lang, low = script_of(text), _plain(text)
    score = points_back(text) + _fewness(low, lang)
    if not _signs()["verbal"][lang].search(low):
        score += _NOT_A_SENTENCE
    return max(0.0, min(1.0, score))


def points_back(text: str) -> float:
    """The same by what stands in the message alone, however short it is."""
    lang, low = script_of(text), _plain(text)
    return float(sum(worth for worth, patterns in _signs()["cues"] if patterns[lang].search(low)) + _pointing(low, lang))


def leans_plainly(text: str) -> bool:
    """True if a message leans on what was said before by its own words alone."""
    return leaning(text) >= _LEANS_PLAINLY


def without_opening(text: str) -> str:
    """The message without the words that only lead on to it ("and", 那)."""
    return _GOES_ON.sub("", text) or text


def _earlier(before: Sequence[Before]) -> tuple[str, Before | None]:
    """The asker's last question as it stands alone, each read in the light of the one before it, and what we said to it."""
    question, said = "", None
    for one in before:
        if one.by == "us":
            said = one
        elif question and leans_plainly(one.text):
            question, said = _one((_asked(_in_place(question, one.text)), _meant(one.text, said), _GOES_ON.sub("", one.text)))[-_LONGEST:], None
        else:
            question, said = one.text[-_LONGEST:], None
    return question, said


def _one(parts: Sequence[str]) -> str:
    return " ".join(p for p in parts if p)


def _start(text: str) -> str:
    """The first words of what we said: enough to tell what it was about."""
    return re.sub(r"\s+", " ", text)[:_OURS]


def _asked(text: str) -> str:
    """The question as the first half of a text: it ends as a sentence does."""
    bare = _ENDS.sub("", text)
    return bare + ("？" if script_of(bare) == "zh" else "?") if bare else ""


def _meant(text: str, said: Before | None) -> str:
    """Of several things that we named last, the one that "the second one" means; nothing where we named no such row of things."""
    lang, low = script_of(text), _plain(text)
    if said is None or not _signs()["which"][lang].search(low):
        return ""
    at = next((n for pattern, n in _ORDINALS if re.search(pattern, low)), None)
    things = _LISTED.findall(said.text) or next((p for s in re.split(r"[.。!！?？\n]\s*", said.text) if len(p := _JOINED.split(s)) > 1), [])
    if at is None or not -len(things) <= at < len(things):
        return ""
    return str(things[at]).strip()


def _in_place(earlier: str, now: str) -> str:
    """The earlier question, with what is named now in the place of what was named then of the same kind."""
    then, named = _named(earlier), _named(now)
    numbers = list(_NUMBER.finditer(earlier)), list(_NUMBER.finditer(now))
    if len(terms_of(now)) <= _BARE and all(len(found) == 1 for found in numbers):
        (was,), (new,) = numbers
        then, named = [*then, ("number", *was.span())], [*named, ("number", *new.span())]
    for kind, start, end in sorted(then, key=lambda place: -place[1]):
        others = list(dict.fromkeys(now[s:e] for k, s, e in named if k == kind))
        if others and earlier[start:end].lower() not in (o.lower() for o in others):
            earlier = earlier[:start] + " ".join(others) + earlier[end:]
    return _with_its_head(earlier, now)


def _with_its_head(earlier: str, now: str) -> str:
    """The earlier question, where now another thing of the same head is named ("the Basic plan" -> "the Family plan", "Lumo 3" -> "Lumo 5")."""
    for new in re.finditer(r"\b(?=([A-Za-z][\w-]*) ([A-Za-z0-9][\w-]*)\b)", now):
        for one, fixed, other in ((new[1], new[2], 1), (new[2], new[1], 2)):
            if len(fixed) < 3 or not terms_of(fixed) or not (terms_of(one) or one.isdigit()):
                continue
            was = re.compile(rf"\b([A-Za-z][\w-]*) ({re.escape(fixed)})\b" if other == 1 else rf"\b({re.escape(fixed)}) ([A-Za-z]?\d[\w-]*)\b", re.I)
            found = was.search(earlier)
            if found and found[other].lower() != one.lower() and (terms_of(found[other]) or found[other].isdigit()):
                return earlier[: found.start(other)] + one + earlier[found.end(other) :]
    return earlier


def _named(text: str) -> list[tuple[str, int, int]]:
    out = list(named_places(text))
    for kind, patterns in _signs()["kinds"]:
        out += [(kind, found.start(), found.end()) for pattern in patterns.values() for found in pattern.finditer(text)]
    return out


def _pointing(low: str, lang: Lang) -> float:
    """What a word that stands for something is worth: more, the less was named before it in the same message."""
    bare = _signs()["empty"][lang].sub(lambda m: " " * len(m[0]), low) if lang in _signs()["empty"] else low
    found = _signs()["pointing"][lang].search(bare)
    if found is None:
        return 0.0
    named = len(terms_of(low[: found.start()])) / (1 if lang == "en" else 2)
    return next((worth for most, worth in _POINTS if named <= most), 0.0)


def _fewness(low: str, lang: Lang) -> float:
    terms = len(terms_of(low))
    return next((worth for most, worth in _FEW[lang] if terms <= most), _MANY)


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("’", "'")).strip().lower()


@cache
def _signs() -> dict[str, Any]:
    """The patterns of follow_up.yaml, compiled once, so that a broken one stops the start."""
    raw = facts_in(FILE)

    def compiled(by_lang: dict[str, str | list[str]]) -> dict[str, re.Pattern[str]]:
        return {lang: re.compile(p if isinstance(p, str) else "|".join(f"(?:{one})" for one in p), re.I) for lang, p in by_lang.items()}

    cues = {name: (cue.pop("worth"), compiled(cue)) for name, cue in raw["cues"].items()}
    return {
        "cues": tuple(cues.values()),
        "which": cues["which_of_them"][1],
        "kinds": tuple((kind, compiled(by_lang)) for kind, by_lang in raw["kinds"].items()),
        **{name: compiled(raw[name]) for name in ("pointing", "empty", "verbal")},
    }
