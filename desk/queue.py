"""The queue: who comes next. Pure. What can honestly be promised to the one who waits says desk/promise.py."""

from collections.abc import Sequence

from customers.traveller import Tier
from desk.ticket import Mood, Reason, Ticket

TIER_POINTS: dict[Tier, float] = {"member": 0, "silver": 1, "gold": 2, "platinum": 3}
REASON_POINTS: dict[Reason, float] = {
    "low_confidence": 0,
    "asked": 0,
    "stopped": 1,
    "silent_airline": 2,
    "stake": 2,
    "complaint": 2,
    "unknown_change": 3,
    "failed_change": 4,
}


def priority(reason: Reason, tier: Tier | None, mood: Mood, hours_to_departure: float | None) -> float:
    """How much sooner than in order of arrival: a flight within 3 hours counts most, then what is at stake, then who it is."""
    hurry = (
        0.0 if hours_to_departure is None or hours_to_departure < 0 else 6.0 if hours_to_departure <= 3 else 3.0 if hours_to_departure <= 24 else 0.0
    )
    return hurry + REASON_POINTS[reason] + (TIER_POINTS[tier] if tier else 0) + (1 if mood == "upset" else 0)


def in_order(tickets: Sequence[Ticket]) -> tuple[Ticket, ...]:
    """Order of work: what somebody already holds stays on top for them, then by priority, then by arrival."""
    return tuple(sorted(tickets, key=lambda t: (t.state != "taken", -t.priority, t.opened_at, t.number)))


def position(ticket: Ticket, tickets: Sequence[Ticket]) -> int:
    """1-based place among those who wait; 0 once somebody has taken it."""
    if ticket.state != "waiting":
        return 0
    waiting = [t for t in in_order(tickets) if t.state == "waiting"]
    return next((n for n, t in enumerate(waiting, start=1) if t.id == ticket.id), len(waiting) + 1)
