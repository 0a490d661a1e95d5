"""Saying a reply aloud: a model words the decided sentences, and each is kept before it is heard.

The whole reply as quoted is kept with the turn when the first sentence is said, so that whoever finds the turn unfinished can finish it,
and whoever takes the floor can cut it short: no sentence is said twice, and none is left hanging.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel

from basics.clock import Clock
from bot.keep import Beside, Kept, beside_of, closed, conclude, cost, receipt_of, reply_of
from bot.llm import LLM
from bot.reword import reworded
from bot.settings import Settings
from bot.steps import Thought
from bot.tell import said, tell
from desk.conversation import AnswerReceipt, Reply, Sentence, joined
from store import conversations, events, turns
from store.database import Database, Tx
from store.turns import Turn


class Plan(BaseModel, frozen=True):
    """What a turn is saying: the reply as quoted, what stands behind it, and the messages it answers."""

    reply: Reply
    receipt: AnswerReceipt
    answered: tuple[str, ...]
    up_to: int
    beside: Beside = Beside()


class Aloud:
    """Says replies for one worker."""

    def __init__(self, db: Database, settings: Settings, clock: Clock, worker: str) -> None:
        self._db, self._settings, self._clock, self._worker = db, settings, clock, worker

    async def say(self, turn_id: str, thought: Thought, answered: Sequence[str], up_to: int, model: LLM, embedder: str) -> Kept:
        """Word it, sentence by sentence; silent from the moment that a person has the floor."""
        now = self._clock()
        reply = reply_of(thought, thought.sentences, now)
        receipt = receipt_of(thought, reply, turn_id, self._settings, embedder, now)
        plan = Plan(reply=reply, receipt=receipt, answered=tuple(answered), up_to=up_to, beside=beside_of(thought, now))
        words: list[Sentence] = []
        models: list[int] = []
        async for sentence, how in reworded(thought, model, thought.spent, self._settings.model_checks):
            if not await self._say_one(turn_id, plan, len(words), sentence):
                return Kept(reply=None)
            models += [len(words)] if how == "model" else []
            words.append(sentence)
        spent = thought.spent
        told = {
            "model": spent.model,
            "prompts": spent.prompts,
            "tokens_in": spent.tokens_in,
            "tokens_out": spent.tokens_out,
            "cost": cost(spent.tokens_in, spent.tokens_out, self._settings),
            "reworded": tuple(models),
        }
        return await self._end(turn_id, plan, words, len(words), "model" if models else reply.basis, told)

    async def finish(self, turn: Turn) -> Kept:
        """Say the rest, as quoted, of what another worker began to say."""
        plan = Plan.model_validate(turn.plan)
        async with self._db.read() as conn:
            rows = await events.sentences_of(conn, events.stream_of(turn.conversation_id), plan.reply.message_id)
        words = [Sentence.model_validate(row.data) for row in rows]
        basis = "model" if [s.text for s in words] != [s.text for s in plan.reply.sentences[: len(words)]] else plan.reply.basis
        return await self._end(turn.id, plan, [*words, *plan.reply.sentences[len(words) :]], len(words), basis, {})

    async def _say_one(self, turn_id: str, plan: Plan, index: int, sentence: Sentence) -> bool:
        conversation_id, now = plan.receipt.conversation_id, self._clock()
        lease = now + timedelta(seconds=self._settings.lease_seconds)

        async def one(tx: Tx) -> bool:
            conversation = await conversations.conversation(tx.conn, conversation_id, lock=True)
            if conversation.state != "bot" or not await turns.say_on(tx, turn_id, self._worker, plan.model_dump(mode="json"), lease):
                return False
            await events.append(tx, events.stream_of(conversation_id), now, [said(plan.reply.message_id, index, sentence)])
            return True

        return await self._db.write(one)

    async def _end(self, turn_id: str, plan: Plan, words: Sequence[Sentence], already: int, basis: str, told: dict[str, Any]) -> Kept:
        now = self._clock()
        reply = plan.reply.model_copy(update={"sentences": tuple(words), "text": joined(tuple(words)), "basis": basis})
        receipt = plan.receipt.model_copy(update={**told, "reply": reply})

        async def ended(tx: Tx) -> Kept:
            lang = reply.lang
            conversation = await closed(tx, receipt.conversation_id, turn_id, self._worker, list(plan.answered), plan.up_to, lang, now)
            if conversation is None:
                return Kept(reply=None)
            return await conclude(tx, conversation, turn_id, self._worker, reply, receipt, self._settings, now, plan.beside, already)

        return await self._db.write(ended)


async def cut_short(tx: Tx, conversation_id: str, now: datetime) -> None:
    """Somebody takes the floor: what was said of a reply until now stands as all of it."""
    turn = await turns.open_turn_of(tx.conn, conversation_id)
    if turn is None or turn.plan is None:
        return
    plan = Plan.model_validate(turn.plan)
    rows = await events.sentences_of(tx.conn, events.stream_of(conversation_id), plan.reply.message_id)
    words = tuple(Sentence.model_validate(row.data) for row in rows)
    reply = plan.reply.model_copy(update={"sentences": words, "text": joined(words), "basis": "model", "proposal": None})
    await tell(tx, conversation_id, turn.id, reply, now, already=len(words))
    await turns.keep_receipt(tx, plan.receipt.model_copy(update={"reply": reply}), now)
