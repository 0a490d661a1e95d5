"""What decides which row or column of a table is meant: card, fare and route, as the question names them, else the asker's own."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache
from typing import Literal

from pydantic import BaseModel

from basics.words import Lang, Words, words
from bot.steps import Evidence, Understood
from customers.airports import AIRPORTS
from customers.booking import FARE_WORDS
from customers.traveller import TIER_WORDS
from knowledge.intervals import Quantity, quantities_of

FactKind = Literal["tier", "fare", "route"]
_LONG_HAUL = frozenset({"LHR", "CDG", "SYD"})  # the airline's own split: Europe and Australia are long-haul, all else is regional
_ROUTE: Mapping[str, Words] = {"long": words("Long-haul", "远程航线"), "regional": words("Regional", "亚洲航线")}
_NAMES: Mapping[FactKind, Mapping[str, Words]] = {
    "tier": {str(tier): said for tier, said in TIER_WORDS.items()},
    "fare": {str(fare): said for fare, said in FARE_WORDS.items()},
    "route": _ROUTE,
}
# In a question a fare or card is called by its last word ("my light ticket", 轻享的票), unless that word goes on to mean another thing.
_OTHER_THING = r"(?![\s-]*(?:seat|benefit|trip|travel|account|hours|programme|program|partner|meeting|bag|case|suitcase|weight|meal))"
_NOT_NAMED = frozenset({"member", "普卡", "standard seat"})


class OwnFact(BaseModel, frozen=True):
    """One fact that picks: its kind, which of the kind, how it is called, and whether the question named it (else it is the asker's own)."""

    kind: FactKind
    value: str
    said: Words
    asked: bool = False


def facts_about(question: str, evidence: Evidence, now: datetime) -> tuple[OwnFact, ...]:
    """What the question names of card, fare and route; of the kinds it does not name, the asker's own."""
    named = named_facts(question)
    kinds = {f.kind for f in named}
    return (*named, *(f for f in own_facts(evidence, now) if f.kind not in kinds))


def own_facts(evidence: Evidence, now: datetime) -> tuple[OwnFact, ...]:
    """The asker's card, and fare and route of the leg that is asked about (else of the next one)."""
    facts: list[OwnFact] = []
    if evidence.traveller and evidence.traveller.tier:
        facts.append(_fact("tier", evidence.traveller.tier))
    at = evidence.asked_leg or next(((b, leg) for b in evidence.bookings if (leg := b.next_leg(now)) is not None), None)
    if at is not None:
        booking, leg = at
        facts.append(_fact("fare", booking.fare))
        facts.append(_fact("route", _route({leg.origin, leg.destination})))
    return tuple(facts)


def stated(understood: Understood, evidence: Evidence, now: datetime) -> tuple[Quantity, ...]:
    """The quantities that decide: those the question states, and how long it is until the asker's flight unless they say when."""
    quantities = quantities_of(understood.question)
    if evidence.asked_leg is not None and not any(q.side for q in quantities):
        quantities += (Quantity(unit="h", value=(evidence.asked_leg[1].departs_at - now).total_seconds() / 3600, side="before"),)
    return quantities


@cache
def named_facts(question: str) -> tuple[OwnFact, ...]:
    """Cards, fares and routes that a question names, cities included."""
    out: list[OwnFact] = []
    for kind in ("tier", "fare"):
        out += [_fact(kind, value, asked=True) for value, pattern in _patterns(kind).items() if pattern.search(question)]
    lower = question.lower()
    cities = {code for code, airport in AIRPORTS.items() if airport.city.en.lower() in lower or airport.city.zh in question}
    routes = [value for value, said in _ROUTE.items() if said.en.lower() in lower.replace(" haul", "-haul") or said.zh[:2] in question]
    if routes or cities:
        out += [_fact("route", value, asked=True) for value in routes or [_route(cities)]]
    return tuple(out)


@lru_cache(8192)  # the units of a base, again and again: a fifth of a known traveller's turn
def names(label: str, kind: FactKind, lang: Lang) -> frozenset[str]:
    """Which values of a kind a label names: {"standard", "flex"} for "Economy Standard and Flex"."""
    said, found = label.lower(), set()
    # Longest name first, and what it was found in is used up: 白金卡 holds 金卡, but does not name it.
    for value, parts in sorted(_label_parts(kind, lang).items(), key=lambda entry: -max(map(len, entry[1]))):
        if all(p in said for p in parts):
            found.add(value)
            for p in parts if kind == "tier" else ():
                said = said.replace(p, "\0")
    return frozenset(found)


def suits(label: str, facts: Sequence[OwnFact], lang: Lang) -> float:
    """How well a label suits the facts: above 0 where it names what is asked about, below where it names something else of that kind.

    A label that names more than the fact ("Fee, regional") is chosen by its other words first; there the fact only breaks a tie.
    """
    score = 0.0
    for kind in ("tier", "fare", "route"):
        mine = [f for f in facts if f.kind == kind]
        named = names(label, kind, lang) if mine else frozenset()
        if named:
            hit = [f for f in mine if f.value in named]
            bare = len(label) <= sum(len(_NAMES[kind][value].said_in(lang)) for value in named) + 4
            score += (1.5 if any(f.asked for f in hit) else 1.0) * (1.0 if bare else 0.25) if hit else -1.5
    return score


def _fact(kind: FactKind, value: str, asked: bool = False) -> OwnFact:
    return OwnFact(kind=kind, value=value, said=_NAMES[kind][value], asked=asked)


def _route(codes: set[str]) -> str:
    return "long" if codes & _LONG_HAUL else "regional"


@cache
def _patterns(kind: FactKind) -> dict[str, re.Pattern[str]]:
    out: dict[str, re.Pattern[str]] = {}
    for value, said in _NAMES[kind].items():
        en, zh = said.en.lower().split()[-1], re.sub("^经济舱|会员$", "", said.zh)
        before = "(?<!白)" if zh == "金卡" else ""
        ways = [w for w in (rf"(?<!return )\b{en}\b{_OTHER_THING}", f"{before}{zh}(?!座位)") if not any(n in w for n in _NOT_NAMED)]
        out[value] = re.compile("|".join(ways) or r"(?!)", re.I)
    return out


@cache
def _label_parts(kind: FactKind, lang: Lang) -> dict[str, tuple[str, ...]]:
    parts: dict[str, tuple[str, ...]] = {}
    for value, said in _NAMES[kind].items():
        if lang == "en":
            parts[value] = tuple(said.en.lower().split())
        else:
            short = re.sub("^经济舱|会员$|航线$", "", said.zh)
            parts[value] = ("经济舱", short) if said.zh.startswith("经济舱") else (short,)
    return parts


def named_places(text: str) -> tuple[tuple[str, int, int], ...]:
    """Where a text names a card, a fare or a city: the kind, and from where to where."""
    out = [(kind, found.start(), found.end()) for kind in ("tier", "fare") for p in _patterns(kind).values() for found in p.finditer(text)]
    return (*out, *(("city", found.start(), found.end()) for found in _cities().finditer(text)))


@cache
def _cities() -> re.Pattern[str]:
    said = [name for airport in AIRPORTS.values() for name in (rf"\b{re.escape(airport.city.en)}\b", re.escape(airport.city.zh))]
    return re.compile("|".join(said), re.I)
