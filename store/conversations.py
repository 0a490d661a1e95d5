"""Conversations and their messages."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Row, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from basics.errors import NotFound
from basics.words import Lang, Words
from desk.conversation import Caller, Conversation, ConversationState, Label, Reply
from store.database import Tx
from store.events import open_stream, stream_of
from store.tables import conversations, messages, streams


class Message(BaseModel, frozen=True):
    """One thing said by somebody."""

    id: str
    conversation_id: str
    number: int
    role: str
    text: str
    client_msg_id: str | None
    turn_id: str | None
    reply: Reply | None
    at: datetime


def no_such_conversation() -> NotFound:
    """The same answer for one that never was and for one that is somebody else's."""
    return NotFound(Words(en="There is no such conversation. Start a new one.", zh="找不到这个会话，请重新开始。"))


async def open_conversation(tx: Tx, conversation: Conversation, token_hash: str) -> None:
    """Keep a new conversation, with its stream."""
    await tx.conn.execute(
        insert(conversations).values(
            id=conversation.id,
            token_hash=token_hash,
            traveller_id=conversation.caller.traveller_id,
            lang=conversation.lang,
            state=conversation.state,
            caller=conversation.caller.model_dump(mode="json"),
            answered_to=0,
            asked_back=0,
            opened_at=conversation.opened_at,
            changed_at=conversation.opened_at,
        )
    )
    await open_stream(tx, stream_of(conversation.id))


async def conversation(conn: AsyncConnection, conversation_id: str, lock: bool = False) -> Conversation:
    """The conversation as it stands; `lock` holds it until the transaction ends. NotFound where there is none."""
    wanted = select(conversations).where(conversations.c.id == conversation_id)
    row = (await conn.execute(wanted.with_for_update() if lock else wanted)).one_or_none()
    if row is None:
        raise no_such_conversation()
    return _conversation(row)


async def conversation_by_token(conn: AsyncConnection, token_hash: str) -> Conversation | None:
    """The conversation that a token opens, or None."""
    row = (await conn.execute(select(conversations).where(conversations.c.token_hash == token_hash))).one_or_none()
    return _conversation(row) if row else None


async def set_state(tx: Tx, conversation_id: str, state: ConversationState, now: datetime) -> None:
    """Whose turn it is to speak: the bot's, nobody's while a ticket waits, or staff's."""
    await tx.conn.execute(update(conversations).where(conversations.c.id == conversation_id).values(state=state, changed_at=now))


async def set_lang(tx: Tx, conversation_id: str, lang: Lang, now: datetime) -> None:
    """The language the traveller chose."""
    await tx.conn.execute(update(conversations).where(conversations.c.id == conversation_id).values(lang=lang, changed_at=now))


async def set_asked_back(tx: Tx, conversation_id: str, times: int, now: datetime) -> None:
    """How often in a row the bot asked back."""
    await tx.conn.execute(update(conversations).where(conversations.c.id == conversation_id).values(asked_back=times, changed_at=now))


async def listened(tx: Tx, conversation_id: str, now: datetime | None, before: datetime | None = None) -> None:
    """A page follows the conversation at this moment; None: the one that did so at `before` has left. What was said until now it has shown."""
    mine = conversations.c.id == conversation_id
    where = (mine,) if now is not None else (mine, conversations.c.listened_at == before)
    shown = select(streams.c.last_number).where(streams.c.name == stream_of(conversation_id)).scalar_subquery()
    await tx.conn.execute(update(conversations).where(*where).values(listened_at=now, seen_to=func.coalesce(shown, 0)))


async def listening_of(conn: AsyncConnection, traveller_id: str, heard_since: datetime, said_since: datetime) -> Conversation | None:
    """The traveller's conversation that a page follows and in which something was said of late, the last one; None without one."""
    c, m = conversations.c, messages.c
    said = select(m.conversation_id).where(m.conversation_id == c.id, m.at > said_since).exists()
    wanted = (
        select(conversations)
        .where(c.traveller_id == traveller_id, c.state != "closed", c.listened_at > heard_since, or_(c.opened_at > said_since, said))
        .order_by(c.listened_at.desc(), c.opened_at.desc())
        .limit(1)
    )
    row = (await conn.execute(wanted)).one_or_none()
    return _conversation(row) if row else None


async def talking(conn: AsyncConnection, heard_since: datetime) -> tuple[str, ...]:
    """The travellers whose conversation a page follows."""
    c = conversations.c
    wanted = select(c.traveller_id).where(c.traveller_id.is_not(None), c.state != "closed", c.listened_at > heard_since).distinct()
    return tuple((await conn.execute(wanted)).scalars())


