"""A case: something that is not over with one answer (a complaint), with an owner and a date by which it is. It outlives its ticket. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel

from basics.words import Lang
from desk.conversation import Caller, StaffName
from desk.roster import LOOK_AHEAD, Roster
from desk.ticket import Reason

CaseState = Literal["open", "answered", "closed"]
Step = Literal["opened", "taken", "handed", "moved", "answered", "closed"]
LATEST = LOOK_AHEAD
"""No date is later than this from now."""
_LAST_MINUTE = time(23, 59)  # of a day on which the desk does not close


class Case(BaseModel, frozen=True):
    """One case as it stands; number, reason and who it is about are those of its ticket. `version` grows with every step."""

    id: str
    ticket_id: str
    number: int
    conversation_id: str
    traveller_id: str | None
    lang: Lang
    caller: Caller
    reason: Reason
    about: str
    state: CaseState
    owner: StaffName | None
    due_at: AwareDatetime
    outcome: str | None = None
    opened_at: AwareDatetime
    closed_at: AwareDatetime | None = None
    version: int = 1
    changed_by: StaffName | None = None

    def is_late(self, now: datetime) -> bool:
        """Its date is over, and there is no answer."""
        return self.state == "open" and now > self.due_at


def due_after(roster: Roster, days: int, now: datetime) -> datetime:
    """When the desk closes on the last of so many working days, today not counted; a working day is one on which somebody is there."""
    zone = ZoneInfo(roster.zone)
    today = now.astimezone(zone).date()
    closes: dict[object, datetime] = {}
    for stretch in roster.stretches(datetime.combine(today + timedelta(days=1), time(), zone)):
        day = stretch.begins.astimezone(zone).date()
        if stretch.people and (day in closes or len(closes) < days):
            closes[day] = min(stretch.ends, datetime.combine(day, _LAST_MINUTE, zone))
        elif len(closes) == days and day not in closes:
            break
    return max(closes.values()).astimezone(now.tzinfo) if len(closes) == days else now + LATEST


def owner_for(people: Sequence[StaffName], in_hand: Mapping[str, int], roster: Roster, now: datetime, due_at: datetime) -> StaffName | None:
    """Who looks after a new case: of those who work before its date, who has the fewest (`in_hand`, by id); by name among equals."""
    here = {name.casefold() for stretch in roster.stretches(now, due_at) for name in stretch.people}
    there = [p for p in people if p.name.casefold() in here] or list(people)
    return min(there, key=lambda p: (in_hand.get(p.id, 0), p.name), default=None)


def in_order(cases: Sequence[Case], now: datetime) -> tuple[Case, ...]:
    """What is late first, then open ones by their date, then what waits to be closed, then the closed, newest first."""
    closed = sorted((c for c in cases if c.state == "closed"), key=lambda c: c.closed_at or c.opened_at, reverse=True)
    open_ones = sorted((c for c in cases if c.state != "closed"), key=lambda c: (not c.is_late(now), c.state != "open", c.due_at, c.number, c.id))
    return (*open_ones, *closed)
