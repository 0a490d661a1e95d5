"""An offer in words: one approved template for the push, the answer, the e-mail and the staff macro, its places filled by code."""

from datetime import datetime, timedelta

from pydantic import BaseModel

from basics.ids import new_id
from basics.money import Money
from basics.words import Lang, Words, words
from bot.compose import say
from bot.keep import show_entitlement
from bot.steps import Evidence
from customers.airports import city, moment_worded, route
from customers.booking import Booking, Leg
from customers.change import PROPOSAL_LASTS, OfferMark, Proposal, ProposalRefused, propose
from customers.disruption import CAUSE_WORDS
from customers.entitlement import Entitlement
from customers.moment import Moment, MomentKind
from customers.offers import amount_of
from customers.reservations import Reservations
from customers.rights import AIRLINE_ZONE
from customers.rules import Rule
from customers.traveller import TIER_WORDS
from desk.conversation import Carrier, Citation, Reply, Sentence, joined, show_proposal
from knowledge.shelf import Reader, Shelf
from knowledge.wording import wording, wordings

OFFER_LASTS = timedelta(hours=48)  # an offer that nobody asked for waits longer than one that was asked for, never past the right's end
_HUB = "PVG"
_BY_MOMENT: dict[MomentKind, str] = {
    "delay": "moment-delay",
    "cancellation": "moment-cancellation",
    "schedule_change": "moment-schedule-change",
    "return_soon": "moment-return-soon",
    "complaint": "moment-complaint",
    "rating": "moment-rating",
    "tier_reached": "moment-tier-reached",
    "credit_expiring": "moment-credit-expiring",
}


class InWords(BaseModel, frozen=True):
    """What is said of a right that is offered: its title, the reason it is said now, and the whole text with that reason in it."""

    title: Words
    because: Words | None
    text: Words
    article_title: Words | None = None


def template_of(entitlement: Entitlement, rule: Rule | None) -> str:
    """The wording that offers a right: the rule's own, else the one of the right's name, else the one for any right."""
    named = rule.offer.wording if rule else None
    by_right = f"offer-{entitlement.right.replace('_', '-')}"
    return next((name for name in (named, by_right) if name in wordings()), "offer-right")


def in_words(entitlement: Entitlement, rule: Rule | None, evidence: Evidence, moment: Moment | None = None) -> InWords:
    """The right, worded in both languages; with the reason where a moment gives one."""
    places = places_of(entitlement, evidence)
    at = leg_for(entitlement, evidence, moment)
    because = because_of(moment, at, evidence) if moment is not None else None
    note = until_note(entitlement, at)
    filled = wording(template_of(entitlement, rule), **{**places, "because": because or "", "until_note": note or ""})
    return InWords(title=entitlement.title, because=because, text=Words(en=filled.en.strip(), zh=filled.zh.strip()))


def places_of(entitlement: Entitlement, evidence: Evidence) -> dict[str, Words | str | int]:
    """What may stand in an offer's places; what a right does not have is called what it is about."""
    at = leg_for(entitlement, evidence, None)
    leg, amount = at[1] if at else None, amount_of(entitlement)
    trip = words("your flight", "您的航班")
    return {
        "title": entitlement.title,
        "flight": leg.flight if leg else trip,
        "ticket": words(f"flight {leg.flight}", f"{leg.flight}航班") if leg else words("your ticket", "您的客票"),
        "route": route(leg.origin, leg.destination) if leg else trip,
        "destination": city(leg.destination) if leg else words("your destination", "目的地"),
        "departs": leg.departure() if leg else trip,
        "bags": _bags(entitlement.gives.get("pieces")),
        "amount": _money(amount) if amount else entitlement.title,
        "name": evidence.traveller.name if evidence.traveller else "",
    }


def leg_for(entitlement: Entitlement | None, evidence: Evidence, moment: Moment | None) -> tuple[Booking, Leg] | None:
    """The leg that an offer is about: the moment's own, else the entitlement's."""
    asked = [(moment.booking_id, moment.leg_id)] if moment else []
    asked += [(entitlement.booking_id, entitlement.leg_id)] if entitlement else []
    for booking_id, leg_id in asked:
        booking = next((b for b in evidence.bookings if b.id == booking_id), None)
        leg = booking.leg(leg_id) if booking and leg_id else booking.legs[0] if booking and len(booking.legs) == 1 else None
        if booking is not None and leg is not None:
            return booking, leg
    return None