async def earlier_of(conn: AsyncConnection, traveller_id: str, but: str, most: int = 5) -> tuple[Conversation, ...]:
    """The traveller's earlier conversations, newest first."""
    wanted = (
        select(conversations)
        .where(conversations.c.traveller_id == traveller_id, conversations.c.id != but)
        .order_by(conversations.c.opened_at.desc())
        .limit(most)
    )
    return tuple(_conversation(r) for r in (await conn.execute(wanted)).all())


async def add_message(
    tx: Tx,
    *,
    message_id: str,
    conversation_id: str,
    number: int,
    role: str,
    text: str,
    now: datetime,
    client_msg_id: str | None = None,
    turn_id: str | None = None,
    reply: Reply | None = None,
    staff_id: str | None = None,
) -> None:
    """Keep something said. `number` is that of its event."""
    await tx.conn.execute(
        insert(messages).values(
            id=message_id,
            conversation_id=conversation_id,
            number=number,
            role=role,
            text=text,
            client_msg_id=client_msg_id,
            turn_id=turn_id,
            reply=reply.model_dump(mode="json") if reply else None,
            staff_id=staff_id,
            at=now,
        )
    )


async def message_by_client_id(conn: AsyncConnection, conversation_id: str, client_msg_id: str, role: str = "traveller") -> Message | None:
    """The message that was sent under this client id before, or None."""
    wanted = select(messages).where(messages.c.conversation_id == conversation_id, messages.c.role == role, messages.c.client_msg_id == client_msg_id)
    row = (await conn.execute(wanted)).one_or_none()
    return _message(row) if row else None


async def message(conn: AsyncConnection, message_id: str) -> Message | None:
    """A message by its id, or None."""
    row = (await conn.execute(select(messages).where(messages.c.id == message_id))).one_or_none()
    return _message(row) if row else None


async def messages_of(conn: AsyncConnection, conversation_id: str, most: int = 200) -> tuple[Message, ...]:
    """What was said, oldest first; of a very long conversation the newest `most`."""
    wanted = select(messages).where(messages.c.conversation_id == conversation_id).order_by(messages.c.number.desc()).limit(most)
    return tuple(_message(r) for r in reversed((await conn.execute(wanted)).all()))


async def unanswered(conn: AsyncConnection, conversation_id: str) -> tuple[Message, ...]:
    """The traveller's messages that nobody has dealt with yet, oldest first."""
    wanted = (
        select(messages)
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .where(
            messages.c.conversation_id == conversation_id,
            messages.c.role == "traveller",
            messages.c.number > conversations.c.answered_to,
        )
        .order_by(messages.c.number)
    )
    return tuple(_message(r) for r in (await conn.execute(wanted)).all())


async def mark_answered(tx: Tx, conversation_id: str, up_to: int, message_ids: list[str], turn_id: str | None) -> None:
    """Everything up to this event number is dealt with: by that turn, or (None) by the people at the desk."""
    await tx.conn.execute(update(conversations).where(conversations.c.id == conversation_id).values(answered_to=up_to))
    if turn_id and message_ids:
        await tx.conn.execute(update(messages).where(messages.c.id.in_(message_ids)).values(turn_id=turn_id))


async def reply_of_turn(conn: AsyncConnection, turn_id: str) -> Reply | None:
    """What a turn said, or None if it said nothing."""
    reply = (await conn.execute(select(messages.c.reply).where(messages.c.turn_id == turn_id, messages.c.role == "bot"))).scalar()
    return Reply.model_validate(reply) if reply else None


async def set_thumb(tx: Tx, message_id: str, thumb: str | None) -> None:
    """What the traveller thinks of a reply."""
    await tx.conn.execute(update(messages).where(messages.c.id == message_id).values(thumb=thumb))


async def set_label(tx: Tx, message_id: str, label: Label | None) -> bool:
    """What a staff member says of an answer; False where there is no such reply of ours."""
    is_it = messages.c.id == message_id, messages.c.role == "bot", messages.c.turn_id.is_not(None)
    return (await tx.conn.execute(update(messages).where(*is_it).values(label=label))).rowcount == 1


async def labels_of(conn: AsyncConnection, conversation_id: str) -> dict[str, Label]:
    """What staff said of the answers in a conversation, by message."""
    wanted = select(messages.c.id, messages.c.label).where(messages.c.conversation_id == conversation_id, messages.c.label.is_not(None))
    return {row.id: row.label for row in (await conn.execute(wanted)).all()}


def _conversation(row: Row[Any]) -> Conversation:
    return Conversation(
        id=row.id,
        lang=row.lang,
        state=row.state,
        caller=Caller.model_validate(row.caller),
        asked_back=row.asked_back,
        opened_at=row.opened_at,
    )


def _message(row: Row[Any]) -> Message:
    return Message(
        id=row.id,
        conversation_id=row.conversation_id,
        number=row.number,
        role=row.role,
        text=row.text,
        client_msg_id=row.client_msg_id,
        turn_id=row.turn_id,
        reply=Reply.model_validate(row.reply) if row.reply else None,
        at=row.at,
    )
