"""Cards: how a proposal and a receipt are told to the one they are for, as events of their conversation."""

from datetime import datetime

from basics.words import Lang
from bot.tell import as_json
from customers.change import Proposal, ProposalState, Receipt
from desk.conversation import ShownLine, ShownReceipt, show_proposal
from store import conversations, events, proposals
from store.database import Tx

_SEEN_AS: dict[ProposalState, ProposalState] = {"pending": "pending", "unknown": "unknown", "executed": "undone", "failed": "executed"}


async def tell_card(tx: Tx, proposal: Proposal, now: datetime) -> Lang:
    """The card learns the proposal's new state; what takes one back is seen on that one's card. Returns the language it is worded in."""
    lang = (await conversations.conversation(tx.conn, proposal.conversation_id)).lang
    seen = proposal
    if proposal.undoes is not None:
        original = await proposals.proposal(tx.conn, proposal.undoes)
        seen = (original or proposal).model_copy(update={"state": _SEEN_AS[proposal.state], "undo_until": None})
    await events.append(tx, events.stream_of(proposal.conversation_id), now, [("proposal", as_json(show_proposal(seen, lang, now)))])
    return lang


async def tell_receipt(tx: Tx, conversation_id: str, receipt: Receipt, lang: Lang, now: datetime) -> None:
    """The receipt is shown."""
    await events.append(tx, events.stream_of(conversation_id), now, [("receipt", as_json(show_receipt(receipt, lang)))])


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
