"""The traveller's door: open a conversation, say something, follow what happens, confirm, ask for a person."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated

from fastapi import APIRouter, Header, Request
from fastapi.responses import PlainTextResponse, Response

from api import shapes
from api.callers import ItsTraveller, OwnConversation, TheHostKeys, TheHouse, caller_of
from api.limits import OpenedNotTooOften, SaidNotTooOften
from api.streaming import DONE, PING, After, EventStream, as_it_is, failed, first_of, follow, frame, read
from api.transcript import transcript
from basics.errors import BadRequest, NotFound
from basics.ids import fingerprint, new_token
from basics.words import Lang, Words
from bot.accept import Said
from bot.assembly import House
from bot.greeting import greeting_of
from bot.refusals import AddressKnown
from desk.conversation import Caller, Conversation, Reply, ShownProposal, ShownReceipt
from desk.queue import position
from knowledge.wording import wording
from store import conversations, events, mail_codes, tickets, unread
from store.database import Tx

router = APIRouter(prefix="/v1", tags=["traveller"])
Key = Annotated[str | None, Header(max_length=200)]
_SUGGESTED = {
    "anonymous": ("suggestion-baggage", "suggestion-powerbank", "suggestion-compass"),
    "traveller": ("suggestion-change", "suggestion-baggage", "suggestion-refund"),
    "company_admin": ("suggestion-report", "suggestion-compass", "suggestion-change"),
}


@router.post("/conversations", status_code=201)
async def open_conversation(
    house: TheHouse, keys: TheHostKeys, asked: shapes.OpenConversation, _rate: OpenedNotTooOften
) -> shapes.OpenedConversation:
    """Caller: anybody. A new conversation, anonymous or for the traveller whom the host page's JWT names."""
    caller = await caller_of(house, keys, asked.identity)
    lang: Lang = asked.lang or "en"
    conversation, token = await house.concierge.open(caller, lang)
    return _opened(house, conversation, token)


@router.post("/conversations/resume")
async def resume(house: TheHouse, asked: shapes.Resume, _rate: OpenedNotTooOften) -> shapes.OpenedConversation:
    """Caller: whoever has the code of an e-mail's link, once. The conversation that it opens, under a new token; any earlier one ends."""
    token, now = new_token(), house.clock()

    async def resumed(tx: Tx) -> Conversation:
        opens = await mail_codes.use_code(tx, asked.code, "resume", now)
        if opens is None or opens.conversation_id is None:
            raise NotFound(Words(en="This link was used before, or is over. Start a new conversation.", zh="该链接已使用或已过期，请开始新的会话。"))
        await mail_codes.give_token(tx, opens.conversation_id, fingerprint(token))
        return await conversations.conversation(tx.conn, opens.conversation_id)

    return _opened(house, await house.db.write(resumed), token)


@router.get("/conversations/{conversation_id}")
async def conversation_now(house: TheHouse, conversation: OwnConversation) -> shapes.ConversationNow:
    """Caller: its traveller. How the conversation stands."""
    return await _now(house, conversation)


@router.patch("/conversations/{conversation_id}")
async def change_language(house: TheHouse, conversation: OwnConversation, asked: shapes.ChangeLanguage) -> shapes.ConversationNow:
    """Caller: its traveller. Switch the language that cards and greetings are worded in."""
    await house.db.write(lambda tx: conversations.set_lang(tx, conversation.id, asked.lang, house.clock()))
    return await _now(house, conversation.model_copy(update={"lang": asked.lang}))


@router.put("/conversations/{conversation_id}/email")
async def leave_address(house: TheHouse, conversation: OwnConversation, asked: shapes.LeaveAddress, _rate: SaidNotTooOften) -> shapes.ConversationNow:
    """Caller: its visitor, who is not signed in. Where an answer goes when they have left; a traveller's is the customer platform's to know."""
    if conversation.caller.traveller_id is not None:
        raise AddressKnown
    await house.db.write(lambda tx: unread.leave_address(tx, conversation.id, asked.address))
    return await _now(house, conversation)


