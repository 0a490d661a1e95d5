"""Reminding: what waits too long, and whether somebody may be bothered about it now. Pure; roster, limits and `now` are passed in."""

from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from pydantic import BaseModel

from desk.case import Case
from desk.roster import Roster
from desk.ticket import Brief, Ticket

Cause = Literal["not_taken", "not_answered", "flight_soon", "overdue"]
FLIGHT_SOON = timedelta(hours=3)
"""Off hours somebody is bothered for a flight that leaves within this time, and for nothing else."""


class Limits(NamedTuple):
    """How long is too long."""

    before_promise: timedelta
    """So long before the promised time somebody should have taken it."""
    reply: timedelta
    """So long (while the desk is open) whoever was taken may wait for a word."""


class Waits(BaseModel, frozen=True):
    """An open ticket: since when its traveller waits for a word (None: they do not), and when they fly next."""

    ticket: Ticket
    since: datetime | None
    departs_at: datetime | None = None


def cause_of(waits: Waits, roster: Roster, limits: Limits, now: datetime) -> Cause | None:
    """Why the staff are to be reminded of this ticket now, or None."""
    ticket, is_open = waits.ticket, bool(roster.at_desk(now))
    flies_soon = waits.departs_at is not None and now <= waits.departs_at <= now + FLIGHT_SOON
    if waits.since is None or not (is_open or flies_soon):
        return None
    if ticket.state == "taken":
        waited = timedelta(minutes=roster.open_minutes(waits.since, now)) if is_open else now - waits.since
        return "not_answered" if waited >= limits.reply else None
    if not is_open:
        return "flight_soon"
    # By the soonest time that was ever said: a promise that was moved later is no reason to tell nobody.
    return "not_taken" if now >= (ticket.first_promised_by or ticket.promised_by) - limits.before_promise else None


def is_overdue(case: Case, roster: Roster, now: datetime) -> bool:
    """Whether the staff are to be reminded of a case now: its date is over, and the desk is open."""
    return case.is_late(now) and bool(roster.at_desk(now))


def next_departure(brief: Brief, now: datetime) -> datetime | None:
    """The next flight of a Brief's bookings, as they stood when the ticket was opened."""
    ahead = [leg.departs_at for b in brief.bookings for leg in b.legs if leg.state == "ahead" and leg.departs_at >= now]
    return min(ahead, default=None)
