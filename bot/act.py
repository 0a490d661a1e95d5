"""Step 7, act: a proposal in writing, and the change itself, exactly once, after a yes. Only code in this file changes a booking."""

import asyncio
import logging
from collections import defaultdict
from datetime import datetime
from typing import Any

from basics.clock import Clock
from basics.errors import ConciergeError, NotFound
from basics.ids import new_id
from basics.words import Lang, Words
from bot.handoff import hand_off, hours_to_departure, reason_without_draft
from bot.refusals import ChangeUnderWay, ProposalDeclined, ProposalExpired, ProposalFailed
from bot.settings import Settings
from bot.steps import Evidence, Request
from bot.tell import speak_ticket
from customers.change import Proposal, Receipt, propose_free_change, receipt_for
from customers.order import ChangeDone
from customers.reservations import Reservations, ReservationsRefused, ReservationsUnavailable
from customers.rights import RuleBook
from customers.uses import Holder
from desk.conversation import ShownLine, ShownProposal, ShownReceipt, show_proposal
from store import conversations, events, proposals
from store.database import Database, Tx

log = logging.getLogger("concierge.act")
_REFUSED = Words(en="The airline did not accept this change; my colleagues have it.", zh="航空公司未接受此次变更，已转给同事处理，")
_USED_UP = Words(en="This right was used for the booking already.", zh="该订单的这项权益已使用过，")


def propose(request: Request, evidence: Evidence) -> Proposal | None:
    """The written proposal for the right that is held; it binds nobody until it is confirmed."""
    if evidence.asked_leg is None or evidence.asked_right is None:
        return None
    booking, leg = evidence.asked_leg
    return propose_free_change(
        evidence.asked_right,
        booking,
        leg,
        evidence.alternatives,
        conversation_id=request.conversation_id,
        proposal_id=new_id("prop"),
        now=request.now,
    )


