"""Promising: the roster of the settings, the pace as it was measured, and what can be said to the one who waits now."""

from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from bot.settings import Settings
from desk.promise import Handled, Pace, Promise, pace_of, promise
from desk.queue import URGENT
from desk.roster import Roster, always, load_roster
from desk.ticket import Ticket
from store import tickets
from store.database import Conn

_MEASURED_ON = 200  # tickets, the last ones
_LONGEST = 45.0  # minutes that one ticket can have taken: who answers tomorrow has not worked on it all night
_ARRIVALS = timedelta(days=14)


def roster_of(settings: Settings) -> Roster:
    """Who works when, as the roster's file stands now: it may be changed while the house runs."""
    if settings.roster is None:
        return always(settings.people, settings.zone)
    try:
        changed = settings.roster.stat().st_mtime_ns
    except OSError:
        changed = 0
    return _loaded(settings.roster, settings.zone, changed)


@lru_cache(maxsize=4)
def _loaded(path: Path, zone: str, changed: int) -> Roster:
    return load_roster(path, zone)


async def pace(conn: Conn, settings: Settings, now: datetime) -> Pace:
    """How fast the desk is, measured on the last tickets, and how often something urgent comes in between."""
    roster = roster_of(settings)
    handled = [_handled(t, roster) for t in await tickets.last_handled(conn, _MEASURED_ON)]
    urgent = await tickets.opened_since(conn, now - _ARRIVALS, URGENT)
    hours = roster.open_minutes(now - _ARRIVALS, now) / 60
    return pace_of(handled, settings.minutes_each, urgent / hours if hours else 0.0)


async def promised(conn: Conn, ahead: int, busy: int, settings: Settings, now: datetime) -> Promise:
    """What can be said to whom so many precede."""
    return promise(ahead, busy, roster_of(settings), await pace(conn, settings, now), now)


def _handled(ticket: Ticket, roster: Roster) -> Handled:
    taken, ended = ticket.taken_at or ticket.opened_at, ticket.last_said_at or ticket.closed_at or ticket.opened_at
    minutes = min(_LONGEST, max(0.0, (ended - taken).total_seconds() / 60))
    answered = ticket.answered_at or ended
    return Handled(minutes, ticket.expected_wait, roster.open_minutes(ticket.opened_at, answered) if ticket.expected_wait else None)
