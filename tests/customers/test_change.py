"""A proposal says everything in writing and is only made when it is owed; a receipt says what was done."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from basics.money import Money
from basics.words import words
from customers import change
from customers.booking import Booking, Leg
from customers.change import Proposal, ProposalRefused, Receipt, is_open, receipt_for, terms_hash_of
from customers.change_rebooking import may_replace
from customers.entitlement import Entitlement, entitlements_of
from customers.order import ChangeDone, Choice
from customers.rights import load_rules
from tests.customers.people import NOW, a_booking, a_flight, a_leg, a_traveller, used_before

BOOK = load_rules()
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def the_right(booking: Booking, used: int = 0) -> Entitlement:
    return [e for e in entitlements_of(BOOK, a_traveller(), None, [booking], NOW, used_before(booking, used)) if e.right == "free_change"][-1]


def propose(booking: Booking | None = None, flights: Any = None, now: Any = NOW, **changes: Any) -> Proposal:
    booking = booking or a_booking()
    flights = [a_flight(booking.legs[1].departs_at + DAY)] if flights is None else flights
    right = the_right(booking).model_copy(update=changes)
    return written(right, booking, booking.legs[1], flights, now)


def written(right: Entitlement, booking: Booking, leg: Leg, flights: Any, now: Any = NOW) -> Proposal:
    choices = [Choice(id=f.flight, flight=f) for f in flights]
    return change.propose(
        right, booking, leg, choices, conversation_id="c1", proposal_id="p1", traveller_id="lin", quota=BOOK.rules[0].quota, now=now
    )


def test_a_proposal_names_the_flight_the_fee_and_the_choices_in_both_languages() -> None:
    proposal = propose()
    said = {line.label.en: line.value for line in proposal.lines}
    assert proposal.title.zh == "回程航班免费改期" and proposal.price == Money(amount=Decimal(0))
    assert (said["Change fee"].zh, said["Fare difference"].zh, said["Fare"].zh) == ("免费", "免收", "经济舱标准")
    assert said["Departure now"].en == "Tue 24 Nov, 14:10 (Singapore time)"
    (option,) = proposal.options
    assert option.label.zh == "11月25日 周三 14:10（新加坡时间）" and "9L220" in option.note.en and "经济舱" in option.note.zh
    assert proposal.option(option.id) == option and proposal.option("none") is None
    assert (proposal.traveller_id, proposal.state, proposal.chosen) == ("lin", "offered", None)


@pytest.mark.parametrize(
    ("back_in", "open_for"),
    [(2 * DAY, 15 * MINUTE), (3 * HOUR + 15 * MINUTE, 15 * MINUTE), (3 * HOUR + 4 * MINUTE, 4 * MINUTE)],
)
def test_it_is_open_for_fifteen_minutes_but_never_longer_than_the_right(back_in: timedelta, open_for: timedelta) -> None:
    proposal = propose(a_booking(back_in=back_in))
    assert proposal.expires_at - proposal.created_at == open_for
    assert is_open(proposal, NOW + open_for - timedelta(seconds=1)) and not is_open(proposal, NOW + open_for)


@pytest.mark.parametrize("state", ["pending", "executed", "declined", "expired", "failed"])
def test_only_an_offered_proposal_is_open(state: Any) -> None:
    assert not is_open(propose().model_copy(update={"state": state}), NOW)


@pytest.mark.parametrize(
    "changes",
    [
        {"decision": "deny"},
        {"decision": "refer"},
        {"change": None},
        {"change": "lounge"},
        {"booking_id": "OTHER1"},
        {"leg_id": "L1"},
        {"until": NOW},
        {"gives": {}},
        {"gives": {"fee": -1, "fare_difference": "waived"}},
        {"gives": {"fee": "none", "fare_difference": "waived"}},
        {"gives": {"fee": 0, "fare_difference": "half"}},
    ],
)
def test_what_is_not_owed_is_not_proposed(changes: dict[str, Any]) -> None:
    with pytest.raises(ProposalRefused, match="Nothing was changed"):
        propose(**changes)


def test_a_leg_that_has_changed_meanwhile_is_not_proposed() -> None:
    booking = a_booking()
    stale = booking.legs[1].model_copy(update={"flight": "9L999"})
    with pytest.raises(ProposalRefused):
        written(the_right(booking), booking, stale, [a_flight(NOW + 3 * DAY)])


LEG = a_leg(NOW + 2 * DAY)


@pytest.mark.parametrize(
    ("flight", "fits"),
    [
        (a_flight(LEG.departs_at + 14 * DAY), True),
        (a_flight(LEG.departs_at + 14 * DAY + MINUTE), False),
        (a_flight(NOW + 3 * HOUR), True),
        (a_flight(NOW + 3 * HOUR - MINUTE), False),
        (a_flight(LEG.departs_at, flight=LEG.flight), False),
        (a_flight(LEG.departs_at), True),
        (a_flight(LEG.departs_at + DAY, flight=LEG.flight), True),
        (a_flight(LEG.departs_at + DAY, destination="PEK"), False),
        (a_flight(LEG.departs_at + DAY, origin="KUL"), False),
    ],
)
def test_only_flights_within_the_terms_are_offered(flight: Any, fits: bool) -> None:
    assert may_replace(flight, LEG, LEG.departs_at, NOW) is fits
    if fits:
        assert [option.choice.flight for option in propose(flights=[flight]).options] == [flight]
    else:
        with pytest.raises(ProposalRefused, match="no other flight"):
            propose(flights=[flight])


CHANGED_TERMS: dict[str, Any] = {
    "title": words("Other", "其他"),
    "price": Money(amount=Decimal(1)),
    "booking_id": "OTHER1",
    "traveller_id": "tom",
    "options": (),
    "lines": (),
    "rule_id": "other",
    "expires_at": NOW + HOUR,
    "id": "p2",
}


@given(st.sampled_from(sorted(CHANGED_TERMS)), st.sampled_from(["pending", "executed"]))
def test_the_hash_binds_every_term_and_nothing_else(term: str, state: Any) -> None:
    proposal = propose()
    assert proposal.terms_hash == terms_hash_of(proposal) and len(proposal.terms_hash) == 64
    assert terms_hash_of(proposal.model_copy(update={term: CHANGED_TERMS[term]})) != proposal.terms_hash
    assert terms_hash_of(proposal.model_copy(update={"state": state, "chosen": "option-1"})) == proposal.terms_hash


def test_proposal_and_receipt_survive_being_kept_as_json() -> None:
    proposal = propose()
    kept = Proposal.model_validate_json(proposal.model_dump_json())
    assert kept == proposal and terms_hash_of(kept) == proposal.terms_hash
    receipt = receipt_for(proposal, ChangeDone(reference="R1", booking=a_booking()), NOW)
    assert Receipt.model_validate_json(receipt.model_dump_json()) == receipt


def test_a_receipt_says_what_was_done_and_there_is_one_for_a_proposal() -> None:
    proposal = propose().model_copy(update={"state": "pending", "chosen": "option-1"})
    done = ChangeDone(reference="9LC000007", booking=a_booking())
    receipt = receipt_for(proposal, done, NOW)
    said = {line.label.en: line.value.en for line in receipt.lines}
    assert said["New flight"] == "9L220, Singapore – Shanghai" and said["Departure"] == "Wed 25 Nov, 14:10 (Singapore time)"
    assert said["Change fee"] == "free of charge" and said["Airline reference"] == receipt.reference == "9LC000007"
    assert receipt.proposal_id == "p1" and receipt.executed_at == NOW
    assert receipt_for(proposal, done, NOW + MINUTE).id == receipt.id
    assert receipt_for(proposal.model_copy(update={"id": "p2"}), done, NOW).id != receipt.id
