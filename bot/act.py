"""Step 7, act: a proposal in writing, and the change itself, exactly once, after a yes. Only code in this file changes a booking."""

import asyncio
import logging
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

from basics.clock import Clock
from basics.errors import NotFound
from basics.ids import new_id
from basics.words import Words
from bot.cards import show_receipt, tell_card, tell_receipt
from bot.compose import say
from bot.refusals import ChangeUnderWay, KeyUsed, ProposalDeclined, ProposalExpired, ProposalFailed, UndoOver
from bot.settings import Settings
from bot.steps import Evidence, Request
from bot.tell import speak
from bot.under_way import ChangesUnderWay, hand_over_change
from customers import change
from customers.change import Proposal, Receipt, order_of, receipt_for, undo_id, undo_of, what_of
from customers.order import ChangeDone
from customers.reservations import Reservations, ReservationsRefused, ReservationsUnavailable
from customers.rights import RuleBook
from customers.uses import Holder
from desk.conversation import ShownProposal, ShownReceipt, show_proposal
from store import conversations, proposals
from store.database import Database, Tx
from store.proposals import UNDER_WAY

log = logging.getLogger("concierge.act")
_REFUSED = Words(en="The airline did not accept this change; my colleagues have it.", zh="航空公司未接受此次变更，已转给同事处理，")
_USED_UP = Words(en="This right was used for the booking already.", zh="该订单的这项权益已使用过，")


def propose(request: Request, evidence: Evidence, rules: RuleBook) -> Proposal | None:
    """The written proposal for the right that is held; it binds nobody until it is confirmed."""
    if evidence.asked_leg is None or evidence.asked_right is None or evidence.traveller is None:
        return None
    booking, leg = evidence.asked_leg
    rule = rules.rule(evidence.asked_right.rule_id)
    return change.propose(
        evidence.asked_right,
        booking,
        leg,
        evidence.choices,
        conversation_id=request.conversation_id,
        proposal_id=new_id("prop"),
        traveller_id=evidence.traveller.id,
        company_id=evidence.traveller.company_id,
        quota=rule.quota if rule else None,
        now=request.now,
    )