class Changes:
    """Confirm, decline, and carry out: offered -> pending -> executed | failed, each step by compare-and-set.

    The airline's system is asked under the proposal's own id as key, so asking again (another worker, after a crash) never changes twice.
    """

    def __init__(self, db: Database, reservations: Reservations, rules: RuleBook, settings: Settings, clock: Clock) -> None:
        self.db, self.reservations, self.rules, self.settings, self.clock = db, reservations, rules, settings, clock
        self._one_at_a_time: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def confirm(self, conversation_id: str, proposal_id: str, idempotency_key: str, option_id: str | None) -> ShownReceipt:
        """A yes: carried out once; every further yes, with whatever key, gets the first one's receipt."""
        async with self._one_at_a_time[proposal_id]:
            proposal = await self.db.write(lambda tx: self._yes(tx, conversation_id, proposal_id, idempotency_key, option_id))
            receipt = await self.carry_out(proposal)
        async with self.db.read() as conn:
            lang = (await conversations.conversation(conn, conversation_id)).lang
        return show_receipt(receipt, lang)

    async def decline(self, conversation_id: str, proposal_id: str) -> ShownProposal:
        """A no: nothing is changed."""

        async def declined(tx: Tx) -> ShownProposal:
            proposal = await self._theirs(tx, conversation_id, proposal_id)
            now = self.clock()
            if await proposals.settle(tx, proposal_id, "offered", "declined"):
                proposal = proposal.model_copy(update={"state": "declined"})
                await self._tell(tx, proposal, now)
            return show_proposal(proposal, (await conversations.conversation(tx.conn, conversation_id)).lang, now)

        return await self.db.write(declined)

    async def carry_out(self, proposal: Proposal) -> Receipt:
        """Make a pending change, or find its receipt. Raises ChangeUnderWay while the airline does not answer."""
        async with self.db.read() as conn:
            known = await proposals.receipt_of(conn, proposal.id)
        if known is not None:
            return known
        option = proposal.option(proposal.chosen or "")
        if option is None:
            raise NotFound(Words(en="The proposal names no such option.", zh="方案中没有该选项。"))
        try:
            done = await self.reservations.change_leg(proposal.id, proposal.booking_id, proposal.leg_id, option.flight)
        except ReservationsRefused as no:
            await self._failed(proposal, no.said)
            raise ProposalFailed(no.said) from no
        except ReservationsUnavailable:
            log.warning("the airline does not answer for %s; it stays pending and is asked again under the same key", proposal.id)
            raise ChangeUnderWay from None
        return await self.db.write(lambda tx: self._executed(tx, proposal, done))

    async def resume(self) -> int:
        """Finish every pending change (after a restart, or while the airline was away); returns how many were finished."""
        async with self.db.read() as conn:
            pending = await proposals.pending_proposals(conn)
        finished = 0
        for proposal in pending:
            async with self._one_at_a_time[proposal.id]:
                try:
                    await self.carry_out(proposal)
                    finished += 1
                except ConciergeError as not_yet:
                    log.info("pending change %s: %s", proposal.id, not_yet)
        return finished

    async def _theirs(self, tx: Tx, conversation_id: str, proposal_id: str) -> Proposal:
        proposal = await proposals.proposal(tx.conn, proposal_id, lock=True)
        if proposal is None or proposal.conversation_id != conversation_id:
            raise NotFound(Words(en="There is no such proposal in this conversation.", zh="本会话中没有该方案。"))
        return proposal

    async def _yes(self, tx: Tx, conversation_id: str, proposal_id: str, idempotency_key: str, option_id: str | None) -> Proposal:
        proposal, now = await self._theirs(tx, conversation_id, proposal_id), self.clock()
        if proposal.state in ("executed", "pending"):
            return proposal
        if proposal.state == "declined":
            raise ProposalDeclined
        if proposal.state == "failed":
            raise ProposalFailed(_REFUSED)
        if proposal.state == "expired" or now >= proposal.expires_at:
            raise ProposalExpired(proposal_id, proposal.expires_at)
        chosen = option_id or proposal.options[0].id
        if proposal.option(chosen) is None:
            raise NotFound(Words(en="The proposal has no such option. Nothing was changed.", zh="方案中没有该选项，未作任何更改。"))
        rule = self.rules.rule(proposal.rule_id)
        holder = Holder(traveller_id=proposal.traveller_id, booking_id=proposal.booking_id, leg_id=proposal.leg_id)
        if rule is None or not await proposals.use_right(tx, rule, holder, proposal.id, now, self.settings.zone):
            raise ProposalFailed(_USED_UP)
        await proposals.to_pending(tx, proposal_id, chosen, idempotency_key, now)
        proposal = proposal.model_copy(update={"state": "pending", "chosen": chosen})
        await self._tell(tx, proposal, now)
        return proposal

    async def _executed(self, tx: Tx, proposal: Proposal, done: ChangeDone) -> Receipt:
        now = self.clock()
        await proposals.proposal(tx.conn, proposal.id, lock=True)  # whoever settles it this instant is waited for: theirs is then the receipt
        known = await proposals.receipt_of(tx.conn, proposal.id)
        if known is not None or not await proposals.settle(tx, proposal.id, "pending", "executed"):
            return known or receipt_for(proposal, _chosen(proposal), done, now)
        receipt = receipt_for(proposal, _chosen(proposal), done, now)
        await proposals.keep_receipt(tx, receipt)
        lang = await self._tell(tx, proposal.model_copy(update={"state": "executed"}), now)
        shown = show_receipt(receipt, lang).model_dump(mode="json")
        await events.append(tx, events.stream_of(proposal.conversation_id), now, [("receipt", shown)])
        return receipt

    async def _failed(self, proposal: Proposal, why: Words) -> None:
        now = self.clock()

        async def failed(tx: Tx) -> None:
            if not await proposals.settle(tx, proposal.id, "pending", "failed"):
                return
            await proposals.give_back_use(tx, proposal.id)
            await self._tell(tx, proposal.model_copy(update={"state": "failed"}), now)
            conversation = await conversations.conversation(tx.conn, proposal.conversation_id, lock=True)
            brief = reason_without_draft("failed_change", f"{proposal.title.said_in(conversation.lang)}: {proposal.booking_id}", Evidence(), now)
            done = await hand_off(
                tx, conversation, brief, "calm", hours_to_departure(Evidence(), now), self.settings, now, "handoff-failed-change", why=why
            )
            await speak_ticket(tx, conversation, done.sentences, done.ticket.shown(done.position), now, None)

        await self.db.write(failed)

    async def _tell(self, tx: Tx, proposal: Proposal, now: datetime) -> Lang:
        """The card learns the proposal's new state; returns the language it is worded in."""
        lang = (await conversations.conversation(tx.conn, proposal.conversation_id)).lang
        card: dict[str, Any] = show_proposal(proposal, lang, now).model_dump(mode="json")
        await events.append(tx, events.stream_of(proposal.conversation_id), now, [("proposal", card)])
        return lang


def _chosen(proposal: Proposal) -> Any:
    return proposal.option(proposal.chosen or "")


def show_receipt(receipt: Receipt, lang: Lang) -> ShownReceipt:
    """The receipt as a card in `lang`."""
    return ShownReceipt(
        id=receipt.id,
        proposal_id=receipt.proposal_id,
        title=receipt.title.said_in(lang),
        lines=tuple(ShownLine(label=k.said_in(lang), value=v.said_in(lang)) for k, v in receipt.lines),
        executed_at=receipt.executed_at,
        reference=receipt.reference,
    )
