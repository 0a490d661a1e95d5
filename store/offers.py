"""Offers: what came of moments, and how they ended. An offer with a card ends as its proposal does; nobody has to tell it."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel
from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from basics.words import Words
from customers.moment import Moment
from customers.offers import Told
from store.database import Tx
from store.tables import conversations, messages, moments, offers, proposals, right_uses, tickets

Door = Literal["chat", "desk", "email", "none"]
OfferState = Literal["shown", "told", "to_staff", "held_out", "accepted", "declined", "ignored"]
STATES: tuple[OfferState, ...] = ("shown", "told", "to_staff", "held_out", "accepted", "declined", "ignored")
_HEARD = ("shown", "told", "accepted", "declined", "ignored")
_YES = ("pending", "unknown", "executed", "failed", "undone")


class Offer(BaseModel, frozen=True):
    """One offer as it stands: `shown` waits for an answer, `told` has no button, `held_out` was never heard, `to_staff` is the desk's to say."""

    id: str
    moment_id: str
    moment: str
    traveller_id: str
    rule_id: str
    right: str
    door: Door
    state: OfferState
    worth: float
    conversation_id: str | None = None
    proposal_id: str | None = None
    at: datetime
    ended_at: datetime | None = None


async def keep_offer(tx: Tx, offer: Offer) -> None:
    """Keep an offer; one a moment, whatever happens."""
    await tx.conn.execute(insert(offers).values(**offer.model_dump()))


async def told_before(conn: AsyncConnection, traveller_id: str, since: datetime) -> tuple[Told, ...]:
    """What a traveller was offered unasked since then, oldest first; what they were never shown does not count."""
    mine = offers.c.traveller_id == traveller_id, offers.c.at > since, offers.c.state.in_(_HEARD)
    wanted = select(offers.c.rule_id, offers.c.at).where(*mine).order_by(offers.c.at, offers.c.id)
    return tuple(Told(rule_id=r.rule_id, at=r.at) for r in (await conn.execute(wanted)).all())


class Made(BaseModel, frozen=True):
    """An offer as it stands this second, with the moment it was made at; `title` and `reason` are its card's, where it has one."""

    offer: Offer
    moment: Moment
    title: Words | None = None
    reason: Words | None = None


async def made_to(conn: AsyncConnection, traveller_id: str, now: datetime, most: int) -> tuple[Made, ...]:
    """The last offers to a traveller, newest first, those that they were never told included."""
    p, told = proposals.c, [moments.c[name].label(f"m_{name}") for name in Moment.model_fields]
    wanted = select(offers, *told, p.record, p.state.label("card"), p.expires_at).join(moments, moments.c.id == offers.c.moment_id)
    mine = wanted.outerjoin(proposals, p.id == offers.c.proposal_id).where(offers.c.traveller_id == traveller_id)
    return tuple(_made(row, now) for row in (await conn.execute(mine.order_by(offers.c.at.desc(), offers.c.id).limit(most))).all())


def _made(row: Any, now: datetime) -> Made:
    offer, card = _offer(row), row.record or {}
    if offer.state == "shown" and (row.card != "offered" or row.expires_at <= now):
        offer = offer.model_copy(update={"state": _ended(row.card)})
    moment = Moment.model_validate({name: getattr(row, f"m_{name}") for name in Moment.model_fields})
    return Made(offer=offer, moment=moment, title=card.get("title"), reason=(card.get("offer") or {}).get("reason"))


def _ended(card: str) -> OfferState:
    """How an offer ended whose proposal is not open any more."""
    return "accepted" if card in _YES else "declined" if card == "declined" else "ignored"


async def note_answers(tx: Tx, now: datetime) -> int:
    """Give every shown offer the end that its proposal has; returns how many ended."""
    p = proposals.c
    wanted = (
        select(offers.c.id, p.state, p.confirmed_at, p.expires_at)
        .join(proposals, p.id == offers.c.proposal_id)
        .where(offers.c.state == "shown", (p.state != "offered") | (p.expires_at <= now))
    )
    ended = 0
    for row in (await tx.conn.execute(wanted)).all():
        state = _ended(row.state)
        at = row.confirmed_at or (row.expires_at if state == "ignored" else now)
        moved = update(offers).where(offers.c.id == row.id, offers.c.state == "shown").values(state=state, ended_at=at)
        ended += (await tx.conn.execute(moved)).rowcount
    return ended


