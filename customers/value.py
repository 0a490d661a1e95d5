"""What a traveller or a company is worth to the airline: a score 0..100 from what they flew and bought, with the tier and segment it makes.

No clock, no I/O but read_scheme: the same activity and the same scheme make the same value, whenever it is asked.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import yaml
from pydantic import BaseModel, ValidationError

from basics.errors import SettingsWrong
from basics.words import Words
from customers.activity import Activity
from customers.company import Company
from customers.scheme import CompanyPart, CompanySegment, Scale, Scheme, Segment, TravellerPart, TravellerScheme
from customers.traveller import Tier, Traveller

SCHEME_FILE = Path(__file__).with_name("value.yaml")


class PartValue(BaseModel, frozen=True):
    """One part of a score: the raw figure, where it stands (0..100), and the points it makes of its weight."""

    raw: float
    share: float
    points: float
    weight: float


class Scored(BaseModel, frozen=True):
    """A score 0..100 (the sum of its parts' points), of which day it is, and by which scheme it was computed."""

    score: float
    parts: Mapping[TravellerPart | CompanyPart, PartValue]
    as_of: date
    scheme: str


class Value(Scored, frozen=True):
    """A traveller's: `tier` is what the score makes, which need not be the card they hold."""

    tier: Tier
    segment: Segment


class CompanyValue(Scored, frozen=True):
    """A company's."""

    segment: CompanySegment


def read_scheme(path: Path = SCHEME_FILE) -> Scheme:
    """The value scheme of the file at `path`; SettingsWrong says where it is none."""
    try:
        return Scheme.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except ValidationError as wrong:
        first = wrong.errors(include_url=False)[0]
        why = ": ".join(part for part in (".".join(map(str, first["loc"])), first["msg"]) if part)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as wrong:
        why = " ".join(str(wrong).split())
    said = Words(en=f"{path} is no value scheme: {why}. Nothing was started.", zh=f"价值评分设置文件 {path} 有误：{why}。系统未启动。")
    raise SettingsWrong(said)


def value_of(traveller: Traveller, scheme: Scheme) -> Value | None:
    """Score a traveller: flights, cabin and miles, each by its scale and weight. None where what they flew is not known: that is no 0."""
    activity, its = traveller.activity, scheme.traveller
    if activity is None or (cabin := mean_cabin(activity, its)) is None:
        return None
    raw: dict[TravellerPart, float] = {"frequency": activity.flights, "cabin": cabin, "miles": activity.miles}
    parts = {name: _part(its.parts[name], figure) for name, figure in raw.items()}
    score = _sum(parts.values())
    tier = its.tier_of(score)
    return Value(score=score, parts=parts, as_of=activity.as_of, scheme=scheme.mark, tier=tier, segment=_segment(score, tier, activity, its))


def company_value_of(company: Company, scheme: Scheme) -> CompanyValue | None:
    """Score a company: fares bought and miles flown. None where this is not known, or was paid in another currency than the scheme compares."""
    activity, its = company.activity, scheme.company
    if activity is None or activity.bought.currency != its.currency:
        return None
    raw: dict[CompanyPart, float] = {"purchases": float(activity.bought.amount), "miles": activity.miles}
    parts = {name: _part(its.parts[name], figure) for name, figure in raw.items()}
    score = _sum(parts.values())
    segment: CompanySegment = "large" if score >= its.large_from else "small_medium"
    return CompanyValue(score=score, parts=parts, as_of=activity.as_of, scheme=scheme.mark, segment=segment)


def mean_cabin(activity: Activity, scheme: TravellerScheme) -> float | None:
    """The mean weight of the cabins flown in, 0 where nothing was flown; None where something was, and in which cabin nobody tells."""
    counted = sum(activity.cabins.values())
    if not counted:
        return 0.0 if activity.flights == 0 else None
    # Summed in the scheme's order: another order of the same counts must not differ in the last bit.
    return sum(weight * activity.cabins.get(cabin, 0) for cabin, weight in sorted(scheme.cabins.items())) / counted


def card_of(traveller: Traveller, scheme: Scheme) -> Tier | None:
    """The card they hold: the customer platform's word; where it has none, the score's tier if the scheme lets it stand for the card."""
    if traveller.tier is not None or scheme.card == "source":
        return traveller.tier
    value = value_of(traveller, scheme)
    return value.tier if value else None


def _part(scale: Scale, raw: float) -> PartValue:
    return PartValue(raw=raw, share=round(scale.share(raw), 1), points=scale.points(raw), weight=scale.weight)


def _sum(parts: Iterable[PartValue]) -> float:
    # Each part is rounded to a tenth before it is added: the points that are shown are the points that decide, at every edge.
    return min(100.0, round(sum(part.points for part in parts), 1))


def _segment(score: float, tier: Tier, activity: Activity, scheme: TravellerScheme) -> Segment:
    potential, following = scheme.segments.potential, scheme.next_tier(score)
    if tier in scheme.segments.high:
        return "high"
    is_near = following is not None and round(scheme.tiers[following] - score, 1) <= potential.near
    grows = activity.flights >= potential.growing.flights and activity.flights >= potential.growing.times * activity.flights_before
    return "potential" if is_near or grows else "regular"