def because_of(moment: Moment, at: tuple[Booking, Leg] | None, evidence: Evidence) -> Words | None:
    """What happened, in one approved sentence; None where it names a flight that is not known."""
    name = _BY_MOMENT[moment.kind]
    places: dict[str, Words | str | int] = {}
    if evidence.traveller is not None and evidence.traveller.tier is not None:
        places["tier"] = TIER_WORDS[evidence.traveller.tier]
    if at is not None:
        leg, gone_wrong = at[1], at[1].disruption
        places |= {"flight": leg.flight, "departs": leg.departure()}
        if gone_wrong is not None and gone_wrong.cause != "unknown" and f"{name}-by" in wordings() and (gone_wrong.leaves_late or leg.cancelled):
            places |= {"cause": CAUSE_WORDS[gone_wrong.cause], "late": late_worded(gone_wrong.leaves_late)}
            name = f"{name}-by"
    try:
        return wording(name, **places)
    except KeyError:
        return None


def late_worded(minutes: int) -> Words:
    """`45 minutes`, `one hour`, `3 hours` (to the nearest half hour from one hour on)."""
    if minutes < 60:
        return wording("late-minutes", n=minutes)
    halves = round(minutes / 30)
    return wording("late-one-hour") if halves == 2 else wording("late-hours", n=f"{halves / 2:g}")


def until_note(entitlement: Entitlement, at: tuple[Booking, Leg] | None) -> Words | None:
    """Until when it can be used, by the clock of the airport that the flight leaves from."""
    if entitlement.until is None:
        return None
    code, zone = (at[1].origin, at[1].origin_zone) if at else (_HUB, AIRLINE_ZONE)
    return wording("offer-until", until=moment_worded(entitlement.until, code, zone))


async def card_of(
    entitlement: Entitlement,
    rule: Rule | None,
    evidence: Evidence,
    reservations: Reservations,
    conversation_id: str,
    now: datetime,
    lasts: timedelta = PROPOSAL_LASTS,
    mark: OfferMark | None = None,
) -> Proposal | None:
    """The proposal that carries the right out, open for `lasts` at most; None where it is only told, or the airline has nothing to choose from."""
    kind, person = entitlement.change, evidence.traveller
    if kind is None or person is None or entitlement.decision != "allow":
        return None
    booking = next((b for b in evidence.bookings if b.id == entitlement.booking_id), None)
    leg = booking.leg(entitlement.leg_id) if booking and entitlement.leg_id else None
    choices = await reservations.choices(kind, booking.id, leg.id if leg else None, now) if booking else ()
    try:
        return propose(
            entitlement,
            booking,
            leg,
            choices,
            conversation_id=conversation_id,
            proposal_id=new_id("prop"),
            traveller_id=person.id,
            company_id=person.company_id,
            quota=rule.quota if rule else None,
            offer=mark,
            lasts=lasts,
            now=now,
        )
    except ProposalRefused:
        return None


def reply_of_offer(said: InWords, entitlement: Entitlement, proposal: Proposal | None, source: Citation | None, lang: Lang, now: datetime) -> Reply:
    """The offer as an ordinary message of ours: with its card, or where there is no button with its source."""
    carried = (Carrier(entitlement_id=entitlement.id),)
    cited = (1,) if source is not None else ()
    sentences = [Sentence(text=said.text.said_in(lang), lang=lang, carried_by=carried, citations=cited)]
    if proposal is not None:
        sentences.append(say("offer-choose", lang, starts_line=True))
    elif source is None:
        text = wording("offer-cites", cites=entitlement.article).said_in(lang)
        sentences.append(Sentence(text=text, lang=lang, carried_by=carried, starts_line=True))
    return Reply(
        message_id=new_id("msg"),
        kind="proposal" if proposal is not None else "answer",
        text=joined(tuple(sentences)),
        lang=lang,
        sentences=tuple(sentences),
        citations=(source,) if source is not None else (),
        entitlements=(show_entitlement(entitlement, lang),),
        proposal=show_proposal(proposal, lang, now) if proposal is not None else None,
        confidence=1.0,
        basis="rule",
        receipt_id="",
    )


def source_of(entitlement: Entitlement, reader: Reader | None, shelf: Shelf, lang: Lang) -> Citation | None:
    """The article that a right rests on, as this traveller may read it; None where it is a law or condition outside the base."""
    if reader is None:
        return None
    other: Lang = "en" if lang == "zh" else "zh"
    article = shelf.readable(entitlement.article, lang, reader) or shelf.readable(entitlement.article, other, reader)
    if article is None:
        return None
    return Citation(
        article_id=article.id,
        version=article.version,
        lang=article.lang,
        title=article.title,
        section="",
        quote="",
        url=article.source_url,
        in_force_from=article.in_force.start,
    )


def _bags(pieces: object) -> Words:
    if not isinstance(pieces, int) or pieces < 1:
        return words("your bags", "行李")
    return words("one bag" if pieces == 1 else f"{pieces} bags", f"{pieces}件行李")


def _money(amount: Money) -> Words:
    return amount.counted()
