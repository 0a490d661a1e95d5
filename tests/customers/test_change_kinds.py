"""Each kind of change says exactly what it gives and costs, asks its rule for no less, and is ordered as it was agreed."""

from datetime import timedelta
from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from basics.money import Money
from basics.words import words
from customers import change
from customers.booking import Booking
from customers.change import Granted, OfferMark, Proposal, ProposalRefused, hashed, is_open, order_of, receipt_for, terms_hash_of, undo_of
from customers.change_kinds import KINDS
from customers.entitlement import Entitlement
from customers.order import CHANGE_KINDS, ChangeDone, ChangeKind, Choice
from customers.rules import Quota
from tests.customers.people import NOW, a_booking, a_flight

DAY = timedelta(days=1)
DONE = ChangeDone(reference="9LC000001", booking=a_booking(), code="BCDF2346")


def cny(amount: Any) -> Money:
    return Money(amount=Decimal(amount))


LATER = a_flight(a_booking().legs[1].departs_at + DAY)
CHOICES: dict[ChangeKind, tuple[Choice, ...]] = {
    "rebooking": (Choice(id="f1", flight=LATER, price=cny(420)), Choice(id="f2", flight=a_flight(LATER.departs_at + DAY), price=cny(0))),
    "refund": (Choice(id="refund", amount=cny(1200)),),
    "payment": (),
    "voucher": (),
    "seat": (Choice(id="12A", seat="12A", price=cny(180)), Choice(id="31C", seat="31C", price=cny(90))),
    "bag": tuple(Choice(id=f"bags-{n}", pieces=n, price=cny(240 * n)) for n in (1, 2)),
    "lounge": (Choice(id="lounge-SIN", price=cny(260)),),
}
GIVES: dict[ChangeKind, dict[str, Any]] = {
    "rebooking": {"fee": 0, "fare_difference": "waived"},
    "refund": {"fee": 0},
    "payment": {"amount": 600, "currency": "EUR"},
    "voucher": {"amount": 300, "currency": "CNY"},
    "seat": {"percent": 0},
    "bag": {"pieces": 1, "percent": 0},
    "lounge": {"guests": 1},
}


def a_right(kind: ChangeKind, booking: Booking, gives: dict[str, Any] | None = None, **changes: Any) -> Entitlement:
    plain = {"rule_id": "r", "right": f"free_{kind}", "title": words("A right", "一项权益"), "decision": "allow", "reasons": (), "article": "a"}
    about = {"booking_id": booking.id, "leg_id": booking.legs[1].id, "change": kind, "gives": GIVES[kind] if gives is None else gives}
    return Entitlement(**plain | about | changes)


def propose(kind: ChangeKind, gives: dict[str, Any] | None = None, choices: Any = None, leg: bool = True, **more: Any) -> Proposal:
    booking = a_booking()
    right = a_right(kind, booking, gives, **({} if leg else {"leg_id": None}))
    plain: dict[str, Any] = {"conversation_id": "c1", "proposal_id": "p1", "traveller_id": "lin", "now": NOW}
    offered = CHOICES[kind] if choices is None else choices
    return change.propose(right, booking, booking.legs[1] if leg else None, offered, **plain | more)


def said(lines: Any, lang: str = "en") -> dict[str, str]:
    return {getattr(line.label, lang): getattr(line.value, lang) for line in lines}


def yes(proposal: Proposal, option_id: str | None = "option-1") -> Proposal:
    return proposal.model_copy(update={"state": "pending", "chosen": option_id if proposal.options else None})


def test_every_kind_has_a_file() -> None:
    assert set(KINDS) == set(CHANGE_KINDS) == set(get_args(ChangeKind))


def test_a_waived_fare_difference_is_shown_and_not_charged() -> None:
    proposal = propose("rebooking")
    dear, same = proposal.options
    assert (dear.price, dear.usual, same.usual) == (cny(0), cny(420), None)
    order = order_of(yes(proposal))
    assert (order.kind, order.choice, order.charged) == ("rebooking", CHOICES["rebooking"][0], None)
    assert said(receipt_for(yes(proposal), DONE, NOW).lines)["Fare difference"] == "Waived (CNY 420)"
    assert said(receipt_for(yes(proposal), DONE, NOW).lines, "zh")["票价差额"] == "免收（原需补 420 元）"
    assert said(receipt_for(yes(proposal, "option-2"), DONE, NOW).lines)["Fare difference"] == "None"


