"""Opening a case: in the transaction of the ticket or complaint that makes it one, once a ticket, with somebody to look after it and a date."""

from datetime import datetime
from typing import Any

from basics.ids import new_id
from bot.promising import roster_of
from bot.settings import Settings
from desk.case import Case, Step, due_after, owner_for
from desk.conversation import StaffName
from desk.ticket import Ticket
from store import cases, events, staff
from store.database import Tx


async def open_case(tx: Tx, ticket: Ticket, about: str, settings: Settings, now: datetime, by: StaffName | None = None) -> Case | None:
    """A case for a ticket, looked after by whoever opens it (None: by who has the fewest); None where one stands already."""
    await tx.alone(f"case:{ticket.id}")
    if await cases.open_case_of(tx.conn, ticket.id) is not None:
        return None
    roster = roster_of(settings)
    due = due_after(roster, settings.case_days, now)
    owner = by or owner_for(await staff.active(tx.conn), await cases.in_hand(tx.conn), roster, now, due)
    case = Case(
        id=new_id("case"),
        **ticket.model_dump(include={"number", "conversation_id", "lang", "reason"}),
        ticket_id=ticket.id,
        caller=ticket.caller,
        traveller_id=ticket.caller.traveller_id,
        about=about,
        state="open",
        owner=owner,
        due_at=due,
        opened_at=now,
        changed_by=by,
    )
    await cases.open_case(tx, case)
    await tell_step(tx, "opened", case, by, now)
    return case


async def tell_step(tx: Tx, step: Step, case: Case, by: StaffName | None, now: datetime, reason: str = "") -> None:
    """A step of a case, on the desk's stream: the other console sees it, and it is the case's history."""
    data: dict[str, Any] = {
        "case_id": case.id,
        "ticket_id": case.ticket_id,
        "step": step,
        "by": by.model_dump() if by else None,
        "owner": case.owner.model_dump() if case.owner else None,
        "due_at": case.due_at.isoformat(),
        "reason": reason,
    }
    await events.append(tx, events.DESK, now, [(cases.KIND, data)])
