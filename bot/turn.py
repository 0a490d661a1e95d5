"""One turn, from a message to a reply: accepted, thought through, kept, and only then heard. The whole product in one line of steps."""

import asyncio
import logging
import time
from datetime import datetime, timedelta

from pydantic import BaseModel

from basics.clock import Clock
from basics.errors import ConciergeError
from basics.ids import fingerprint, new_id, new_token
from basics.words import Lang
from basics.working_on import working_on
from bot.aloud import Aloud, cut_short
from bot.figures import Figures
from bot.handoff import hand_off, hours_to_departure, reason_without_draft
from bot.keep import Kept, keep
from bot.llm import GuardedLLM
from bot.purse import Purse
from bot.refusals import ConversationClosed, EmptyMessage, MessageTooLong
from bot.reword import can_be_reworded
from bot.settings import Settings
from bot.steps import Evidence, Request, Thought
from bot.tell import speak_ticket, ticket_reply
from bot.think import Mind
from desk.conversation import Caller, Conversation, Reply
from desk.ticket import REASONS, Brief, Reason
from store import conversations, events, proposals, tickets, turns
from store.conversations import Message
from store.database import Database, Tx
from store.turns import Turn

log = logging.getLogger("concierge.turn")
_LOOK_AGAIN = 0.05  # seconds
_LONGEST_THINKING = 12.0  # seconds; after that the traveller is better off with a person


class Said(BaseModel, frozen=True):
    """What became of a message: kept under `message_id` as event `number`, answered by `turn_id` (None: passed on to the desk)."""

    message_id: str
    number: int
    turn_id: str | None
    begins: bool = False
    """This message began the turn, so the turn's own reply is the answer to it."""


