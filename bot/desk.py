"""What staff do with a conversation: claim, answer, resolve, return. Each is one transaction; a claim has one winner."""

from datetime import datetime

from basics.clock import Clock
from basics.errors import NotFound
from basics.ids import new_id
from basics.words import Words
from bot.aloud import cut_short
from bot.handoff import tell_desk
from bot.refusals import EmptyMessage, MessageTooLong, NotYourTicket, TicketNotOpen, TicketTaken
from bot.settings import Settings
from desk.conversation import Label, StaffName
from desk.ticket import Ticket
from store import conversations, events, tickets, turns
from store.database import Database, Tx


class Desk:
    """The desk's door, for one of the two people at a time."""

    def __init__(self, db: Database, settings: Settings, clock: Clock) -> None:
        self.db, self.settings, self.clock = db, settings, clock

    async def claim(self, ticket_id: str, staff: StaffName) -> Ticket:
        """Take a ticket; from this event on the bot is silent in its conversation. TicketTaken names who was faster."""

        async def claimed(tx: Tx) -> Ticket:
            now, ticket = self.clock(), await tickets.the_ticket(tx.conn, ticket_id)
            if ticket.taken_by == staff and ticket.state == "taken":
                return ticket
            if not await tickets.claim(tx, ticket_id, staff.id, now):
                ticket = await tickets.the_ticket(tx.conn, ticket_id)
                if ticket.taken_by == staff and ticket.state == "taken":  # from another tab of theirs, this instant
                    return ticket
                if ticket.taken_by and ticket.state == "taken":
                    raise TicketTaken(ticket.taken_by.name)
                raise TicketNotOpen
            await cut_short(tx, ticket.conversation_id, now)
            await turns.close_open_turn(tx, ticket.conversation_id, now)
            waiting = await conversations.unanswered(tx.conn, ticket.conversation_id)
            if waiting:  # what a turn was cut short of is the desk's now; the bot does not come back to it later
                await conversations.mark_answered(tx, ticket.conversation_id, waiting[-1].number, [], None)
            await conversations.set_state(tx, ticket.conversation_id, "staff", now)
            data = {"ticket_id": ticket_id, "staff": staff.model_dump()}
            await events.append(tx, events.stream_of(ticket.conversation_id), now, [("taken_over", data)])
            return await self._told(tx, "taken_over", ticket_id, now)

        return await self.db.write(claimed)

    async def answer(self, ticket_id: str, staff: StaffName, text: str, client_msg_id: str) -> str:
        """Say something to the traveller; the same `client_msg_id` again is the same message. Returns its id."""
        text = text.replace("\x00", "").strip()
        if not text:
            raise EmptyMessage
        if len(text) > self.settings.longest_message:
            raise MessageTooLong(self.settings.longest_message)

        async def answered(tx: Tx) -> str:
            now, ticket = self.clock(), await tickets.the_ticket(tx.conn, ticket_id)
            await conversations.conversation(tx.conn, ticket.conversation_id, lock=True)
            known = await conversations.message_by_client_id(tx.conn, ticket.conversation_id, client_msg_id, role="staff")
            if known is not None:
                return known.id
            must_hold(ticket, staff)
            message_id = new_id("msg")
            data = {"message_id": message_id, "text": text, "staff": staff.model_dump(), "client_msg_id": client_msg_id}
            number = await events.append(tx, events.stream_of(ticket.conversation_id), now, [("staff_message", data)])
            await conversations.add_message(
                tx,
                message_id=message_id,
                conversation_id=ticket.conversation_id,
                number=number,
                role="staff",
                text=text,
                now=now,
                client_msg_id=client_msg_id,
                staff_id=staff.id,
            )
            await tickets.staff_said(tx, ticket_id, now)
            told = {"ticket_id": ticket_id, "conversation_id": ticket.conversation_id, "staff": staff.model_dump()}
            await events.append(tx, events.DESK, now, [("staff_message", told)])
            return message_id

        return await self.db.write(answered)

    async def resolve(self, ticket_id: str, staff: StaffName) -> Ticket:
        """It is answered; the conversation is the bot's again."""
        return await self._close(ticket_id, staff, "resolved")

    async def give_back(self, ticket_id: str, staff: StaffName) -> Ticket:
        """The bot can go on."""
        return await self._close(ticket_id, staff, "returned")

    async def label(self, message_id: str, staff: StaffName, label: Label | None) -> None:
        """Say whether an answer, or the draft behind a hand-off, is right; None takes it back. Told to the desk, never to the traveller."""

        async def labelled(tx: Tx) -> None:
            if not await conversations.set_label(tx, message_id, label):
                raise NotFound(Words(en="There is no such answer.", zh="没有该回复。"))
            data = {"message_id": message_id, "label": label, "staff": staff.model_dump()}
            await events.append(tx, events.DESK, self.clock(), [("label", data)])

        await self.db.write(labelled)

    async def _close(self, ticket_id: str, staff: StaffName, state: str) -> Ticket:
        async def closed(tx: Tx) -> Ticket:
            now, ticket = self.clock(), await tickets.the_ticket(tx.conn, ticket_id)
            if not ticket.is_open:
                return ticket
            if not await tickets.close(tx, ticket_id, state, staff.id, now):
                must_hold(ticket, staff)
            await conversations.set_state(tx, ticket.conversation_id, "bot", now)
            await conversations.set_asked_back(tx, ticket.conversation_id, 0, now)
            await events.append(tx, events.stream_of(ticket.conversation_id), now, [(state, {"ticket_id": ticket_id})])
            return await self._told(tx, state, ticket_id, now)

        return await self.db.write(closed)

    async def _told(self, tx: Tx, kind: str, ticket_id: str, now: datetime) -> Ticket:
        ticket = await tickets.the_ticket(tx.conn, ticket_id)
        await tell_desk(tx, kind, ticket, now)
        return ticket


def must_hold(ticket: Ticket, staff: StaffName) -> None:
    """TicketNotOpen or NotYourTicket unless this person holds it."""
    if not ticket.is_open:
        raise TicketNotOpen
    if ticket.taken_by is None or ticket.taken_by.id != staff.id:
        raise NotYourTicket
