"""What somebody holds, when they ask for it: a short list, best first, each with its reason and its end; and the one they pick from it."""

from basics.words import Words
from bot.compose import compose, say
from bot.offered import in_words, leg_for, source_of, until_note
from bot.several import compose_parts
from bot.steps import Draft, Evidence, Request, Understood
from bot.understand import the_words
from customers.entitlement import Entitlement
from customers.offers import rank
from customers.rights import RuleBook
from desk.conversation import Carrier, Sentence
from knowledge.shelf import Shelf
from knowledge.wording import wording

MOST = 4
_MOST_REASONS = 2


def draft_of(request: Request, understood: Understood, evidence: Evidence, shelf: Shelf, rules: RuleBook) -> Draft:
    """What we would say: the rights that are asked for, else what passages and decisions answer, of several questions one by one."""
    if understood.ask == "rights":
        return _picked(understood, evidence, shelf, rules) if understood.listed_right else _listed(request, understood, evidence, rules)
    return compose_parts(request, evidence, shelf) if evidence.parts else compose(request, understood, evidence, shelf)


def best_held(evidence: Evidence, rules: RuleBook, request: Request) -> tuple[Entitlement, ...]:
    """At most four rights that are held, best first, each right once."""
    found: dict[str, Entitlement] = {}
    for one in rank(evidence.entitlements, rules, request.now):
        found.setdefault(one.entitlement.right, one.entitlement)
    return tuple(found.values())[:MOST]


def by_title(request: Request, evidence: Evidence, rules: RuleBook) -> Entitlement | None:
    """The right they hold whose title is all that a message says (the button beside it says just that); of several flights' the best."""
    said = the_words(request.text)
    held = [one.entitlement for one in rank(evidence.entitlements, rules, request.now)] if said else []
    return next((one for one in held if said in (the_words(one.title.en), the_words(one.title.zh))), None)


def _listed(request: Request, understood: Understood, evidence: Evidence, rules: RuleBook) -> Draft:
    lang, decided = understood.lang, {"decided": 1.0}
    if evidence.traveller is None:
        name = "rights-away" if request.caller.traveller_id else "rights-sign-in"
        return Draft(sentences=(say(name, lang),), basis="rule", signals=decided)
    held = best_held(evidence, rules, request)
    if not held:
        return Draft(sentences=(say("rights-none", lang),), basis="rule", signals=decided)
    lines = tuple(_line(n, one, evidence, understood) for n, one in enumerate(held, start=1))
    return Draft(sentences=(say("rights-yours", lang), *lines, say("rights-choose", lang, starts_line=True)), basis="rule", signals=decided)


def _line(n: int, one: Entitlement, evidence: Evidence, understood: Understood) -> Sentence:
    lang, at = understood.lang, leg_for(one, evidence, None)
    between = " " if lang == "en" else ""
    reasons = between.join(r.said_in(lang) for r in one.reasons[:_MOST_REASONS])
    places: dict[str, Words | str | int] = {"n": n, "title": one.title, "reasons": reasons, "until_note": until_note(one, at) or ""}
    filled = wording("rights-line-of", **places, flight=at[1].flight) if at else wording("rights-line", **places)
    return Sentence(text=filled.said_in(lang).strip(), lang=lang, carried_by=_carried(one), starts_line=True)


def _picked(understood: Understood, evidence: Evidence, shelf: Shelf, rules: RuleBook) -> Draft:
    """The one that was picked: in its own words, or that it is over by now."""
    one = evidence.asked_right
    if one is None or one.decision != "allow":
        return Draft(sentences=(say("rights-none", understood.lang),), basis="rule", signals={"decided": 1.0})
    said, lang = in_words(one, rules.rule(one.rule_id), evidence), understood.lang
    source = source_of(one, evidence.reader, shelf, lang)
    text = Sentence(text=said.text.said_in(lang), lang=lang, carried_by=_carried(one), citations=(1,) if source else ())
    cites = Sentence(text=wording("offer-cites", cites=one.article).said_in(lang), lang=lang, carried_by=_carried(one), starts_line=True)
    sentences = (text,) if source else (text, cites)
    return Draft(sentences=sentences, citations=(source,) if source else (), basis="rule", signals={"decided": 1.0})


def _carried(one: Entitlement) -> tuple[Carrier, ...]:
    return (Carrier(entitlement_id=one.id),)
