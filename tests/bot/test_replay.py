"""What was decided is kept with what it was decided from: years later it is decided again, and comes out the same."""

from datetime import date
from typing import Any

import pytest

from bot.settings import Settings
from customers.rights import RuleBook, load_rules
from customers.rules import InForce, RuleFile
from store import proposals, turns
from tests.house import Chat, Served

ASKED = {
    "lin-gold": ("Can I change my return flight?", "What can I get?"),
    "chen-silver": ("Can I change my return flight?", "我有哪些权益？"),
    "amara-member": ("我能享受什么优惠？", "第一个"),
    "he-silver": ("What can I get?", "the second one"),
    "weber-gold": ("What can I get?", "the first one"),
}


async def receipt_of(house: Served, reply: dict[str, Any]) -> Any:
    async with house.house.db.read() as conn:
        return await turns.receipt_of(conn, reply["receipt_id"])


@pytest.mark.parametrize("who", ASKED)
async def test_every_decision_behind_a_reply_is_decided_again_the_same(house: Served, who: str) -> None:
    """By the same rules, from what the receipt kept alone: whatever has happened to the traveller, the booking and the quota since."""
    chat, rules = await house.chat(who), load_rules()
    for text in ASKED[who]:
        reply = await chat.say(text)
        house.clock.move(days=40)
        kept = await receipt_of(house, reply)
        assert {c["entitlement_id"] for s in reply["sentences"] for c in s["carried_by"] if c["entitlement_id"]} <= set(kept.decisions)
        assert len(kept.decisions) >= len({e["rule_id"] for e in reply["entitlements"]}) > 0
        for decision in kept.decisions.values():
            assert decision.at == kept.as_of and rules.replay(decision) == decision
        house.clock.move(days=-40)


async def test_a_card_keeps_why_it_was_owed(house: Served) -> None:
    """Also once the right is used up: the decision is that of the moment of the card, with the quota as it stood; it is no term of the card."""
    chat, rules = await house.chat("lin-gold"), load_rules()
    card = (await chat.say("Can I change my return flight?"))["proposal"]
    await chat.confirm(card)
    house.clock.move(days=1)
    async with house.house.db.read() as conn:
        kept = await proposals.proposal(conn, card["id"])
    assert kept is not None and kept.decided is not None and kept.decided.decision == "allow"
    assert kept.decided.counted[kept.rule_id] == 0 and rules.replay(kept.decided) == kept.decided
    again = await receipt_of(house, await chat.say("Can I change my return flight?"))
    used = next(d for d in again.decisions.values() if kept.rule_id in d.counted)
    assert used.counted[kept.rule_id] == 1 and rules.replay(used) == used != kept.decided


async def test_by_other_rules_it_comes_out_as_those_have_it(house: Served) -> None:
    """What was decided is asked of another file: once the rule that spoke has ended, another one speaks, or none."""
    reply = await (await house.chat("lin-gold")).say("Can I change my return flight?")
    (decision,) = [d for d in (await receipt_of(house, reply)).decisions.values() if d.decision == "allow"]
    rules, ended = load_rules(), InForce(to=date(2026, 11, 21))
    ones = tuple(r.model_copy(update={"in_force": ended}) if r.id == decision.rule_id else r for r in rules.rules)
    assert RuleBook(RuleFile(facts=rules.specs, tables=rules.tables, rules=ones)).replay(decision).rule_id != decision.rule_id


async def test_what_a_conversation_forgets_its_decisions_forget(house: Served) -> None:
    """The facts of a decision are the traveller's: they go with the conversation and the card."""
    chat: Chat = await house.chat("lin-gold")
    reply = await chat.say("Can I change my return flight?")
    plain = Settings.model_fields
    house.clock.move(days=int(plain["keep_proposals_days"].default) + int(plain["keep_conversations_days"].default))
    await house.house.duties.look()
    kept = await receipt_of(house, reply)
    async with house.house.db.read() as conn:
        card = await proposals.proposal(conn, reply["proposal"]["id"])
    assert kept.question == "" and kept.decisions == {} and card is not None and card.decided is None
