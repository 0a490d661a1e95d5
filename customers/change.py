"""A change: the proposal that is offered in writing, and the receipt once it has been carried out. Pure; nothing happens here."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, model_validator

from basics.errors import ConciergeError
from basics.ids import fingerprint
from basics.money import Money
from basics.words import Words, words
from customers.booking import Booking, Leg
from customers.change_kind import About, Agreed, Option, same
from customers.change_kinds import KINDS
from customers.change_quota import quota_worded
from customers.entitlement import Entitlement
from customers.moment import MomentKind
from customers.order import ChangeDone, ChangeKind, Choice, Line, Order
from customers.rights import RightDecision
from customers.rules import Quota

ProposalState = Literal["offered", "pending", "unknown", "executed", "declined", "expired", "failed", "undone"]

PROPOSAL_LASTS = timedelta(minutes=15)
_NOT_TERMS = {"state", "chosen", "terms_hash", "undo_until", "decided"}


class ProposalRefused(ConciergeError):
    """There is nothing that may be proposed: the right is not held, is over, or the airline has no choice that fits its terms."""

    slug = "proposal-refused"


class OfferMark(BaseModel, frozen=True):
    """On a proposal that nobody asked for: which offer it is, at which moment, and why it is made."""

    id: str
    moment: MomentKind
    reason: Words


class Granted(BaseModel, frozen=True):
    """On a proposal that a staff member makes out of their own limit: who, and why (in their words, for the record)."""

    by: str
    reason: str


class Proposal(BaseModel, frozen=True):
    """A change in writing; `terms_hash` binds a yes to exactly these terms.

    `price` is charged whatever is chosen, an option's own price comes on top; `paid_out` is what the traveller receives. `undoes` names the
    proposal that one of kind "undo" takes back. `decided` is why it was owed: no term of it, but enough to decide it again.
    """

    id: str
    conversation_id: str
    traveller_id: str
    company_id: str | None = None
    kind: ChangeKind | Literal["undo"]
    right: str = "free_change"
    rule_id: str
    booking_id: str | None = None
    leg_id: str | None = None
    title: Words
    lines: tuple[Line, ...]
    options: tuple[Option, ...] = ()
    price: Money
    paid_out: Money | None = None
    offer: OfferMark | None = None
    granted: Granted | None = None
    undoes: str | None = None
    terms_hash: str = ""
    state: ProposalState = "offered"
    created_at: AwareDatetime
    expires_at: AwareDatetime
    chosen: str | None = None
    undo_until: AwareDatetime | None = None
    decided: RightDecision | None = None

    @model_validator(mode="before")
    @classmethod
    def _as_first_written(cls, kept: Any) -> Any:
        """A record of the first release: the one kind there was, its fee, and flights as options."""
        if not isinstance(kept, dict) or kept.get("kind") != "free_change":
            return kept
        now = {k: v for k, v in kept.items() if k != "fee"} | {"kind": "rebooking", "price": kept["fee"]}
        now["options"] = [
            {**{k: v for k, v in o.items() if k != "flight"}, "choice": {"id": o["id"], "flight": o["flight"]}} for o in kept["options"]
        ]
        return now

    def option(self, option_id: str) -> Option | None:
        """The option with this id, or None."""
        return next((option for option in self.options if option.id == option_id), None)

    @property
    def taken(self) -> Option | None:
        """The option that was said yes to, of a change that has options."""
        return self.option(self.chosen or "")

    @property
    def charged(self) -> Money:
        """What the traveller pays in all, for what was chosen."""
        own = self.taken.price if self.taken else None
        return self.price if own is None else own.model_copy(update={"amount": self.price.amount + own.amount})


class Receipt(BaseModel, frozen=True):
    """A change that was carried out, or (the second of a proposal) taken back."""

    id: str
    proposal_id: str
    title: Words
    lines: tuple[Line, ...]
    executed_at: AwareDatetime
    reference: str


def terms_hash_of(proposal: Proposal) -> str:
    """SHA-256 over the canonical JSON of every term: all of the proposal but what becomes of it and the hash itself."""
    terms = proposal.model_dump(mode="json", exclude=_NOT_TERMS)
    return fingerprint(json.dumps(terms, sort_keys=True, ensure_ascii=False, separators=(",", ":")))


def propose(
    entitlement: Entitlement,
    booking: Booking | None,
    leg: Leg | None,
    choices: Sequence[Choice],
    *,
    conversation_id: str,
    proposal_id: str,
    traveller_id: str,
    now: datetime,
    company_id: str | None = None,
    quota: Quota | None = None,
    offer: OfferMark | None = None,
    granted: Granted | None = None,
    lasts: timedelta = PROPOSAL_LASTS,
) -> Proposal:
    """The proposal to carry out what the entitlement gives, open for `lasts` and never past the right's end; ProposalRefused if not owed."""
    kind = _owed(entitlement, booking, leg, traveller_id, now)
    about = About(booking, leg, entitlement.gives, now)
    options = KINDS[kind].options(about, choices)
    nothing = KINDS[kind].NOTHING
    if not options and nothing is not None:
        raise ProposalRefused(nothing)
    terms = KINDS[kind].terms(about, options)
    lines = terms.lines
    if quota is not None:
        lines = (*lines, Line(words("Please note", "请注意"), quota_worded(quota)))
    until = now + lasts
    return hashed(
        Proposal(
            id=proposal_id,
            conversation_id=conversation_id,
            traveller_id=traveller_id,
            company_id=company_id,
            kind=kind,
            right=entitlement.right,
            rule_id=entitlement.rule_id,
            booking_id=booking.id if booking else None,
            leg_id=leg.id if leg else None,
            title=entitlement.title,
            lines=lines,
            options=options,
            price=terms.price,
            paid_out=terms.paid_out,
            offer=offer,
            granted=granted,
            created_at=now,
            expires_at=min(until, entitlement.until or until),
            decided=entitlement.decided,
        )
    )


