"""Who does the steps of a script in a house and looks at everything afterwards: cards, the airline's log, and each sentence. AssertionError tells."""

import asyncio
import collections
import json
import re
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from basics.clock import parse_moment
from customers.change_kinds import KINDS
from customers.disruption import Disruption
from customers.moment import Moment
from customers.notes import Notes
from customers.reservations_demo import DemoReservations
from customers.uses import Holder, Use
from desk.conversation import Reply, Sentence
from evals.mutate import bare
from evals.uncarried import strange_words
from knowledge.wording import wordings
from store import conversations
from tests.faults.crowd import Disrupt, Press, Say, Step, Wait
from tests.faults.oracle import Kept, Key, Owed, Table
from tests.faults.puppet import NOBODYS, Puppet
from tests.house import Chat, Served, log_of

TURNS_OF_A_CHAT = 8
_GRANT = re.compile(
    r"grant|waive|voucher|issued|confirmed|has been (changed|refunded|paid)|exception|获批|破例|代金券|已为您|已(确认|退款|改签|发放)", re.I
)


def _as_kept(moment: str) -> datetime:
    """A moment as SQLite has it: in UTC, which it does not say."""
    return datetime.fromisoformat(moment).replace(tzinfo=UTC)


@dataclass
class Card:
    """A proposal as it was offered, and what its traveller did with it; without a chat it waits behind a link in an e-mail."""

    id: str
    chat: Chat | None
    who: str
    record: dict[str, Any]
    state: str = "offered"
    receipt: dict[str, Any] | None = None
    key: str = ""
    use: Use | None = None
    undone: dict[str, Any] | None = None

    @property
    def about(self) -> Key:
        return Key(self.record["rule_id"], self.record["booking_id"], self.record["leg_id"])


