"""Step 7, handoff: a ticket with its Brief, opened in the transaction that tells the traveller so; never a promise without a ticket."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from basics.ids import new_id
from basics.words import Lang, Words, words
from bot.casebook import open_case
from bot.compose import say
from bot.dated import subject_of
from bot.promising import promised
from bot.settings import Settings
from bot.steps import Evidence, Thought
from customers.booking import CABIN_WORDS, FARE_WORDS, Booking
from customers.entitlement import Entitlement, worth_telling
from desk.case import Case
from desk.conversation import Conversation, Sentence
from desk.queue import position, priority
from desk.ticket import REASONS, Brief, BriefBooking, BriefLeg, BriefRight, BriefTag, Mood, Reason, Ticket, why_of
from store import cases, conversations, events, moments, tickets
from store.database import Tx

_LONGEST_HEADLINE = 120
_MOST_RIGHTS = 12


@dataclass(frozen=True)
class Handed:
    """A ticket that stands now, and the words that say so (and who looks after a complaint, by when)."""

    ticket: Ticket
    position: int
    sentences: tuple[Sentence, ...]


async def hand_off(
    tx: Tx,
    conversation: Conversation,
    brief: Brief,
    mood: Mood,
    hours_to_departure: float | None,
    settings: Settings,
    now: datetime,
    opening: str,
    **said: Words,
) -> Handed:
    """Open a ticket (or find the open one), put the conversation on waiting, tell the desk; a complaint is a case from then on.

    `opening` is the wording that introduces it.
    """
    lang = conversation.lang
    known = await tickets.open_ticket_of(tx.conn, conversation.id)
    # The number first: whoever has it holds the counter, so that of several workers each counts the tickets of those before it.
    number = await tickets.next_number(tx) if known is None else known.number
    others = await tickets.open_tickets(tx.conn)
    if known is not None:
        place = position(known, others)
        again = say("handoff-open", lang, number=known.number, time=moment_worded(known.promised_by, settings.zone, now))
        case = await _case_of(tx, known, brief, lang, settings, now)
        # What happened is told, though somebody waits already.
        return Handed(known, place, ((say(opening, lang, False, **said), again) if said else (again,)) + case)
    weight = priority(brief.reason, conversation.caller.tier, mood, hours_to_departure)
    ahead = [t for t in others if t.state == "waiting" and t.priority >= weight]
    busy = len([t for t in others if t.state == "taken"])
    said_by = await promised(tx.conn, len(ahead), busy, weight, settings, now)
    ticket = Ticket(
        id=new_id("ticket"),
        number=number,
        conversation_id=conversation.id,
        state="waiting",
        reason=brief.reason,
        priority=weight,
        lang=lang,
        headline=brief.wants[:_LONGEST_HEADLINE],
        mood=mood,
        caller=conversation.caller,
        messages_waiting=1,
        opened_at=now,
        promised_by=said_by.promised_by,
        expected_wait=said_by.expected_wait,
    )
    await tickets.open_ticket(tx, ticket, brief)
    await conversations.set_state(tx, conversation.id, "waiting", now)
    await tell_desk(tx, "handoff", ticket, now)
    by = moment_worded(ticket.promised_by, settings.zone, now)
    if said_by.opens_at is None:
        stands = say("handoff-ticket", lang, number=ticket.number, time=by)
    else:  # nobody is there: that is said, and when somebody is
        back = moment_worded(said_by.opens_at, settings.zone, now)
        stands = say("handoff-closed", lang, number=ticket.number, time=by, opens=back)
    case = await _case_of(tx, ticket, brief, lang, settings, now)
    return Handed(ticket, len(ahead) + 1, (say(opening, lang, False, **said), stands, *case))


async def _case_of(tx: Tx, ticket: Ticket, brief: Brief, lang: Lang, settings: Settings, now: datetime) -> tuple[Sentence, ...]:
    """The case of a complaint, opened now, in words; nothing where there is none, or one stands."""
    if not brief.complains and brief.reason != "complaint":
        before = await cases.last_opened_in(tx.conn, ticket.conversation_id)  # what was a case already is none once more
        if not await moments.complained_in(tx.conn, ticket.conversation_id, before):
            return ()
    case = await open_case(tx, ticket, brief.wants, settings, now)
    return (case_told(case, lang, settings, now),) if case else ()


def case_told(case: Case, lang: Lang, settings: Settings, now: datetime) -> Sentence:
    """Who looks after it, and by when there is a final answer."""
    by = moment_worded(case.due_at, settings.zone, now)
    return say("case-opened", lang, name=case.owner.name, time=by) if case.owner else say("case-opened-nobody", lang, time=by)


def opening_of(thought: Thought) -> tuple[str, dict[str, Words]]:
    """The wording that introduces a thought's hand-off, and what fills it."""
    none = thought.evidence.none_then
    if thought.decision.reason == "silent_airline":
        return "handoff-silent-airline", {}
    if thought.decision.reason == "asked":
        return "handoff-asked", {}
    if none is not None:
        return "handoff-none-then", {"title": words(none.title, none.title), "subject": subject_of(none.kind, none.span, none.span.first)}
    return "handoff", {}


