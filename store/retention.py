"""What is old enough is emptied: texts, names and numbers go; counts, decisions and dates stay. Safe to repeat: what is empty is not found again.

Never touched: an open ticket or case with all that belongs to its conversation, and a proposal that waits for a yes or is being carried out.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, insert, or_, select, update

from basics.ids import fingerprint
from store.database import Tx
from store.events import DESK, stream_of
from store.tables import (
    answer_receipts,
    cases,
    conversations,
    events,
    grants,
    lessons,
    messages,
    moments,
    offers,
    outbox,
    proposals,
    receipts,
    right_uses,
    tags,
    tickets,
    turns,
)

KEPT = {
    "articles": "no personal data",
    "passages": "no personal data",
    "vectors": "no personal data",
    "base": "no personal data",
    "ingestions": "no personal data",
    "conversations": "emptied: who asked, and the token that opens it",
    "turns": "emptied with the conversation: what was being said",
    "messages": "emptied with the conversation: texts and replies",
    "streams": "no personal data",
    "events": "emptied with the conversation; the desk's are deleted",
    "answer_receipts": "emptied with the conversation: question, draft and text; decision, features and passages stay",
    "proposals": "emptied: for whom, of which booking, the terms",
    "right_uses": "emptied with the proposal: of which booking; the use stays counted",
    "tags": "deleted once over and as old as a conversation may be",
    "receipts": "emptied with the proposal: the airline's reference and the lines; what was done and when stays",
    "moments": "emptied: whose it was, of which booking; kind, outcome and date stay",
    "offers": "emptied with the moment: whose it was; what was offered and how it ended stays",
    "outbox": "emptied: to whom and what; that it was sent stays",
    "mail_codes": "deleted a week after they are over",
    "opt_outs": "kept: that somebody wants no advertising has to be known for as long as they do",
    "grants": "emptied with the ticket: for which booking, the reason; who gave how much, and who approved it, stays",
    "tickets": "emptied: who asked, headline and brief; reason and times stay",
    "cases": "emptied once closed, as the ticket: who, what about, what came of it; owner and dates stay",
    "reminders": "no personal data",
    "lessons": "a discarded one is deleted as a ticket is emptied; the others are articles, written for everybody",
    "staff": "no traveller's; ended by `concierge staff NAME --leave`",
    "sign_in_tries": "deleted within minutes, by the next try",
    "staff_sessions": "deleted once over, by the next sign-in",
    "spending": "no personal data",
    "leases": "no personal data",
}
"""Every table, and what becomes of its personal data."""

_GONE = "forgotten:"  # a token hash that no token has
_OPEN = ("waiting", "taken")


async def forget_conversations(tx: Tx, until: datetime, now: datetime, most: int) -> int:
    """Empty at most `most` conversations whose last word is older than `until`; returns how many."""
    c = conversations.c
    live = exists().where(proposals.c.conversation_id == c.id, _is_live(now))
    old = (
        select(c.id, c.caller)
        .where(c.token_hash.not_like(f"{_GONE}%"), c.opened_at < until, c.changed_at < until)
        .where(~exists().where(messages.c.conversation_id == c.id, messages.c.at >= until))
        .where(~exists().where(tickets.c.conversation_id == c.id, tickets.c.state.in_(_OPEN)))
        .where(~exists().where(cases.c.conversation_id == c.id, cases.c.state != "closed"))
        .where(~exists().where(turns.c.conversation_id == c.id, turns.c.state == "open"))
        .where(~live)
        .order_by(c.opened_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    found = (await tx.conn.execute(old)).all()
    for row in found:
        await _forget_conversation(tx, row.id, row.caller)
    return len(found)


async def _forget_conversation(tx: Tx, conversation_id: str, caller: dict[str, Any]) -> None:
    gone = {"token_hash": f"{_GONE}{conversation_id}", "traveller_id": None, "state": "closed", "caller": _nobody(caller), "reply_to": None}
    await tx.conn.execute(update(conversations).where(conversations.c.id == conversation_id).values(**gone))
    of_it = messages.c.conversation_id == conversation_id
    await tx.conn.execute(update(messages).where(of_it).values(text="", reply=None, client_msg_id=None))
    await tx.conn.execute(update(turns).where(turns.c.conversation_id == conversation_id).values(plan=None))
    await tx.conn.execute(update(events).where(events.c.stream == stream_of(conversation_id)).values(data={}))
    r = answer_receipts.c
    for row in (await tx.conn.execute(select(r.id, r.record).where(r.conversation_id == conversation_id))).all():
        await tx.conn.execute(update(answer_receipts).where(r.id == row.id).values(record=_without_text(row.record)))


async def forget_tickets(tx: Tx, until: datetime, most: int) -> int:
    """Empty at most `most` tickets that were closed before `until`; returns how many."""
    t = tickets.c
    in_hand = exists().where(cases.c.ticket_id == t.id, or_(cases.c.state != "closed", cases.c.closed_at >= until))
    is_old = t.state.not_in(_OPEN), t.closed_at < until, t.headline != "", ~in_hand
    old = select(t.id, t.caller, t.brief).where(*is_old).order_by(t.closed_at).limit(most)
    found = (await tx.conn.execute(old)).all()
    for row in found:
        kept = {k: v for k, v in row.brief.items() if k in ("reason", "confidence", "threshold", "why")} | {"wants": "", "question": ""}
        await tx.conn.execute(update(tickets).where(t.id == row.id).values(headline="", caller=_nobody(row.caller), brief=kept))
        nothing = {"reason": "", "booking_id": None, "leg_id": None, "choice_id": None}
        await tx.conn.execute(update(grants).where(grants.c.ticket_id == row.id).values(**nothing))
        await tx.conn.execute(update(cases).where(cases.c.ticket_id == row.id).values(traveller_id=None, about="", outcome=None))
    return len(found)


async def forget_desk_events(tx: Tx, until: datetime, most: int) -> int:
    """Delete at most `most` of the desk's events from before `until`, but those of an open ticket or case; returns how many were deleted."""
    e = events.c
    still = set((await tx.conn.execute(select(tickets.c.id).where(tickets.c.state.in_(_OPEN)))).scalars())
    still |= set((await tx.conn.execute(select(cases.c.ticket_id).where(cases.c.state != "closed"))).scalars())
    old = (
        await tx.conn.execute(select(e.number, e.data).where(e.stream == DESK, e.at < until).order_by(e.number).limit(most + len(still) * 50))
    ).all()
    numbers = [row.number for row in old if (row.data.get("ticket_id") or row.data.get("ticket", {}).get("id")) not in still][:most]
    if numbers:
        await tx.conn.execute(delete(events).where(e.stream == DESK, e.number.in_(numbers)))
    return len(numbers)


