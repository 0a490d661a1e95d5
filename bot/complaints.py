"""A complaint noticed in a turn becomes a moment; it is told in the transaction that keeps the turn."""

from datetime import datetime

from bot.steps import Thought
from customers.moment import Moment


def complaint_in(thought: Thought, now: datetime) -> Moment | None:
    """The complaint that was made, the same one for a conversation and day; none of somebody whom nobody knows."""
    traveller_id = thought.request.caller.traveller_id
    if traveller_id is None or not thought.understood.complains:
        return None
    at = thought.evidence.asked_leg
    return Moment(
        id=f"complaint:{thought.request.conversation_id}:{now:%Y-%m-%d}",
        kind="complaint",
        traveller_id=traveller_id,
        at=now,
        booking_id=at[0].id if at else None,
        leg_id=at[1].id if at else None,
    )