class Witness:
    """One script in one house."""

    def __init__(self, served: Served, puppet: Puppet, counts: collections.Counter[str]) -> None:
        self.served, self.puppet, self.counts = served, puppet, counts
        self.home = served.house.home.path
        self.table, self.kept = Table(self.home), Kept(self.home)
        self.chats: dict[tuple[str | None, str], Chat] = {}
        self.opened: dict[str, tuple[Chat, str | None]] = {}
        self.cards: dict[str, Card] = {}
        self.pressed = self.told = 0

    async def step(self, step: Step) -> None:
        """Do it, and look at everything afterwards."""
        match step:
            case Say():
                await self._say(step)
            case Press():
                mine = [card for card in self.cards.values() if card.chat]
                if mine:
                    await self._press(mine[-1 - step.card % len(mine)], step.how)
            case Wait():
                await self._look_at_cards()  # what a duty offered until now was offered now
                self.served.clock.move(minutes=step.minutes)
            case Disrupt():
                await self._disrupt(step)
        await self._look_at_cards()
        self._look_at_log()

    # ---- something is said ------------------------------------------------------------------------------------------------------------

    async def _say(self, step: Say) -> None:
        chat = self.chats.get((step.who, step.lang))
        if chat is None or chat.sent >= TURNS_OF_A_CHAT:
            chat = self.chats[step.who, step.lang] = await self.served.chat(step.who, step.lang)
            self.opened[chat.id] = chat, step.who
        self.puppet.says, text = step.says, step.text.replace("{id}", self.puppet.newest)
        if not text.replace("\x00", "").strip() or any("\ud800" <= c <= "\udfff" for c in text) or len(text) > 2000:
            text = "?"  # no door lets these in
        chat.sent += 1
        noted = await self._noted(step.who)
        reply = await self.served.house.concierge.reply(chat.id, text)
        self.counts.update(turns=1)
        if reply is None or reply.kind == "handoff":
            del self.chats[step.who, step.lang]
        if reply is not None:
            await self._look_at_cards(noted)
            owed = await self.table.of(step.who, self.served.clock(), self.uses, noted)
            self._look_at_reply(reply, step.who, owed)
            self._look_at_words(reply, owed)

    def _look_at_reply(self, reply: Reply, who: str | None, owed: dict[Key, Owed]) -> None:
        assert reply.kind != "handoff" or reply.ticket, f"a hand-off without a ticket: {reply.text}"
        assert reply.proposal is None or reply.proposal.id in self.cards, "a card is shown that is not kept"
        for shown in reply.entitlements:
            decided = {o.decision.decision for key, o in owed.items() if key.rule_id == shown.rule_id}
            assert shown.decision in decided, f"{shown.rule_id} is shown as {shown.decision} to {who}"
            self.counts.update(allowed=int(shown.decision == "allow"))

    def _look_at_words(self, reply: Reply, owed: dict[Key, Owed]) -> None:
        own = set(self.kept.reworded(reply.receipt_id))
        self.counts.update(stopped=int(not self.kept.has(reply.receipt_id)))
        held = {key.carrier for key in owed}
        shelf = self.served.house.mind.shelf
        self.counts.update({"sentences": len(reply.sentences), "in its words": len(own)})
        for n, sentence in enumerate(reply.sentences):
            assert sentence.carried_by, f"nothing carries: {sentence.text}"
            raw = []
            for carrier in sentence.carried_by:
                if carrier.entitlement_id is not None:
                    assert carrier.entitlement_id in held, f"no decision of theirs carries: {sentence.text}"
                elif carrier.wording_id is not None:
                    assert carrier.wording_id in wordings(), f"no approved wording: {sentence.text}"
                else:
                    raw.append(shelf.article_of(shelf.passages[carrier.passage_id or ""]).body[carrier.start : carrier.end])
            if n in own:
                self._look_at_its_words(sentence, raw)

    def _look_at_its_words(self, sentence: Sentence, raw: list[str]) -> None:
        """A sentence in the model's words says nothing that does not stand in its passages: least of all that something is granted."""
        strange, source = strange_words(sentence, raw), "\n".join(raw)
        assert raw and not strange, f"uncarried ({strange}): {sentence.text!r} on {source!r}"
        for found in _GRANT.finditer(sentence.text):
            assert found[0].lower() in source.lower(), f"granted in words: {sentence.text!r} on {source!r}"
        lied = sentence.text in self.puppet.lies and bare(sentence.text) not in bare(source)
        assert not lied, f"a lie was said: {sentence.text!r} on {source!r}"

    async def _disrupt(self, step: Disrupt) -> None:
        """The airline marks the flight, and tells us: what is offered then was asked for by nobody."""
        house, now = self.served.house, self.served.clock()
        airline = house.mind.reservations
        assert isinstance(airline, DemoReservations)
        ahead = [(b, leg) for b in await airline.bookings_of(step.who) for leg in b.legs_ahead(now) if not leg.cancelled]
        if not ahead or (step.event == "denied_boarding" and ahead[0][1].departs_at - now > timedelta(hours=3)):
            return
        booking, leg = ahead[0]
        late = step.late if step.event in ("delay", "schedule_change") else 0
        wrong = Disruption(event=step.event, cause=step.cause, announced_at=now, leaves_late=late, arrives_late=late or None)
        await airline.disrupt(booking.id, leg.id, wrong)
        self.counts.update(disrupted=1)
        if step.event != "denied_boarding":
            self.told += 1
            for chat in [chat for (who, _), chat in self.chats.items() if who == step.who]:  # their page is open
                await house.db.write(partial(conversations.listened, conversation_id=chat.id, now=now))
            at = {"traveller_id": step.who, "at": now, "booking_id": booking.id, "leg_id": leg.id}
            await house.moments.told(Moment(id=f"told-{self.told}", kind=step.event, **at))
            await house.moments.look()

    # ---- cards ------------------------------------------------------------------------------------------------------------------------

    @property
    def uses(self) -> list[Use]:
        """What counts as used, by the cards' own story."""
        return [card.use for card in self.cards.values() if card.use is not None]

    async def _noted(self, who: str | None) -> Notes:
        """What the house has on record about somebody now: the turn that is about to begin decides with it."""
        return await self.served.house.mind.notes_of(who, self.served.clock()) if who else Notes()

    async def _look_at_cards(self, noted: Notes | None = None) -> None:
        """Every proposal that is new, whoever made it: what is owed to just this traveller, in exactly the rule's terms.

        `noted`: before the turn that is over; what it noticed itself (a complaint) is known to a duty only.
        """
        rows = self.kept.rows("SELECT id, conversation_id, record, created_at FROM proposals WHERE kind != 'undo' ORDER BY rowid")
        for row in (row for row in rows if row["id"] not in self.cards):
            record, now = json.loads(row["record"]), self.served.clock()
            chat, who = self.opened.get(row["conversation_id"], (None, record["traveller_id"]))
            assert chat is not None or record["offer"], f"a proposal in a conversation that nobody opened: {record}"
            assert who is not None, "a proposal for somebody nobody knows"
            known = noted if noted is not None and not record["offer"] else await self._noted(who)
            owed = await self.table.of(who, now, self.uses, known)
            choices = await self._choices(record)
            wrong = self.table.wrong_with(record, who, owed, choices, now)
            assert not wrong, f"a proposal is not what is owed: {wrong}: {record}"
            self.cards[row["id"]] = Card(row["id"], chat, who, record)
            self.puppet.newest = row["id"]
            self.counts.update({"proposals": 1, "unasked": int(record["offer"] is not None), f"kind {record['kind']}": 1})

    async def _choices(self, record: dict[str, Any]) -> Any:
        if record["booking_id"] is None or KINDS[record["kind"]].NOTHING is None:
            return ()
        airline = self.served.house.mind.reservations
        return await airline.choices(record["kind"], record["booking_id"], record["leg_id"], self.served.clock())

    async def _press(self, card: Card, how: str) -> None:
        self.counts.update({"buttons": 1, f"pressed {how}": 1})
        self.pressed += 1
        if how == "late":
            self.served.clock.now = max(self.served.clock.now, parse_moment(card.record["expires_at"]))
        path, body, key = self._call(card, how)
        expected = await self._expected(card, how)
        answer = await (await self._whose(card, how)).post(path, body, **({"Idempotency-Key": key} if key else {}))
        row = self._row(card)
        if answer.status_code == 409 and 200 in expected and row is not None and row["state"] == "failed":
            card.state, card.use = "failed", None  # the airline said no: what was bought is not as it was
            self.counts.update(refused=1)
            self.chats = {at: chat for at, chat in self.chats.items() if chat is not card.chat}  # a person has it
            return
        assert answer.status_code in expected, f"{how} of a card {card.state}: {answer.status_code}, not {expected}: {answer.text[:300]}"
        if how == "decline":
            card.state = "declined" if card.state == "offered" else card.state
        elif answer.status_code == 200:
            self._note_undo(card, answer.json()) if how == "undo" else self._note_yes(card, answer.json(), key)

    def _call(self, card: Card, how: str) -> tuple[str, dict[str, str], str]:
        """Which address is called, with what, under which key."""
        id_ = NOBODYS if how == "invented" else card.id
        verb = how if how in ("decline", "undo") else "confirm"
        options = card.record["options"]
        option = {"other option": options[-1]["id"] if options else None, "no such option": "option-99"}.get(how)
        others = [c.key for c in self.cards.values() if c is not card and c.chat is card.chat and c.key]
        keys = {"no key": "", "again": card.key or f"k{self.pressed}", "another's key": others[0] if others else f"k{self.pressed}"}
        if how == "again" and card.receipt and (row := self._row(card)) is not None:
            option = row["chosen"]
        return f"/proposals/{id_}/{verb}", {"option_id": option} if option else {}, keys.get(how, f"k{self.pressed}")

    async def _whose(self, card: Card, how: str) -> Chat:
        assert card.chat is not None
        if how == "stranger":
            return await self.served.chat("chen-silver" if card.who != "chen-silver" else "tom-member")
        if how == "sibling":
            return await self.served.chat(card.who)
        return Chat(card.chat.http, card.chat.opened | {"token": "granted"}) if how == "no token" else card.chat

    async def _expected(self, card: Card, how: str) -> set[int]:
        """The statuses that are right, by the card's own story and the table."""
        now, row = self.served.clock(), self._row(card)
        if how in ("stranger", "sibling", "no token", "invented", "no key", "no such option"):
            return {{"no token": 401, "no key": 400}.get(how, 404)}
        if row is None:
            return {404}
        if how == "decline" or (how == "undo" and card.undone):
            return {200}
        if how == "undo":
            until = row["undo_until"]
            return {200} if card.state == "executed" and until and now < _as_kept(until) else {409}
        if how == "another's key" and any(c.key for c in self.cards.values() if c is not card and c.chat is card.chat):
            return {409, 422}
        if card.state in ("executed", "undone"):
            return {200}
        if card.state in ("declined", "failed"):
            return {409}
        if now >= parse_moment(card.record["expires_at"]):
            return {410}
        owed = (await self.table.of(card.who, now, self.uses, await self._noted(card.who))).get(card.about)
        return {200} if owed is not None and owed.decision.decision == "allow" else {200, 409} if owed is None else {409}

    def _note_yes(self, card: Card, receipt: dict[str, Any], key: str) -> None:
        if card.receipt is not None:
            same = all(receipt[k] == card.receipt[k] for k in ("id", "proposal_id", "executed_at", "reference"))  # worded in the language spoken now
            assert same, "a yes again gave something else"
            return
        (line,) = (line for line in log_of(self.home) if line["key"] == card.id)
        said = (line["reference"], line["kind"], line["traveller"], line.get("booking"), line.get("leg"))
        assert said == (receipt["reference"], card.record["kind"], card.who, *card.about[1:]), f"the airline did something else: {line}"
        rule, now = self.table.rules.rule(card.about.rule_id), self.served.clock()
        assert rule is not None
        holder = Holder(traveller_id=card.who, company_id=card.record["company_id"], booking_id=card.about.booking_id, leg_id=card.about.leg_id)
        card.state, card.receipt, card.key = "executed", receipt, key
        card.use = Use(rule_id=rule.id, right=rule.right, holder=holder, at=now)
        row = self._row(card)
        until = row["undo_until"] if row is not None else None
        assert not (until and rule.undo_within) or _as_kept(until) <= now + timedelta(hours=rule.undo_within), "it may be undone for too long"
        self.counts.update({"changes": 1, f"changed {card.record['kind']}": 1})

    def _note_undo(self, card: Card, receipt: dict[str, Any]) -> None:
        if card.undone is not None:
            assert receipt["reference"] == card.undone["reference"], "taken back twice"
            return
        (line,) = (line for line in log_of(self.home) if line.get("undoes") == (card.receipt or {}).get("reference"))
        assert line["reference"] == receipt["reference"] and line["traveller"] == card.who, "another change was taken back"
        card.state, card.undone, card.use = "undone", receipt, None
        self.counts.update(undone=1)

    # ---- what must always be so -------------------------------------------------------------------------------------------------------

    def _look_at_log(self) -> None:
        """The airline has one line for each yes in time by its own traveller, one for each change taken back, and no other."""
        done = [card for card in self.cards.values() if card.receipt is not None]
        expected = sorted(card.id for card in done) + sorted(str((c.receipt or {})["reference"]) for c in done if c.undone is not None)
        log = log_of(self.home)
        said = sorted(line["key"] for line in log if line["kind"] != "undo") + sorted(line["undoes"] for line in log if line["kind"] == "undo")
        assert said == expected, f"changes without their yes, or the other way round: {set(said) ^ set(expected)}"

    def _row(self, card: Card) -> sqlite3.Row | None:
        """As the card is kept; None once it is forgotten (retention)."""
        return next(iter(self.kept.rows("SELECT state, chosen, undo_until, record FROM proposals WHERE id = ?", card.id)), None)

    async def end(self) -> None:
        """What is kept at the end is what was seen on the way."""
        await asyncio.sleep(0)
        await self._look_at_cards()
        for card in self.cards.values():
            if (kept := self._row(card)) is None:
                assert card.receipt is None, "a change was forgotten"
                continue
            states = ("offered", "expired") if card.state == "offered" else (card.state,)
            assert kept["state"] in states, f"a card {card.state} is kept as {kept['state']}"
            assert json.loads(kept["record"]) == card.record, "the terms were changed afterwards"
        used = sorted(row["proposal_id"] for row in self.kept.rows("SELECT proposal_id FROM right_uses"))
        assert used == sorted(card.id for card in self.cards.values() if card.use is not None), "uses that are no changes"
        self.kept.close()
