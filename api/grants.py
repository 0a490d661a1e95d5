"""The staff's door to grants: give a traveller something beyond the rules, see what was given, approve or refuse it as a lead."""

from typing import Annotated

from fastapi import APIRouter, Query

from api import shapes
from api.callers import Lead, Staff, TheHouse
from basics.money import Money
from bot.grants import Asked
from store.grants import Standing

router = APIRouter(prefix="/v1/desk", tags=["staff"])


@router.post("/tickets/{ticket_id}/grants")
async def give(house: TheHouse, who: Staff, ticket_id: str, asked: shapes.AskGrant) -> shapes.ShownStanding:
    """Caller: the staff member who holds it. A card for the traveller, who still says yes; above the limit it waits for a lead."""
    amount = None if asked.amount is None else Money(amount=asked.amount, currency=asked.currency or house.settings.grant_currency)
    plain = asked.model_dump(include={"kind", "booking_id", "leg_id", "reason"})
    return _shown(await house.grants.grant(ticket_id, who, Asked(**plain, amount=amount, choice_id=asked.choice)))


@router.get("/grants")
async def of_ticket(house: TheHouse, who: Staff, ticket: Annotated[str, Query(max_length=80, pattern=r"^[^\x00]*$")]) -> shapes.TicketGrants:
    """Caller: staff. What was given on a ticket, and what the caller may still give."""
    found, limit = await house.grants.of_ticket(ticket, who)
    each, day, left = (f"{money.amount:f}" for money in (limit.each, limit.day, limit.left_today))
    return shapes.TicketGrants(
        grants=[_shown(one) for one in found],
        limit=shapes.ShownLimit(each=each, day=day, left_today=left, currency=limit.each.currency),
    )


@router.post("/grants/{grant_id}/approve")
async def approve(house: TheHouse, who: Lead, grant_id: str) -> shapes.ShownStanding:
    """Caller: a lead, of what another asked for. The card is made."""
    return _shown(await house.grants.approve(grant_id, who))


@router.post("/grants/{grant_id}/refuse")
async def refuse(house: TheHouse, who: Lead, grant_id: str) -> shapes.ShownStanding:
    """Caller: a lead, of what another asked for. Nothing is offered."""
    return _shown(await house.grants.refuse(grant_id, who))


def _shown(standing: Standing) -> shapes.ShownStanding:
    grant = standing.grant
    return shapes.ShownStanding(
        **grant.model_dump(include={"id", "kind", "booking_id", "reason", "proposal_id", "at"}),
        amount=f"{grant.amount.amount:f}",
        currency=grant.amount.currency,
        by=grant.by.name,
        state=standing.proposal_state or ("refused" if grant.state == "refused" else "waiting_approval"),
        approved_by=grant.decided_by.name if grant.decided_by and grant.state == "offered" else None,
    )
