"""The world in which a desk is simulated: who writes when, what the Concierge leaves to a person, how long that takes. Random by a seed."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from desk.queue import priority
from desk.ticket import Mood, Reason

Share = Annotated[float, Field(ge=0, le=1)]
# Shares of a day's contacts by the hour, as business travellers write: at the office, and again in the evening. A guess to be replaced by one's own.
HOURS = (0.6, 0.4, 0.3, 0.3, 0.5, 1.2, 2.4, 4.2, 6.6, 8.4, 8.8, 7.4, 5.6, 6.2, 7.4, 7.6, 7.2, 6.2, 4.8, 4.2, 3.8, 3.0, 1.9, 1.0)
WEEKDAYS = (1.15, 1.1, 1.1, 1.1, 1.15, 0.65, 0.75)
REASONS: tuple[tuple[Reason, float], ...] = (("low_confidence", 0.62), ("asked", 0.2), ("stake", 0.08), ("complaint", 0.06), ("failed_change", 0.04))
TIERS = ((None, 0.2), ("member", 0.5), ("silver", 0.18), ("gold", 0.09), ("platinum", 0.03))
UPSET, SOON, TODAY = 0.12, 0.04, 0.12  # shares: in a bad mood; flight within 3 hours; within 24


class World(BaseModel, frozen=True):
    """What is assumed; every number stands in the report. Times in minutes, shares 0..1."""

    customers: int = Field(default=30_000, ge=1)
    contacts: float = Field(default=2.0, ge=0)
    """A customer's in a year."""
    answered: Share
    """Of the contacts, by the Concierge alone."""
    outside: Share = 0.0
    """Of the contacts: neither answered nor anybody's to answer (the weather, a joke)."""
    wrong: Share = 0.02
    """Of what was answered; half of those whom it misled write again, as a complaint."""
    minutes_each: float = Field(default=6.0, gt=0)
    scatter: float = Field(default=0.8, gt=0)
    """Of handling times: standard deviation by mean (lognormal)."""
    other_work: Share = 0.15
    """Of the time of those on shift, that is not for tickets."""
    notices: float = Field(default=1.0, ge=0)
    patience: float = Field(default=20.0, gt=0)
    """In the middle, until somebody who waits while the desk is open closes the page; they are answered by e-mail all the same."""
    disruptions: tuple[int, ...] = (45, 190, 310)
    """Days of the year on which everything goes wrong."""
    affected: Share = 0.03
    """Of all customers, who write on such a day beside the usual ones, within eight hours."""
    one_cause: Share = 0.0
    """Of their hand-offs, that one answer to the cause settles with no minute of its own."""
    first_day: date = date(2026, 1, 1)
    zone: str = "Asia/Shanghai"
    days: int = Field(default=365, ge=1)
    seed: int = 1

    @property
    def begins(self) -> datetime:
        """The first day's first moment, where the customers live."""
        return datetime.combine(self.first_day, time(), ZoneInfo(self.zone)).astimezone(UTC)


class HandedOver(NamedTuple):
    """One ticket on its way to the desk; `at` in minutes from the first day on."""

    at: float
    priority: float
    takes: float
    patience: float
    is_disrupted: bool


def handed_over(world: World) -> list[HandedOver]:
    """Every ticket of the time, in order of arrival."""
    chance = np.random.default_rng(world.seed)
    usual = _usual(world, chance)
    disrupted = _disrupted(world, chance)
    misled = usual[chance.random(len(usual)) < world.answered * world.wrong / 2] + chance.exponential(600, 1)
    left = 1 - world.answered - world.outside
    tickets = [(at, False) for at in usual[chance.random(len(usual)) < left]]
    tickets += [(at, False) for at in misled if at < world.days * 1440]
    tickets += [(at, True) for at in disrupted[chance.random(len(disrupted)) < left * (1 - world.one_cause)]]
    tickets.sort()
    takes = _lognormal(chance, world.minutes_each, world.scatter, len(tickets)) / (1 - min(world.other_work, 0.9))
    patience = _lognormal(chance, world.patience * 1.2, 0.7, len(tickets))
    weights = _weights(chance, len(tickets))
    return [HandedOver(float(at), weights[n], float(takes[n]), float(patience[n]), d) for n, (at, d) in enumerate(tickets)]


def contacts_of(world: World) -> float:
    """How many contacts are expected in the time, disruptions included."""
    days = [d for d in world.disruptions if d < world.days]
    return world.customers * (world.contacts * world.days / 365 + world.affected * len(days))


def _usual(world: World, chance: np.random.Generator) -> NDArray[np.float64]:
    hours = np.array(HOURS) / sum(HOURS)
    a_day = world.customers * world.contacts / 365
    out = []
    for day in range(world.days):
        local = world.first_day + timedelta(days=day)
        counts = chance.poisson(a_day * WEEKDAYS[local.weekday()] * hours)
        out += [day * 1440 + 60 * hour + 60 * chance.random(count) for hour, count in enumerate(counts)]
    return np.sort(np.concatenate(out)) if out else np.array([])


def _disrupted(world: World, chance: np.random.Generator) -> NDArray[np.float64]:
    out = [np.array([])]
    for day in world.disruptions:
        if day < world.days:
            count = chance.poisson(world.customers * world.affected)
            out.append(day * 1440 + 60 * (7 + 8 * chance.beta(1.6, 3, count)))
    return np.concatenate(out)


def _lognormal(chance: np.random.Generator, mean: float, scatter: float, count: int) -> NDArray[np.float64]:
    sigma = np.sqrt(np.log1p(scatter**2))
    drawn: NDArray[np.float64] = chance.lognormal(np.log(mean) - sigma**2 / 2, sigma, count)
    return drawn


def _weights(chance: np.random.Generator, count: int) -> Sequence[float]:
    reasons = chance.choice(len(REASONS), count, p=[share for _, share in REASONS])
    tiers = chance.choice(len(TIERS), count, p=[share for _, share in TIERS])
    upset, flies = chance.random(count) < UPSET, chance.random(count)
    hours = np.where(flies < SOON, 2.0, np.where(flies < SOON + TODAY, 12.0, 100.0))
    moods: tuple[Mood, Mood] = ("calm", "upset")
    return [
        priority(REASONS[reasons[n]][0], TIERS[tiers[n]][0], moods[int(upset[n])], float(hours[n]))  # type: ignore[arg-type]
        for n in range(count)
    ]
