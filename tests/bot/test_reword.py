"""A model words what was decided: over real HTTP, with a server that does everything wrong there is."""

import asyncio
import time
from typing import Any

import pytest
from pydantic import SecretStr

from basics.breaker import Breaker
from basics.clock import day_in
from bot.duties import resume_turns
from bot.llm import ModelFailed, Spent
from bot.models import model_of
from bot.prompt import prompt
from bot.settings import Settings
from knowledge.claims import claims_of
from store import conversations, turns
from store.spending import spent_on
from tests.bot.a_model import FAULTS, ModelServer, a_model_server, guarded
from tests.house import NOW, Served, kinds, until

BAGS = "How many bags can I check in?"
DELAY = "What can I ask for if my flight is delayed by more than 4 hours?"


async def a_house_with(make_house: Any, server: ModelServer, **more: Any) -> Served:
    made: Served = await make_house(model=guarded(server, **more), judge_from=0.0, judge_to=0.0)
    return made


async def test_decided_sentences_are_said_in_the_models_words_one_by_one(make_house: Any) -> None:
    """Each sentence is its own event before the reply; sources, confidence and decision are those of the quotation; the receipt tells the model."""
    async with a_model_server() as server:
        house = await a_house_with(make_house, server)
        quoted = await (await make_house()).chat("lin-gold")
        plain = await quoted.say(DELAY)
        chat = await house.chat("lin-gold")
        heard = await chat.stream(DELAY)
        reply = next(e.data for e in heard if e.kind == "reply")
        assert kinds(heard).count("sentence") == len(reply["sentences"]) == len(plain["sentences"])
        assert reply["citations"] == plain["citations"] and reply["kind"] == "answer" and heard[-1].kind == "done"
        assert server.asked and "[1]" in server.asked[-1]["messages"][-1]["content"]
        async with house.house.db.read() as conn:
            receipt = await turns.receipt_of(conn, reply["receipt_id"])
            day = day_in(NOW, "Asia/Shanghai")
            assert receipt is not None and await spent_on(conn, day) == receipt.tokens_in + receipt.tokens_out > 0
        assert receipt.model == "stub" and receipt.prompts[0].startswith("reword-1:") and receipt.reply.text == reply["text"]
        assert reply["basis"] == "model" and receipt.reworded and reply["text"] != plain["text"]


async def test_what_is_kept_beside_a_reply_is_kept_whoever_words_it(make_house: Any) -> None:
    """A right that is mentioned at the end of an answer has a card that can be said yes to, with a model as without."""
    async with a_model_server() as server:
        house = await a_house_with(make_house, server)
        chat = await house.chat("lin-gold")
        reply = await chat.say("Can I turn my Business ticket into an Economy ticket?")
        assert reply["kind"] == "answer" and server.asked and reply["proposal"]
        assert (await chat.confirm(reply["proposal"]))["proposal_id"] == reply["proposal"]["id"] and len(house.changes()) == 1


@pytest.mark.parametrize("yes", [0.9, 0.1])
async def test_a_judge_beside_the_rules_can_only_refuse_more(make_house: Any, yes: float) -> None:
    """Words that the rules let pass are said where it says Yes; at a No, and where it breaks off, the quotation is."""
    async with a_model_server() as server:
        plain = await (await (await make_house()).chat("lin-gold")).say(DELAY)
        house = await make_house(model=guarded(server), judge_from=0.0, judge_to=0.0, model_checks=True)
        server.verdict = yes
        reply = await (await house.chat("lin-gold")).say(DELAY)
        checks = [a for a in server.asked if not a.get("stream")]
        assert checks and "Source: " in checks[0]["messages"][-1]["content"]
        assert (reply["text"] != plain["text"]) == (yes > 0.5) and reply["citations"] == plain["citations"]
        async with house.house.db.read() as conn:
            receipt = await turns.receipt_of(conn, reply["receipt_id"])
        assert receipt is not None and any(name.startswith("carried-1:") for name in receipt.prompts)


