"""Facts worked out from several systems: value and segment, the company's level, the risk that somebody leaves and the goodwill it proposes."""

from datetime import datetime
from typing import Any

from basics.clock import day_in
from basics.errors import Unavailable
from customers.churn import churn_of, goodwill_for
from customers.company import Company
from customers.notes import Notes
from customers.scheme import Scheme
from customers.source import CustomerSource
from customers.traveller import Traveller
from customers.value import company_value_of, value_of


async def worked_out(
    traveller: Traveller, company: Company | None, notes: Notes, source: CustomerSource, scheme: Scheme, now: datetime, zone: str
) -> dict[str, Any]:
    """By their names in the catalogue; what is not known is None, and so left out of the facts."""
    value, of_company = value_of(traveller, scheme), company_value_of(company, scheme) if company else None
    churn = churn_of(traveller.tier or "member", traveller.activity, notes.complaints or 0, notes.rating, day_in(now, zone))
    goodwill = goodwill_for(churn, traveller.tier or "member")
    return {
        "traveller.value": value and value.score,
        "traveller.segment": value and value.segment,
        "company.value": of_company and of_company.score,
        "company.segment": of_company and of_company.segment,
        "company.level": await _level(traveller, source, now),
        "traveller.churn_risk": churn.band,
        "traveller.goodwill": float(goodwill.amount.amount) if goodwill else 0.0,
    }


async def _level(traveller: Traveller, source: CustomerSource, now: datetime) -> str | None:
    """The level of the company that the asker looks after; None where they look after none, or the platform does not answer."""
    if traveller.role != "company_admin" or traveller.company_id is None:
        return None
    try:
        account = await source.account(traveller.company_id, now)
    except Unavailable:
        return None
    return account.standing.level if account is not None and account.standing is not None else None
