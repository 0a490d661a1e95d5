"""The pace: how long tickets take, how past waits came out against what was expected of them, and how often others come in between. Pure."""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from pydantic import BaseModel, Field

from desk.roster import Roster

KEPT = 0.9  # of promises: what they are made for
_AIM = 0.93  # what they are stretched to on past waits: the next days are never quite like the last (measured: `concierge simulate`)
_MOST_STRETCH, _LEAST_STRETCH = 4.0, 0.5
_PRIOR = 10  # tickets that the setting counts for, against measured ones
SOON = 15.0  # minutes: what is expected to be short is measured by itself
MEASURED_ON, LOOKS_BACK = 200, timedelta(days=14)
_JUST_NOW = timedelta(hours=1)
Kind = Literal["soon", "later", "off_hours"]
KINDS: tuple[Kind, ...] = ("soon", "later", "off_hours")
"""Waits that scatter alike: short ones, longer ones, and those of tickets that came while nobody was there."""


class Handled(NamedTuple):
    """One ticket that was handled: minutes from taking it to the last word; what was expected of its wait and how it came out, in open minutes."""

    minutes: float
    expected_wait: float | None = None
    waited: float | None = None
    off_hours: bool = False


class Pace(BaseModel, frozen=True):
    """How fast the desk is: measured as far as it can be, the settings before."""

    minutes_each: float = Field(gt=0)
    stretch: dict[Kind, float] = {}
    """What waits of each kind come to, by what was expected of them; 1 where nothing is known."""
    tickets: int = 0
    """How many were measured."""


class Arrivals(NamedTuple):
    """When tickets came in the last fortnight, and how much they weighed, oldest first."""

    came: Sequence[tuple[datetime, float]]

    def before(self, weight: float, roster: Roster, now: datetime) -> float:
        """How many an open hour come in and go before a ticket of this weight: as it is just now, or as it usually is, whichever is more."""
        heavier = [at for at, other in self.came if other > weight and now - LOOKS_BACK < at <= now]
        if not heavier:
            return 0.0
        just_now = sum(at > now - _JUST_NOW for at in heavier)
        hours = roster.open_minutes(self.came[0][0], now) / 60
        return max(float(just_now), len(heavier) / hours if hours >= 1 else 0.0)


def pace_of(handled: Sequence[Handled], minutes_each: float) -> Pace:
    """Measure: the mean handling time, drawn to the setting while there are few, and how far past waits came out beyond what was expected."""
    mean = (minutes_each * _PRIOR + sum(h.minutes for h in handled)) / (_PRIOR + len(handled))
    came_out = [(_kind(h.expected_wait, h.off_hours), h.waited / h.expected_wait) for h in handled if h.expected_wait and h.waited is not None]
    stretch = {kind: _stretch([ratio for of, ratio in came_out if of == kind]) for kind in KINDS}
    return Pace(minutes_each=max(mean, 0.5), stretch=stretch, tickets=len(handled))


def _kind(expected_wait: float, off_hours: bool) -> Kind:
    return "off_hours" if off_hours else "soon" if expected_wait <= SOON else "later"


def _stretch(ratios: Sequence[float]) -> float:
    """What expected waits (their upper tenth) must be multiplied by so that nine in ten of these came out within; a few say little."""
    made_up = [0.35 + 0.65 * (n + 0.5) / (_PRIOR * 0.9) for n in range(_PRIOR)]  # before anything was measured: the model is right
    ordered = sorted([*ratios, *made_up])
    at = min(len(ordered) - 1, math.ceil(_AIM * (len(ordered) + 1)) - 1)
    return min(_MOST_STRETCH, max(_LEAST_STRETCH, ordered[at]))