@pytest.mark.parametrize("fault", FAULTS)
async def test_whatever_the_model_does_the_traveller_gets_the_answer(make_house: Any, fault: str) -> None:
    """Down, slow, cut, raving, lying or obedient to strangers: the reply says the quotation, no amount more, in time."""
    async with a_model_server() as server:
        server.mode = fault
        plain = await (await (await make_house()).chat("lin-gold")).say(BAGS)
        house = await a_house_with(make_house, server)
        chat = await house.chat("lin-gold")
        since = time.monotonic()
        reply = await chat.say(BAGS)
        assert time.monotonic() - since < 8 and reply["kind"] == "answer" and reply["citations"] == plain["citations"]
        assert {(c.kind, c.value) for c in claims_of(reply["text"], "en")} <= {(c.kind, c.value) for c in claims_of(plain["text"], "en")}
        for word in ("88888", "5000", "voucher", "secret-of-the-server", "language model"):
            assert word not in reply["text"]
        assert house.changes() == [] and kinds(await chat.events()).count("reply") == 1


async def test_after_five_failures_nobody_waits_and_one_tries_again_later() -> None:
    now = [0.0]
    breaker = Breaker(5, 30.0, lambda: now[0])
    async with a_model_server() as server:
        server.mode = "broken"
        model = guarded(server, breaker=breaker)
        for _ in range(5):
            with pytest.raises(ModelFailed):
                await model.yes(prompt("verdict", "?"), Spent())
        asked = len(server.asked)
        with pytest.raises(ModelFailed, match="too often"):
            await model.yes(prompt("verdict", "?"), Spent())
        assert len(server.asked) == asked
        now[0], server.mode = 31.0, "good"
        assert await model.yes(prompt("verdict", "?"), Spent()) == pytest.approx(0.9) and not breaker.is_open


async def test_a_verdict_moves_a_doubtful_answer_either_way(make_house: Any) -> None:
    async with a_model_server() as server:
        seen = {}
        for verdict in (0.02, 0.98):
            server.verdict = verdict
            house = await make_house(model=guarded(server), judge_from=0.0, judge_to=1.0, judge_weight=0.6)
            reply = await (await house.chat("lin-gold")).say(BAGS)
            seen[verdict] = reply["confidence"]
        server.mode = "down"
        house = await make_house(model=guarded(server), judge_from=0.0, judge_to=1.0)
        silent = (await (await house.chat("lin-gold")).say(BAGS))["confidence"]
        assert seen[0.02] < silent < seen[0.98]


@pytest.mark.parametrize(("mode", "at_least", "at_most"), [("no-odds", 0.9, 0.9), ("refuses-odds", 0.9, 0.9), ("only-yes", 0.99, 1.0)])
async def test_a_verdict_is_read_from_odds_or_else_from_the_word(mode: str, at_least: float, at_most: float) -> None:
    """A server that tells no odds, or refuses to be asked for them (once, not at every turn), is taken at its word."""
    async with a_model_server() as server:
        server.mode = mode
        server.verdict = 0.995
        model = guarded(server, 5.0)
        for _ in range(2):
            assert at_least <= await model.yes(prompt("verdict", "?"), Spent()) <= at_most
        assert len(server.asked) == (3 if mode == "refuses-odds" else 2) and model.breaker.ever == 0


async def test_one_model_closed_leaves_another_of_the_same_server_open() -> None:
    async with a_model_server() as server:
        first, second = guarded(server, 5.0), guarded(server, 5.0)
        await first.yes(prompt("verdict", "?"), Spent())
        await first.close()
        assert await second.yes(prompt("verdict", "?"), Spent()) == pytest.approx(0.9)


async def test_the_days_tokens_used_up_means_quotations_not_silence(make_house: Any) -> None:
    async with a_model_server() as server:
        house: Served = await make_house(model=guarded(server), judge_from=0.0, judge_to=0.0, model_tokens_a_day=10)
        chat = await house.chat("lin-gold")
        await chat.say(BAGS)
        asked = len(server.asked)
        house.house.concierge._purse._looked = -100.0
        assert asked > 0 and (await chat.say("What does an extra bag cost?"))["kind"] == "answer" and len(server.asked) == asked


