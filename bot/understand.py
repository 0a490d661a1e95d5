"""Step 1, understand: the language, what is asked, of which leg, in what mood. Patterns are data (understanding.yaml); no model is needed."""

import re
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, get_args

from basics.words import Lang
from bot.as_of import without_days
from bot.history import asks_anew
from bot.mood import mood_of
from bot.outside import outside_kind
from bot.own import OwnFact, named_facts
from bot.parts import NTH, first_completed, parts_of
from bot.pinyin import is_pinyin
from bot.steps import Ask, Before, Request, Understood, Want
from customers.airports import AIRPORTS
from desk.ticket import Mood
from knowledge.facts import facts_in
from knowledge.script import simplified
from knowledge.slips import Slips
from knowledge.synonyms import policy_words
from knowledge.terms import script_of, terms_of
from knowledge.wording import wording

FILE = Path(__file__).with_name("understanding.yaml")
_LONG: dict[Lang, int] = {"en": 170, "zh": 60}  # characters: a shorter message is searched for whole
_CLAUSES: dict[Lang, re.Pattern[str]] = {"en": re.compile(r"(?<=[.!?;:)])\s+|\s+(?=\()"), "zh": re.compile(r"(?<=[。！？；!?;])|\s+")}
_FEW = 4  # terms: an answer to what we asked back is a few words
_STATED_WEIGHT = re.compile(r"\d+(\.\d+)? ?(kgs?|kilos?|kilograms?|公斤|千克|斤)", re.I)
_EDGES = re.compile(r"^[\s\W_]+|[\s\W_]+$")
_WHOLE: tuple[Ask, ...] = ("greeting", "thanks", "goodbye", "compliment", "insult", "who", "what", "yes", "no")
_HARMLESS = frozenset(["greeting", "thanks", "goodbye", "compliment", "who", "what"])  # what may be read into a slip: nothing comes of it
_PLACES = frozenset(word for a in AIRPORTS.values() for word in (*a.city.en.lower().split(), a.city.zh))
assert set(_WHOLE) <= set(get_args(Ask))  # noqa: S101 - a kind named here and not in steps.py must not start


def understand(request: Request, slips: Slips | None = None) -> Understood:
    """What the traveller wants, from their words and from what we asked them before.

    With `slips` a question is read as it was meant. A choice, a change, a yes or no and the wish for a person are only ever what was typed.
    """
    text = simplified(request.text)
    mood, _ = mood_of(text)
    chosen = _chosen(request)
    if chosen is not None:
        if chosen.is_person:
            return Understood(lang=_lang_of(text, request.lang), ask="person", question=chosen.question, terms=(), mood=mood)
        picked = _meant(chosen.question, script_of(chosen.question), mood, slips, chosen.article_id)
        return picked.model_copy(update={"ask": "change" if _wants_change(chosen.question) and chosen.article_id is None else "question"})
    if (listed := _listed(request)) is not None:
        return Understood(lang=_lang_of(text, request.lang), ask="rights", question=text, terms=(), mood=mood, listed_right=listed)
    ask = _ask(text)
    read = as_meant(text, slips) if ask == "question" else text
    lang = _lang_of(read, request.lang)
    is_few = len(terms_of(read)) <= _FEW and outside_kind(read) is None
    if ask == "question" and request.asked_back and is_few and request.last_question and not asks_anew(read, request.last_question):
        # An answer to what we asked back is a few words; they mean little without the question they complete.
        return _meant(f"{simplified(_asked_about(request))} {text}", lang, mood, slips)
    parts = first_completed(parts_of(read, lang), said_before(request, slips)) if ask == "question" else ()
    if ask == "question" and read != text and (guessed := _ask(read)) in _HARMLESS:
        ask = guessed
    found = {"ask": ask, "parts": parts, "typed": text if read != text else "", "thanks_first": _any("thanks_first", text)}
    found["complains"] = _complains(text, mood)
    return _question(read, lang, mood).model_copy(update=found)


