"""A grant: what staff give a traveller beyond the rules, for a reason, within a limit. Pure."""

from decimal import Decimal
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel

from basics.money import Money
from basics.words import Words, words
from customers.booking import Booking, Leg
from customers.change import Proposal
from customers.entitlement import Entitlement
from customers.order import ChangeKind, Choice
from desk.conversation import StaffName

GrantState = Literal["waiting_approval", "offered", "refused"]
RULE = "staff-grant"
"""What stands in the place of a rule's id: no rule gives it."""
_TITLES: dict[ChangeKind, Words] = {
    "rebooking": words("Change your flight free of charge", "免费改期"),
    "refund": words("Refund in full", "全额退票"),
    "payment": words("A payment to you", "向您支付款项"),
    "voucher": words("A voucher for you", "赠送代金券"),
    "seat": words("A seat of your choice, free of charge", "免费选座"),
    "bag": words("An extra bag, free of charge", "免费增加托运行李"),
    "lounge": words("Lounge access, free of charge", "免费使用贵宾厅"),
}


class Grant(BaseModel, frozen=True):
    """One grant as it stands; `amount` is what it is worth at most. What became of it is the proposal's state."""

    id: str
    ticket_id: str
    by: StaffName
    kind: ChangeKind
    booking_id: str | None = None
    leg_id: str | None = None
    choice_id: str | None = None
    amount: Money
    reason: str
    state: GrantState
    decided_by: StaffName | None = None
    proposal_id: str | None = None
    at: AwareDatetime


def granted_right(kind: ChangeKind, booking: Booking | None, leg: Leg | None, amount: Money | None) -> Entitlement:
    """What a proposal is made from where no rule gives it: in full, and free of charge."""
    gives: dict[str, Any] = {"fee": 0, "fare_difference": "waived", "percent": 0, "pieces": 1, "guests": 0}
    if amount is not None:
        gives |= {"amount": amount.amount, "currency": amount.currency}
    return Entitlement(
        rule_id=RULE,
        right="goodwill",
        title=_TITLES[kind],
        decision="allow",
        reasons=(),
        article="",
        booking_id=booking.id if booking else None,
        leg_id=leg.id if leg else None,
        change=kind,
        gives=gives,
    )


def only(choices: tuple[Choice, ...], choice_id: str | None) -> tuple[Choice, ...]:
    """The choice that is granted, or all of them where none is named."""
    return tuple(c for c in choices if choice_id in (None, c.id))


def worth_of(proposal: Proposal, currency: str) -> Money:
    """What a proposal gives at most: what is paid out, or the dearest price that is waived."""
    if proposal.paid_out is not None:
        return proposal.paid_out
    waived = [o.usual for o in proposal.options if o.usual is not None]
    return max(waived, key=lambda m: m.amount, default=Money(amount=Decimal(0), currency=currency))


def is_within(worth: Money, given_today: Money, each: Decimal, day: Decimal) -> bool:
    """Whether a staff member may give it alone; another currency than the limit's is for a lead to judge."""
    return worth.currency == given_today.currency and worth.amount <= each and given_today.amount + worth.amount <= day
