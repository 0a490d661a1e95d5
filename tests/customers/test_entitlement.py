"""The return leg's free change, clause by clause as the fact sheet has it, and what each traveller is told."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customers.booking import Booking
from customers.company import Company
from customers.entitlement import Entitlement, entitlements_of
from customers.rights import load_rules
from customers.traveller import Traveller
from tests.customers.people import NOW, a_booking, a_company, a_leg, a_traveller, en, return_flex, used_before

BOOK = load_rules()
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


def held(booking: Booking, traveller: Traveller | None = None, company: Company | None = None, used: int = 0) -> tuple[Entitlement, ...]:
    return decided(traveller or a_traveller(), company, [booking], used_before(booking, used))


def decided(traveller: Traveller, company: Company | None, bookings: list[Booking], uses: Any = (), now: datetime = NOW) -> tuple[Entitlement, ...]:
    """What is decided about the free change, of all that is decided."""
    return tuple(right for right in entitlements_of(BOOK, traveller, company, bookings, now, uses) if right.right == "free_change")


def test_a_traveller_under_way_may_change_the_return_leg_until_three_hours_before() -> None:
    (right,) = held(a_booking())
    assert (right.decision, right.right, right.rule_id, right.leg_id) == ("allow", "free_change", "return-leg-free-change", "L2")
    assert right.until == NOW + timedelta(days=2) - 3 * HOUR
    assert right.gives == {"fee": 0, "fare_difference": "waived"} and len(right.reasons) == 7


STILL_ALLOWED: dict[str, dict[str, Any]] = {
    "exactly three hours": {"back_in": 3 * HOUR},
    "landed this second": {"out_ago": 5 * HOUR},
    "nine passengers": {"passengers": 9},
    "lightest fare": {"fare": "light"},
}
DENIED: dict[str, tuple[dict[str, Any], str]] = {
    "a second too late": ({"back_in": 3 * HOUR - SECOND}, "at least 3 hours before departure"),
    "still in the air": ({"out_ago": 5 * HOUR - SECOND}, "once the first flight of this trip has been flown"),
    "a group of ten": ({"passengers": 10}, "group booking of 10 or more"),
    "a cancelled return": ({"legs": (a_leg(NOW - 9 * HOUR, "outbound"), a_leg(NOW + 9 * HOUR, cancelled=True))}, "has been cancelled"),
    "a cancelled outward leg": (
        {"legs": (a_leg(NOW - 9 * HOUR, "outbound", cancelled=True), a_leg(NOW + 9 * HOUR))},
        "once the first flight",
    ),
    "an outward leg": (
        {"legs": (a_leg(NOW - 9 * HOUR, "outbound", id="L0"), a_leg(NOW + 9 * HOUR, "outbound"))},
        "for the return flight only",
    ),
}


@pytest.mark.parametrize("name", STILL_ALLOWED)
def test_just_inside_each_limit_it_is_allowed(name: str) -> None:
    assert [right.decision for right in held(a_booking(**STILL_ALLOWED[name]))] == ["allow"]


@pytest.mark.parametrize("name", DENIED)
def test_just_outside_each_limit_the_one_reason_is_given(name: str) -> None:
    changes, reason = DENIED[name]
    (right,) = held(a_booking(**changes))
    assert right.decision == "deny" and right.until is None and right.gives == {}
    assert len(right.reasons) == 1 and reason in right.reasons[0].en


@pytest.mark.parametrize(
    ("tags", "decision"),
    [
        ((return_flex(),), "allow"),
        ((return_flex(since=NOW),), "allow"),
        ((return_flex(since=NOW + SECOND),), "deny"),
        ((return_flex(until=NOW + SECOND),), "allow"),
        ((return_flex(until=NOW),), "deny"),
        ((return_flex(name="return_flexible"),), "deny"),
        ((), "deny"),
        (None, "refer"),
    ],
)
def test_the_benefit_has_to_be_in_force_and_unknown_is_not_no(tags: Any, decision: str) -> None:
    (right,) = held(a_booking(), a_traveller(tags=tags))
    assert right.decision == decision
    assert right.missing == (("traveller.tags",) if decision == "refer" else ())
    if decision == "refer":
        assert "您名下的权益" in right.reasons[0].zh


def test_once_per_booking() -> None:
    assert [right.decision for right in held(a_booking(), used=1)] == ["deny"]
    assert "already been used" in held(a_booking(), used=1)[0].reasons[0].en
    assert [right.decision for right in held(a_booking(id="OTHER1"), used=0)] == ["allow"]
    uses = used_before(a_booking(id="OTHER1"), 1)
    (right,) = decided(a_traveller(), None, [a_booking()], uses)
    assert right.decision == "allow", "what was used for another booking does not count"


def test_each_leg_ahead_is_answered_in_order_and_other_peoples_bookings_are_not() -> None:
    ahead = a_booking(id="AHEAD1", legs=(a_leg(NOW + HOUR, "outbound"), a_leg(NOW + 50 * HOUR)))
    theirs = a_booking(id="THEIRS", traveller_id="somebody-else")
    found = decided(a_traveller(), a_company(), [a_booking(), theirs, ahead])
    every = entitlements_of(BOOK, a_traveller(), a_company(), [a_booking(), theirs, ahead], NOW, ())
    assert {right.booking_id for right in every} == {"ABCDEF", "AHEAD1", None}
    assert [(right.booking_id, right.leg_id, right.decision) for right in found] == [
        ("AHEAD1", "L1", "deny"), ("ABCDEF", "L2", "allow"), ("AHEAD1", "L2", "deny")
    ]  # fmt: skip
    (why,) = en(found[2].reasons)
    assert why == "You can use it once the first flight of this trip has been flown. Until then, the change rules of your fare apply."


def test_nothing_ahead_nothing_owed() -> None:
    assert held(a_booking(back_in=timedelta(0))) == ()


@settings(deadline=None)
@given(st.integers(-3, 9 * 24 * 3600))
def test_until_is_the_last_moment_that_the_rule_itself_allows(seconds: int) -> None:
    """The hours named in `until` and in the clause are one number."""
    booking = a_booking()
    at = NOW + timedelta(seconds=seconds)
    rights = decided(a_traveller(), None, [booking], now=at)
    limit = booking.legs[1].departs_at - 3 * HOUR
    assert [right.decision for right in rights] == (["allow"] if at <= limit else ["deny"] if at < booking.legs[1].departs_at else [])


def test_a_silver_traveller_s_private_ticket_is_not_covered_by_their_company_s_benefit() -> None:
    """The benefit of a Compass company belongs to tickets bought through its account; Gold and Platinum hold it on every ticket."""
    silver = a_traveller(tier="silver", tags=(return_flex(),))
    private = a_booking().model_copy(update={"bought_through": "personal"})
    assert held(private, silver)[0].decision == "deny"
    assert "Compass company account" in en(held(private, silver)[0].reasons)[0]
    assert held(private.model_copy(update={"bought_through": "company_account"}), silver)[0].decision == "allow"
    assert held(private, a_traveller(tier="gold", tags=(return_flex(),)))[0].decision == "allow"
