"""Goodwill after a complaint or a bad rating: what the risk of losing somebody proposes, and a ticket where it is more than may be given unasked."""

from datetime import datetime, timedelta

from basics.clock import day_in
from basics.ids import new_id
from basics.words import Lang, words
from bot.handoff import hand_off, holdings, hours_to_departure
from bot.settings import Settings
from bot.steps import Evidence
from bot.tell import speak_ticket
from customers.churn import Churn, Goodwill, churn_of, goodwill_for
from customers.moment import Moment, MomentKind
from customers.rights import AIRLINE_ZONE
from customers.traveller import Traveller
from desk.conversation import Conversation
from desk.ticket import Brief
from store import conversations, moments
from store.database import Database, Tx
from store.offers import Offer

MOMENTS: frozenset[MomentKind] = frozenset({"complaint", "rating"})
RIGHT = "goodwill_voucher"
_COUNTED = timedelta(days=90)  # that a complaint speaks for leaving
_GOOD_RATING = 4


async def churn(db: Database, moment: Moment, person: Traveller, now: datetime) -> Churn:
    """The risk that this traveller leaves, the moment itself included."""
    async with db.read() as conn:
        complaints = await moments.complaints_of(conn, person.id, now - _COUNTED)
        rating = moment.rating or await moments.last_rating_of(conn, person.id)
    return churn_of(person.tier or "member", person.activity, complaints, rating, day_in(now, AIRLINE_ZONE))


async def proposed(db: Database, moment: Moment, person: Traveller, now: datetime) -> Goodwill | None:
    """What to propose, or None: for a good rating, or where the risk is too small."""
    if moment.kind == "rating" and (moment.rating or 0) >= _GOOD_RATING:
        return None
    return goodwill_for(await churn(db, moment, person, now), person.tier or "member")


async def brief_of(db: Database, asked: Goodwill, moment: Moment, person: Traveller, evidence: Evidence, lang: Lang, now: datetime) -> Brief:
    """What staff read: the sum that is proposed, the limit it is above, and the signs that speak for it."""
    risk = await churn(db, moment, person, now)
    signs = words("; ".join(r.en for r in risk.reasons), "；".join(r.zh for r in risk.reasons))
    said = words(
        "Proposed: a goodwill voucher of {amount} (unasked at most {limit}, where a rule gives it). Risk of losing them {risk} %: {signs}.",
        "建议发放{amount}的致歉代金券（超过{limit}，或没有规则可依时，须由您决定）。流失风险 {risk}%：{signs}。",
    ).filled(amount=asked.amount.counted(), limit=asked.limit.counted(), risk=round(100 * risk.risk), signs=signs)
    return Brief(wants=said.said_in(lang), question="", reason="complaint", why=said, **holdings(evidence, now))


async def ask(tx: Tx, talk: Conversation, brief: Brief, evidence: Evidence, settings: Settings, now: datetime) -> None:
    """The ticket, and the word to the traveller that somebody looks at it."""
    conversation = await conversations.conversation(tx.conn, talk.id, lock=True)
    handed = await hand_off(tx, conversation, brief, "upset", hours_to_departure(evidence, now), settings, now, "offer-to-staff")
    if conversation.state == "bot":
        await speak_ticket(tx, conversation, handed.sentences, handed.ticket.shown(handed.position), now, None)


def offer_of(moment: Moment, asked: Goodwill, conversation_id: str, now: datetime) -> Offer:
    """The row that follows what becomes of it."""
    return Offer(
        id=new_id("offer"),
        moment_id=moment.id,
        moment=moment.kind,
        traveller_id=moment.traveller_id,
        rule_id="goodwill-above-limit",
        right=RIGHT,
        door="desk",
        state="to_staff",
        worth=float(asked.amount.amount),
        conversation_id=conversation_id,
        at=now,
    )
