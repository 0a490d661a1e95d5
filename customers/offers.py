"""Which right is worth mentioning: what is held, ranked by fit, worth and urgency, and of it at most one picked for a moment. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import AwareDatetime, BaseModel

from basics.ids import fingerprint
from basics.money import Money
from customers.booking import Booking, Leg
from customers.consent import Consent
from customers.entitlement import Entitlement
from customers.moment import Moment, MomentKind
from customers.rights import RuleBook
from customers.rules import Rule

WORTH_FILE = Path(__file__).with_name("worth.yaml")
_SPANS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}
_HALF_WORTH = 500.0  # CNY: a right worth this much gets half of what worth can add
_HALF_URGENT = 24.0  # hours to its end: likewise
DISRUPTIONS: frozenset[MomentKind] = frozenset({"delay", "cancellation", "schedule_change"})
LASTS: dict[MomentKind, timedelta] = {
    "delay": timedelta(hours=12),
    "cancellation": timedelta(days=2),
    "schedule_change": timedelta(days=7),
    "return_soon": timedelta(days=2),
    "complaint": timedelta(days=1),
    "tier_reached": timedelta(days=7),
    "credit_expiring": timedelta(days=7),
    "rating": timedelta(days=7),
}
"""How long after it happened a moment is still of use."""
_ENDS_AT_DEPARTURE: frozenset[MomentKind] = frozenset({"delay", "schedule_change", "return_soon"})

PassedOver = Literal["not_allowed", "other_moment", "another_booking", "no_consent", "told_enough", "over"]


class Worths(BaseModel, frozen=True):
    """What rights are worth, for ranking: typical ones in CNY, and the rates that make amounts comparable."""

    typical: dict[str, float]
    otherwise: float
    rates: dict[str, float]


class Ranked(BaseModel, frozen=True):
    """A right that is held, with what places it: `fit` to the moment (0 or 1), `worth` in CNY, `urgency` (0..1, more the sooner it ends)."""

    entitlement: Entitlement
    fit: float
    worth: float
    urgency: float

    @property
    def score(self) -> float:
        """What they are ordered by: fit before all else, then worth and urgency alike."""
        return 2 * self.fit + self.worth / (self.worth + _HALF_WORTH) + self.urgency


class Told(BaseModel, frozen=True):
    """An unasked offer that this traveller was shown before."""

    rule_id: str
    at: AwareDatetime


class Pick(BaseModel, frozen=True):
    """What comes of a moment: at most one right, whether its holder is left untold, and why each other one was passed over."""

    ranked: Ranked | None = None
    held_out: bool = False
    passed_over: tuple[tuple[str, PassedOver], ...] = ()


class Terms(BaseModel, frozen=True):
    """The house's own bounds on unasked offers: the cap over all rules, the share that is held out, and the salt of the experiment."""

    at_most: str = "3 per 7 days"
    hold_out: float = 0.1
    salt: str = "1"


@cache
def worths() -> Worths:
    """What rights are worth, from worth.yaml."""
    return Worths.model_validate(yaml.safe_load(WORTH_FILE.read_text("utf-8")))


def amount_of(entitlement: Entitlement) -> Money | None:
    """The money that the right itself gives, or None."""
    amount = entitlement.gives.get("amount")
    if not isinstance(amount, int | float) or isinstance(amount, bool):
        return None
    return Money(amount=Decimal(str(amount)), currency=str(entitlement.gives.get("currency", "CNY")))


def worth_of(entitlement: Entitlement) -> float:
    """About what the right is worth, in CNY: its own amount, else what such a right typically is."""
    known, amount = worths(), amount_of(entitlement)
    if amount is not None:
        return max(0.0, float(amount.amount) * known.rates.get(amount.currency, 1.0))
    return known.typical.get(entitlement.right, known.otherwise)


def rank(entitlements: Iterable[Entitlement], rules: RuleBook, now: datetime, kind: MomentKind | None = None) -> tuple[Ranked, ...]:
    """The rights that are held and not over, best first; equal ones in the order they came, so the same always gives the same."""
    held = [e for e in entitlements if e.decision == "allow" and (e.until is None or now < e.until)]
    found = []
    for entitlement in held:
        rule = rules.rule(entitlement.rule_id)
        hours = None if entitlement.until is None else (entitlement.until - now) / timedelta(hours=1)
        urgency = 0.0 if hours is None else _HALF_URGENT / (_HALF_URGENT + hours)
        fit = 1.0 if rule is not None and kind in rule.offer.moments else 0.0
        found.append(Ranked(entitlement=entitlement, fit=fit, worth=worth_of(entitlement), urgency=urgency))
    return tuple(sorted(found, key=lambda one: -one.score))