class Concierge:
    """The conversation's door: open it, say something, get the reply. Everything that must last is in the database before it is heard."""

    def __init__(self, db: Database, mind: Mind, settings: Settings, clock: Clock, model: GuardedLLM | None = None) -> None:
        self.db, self.mind, self.settings, self.clock = db, mind, settings, clock
        self.worker = new_id("worker")
        self.model = model
        self.figures = Figures(settings)
        self._purse = Purse(db, settings, clock)
        self._aloud = Aloud(db, settings, clock, self.worker)
        self._running: dict[str, asyncio.Task[Reply | None]] = {}

    async def open(self, caller: Caller, lang: Lang) -> tuple[Conversation, str]:
        """A new conversation for this caller, with the token that alone opens it again."""
        token, now = new_token(), self.clock()
        conversation = Conversation(id=new_id("conv"), lang=lang, state="bot", caller=caller, asked_back=0, opened_at=now)

        async def opened(tx: Tx) -> None:
            await conversations.open_conversation(tx, conversation, fingerprint(token))

        await self.db.write(opened)
        return conversation, token

    async def reply(self, conversation_id: str, text: str, client_msg_id: str | None = None) -> Reply | None:
        """Say something and wait for the whole reply; None when staff have the floor and the message was passed on."""
        said = await self.say(conversation_id, text, client_msg_id or new_id("client"))
        return await self.heard(said)

    async def say(self, conversation_id: str, text: str, client_msg_id: str) -> Said:
        """Accept a message; it is kept when this returns. The same `client_msg_id` again is the same message."""
        text = text.replace("\x00", "").strip()  # no database but SQLite keeps a zero byte
        if not text:
            raise EmptyMessage
        if len(text) > self.settings.longest_message:
            raise MessageTooLong(self.settings.longest_message)
        self.mind.foresee(text)
        said, begun = await self.db.write(lambda tx: self._accept(tx, conversation_id, text, client_msg_id))
        if begun and said.turn_id:
            self.run(said.turn_id, conversation_id)
        return said.model_copy(update={"begins": begun})

    async def heard(self, said: Said) -> Reply | None:
        """The reply to an accepted message, when its turn has ended; None when nothing was said (a person has the floor)."""
        own = self._running.get(said.turn_id) if said.begins and said.turn_id else None
        if own is not None:
            return await asyncio.shield(own)
        waiting = said.turn_id is not None
        while waiting:
            async with self.db.read() as conn:
                kept = await conversations.message(conn, said.message_id)
                if kept is None or kept.turn_id:
                    return await conversations.reply_of_turn(conn, kept.turn_id) if kept and kept.turn_id else None
                turn = await turns.open_turn_of(conn, kept.conversation_id)
            waiting = turn is not None
            task = self._running.get(turn.id) if turn else None
            if task is not None:
                await asyncio.shield(task)
            elif waiting:  # another worker has it, or the turn that follows is about to begin
                await asyncio.sleep(_LOOK_AGAIN)
        return None

    def run(self, turn_id: str, conversation_id: str) -> asyncio.Task[Reply | None]:
        """Take a turn in the background: the one who asked may leave, the turn ends all the same."""
        task = asyncio.create_task(self._take(turn_id, conversation_id), name=turn_id)
        self._running[turn_id] = task
        task.add_done_callback(lambda _: self._running.pop(turn_id, None))
        return task

    async def rest(self, seconds: float) -> None:
        """Wait for the turns that run, at most `seconds`; what is left over is resumed at the next start."""
        if self._running:
            await asyncio.wait(list(self._running.values()), timeout=seconds)

    async def _take(self, turn_id: str, conversation_id: str) -> Reply | None:
        """The line: request -> thought -> kept. Whatever goes wrong ends in a hand-off that says so."""
        working_on(conversation_id, turn_id)
        said_so_far: list[Message] = []
        began, thought, stopped = time.perf_counter(), None, False
        try:
            request, said_so_far, begun = await self.request(conversation_id)
            if begun is not None and begun.id == turn_id and begun.plan is not None:
                kept = await self._aloud.finish(begun)
            else:
                model = await self._usable_model()
                async with asyncio.timeout(_LONGEST_THINKING):
                    thought = await self.mind.think(request, self.uses_of, model)
                kept = await self._keep(turn_id, thought, said_so_far, model)
        except Exception:
            log.exception("turn %s of %s was stopped", turn_id, conversation_id)
            stopped, kept = True, Kept(reply=await self.interrupt(turn_id, conversation_id, said_so_far))
        self.figures.turn(kept.reply, thought, time.perf_counter() - began, stopped)
        if kept.next_turn:
            self.run(kept.next_turn, conversation_id)
        return kept.reply

    async def _usable_model(self) -> GuardedLLM | None:
        """The model, unless it failed too often just now or the day's tokens are used up."""
        if self.model is None or self.model.breaker.is_open or not await self._purse.is_open():
            return None
        return self.model

    async def request(self, conversation_id: str) -> tuple[Request, list[Message], Turn | None]:
        """What the turn has to answer: every message nobody has dealt with, with what was said before, and the turn as it stands."""
        async with self.db.read() as conn:
            conversation = await conversations.conversation(conn, conversation_id)
            said = await conversations.messages_of(conn, conversation_id, most=30)
            waiting = list(await conversations.unanswered(conn, conversation_id))
            offered = await proposals.open_proposals(conn, conversation_id)
            turn = await turns.open_turn_of(conn, conversation_id)
        working_on(names=(conversation.caller.name_en, conversation.caller.name_zh))
        now = self.clock()
        open_ones = [p for p in offered if p.state == "offered" and now < p.expires_at]
        before = [m for m in said if not waiting or m.number < waiting[0].number]
        asked = [m for m in before if m.role == "traveller"]
        replied = [m for m in before if m.role == "bot" and m.reply]
        return (
            Request(
                conversation_id=conversation_id,
                caller=conversation.caller,
                lang=conversation.lang,
                text="\n".join(m.text for m in waiting),
                now=now,
                asked_back=conversation.asked_back,
                last_question=asked[-1].text if asked else "",
                last_reply=replied[-1].reply if replied else None,
                open_proposal=open_ones[-1] if open_ones else None,
            ),
            waiting,
            turn,
        )

    async def uses_of(self, rule_id: str, booking_id: str) -> int:
        """How often a right was used for a booking."""
        async with self.db.read() as conn:
            return await proposals.uses_of(conn, rule_id, f"booking:{booking_id}")

    async def hand_over(self, conversation_id: str) -> Reply:
        """The "talk to a person" button: a ticket, or the open one again."""
        async with self.db.read() as conn:
            known = await conversations.messages_of(conn, conversation_id, most=20)
        wants = next((m.text for m in reversed(known) if m.role == "traveller"), "")
        reply = await self._to_the_desk(conversation_id, "asked", "handoff-asked", wants, None)
        if reply is None:  # only a turn can have nothing to say, and this is none
            raise ConversationClosed
        return reply

    async def thumb(self, conversation_id: str, message_id: str, thumb: str | None) -> None:
        """What the traveller thinks of a reply."""
        now = self.clock()

        async def kept(tx: Tx) -> None:
            await conversations.set_thumb(tx, message_id, thumb)
            await events.append(tx, events.stream_of(conversation_id), now, [("feedback", {"message_id": message_id, "thumb": thumb})])

        await self.db.write(kept)

    async def interrupt(self, turn_id: str, conversation_id: str, said: list[Message]) -> Reply | None:
        """End a turn that could not be thought through: the traveller is told, and a person has it."""
        return await self._to_the_desk(conversation_id, "stopped", "handoff-stopped", "\n".join(m.text for m in said), turn_id)

    async def _accept(self, tx: Tx, conversation_id: str, text: str, client_msg_id: str) -> tuple[Said, bool]:
        conversation = await conversations.conversation(tx.conn, conversation_id, lock=True)
        known = await conversations.message_by_client_id(tx.conn, conversation_id, client_msg_id)
        if known is not None:
            turn = await turns.open_turn_of(tx.conn, conversation_id)
            return Said(message_id=known.id, number=known.number, turn_id=known.turn_id or (turn.id if turn else None)), False
        if conversation.state == "closed":
            raise ConversationClosed
        now, message_id = self.clock(), new_id("msg")
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
        if conversation.state != "bot":
            await self._pass_on(tx, conversation_id, number, text, now)
            return Said(message_id=message_id, number=number, turn_id=None), False
        turn = await turns.open_turn_of(tx.conn, conversation_id)
        if turn is not None:  # it will take this message too, or open the next turn for it
            return Said(message_id=message_id, number=number, turn_id=turn.id), False
        turn_id = new_id("turn")
        await turns.open_turn(tx, turn_id, conversation_id, self.worker, self._lease(now), now)
        return Said(message_id=message_id, number=number, turn_id=turn_id), True

    async def _pass_on(self, tx: Tx, conversation_id: str, number: int, text: str, now: datetime) -> None:
        await conversations.mark_answered(tx, conversation_id, number, [], None)
        ticket = await tickets.open_ticket_of(tx.conn, conversation_id)
        if ticket is not None:
            await tickets.count_waiting_message(tx, ticket.id)
            waiting = ticket.messages_waiting + 1
            data = {"ticket_id": ticket.id, "conversation_id": conversation_id, "text": text, "messages_waiting": waiting}
            await events.append(tx, events.DESK, now, [("message", data)])

    async def _keep(self, turn_id: str, thought: Thought, said: list[Message], model: GuardedLLM | None) -> Kept:
        now, up_to = self.clock(), max((m.number for m in said), default=0)
        answered = [m.id for m in said]
        if model is not None and self.settings.model_rewords and can_be_reworded(thought):
            return await self._aloud.say(turn_id, thought, answered, up_to, model, thought.embedder)
        return await self.db.write(lambda tx: keep(tx, turn_id, self.worker, thought, answered, up_to, self.settings, thought.embedder, now))

    async def _to_the_desk(self, conversation_id: str, reason: Reason, opening: str, wants: str, turn_id: str | None) -> Reply | None:
        evidence, now = await self._holdings(conversation_id), self.clock()

        async def handed(tx: Tx) -> Reply | None:
            conversation = await conversations.conversation(tx.conn, conversation_id, lock=True)
            brief: Brief = reason_without_draft(reason, wants or REASONS[reason].said_in(conversation.lang), evidence, now)
            if conversation.state == "closed":
                raise ConversationClosed
            if turn_id is not None:
                await cut_short(tx, conversation_id, now)
            if turn_id is not None and not await turns.close_turn(tx, turn_id, self.worker, now):
                return None  # somebody ended it already (a claim, the button): it may say nothing any more
            await cut_short(tx, conversation_id, now)
            await turns.close_open_turn(tx, conversation_id, now)
            waiting = await conversations.unanswered(tx.conn, conversation_id)
            if waiting:
                await conversations.mark_answered(tx, conversation_id, waiting[-1].number, [m.id for m in waiting], turn_id)
            if turn_id is not None and conversation.state != "bot":
                return None
            done = await hand_off(tx, conversation, brief, "calm", hours_to_departure(evidence, now), self.settings, now, opening)
            shown = done.ticket.shown(done.position)
            if conversation.state == "staff":  # a person has the floor: the button is answered, the conversation hears nothing of it
                return ticket_reply(conversation, done.sentences, shown)
            return await speak_ticket(tx, conversation, done.sentences, shown, now, turn_id)

        return await self.db.write(handed)

    async def _holdings(self, conversation_id: str) -> Evidence:
        """Who asks and what they hold, for a Brief; an airline's system that is down leaves it empty."""
        async with self.db.read() as conn:
            conversation = await conversations.conversation(conn, conversation_id)
        request = Request(conversation_id=conversation_id, caller=conversation.caller, lang=conversation.lang, text="", now=self.clock())
        try:
            return await self.mind.holdings(request, self.uses_of)
        except ConciergeError:
            return Evidence()

    def _lease(self, now: datetime) -> datetime:
        return now + timedelta(seconds=self.settings.lease_seconds)