def as_meant(text: str, slips: Slips | None) -> str:
    """A message in simplified characters, without its slips of the keyboard where `slips` knows them; a place of the network is never one."""
    text = simplified(text)
    return slips.read(text, _lang_of(text, "en"), _PLACES) if slips is not None else text


def one_of_several(understood: Understood, part: str) -> Understood:
    """One question of a message that asks several, understood by itself."""
    return _question(part, understood.lang, understood.mood)


def said_before(request: Request, slips: Slips | None = None) -> tuple[Before, ...]:
    """What was said before, without the asker's small talk: a thank-you is nothing that a question leans on. With `slips` as it was meant."""
    said = (b.model_copy(update={"text": as_meant(b.text, slips if b.by == "asker" else None)}) for b in request.history)
    return tuple(b for b in said if b.by == "us" or _ask(b.text) in ("question", "change"))


def completed(understood: Understood, whole: str) -> Understood:
    """The question as it stands alone; what the message says itself of money, time or direction goes before what was asked earlier."""
    meant = _question(whole, understood.lang, understood.mood)
    own = {"wants": understood.wants or meant.wants, "direction": understood.direction or meant.direction, "own_terms": understood.terms}
    return meant.model_copy(update=own)


def likely_search(text: str) -> str:
    """What a message will most likely be searched with, known before anything else is: the text `widen` arrives at for a question by itself."""
    question = simplified(text)
    return heart_of(question, script_of(question))


def dateless(understood: Understood, today: date) -> Understood:
    """The question without the days it names: "when I bought it in March" asks for no time, and is nothing to search for."""
    rest = without_days(understood.question, today)
    return understood if rest == understood.question else understood.model_copy(update={"question": rest, "wants": _wants(rest)})


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


def asks_for_own_card(understood: Understood) -> bool:
    """True if the question is why the asker holds the card they hold, which one it is, or how far the next one is."""
    return _any("own_card", understood.question) and not _part("own_card", "not_if", understood.question)


def heart_of(text: str, lang: Lang) -> str:
    """A long message without its story: the clauses that ask, or that name something a policy is about."""
    if len(text) <= _LONG[lang]:
        return text
    clauses = [c for c in _CLAUSES[lang].split(text) if c.strip()]
    kept = [c for c in clauses if _any("asks", c) or policy_words(c, lang) or named_facts(c)]
    return (" " if lang == "en" else "，").join(c.strip() for c in kept) if kept else text


def _lang_of(text: str, otherwise: Lang) -> Lang:
    return "zh" if is_pinyin(text) else script_of(text) if re.search(r"[A-Za-z\u3400-\u9fff]", text) else otherwise


def _meant(text: str, lang: Lang, mood: Any, slips: Slips | None, about_article: str | None = None) -> Understood:
    read = as_meant(text, slips)
    return _question(read, lang, mood, about_article).model_copy(update={"typed": text if read != text else ""})


def _question(text: str, lang: Lang, mood: Any, about_article: str | None = None) -> Understood:
    back, out = _any("return", text), _any("outbound", text)
    return Understood(
        lang=lang,
        ask="question",
        question=text,
        terms=terms_of(text),
        about_article=about_article,
        direction="return" if back and not out else "outbound" if out and not back else None,
        wants=_wants(text),
        mood=mood,
    )


def _complains(text: str, mood: Mood) -> bool:
    """They say that they complain, or are upset about something that went wrong; who asks how to complain, or what if, does not."""
    said = _any("complaint", text) or (mood == "upset" and _part("complaint", "trouble", text))
    return said and not _part("complaint", "not_if", text)


def _wants(text: str) -> frozenset[Want]:
    found: set[Want] = {want for want in get_args(Want) if _part("wants", want, text)}
    if "price" in found:
        found.discard("money")
        if "weight" in found and not _part("wants", "weight", _STATED_WEIGHT.sub(" ", text)):
            found.discard("weight")  # "my 28 kg dog, how much?" tells a weight and asks for none
    return frozenset(found)