def pick(
    moment: Moment, entitlements: Sequence[Entitlement], rules: RuleBook, consent: Consent, told: Sequence[Told], terms: Terms, now: datetime
) -> Pick:
    """At most one right for this moment, by its rule's `offer`; of those that may be told, the best. Whether it is held out is told by hash."""
    passed: list[tuple[str, PassedOver]] = [(e.rule_id, "not_allowed") for e in entitlements if e.decision != "allow"]
    held = [e for e in entitlements if e.decision == "allow"]
    passed += [(e.rule_id, "over") for e in held if e.until is not None and now >= e.until]
    best: Ranked | None = None
    for ranked in rank(held, rules, now, moment.kind):
        rule = rules.rule(ranked.entitlement.rule_id)
        why = _passed_over(moment, ranked.entitlement, rule, consent, told, terms, now)
        if why is not None:
            passed.append((ranked.entitlement.rule_id, why))
        elif best is None:
            best = ranked
    rule = rules.rule(best.entitlement.rule_id) if best else None
    held_out = rule is not None and not is_owed(moment.kind, rule) and rule.offer.is_held_out and is_held_out(moment.traveller_id, rule.id, terms)
    return Pick(ranked=best, held_out=held_out, passed_over=tuple(passed))


def is_owed(kind: MomentKind, rule: Rule) -> bool:
    """Whether keeping silent would be wrong: service news of a disruption. No cap over all and no hold-out ever keeps it back."""
    return kind in DISRUPTIONS and rule.offer.consent == "service"


def is_held_out(traveller_id: str, rule_id: str, terms: Terms) -> bool:
    """Whether this traveller is left untold of this rule: always the same for one salt, and for `hold_out` of all travellers."""
    number = int(fingerprint(f"{terms.salt}\n{rule_id}\n{traveller_id}")[:13], 16)  # 52 bits: exact in a float
    return number / 16**13 < terms.hold_out


def within(cap: str, times: Sequence[datetime], now: datetime) -> bool:
    """Whether one more is within a cap such as `1 per 7 days`, counted back from now; just so long ago no longer counts."""
    most, _, span = cap.partition(" per ")
    number, unit = span.split()
    since = now - int(number) * _SPANS[unit.removesuffix("s")]
    return sum(at > since for at in times) < int(most)


def ends_at(moment: Moment, leg: Leg | None) -> datetime:
    """From when on a moment is of no use: its flight has left (as late as it was announced to), or too much time has passed."""
    last = moment.at + LASTS[moment.kind]
    if leg is None or moment.kind not in _ENDS_AT_DEPARTURE:
        return last
    late = timedelta(minutes=leg.disruption.leaves_late) if leg.disruption else timedelta()
    return min(last, leg.departs_at + late)


def leg_of(moment: Moment, bookings: Iterable[Booking]) -> tuple[Booking, Leg] | None:
    """The traveller's own leg that a moment is about, or None: a booking or leg that is not theirs is none."""
    mine = [b for b in bookings if b.traveller_id == moment.traveller_id and b.id == moment.booking_id]
    found = [(b, leg) for b in mine for leg in b.legs if moment.leg_id in (None, leg.id)]
    return found[0] if found and (moment.leg_id is not None or len(found) == 1) else None


def _passed_over(
    moment: Moment, entitlement: Entitlement, rule: Rule | None, consent: Consent, told: Sequence[Told], terms: Terms, now: datetime
) -> PassedOver | None:
    if rule is None or not rule.offer.unasked or moment.kind not in rule.offer.moments:
        return "other_moment"
    if not _is_about(moment, entitlement):
        return "another_booking"
    if not consent.allows(rule.offer.consent):
        return "no_consent"
    if rule.offer.at_most and not within(rule.offer.at_most, [t.at for t in told if t.rule_id == rule.id], now):
        return "told_enough"
    if not is_owed(moment.kind, rule) and not within(terms.at_most, [t.at for t in told], now):
        return "told_enough"
    return None


def _is_about(moment: Moment, entitlement: Entitlement) -> bool:
    """True unless the two name different bookings or legs; a right of the traveller or company names none."""
    of = ((moment.booking_id, entitlement.booking_id), (moment.leg_id, entitlement.leg_id))
    return all(not mine or not its or mine == its for mine, its in of)
