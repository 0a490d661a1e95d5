"""Why somebody has their value: each part with its figure and points, the next edge and what would reach it, in sentences of both languages."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from pydantic import BaseModel

from basics.money import Money
from basics.words import Words, words
from customers.booking import CABIN_WORDS
from customers.company import Company
from customers.scheme import (
    SEGMENT_WORDS,
    CompanyPart,
    CompanyScheme,
    CompanySegment,
    RaisedTier,
    Scale,
    Scheme,
    Segment,
    TravellerPart,
    TravellerScheme,
)
from customers.traveller import TIER_WORDS, Tier, Traveller
from customers.value import CompanyValue, Scored, Value, card_of, company_value_of, value_of

PartName = TravellerPart | CompanyPart

_SCORED = words(
    "{name} has {score} of 100 points, which is {tier} by value; segment: {segment}.",
    "{name}评分 {score} 分（满分 100），按价值相当于{tier}，属{segment}旅客。",
)
_COMPANY_SCORED = words("{name} has {score} of 100 points: a {segment} customer.", "{name}评分 {score} 分（满分 100），属{segment}。")
_SAME_CARD = words("The card is {card} too.", "实际卡级同为{card}。")
_OTHER_CARD = words(
    "The card is {card}: rules and articles go by the card, not by the score.",
    "实际卡级为{card}；规则和条款以卡级为准，不以评分为准。",
)
_SCORE_FOR_CARD = words("The customer platform tells no card; the tier of the score stands for it.", "客户平台未提供卡级，以评分对应的等级代替。")
_NO_CARD = words("The customer platform tells no card.", "客户平台未提供卡级。")
_MISSING = words("{points} points are missing to {next}.", "距{next}还差 {points} 分。")
_WAYS = words("With all else as it is, {ways} would do.", "在其他条件不变的情况下，{ways}，即可达到。")
_AT_THE_TOP = words("Nothing is above it.", "已是最高一级。")
_UNKNOWN = words(
    "The value of {name} is not known: the customer platform does not tell enough of the last twelve months. That is no value of 0.",
    "{name}的价值未知：客户平台未提供近十二个月的完整记录。未知不等于 0 分。",
)
_LARGE = words("the large customers", "大客户")
_COUNTED: dict[PartName, Words] = {
    "frequency": words("{n} flights", "航段数达到 {n}"),
    "miles": words("{n} miles", "里程达到 {n}"),
    "purchases": words("fares of {n}", "购票金额达到 {n}"),
}
_IN_CABIN = words("{n} of the {of} flights in {cabin}", "有 {n} 个航段（共 {of} 个）乘坐{cabin}")


class ExplainedPart(BaseModel, frozen=True):
    """One part: its raw figure, where that stands (a percentile of the programme, or a part of the full figure), and its points of its weight."""

    name: PartName
    title: Words
    raw: float
    share: float
    is_percentile: bool
    points: float
    weight: float


class Way(BaseModel, frozen=True):
    """The figure of one part that alone would reach the next edge, all else as it is."""

    part: PartName
    needs: int
    said: Words


class NextEdge(BaseModel, frozen=True):
    """What comes next, from how many points on, how many are missing, and by what alone it would be reached."""

    to: RaisedTier | CompanySegment
    edge: float
    missing: float
    ways: tuple[Way, ...]


class Explanation(BaseModel, frozen=True):
    """A value with its reasons; of an unknown one only the sentences say anything. `tier` is the score's, `card` the one that is held."""

    id: str
    name: Words
    score: float | None = None
    tier: Tier | None = None
    card: Tier | None = None
    segment: Segment | CompanySegment | None = None
    parts: tuple[ExplainedPart, ...] = ()
    next: NextEdge | None = None
    as_of: date | None = None
    scheme: str
    sentences: tuple[Words, ...]


def explained(traveller: Traveller, scheme: Scheme) -> Explanation:
    """Why a traveller has this value, and how it stands to their card."""
    value, card = value_of(traveller, scheme), card_of(traveller, scheme)
    if value is None:
        sentences = (_UNKNOWN.filled(name=traveller.name), *_about_card(traveller, None, card))
        return Explanation(id=traveller.id, name=traveller.name, card=card, scheme=scheme.mark, sentences=sentences)
    to = scheme.traveller.next_tier(value.score)
    following = _next(value, to, scheme.traveller.tiers[to], scheme.traveller) if to else None
    scored = _SCORED.filled(name=traveller.name, score=f"{value.score:g}", tier=TIER_WORDS[value.tier], segment=SEGMENT_WORDS[value.segment])
    return Explanation(
        id=traveller.id,
        name=traveller.name,
        score=value.score,
        tier=value.tier,
        card=card,
        segment=value.segment,
        parts=_parts(value, scheme.traveller.parts),
        next=following,
        as_of=value.as_of,
        scheme=value.scheme,
        sentences=(scored, *_about_card(traveller, value, card), *_about_next(following, TIER_WORDS[to] if to else None)),
    )


