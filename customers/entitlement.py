"""An entitlement: this right, for this leg, booking, traveller or company, until then, because of that article; or why not."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Literal, NamedTuple

from pydantic import AwareDatetime, BaseModel

from basics.words import Words
from customers.booking import Booking, Leg
from customers.checked_rules import CheckedRule
from customers.company import Company
from customers.condition import Facts
from customers.facts import facts_of
from customers.notes import Notes
from customers.order import ChangeKind
from customers.rights import AIRLINE_ZONE, Effect, RightDecision, RuleBook
from customers.traveller import Traveller
from customers.uses import Holder, Ledger, Use

AFTERWARDS = timedelta(days=30)
"""How long after its departure a flight is looked at for what can be claimed then, and `LONG_AFTERWARDS` one that was disrupted."""
LONG_AFTERWARDS = timedelta(days=366)
_HAS_LEFT = "leg.departed"
On = Literal["leg", "booking", "traveller", "company"]


class Entitlement(BaseModel, frozen=True):
    """A decision about one thing: `reasons` are the clauses that failed, or what held; `until` is the last moment to use it.

    `near`: denied, for one known reason only. `decided` is all that it was decided from: kept, it can be decided again.
    """

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
    near: bool = False
    decided: RightDecision | None = None

    @property
    def follows_disruption(self) -> bool:
        """Whether it was decided about something that went wrong."""
        return bool(self.facts_used.get("disruption.event", "none") != "none")

    @property
    def id(self) -> str:
        """How it is named in receipts and by the sentences that it carries: `rule:booking:leg`, as far as it is about one."""
        return ":".join(part for part in (self.rule_id, self.booking_id, self.leg_id) if part)


class _Subject(NamedTuple):
    """What rights are decided about; `departed`: whether a leg has left (None: rights for before and for afterwards both matter)."""

    on: On
    booking: Booking | None = None
    leg: Leg | None = None
    departed: bool | None = None


def entitlements_of(
    rulebook: RuleBook,
    traveller: Traveller,
    company: Company | None,
    bookings: Iterable[Booking],
    now: datetime,
    uses: Collection[Use],
    zone: str = AIRLINE_ZONE,
    notes: Notes | None = None,
    more: Mapping[str, Any] | None = None,
) -> tuple[Entitlement, ...]:
    """Every right of the rulebook for what it is about: legs ahead (earliest first), legs that left, bookings, the traveller, an admin's company.

    `uses` are the earlier ones of this traveller and their company; `notes` and `more` as in `facts_of`. Another traveller's booking is passed over:
    nobody is told about, or given, what is not theirs.
    """
    theirs = [booking for booking in bookings if booking.traveller_id == traveller.id]
    found = []
    for subject in _subjects(traveller, company, theirs, now):
        rights = _rights(rulebook, subject.on, subject.departed)
        if not rights:
            continue
        booking, leg = subject.booking, subject.leg
        facts = rulebook.ready(facts_of(traveller, company, booking, leg, now, zone, notes, more))
        of_booking, of_leg = booking.id if booking else None, leg.id if leg else None
        holder = Holder(traveller_id=traveller.id, company_id=company and company.id, booking_id=of_booking, leg_id=of_leg)
        ledger = Ledger(uses, holder, now, zone)
        for right in rights:
            entitlement = _entitlement(rulebook, rulebook.decide(right, facts, now, zone, ledger), subject)
            if entitlement:
                found.append(entitlement)
    return tuple(found)


def worth_telling(entitlements: Collection[Entitlement], asked: Entitlement | None, most: int) -> tuple[Entitlement, ...]:
    """What somebody who helps reads of them: the right that is asked for, for whatever it is about; what is held because something went wrong; what a
    person has to decide; what is held anyway; what is denied for one reason only. Each rule once but the asked one, `most` in all."""
    wanted = [e for e in entitlements if asked is not None and e.right == asked.right]
    order: tuple[Callable[[Entitlement], bool], ...] = (
        lambda e: e.decision == "allow" and e.follows_disruption,
        lambda e: e.decision == "refer",
        lambda e: e.decision == "allow" and not e.follows_disruption,
        lambda e: e.decision == "deny" and e.near,
    )
    others = [e for fits in order for e in entitlements if fits(e) and (asked is None or e.right != asked.right)]
    once = {e.rule_id: e for e in reversed(others)}
    return (*wanted, *[e for e in others if once[e.rule_id] is e])[: max(most, len(wanted))]


def _subjects(traveller: Traveller, company: Company | None, bookings: Collection[Booking], now: datetime) -> Iterator[_Subject]:
    legs = sorted(((booking, leg) for booking in bookings for leg in booking.legs), key=lambda pair: pair[1].departs_at)
    for booking, leg in legs:
        if not leg.left(now) and not leg.refunded:
            yield _Subject("leg", booking, leg, departed=None if leg.disruption else False)
    for booking, leg in reversed(legs):
        lasts = LONG_AFTERWARDS if leg.disruption else AFTERWARDS
        owed_all_the_same = leg.disruption is not None and leg.disruption.event in ("cancellation", "denied_boarding")
        if ((leg.left(now) and not leg.refunded) or (leg.refunded and owed_all_the_same)) and now - leg.departs_at <= lasts:
            yield _Subject("leg", booking, leg, departed=True)
    yield from (_Subject("booking", booking) for booking in bookings if now - booking.legs[-1].departs_at <= LONG_AFTERWARDS)
    yield _Subject("traveller")
    if company is not None and traveller.role == "company_admin":
        yield _Subject("company")


@cache
def _rights(rulebook: RuleBook, on: On, departed: bool | None) -> tuple[str, ...]:
    """The rights that some rule gives (or takes) for such a thing; for a leg that has left, or has not, those that may then come to anything."""

    def speaks(checked: CheckedRule) -> bool:
        return checked.rule.on == on and (departed is None or _may_hold(checked, departed))

    return tuple(right for right in rulebook.rights if any(speaks(checked) for checked in rulebook.of(right)))


def _may_hold(checked: CheckedRule, departed: bool) -> bool:
    """Whether a rule about legs has anything to say of one that has left (or has not). One that does not ask for that is about flights ahead."""
    asking = [condition for condition in checked.conditions if _HAS_LEFT in condition.names]
    if not asking:
        return not departed
    known = Facts({_HAS_LEFT: departed}, {_HAS_LEFT: "bool"}, {})
    return all(condition.holds(known) is not False for condition in asking if condition.names == (_HAS_LEFT,))


def _entitlement(rulebook: RuleBook, decision: RightDecision, subject: _Subject) -> Entitlement | None:
    """None when no rule of this right is in force: there is then nothing to name it by."""
    rule = rulebook.rule(decision.rule_id) if decision.rule_id else None
    if rule is None:
        return None
    leg, until = subject.leg, None
    if leg is not None and not subject.departed and decision.decision != "deny":
        until = leg.departs_at - timedelta(hours=rule.until.hours_before_departure) if rule.until else leg.leaves_at
    return Entitlement(
        rule_id=rule.id,
        right=decision.right,
        title=rule.title,
        decision=decision.decision,
        reasons=decision.reasons,
        until=until,
        article=rule.article_named,
        booking_id=subject.booking.id if subject.booking else None,
        leg_id=leg.id if leg else None,
        gives=decision.gives,
        missing=decision.missing,
        change=rule.change,
        usually=rule.usually,
        terms=rule.terms,
        rule_version=rule.version,
        facts_used=decision.facts_used,
        near=decision.decision == "deny" and len(decision.failed) == 1 and not decision.missing,
        decided=decision,
    )
