"""Keeping a turn: everything it said, promised and found out, in one transaction; nothing is shown that is not kept."""

from datetime import datetime, timedelta

from pydantic import BaseModel

from basics.ids import new_id
from basics.words import Lang
from bot.compose import entitlement_id
from bot.handoff import brief_of, hand_off, hours_to_departure
from bot.settings import Settings
from bot.steps import Thought
from bot.tell import tell
from customers.entitlement import Entitlement
from desk.conversation import AnswerReceipt, Conversation, Reply, Sentence, ShownEntitlement, joined, show_proposal
from store import conversations, proposals, turns
from store.database import Tx


class Kept(BaseModel, frozen=True):
    """How a turn ended: its reply (None if it was silenced), and the turn that follows for what was said meanwhile."""

    reply: Reply | None
    next_turn: str | None = None


async def keep(
    tx: Tx, turn_id: str, worker: str, thought: Thought, answered: list[str], up_to: int, settings: Settings, embedder: str, now: datetime
) -> Kept:
    """Close the turn with what was thought; silent if a person took over or somebody else closed it."""
    conversation = await conversations.conversation(tx.conn, thought.request.conversation_id, lock=True)
    if not await turns.close_turn(tx, turn_id, worker, now):
        return Kept(reply=None)
    await conversations.mark_answered(tx, conversation.id, up_to, answered, turn_id)
    if conversation.state != "bot":
        return Kept(reply=None)
    conversation = await _in_language(tx, conversation, thought.understood.lang, now)
    sentences, ticket = thought.sentences, None
    if thought.decision.kind == "handoff":
        opening = "handoff-asked" if thought.decision.reason == "asked" else "handoff"
        handed = await hand_off(
            tx,
            conversation,
            brief_of(thought, settings),
            thought.understood.mood,
            hours_to_departure(thought.evidence, now),
            settings,
            now,
            opening,
        )
        sentences, ticket = handed.sentences, handed.ticket.shown(handed.position)
    if thought.proposal is not None:
        await proposals.keep_proposal(tx, thought.proposal)
    reply = _reply(thought, sentences, now).model_copy(update={"ticket": ticket})
    await tell(tx, conversation.id, turn_id, reply, now)
    await turns.keep_receipt(tx, _receipt(thought, reply, turn_id, settings, embedder, now), now)
    await conversations.set_asked_back(tx, conversation.id, conversation.asked_back + 1 if reply.kind == "clarify" else 0, now)
    return Kept(reply=reply, next_turn=await _next_turn(tx, conversation.id, worker, settings, now))


async def _in_language(tx: Tx, conversation: Conversation, lang: Lang, now: datetime) -> Conversation:
    """The conversation goes on in the language that was last written in."""
    if conversation.lang != lang:
        await conversations.set_lang(tx, conversation.id, lang, now)
    return conversation.model_copy(update={"lang": lang})


async def _next_turn(tx: Tx, conversation_id: str, worker: str, settings: Settings, now: datetime) -> str | None:
    """A turn for what was said while this one ran, if the bot still has the floor."""
    state = (await conversations.conversation(tx.conn, conversation_id)).state
    if state != "bot" or not await conversations.unanswered(tx.conn, conversation_id):
        return None
    turn_id = new_id("turn")
    await turns.open_turn(tx, turn_id, conversation_id, worker, now + timedelta(seconds=settings.lease_seconds), now)
    return turn_id


def _reply(thought: Thought, sentences: tuple[Sentence, ...], now: datetime) -> Reply:
    lang = thought.understood.lang
    shown = thought.evidence.entitlements if thought.understood.ask == "change" else ()
    basis = thought.draft.basis if any(c.passage_id for s in sentences for c in s.carried_by) else "rule"
    return Reply(
        message_id=new_id("msg"),
        kind=thought.decision.kind,
        text=joined(sentences),
        lang=lang,
        sentences=sentences,
        citations=thought.citations,
        choices=thought.choices,
        entitlements=tuple(show_entitlement(e, lang) for e in shown),
        proposal=show_proposal(thought.proposal, lang, now) if thought.proposal else None,
        confidence=1.0 if _sure_by_rule(thought, basis) else round(thought.confidence.value, 4),
        basis=basis,
        receipt_id=new_id("rcpt"),
    )


def _sure_by_rule(thought: Thought, basis: str) -> bool:
    """An approved wording or a computed decision cannot be wrong; what was asked back or handed over for doubt keeps its doubt."""
    return basis == "rule" and thought.decision.kind not in ("clarify", "abstain") and thought.decision.reason != "low_confidence"


def show_entitlement(e: Entitlement, lang: Lang) -> ShownEntitlement:
    """A decision about a right, worded for the traveller."""
    return ShownEntitlement(
        rule_id=e.rule_id,
        right=e.right,
        decision=e.decision,
        title=e.title.said_in(lang),
        reasons=tuple(r.said_in(lang) for r in e.reasons),
        until=e.until,
    )


def _receipt(thought: Thought, reply: Reply, turn_id: str, settings: Settings, embedder: str, now: datetime) -> AnswerReceipt:
    return AnswerReceipt(
        id=reply.receipt_id,
        turn_id=turn_id,
        conversation_id=thought.request.conversation_id,
        question=thought.request.text,
        lang=thought.understood.lang,
        as_of=thought.request.now,
        reply=reply,
        passages=tuple(f.passage.id for f in thought.evidence.found),
        base_revision=thought.base_revision,
        embedder=embedder,
        entitlements=tuple(entitlement_id(e.rule_id, e.booking_id, e.leg_id) for e in thought.evidence.entitlements),
        features=dict(thought.confidence.features),
        decision=thought.decision.kind,
        because=thought.decision.because,
        draft=joined(thought.draft.sentences),
        settings_hash=settings.fingerprint(),
        stage_ms=dict(thought.stage_ms),
    )