def test_a_payable_difference_is_charged_with_the_fee() -> None:
    proposal = propose("rebooking", {"fee": 50, "fare_difference": "payable"})
    assert said(proposal.lines)["Change fee"] == "CNY 50" and [o.price for o in proposal.options] == [cny(420), cny(0)]
    assert order_of(yes(proposal)).charged == cny(470) and order_of(yes(proposal, "option-2")).charged == cny(50)
    receipt = said(receipt_for(yes(proposal), DONE, NOW).lines)
    assert (receipt["Fare difference"], receipt["Charged"]) == ("CNY 420", "CNY 470")


@pytest.mark.parametrize(("within", "flights"), [(1, 1), (2, 2), (30, 2)])
def test_a_rule_may_narrow_the_days_and_never_widens_them(within: int, flights: int) -> None:
    much_later = Choice(id="f3", flight=a_flight(LATER.departs_at + 14 * DAY), price=cny(0))
    proposal = propose("rebooking", {"fee": 0, "fare_difference": "waived", "within_days": within}, (*CHOICES["rebooking"], much_later))
    assert [o.id for o in proposal.options] == [f"option-{n + 1}" for n in range(flights)]
    with pytest.raises(ProposalRefused):
        propose("rebooking", {"fee": 0, "fare_difference": "waived", "within_days": "a week"})


def test_a_flight_whose_difference_is_not_known_is_only_offered_where_it_is_waived() -> None:
    unknown = (Choice(id="f", flight=LATER),)
    assert propose("rebooking", choices=unknown).options[0].price is None
    with pytest.raises(ProposalRefused, match="no other flight"):
        propose("rebooking", {"fee": 0, "fare_difference": "payable"}, unknown)


@pytest.mark.parametrize(("fee", "paid"), [(0, 1200), (200, 1000), (0.5, "1199.5")])
def test_a_refund_is_paid_out_less_its_fee(fee: float, paid: Any) -> None:
    proposal = propose("refund", {"fee": fee})
    assert said(proposal.lines)["Refundable"] == "CNY 1,200" and proposal.paid_out == cny(paid)
    order = order_of(yes(proposal))
    assert order.paid_out == cny(paid) and order.charged is None and order.choice == CHOICES["refund"][0]
    assert said(receipt_for(yes(proposal), DONE, NOW).lines)["Paid out"] == proposal.paid_out.counted().en


def test_a_refund_of_which_nothing_is_left_is_not_proposed() -> None:
    with pytest.raises(ProposalRefused, match="nothing that can be refunded"):
        propose("refund", {"fee": 1200})


@pytest.mark.parametrize(("kind", "amount"), [("payment", Money(amount=Decimal(600), currency="EUR")), ("voucher", cny(300))])
def test_money_is_paid_without_a_choice_and_with_or_without_a_booking(kind: ChangeKind, amount: Money) -> None:
    proposal = propose(kind)
    assert proposal.options == () and proposal.paid_out == order_of(yes(proposal)).paid_out == amount
    right = a_right(kind, a_booking(), booking_id=None, leg_id=None)
    alone = change.propose(right, None, None, (), conversation_id="c", proposal_id="p", traveller_id="lin", now=NOW)
    assert alone.booking_id is None and order_of(alone).booking_id is None
    assert "Booking" not in said(receipt_for(alone, ChangeDone(reference="R"), NOW).lines)


def test_a_voucher_s_code_stands_on_the_receipt() -> None:
    lines = said(receipt_for(propose("voucher"), DONE, NOW).lines)
    assert (lines["Voucher code"], lines["Value"], lines["Booking"]) == ("BCDF2346", "CNY 300", "ABCDEF")


@pytest.mark.parametrize(("percent", "price", "line"), [(0, 0, "free of charge"), (50, 90, "50 % of the usual price"), (100, 180, "As shown")])
def test_a_seat_costs_its_share(percent: float, price: int, line: str) -> None:
    proposal = propose("seat", {"percent": percent})
    assert said(proposal.lines)["Price of the seat"].startswith(line)
    assert proposal.options[0].price == cny(price) and (proposal.options[0].usual is None) == (percent == 100)
    charged = order_of(yes(proposal)).charged
    assert (charged and charged.amount) == (price or None)
    assert said(receipt_for(yes(proposal), DONE, NOW).lines)["Seat"] == "12A"


