"""Step 3, compose: the quote draft, always: the sentences of passages and decisions that answer, each with what carries it."""

from collections.abc import Sequence

from basics.words import Lang, Words
from bot.ask_back import which_is_meant
from bot.choose import choose, probability_of_best, scored
from bot.curated import curated
from bot.dated import dated
from bot.disagree import agreed
from bot.own import OwnFact, facts_about, names, stated
from bot.own_card import own_card
from bot.steps import Chosen, Draft, Evidence, Request, Understood
from customers.booking import FARE_WORDS
from desk.conversation import Carrier, Citation, Sentence
from knowledge.cut import row_text
from knowledge.shelf import Shelf
from knowledge.wording import wording

MOST_CITATIONS = 3
_OPENS = (":", "：")


def compose(request: Request, understood: Understood, evidence: Evidence, shelf: Shelf) -> Draft:
    """What we would say: the decision about the right that is asked for, and what the articles say, in the asker's language."""
    if not evidence.found and not evidence.asked_right:
        return Draft(sentences=())
    facts = facts_about(understood.question, evidence, request.now)
    right, asked_right = _decided(understood, evidence), evidence.asked_right
    found = evidence.found
    if right and asked_right and asked_right.decision == "allow":
        found = tuple(f for f in found if f.passage.article_id == asked_right.article) or found
    known = () if right else curated(found, shelf)
    quantities, ranked = stated(understood, evidence, request.now), scored(found)
    chosen = known or choose(understood, found, facts, quantities)
    which = None if known or understood.own_card else which_is_meant(request, understood, evidence, facts, quantities, chosen, ranked, shelf)
    chosen, told = agreed(chosen, found, facts, shelf)
    if right and asked_right:
        chosen = _briefly(chosen, held=asked_right.decision == "allow")
    said, citations = _quoted(chosen, understood.lang, () if right else facts, shelf)
    cited = {(c.article_id, c.section) for c in citations}
    quoted = [c for c in chosen if (c.passage.article_id, c.passage.section) in cited]
    said = _told_when(dated(quoted, evidence, shelf, understood.lang), said)
    signals = {"unit_cosine": chosen[0].cosine if chosen else 0.0, "odds": probability_of_best(ranked)}
    if told is not None:
        signals["disagree"] = 1.0
    if right:
        return Draft(sentences=(*right, *said), citations=citations, basis="rule", signals={**signals, "decided": 1.0}, which=which)
    if known:
        return Draft(sentences=said, citations=citations, basis="curated", signals={**signals, "curated": 1.0})
    said = _told_when(own_card(understood, evidence), said)
    return Draft(sentences=said, citations=citations, basis="retrieved", signals=signals, which=which)


def _told_when(when: tuple[Sentence, ...], said: tuple[Sentence, ...]) -> tuple[Sentence, ...]:
    """The sentences with those before them that say of which version they are."""
    return (*when, said[0].model_copy(update={"starts_line": True}), *said[1:]) if when and said else said


def _briefly(chosen: Sequence[Chosen], held: bool) -> tuple[Chosen, ...]:
    """Beside a decision the articles say little: one sentence where the right is held (the card has the terms), else the usual terms."""
    if held:
        return tuple(c for c in chosen if c.unit.kind == "sentence")[:1]
    return tuple(c for c in chosen if c.passage.id == chosen[0].passage.id)[:3]


def say(wording_id: str, lang: Lang, starts_line: bool = False, **values: Words | str | int) -> Sentence:
    """An approved wording as a sentence."""
    text = wording(wording_id, **values).said_in(lang)
    return Sentence(text=text, lang=lang, carried_by=(Carrier(wording_id=wording_id),), starts_line=starts_line)


def _decided(understood: Understood, evidence: Evidence) -> tuple[Sentence, ...]:
    """The decision about the right that is asked for, in words; nothing when no right is asked for."""
    right, at = evidence.asked_right, evidence.asked_leg
    if understood.ask != "change" or right is None or at is None:
        return ()
    booking, leg = at
    lang = understood.lang
    carried = (Carrier(entitlement_id=right.id),)
    which: dict[str, Words | str | int] = {"flight": leg.flight, "departs": leg.departure()}
    if right.decision == "allow":
        text = wording("change-allowed", **which).said_in(lang)
        return (Sentence(text=text, lang=lang, carried_by=carried),)
    reason = right.reasons[0].said_in(lang) if right.reasons else right.title.said_in(lang)
    return (
        Sentence(text=wording("change-denied", **which).said_in(lang), lang=lang, carried_by=carried),
        Sentence(text=reason, lang=lang, carried_by=carried),
        say("change-which", lang, starts_line=True, fare=FARE_WORDS[booking.fare]),
    )