@router.get("/conversations/{conversation_id}/events", response_class=EventStream)
async def follow_conversation(request: Request, house: TheHouse, conversation: OwnConversation, after: After = 0) -> EventStream:
    """Caller: its traveller. Replay and live."""
    return EventStream(_followed(house, conversation, after, request.app.state.closing))


@router.get("/conversations/{conversation_id}/events.json", include_in_schema=False)
async def read_conversation(house: TheHouse, conversation: OwnConversation, after: After = 0) -> shapes.Events:
    """Caller: its traveller. The same rows as JSON (what `events` answers to `Accept: application/json`)."""
    return await read(house, events.stream_of(conversation.id), after, as_it_is)


@router.post("/conversations/{conversation_id}/messages", response_class=EventStream)
async def say_streaming(house: TheHouse, conversation: OwnConversation, asked: shapes.Say, _rate: SaidNotTooOften) -> EventStream:
    """Caller: its traveller. Say something; the numbered events of this turn stream as they are kept, then `done`."""
    return EventStream(_said(house, conversation.id, asked))


@router.post("/conversations/{conversation_id}/messages.json", include_in_schema=False)
async def say(house: TheHouse, conversation: OwnConversation, asked: shapes.Say, _rate: SaidNotTooOften) -> Reply | shapes.PassedOn:
    """Caller: its traveller. Say something and get the whole Reply (what `messages` answers to `Accept: application/json`)."""
    said = await house.concierge.say(conversation.id, asked.text, asked.client_msg_id)
    return await house.concierge.heard(said) or shapes.PassedOn(message_id=said.message_id)


@router.post("/conversations/{conversation_id}/handoff")
async def ask_for_a_person(house: TheHouse, conversation: OwnConversation, _rate: SaidNotTooOften) -> Reply:
    """Caller: its traveller. The "talk to a person" button."""
    return await house.concierge.hand_over(conversation.id)


@router.get("/conversations/{conversation_id}/transcript", response_class=PlainTextResponse)
async def the_transcript(house: TheHouse, conversation: OwnConversation) -> Response:
    """Caller: its traveller. Everything that was said, as text."""
    async with house.db.read() as conn:
        said = await conversations.messages_of(conn, conversation.id, most=2_000)
    return PlainTextResponse(transcript(said, conversation.lang))


@router.post("/proposals/{proposal_id}/confirm")
async def confirm(
    house: TheHouse,
    conversation: ItsTraveller,
    proposal_id: str,
    asked: shapes.Confirm | None = None,
    idempotency_key: Key = None,
) -> ShownReceipt:
    """Caller: its traveller. A yes, carried out once."""
    option, key = asked.option_id if asked else None, _given(idempotency_key)
    # Shielded: a yes that was accepted is carried out though the one who said it closes the page.
    return await asyncio.shield(house.changes.confirm(conversation.id, proposal_id, key, option))


@router.post("/proposals/{proposal_id}/undo")
async def undo(house: TheHouse, conversation: ItsTraveller, proposal_id: str, idempotency_key: Key = None) -> ShownReceipt:
    """Caller: its traveller. Take a change back where the airline allows it, once."""
    return await asyncio.shield(house.changes.undo(conversation.id, proposal_id, _given(idempotency_key)))


@router.post("/proposals/{proposal_id}/decline")
async def decline(house: TheHouse, conversation: ItsTraveller, proposal_id: str) -> ShownProposal:
    """Caller: its traveller. A no."""
    return await house.changes.decline(conversation.id, proposal_id)


@router.post("/messages/{message_id}/feedback")
async def thumb(house: TheHouse, conversation: ItsTraveller, message_id: str, asked: shapes.Thumb) -> shapes.ThumbKept:
    """Caller: its traveller. A thumb for a reply of theirs."""
    async with house.db.read() as conn:
        found = await conversations.message(conn, message_id)
    if found is None or found.conversation_id != conversation.id or found.role != "bot":
        raise NotFound(Words(en="There is no such reply in this conversation.", zh="本会话中没有这条回复。"))
    await house.concierge.thumb(conversation.id, message_id, asked.thumb)
    return shapes.ThumbKept(message_id=message_id, thumb=asked.thumb)