async def test_a_person_takes_the_floor_in_the_middle_of_a_sentence(make_house: Any) -> None:
    """What was said until then stands as the whole message; nothing follows."""
    async with a_model_server() as server:
        house: Served = await make_house(model=guarded(server, 5.0, 9.0), judge_from=0.0, judge_to=0.0)
        chat = await house.chat("lin-gold")
        ticket = (await chat.hand_over())["ticket"]
        async with house.house.db.read() as conn:
            assert (await conversations.conversation(conn, chat.id)).state == "waiting"
        await house.house.db.write(lambda tx: conversations.set_state(tx, chat.id, "bot", NOW))
        server.pause = 0.4
        asking = asyncio.create_task(chat.try_to_say("What may I bring on board, and what does an extra bag cost at the airport?"))
        await until(lambda: _said(chat, 1))
        await (await house.staff()).claim(ticket["id"])
        await asking
        await asyncio.sleep(1.0)
        events = await chat.events()
        said = [e for e in events if e.kind == "sentence" and e.number > _claimed(events) - 50]
        assert kinds(events)[-1] in ("taken_over", "reply") and not [e for e in events if e.kind == "sentence" and e.number > _claimed(events)]
        partial = [e.data for e in events if e.kind == "reply"][-1]
        own = [e.data for e in said if e.data["message_id"] == partial["message_id"]]
        assert partial["sentences"] == [{k: v for k, v in data.items() if k not in ("message_id", "index")} for data in own]


def _claimed(events: Any) -> int:
    return next(e.number for e in events if e.kind == "taken_over")


async def _said(chat: Any, times: int) -> bool:
    opened = [e for e in await chat.events() if e.kind == "sentence"]
    handed = [e for e in await chat.events() if e.kind == "handoff"]
    return bool(handed) and len([e for e in opened if e.number > handed[0].number + 1]) >= times


async def test_a_worker_that_dies_in_the_middle_is_finished_by_another(make_house: Any) -> None:
    """The next worker says the rest as quoted; no sentence twice, none missing."""
    async with a_model_server() as server:
        house: Served = await make_house(model=guarded(server, 5.0, 9.0), judge_from=0.0, judge_to=0.0)
        chat = await house.chat("lin-gold")
        server.pause = 0.3
        asking = asyncio.create_task(chat.try_to_say("What does an extra bag cost, and how heavy may it be?"))

        async def one_said() -> bool:
            return "sentence" in kinds(await chat.events())

        await until(one_said)
        for task in list(house.house.concierge._running.values()):
            task.cancel()  # what kill -9 does to a turn
        await asyncio.gather(asking, return_exceptions=True)
        if "reply" not in kinds(await chat.events()):
            house.clock.move(seconds=60)
            assert await resume_turns(house.house.concierge, only_mine=False) == 1
            await until(lambda: _ended(chat))
        events = await chat.events()
        reply = [e.data for e in events if e.kind == "reply"][-1]
        said = [e for e in events if e.kind == "sentence"]
        assert [e.data["index"] for e in said] == list(range(len(reply["sentences"])))


async def _ended(chat: Any) -> bool:
    return "reply" in kinds(await chat.events())


async def test_a_model_on_a_server_sees_no_personal_data_and_the_traveller_no_placeholder(make_house: Any) -> None:
    """Name, mobile number and e-mail of the question are hidden on the wire; the reply is the one without them."""
    async with a_model_server() as server:
        settings = Settings(model="openai", model_name="stub", model_url=server.address, model_key=SecretStr("k" * 40))
        house: Served = await make_house(model=model_of(settings), judge_from=0.0, judge_to=1.0)
        asked = f"{DELAY} I am Lin Yue, 13812345678, lin.yue@ninebends.example"
        reply = await (await house.chat("lin-gold")).say(asked)
        sent = str([body["messages"] for body in server.asked])
        assert server.asked and "delayed by more than 4 hours" in sent and "[1]" in sent
        assert not any(private in sent for private in ("13812345678", "lin.yue@", "Lin Yue"))
        assert reply["kind"] == "answer" and "[phone" not in reply["text"] and "[name" not in reply["text"]