def undo_id(proposal_id: str) -> str:
    """The id of what takes a proposal back."""
    return f"undo_{fingerprint(proposal_id)[:20]}"


def undo_of(proposal: Proposal, now: datetime, until: datetime) -> Proposal:
    """What takes a change back, said yes to already: one a proposal, so its id follows from the proposal's."""
    gone = {"options": (), "paid_out": None, "offer": None, "granted": None, "chosen": None, "undo_until": None, "decided": None}
    return hashed(
        proposal.model_copy(
            update=gone
            | {
                "id": undo_id(proposal.id),
                "kind": "undo",
                "undoes": proposal.id,
                "price": proposal.price.model_copy(update={"amount": proposal.price.amount * 0}),
                "state": "pending",
                "created_at": now,
                "expires_at": until,
            }
        )
    )


def hashed(proposal: Proposal) -> Proposal:
    """The proposal with the hash of its terms."""
    return proposal.model_copy(update={"terms_hash": terms_hash_of(proposal)})


def order_of(proposal: Proposal, undoes: str | None = None) -> Order:
    """What the airline is asked to do for a proposal that was said yes to; `undoes` is the airline's reference of what is taken back."""
    return Order(
        kind=proposal.kind,
        traveller_id=proposal.traveller_id,
        booking_id=proposal.booking_id,
        leg_id=proposal.leg_id,
        choice=proposal.taken.choice if proposal.taken else None,
        charged=proposal.charged if proposal.charged.amount else None,
        paid_out=proposal.paid_out,
        undoes=undoes,
    )


def is_open(proposal: Proposal, now: datetime) -> bool:
    """Whether a yes still counts: offered, and not expired (at the very moment of `expires_at` it is over)."""
    return proposal.state == "offered" and now < proposal.expires_at


def receipt_for(proposal: Proposal, done: ChangeDone, now: datetime) -> Receipt:
    """The receipt of a change carried out; its id follows from the proposal's, so that there is one however often it is written."""
    title, lines = _undone(proposal) if proposal.kind == "undo" else _done(proposal, proposal.kind, done)
    booking_id = done.booking.id if done.booking else proposal.booking_id
    if booking_id:
        lines = (Line(words("Booking", "订单"), same(booking_id)), *lines)
    return Receipt(
        id=f"receipt_{fingerprint(proposal.id)[:20]}",
        proposal_id=proposal.undoes or proposal.id,
        title=title,
        lines=(*lines, Line(words("Airline reference", "航司确认号"), same(done.reference))),
        executed_at=now,
        reference=done.reference,
    )


def what_of(proposal: Proposal) -> Words:
    """What a proposal is about, in a few words: its title, or whose taking back it is."""
    return words("taking back “{title}”", "撤销“{title}”").filled(title=proposal.title) if proposal.kind == "undo" else proposal.title


def _owed(entitlement: Entitlement, booking: Booking | None, leg: Leg | None, traveller_id: str, now: datetime) -> ChangeKind:
    """The kind of change that the entitlement gives, if everything about it still holds; else ProposalRefused."""
    kind = entitlement.change
    is_theirs = booking is None or booking.traveller_id == traveller_id
    is_about_it = (entitlement.booking_id, entitlement.leg_id) == (booking and booking.id, leg and leg.id)
    is_as_it_was = leg is None or (booking is not None and booking.leg(leg.id) == leg)
    is_in_time = entitlement.until is None or now < entitlement.until
    if kind is not None and entitlement.decision == "allow" and is_theirs and is_about_it and is_as_it_was and is_in_time:
        needs = KINDS[kind]
        if needs.is_enough(entitlement.gives) and (leg is not None or not needs.NEEDS_LEG) and (booking is not None or kind in _WITHOUT_BOOKING):
            return kind
    raise ProposalRefused(
        words(
            "This change is not covered by a right that is held now. Nothing was changed. Ask for the rights again.",
            "目前没有可用于此项变更的权益。订单未作任何更改，请重新查询可用权益。",
        )
    )


_WITHOUT_BOOKING: frozenset[ChangeKind] = frozenset({"payment", "voucher"})


def _done(proposal: Proposal, kind: ChangeKind, done: ChangeDone) -> tuple[Words, tuple[Line, ...]]:
    agreed = Agreed(proposal.booking_id, proposal.taken, proposal.price, proposal.paid_out)
    lines = KINDS[kind].receipt(agreed, done)
    if proposal.charged.amount:
        lines = (*lines, Line(words("Charged", "实收金额"), proposal.charged.counted()))
    if proposal.paid_out is not None:
        label = words("Value", "面额") if kind == "voucher" else words("Paid out", "支付金额")
        lines = (*lines, Line(label, proposal.paid_out.counted()))
    return KINDS[kind].DONE, lines


def _undone(proposal: Proposal) -> tuple[Words, tuple[Line, ...]]:
    return words("The change has been taken back", "变更已撤销"), (Line(words("What was taken back", "撤销事项"), proposal.title),)