def _given(idempotency_key: str | None) -> str:
    if not idempotency_key:
        raise BadRequest(Words(en="The header Idempotency-Key is missing. Nothing was changed.", zh="缺少 Idempotency-Key 请求头，未作任何更改。"))
    return idempotency_key


async def _followed(house: House, conversation: Conversation, after: int, closing: asyncio.Event) -> AsyncGenerator[bytes]:
    """The rows, and for as long as somebody reads them the conversation counts as listened to."""
    stream = events.stream_of(conversation.id)
    async with house.presence.of(conversation), aclosing(follow(house, stream, after, as_it_is, closing)) as rows:
        async for row in rows:
            yield row


async def _said(house: House, conversation_id: str, asked: shapes.Say) -> AsyncGenerator[bytes]:
    """The message is kept, then the rows of its turn; an error is told, then `done`."""
    try:
        said = await house.concierge.say(conversation_id, asked.text, asked.client_msg_id)
        async with aclosing(_turn(house, conversation_id, said)) as rows:
            async for row in rows:
                yield row
    except Exception as error:
        yield failed(error)
    yield DONE


async def _turn(house: House, conversation_id: str, said: Said) -> AsyncGenerator[bytes]:
    """The rows from the message on, until the turn that answers it has ended."""
    stream, after = events.stream_of(conversation_id), said.number - 1
    running = asyncio.ensure_future(house.concierge.heard(said))
    woken = house.db.wakeups.listen(stream)
    try:
        ended = False
        while not ended:
            woken.clear()
            ended = running.done()
            async with house.db.read() as conn:
                rows = await events.events_after(conn, stream, after)
            for event in rows:
                after = event.number
                yield frame(event, as_it_is)
            if not ended and not rows and not await first_of(woken.wait(), asyncio.shield(running)):
                yield PING
        await running
    finally:
        running.cancel()  # hearing, not the turn: that ends all the same
        house.db.wakeups.unlisten(stream, woken)


def _opened(house: House, conversation: Conversation, token: str) -> shapes.OpenedConversation:
    caller, lang = conversation.caller, conversation.lang
    greeting = greeting_of(caller, lang, house.mind.scheme)
    house.concierge.figures.greeted(greeting.recognised)
    return shapes.OpenedConversation(
        id=conversation.id,
        token=token,
        lang=lang,
        greeting=greeting.text,
        suggestions=_suggested(caller, lang),
        caller=shapes.ShownCaller.of(caller, lang),
    )


async def _now(house: House, conversation: Conversation) -> shapes.ConversationNow:
    async with house.db.read() as conn:
        ticket = await tickets.open_ticket_of(conn, conversation.id)
        place = position(ticket, await tickets.open_tickets(conn)) if ticket else 0
        last = await events.last_number(conn, events.stream_of(conversation.id))
        address = await unread.address_left(conn, conversation.id)
    return shapes.ConversationNow(
        id=conversation.id,
        lang=conversation.lang,
        state=conversation.state,
        greeting=greeting_of(conversation.caller, conversation.lang, house.mind.scheme).text,
        suggestions=_suggested(conversation.caller, conversation.lang),
        caller=shapes.ShownCaller.of(conversation.caller, conversation.lang),
        ticket=ticket.shown(place) if ticket else None,
        last_event=last,
        answers_to=_veiled(address) if address else None,
    )


def _veiled(address: str) -> str:
    """`l•••@example.com`: enough to know one's own."""
    name, _, host = address.partition("@")
    return f"{name[:1]}•••@{host}"


def _suggested(caller: Caller, lang: Lang) -> list[str]:
    return [wording(s).said_in(lang) for s in _SUGGESTED[caller.kind]]