async def forget_notes(tx: Tx, until: datetime, most: int) -> int:
    """Delete at most `most` tags that were over before `until`; returns how many."""
    over = select(tags.c.id).where(tags.c.until < until).order_by(tags.c.until).limit(most)
    gone = list((await tx.conn.execute(over)).scalars())
    if gone:
        await tx.conn.execute(delete(tags).where(tags.c.id.in_(gone)))
    return len(gone)


async def forget_lessons(tx: Tx, until: datetime, most: int) -> int:
    """Delete at most `most` lessons that were discarded before `until`; returns how many."""
    over = select(lessons.c.id).where(lessons.c.state == "discarded", lessons.c.decided_at < until).order_by(lessons.c.decided_at).limit(most)
    gone = list((await tx.conn.execute(over)).scalars())
    if gone:
        await tx.conn.execute(delete(lessons).where(lessons.c.id.in_(gone)))
    return len(gone)


async def forget_proposals(tx: Tx, until: datetime, now: datetime, most: int) -> int:
    """Empty at most `most` proposals that ended before `until`, with the receipt and the use of the right; returns how many."""
    p = proposals.c
    waits = exists().where(tickets.c.conversation_id == p.conversation_id, tickets.c.state.in_(_OPEN))
    old = select(p.id, p.record).where(p.expires_at < until, ~_is_live(now), p.traveller_id != "", ~waits).order_by(p.expires_at).limit(most)
    found = (await tx.conn.execute(old)).all()
    for row in found:
        kept = {**row.record, "traveller_id": "", "company_id": None, "booking_id": None, "leg_id": None, "lines": [], "options": [], "chosen": None}
        kept |= {"offer": None, "granted": None, "decided": None}
        gone = {"traveller_id": "", "booking_id": None, "chosen": None, "idempotency_key": None, "record": kept}
        await tx.conn.execute(update(proposals).where(p.id == row.id).values(**gone))
        await tx.conn.execute(
            update(right_uses)
            .where(right_uses.c.proposal_id == row.id)
            .values(subject=f"{_GONE}{row.id}", traveller_id=None, booking_id=None, leg_id=None)
        )
        record = (await tx.conn.execute(select(receipts.c.record).where(receipts.c.proposal_id == row.id))).scalar()
        if record is not None:
            emptied = {**record, "lines": [], "reference": ""}
            await tx.conn.execute(update(receipts).where(receipts.c.proposal_id == row.id).values(record=emptied))
    return len(found)


