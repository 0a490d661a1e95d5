"""One turn, from a message to a reply: accepted, thought through (`think` is the whole product in one line of steps), kept, and only then heard."""

import asyncio
import logging
import time
from collections.abc import Collection
from datetime import timedelta
from functools import partial

from basics.clock import Clock
from basics.errors import ConciergeError
from basics.ids import fingerprint, new_id, new_token
from basics.words import Lang
from basics.working_on import working_on
from bot.accept import Said, accept, to_answer
from bot.act import propose
from bot.aloud import Aloud
from bot.beside import beside
from bot.confidence import estimate
from bot.decide import decide
from bot.figures import Figures
from bot.gather import UsesOf
from bot.ground import ground
from bot.held import draft_of
from bot.keep import Kept, keep
from bot.llm import LLM, GuardedLLM, Spent
from bot.mind import Mind
from bot.observe import observed
from bot.purse import Purse
from bot.refusals import ConversationClosed, EmptyMessage, MessageTooLong
from bot.reword import can_be_reworded
from bot.settings import Settings
from bot.several import least
from bot.speak import speak
from bot.stakes import stakes_of
from bot.steps import Evidence, Request, Thought
from bot.understand import understand
from bot.verdict import is_unsure, with_verdict
from bot.watch import Watch
from bot.without_draft import hand_over_as_it_is
from customers.uses import Use
from desk.conversation import Caller, Conversation, Reply
from desk.ticket import Reason
from store import conversations, events, proposals, turns
from store.conversations import Message
from store.database import Database, StoreAway, Tx

log = logging.getLogger("concierge.turn")
_LOOK_AGAIN = 0.05  # seconds
_FIRST_WAIT, _LONGEST_WAIT = 0.05, 1.0  # seconds between two tries of a turn whose database is away
_LONGEST_THINKING = 12.0  # seconds; after that the traveller is better off with a person


async def think(mind: Mind, request: Request, uses_of: UsesOf, model: LLM | None = None) -> Thought:
    """The line: message to decision to words, each step in a file of its name. Nothing is written here, and no word is said before it is decided."""
    shelf, finder, spent = mind.shelf, mind.finder, Spent()  # one snapshot throughout: an ingestion meanwhile changes the next turn, not this one
    with finder.in_use(), Watch() as watch:
        understood = understand(request, shelf.slips)
        watch.lap("understand")
        understood, evidence = await mind.gather(request, understood, uses_of, shelf, finder, watch, model, spent)
        draft = draft_of(request, understood, evidence, shelf, mind.rules)
        watch.lap("compose")
        grounding = ground(draft, evidence)
        watch.lap("ground")
        sure = partial(estimate, shelf=shelf, fitted=mind.settings.confidence)
        confidence = least(evidence, grounding, sure) if evidence.parts else sure(understood, evidence, grounding)
        watch.lap("confidence")
        if model is not None and is_unsure(confidence, mind.settings):
            confidence = await with_verdict(understood, grounding, confidence, model, spent, mind.settings)
            watch.lap("verdict")
        decision = decide(request, understood, evidence, grounding, confidence, mind.settings, stakes_of(understood, grounding.draft, shelf))
        sentences, citations, choices = speak(request, understood, evidence, grounding, confidence, decision, shelf)
        proposal = propose(request, evidence, mind.rules) if decision.kind == "proposal" and evidence.card is None else evidence.card
        held, card = await beside(request, understood, evidence, decision, citations, mind)
        watch.lap("decide")
    return Thought(
        request=request,
        understood=understood,
        evidence=evidence,
        draft=draft,
        grounding=grounding,
        confidence=confidence,
        decision=decision,
        sentences=(*sentences, held) if held else sentences,
        citations=citations,
        choices=choices,
        proposal=proposal or card,
        observed=observed(understood, evidence, mind.tag_book, request.now),
        base_revision=shelf.revision,
        embedder=finder.embedder.fingerprint,
        spent=spent,
        stage_ms=watch.laps,
    )


