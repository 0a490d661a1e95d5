"""Beside an answer: where it quotes the article of a right that its asker holds, one sentence says so, and the card stands under it."""

from basics.errors import Unavailable
from bot.mind import Mind
from bot.offered import card_of, in_words
from bot.steps import Decision, Evidence, Request, Understood
from customers.change import Proposal
from customers.entitlement import Entitlement
from customers.offers import rank
from desk.conversation import Carrier, Citation, Sentence
from knowledge.wording import wording


async def beside(
    request: Request, understood: Understood, evidence: Evidence, decision: Decision, citations: tuple[Citation, ...], mind: Mind
) -> tuple[Sentence | None, Proposal | None]:
    """The sentence and the card; nothing unless a single question is answered, first of all from the article of a right that is held."""
    held = _held(understood, evidence, decision, citations, mind, request)
    rule = mind.rules.rule(held.rule_id) if held else None
    if held is None or rule is None or rule.change is None:
        return None, None
    try:
        card = await card_of(held, rule, evidence, mind.reservations, request.conversation_id, request.now)
    except Unavailable:  # the answer stands without it
        return None, None
    if card is None:
        return None, None
    lang = understood.lang
    said = f"{wording('offer-held').said_in(lang)}{' ' if lang == 'en' else ''}{in_words(held, rule, evidence).text.said_in(lang)}"
    carried = (Carrier(entitlement_id=held.id),)
    return Sentence(text=said, lang=lang, carried_by=carried, starts_line=True), card


def _held(
    understood: Understood, evidence: Evidence, decision: Decision, citations: tuple[Citation, ...], mind: Mind, request: Request
) -> Entitlement | None:
    if understood.typed:  # read into slips of the keyboard: a change is never proposed by a guess
        return None
    if decision.kind != "answer" or understood.ask != "question" or evidence.parts or evidence.as_of is not None or not citations:
        return None
    ranked = rank(evidence.entitlements, mind.rules, request.now)
    return next((one.entitlement for one in ranked if one.entitlement.article == citations[0].article_id), None)
