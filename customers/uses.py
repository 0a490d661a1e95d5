"""Uses of rights: who used which right for what and when, and how a quota counts them. Pure: the uses come from outside."""

from calendar import monthrange
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel

from customers.rules import NotWith, Quota, Rule

Per = Literal["leg", "booking", "traveller", "company"]
_FIRST_YEAR = 1900  # nothing was used before: `9999 years` is a long way of saying ever
_DAYS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}


class Holder(BaseModel, frozen=True):
    """For whom, and for what of theirs, a right is decided; what does not apply is None."""

    traveller_id: str
    company_id: str | None = None
    booking_id: str | None = None
    leg_id: str | None = None

    def subject(self, per: Per) -> str | None:
        """What a quota of this kind counts for: `booking:K7Q2MP`, `leg:K7Q2MP/K7Q2MP-2`; None where there is no such thing."""
        if per == "leg":
            return f"leg:{self.booking_id}/{self.leg_id}" if self.booking_id and self.leg_id else None
        of: str | None = getattr(self, f"{per}_id")
        return f"{per}:{of}" if of else None


class Use(BaseModel, frozen=True):
    """One use of a right, from the moment of the yes."""

    rule_id: str
    right: str
    holder: Holder
    at: AwareDatetime


class Counts(Protocol):
    """What a decision asks of the uses."""

    def used(self, rule: Rule) -> int | None:
        """How often the rule's quota has been used; None where nobody can say."""

    def barred(self, rule: Rule) -> bool:
        """Whether a right was used that this one does not go together with."""


class KeptCounts(NamedTuple):
    """The counts of an earlier decision, by rule id: what it is decided by again."""

    counted: Mapping[str, int | None]
    barring: Collection[str]

    def used(self, rule: Rule) -> int | None:
        """As it was counted then."""
        return self.counted.get(rule.id, 0)

    def barred(self, rule: Rule) -> bool:
        """As it was then."""
        return rule.id in self.barring


class Ledger:
    """The uses that matter for one holder at one moment, ready to be counted; `zone` is the airline's."""

    def __init__(self, uses: Collection[Use], holder: Holder, now: datetime, zone: str) -> None:
        self._uses, self._holder, self._now, self._zone = uses, holder, now, zone

    def used(self, rule: Rule) -> int | None:
        """How often the rule's quota has been used; None where what it counts for does not exist (a company's, of somebody without one)."""
        return 0 if rule.quota is None else counted(rule.quota, rule.id, self._holder, self._uses, self._now, self._zone)

    def barred(self, rule: Rule) -> bool:
        """Whether a right was used that this one does not go together with."""
        return rule.not_with is not None and is_barred(rule.not_with, self._holder, self._uses)


def counted(quota: Quota, rule_id: str, holder: Holder, uses: Collection[Use], now: datetime, zone: str) -> int | None:
    """How many of `uses` a quota counts; None where the holder has no such thing as it counts for."""
    subject = holder.subject(quota.per)
    if subject is None:
        return None
    first = begins(quota.within, now, zone) if quota.within else None
    rules = (rule_id, *quota.shared_with)
    return sum(u.rule_id in rules and u.holder.subject(quota.per) == subject and (first is None or u.at > first) for u in uses)


def is_barred(not_with: NotWith, holder: Holder, uses: Collection[Use]) -> bool:
    """Whether one of the rights was used for the same leg, booking or traveller."""
    subject = holder.subject(not_with.per)
    return subject is not None and any(u.right in not_with.rights and u.holder.subject(not_with.per) == subject for u in uses)


def begins(within: str, now: datetime, zone: str) -> datetime:
    """The moment after which a use still counts: `12 months` before now by the calendar of `zone`, or before the year's first moment there."""
    local = now.astimezone(ZoneInfo(zone))
    if within == "calendar year":
        return local.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0, fold=0).astimezone(UTC) - timedelta(microseconds=1)
    number, unit = within.split()
    unit = unit.removesuffix("s")
    if unit in ("month", "year"):
        return _months_before(local, int(number) * (12 if unit == "year" else 1))
    return now.astimezone(UTC) - int(number) * _DAYS[unit]


def _months_before(local: datetime, months: int) -> datetime:
    """The same day and clock so many months earlier; the month's last day where it has no such day (29 February)."""
    year, month = divmod(local.year * 12 + local.month - 1 - months, 12)
    if year < _FIRST_YEAR:
        return datetime(_FIRST_YEAR, 1, 1, tzinfo=UTC)
    return local.replace(year=year, month=month + 1, day=min(local.day, monthrange(year, month + 1)[1])).astimezone(UTC)
