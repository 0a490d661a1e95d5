"""A complaint noticed in a turn becomes a moment, in the transaction that keeps the turn."""

from datetime import datetime

from bot.steps import Thought
from customers.moment import Moment
from store import moments
from store.database import Tx


async def notice_complaint(tx: Tx, thought: Thought, now: datetime) -> None:
    """Tell of a complaint, once a conversation and day; nobody is known behind an anonymous one."""
    traveller_id = thought.request.caller.traveller_id
    if traveller_id is None or not thought.understood.complains:
        return
    at = thought.evidence.asked_leg
    told = Moment(
        id=f"complaint:{thought.request.conversation_id}:{now:%Y-%m-%d}",
        kind="complaint",
        traveller_id=traveller_id,
        at=now,
        booking_id=at[0].id if at else None,
        leg_id=at[1].id if at else None,
    )
    await moments.tell_moment(tx, told, now)
