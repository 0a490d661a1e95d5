"""The one who waits, as they stand now: what is noted of them, by whom and why, and what they were offered unasked. For staff; a Brief grows old."""

from datetime import datetime

from pydantic import BaseModel

from basics.words import Words
from bot.gather import UsesOf
from bot.mind import Mind
from bot.offered import because_of, leg_for
from bot.steps import Evidence, Request
from customers.moment import MomentKind
from customers.rights import RuleBook
from customers.tags import Tag
from desk.ticket import Ticket
from store import offers, tags
from store.database import Database
from store.offers import Made, OfferState

_MOST_OFFERS = 6


class KnownTag(BaseModel, frozen=True):
    """A tag that holds, with the reason that staff gave for it."""

    tag: Tag
    reason: str | None = None


class OfferMade(BaseModel, frozen=True):
    """What was offered unasked: at which moment, why, and what came of it. No reason: the flight it named is not theirs any more."""

    id: str
    right: str
    title: Words
    moment: MomentKind
    reason: Words | None
    outcome: OfferState
    at: datetime


class Asker(BaseModel, frozen=True):
    """What is known now; `tags` None: the customer platform does not answer."""

    tags: tuple[KnownTag, ...] | None = None
    offers: tuple[OfferMade, ...] = ()


async def asker_of(ticket: Ticket, db: Database, mind: Mind, uses_of: UsesOf, now: datetime) -> Asker:
    """Looked up anew; nothing is known of somebody who is not signed in."""
    who = ticket.caller.traveller_id
    if who is None:
        return Asker()
    request = Request(conversation_id=ticket.conversation_id, caller=ticket.caller, lang=ticket.lang, text="", now=now)
    evidence = await mind.holdings(request, uses_of)
    async with db.read() as conn:
        made, noted = await offers.made_to(conn, who, now, _MOST_OFFERS), await tags.tags_of(conn, who, now)
    reasons = {one.tag.name: one.reason for one in noted if one.tag.source == "staff"}
    known = tuple(KnownTag(tag=tag, reason=reasons.get(tag.name) if tag.source == "staff" else None) for tag in evidence.tags)
    return Asker(tags=known if evidence.traveller else None, offers=tuple(_offer_made(one, evidence, mind.rules) for one in made))


def _offer_made(made: Made, evidence: Evidence, rules: RuleBook) -> OfferMade:
    offer = made.offer
    because = made.reason or because_of(made.moment, leg_for(None, evidence, made.moment), evidence)
    title = made.title or _title(offer.rule_id, offer.right, rules)
    return OfferMade(id=offer.id, right=offer.right, title=title, moment=made.moment.kind, reason=because, outcome=offer.state, at=offer.at)


def _title(rule_id: str, right: str, rules: RuleBook) -> Words:
    rule = rules.rule(rule_id) or next((one.rule for one in rules.of(right)), None)
    return rule.title if rule else Words(en=right, zh=right)
