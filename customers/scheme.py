"""The value scheme: weights, scales and edges from which a value is computed, as value.yaml states them."""

import json
from bisect import bisect_right
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Literal, Self, get_args

from pydantic import BaseModel, Field, model_validator

from basics.ids import fingerprint
from basics.words import Words, words
from customers.booking import Cabin
from customers.traveller import Tier

Segment = Literal["high", "potential", "regular"]
CompanySegment = Literal["large", "small_medium"]
TravellerPart = Literal["frequency", "cabin", "miles"]
CompanyPart = Literal["purchases", "miles"]
RaisedTier = Literal["silver", "gold", "platinum"]
"""What a score can reach; below is member."""

SEGMENT_WORDS: dict[Segment | CompanySegment, Words] = {
    "high": words("high value", "高价值"),
    "potential": words("potential", "高潜力"),
    "regular": words("regular", "常规"),
    "large": words("large", "大客户"),
    "small_medium": words("small or medium", "中小客户"),
}

_Share = Annotated[float, Field(ge=0, le=100)]
_Figure = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Part(BaseModel, frozen=True, extra="forbid"):
    """A part of the file: a key nobody knows is a typo, and is refused."""


class Scale(_Part, frozen=True):
    """One part of a score: its weight in points, and how its raw figure becomes a share of 0..100."""

    weight: _Share
    title: Words
    reference: dict[_Figure, _Share] | None = None
    full_at: float | None = Field(default=None, gt=0, allow_inf_nan=False)

    @model_validator(mode="after")
    def _rises(self) -> Self:
        if (self.reference is None) is (self.full_at is None):
            raise ValueError("a part has either `reference` or `full_at`")
        shares = [share for _, share in self._curve]
        if self._curve[0] != (0, 0) or len(shares) < 2 or any(later < earlier for earlier, later in pairwise(shares)):
            raise ValueError("`reference` begins with 0: 0, has a second figure, and never falls")
        return self

    @cached_property
    def _curve(self) -> list[tuple[float, float]]:
        return sorted(self.reference.items()) if self.reference is not None else [(0.0, 0.0), (float(self.full_at or 1), 100.0)]

    @property
    def last(self) -> float:
        """The figure from which on more of it is worth no more."""
        return self._curve[-1][0]

    def share(self, raw: float) -> float:
        """Where a raw figure stands, 0..100: its percentile within the programme, or its part of `full_at`; it ends with the last figure."""
        at = bisect_right(self._curve, raw, key=lambda point: point[0])
        if at == len(self._curve):
            return self._curve[-1][1]
        (x0, y0), (x1, y1) = self._curve[at - 1], self._curve[at]
        return min(y1, y0 + (y1 - y0) * (raw - x0) / (x1 - x0))

    def points(self, raw: float) -> float:
        """What a raw figure is worth, to one decimal."""
        return round(self.weight * self.share(raw) / 100, 1)


class Growing(_Part, frozen=True):
    """At least so many flights, and so many times those of the year before."""

    flights: int = Field(ge=1)
    times: float = Field(ge=1)


class Potential(_Part, frozen=True):
    """Who may become one of high value: few points below the next tier, or growing."""

    near: _Share
    growing: Growing


class Segments(_Part, frozen=True):
    """Which tiers of the score are of high value, and who may become it."""

    high: tuple[Tier, ...]
    potential: Potential


class TravellerScheme(_Part, frozen=True):
    """How a traveller is scored; `tiers` are the edges, in points."""

    parts: dict[TravellerPart, Scale]
    cabins: dict[Cabin, _Share]
    tiers: dict[RaisedTier, Annotated[float, Field(gt=0, le=100)]]
    segments: Segments

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        _all_there(self.parts, TravellerPart)
        if set(self.cabins) != set(get_args(Cabin)):
            raise ValueError(f"`cabins` weighs each of {', '.join(get_args(Cabin))}")
        if len(self.tiers) != 3 or not self.tiers["silver"] < self.tiers["gold"] < self.tiers["platinum"]:
            raise ValueError("`tiers` has silver, gold and platinum, each above the one before")
        return self

    def tier_of(self, score: float) -> Tier:
        """The tier of a score; at the very edge it is reached."""
        return next((tier for tier in ("platinum", "gold", "silver") if score >= self.tiers[tier]), "member")

    def next_tier(self, score: float) -> RaisedTier | None:
        """The first tier whose edge is above a score, or None at the top."""
        return next((tier for tier in ("silver", "gold", "platinum") if score < self.tiers[tier]), None)


class CompanyScheme(_Part, frozen=True):
    """How a company is scored, and from how many points on it is a large one."""

    currency: str
    parts: dict[CompanyPart, Scale]
    large_from: Annotated[float, Field(gt=0, le=100)]

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        _all_there(self.parts, CompanyPart)
        return self


class Valued(_Part, frozen=True):
    """Who is greeted as somebody we know and value."""

    cards: tuple[Tier, ...]
    segments: tuple[Segment, ...]
    companies: tuple[CompanySegment, ...]


class Scheme(_Part, frozen=True):
    """The whole file; `card_terms` is what is looked up about a card, with a place for its name."""

    version: int = Field(ge=1)
    card: Literal["source", "score"]
    valued: Valued
    traveller: TravellerScheme
    company: CompanyScheme
    card_terms: Words

    @cached_property
    def mark(self) -> str:
        """The version, and a hash of everything stated: a value tells by which scheme it was computed."""
        stated = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return f"{self.version}-{fingerprint(stated)[:12]}"


def _all_there(parts: dict[TravellerPart, Scale] | dict[CompanyPart, Scale], wanted: object) -> None:
    if set(parts) != set(get_args(wanted)):
        raise ValueError(f"`parts` has each of {', '.join(get_args(wanted))}")
    if abs(sum(part.weight for part in parts.values()) - 100) > 1e-9:
        raise ValueError("the weights of the parts are 100 together")
