"""Step 1, understand: the language, what is asked, of which leg, in what mood. Patterns are data (understanding.yaml); no model is needed."""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, get_args

import yaml

from basics.words import Lang
from bot.own import OwnFact, named_facts
from bot.steps import Ask, Request, Understood, Want
from knowledge.script import simplified
from knowledge.synonyms import policy_words
from knowledge.terms import script_of, terms_of
from knowledge.wording import wording

FILE = Path(__file__).with_name("understanding.yaml")
_LONG: dict[Lang, int] = {"en": 170, "zh": 60}  # characters: a shorter message is searched for whole
_CLAUSES: dict[Lang, re.Pattern[str]] = {"en": re.compile(r"(?<=[.!?;:)])\s+|\s+(?=\()"), "zh": re.compile(r"(?<=[。！？；!?;])|\s+")}
_EDGES = re.compile(r"^[\s\W_]+|[\s\W_]+$")
_WHOLE: tuple[Ask, ...] = ("greeting", "thanks", "goodbye", "who", "what", "yes", "no")
assert set(_WHOLE) <= set(get_args(Ask))  # noqa: S101 - a kind named here and not in steps.py must not start


def understand(request: Request) -> Understood:
    """What the traveller wants, from their words and from what we asked them before."""
    text = simplified(request.text)
    lang = script_of(text) if re.search(r"[A-Za-z\u3400-\u9fff]", text) else request.lang
    mood = "upset" if _any("upset", text) else "calm"
    chosen = _chosen(request)
    if chosen is not None:
        article_id, question = chosen
        if article_id is None:
            return Understood(lang=lang, ask="person", question=request.last_question, terms=(), mood=mood)
        return _question(question, script_of(question), mood, about_article=article_id)
    ask = _ask(text)
    if ask == "question" and request.asked_back and len(terms_of(text)) <= 4 and request.last_question:
        # An answer to what we asked back is a few words; they mean little without the question they complete.
        return _question(f"{simplified(request.last_question)} {text}", lang, mood)
    return _question(text, lang, mood).model_copy(update={"ask": ask})


def likely_search(text: str) -> str:
    """What a message will most likely be searched with, known before anything else is: the text `widen` arrives at for a question by itself."""
    question = simplified(text)
    return heart_of(question, script_of(question))


def widen(understood: Understood, facts: Sequence[OwnFact]) -> Understood:
    """What is searched for: the heart of the question, the policy's words for it, and the asker's own card and fare."""
    heart = heart_of(understood.question, understood.lang)
    added = policy_words(heart, understood.lang)
    mine = " ".join(f.said.said_in(understood.lang) for f in facts if f.kind != "route" and not f.asked) if speaks_of_trip(understood) else ""
    wider = " ".join(w for w in (added, mine) if w)
    return understood.model_copy(update={"searched": heart, "searched_terms": (*terms_of(heart), *terms_of(wider)), "policy_terms": terms_of(added)})


def speaks_of_trip(understood: Understood) -> bool:
    """True if the question is about the asker's own trip, so that their own card and fare decide."""
    return _any("own_trip", understood.question) and not _any("others", understood.question)


def heart_of(text: str, lang: Lang) -> str:
    """A long message without its story: the clauses that ask, or that name something a policy is about."""
    if len(text) <= _LONG[lang]:
        return text
    clauses = [c for c in _CLAUSES[lang].split(text) if c.strip()]
    kept = [c for c in clauses if _any("asks", c) or policy_words(c, lang) or named_facts(c)]
    return (" " if lang == "en" else "，").join(c.strip() for c in kept) if kept else text


def _question(text: str, lang: Lang, mood: Any, about_article: str | None = None) -> Understood:
    back, out = _any("return", text), _any("outbound", text)
    return Understood(
        lang=lang,
        ask="question",
        question=text,
        terms=terms_of(text),
        about_article=about_article,
        direction="return" if back and not out else "outbound" if out and not back else None,
        wants=frozenset(want for want in get_args(Want) if _part("wants", want, text)),
        mood=mood,
    )


def _chosen(request: Request) -> tuple[str | None, str] | None:
    """The article that was picked from what we offered last time (None: a person), with the question it clarifies; or None."""
    last = request.last_reply
    if last is None or last.kind != "clarify" or not last.choices:
        return None
    said = _bare(request.text)
    person = [wording("choice-person").en, wording("choice-person").zh]
    if said in map(_bare, person):
        return (None, request.last_question)
    for choice, citation in zip(last.choices, last.citations, strict=False):
        if said == _bare(choice):
            return (citation.article_id, request.last_question or request.text)
    return None


def _ask(text: str) -> Ask:
    bare = _bare(text)
    if not bare:
        return "nothing"
    if _any("person", bare) or _whole("person", bare):
        return "person"
    for kind in _WHOLE:
        if _whole(kind, bare):
            return kind
    return "change" if _wants_change(text) else "question"


def _wants_change(text: str) -> bool:
    return _any("change", text) and _part("change", "own", text) and not _part("change", "not_if", text)


def is_outside(text: str) -> bool:
    """Plainly about something no airline is asked: only counts when the base has nothing near it either."""
    return _any("outside", text)


def _bare(text: str) -> str:
    return _EDGES.sub("", re.sub(r"\s+", " ", text.replace("’", "'"))).lower()


@cache
def _patterns() -> dict[str, dict[str, re.Pattern[str]]]:
    """kind -> part -> one pattern of both languages; compiled once, so that a broken one stops the start."""
    kinds: dict[str, dict[str, dict[str, list[str]]]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {
        kind: {part: re.compile("|".join(f"(?:{p})" for langs in by_lang.values() for p in langs), re.I) for part, by_lang in parts.items()}
        for kind, parts in kinds.items()
    }


def _part(kind: str, part: str, text: str) -> bool:
    pattern = _patterns()[kind].get(part)
    return bool(pattern and pattern.search(text.replace("’", "'")))


def _any(kind: str, text: str) -> bool:
    return _part(kind, "anywhere", text)


def _whole(kind: str, bare: str) -> bool:
    pattern = _patterns()[kind].get("whole")
    said = re.sub(r"[,，。!！~～\s]+", lambda m: " " if m.group().isspace() or "," in m.group() else "", bare).strip()
    return bool(pattern and pattern.fullmatch(said))
