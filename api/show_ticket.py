"""A ticket and its Brief in the language of the one who reads."""

from datetime import datetime

from api import shapes
from basics.words import Lang
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


def brief_shown(brief: Brief, caller: Caller, earlier: list[shapes.EarlierTalk], lang: Lang) -> shapes.ShownBrief:
    """What staff read first."""
    who = shapes.ShownCaller.of(caller, lang)
    tags = [shapes.ShownTag(name=t.name, title=t.title.said_in(lang), until=t.until, source=t.source) for t in brief.tags]
    return shapes.ShownBrief(
        wants=brief.wants,
        question=brief.question,
        who=shapes.BriefWho(**who.model_dump(), segment=caller.segment, value=caller.value, tags=tags),
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
        earlier=earlier,
    )
