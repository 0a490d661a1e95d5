"""Churn risk: how likely a traveller is to fly with others from now on, from a few signs with their reasons, and the goodwill to propose. Pure."""

import math
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel

from basics.money import Money
from basics.words import Words
from customers.activity import Activity
from customers.traveller import Tier

FILE = Path(__file__).with_name("churn.yaml")
Band = Literal["low", "medium", "high"]
_LONG_AWAY = timedelta(days=183)


class Sign(BaseModel, frozen=True):
    """What one sign adds to the log odds, `most` times at most, and what it says."""

    weight: float
    says: Words
    most: int = 1


class ChurnFile(BaseModel, frozen=True, extra="forbid"):
    """The weights of churn.yaml: `start` in log odds, `bands` from which risk on, and goodwill (CNY) by band and card with its limits."""

    start: float
    signs: dict[str, Sign]
    bands: dict[Literal["medium", "high"], float]
    propose: dict[Band, dict[Tier, int]]
    limits: dict[Tier, int]


class Churn(BaseModel, frozen=True):
    """The risk (0..1), its band, and the reasons, heaviest first, those that speak against it too."""

    risk: float
    band: Band
    reasons: tuple[Words, ...]


class Goodwill(BaseModel, frozen=True):
    """What to propose, and whether that is within what nobody has to be asked for."""

    band: Band
    amount: Money
    limit: Money

    @property
    def is_within(self) -> bool:
        """Whether no staff member has to approve it."""
        return self.amount.amount <= self.limit.amount


@cache
def churn_file() -> ChurnFile:
    """The weights, read once."""
    return ChurnFile.model_validate(yaml.safe_load(FILE.read_text("utf-8")))


def churn_of(tier: Tier, activity: Activity | None, complaints: int, rating: int | None, today: date) -> Churn:
    """The risk that somebody leaves: from complaints (open or of the last 90 days), the last flight's rating (1..5), card and flights."""
    file = churn_file()
    found = [(name, times) for name, times in _signs(tier, activity, complaints, rating, today).items() if name in file.signs and times]
    weighed = [(file.signs[name].weight * min(times, file.signs[name].most), file.signs[name].says.filled(n=times)) for name, times in found]
    risk = 1.0 / (1.0 + math.exp(-(file.start + sum(weight for weight, _ in weighed))))
    band: Band = "high" if risk >= file.bands["high"] else "medium" if risk >= file.bands["medium"] else "low"
    return Churn(risk=round(risk, 4), band=band, reasons=tuple(says for _, says in sorted(weighed, key=lambda one: -abs(one[0]))))


def goodwill_for(churn: Churn, tier: Tier) -> Goodwill | None:
    """The goodwill that the risk and the card propose, or None where they propose nothing."""
    file = churn_file()
    amount = file.propose[churn.band][tier]
    return Goodwill(band=churn.band, amount=Money(amount=Decimal(amount)), limit=Money(amount=Decimal(file.limits[tier]))) if amount else None


def _signs(tier: Tier, activity: Activity | None, complaints: int, rating: int | None, today: date) -> dict[str, int]:
    """Which signs there are, and how often."""
    signs = {"complaint": complaints, f"card_{tier}": 1}
    if rating is not None:
        signs[f"rating_{rating}"] = 1
    if activity is not None and activity.flights_before:
        signs["flies_less"] = int(2 * activity.flights < activity.flights_before)
        signs["flies_more"] = int(activity.flights >= activity.flights_before)
    if activity is not None and activity.last_flown is not None:
        signs["long_away"] = int(today - activity.last_flown > _LONG_AWAY)
    return signs
