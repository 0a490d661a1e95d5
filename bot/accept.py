"""A message accepted: kept with its event, and given to a turn or passed on to whoever has the floor; and what a turn then has to answer."""

from datetime import datetime

from pydantic import BaseModel

from basics.ids import new_id
from basics.working_on import working_on
from bot.history import asks_anew, recent
from bot.refusals import ConversationClosed
from bot.steps import Before, Request
from store import conversations, events, proposals, tickets, turns
from store.conversations import Message
from store.database import Database, Tx
from store.turns import Turn


class Said(BaseModel, frozen=True):
    """What became of a message: kept under `message_id` as event `number`, answered by `turn_id` (None: passed on to the desk)."""

    message_id: str
    number: int
    turn_id: str | None
    begins: bool = False
    """This message began the turn, so the turn's own reply is the answer to it."""
    is_ours: bool = False
    """The turn was open already and is this worker's; it runs, unless the word of the commit that began it was lost."""


async def accept(tx: Tx, conversation_id: str, text: str, client_msg_id: str, worker: str, lease: datetime, now: datetime) -> Said:
    """Keep a message and open a turn for it, unless one is open or a person has the floor. The same `client_msg_id` again is the same message."""
    conversation = await conversations.conversation(tx.conn, conversation_id, lock=True)
    known = await conversations.message_by_client_id(tx.conn, conversation_id, client_msg_id)
    turn = await turns.open_turn_of(tx.conn, conversation_id)
    if known is not None:
        if known.turn_id is not None or turn is None:
            return Said(message_id=known.id, number=known.number, turn_id=known.turn_id)
        return Said(message_id=known.id, number=known.number, turn_id=turn.id, is_ours=turn.worker == worker)
    if conversation.state == "closed":
        raise ConversationClosed
    message_id = new_id("msg")
    data = {"message_id": message_id, "role": "traveller", "text": text, "client_msg_id": client_msg_id}
    number = await events.append(tx, events.stream_of(conversation_id), now, [("message", data)])
    await conversations.add_message(
        tx,
        message_id=message_id,
        conversation_id=conversation_id,
        number=number,
        role="traveller",
        text=text,
        now=now,
        client_msg_id=client_msg_id,
    )
    said = Said(message_id=message_id, number=number, turn_id=None)
    if conversation.state != "bot":
        await _pass_on(tx, conversation_id, number, text, now)
        return said
    if turn is not None:  # it will take this message too, or open the next turn for it
        return said.model_copy(update={"turn_id": turn.id, "is_ours": turn.worker == worker})
    turn_id = new_id("turn")
    await turns.open_turn(tx, turn_id, conversation_id, worker, lease, now)
    return said.model_copy(update={"turn_id": turn_id, "begins": True})


async def _pass_on(tx: Tx, conversation_id: str, number: int, text: str, now: datetime) -> None:
    await conversations.mark_answered(tx, conversation_id, number, [], None)
    ticket = await tickets.open_ticket_of(tx.conn, conversation_id)
    if ticket is not None:
        await tickets.count_waiting_message(tx, ticket.id)
        waiting = ticket.messages_waiting + 1
        data = {"ticket_id": ticket.id, "conversation_id": conversation_id, "text": text, "messages_waiting": waiting}
        await events.append(tx, events.DESK, now, [("message", data)])


async def to_answer(db: Database, conversation_id: str, now: datetime) -> tuple[Request, list[Message], Turn | None]:
    """What a turn has to answer: every message nobody has dealt with, with what was said before, and the turn as it stands."""
    async with db.read() as conn:
        conversation = await conversations.conversation(conn, conversation_id)
        said = await conversations.messages_of(conn, conversation_id, most=30)
        waiting = list(await conversations.unanswered(conn, conversation_id))
        offered = await proposals.open_proposals(conn, conversation_id)
        turn = await turns.open_turn_of(conn, conversation_id)
    working_on(names=(conversation.caller.name_en, conversation.caller.name_zh))
    open_ones = [p for p in offered if p.state == "offered" and now < p.expires_at]
    before = [m for m in said if not waiting or m.number < waiting[0].number]
    asked = [m for m in before if m.role == "traveller"]
    replied = [m for m in before if m.role == "bot" and m.reply]
    text, last_question = "\n".join(m.text for m in waiting), asked[-1].text if asked else ""
    left_behind = conversation.asked_back == 1 and asks_anew(text, last_question)  # more than once in a row nobody is asked back
    request = Request(
        conversation_id=conversation_id,
        caller=conversation.caller,
        lang=conversation.lang,
        text=text,
        now=now,
        asked_back=0 if left_behind else conversation.asked_back,
        last_question=last_question,
        last_reply=replied[-1].reply if replied else None,
        history=recent([_before(m) for m in before]),
        open_proposal=open_ones[-1] if open_ones else None,
    )
    return request, waiting, turn


def _before(said: Message) -> Before:
    cited = said.reply.citations if said.reply and said.reply.kind == "answer" else ()
    titles = tuple(dict.fromkeys(c.title for c in cited))
    return Before(by="asker" if said.role == "traveller" else "us", text=said.text, titles=titles, articles=frozenset(c.article_id for c in cited))