async def tell_desk(tx: Tx, kind: str, ticket: Ticket, now: datetime) -> None:
    """The desk's stream learns how a ticket stands."""
    await events.append(tx, events.DESK, now, [(kind, {"ticket": ticket.model_dump(mode="json")})])


_WEEKDAYS = ("一", "二", "三", "四", "五", "六", "日")


def moment_worded(at: datetime, zone: str, now: datetime | None = None) -> Words:
    """The clock time by which somebody answers, in the airline's own zone and saying so; with the day where it is not `now`'s."""
    local = at.astimezone(ZoneInfo(zone))
    city = zone.rpartition("/")[2].replace("_", " ")
    zh = {"Shanghai": "上海"}.get(city, city)
    days = (local.date() - now.astimezone(ZoneInfo(zone)).date()).days if now else 0
    if days == 0:
        return Words(en=f"{local:%H:%M} ({city} time)", zh=f"{zh}时间 {local:%H:%M}")
    day = (
        words("tomorrow", "明天")
        if days == 1
        else words(f"on {local:%A}, {local.day} {local:%B}", f"{local.month}月{local.day}日（周{_WEEKDAYS[local.weekday()]}）")
    )
    return Words(en=f"{local:%H:%M} {day.en} ({city} time)", zh=f"{zh}时间{day.zh} {local:%H:%M}")


def brief_of(thought: Thought) -> Brief:
    """What staff read first: what they want, who they are, why the bot stopped, what it would have said with its sources."""
    evidence, reason = thought.evidence, thought.decision.reason or "low_confidence"
    needed = thought.decision.needed
    wants = (thought.understood.typed or thought.understood.question).strip() or thought.request.text.strip()
    before = thought.request.last_question.strip()
    if thought.request.asked_back and before and before not in wants:
        wants = f"{before} / {wants}"
    return Brief(
        wants=wants,
        question=thought.request.text,
        reason=reason,
        complains=thought.understood.complains,
        confidence=None if needed is None else round(thought.confidence.value, 3),
        threshold=needed,
        why=why_of(reason, thought.decision.stakes),
        draft=thought.grounding.draft.sentences,
        citations=thought.grounding.draft.citations,
        **holdings(evidence, thought.request.now),
    )


def holdings(evidence: Evidence, now: datetime) -> dict[str, Any]:
    """The asker's tags, bookings and rights, as the Brief shows them."""
    return {
        "tags": tuple(BriefTag(name=t.name, title=t.title, until=t.until, source=t.source) for t in evidence.tags),
        "bookings": tuple(_booking(b, now) for b in evidence.bookings),
        "rights": tuple(
            BriefRight(rule_id=e.rule_id, right=e.right, decision=e.decision, title=e.title, reasons=e.reasons, until=e.until)
            for e in rights_of(evidence)
        ),
    }


def rights_of(evidence: Evidence) -> tuple[Entitlement, ...]:
    """The decisions that are worth a look: what was asked for, what is held or open, what was missed by one condition; a handful."""
    return worth_telling(evidence.entitlements, evidence.asked_right, _MOST_RIGHTS)


def hours_to_departure(evidence: Evidence, now: datetime) -> float | None:
    """Hours until the asker's next flight, or None without one."""
    ahead = [leg.departs_at for b in evidence.bookings for leg in b.legs_ahead(now)]
    return (min(ahead) - now).total_seconds() / 3600 if ahead else None


def reason_without_draft(reason: Reason, text: str, evidence: Evidence, now: datetime) -> Brief:
    """A Brief where no turn was thought through: a button, a failed change, an interruption."""
    return Brief(wants=text, question=text, reason=reason, why=REASONS[reason], **holdings(evidence, now))


def _booking(booking: Booking, now: datetime) -> BriefBooking:
    return BriefBooking(
        id=booking.id,
        fare=FARE_WORDS[booking.fare],
        cabin=CABIN_WORDS[booking.cabin],
        legs=tuple(
            BriefLeg(
                id=leg.id,
                flight=leg.flight,
                origin=leg.origin,
                destination=leg.destination,
                departs_at=leg.departs_at,
                departs_local=leg.departure(),
                state=leg.state(now),
                direction=leg.direction,
            )
            for leg in booking.legs
        ),
    )
