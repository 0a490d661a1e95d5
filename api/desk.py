"""The staff's door: sign in, the queue, a ticket with its Brief, claim, answer, resolve, return."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from api import shapes
from api.callers import AnyConversation, Bearer, Staff, StaffSession, TheHouse
from api.limits import TriedNotTooOften
from api.show_ticket import brief_shown, ticket_shown
from api.streaming import After, EventStream, as_it_is, follow, read
from basics.errors import NotFound
from basics.words import Lang, Words
from bot.asker import asker_of
from bot.assembly import House
from bot.held import best_held
from bot.offered import in_words
from bot.sign_in import Accounts
from bot.steps import Request as Turn
from desk.queue import in_order, position
from desk.ticket import Ticket
from store import conversations, events, tickets
from store.events import Event

router = APIRouter(prefix="/v1/desk", tags=["staff"])
InLang = Annotated[Lang, Query()]


@router.post("/sign-in")
async def sign_in(house: TheHouse, asked: shapes.SignIn, _rate: TriedNotTooOften) -> shapes.SignedIn:
    """Caller: anybody with a password."""
    token, who, until = await Accounts(house.db, house.clock).sign_in(asked.name, asked.password)
    return shapes.SignedIn(token=token, staff=who, expires_at=until)


@router.post("/sign-out")
async def sign_out(house: TheHouse, token: Bearer, _who: Staff) -> shapes.Nothing:
    """Caller: staff."""
    await Accounts(house.db, house.clock).sign_out(token)
    return shapes.Nothing()


@router.get("/me")
async def me(session: StaffSession, _who: Staff) -> shapes.Me:
    """Caller: staff."""
    return shapes.Me(staff=session.staff, role=session.role, expires_at=session.expires_at)


@router.get("/queue")
async def queue(house: TheHouse, _who: Staff, lang: InLang = "en") -> shapes.Queue:
    """Caller: staff. Open tickets in order of work, then the last closed."""
    async with house.db.read() as conn:
        open_ones = await tickets.open_tickets(conn)
        closed = await tickets.closed_tickets(conn)
        last = await events.last_number(conn, events.DESK)
    now = house.clock()
    shown = [ticket_shown(t, position(t, open_ones), now, lang) for t in in_order(open_ones)]
    return shapes.Queue(tickets=shown + [ticket_shown(t, 0, now, lang) for t in closed], last_event=last)


@router.get("/tickets/{ticket_id}")
async def ticket_with_brief(house: TheHouse, _who: Staff, ticket_id: str, lang: InLang = "en") -> shapes.TicketWithBrief:
    """Caller: staff. Everything about one ticket."""
    async with house.db.read() as conn:
        ticket = await tickets.ticket(conn, ticket_id)
        brief = await tickets.brief_of(conn, ticket_id)
        if ticket is None or brief is None:
            raise NotFound(Words(en="There is no such ticket.", zh="没有该工单。"))
        conversation = await conversations.conversation(conn, ticket.conversation_id)
        last = await events.last_number(conn, events.stream_of(conversation.id))
        place = position(ticket, await tickets.open_tickets(conn))
        earlier = await _earlier(conn, ticket)
        labels = await conversations.labels_of(conn, conversation.id)
    asker = await asker_of(ticket, house.db, house.mind, house.concierge.uses_of, house.clock())
    return shapes.TicketWithBrief(
        ticket=ticket_shown(ticket, place, house.clock(), lang),
        brief=brief_shown(brief, ticket.caller, asker, earlier, lang),
        conversation=shapes.BriefConversation(
            id=conversation.id,
            lang=conversation.lang,
            state=conversation.state,
            caller=shapes.ShownCaller.of(conversation.caller, lang),
            last_event=last,
        ),
        labels=labels,
    )


@router.get("/tickets/{ticket_id}/macros")
async def macros(house: TheHouse, _who: Staff, ticket_id: str) -> shapes.Macros:
    """Caller: staff. What the one who waits is entitled to, in the words that an offer has: to be sent as they stand."""
    async with house.db.read() as conn:
        ticket = await tickets.ticket(conn, ticket_id)
    if ticket is None:
        raise NotFound(Words(en="There is no such ticket.", zh="没有该工单。"))
    talk = Turn(conversation_id=ticket.conversation_id, caller=ticket.caller, lang=ticket.lang, text="", now=house.clock())
    evidence, rules = await house.mind.holdings(talk, house.concierge.uses_of), house.mind.rules
    said = [(e, in_words(e, rules.rule(e.rule_id), evidence)) for e in best_held(evidence, rules, talk)]
    shown = [
        shapes.Macro(rule_id=e.rule_id, right=e.right, title=s.title.said_in(ticket.lang), text=s.text.said_in(ticket.lang), until=e.until)
        for e, s in said
    ]
    return shapes.Macros(lang=ticket.lang, macros=shown)


@router.post("/tickets/{ticket_id}/claim")
async def claim(house: TheHouse, who: Staff, ticket_id: str, lang: InLang = "en") -> shapes.DeskTicket:
    """Caller: staff. Take a ticket; one winner."""
    return await _shown(house, await house.desk.claim(ticket_id, who), lang)


@router.post("/tickets/{ticket_id}/reply")
async def reply(house: TheHouse, who: Staff, ticket_id: str, asked: shapes.Say) -> shapes.Answered:
    """Caller: the staff member who holds it."""
    return shapes.Answered(message_id=await house.desk.answer(ticket_id, who, asked.text, asked.client_msg_id))


@router.post("/tickets/{ticket_id}/resolve")
async def resolve(house: TheHouse, who: Staff, ticket_id: str, lang: InLang = "en") -> shapes.DeskTicket:
    """Caller: the staff member who holds it."""
    return await _shown(house, await house.desk.resolve(ticket_id, who), lang)


@router.post("/tickets/{ticket_id}/return")
async def give_back(house: TheHouse, who: Staff, ticket_id: str, lang: InLang = "en") -> shapes.DeskTicket:
    """Caller: the staff member who holds it."""
    return await _shown(house, await house.desk.give_back(ticket_id, who), lang)


@router.post("/messages/{message_id}/label")
async def label(house: TheHouse, who: Staff, message_id: str, asked: shapes.Labelled) -> shapes.LabelKept:
    """Caller: staff. Whether an answer, or the draft behind a hand-off, is right: what `concierge eval refit` learns from."""
    await house.desk.label(message_id, who, asked.label)
    return shapes.LabelKept(message_id=message_id, label=asked.label)


@router.get("/events", response_class=EventStream)
async def follow_desk(request: Request, house: TheHouse, _who: Staff, after: After = 0, lang: InLang = "en") -> EventStream:
    """Caller: staff. What happens at the desk, replayed and live."""
    return EventStream(follow(house, events.DESK, after, _worded(house, lang), request.app.state.closing))


@router.get("/events.json", include_in_schema=False)
async def read_desk(house: TheHouse, _who: Staff, after: After = 0, lang: InLang = "en") -> shapes.Events:
    """Caller: staff. The same rows as JSON."""
    return await read(house, events.DESK, after, _worded(house, lang))


@router.get("/conversations/{conversation_id}/events", response_class=EventStream)
async def follow_their_conversation(request: Request, house: TheHouse, _who: Staff, conversation: AnyConversation, after: After = 0) -> EventStream:
    """Caller: staff. A conversation's own events."""
    return EventStream(follow(house, events.stream_of(conversation.id), after, as_it_is, request.app.state.closing))


