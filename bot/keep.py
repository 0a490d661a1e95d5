"""Keeping a turn: everything it said, promised and found out, in one transaction; nothing is shown that is not kept."""

from datetime import datetime, timedelta

from pydantic import BaseModel

from basics.clock import day_in
from basics.ids import new_id
from basics.words import Lang
from bot.complaints import complaint_in
from bot.handoff import brief_of, hand_off, hours_to_departure, opening_of, rights_of
from bot.settings import Settings
from bot.steps import Thought
from bot.tell import tell
from customers.change import Proposal
from customers.entitlement import Entitlement
from customers.moment import Moment
from customers.tags import Tag
from desk.conversation import AnswerReceipt, Conversation, Reply, Sentence, ShownEntitlement, joined, show_proposal
from store import conversations, moments, proposals, spending, tags, turns
from store.database import Tx


class Kept(BaseModel, frozen=True):
    """How a turn ended: its reply (None if it was silenced), and the turn that follows for what was said meanwhile."""

    reply: Reply | None
    next_turn: str | None = None


class Beside(BaseModel, frozen=True):
    """What a turn keeps beside its reply: the card that it shows, what it noticed of the asker, and their complaint."""

    proposal: Proposal | None = None
    observed: tuple[Tag, ...] = ()
    complaint: Moment | None = None


def beside_of(thought: Thought, now: datetime) -> Beside:
    """What is kept beside the reply, whoever words it."""
    return Beside(proposal=thought.proposal, observed=thought.observed, complaint=complaint_in(thought, now))


async def keep(
    tx: Tx, turn_id: str, worker: str, thought: Thought, answered: list[str], up_to: int, settings: Settings, embedder: str, now: datetime
) -> Kept:
    """Close the turn with what was thought; silent if a person took over or somebody else closed it."""
    conversation = await closed(tx, thought.request.conversation_id, turn_id, worker, answered, up_to, thought.understood.lang, now)
    if conversation is None:
        return Kept(reply=None)
    sentences, ticket = thought.sentences, None
    if thought.decision.kind == "handoff":
        opening, said = opening_of(thought)
        handed = await hand_off(
            tx,
            conversation,
            brief_of(thought),
            thought.understood.mood,
            hours_to_departure(thought.evidence, now),
            settings,
            now,
            opening,
            **said,
        )
        sentences = (*sentences, *handed.sentences) if thought.decision.unsure else (*handed.sentences, *sentences)
        ticket = handed.ticket.shown(handed.position)
    reply = reply_of(thought, sentences, now).model_copy(update={"ticket": ticket})
    receipt = receipt_of(thought, reply, turn_id, settings, embedder, now)
    return await conclude(tx, conversation, turn_id, worker, reply, receipt, settings, now, beside_of(thought, now))


async def conclude(
    tx: Tx,
    conversation: Conversation,
    turn_id: str,
    worker: str,
    reply: Reply,
    receipt: AnswerReceipt,
    settings: Settings,
    now: datetime,
    beside: Beside,
    already: int = 0,
) -> Kept:
    """Tell the reply (but for its first `already` sentences, which were said), keep what stands behind it, and see what comes next."""
    await tell(tx, conversation.id, turn_id, reply, now, already)
    await turns.keep_receipt(tx, receipt, now)
    if beside.proposal is not None:
        await proposals.keep_proposal(tx, beside.proposal)
    if beside.complaint is not None:
        await moments.tell_moment(tx, beside.complaint, now)
    for tag in beside.observed if conversation.caller.traveller_id else ():
        await tags.set_tag(tx, conversation.caller.traveller_id or "", tag, reason=conversation.id)
    if receipt.model:
        await spending.spend(tx, day_in(now, settings.zone), receipt.model, receipt.tokens_in, receipt.tokens_out)
    await conversations.set_asked_back(tx, conversation.id, conversation.asked_back + 1 if reply.kind == "clarify" else 0, now)
    return Kept(reply=reply, next_turn=await _next_turn(tx, conversation.id, worker, settings, now))


async def closed(
    tx: Tx, conversation_id: str, turn_id: str, worker: str, answered: list[str], up_to: int, lang: Lang, now: datetime
) -> Conversation | None:
    """End the turn; None if it may say nothing any more (somebody else ended it, or a person has the floor)."""
    conversation = await conversations.conversation(tx.conn, conversation_id, lock=True)
    if not await turns.close_turn(tx, turn_id, worker, now):
        return None
    await conversations.mark_answered(tx, conversation.id, up_to, answered, turn_id)
    if conversation.state != "bot":
        return None
    return await _in_language(tx, conversation, lang, now)


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


def reply_of(thought: Thought, sentences: tuple[Sentence, ...], now: datetime) -> Reply:
    """The reply that says these sentences, without its ticket."""
    lang = thought.understood.lang
    shown = _shown_rights(thought, sentences)
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


def _shown_rights(thought: Thought, sentences: tuple[Sentence, ...]) -> tuple[Entitlement, ...]:
    """The decisions that go with a reply: those about the right that was asked for, else those that its sentences say, in their order."""
    if thought.understood.ask == "change":
        asked = thought.evidence.asked_right
        return tuple(e for e in thought.evidence.entitlements if asked is not None and e.right == asked.right)
    known = {e.id: e for e in thought.evidence.entitlements}
    named = dict.fromkeys(c.entitlement_id for s in sentences for c in s.carried_by if c.entitlement_id)
    return tuple(known[name] for name in named if name in known)


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


def receipt_of(thought: Thought, reply: Reply, turn_id: str, settings: Settings, embedder: str, now: datetime) -> AnswerReceipt:
    """What stands behind a reply."""
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
        entitlements=tuple(e.id for e in rights_of(thought.evidence)),
        decisions={e.id: e.decided for e in _shown_rights(thought, reply.sentences) if e.decided is not None},
        features=dict(thought.confidence.features),
        decision=thought.decision.kind,
        because=thought.decision.because,
        draft=joined(thought.draft.sentences),
        settings_hash=settings.fingerprint(),
        stage_ms=dict(thought.stage_ms),
        model=thought.spent.model,
        prompts=thought.spent.prompts,
        tokens_in=thought.spent.tokens_in,
        tokens_out=thought.spent.tokens_out,
        cost=cost(thought.spent.tokens_in, thought.spent.tokens_out, settings),
    )


def cost(tokens_in: int, tokens_out: int, settings: Settings) -> float:
    """What these tokens cost, in the currency of the settings' prices."""
    return round((tokens_in * settings.model_price_in + tokens_out * settings.model_price_out) / 1_000_000, 6)