def company_explained(company: Company, scheme: Scheme) -> Explanation:
    """Why a company has this value."""
    value: CompanyValue | None = company_value_of(company, scheme)
    if value is None:
        return Explanation(id=company.id, name=company.name, scheme=scheme.mark, sentences=(_UNKNOWN.filled(name=company.name),))
    its = scheme.company
    following = _next(value, "large", its.large_from, its) if value.segment != "large" else None
    scored = _COMPANY_SCORED.filled(name=company.name, score=f"{value.score:g}", segment=SEGMENT_WORDS[value.segment])
    return Explanation(
        id=company.id,
        name=company.name,
        score=value.score,
        segment=value.segment,
        parts=_parts(value, its.parts),
        next=following,
        as_of=value.as_of,
        scheme=value.scheme,
        sentences=(scored, *_about_next(following, _LARGE)),
    )


def _parts(value: Scored, scales: Mapping[TravellerPart, Scale] | Mapping[CompanyPart, Scale]) -> tuple[ExplainedPart, ...]:
    return tuple(
        ExplainedPart(name=name, title=scale.title, is_percentile=scale.reference is not None, **value.parts[name].model_dump())
        for name, scale in scales.items()
    )


def _next(value: Scored, to: RaisedTier | CompanySegment, edge: float, scheme: TravellerScheme | CompanyScheme) -> NextEdge:
    ways: list[Way] = []
    for name, scale in scheme.parts.items():
        part = value.parts[name]
        points = edge - (value.score - part.points)
        if isinstance(scheme, TravellerScheme) and name == "cabin":
            ways += _by_cabin(scheme, scale, int(value.parts["frequency"].raw), points)
        elif (needs := _least(scale.points, int(part.raw), int(scale.last), points)) is not None:
            figure: Words | str = f"{needs:,}"
            if isinstance(scheme, CompanyScheme) and name == "purchases":
                figure = Money(amount=Decimal(needs), currency=scheme.currency).counted()
            ways.append(Way(part=name, needs=needs, said=_COUNTED[name].filled(n=figure)))
    return NextEdge(to=to, edge=edge, missing=round(edge - value.score, 1), ways=tuple(ways))


def _by_cabin(scheme: TravellerScheme, scale: Scale, flights: int, points: float) -> list[Way]:
    """So many of the flights in the cabin that counts most, the others in the one that counts least."""
    best, least = max(scheme.cabins, key=scheme.cabins.__getitem__), min(scheme.cabins.values())

    def worth(upgraded: int) -> float:
        return scale.points((scheme.cabins[best] * upgraded + least * (flights - upgraded)) / flights)

    needs = _least(worth, 0, flights, points) if flights else None
    return [Way(part="cabin", needs=needs, said=_IN_CABIN.filled(n=needs, of=flights, cabin=CABIN_WORDS[best]))] if needs is not None else []


def _least(worth: Callable[[int], float], low: int, high: int, points: float) -> int | None:
    """The least whole figure from `low` to `high` that is worth so many points (the more the more), or None where none is."""
    if round(worth(high) - points, 6) < 0:
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if round(worth(middle) - points, 6) >= 0 else (middle + 1, high)
    return low


def _about_card(traveller: Traveller, value: Value | None, card: Tier | None) -> tuple[Words, ...]:
    if card is None:
        return (_NO_CARD,)
    if traveller.tier is None:
        return (_SCORE_FOR_CARD,)
    if value is None:
        return ()
    return ((_SAME_CARD if value.tier == card else _OTHER_CARD).filled(card=TIER_WORDS[card]),)


def _about_next(following: NextEdge | None, named: Words | None) -> tuple[Words, ...]:
    if following is None or named is None:
        return (_AT_THE_TOP,)
    missing = _MISSING.filled(points=f"{following.missing:g}", next=named)
    if not following.ways:
        return (missing,)
    ways = words(" or ".join(w.said.en for w in following.ways), "，或".join(w.said.zh for w in following.ways))
    return missing, _WAYS.filled(ways=ways)