async def note_desk(tx: Tx) -> int:
    """What became of offers that were the desk's to say: the card that followed in that conversation (a grant, or the right itself), or nothing."""
    wanted = select(offers).where(offers.c.state == "to_staff", offers.c.conversation_id.is_not(None))
    moved = 0
    for row in (await tx.conn.execute(wanted)).all():
        p, t = proposals.c, tickets.c
        later = select(p.id, p.rule_id, p.record).where(p.conversation_id == row.conversation_id, p.created_at >= row.at).order_by(p.created_at)
        found = (await tx.conn.execute(later)).all()
        card = next((one.id for one in found if one.rule_id == row.rule_id or one.record.get("granted")), None)
        in_hand = select(t.id).where(t.conversation_id == row.conversation_id, t.closed_at.is_(None))
        if card is None and (await tx.conn.execute(in_hand)).first() is not None:
            continue
        ended: dict[str, Any] = {"state": "shown", "proposal_id": card}
        if card is None:
            closed = select(func.max(t.closed_at)).where(t.conversation_id == row.conversation_id)
            ended = {"state": "ignored", "ended_at": (await tx.conn.execute(closed)).scalar()}
        moved += (await tx.conn.execute(update(offers).where(offers.c.id == row.id, offers.c.state == "to_staff").values(**ended))).rowcount
    return moved


async def offers_since(conn: AsyncConnection, since: datetime | None) -> tuple[Offer, ...]:
    """Every offer since then, oldest first."""
    wanted = select(offers).where(offers.c.at >= since) if since else select(offers)
    return tuple(_offer(row) for row in (await conn.execute(wanted.order_by(offers.c.at, offers.c.id))).all())


async def offer_of_moment(conn: AsyncConnection, moment_id: str) -> Offer | None:
    """The offer that came of a moment, or None."""
    row = (await conn.execute(select(offers).where(offers.c.moment_id == moment_id))).one_or_none()
    return _offer(row) if row else None


def _offer(row: Any) -> Offer:
    return Offer.model_validate({name: getattr(row, name) for name in Offer.model_fields})


class Afterwards(BaseModel, frozen=True):
    """What its traveller did first after an offer, or after being left untold: wrote to us, complained, used a right; None: not yet."""

    offer: Offer
    wrote_at: datetime | None
    complained_at: datetime | None
    used_at: datetime | None
    options: int = 0
    chosen: str | None = None
    """Of an accepted offer with several options: which of them."""


async def afterwards(conn: AsyncConnection, since: datetime | None) -> tuple[Afterwards, ...]:
    """Every offer since then with what came after it."""
    o, m, c = offers.c, messages.c, conversations.c
    said = select(func.min(m.at)).join(conversations, c.id == m.conversation_id)
    elsewhere = or_(o.conversation_id.is_(None), c.id != o.conversation_id)  # going on with what they were in the middle of is no new contact
    wrote = said.where(c.traveller_id == o.traveller_id, m.role == "traveller", m.at > o.at, elsewhere)
    complained = select(func.min(moments.c.at)).where(moments.c.traveller_id == o.traveller_id, moments.c.kind == "complaint", moments.c.at > o.at)
    used = select(func.min(right_uses.c.at)).where(right_uses.c.traveller_id == o.traveller_id, right_uses.c.at > o.at)
    columns = (wrote.scalar_subquery().label("w"), complained.scalar_subquery().label("c"), used.scalar_subquery().label("u"))
    wanted = select(offers, *columns, proposals.c.chosen, proposals.c.record).outerjoin(proposals, proposals.c.id == o.proposal_id)
    rows = (await conn.execute((wanted.where(o.at >= since) if since else wanted).order_by(o.at, o.id))).all()
    return tuple(
        Afterwards(
            offer=_offer(r),
            wrote_at=r.w,
            complained_at=r.c,
            used_at=r.u,
            options=len(r.record.get("options", ())) if r.record else 0,
            chosen=r.chosen,
        )
        for r in rows
    )