async def forget_moments(tx: Tx, until: datetime, most: int) -> int:
    """Empty at most `most` moments that were dealt with before `until`, with what was offered then; returns how many."""
    m = moments.c
    waits = exists().where(offers.c.moment_id == m.id, offers.c.state == "shown")
    old = select(m.id).where(m.handled_at < until, m.traveller_id != "", ~waits).order_by(m.handled_at).limit(most)
    ids = list((await tx.conn.execute(old)).scalars())
    for moment_id in ids:  # its id is another's word and may say whose it is, but offers name it: it goes by a hash from now on
        of_it = (await tx.conn.execute(select(offers).where(offers.c.moment_id == moment_id))).one_or_none()
        name = f"{_GONE}{fingerprint(moment_id)}"
        row = (await tx.conn.execute(select(moments).where(m.id == moment_id))).one()
        gone = {"id": name, "traveller_id": "", "booking_id": None, "leg_id": None, "why": None}
        await tx.conn.execute(insert(moments).values({**row._asdict(), **gone}))
        if of_it is not None:
            kept = {"moment_id": name, "traveller_id": ""}
            await tx.conn.execute(update(offers).where(offers.c.id == of_it.id).values(**kept))
        await tx.conn.execute(delete(moments).where(m.id == moment_id))
    return len(ids)


async def forget_mail(tx: Tx, until: datetime, most: int) -> int:
    """Empty at most `most` e-mails that were sent or given up before `until`; returns how many."""
    o = outbox.c
    ids = list((await tx.conn.execute(select(o.id).where(o.ended_at < until, o.traveller_id != "").order_by(o.ended_at).limit(most))).scalars())
    if ids:
        await tx.conn.execute(update(outbox).where(o.id.in_(ids)).values(traveller_id="", mail={}, problem=None))
    return len(ids)


def _is_live(now: datetime) -> ColumnElement[bool]:
    """A proposal that is being carried out, or may still be said yes to (nobody marks one that ran out)."""
    return or_(proposals.c.state.in_(("pending", "unknown")), and_(proposals.c.state == "offered", proposals.c.expires_at >= now))


def _nobody(caller: dict[str, Any]) -> dict[str, Any]:
    return {"kind": caller.get("kind", "anonymous"), "tier": caller.get("tier")}


def _without_text(receipt: dict[str, Any]) -> dict[str, Any]:
    """An answer receipt with what was decided and what it rests on, without what anybody said or which booking it was about."""
    reply = {**receipt["reply"], "text": "", "sentences": [], "choices": [], "entitlements": [], "proposal": None, "ticket": None}
    rules = [name.partition(":")[0] for name in receipt["entitlements"]]
    return {**receipt, "question": "", "draft": "", "entitlements": rules, "decisions": {}, "reply": reply}
