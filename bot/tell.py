"""Telling: a reply becomes numbered events and a message, in the transaction that decided it."""

import json
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from basics.ids import new_id
from desk.conversation import Conversation, Reply, Sentence, ShownTicket, joined
from store import conversations, events
from store.database import Tx


async def tell(tx: Tx, conversation_id: str, turn_id: str | None, reply: Reply, now: datetime, already: int = 0) -> None:
    """The reply's events (each sentence but the first `already`, its card, its ticket, the whole) and its message."""
    rows: list[tuple[str, dict[str, Any]]] = [said(reply.message_id, n, s) for n, s in enumerate(reply.sentences) if n >= already]
    if reply.proposal is not None:
        rows.append(("proposal", as_json(reply.proposal)))
    if reply.ticket is not None:
        rows.append(("handoff", {"ticket": as_json(reply.ticket)}))
    rows.append(("reply", as_json(reply)))
    first = await events.append(tx, events.stream_of(conversation_id), now, rows)
    await conversations.add_message(
        tx,
        message_id=reply.message_id,
        conversation_id=conversation_id,
        number=first + len(rows) - 1,
        role="bot",
        text=reply.text,
        now=now,
        turn_id=turn_id,
        reply=reply,
    )


def said(message_id: str, index: int, sentence: Sentence) -> tuple[str, dict[str, Any]]:
    """One sentence as an event."""
    return ("sentence", {"message_id": message_id, "index": index, **as_json(sentence)})


async def speak_ticket(
    tx: Tx, conversation: Conversation, sentences: tuple[Sentence, ...], ticket: ShownTicket, now: datetime, turn_id: str | None
) -> Reply:
    """A hand-off that no turn decided (a button, an interruption, a failed change), said as a reply like any other."""
    reply = ticket_reply(conversation, sentences, ticket)
    await tell(tx, conversation.id, turn_id, reply, now)
    return reply


async def speak(tx: Tx, conversation: Conversation, sentences: tuple[Sentence, ...], now: datetime) -> Reply:
    """Something that nobody asked at this moment and that is so (a change ended after all), said as a reply like any other."""
    reply = Reply(
        message_id=new_id("msg"),
        kind="answer",
        text=joined(sentences),
        lang=conversation.lang,
        sentences=sentences,
        confidence=1.0,
        basis="rule",
        receipt_id="",
    )
    await tell(tx, conversation.id, None, reply, now)
    return reply


def ticket_reply(conversation: Conversation, sentences: tuple[Sentence, ...], ticket: ShownTicket) -> Reply:
    """The reply that says a ticket stands."""
    return Reply(
        message_id=new_id("msg"),
        kind="handoff",
        text=joined(sentences),
        lang=conversation.lang,
        sentences=sentences,
        ticket=ticket,
        confidence=1.0,
        basis="rule",
        receipt_id="",
    )


def as_json(value: BaseModel) -> dict[str, Any]:
    """A value as the JSON that pages read."""
    loaded: dict[str, Any] = json.loads(value.model_dump_json())
    return loaded
