"""Time is passed in, never looked up: a clock is a function that gives an aware UTC moment."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AwareDatetime

Clock = Callable[[], datetime]
Utc = Annotated[AwareDatetime, AfterValidator(lambda at: at.astimezone(UTC))]
"""A moment in UTC, whatever zone it came in: hours added to a time of London are hours of its clock, and twice a year the wrong ones."""


def system_clock() -> datetime:
    """The moment it is, in UTC."""
    return datetime.now(UTC)


def stopped_at(moment: str | datetime) -> Clock:
    """A clock that always shows `moment` (ISO 8601, with an offset or Z)."""
    at = parse_moment(moment) if isinstance(moment, str) else moment
    return lambda: at


def ahead_by(start: datetime, clock: Clock = system_clock) -> Clock:
    """A clock that shows `start` now and then runs on at the speed of `clock`."""
    offset: timedelta = start - clock()
    return lambda: clock() + offset


def parse_moment(text: str) -> datetime:
    """An ISO 8601 moment in UTC; a naive one is refused with ValueError, for nobody knows where its clock hung."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone. Write it as 2026-03-02T09:00Z or with an offset such as +08:00.")
    return at.astimezone(UTC)


def iso(at: datetime) -> str:
    """`at` as 2026-11-22T06:10:00Z (whole seconds, UTC)."""
    return at.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def day_in(at: datetime, zone: str) -> date:
    """The calendar day that `at` falls on in the time zone `zone`."""
    return at.astimezone(ZoneInfo(zone)).date()
