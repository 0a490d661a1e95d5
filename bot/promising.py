"""Promising: the roster of the settings, the pace as it was measured, and what can be said to the one who waits now."""

from datetime import datetime
from functools import lru_cache
from pathlib import Path

from bot.settings import Settings
from desk.pace import LOOKS_BACK, MEASURED_ON, Arrivals, Handled, Pace, pace_of
from desk.promise import Promise, promise
from desk.roster import Roster, always, load_roster
from desk.ticket import Ticket
from store import tickets
from store.database import Conn

_LONGEST = 45.0  # minutes that one ticket can have taken: who answers tomorrow has not worked on it all night


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


async def pace(conn: Conn, settings: Settings) -> Pace:
    """How fast the desk is, measured on the last tickets."""
    roster = roster_of(settings)
    return pace_of([_handled(t, roster) for t in await tickets.last_handled(conn, MEASURED_ON)], settings.minutes_each)


async def arrivals(conn: Conn, now: datetime) -> Arrivals:
    """What came in of late."""
    return Arrivals(await tickets.came_since(conn, now - LOOKS_BACK))


async def promised(conn: Conn, ahead: int, busy: int, weight: float, settings: Settings, now: datetime) -> Promise:
    """What can be said to whom so many precede, and whose ticket weighs so much."""
    roster = roster_of(settings)
    overtaken = (await arrivals(conn, now)).before(weight, roster, now)
    return promise(ahead, busy, roster, await pace(conn, settings), now, overtaken)


def _handled(ticket: Ticket, roster: Roster) -> Handled:
    taken, ended = ticket.taken_at or ticket.opened_at, ticket.last_said_at or ticket.closed_at or ticket.opened_at
    minutes = min(_LONGEST, max(0.0, (ended - taken).total_seconds() / 60))
    answered = ticket.answered_at or ended
    waited = roster.open_minutes(ticket.opened_at, answered) if ticket.expected_wait else None
    return Handled(minutes, ticket.expected_wait, waited, off_hours=not roster.at_desk(ticket.opened_at))
