"""A ticket and its Brief in the language of the one who reads."""

from datetime import datetime

from api import shapes
from basics.words import Lang
from bot.asker import Asker, OfferMade
from customers.tags import Tag
from desk.conversation import Caller, ShownEntitlement, joined
from desk.ticket import Brief, Ticket


def ticket_shown(ticket: Ticket, place: int, now: datetime, lang: Lang) -> shapes.DeskTicket:
    """A ticket as it stands in the queue."""
    return shapes.DeskTicket(
        **ticket.model_dump(exclude={"caller", "priority", "taken_by"}),
        taken_by=ticket.taken_by,
        caller=shapes.ShownCaller.of(ticket.caller, lang),
        position=place,
        late=ticket.is_late(now),
    )


def brief_shown(brief: Brief, caller: Caller, asker: Asker, earlier: list[shapes.EarlierTalk], lang: Lang) -> shapes.ShownBrief:
    """What staff read first, with what is known of the asker now."""
    who = shapes.ShownCaller.of(caller, lang)
    return shapes.ShownBrief(
        wants=brief.wants,
        question=brief.question,
        who=shapes.BriefWho(
            **who.model_dump(), traveller_id=caller.traveller_id, segment=caller.segment, value=caller.value, tags=_tags(brief, asker, lang)
        ),
        why=shapes.BriefWhy(reason=brief.reason, text=brief.why.said_in(lang), confidence=brief.confidence, threshold=brief.threshold),
        draft=shapes.BriefDraft(text=joined(brief.draft), sentences=list(brief.draft)) if brief.draft else None,
        citations=list(brief.citations),
        entitlements=[
            ShownEntitlement(
                rule_id=r.rule_id,
                right=r.right,
                decision=r.decision,
                title=r.title.said_in(lang),
                reasons=tuple(x.said_in(lang) for x in r.reasons),
                until=r.until,
            )
            for r in brief.rights
        ],
        bookings=[shapes.ShownBooking.of(b, lang) for b in brief.bookings],
        happened=[said.said_in(lang) for said in brief.happened],
        offers=[_offer(made, lang) for made in asker.offers],
        earlier=earlier,
    )


def _tags(brief: Brief, asker: Asker, lang: Lang) -> list[shapes.ShownTag]:
    """Those that hold now; while the customer platform does not answer, those of the Brief."""
    if asker.tags is None:
        return [shapes.ShownTag(name=t.name, title=t.title.said_in(lang), until=t.until, source=t.source) for t in brief.tags]
    return [_tag(one.tag, one.reason, lang) for one in asker.tags]


def _tag(tag: Tag, reason: str | None, lang: Lang) -> shapes.ShownTag:
    return shapes.ShownTag(name=tag.name, title=tag.title.said_in(lang), until=tag.until, source=tag.source, set_by=tag.set_by, reason=reason)


def _offer(made: OfferMade, lang: Lang) -> shapes.OfferMade:
    said = {"title": made.title.said_in(lang), "reason": made.reason.said_in(lang) if made.reason else ""}
    return shapes.OfferMade(**made.model_dump(exclude={"title", "reason"}), **said)