def _quoted(chosen: Sequence[Chosen], lang: Lang, facts: Sequence[OwnFact], shelf: Shelf) -> tuple[tuple[Sentence, ...], tuple[Citation, ...]]:
    """The chosen units as sentences, numbered to at most three citations (one an article section)."""
    sections = list(dict.fromkeys((c.passage.article_id, c.passage.section) for c in chosen))[:MOST_CITATIONS]
    chosen = [c for c in chosen if (c.passage.article_id, c.passage.section) in sections]
    quotes: dict[int, list[str]] = {}
    out: list[Sentence] = []
    before: Chosen | None = None
    for n, c in enumerate(chosen):
        number = sections.index((c.passage.article_id, c.passage.section)) + 1
        if c.passage.lang != lang and not any(s.carried_by[0].wording_id == "other-language" for s in out):
            out.append(say("other-language", lang))
        opens = c.unit.lead_in if c.unit.kind == "item" and (before is None or before.unit.lead_in != c.unit.lead_in) else ""
        if opens:
            carried = (Carrier(passage_id=c.passage.id, start=c.unit.spans[0][0], end=c.unit.spans[0][1]),)
            out.append(Sentence(text=opens, lang=c.passage.lang, carried_by=carried, citations=(number,), starts_line=bool(out)))
        text = said_text(c, goes_on=n + 1 < len(chosen) and _follows(c, chosen[n + 1]))
        line = c.unit.kind != "sentence" or (before is not None and (before.unit.kind != "sentence" or not _near(before, c)))
        spans = tuple(Carrier(passage_id=c.passage.id, start=s, end=e) for s, e in _spans(c))
        shown = f"- {text}" if c.unit.kind == "item" and c.unit.lead_in else text
        out.append(Sentence(text=shown, lang=c.passage.lang, carried_by=spans, citations=(number,), starts_line=bool(out) and line))
        quotes.setdefault(number, []).append(text)
        before = c
    personal = _for_you(chosen, lang, facts)
    if personal and out:
        out.insert(0, personal)
    return tuple(out), tuple(_citation(shelf, chosen, s, quotes[n]) for n, s in enumerate(sections, start=1))


def said_text(c: Chosen, goes_on: bool = False) -> str:
    """A unit as it is said: prose as it stands, a row as a line with the columns that matter; with a full stop unless its other half follows."""
    stop = "。" if c.passage.lang == "zh" else "."
    text = c.unit.text
    if c.unit.kind == "row":
        label, *rest = c.unit.cells
        text = row_text((label, *(tuple(c.unit.cells[n] for n in c.columns) if c.columns else rest)), c.passage.lang)
    if goes_on and c.unit.kind == "sentence":
        return text
    text = text.rstrip(";；,， ")
    return text if text.endswith((".", "。", "!", "！", "?", "？", ":", "：", "”", '"')) else text + stop


def said_alone(sentence: Sentence) -> bool:
    """True if a quoted sentence says something without those around it: no lead-in, no item of a list, no half of a sentence."""
    return not sentence.text.startswith("- ") and not sentence.text.endswith((*_OPENS, ";", "；"))


def _near(a: Chosen, b: Chosen) -> bool:
    return a.passage.id == b.passage.id and a.unit.paragraph == b.unit.paragraph


def _follows(a: Chosen, b: Chosen) -> bool:
    """True if `b` is the sentence right after `a` in the same paragraph."""
    units = a.passage.units
    return _near(a, b) and a.unit in units[:-1] and units[units.index(a.unit) + 1] == b.unit


def _spans(c: Chosen) -> tuple[tuple[int, int], ...]:
    if c.unit.kind != "row" or not c.columns:
        return c.unit.spans
    return tuple(dict.fromkeys((*c.unit.cells[0].spans[-1:], *(s for n in c.columns for s in c.unit.cells[n].spans))))


def _for_you(chosen: Sequence[Chosen], lang: Lang, facts: Sequence[OwnFact]) -> Sentence | None:
    """ "With your Gold card and Economy Standard ticket:" where the asker's own facts decided which row or column is quoted first."""
    rows = [c for c in chosen[:1] if c.unit.kind == "row"]
    rows = [c for c in chosen if rows and c.unit.caption == rows[0].unit.caption and c.passage.id == rows[0].passage.id]
    used: list[Words] = []
    for fact in facts:
        if fact.kind == "route" or fact.asked or not rows:
            continue
        if all(_is_for(c, fact, lang) for c in rows):
            used.append(wording({"tier": "fact-tier", "fare": "fact-fare"}[fact.kind], **{fact.kind: fact.said}))
    if not used:
        return None
    return say("for-you", lang, facts=wording("fact-joint", one=used[0], two=used[1]) if len(used) > 1 else used[0])


def _is_for(c: Chosen, fact: OwnFact, lang: Lang) -> bool:
    """True if the row, or its only quoted column, is the fact's and no other's."""
    return any(names(label, fact.kind, lang) == {fact.value} for label in (c.unit.cells[0].text, *(c.unit.cells[n].header for n in c.columns)))


def _citation(shelf: Shelf, chosen: Sequence[Chosen], section: tuple[str, str], quotes: list[str]) -> Citation:
    passage = next(c.passage for c in chosen if (c.passage.article_id, c.passage.section) == section)
    article = shelf.article_of(passage)
    return Citation(
        article_id=article.id,
        version=article.version,
        lang=article.lang,
        title=article.title,
        section=passage.section,
        quote=" ".join(quotes),
        url=article.source_url,
        in_force_from=article.in_force.start,
    )