class Concierge:
    """The conversation's door: open it, say something, get the reply. Everything that must last is in the database before it is heard."""

    def __init__(
        self, db: Database, mind: Mind, settings: Settings, clock: Clock, model: GuardedLLM | None = None, worker: str | None = None
    ) -> None:
        self.db, self.mind, self.settings, self.clock = db, mind, settings, clock
        self.worker = worker or new_id("worker")
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
        now = self.clock()
        self.mind.foresee(text, now)
        lease = now + timedelta(seconds=self.settings.lease_seconds)
        said = await self.db.write(lambda tx: accept(tx, conversation_id, text, client_msg_id, self.worker, lease, now))
        if said.turn_id and (said.begins or said.is_ours):
            self.run(said.turn_id, conversation_id)
        return said

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
        """Take a turn in the background, once: the one who asked may leave, the turn ends all the same."""
        if (running := self._running.get(turn_id)) is not None:
            return running
        task = asyncio.create_task(self._see_through(turn_id, conversation_id), name=turn_id)
        self._running[turn_id] = task
        task.add_done_callback(lambda _: self._running.pop(turn_id, None))
        return task

    async def rest(self, seconds: float) -> None:
        """Wait for the turns that run, at most `seconds`; what is left over is resumed at the next start."""
        if self._running:
            await asyncio.wait(list(self._running.values()), timeout=seconds)

    async def _see_through(self, turn_id: str, conversation_id: str) -> Reply | None:
        """The turn; where the database goes away meanwhile, once more when it is back (a turn is kept whole or not at all)."""
        ends = time.monotonic() + self.settings.lease_seconds  # after that another worker may have it, or this one when it looks for lost turns
        wait, again = _FIRST_WAIT, False
        while True:
            try:
                reply = await self._take(turn_id, conversation_id)
                return reply if reply or not again else await self._after_all(turn_id, conversation_id)
            except StoreAway:
                if time.monotonic() > ends:
                    raise
                log.warning("turn %s of %s waits for the database", turn_id, conversation_id)
            await asyncio.sleep(wait)
            wait, again = min(2 * wait, _LONGEST_WAIT), True

    async def _after_all(self, turn_id: str, conversation_id: str) -> Reply | None:
        """What the turn said: its commit went through, only the word of it was lost, and with it that of the turn which follows: that begins now."""
        async with self.db.read() as conn:
            following = await turns.open_turn_of(conn, conversation_id)
            reply = await conversations.reply_of_turn(conn, turn_id)
        if following is not None and following.worker == self.worker:
            self.run(following.id, conversation_id)
        return reply

    async def _take(self, turn_id: str, conversation_id: str) -> Reply | None:
        """The line: request -> thought -> kept. Whatever goes wrong ends in a hand-off that says so."""
        working_on(conversation_id, turn_id)
        said_so_far: list[Message] = []
        began, thought, stopped = time.perf_counter(), None, False
        try:
            request, said_so_far, begun = await to_answer(self.db, conversation_id, self.clock())
            if begun is not None and begun.id == turn_id and begun.plan is not None:
                kept = await self._aloud.finish(begun)
            else:
                model = await self._usable_model()
                async with asyncio.timeout(_LONGEST_THINKING):
                    thought = await think(self.mind, request, self.uses_of, model)
                kept = await self._keep(turn_id, thought, said_so_far, model)
        except StoreAway:
            raise
        except Exception:
            log.exception("turn %s of %s was stopped", turn_id, conversation_id)
            stopped, kept = True, Kept(reply=await self.interrupt(turn_id, conversation_id, said_so_far))
        self.figures.turn(kept.reply, thought, time.perf_counter() - began, stopped)
        if self.model is not None:
            self.figures.model(self.model.name, self.model.breaker)
        if kept.next_turn:
            self.run(kept.next_turn, conversation_id)
        return kept.reply

    async def _usable_model(self) -> GuardedLLM | None:
        """The model, unless it failed too often just now or the day's tokens are used up."""
        if self.model is None or self.model.breaker.is_open or not await self._purse.is_open():
            return None
        return self.model

    async def uses_of(self, traveller_id: str, company_id: str | None, booking_ids: Collection[str]) -> tuple[Use, ...]:
        """The uses of rights by a traveller, by their company, and for their bookings."""
        async with self.db.read() as conn:
            return await proposals.uses_about(conn, traveller_id, company_id, booking_ids)

    async def hand_over(self, conversation_id: str) -> Reply:
        """The "talk to a person" button: a ticket, or the open one again."""
        async with self.db.read() as conn:
            known = await conversations.messages_of(conn, conversation_id, most=20)
        wants = next((m.text for m in reversed(known) if m.role == "traveller"), "")
        reply = await self._to_the_desk(conversation_id, "asked", wants, None)
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
        return await self._to_the_desk(conversation_id, "stopped", "\n".join(m.text for m in said), (turn_id, self.worker))

    async def _keep(self, turn_id: str, thought: Thought, said: list[Message], model: GuardedLLM | None) -> Kept:
        now, up_to = self.clock(), max((m.number for m in said), default=0)
        answered = [m.id for m in said]
        if model is not None and self.settings.model_rewords and can_be_reworded(thought):
            return await self._aloud.say(turn_id, thought, answered, up_to, model, thought.embedder)
        return await self.db.write(lambda tx: keep(tx, turn_id, self.worker, thought, answered, up_to, self.settings, thought.embedder, now))

    async def _to_the_desk(self, conversation_id: str, reason: Reason, wants: str, turn: tuple[str, str] | None) -> Reply | None:
        async with self.db.read() as conn:
            conversation = await conversations.conversation(conn, conversation_id)
        request = Request(conversation_id=conversation_id, caller=conversation.caller, lang=conversation.lang, text="", now=self.clock())
        try:
            evidence = await self.mind.holdings(request, self.uses_of)
        except ConciergeError:  # an airline's system that is down leaves the Brief without bookings
            evidence = Evidence()
        write = partial(hand_over_as_it_is, conversation_id=conversation_id, reason=reason, wants=wants, turn=turn, evidence=evidence)
        return await self.db.write(partial(write, settings=self.settings, now=request.now))
