"""Asked why they hold their card: what we counted of their flights is said, and what such a card needs is looked up and quoted from the article."""

from basics.words import Words, words
from bot.dated import day_worded
from bot.own import named_facts
from bot.steps import Evidence, Understood
from bot.understand import asks_for_own_card, one_of_several
from customers.scheme import Scheme
from customers.traveller import TIER_WORDS, Tier
from desk.conversation import Carrier, Sentence
from knowledge.wording import wording

_NEXT: dict[Tier, Tier] = {"member": "silver", "silver": "gold", "gold": "platinum"}


def look_up_the_card(understood: Understood, evidence: Evidence, scheme: Scheme) -> Understood:
    """The question as it is searched for where a traveller asks about their own card; unchanged where none does, or none is known."""
    own = evidence.traveller.tier if evidence.traveller else None
    if own is None or understood.ask != "question" or understood.parts or not asks_for_own_card(understood):
        return understood
    needed = [TIER_WORDS[tier] for tier in _needed(understood.question, own)]
    tiers = words(" or ".join(t.en for t in needed), "、".join(t.zh for t in needed))
    looked_up = one_of_several(understood, scheme.card_terms.filled(tier=tiers).said_in(understood.lang))
    update = {"typed": understood.typed or understood.question, "thanks_first": understood.thanks_first, "own_card": True}
    return looked_up.model_copy(update=update)


def own_card(understood: Understood, evidence: Evidence) -> tuple[Sentence, ...]:
    """The card they hold, with the flights and miles we counted where the customer platform tells them; nothing where no such thing is asked.

    Of the value score nothing is said: the card goes by the article, and the article is quoted after this.
    """
    traveller = evidence.traveller
    if not understood.own_card or traveller is None or traveller.tier is None:
        return ()
    values: dict[str, Words | str] = {"tier": TIER_WORDS[traveller.tier]}
    flown = traveller.activity
    if flown is not None:
        flights = words(f"{flown.flights:,} flight{'' if flown.flights == 1 else 's'}", f"{flown.flights:,} 个航段")
        values |= {"day": day_worded(flown.as_of), "flights": flights, "miles": f"{flown.miles:,}"}
    said = "card-counted" if flown is not None else "card-held"
    return tuple(
        Sentence(text=wording(id, **of).said_in(understood.lang), lang=understood.lang, carried_by=(Carrier(wording_id=id),))
        for id, of in ((said, values), ("card-needs", {}))
    )


def _needed(question: str, own: Tier) -> list[Tier]:
    """The cards whose terms answer: their own and the one that is named, or the next; of a Member, who needs nothing, the two above."""
    named: set[Tier] = {tier for tier in TIER_WORDS if tier != own and any((f.kind, f.value) == ("tier", tier) for f in named_facts(question))}
    asked = (named or {_NEXT.get(own, own)}) | ({"silver", "gold"} if own == "member" and not named - {"silver"} else {own})
    return [tier for tier in TIER_WORDS if tier in asked and tier != "member"]