class Changes:
    """Confirm, decline, take back, carry out: offered -> pending -> executed | failed | unknown, executed -> undone, each by compare-and-set.

    The airline's system is asked under the proposal's own id as key, so asking again (another worker, after a crash) never changes twice. Taking
    back is a proposal of its own that was said yes to already, and goes the same way. Nothing is awaited of the airline inside a transaction.
    """

    def __init__(self, db: Database, reservations: Reservations, rules: RuleBook, settings: Settings, clock: Clock) -> None:
        self.db, self.reservations, self.rules, self.settings, self.clock = db, reservations, rules, settings, clock
        self._under_way = ChangesUnderWay(db, settings, clock, self._finish)
        self._one_at_a_time: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def confirm(self, conversation_id: str, proposal_id: str, idempotency_key: str, option_id: str | None) -> ShownReceipt:
        """A yes: carried out once; every further yes, with whatever key, gets the first one's receipt."""
        async with self._alone(proposal_id):
            proposal = await self.db.write(lambda tx: self._yes(tx, conversation_id, proposal_id, idempotency_key, option_id))
            return await self._through(proposal)

    async def undo(self, conversation_id: str, proposal_id: str, idempotency_key: str) -> ShownReceipt:
        """Take a change back where the airline allows it, once; the right can be used again. UndoOver where its time has passed."""
        async with self._alone(undo_id(proposal_id)):
            undo = await self.db.write(lambda tx: self._back(tx, conversation_id, proposal_id, idempotency_key))
            return await self._through(undo)

    async def decline(self, conversation_id: str, proposal_id: str) -> ShownProposal:
        """A no: nothing is changed."""

        async def declined(tx: Tx) -> ShownProposal:
            proposal = await self._theirs(tx, conversation_id, proposal_id)
            now = self.clock()
            if await proposals.settle(tx, proposal_id, ("offered",), "declined"):
                proposal = proposal.model_copy(update={"state": "declined"})
                await tell_card(tx, proposal, now)
            return show_proposal(proposal, (await conversations.conversation(tx.conn, conversation_id)).lang, now)

        return await self.db.write(declined)

    async def carry_out(self, proposal: Proposal) -> Receipt:
        """Make a change that was said yes to, or find its receipt. Raises ChangeUnderWay while the airline does not answer."""
        async with self.db.read() as conn:
            known = await proposals.receipt_of(conn, proposal.id)
            undoes = await proposals.receipt_of(conn, proposal.undoes) if proposal.undoes else None
        if known is not None:
            return known
        try:
            done = await self.reservations.carry_out(proposal.id, order_of(proposal, undoes.reference if undoes else None))
        except ReservationsRefused as no:
            await self._failed(proposal, no.said)
            raise ProposalFailed(no.said) from no
        except ReservationsUnavailable as away:
            log.warning("the airline does not answer for %s: %s; it is asked again under the same key", proposal.id, away)
            await self._not_known(proposal)
            raise ChangeUnderWay from None
        except Exception:  # an error that nobody foresaw is no answer either
            log.exception("asking the airline for %s failed; it is asked again under the same key", proposal.id)
            await self._not_known(proposal)
            raise ChangeUnderWay from None
        return await self.db.write(lambda tx: self._executed(tx, proposal, done))

    async def resume(self, at_once: bool = False) -> int:
        """Finish what is under way and due (`at_once`: all of it, for a process that is alone); returns how many changes ended."""
        return await self._under_way.look(at_once)

    async def _finish(self, proposal: Proposal) -> Receipt:
        async with self._alone(proposal.id):
            return await self.carry_out(proposal)

    async def _through(self, proposal: Proposal) -> ShownReceipt:
        """Carry out, and show the receipt; what is unknown is asked again by the duty alone, however often a page asks."""
        if proposal.state == "unknown":
            raise ChangeUnderWay
        receipt = await self.carry_out(proposal)
        async with self.db.read() as conn:
            lang = (await conversations.conversation(conn, proposal.conversation_id)).lang
        return show_receipt(receipt, lang)

    def _alone(self, proposal_id: str) -> asyncio.Lock:
        """One at a time in this process; of several processes the database and the airline's key see to it."""
        return self._one_at_a_time.setdefault(proposal_id, asyncio.Lock())

    async def _theirs(self, tx: Tx, conversation_id: str, proposal_id: str) -> Proposal:
        proposal = await proposals.proposal(tx.conn, proposal_id, lock=True)
        if proposal is None or proposal.conversation_id != conversation_id or proposal.kind == "undo":
            raise NotFound(Words(en="There is no such proposal in this conversation.", zh="本会话中没有该方案。"))
        return proposal

    async def _yes(self, tx: Tx, conversation_id: str, proposal_id: str, idempotency_key: str, option_id: str | None) -> Proposal:
        proposal, now = await self._theirs(tx, conversation_id, proposal_id), self.clock()
        chosen = _chosen(proposal, option_id)
        await self._for_nothing_else(tx, conversation_id, idempotency_key, (proposal_id, chosen))
        if proposal.state in ("executed", "undone", *UNDER_WAY):
            return proposal
        if proposal.state == "declined":
            raise ProposalDeclined
        if proposal.state == "failed":
            raise ProposalFailed(_REFUSED)
        if proposal.state == "expired" or now >= proposal.expires_at:
            raise ProposalExpired(proposal_id, proposal.expires_at)
        if proposal.granted is None and not await self._take_the_use(tx, proposal, now):
            raise ProposalFailed(_USED_UP)
        await proposals.to_pending(tx, proposal_id, chosen, idempotency_key, now)
        proposal = proposal.model_copy(update={"state": "pending", "chosen": chosen})
        await tell_card(tx, proposal, now)
        return proposal

    async def _back(self, tx: Tx, conversation_id: str, proposal_id: str, idempotency_key: str) -> Proposal:
        """What takes a change back, kept before the airline is asked: whoever finds it there after a crash goes on with it."""
        proposal, now = await self._theirs(tx, conversation_id, proposal_id), self.clock()
        await self._for_nothing_else(tx, conversation_id, idempotency_key, (undo_id(proposal_id), None))
        begun = await proposals.proposal(tx.conn, undo_id(proposal_id))
        if begun is not None and begun.state == "failed":
            raise ProposalFailed(_REFUSED)
        if begun is not None:
            return begun
        if proposal.state != "executed" or proposal.undo_until is None or now >= proposal.undo_until:
            raise UndoOver
        undo = undo_of(proposal, now, proposal.undo_until)
        await proposals.keep_proposal(tx, undo, idempotency_key)
        await proposals.settle(tx, proposal_id, ("executed",), "executed", undo_until=None)
        await tell_card(tx, undo, now)
        return undo

    async def _for_nothing_else(self, tx: Tx, conversation_id: str, idempotency_key: str, asked: tuple[str, str | None]) -> None:
        """A key is for one call: KeyUsed where it came with another proposal or option. The conversation's row keeps two calls apart."""
        await conversations.conversation(tx.conn, conversation_id, lock=True)
        if any(said != asked for said in await proposals.said_under(tx.conn, conversation_id, idempotency_key)):
            raise KeyUsed

    async def _take_the_use(self, tx: Tx, proposal: Proposal, now: datetime) -> bool:
        rule = self.rules.rule(proposal.rule_id)
        who = {"traveller_id": proposal.traveller_id, "company_id": proposal.company_id}
        holder = Holder(**who, booking_id=proposal.booking_id, leg_id=proposal.leg_id)
        return rule is not None and await proposals.use_right(tx, rule, holder, proposal.id, now, self.settings.zone)

    async def _executed(self, tx: Tx, proposal: Proposal, done: ChangeDone) -> Receipt:
        now = self.clock()
        await proposals.proposal(tx.conn, proposal.id, lock=True)  # whoever settles it this instant is waited for: theirs is then the receipt
        until = self._undo_until(proposal, done, now)
        if not await proposals.settle(tx, proposal.id, UNDER_WAY, "executed", undo_until=until):
            return await proposals.receipt_of(tx.conn, proposal.id) or receipt_for(proposal, done, now)
        if proposal.undoes is not None:
            await proposals.settle(tx, proposal.undoes, ("executed",), "undone")
            await proposals.give_back_use(tx, proposal.undoes)
        receipt = receipt_for(proposal, done, now)
        await proposals.keep_receipt(tx, proposal.id, receipt)
        lang = await tell_card(tx, proposal.model_copy(update={"state": "executed", "undo_until": until}), now)
        await tell_receipt(tx, proposal.conversation_id, receipt, lang, now)
        if await proposals.was_handed_over(tx.conn, proposal.id):
            note = say("change-done-after-all", lang, what=what_of(proposal))
            await speak(tx, await conversations.conversation(tx.conn, proposal.conversation_id), (note,), now)
        return receipt

    def _undo_until(self, proposal: Proposal, done: ChangeDone, now: datetime) -> datetime | None:
        """As long as the airline allows it, and no longer than the rule does."""
        rule = self.rules.rule(proposal.rule_id)
        if proposal.kind == "undo" or done.undo_until is None or rule is None or rule.undo_within is None:
            return None if proposal.kind == "undo" else done.undo_until
        return min(done.undo_until, now + timedelta(hours=rule.undo_within))

    async def _not_known(self, proposal: Proposal) -> None:
        now = self.clock()

        async def unknown(tx: Tx) -> None:
            if await proposals.to_unknown(tx, proposal.id, now):
                await tell_card(tx, proposal.model_copy(update={"state": "unknown"}), now)

        await self.db.write(unknown)

    async def _failed(self, proposal: Proposal, why: Words) -> None:
        now = self.clock()

        async def failed(tx: Tx) -> None:
            if not await proposals.settle(tx, proposal.id, UNDER_WAY, "failed"):
                return
            await proposals.give_back_use(tx, proposal.id)
            await tell_card(tx, proposal.model_copy(update={"state": "failed"}), now)
            opening = "handoff-failed-undo" if proposal.kind == "undo" else "handoff-failed-change"
            await hand_over_change(tx, proposal, "failed_change", opening, self.settings, now, why=why)

        await self.db.write(failed)


def _chosen(proposal: Proposal, option_id: str | None) -> str | None:
    """The option that a yes is to: the one it names, or the first; NotFound if there is none such. None where there is nothing to choose."""
    if option_id is not None and proposal.option(option_id) is None:
        raise NotFound(Words(en="The proposal has no such option. Nothing was changed.", zh="方案中没有该选项，未作任何更改。"))
    return option_id or (proposal.options[0].id if proposal.options else None)