@router.get("/conversations/{conversation_id}/events.json", include_in_schema=False)
async def read_their_conversation(house: TheHouse, _who: Staff, conversation: AnyConversation, after: After = 0) -> shapes.Events:
    """Caller: staff. The same rows as JSON."""
    return await read(house, events.stream_of(conversation.id), after, as_it_is)


async def _shown(house: House, ticket: Ticket, lang: Lang) -> shapes.DeskTicket:
    async with house.db.read() as conn:
        place = position(ticket, await tickets.open_tickets(conn))
    return ticket_shown(ticket, place, house.clock(), lang)


def _worded(house: House, lang: Lang) -> Any:
    """A desk event's ticket in the reader's language; its place is that of a fresh look at the queue."""

    def shown(event: Event) -> dict[str, Any]:
        if "ticket" not in event.data:
            return event.data
        ticket = Ticket.model_validate(event.data["ticket"])
        return {"ticket": ticket_shown(ticket, 0, house.clock(), lang).model_dump(mode="json")}

    return shown


async def _earlier(conn: Any, ticket: Ticket) -> list[shapes.EarlierTalk]:
    if ticket.caller.traveller_id is None:
        return []
    talks = []
    for c in await conversations.earlier_of(conn, ticket.caller.traveller_id, but=ticket.conversation_id):
        said = await conversations.messages_of(conn, c.id, most=50)
        first = next((m.text for m in said if m.role == "traveller"), "")
        if first:
            talks.append(shapes.EarlierTalk(id=c.id, at=c.opened_at, headline=first[:120], outcome=c.state))
    return talks