def test_no_more_bags_than_the_right_gives() -> None:
    assert [o.choice.pieces for o in propose("bag").options] == [1]
    two = propose("bag", {"pieces": 2, "percent": 25})
    assert [o.price for o in two.options] == [cny(60), cny(120)] and said(two.lines, "zh")["额外托运行李"] == "最多2件"
    with pytest.raises(ProposalRefused, match="baggage"):
        propose("bag", {"pieces": 1, "percent": 0}, CHOICES["bag"][1:])


def test_the_lounge_is_ordered_with_its_guests() -> None:
    proposal = propose("lounge")
    assert order_of(yes(proposal)).choice == CHOICES["lounge"][0].model_copy(update={"guests": 1})
    assert said(receipt_for(yes(proposal), DONE, NOW).lines)["Show at the entrance"] == "BCDF2346"
    assert proposal.options[0].usual == cny(260) and said(proposal.lines, "zh")["使用人"] == "本人及1位同行人"


WRONG: list[tuple[ChangeKind, dict[str, Any]]] = [
    ("rebooking", {"fee": 0}), ("rebooking", {"fee": True, "fare_difference": "waived"}), ("refund", {}), ("refund", {"fee": -1}),
    ("payment", {"amount": 0}), ("payment", {"currency": "CNY"}), ("voucher", {"amount": "300"}), ("voucher", {"amount": -5}),
    ("seat", {"percent": 101}), ("seat", {}), ("bag", {"percent": 0}), ("bag", {"pieces": 0, "percent": 0}), ("bag", {"pieces": 1}),
    ("lounge", {}), ("lounge", {"guests": -1}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "gives"), WRONG)
def test_a_rule_that_does_not_say_enough_proposes_nothing(kind: ChangeKind, gives: dict[str, Any]) -> None:
    with pytest.raises(ProposalRefused, match="not covered by a right"):
        propose(kind, gives)


@pytest.mark.parametrize("kind", CHANGE_KINDS)
@pytest.mark.parametrize(
    "changes",
    [{"decision": "deny"}, {"decision": "refer"}, {"booking_id": "OTHER1"}, {"leg_id": "L1"}, {"until": NOW}, {"change": None}, {"gives": {}}],
)
def test_what_is_not_owed_is_not_proposed_whatever_its_kind(kind: ChangeKind, changes: dict[str, Any]) -> None:
    booking = a_booking()
    right = a_right(kind, booking).model_copy(update=changes)
    with pytest.raises(ProposalRefused, match="Nothing was changed"):
        change.propose(right, booking, booking.legs[1], CHOICES[kind], conversation_id="c", proposal_id="p", traveller_id="lin", now=NOW)


@pytest.mark.parametrize("kind", CHANGE_KINDS)
def test_another_traveller_s_booking_is_never_proposed_for(kind: ChangeKind) -> None:
    with pytest.raises(ProposalRefused):
        propose(kind, traveller_id="tom")


@pytest.mark.parametrize("kind", sorted(k for k in CHANGE_KINDS if KINDS[k].NOTHING is not None))
def test_where_the_airline_has_nothing_it_is_said_plainly(kind: ChangeKind) -> None:
    with pytest.raises(ProposalRefused, match="Nothing was changed") as no:
        propose(kind, choices=())
    assert no.value.said == KINDS[kind].NOTHING


@pytest.mark.parametrize("kind", sorted(k for k in CHANGE_KINDS if KINDS[k].NEEDS_LEG))
def test_what_is_about_a_flight_needs_one(kind: ChangeKind) -> None:
    with pytest.raises(ProposalRefused):
        propose(kind, leg=False)


def test_a_whole_booking_can_be_refunded() -> None:
    assert (propose("refund", leg=False).leg_id, propose("refund", leg=False).booking_id) == (None, "ABCDEF")


MARKS: dict[str, Any] = {
    "offer": OfferMark(id="o1", moment="delay", reason=words("Your flight is late.", "您的航班延误。")),
    "granted": Granted(by="Anna", reason="We said so on the phone."),
    "company_id": "co",
    "price": cny(1),
    "paid_out": cny(1),
    "right": "another",
    "kind": "voucher",
    "leg_id": None,
    "undoes": "p0",
}


