"""A conversation handed over without a draft: by the button, or because a turn was stopped."""

from datetime import datetime

from bot.aloud import cut_short
from bot.handoff import hand_off, hours_to_departure, reason_without_draft
from bot.refusals import ConversationClosed
from bot.settings import Settings
from bot.steps import Evidence
from bot.tell import speak_ticket, ticket_reply
from desk.conversation import Reply
from desk.ticket import REASONS, Reason
from store import conversations, turns
from store.database import Tx

_OPENING: dict[Reason, str] = {"asked": "handoff-asked", "stopped": "handoff-stopped"}


async def hand_over_as_it_is(
    tx: Tx, conversation_id: str, reason: Reason, wants: str, turn: tuple[str, str] | None, evidence: Evidence, settings: Settings, now: datetime
) -> Reply | None:
    """Open a ticket (or find the open one) and say so; `turn` is the stopped turn and its worker. None where that turn may say nothing any more."""
    conversation = await conversations.conversation(tx.conn, conversation_id, lock=True)
    brief = reason_without_draft(reason, wants or REASONS[reason].said_in(conversation.lang), evidence, now)
    if conversation.state == "closed":
        raise ConversationClosed
    await cut_short(tx, conversation_id, now)
    if turn is not None and not await turns.close_turn(tx, *turn, now):
        return None  # somebody ended it already: a claim, or the button
    await turns.close_open_turn(tx, conversation_id, now)
    turn_id = turn[0] if turn else None
    waiting = await conversations.unanswered(tx.conn, conversation_id)
    if waiting:
        await conversations.mark_answered(tx, conversation_id, waiting[-1].number, [m.id for m in waiting], turn_id)
    if turn is not None and conversation.state != "bot":
        return None
    done = await hand_off(tx, conversation, brief, "calm", hours_to_departure(evidence, now), settings, now, _OPENING[reason])
    shown = done.ticket.shown(done.position)
    if conversation.state == "staff":  # a person has the floor: the button is answered, the conversation hears nothing of it
        return ticket_reply(conversation, done.sentences, shown)
    return await speak_ticket(tx, conversation, done.sentences, shown, now, turn_id)
