"""Step 3, compose: the quote draft, always: the sentences of passages and decisions that answer, each with what carries it."""

from collections.abc import Sequence

from basics.words import Lang, Words
from bot.choose import Chosen, choose
from bot.own import OwnFact, own_facts
from bot.steps import Draft, Evidence, Request, Understood
from customers.booking import FARE_WORDS
from desk.conversation import Carrier, Citation, Sentence
from knowledge.cut import row_text
from knowledge.shelf import Shelf
from knowledge.wording import wording

MOST_CITATIONS = 3


def compose(request: Request, understood: Understood, evidence: Evidence, shelf: Shelf) -> Draft:
    """What we would say: the decision about the right that is asked for, and what the articles say, in the asker's language."""
    own = own_facts(evidence, request.now)
    chosen = choose(understood, evidence.found, own)
    said, citations = _quoted(chosen, understood.lang, own, shelf)
    right = _decided(understood, evidence)
    if right and evidence.asked_right and evidence.asked_right.decision == "allow":
        said, citations = _quoted(chosen[:1], understood.lang, (), shelf)
        return Draft(sentences=(*right, *said), citations=citations, basis="rule", signals={"decided": 1.0})
    if right:
        return Draft(sentences=(*right, *said), citations=citations, basis="rule", signals={**_signals(chosen), "decided": 1.0})
    return Draft(sentences=said, citations=citations, basis="retrieved", signals=_signals(chosen))


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
    carried = (Carrier(entitlement_id=entitlement_id(right.rule_id, right.booking_id, right.leg_id)),)
    which = {"flight": leg.flight, "departs": leg.departure()}
    if right.decision == "allow":
        text = wording("change-allowed", **which).said_in(lang)
        return (Sentence(text=text, lang=lang, carried_by=carried),)
    reason = right.reasons[0].said_in(lang) if right.reasons else right.title.said_in(lang)
    return (
        Sentence(text=wording("change-denied", **which).said_in(lang), lang=lang, carried_by=carried),
        Sentence(text=reason, lang=lang, carried_by=carried),
        say("change-which", lang, starts_line=True, fare=FARE_WORDS[booking.fare]),
    )


def entitlement_id(rule_id: str, booking_id: str, leg_id: str) -> str:
    """How an entitlement is named in a receipt."""
    return f"{rule_id}:{booking_id}:{leg_id}"


def _quoted(chosen: Sequence[Chosen], lang: Lang, own: Sequence[OwnFact], shelf: Shelf) -> tuple[tuple[Sentence, ...], tuple[Citation, ...]]:
    """The chosen units as sentences, numbered to at most three citations (one an article section)."""
    sections: list[tuple[str, str]] = []
    quotes: dict[int, list[str]] = {}
    out: list[Sentence] = []
    foreign = False
    lead_said = ""
    for c in chosen:
        section = (c.passage.article_id, c.passage.section)
        if section not in sections:
            if len(sections) == MOST_CITATIONS:
                continue
            sections.append(section)
        number = sections.index(section) + 1
        if c.passage.lang != lang and not foreign:
            out.append(say("other-language", lang))
            foreign = True
        if c.unit.kind == "item" and c.unit.lead_in and c.unit.lead_in != lead_said:
            lead_said = c.unit.lead_in
            spans = tuple(Carrier(passage_id=c.passage.id, start=s, end=e) for s, e in c.unit.spans[:1])
            out.append(Sentence(text=lead_said, lang=c.passage.lang, carried_by=spans, citations=(), starts_line=bool(out)))
        line = c.unit.kind != "sentence"
        text = _said(c, lang)
        out.append(
            Sentence(
                text=f"- {text}" if c.unit.kind == "item" and c.unit.lead_in else text,
                lang=c.passage.lang,
                carried_by=tuple(Carrier(passage_id=c.passage.id, start=s, end=e) for s, e in _spans(c)),
                citations=(number,),
                starts_line=bool(out) and (line or out[-1].text.startswith("- ")),
            )
        )
        quotes.setdefault(number, []).append(text)
    personal = _for_you(chosen, lang, own)
    if personal and out:
        out.insert(0, personal)
    return tuple(out), tuple(_citation(shelf, chosen, s, quotes[n]) for n, s in enumerate(sections, start=1))


def _said(c: Chosen, lang: Lang) -> str:
    """A unit as it is said: prose as it stands, a row as a line with the columns that matter."""
    if c.unit.kind != "row":
        return c.unit.text
    label, *rest = c.unit.cells
    cells = tuple(c.unit.cells[n] for n in c.columns) if c.columns else tuple(rest)
    return row_text((label, *cells), c.passage.lang) + ("。" if c.passage.lang == "zh" else ".")


def _spans(c: Chosen) -> tuple[tuple[int, int], ...]:
    if c.unit.kind != "row" or not c.columns:
        return c.unit.spans
    return tuple(dict.fromkeys((*c.unit.cells[0].spans[-1:], *(s for n in c.columns for s in c.unit.cells[n].spans))))


def _for_you(chosen: Sequence[Chosen], lang: Lang, own: Sequence[OwnFact]) -> Sentence | None:
    """"With your Gold card and Economy Standard ticket:" where the asker's own facts decided which row or column is quoted."""
    used: list[Words] = []
    for fact in own:
        terms = fact.terms(lang)
        if fact.kind == "route" or not terms:
            continue
        for c in chosen:
            if c.unit.kind == "row" and not c.beside:
                shown = [c.unit.cells[0].text, *(c.unit.cells[n].header for n in c.columns)]
                if any(fact.said.said_in(lang) in s or s in fact.said.said_in(lang) for s in shown if s):
                    place = {"tier": "fact-tier", "fare": "fact-fare"}[fact.kind]
                    used.append(wording(place, **{fact.kind: fact.said}))
                    break
    if not used:
        return None
    facts = wording("fact-joint", one=used[0], two=used[1]) if len(used) > 1 else used[0]
    return say("for-you", lang, facts=facts)


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


def _signals(chosen: Sequence[Chosen]) -> dict[str, float]:
    """How sure the choice was: the closeness of the best unit."""
    if not chosen:
        return {"unit_cosine": 0.0}
    return {"unit_cosine": chosen[0].cosine}
