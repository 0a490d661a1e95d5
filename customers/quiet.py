"""Quiet hours: until when somebody is left in peace, by the clock on the wall where they live. Pure; days on which that clock is changed included."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from customers.consent import Consent


def is_quiet(consent: Consent, now: datetime) -> bool:
    """Whether the clock on their wall shows a quiet hour; at the very minute of `quiet_to` it is over. Two equal ends: there are none."""
    at, begins, ends = now.astimezone(ZoneInfo(consent.zone)).time().replace(fold=0), consent.quiet_from, consent.quiet_to
    if begins <= ends:
        return begins <= at < ends
    return at >= begins or at < ends


def quiet_until(consent: Consent, now: datetime) -> datetime | None:
    """The first moment after `now` that is not quiet, in UTC; None where it is not quiet now."""
    if not is_quiet(consent, now):
        return None
    zone = ZoneInfo(consent.zone)
    day = now.astimezone(zone).date()
    # An hour that comes twice has two ends (fold 0 and 1), one that is left out has its end when the clock has jumped; and where the hour before
    # midnight comes twice, the day may begin anew: the first moment that is really over is taken.
    ends = sorted(
        datetime.combine(day + timedelta(days=n), consent.quiet_to, zone).replace(fold=fold).astimezone(UTC) for n in (0, 1, 2) for fold in (0, 1)
    )
    return next(end for end in ends if end > now and not is_quiet(consent, end))
