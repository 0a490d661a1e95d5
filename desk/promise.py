"""The promise: the time by which somebody answers, honest nine times in ten. Pure: roster, queue, pace and `now` are passed in.

The model. A ticket that `ahead` others precede while `busy` are in hand waits until ahead + busy - hands + 1 of them are finished. Each takes the
measured handling time on average, and handling times scatter like an exponential (measured ones of help desks do, roughly), so that the work before
it scatters like a gamma distribution; 90 of 100 of those are below its upper tenth (Wilson and Hilferty 1931). While it waits, more urgent ones
come in between: at their measured rate r they stretch the wait by 1 / (1 - r * handling time / hands), as in a queue with priorities (Cobham 1954).
The people themselves take a moment to look up. All of that is minutes of work; the roster says when that much work will have been done.
What the model gets wrong is learned: the waits that were promised before, held against how they came out, stretch or shorten the next promise.
"""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from pydantic import BaseModel, Field

from desk.roster import LOOK_AHEAD, Roster

KEPT = 0.9  # of promises: what they are made for
_UPPER_TENTH = 1.2816  # standard deviations of a normal distribution
_NOTICES = 2.0  # minutes until somebody who is free has looked up
_MOST_STRETCH, _LEAST_STRETCH = 4.0, 0.5
_PRIOR = 10  # tickets that the setting counts for, against measured ones
_MOST_FULL = 0.8  # of the desk's time that urgent ones may be reckoned to take
_SOONEST, _STEP = 5, 5  # minutes: nobody is promised less, and a promise is a round number


class Handled(NamedTuple):
    """One ticket that was handled: minutes from taking it to the last word; what was expected of its wait and how it came out, in open minutes."""

    minutes: float
    expected_wait: float | None = None
    waited: float | None = None


class Pace(BaseModel, frozen=True):
    """How fast the desk is: measured as far as it can be, the settings before."""

    minutes_each: float = Field(gt=0)
    stretch: float = Field(default=1.0, gt=0)
    urgent_an_hour: float = Field(default=0.0, ge=0)
    """Tickets that come in before most others, for each open hour."""
    tickets: int = 0
    """How many were measured."""


class Promise(BaseModel, frozen=True):
    """When somebody answers: in the middle case, and the time that is kept nine times in ten."""

    expected_at: datetime
    promised_by: datetime
    expected_wait: float
    """Minutes during which the desk is open, for learning from how it comes out."""
    opens_at: datetime | None = None
    """When somebody is there again, where nobody is."""


def pace_of(handled: Sequence[Handled], minutes_each: float, urgent_an_hour: float = 0.0) -> Pace:
    """Measure: the mean handling time, drawn to the setting while there are few, and how far past waits came out beyond what was expected."""
    mean = (minutes_each * _PRIOR + sum(h.minutes for h in handled)) / (_PRIOR + len(handled))
    ratios = [h.waited / h.expected_wait for h in handled if h.expected_wait and h.waited is not None]
    return Pace(minutes_each=max(mean, 0.5), stretch=_stretch(ratios), urgent_an_hour=urgent_an_hour, tickets=len(handled))


def _stretch(ratios: Sequence[float]) -> float:
    """What expected waits (their upper tenth) must be multiplied by so that nine in ten of these came out within; a few say little."""
    made_up = [0.35 + 0.65 * (n + 0.5) / (_PRIOR * 0.9) for n in range(_PRIOR)]  # before anything was measured: the model is right
    ordered = sorted([*ratios, *made_up])
    at = min(len(ordered) - 1, math.ceil(KEPT * (len(ordered) + 1)) - 1)
    return min(_MOST_STRETCH, max(_LEAST_STRETCH, ordered[at]))


def promise(ahead: int, busy: int, roster: Roster, pace: Pace, now: datetime) -> Promise:
    """What can be said to whom `ahead` others precede while `busy` are in somebody's hands."""
    opens = roster.next_shift(now) or now
    hands = max(len(roster.at_desk(opens)), 1)
    finish_first = max(0, ahead + busy - hands + 1)
    full = min(_MOST_FULL, pace.urgent_an_hour / 60 * pace.minutes_each / hands)
    between = 1 / (1 - full)
    middle = finish_first * pace.minutes_each * between + _NOTICES * hands
    upper = _upper_tenth(finish_first) * pace.minutes_each * between + _NOTICES * hands
    promised, expected = (roster.after(now, minutes) or now + LOOK_AHEAD for minutes in (upper * pace.stretch, middle))
    by = _round_up(max(promised, expected, opens + timedelta(minutes=_SOONEST)), now)
    is_away = opens > now
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