class _Picked(NamedTuple):
    """What was picked from what we offered: a person, or the earlier question with the way that was picked; `article_id` if it is of one article."""

    question: str
    article_id: str | None = None
    is_person: bool = False


def _chosen(request: Request) -> _Picked | None:
    """What a message picks from what we offered last time; None where it picks nothing."""
    last = request.last_reply
    if last is None or last.kind != "clarify" or not last.choices:
        return None
    said = the_words(request.text)
    person = [wording("choice-person").en, wording("choice-person").zh]
    if said in map(the_words, person):
        return _Picked(_asked_about(request), is_person=True)
    *ways, _ = last.choices
    place = _place_of(said, ways, in_own_words=not any(c.title in ways for c in last.citations))
    if place is None:
        return None
    asked = simplified(_asked_about(request) or request.text)
    cited = last.citations[place] if place < len(last.citations) else last.citations[0] if len(last.citations) == 1 else None
    if cited is not None and cited.title == ways[place]:
        return _Picked(asked, cited.article_id)
    between = " " if script_of(asked) == "en" else "，"
    return _Picked(f"{asked}{between}{ways[place]}", cited.article_id if cited else None)


def _listed(request: Request) -> str | None:
    """Of the rights that we listed in our last reply the one that a message counts to ("the second one", 第二个); None where it does not."""
    said = request.last_reply.sentences if request.last_reply and request.last_reply.kind == "answer" else ()
    if not said or said[0].carried_by[0].wording_id != "rights-yours":
        return None
    names = [c.entitlement_id for s in said for c in s.carried_by if c.entitlement_id]
    place = next((n for n in range(len(names)) if _whole(f"place-{n + 1}", the_words(request.text))), None)
    return names[place] if place is not None else None


def _place_of(said: str, ways: Sequence[str], in_own_words: bool) -> int | None:
    """Which of the offered ways is meant: tapped, counted ("the second", 第二个), or in few own words of which only one of them has any."""
    bare = [the_words(way) for way in ways]
    if said in bare:
        return bare.index(said)
    for n in range(len(ways)):
        if _whole(f"place-{n + 1}", said):
            return n
    terms = [set(terms_of(way)) for way in ways]
    mine = set(terms_of(said))
    if not in_own_words or not mine or len(mine) > _FEW:
        return None
    named = [n for n, own in enumerate(terms) if mine & own - {t for m, other in enumerate(terms) if m != n for t in other}]
    return named[0] if len(named) == 1 else None


def _asked_about(request: Request) -> str:
    """The question that we asked back about: of several in one message the one that our words named, else the last message."""
    last, said = request.last_question, request.last_reply.sentences if request.last_reply else ()
    parts = parts_of(simplified(last), script_of(last))
    named = {f"{NTH}{n + 1}": part for n, part in enumerate(parts)}
    return next((named[c.wording_id] for s in said for c in s.carried_by if c.wording_id in named), last)


def _ask(text: str) -> Ask:
    bare = the_words(text)
    if not bare:
        return "nothing"
    if _any("person", bare) or _whole("person", bare):
        return "person"
    for kind in _WHOLE:
        if _whole(kind, bare):
            return kind
    if len(bare) <= _LONG[script_of(bare)] // 2 and _any("rights", bare) and not _part("rights", "not_if", bare):  # a story is told of a case
        return "rights"
    return "change" if _wants_change(text) else "question"


def _wants_change(text: str) -> bool:
    return _any("change", text) and _part("change", "own", text) and not _part("change", "not_if", text)


def the_words(text: str) -> str:
    """The words alone, for comparing: single spaces, straight quotes, nothing around them."""
    return _EDGES.sub("", re.sub(r"\s+", " ", text.replace("’", "'"))).lower()


@cache
def _patterns() -> dict[str, dict[str, re.Pattern[str]]]:
    """kind -> part -> one pattern of both languages; compiled once, so that a broken one stops the start."""
    kinds: dict[str, dict[str, dict[str, list[str]]]] = facts_in(FILE)
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
