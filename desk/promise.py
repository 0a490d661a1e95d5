"""The promise: the time by which somebody answers, honest nine times in ten. Pure: roster, queue, pace and `now` are passed in.

The model. A ticket that `ahead` others precede while `busy` are in hand waits until ahead + busy - hands + 1 of them are finished. Each takes the
measured handling time on average, and handling times scatter like an exponential (measured ones of help desks do, roughly), so that the work before
it scatters like a gamma distribution; 90 of 100 of those are below its upper tenth (Wilson and Hilferty 1931). While it waits, more urgent ones
come in between: at their measured rate r they stretch the wait by 1 / (1 - r * handling time / hands), as in a queue with priorities (Cobham 1954).
The people themselves take a moment to look up, and to write. All of that is minutes of work; the roster says when that much work will have been done.
What the model gets wrong is learned: the waits that were promised before, held against how they came out, stretch or shorten the next promise.
"""

import math
from datetime import datetime, timedelta

from pydantic import BaseModel

from desk.pace import SOON, Pace
from desk.roster import LOOK_AHEAD, Roster

_UPPER_TENTH = 1.2816  # standard deviations of a normal distribution
_NOTICES = 2.0  # minutes until somebody who is free has looked up
_FIRST_WORD = 0.5  # of a handling time: then the first word is written
_MOST_FULL = 0.8  # of the desk's time that those who come in between may be reckoned to take
_SOONEST, _STEP = 5, 5  # minutes: nobody is promised less, and a promise is a round number


class Promise(BaseModel, frozen=True):
    """When somebody answers: in the middle case, and the time that is kept nine times in ten."""

    expected_at: datetime
    promised_by: datetime
    expected_wait: float
    """Minutes during which the desk is open, for learning from how it comes out."""
    opens_at: datetime | None = None
    """When somebody is there again, where nobody is."""


def promise(ahead: int, busy: int, roster: Roster, pace: Pace, now: datetime, overtaken: float = 0.0) -> Promise:
    """What can be said to whom `ahead` others precede while `busy` are in hand; `overtaken`: how many an open hour will come in between."""
    opens = roster.next_shift(now) or now
    hands = max(len(roster.at_desk(opens)), 1)
    finish_first = max(0, ahead + busy - hands + 1)
    full = min(_MOST_FULL, overtaken / 60 * pace.minutes_each / hands)
    between = 1 / (1 - full)
    before, own = finish_first * pace.minutes_each * between, _FIRST_WORD * pace.minutes_each * hands  # whoever writes is not helped by the other
    middle = before + own + _NOTICES * hands
    slack = (_upper_tenth(finish_first) - finish_first) * pace.minutes_each * between, (_upper_tenth(1) - 1) * own
    upper = middle + math.hypot(*slack)
    is_away, soon = opens > now, SOON * hands
    if is_away:
        stretched = upper * pace.stretch.get("off_hours", 1.0)
    else:  # never sooner for whom more precede, however the two are stretched
        stretched = max(min(upper, soon) * pace.stretch.get("soon", 1.0), upper * pace.stretch.get("later", 1.0) if upper > soon else 0.0)
    promised, expected = (roster.after(now, minutes) or now + LOOK_AHEAD for minutes in (stretched, middle))
    by = _round_up(max(promised, expected, opens + timedelta(minutes=_SOONEST)), now)
    return Promise(expected_at=expected, promised_by=by, expected_wait=round(upper / hands, 2), opens_at=opens if is_away else None)


def _upper_tenth(tasks: int) -> float:
    """What 90 of 100 sums of so many exponentials of mean 1 stay below (a gamma distribution's quantile, by Wilson and Hilferty)."""
    if tasks == 0:
        return 0.0
    return tasks * (1 - 1 / (9 * tasks) + _UPPER_TENTH / (3 * math.sqrt(tasks))) ** 3


def _round_up(at: datetime, now: datetime) -> datetime:
    """To the next round five minutes of the clock; to the half hour what is hours away."""
    step = timedelta(minutes=_STEP if at - now < timedelta(hours=2) else 30)
    whole = at.replace(minute=0, second=0, microsecond=0)
    return whole + math.ceil((at - whole) / step) * step