@given(kind=st.sampled_from(CHANGE_KINDS), term=st.sampled_from(sorted(MARKS)))
def test_the_hash_binds_every_term_of_every_kind(kind: ChangeKind, term: str) -> None:
    proposal = propose(kind)
    other = proposal.model_copy(update={term: MARKS[term]})
    assert proposal.terms_hash == terms_hash_of(proposal)
    assert (terms_hash_of(other) == proposal.terms_hash) == (getattr(proposal, term) == MARKS[term])
    after = proposal.model_copy(update={"state": "executed", "chosen": "option-1", "undo_until": NOW})
    assert terms_hash_of(after) == proposal.terms_hash and hashed(after).terms_hash == proposal.terms_hash
    assert Proposal.model_validate_json(proposal.model_dump_json()) == proposal


@given(
    kind=st.sampled_from(CHANGE_KINDS),
    lasts=st.timedeltas(timedelta(seconds=1), timedelta(hours=48)),
    until=st.none() | st.timedeltas(timedelta(seconds=1), timedelta(days=5)),
    at=st.timedeltas(timedelta(0), timedelta(days=3)),
)
def test_it_expires_to_the_second_and_never_after_the_right(kind: ChangeKind, lasts: timedelta, until: timedelta | None, at: timedelta) -> None:
    booking = a_booking()
    right = a_right(kind, booking, until=None if until is None else NOW + until)
    about = {"conversation_id": "c", "proposal_id": "p", "traveller_id": "lin", "now": NOW, "lasts": lasts}
    proposal = change.propose(right, booking, booking.legs[1], CHOICES[kind], **about)
    assert proposal.expires_at == NOW + (lasts if until is None else min(lasts, until))
    assert is_open(proposal, NOW + at) == (NOW + at < proposal.expires_at)


@pytest.mark.parametrize("kind", CHANGE_KINDS)
def test_taking_back_is_a_proposal_of_its_own_and_one_only(kind: ChangeKind) -> None:
    proposal = yes(propose(kind))
    undo = undo_of(proposal, NOW + DAY, NOW + 2 * DAY)
    assert undo.id == undo_of(proposal, NOW, NOW).id != proposal.id and undo.undoes == proposal.id
    order = order_of(undo, "9LC000001")
    assert (order.kind, order.undoes, order.choice, order.charged, order.paid_out) == ("undo", "9LC000001", None, None, None)
    receipt = receipt_for(undo, DONE, NOW)
    assert receipt.proposal_id == proposal.id and receipt.id != receipt_for(proposal, DONE, NOW).id
    assert said(receipt.lines)["What was taken back"] == "A right"


@pytest.mark.parametrize(
    ("quota", "en", "zh"),
    [
        ({"times": 1, "per": "booking"}, "This can be done once per booking.", "每个订单限用一次。"),
        ({"times": 3, "per": "traveller"}, "This can be done 3 times per traveller.", "每位旅客限用3次。"),
        ({"times": 1, "per": "company", "within": "12 months"}, "At most once in 12 months per company.", "每家企业在12个月内限用1次。"),
        (
            {"times": 2, "per": "leg", "within": "calendar year"},
            "At most 2 times in one calendar year per flight.",
            "每个航班在一个自然年内限用2次。",
        ),
    ],
)
def test_how_often_is_said_on_the_card(quota: dict[str, Any], en: str, zh: str) -> None:
    line = propose("refund", quota=Quota(**quota)).lines[-1]
    assert (line.value.en, line.value.zh) == (en, zh)


def test_a_record_of_the_first_release_is_read_as_what_it_was() -> None:
    now = propose("rebooking")
    kept = now.model_dump(mode="json", exclude={"company_id", "right", "paid_out", "offer", "granted", "undoes", "undo_until", "price"})
    kept |= {"kind": "free_change", "fee": {"amount": "0", "currency": "CNY"}}
    kept["options"] = [{"id": o["id"], "flight": o["choice"]["flight"], "label": o["label"], "note": o["note"]} for o in kept["options"]]
    read = Proposal.model_validate(kept)
    assert (read.kind, read.right, read.price, read.options[0].choice.flight) == ("rebooking", "free_change", cny(0), LATER)
    assert order_of(yes(read)).choice is not None and receipt_for(yes(read), DONE, NOW).lines
