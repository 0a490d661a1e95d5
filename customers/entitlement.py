"""An entitlement: this right, for this booking and leg, until then, because of that article; or why not."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from pydantic import AwareDatetime, BaseModel

from basics.words import Words
from customers.booking import Booking, Leg
from customers.company import Company
from customers.facts import facts_of
from customers.order import ChangeKind
from customers.rights import AIRLINE_ZONE, Effect, RightDecision, RuleBook
from customers.traveller import Traveller
from customers.uses import Holder, Ledger, Use


class Entitlement(BaseModel, frozen=True):
    """A decision about one leg: `reasons` are the clauses that failed, or what held; `until` is the last moment to use it."""

    rule_id: str
    right: str
    title: Words
    decision: Effect
    reasons: tuple[Words, ...]
    until: AwareDatetime | None = None
    article: str
    booking_id: str | None = None
    leg_id: str | None = None
    gives: dict[str, Any] = {}
    missing: tuple[str, ...] = ()
    change: ChangeKind | None = None
    usually: Words | None = None
    terms: Words | None = None
    rule_version: int = 1
    facts_used: dict[str, Any] = {}


def entitlements_of(
    rulebook: RuleBook,
    traveller: Traveller,
    company: Company | None,
    bookings: Iterable[Booking],
    now: datetime,
    uses: Collection[Use],
    zone: str = AIRLINE_ZONE,
) -> tuple[Entitlement, ...]:
    """Every right of the rulebook for each leg ahead, earliest leg first; `uses` are the earlier ones of this traveller and their company.

    Another traveller's booking is passed over: nobody is told about, or given, what is not theirs.
    """
    ahead = [(booking, leg) for booking in bookings if booking.traveller_id == traveller.id for leg in booking.legs_ahead(now)]
    found = []
    for booking, leg in sorted(ahead, key=lambda pair: pair[1].departs_at):
        facts = facts_of(traveller, company, booking, leg, now)
        holder = Holder(traveller_id=traveller.id, company_id=company and company.id, booking_id=booking.id, leg_id=leg.id)
        ledger = Ledger(uses, holder, now, zone)
        for right in rulebook.rights:
            decision = rulebook.decide(right, facts, now, zone, ledger)
            entitlement = _entitlement(rulebook, decision, booking, leg)
            if entitlement:
                found.append(entitlement)
    return tuple(found)


def _entitlement(rulebook: RuleBook, decision: RightDecision, booking: Booking, leg: Leg) -> Entitlement | None:
    """None when no rule of this right is in force: there is then nothing to name it by."""
    rule = rulebook.rule(decision.rule_id) if decision.rule_id else None
    if rule is None:
        return None
    until = rule.until and leg.departs_at - timedelta(hours=rule.until.hours_before_departure)
    return Entitlement(
        rule_id=rule.id,
        right=decision.right,
        title=rule.title,
        decision=decision.decision,
        reasons=decision.reasons,
        until=until if decision.decision != "deny" else None,
        article=rule.article_named,
        booking_id=booking.id,
        leg_id=leg.id,
        gives=decision.gives,
        missing=decision.missing,
        change=rule.change,
        usually=rule.usually,
        terms=rule.terms,
        rule_version=rule.version,
        facts_used=decision.facts_used,
    )
