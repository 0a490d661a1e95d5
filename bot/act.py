"""Step 7, act: a proposal in writing, and the change itself, exactly once, after a yes. Only code in this file changes a booking."""

from basics.ids import new_id
from bot.steps import Evidence, Request
from customers.change import Proposal, propose_free_change


def propose(request: Request, evidence: Evidence) -> Proposal | None:
    """The written proposal for the right that is held; it binds nobody until it is confirmed."""
    if evidence.asked_leg is None or evidence.asked_right is None:
        return None
    booking, leg = evidence.asked_leg
    return propose_free_change(
        evidence.asked_right,
        booking,
        leg,
        evidence.alternatives,
        conversation_id=request.conversation_id,
        proposal_id=new_id("prop"),
        now=request.now,
    )
