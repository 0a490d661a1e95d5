"""The queue as a pure thing: whatever the tickets, order and places agree."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from desk.conversation import Caller, StaffName
from desk.queue import in_order, position, priority
from desk.ticket import Ticket
from tests.house import NOW

REASONS = ("low_confidence", "asked", "stake", "complaint", "failed_change", "unknown_change", "silent_airline", "stopped")


@st.composite
def tickets(draw: Any) -> list[Ticket]:
    made = []
    for number in range(1, draw(st.integers(0, 12)) + 1):
        state = draw(st.sampled_from(["waiting", "taken"]))
        reason = draw(st.sampled_from(REASONS))
        tier = draw(st.sampled_from([None, "member", "silver", "gold", "platinum"]))
        hours = draw(st.none() | st.floats(-5, 100))
        weight = priority(reason, tier, draw(st.sampled_from(["calm", "upset"])), hours)
        ticket = Ticket(
            id=f"t{number}",
            number=number,
            conversation_id=f"c{number}",
            state=state,
            reason=reason,
            priority=weight,
            lang="en",
            headline="?",
            mood="calm",
            caller=Caller(),
            messages_waiting=1,
            opened_at=NOW + timedelta(minutes=draw(st.integers(0, 90))),
            promised_by=NOW,
            taken_by=StaffName(id="s", name="S") if state == "taken" else None,
        )
        made.append(ticket)
    return made


@given(tickets(), st.randoms())
def test_the_order_does_not_depend_on_how_they_come(made: list[Ticket], chance: Any) -> None:
    """A queue is the same however the rows were read, and holds everybody once."""
    mixed = list(made)
    chance.shuffle(mixed)
    assert in_order(mixed) == in_order(made) and sorted(t.number for t in in_order(made)) == [t.number for t in made]


@given(tickets())
def test_places_count_those_who_wait(made: list[Ticket]) -> None:
    """The places of those who wait are 1, 2, 3 … in order of work; who is being served has place 0; nobody with less priority is ahead."""
    ordered = in_order(made)
    waiting = [t for t in ordered if t.state == "waiting"]
    assert [position(t, made) for t in waiting] == list(range(1, len(waiting) + 1))
    assert all(position(t, made) == 0 for t in made if t.state == "taken")
    assert [t.state for t in ordered] == sorted((t.state for t in ordered), key=lambda s: s != "taken")
    for one, two in pairwise(waiting):
        assert (-one.priority, one.opened_at) <= (-two.priority, two.opened_at)


@given(st.sampled_from(REASONS), st.none() | st.floats(-100, 1000))
def test_more_at_stake_never_comes_later(reason: Any, hours: float | None) -> None:
    """A nearer departure, a higher card, a worse mood: none of them ever lowers the priority."""
    tiers = [None, "member", "silver", "gold", "platinum"]
    by_tier = [priority(reason, t, "calm", hours) for t in tiers]  # type: ignore[arg-type]
    assert by_tier == sorted(by_tier)
    assert priority(reason, "gold", "upset", hours) >= priority(reason, "gold", "calm", hours)
    assert priority(reason, "gold", "calm", 2.9) >= priority(reason, "gold", "calm", 20) >= priority(reason, "gold", "calm", 200)
    assert priority(reason, "gold", "calm", -1) == priority(reason, "gold", "calm", None)
