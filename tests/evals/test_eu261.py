"""Regulation (EC) No 261/2004 at every boundary: the rule set against an oracle in plain Python, written from the regulation alone."""

from collections.abc import Iterator, Mapping
from itertools import combinations, product
from pathlib import Path
from typing import Any

import pytest

import evals
from basics.clock import parse_moment
from customers.rights import RightDecision, load_rules

BOOK = load_rules(Path(evals.__file__).parent / "rules" / "eu261.yaml")
NOW = parse_moment("2026-03-02T09:00:00Z")
BASE: dict[str, Any] = {"departs_eu": True, "arrives_eu": True, "eu_carrier": True, "intra_eu": False, "extraordinary": False, "distance_km": 1000}


def decided(facts: Mapping[str, Any]) -> RightDecision:
    return BOOK.decide("compensation", facts, NOW)


def owed(f: Mapping[str, Any]) -> float:
    """What the regulation owes at least, every fact that matters being known; no YAML was read to write this."""
    covered = f["departs_eu"] or (f["arrives_eu"] and f["eu_carrier"])  # Article 3(1)
    if not covered:
        return 0
    # Article 7(1) and (2): the amount, and up to how many hours later a re-routing may arrive so that half is owed
    if f["distance_km"] <= 1500:
        amount, half_up_to = 250, 2
    elif f["intra_eu"] or f["distance_km"] <= 3500:
        amount, half_up_to = 400, 3
    else:
        amount, half_up_to = 600, 4
    new = f.get("reroute")
    if f["event"] == "delay":
        if f["arrival_delay_h"] < 3 or f["extraordinary"]:  # Sturgeon; Article 5(3)
            return 0
        return amount / 2 if amount == 600 and f["arrival_delay_h"] < 4 else amount
    if f["event"] == "cancellation":
        if f["extraordinary"] or f["notice_days"] >= 14:  # Article 5(3), 5(1)(c)(i)
            return 0
        if new and f["notice_days"] >= 7 and new[0] <= 2 and new[1] < 4:  # (ii)
            return 0
        if new and f["notice_days"] < 7 and new[0] <= 1 and new[1] < 2:  # (iii)
            return 0
    return amount / 2 if new and new[1] <= half_up_to else amount


BOOLS = (True, False)
KILOMETRES = (1, 1499.9, 1500, 1500.1, 3499.9, 3500, 3500.1, 12000)
DELAYS = (0, 2.99, 3, 3.01, 3.99, 4, 4.01, 30)
NOTICES = (0, 6.99, 7, 13.99, 14)
REROUTES = (None, *([early, late] for early in (-1, 1, 1.01, 2, 2.01) for late in (1.99, 2, 2.01, 3, 3.01, 3.99, 4, 4.01)))
SCOPES = tuple(dict(zip(("departs_eu", "arrives_eu", "eu_carrier"), flags, strict=True)) for flags in product(BOOLS, repeat=3))


def every_delay() -> Iterator[dict[str, Any]]:
    for km, late, intra, extra in product(KILOMETRES, DELAYS, BOOLS, BOOLS):
        yield BASE | {"event": "delay", "distance_km": km, "arrival_delay_h": late, "intra_eu": intra, "extraordinary": extra}


def every_other() -> Iterator[dict[str, Any]]:
    for km, new, intra, extra in product((1500, 1500.1, 3500, 3500.1), REROUTES, BOOLS, BOOLS):
        facts = BASE | {"distance_km": km, "intra_eu": intra, "extraordinary": extra} | ({"reroute": new} if new else {})
        yield facts | {"event": "denied_boarding"}
        if extra and km != 1500:
            continue  # seen once: extraordinary circumstances end every cancellation
        for notice in NOTICES:
            yield facts | {"event": "cancellation", "notice_days": notice}


def every_scope() -> Iterator[dict[str, Any]]:
    for scope in SCOPES:
        yield BASE | scope | {"event": "delay", "arrival_delay_h": 5}
        yield BASE | scope | {"event": "cancellation", "notice_days": 3, "reroute": [2, 2]}
        yield BASE | scope | {"event": "denied_boarding"}


@pytest.mark.parametrize("cases", [every_delay, every_other, every_scope])
def test_the_rules_say_what_the_regulation_says(cases: Any) -> None:
    """Amount by amount over the whole grid of boundaries."""
    count = 0
    for facts in cases():
        count += 1
        amount, got = owed(facts), decided(facts)
        assert (got.decision, got.gives) == ("allow" if amount else "deny", {"amount": amount, "currency": "EUR"}), (facts, got)
        assert got.reasons and got.article and got.missing == (), facts
    assert count > 20


GRID: dict[str, tuple[Any, ...]] = {
    "departs_eu": BOOLS,
    "arrives_eu": BOOLS,
    "eu_carrier": BOOLS,
    "intra_eu": BOOLS,
    "extraordinary": BOOLS,
    "distance_km": (1500, 1501, 3500, 3501),
    "arrival_delay_h": (2.9, 3, 4),
    "notice_days": (6, 7, 14),
}
PARTLY = [
    BASE | {"event": "delay", "arrival_delay_h": 5},
    BASE | {"event": "delay", "arrival_delay_h": 1},
    BASE | {"event": "delay", "arrival_delay_h": 3.5, "distance_km": 4000, "departs_eu": False},
    BASE | {"event": "delay", "arrival_delay_h": 5, "extraordinary": True},
    BASE | {"event": "delay", "arrival_delay_h": 5, "intra_eu": True, "distance_km": 4000},
    BASE | {"event": "cancellation", "notice_days": 3},
    BASE | {"event": "cancellation", "notice_days": 20},
    BASE | {"event": "cancellation", "notice_days": 20, "extraordinary": True},
    BASE | {"event": "cancellation", "notice_days": 10, "reroute": [2, 3.9], "distance_km": 2000},
    BASE | {"event": "cancellation", "notice_days": 3, "reroute": [1, 1.9], "distance_km": 5000},
    BASE | {"event": "cancellation", "notice_days": 3, "reroute": [1, 2], "distance_km": 5000},
    BASE | {"event": "denied_boarding"},
    BASE | {"event": "denied_boarding", "extraordinary": True, "distance_km": 4000, "reroute": [0, 4]},
    BASE | {"event": "denied_boarding", "departs_eu": False, "eu_carrier": False},
]


@pytest.mark.parametrize("facts", PARTLY)
def test_what_is_not_known_is_asked_for_unless_the_rest_decides(facts: dict[str, Any]) -> None:
    """One, two and three facts left out: refer exactly where they would still make a difference, and ask for one of them."""
    there = [name for name in GRID if name in facts]
    for gone in (names for n in (1, 2, 3) for names in combinations(there, n)):
        known = {name: value for name, value in facts.items() if name not in gone}
        possible = {owed(known | dict(zip(gone, values, strict=True))) for values in product(*(GRID[name] for name in gone))}
        got = decided(known)
        if len(possible) == 1:
            amount = possible.pop()
            assert (got.decision, got.gives["amount"]) == ("allow" if amount else "deny", amount), (known, got)
        else:
            assert got.decision == "refer" and got.gives == {}, (known, got)
            assert got.missing and set(got.missing) <= set(gone), (known, got)
        as_null = decided(known | dict.fromkeys(gone))
        assert as_null == got, "null is absent"


@pytest.mark.parametrize(
    ("facts", "amount", "article"),
    [
        # Article 3: from the EU by anybody, to the EU by a carrier of the EU
        ({"eu_carrier": False, "event": "denied_boarding"}, 250, "4(3) and 7(1)(a)"),
        ({"departs_eu": False, "event": "denied_boarding"}, 250, "4(3) and 7(1)(a)"),
        ({"departs_eu": False, "eu_carrier": False, "event": "denied_boarding"}, 0, "3(1)"),
        ({"departs_eu": False, "arrives_eu": False, "event": "denied_boarding"}, 0, "3(1)"),
        ({"departs_eu": True, "arrives_eu": False, "eu_carrier": False, "event": "denied_boarding"}, 250, "7(1)(a)"),
        # Article 4(3): no excuse; Article 7(2): half where the re-routing arrives soon enough
        ({"event": "denied_boarding", "extraordinary": True}, 250, "4(3)"),
        ({"event": "denied_boarding", "reroute": [5, 2]}, 125, "7(2)(a)"),
        ({"event": "denied_boarding", "reroute": [0, 2.01]}, 250, "7(1)(a)"),
        ({"event": "denied_boarding", "reroute": [0, 0]}, 125, "7(2)(a)"),
        ({"event": "denied_boarding", "distance_km": 3500, "reroute": [0, 3]}, 200, "7(2)(b)"),
        ({"event": "denied_boarding", "distance_km": 3501, "reroute": [0, 4]}, 300, "7(2)(c)"),
        ({"event": "denied_boarding", "distance_km": 3501, "intra_eu": True, "reroute": [0, 4]}, 400, "7(1)(b)"),
        # Article 5(1)(c)
        ({"event": "cancellation", "notice_days": 14}, 0, "5(1)(c)(i)"),
        ({"event": "cancellation", "notice_days": 13.99}, 250, "5(1)(c) and 7(1)(a)"),
        ({"event": "cancellation", "notice_days": 7, "reroute": [2, 3.99]}, 0, "5(1)(c)(ii)"),
        ({"event": "cancellation", "notice_days": 7, "reroute": [2.01, 3.99]}, 250, "7(1)(a)"),
        ({"event": "cancellation", "notice_days": 7, "reroute": [2, 4]}, 250, "7(1)(a)"),
        ({"event": "cancellation", "notice_days": 13, "reroute": [3, 1]}, 125, "7(2)(a)"),
        ({"event": "cancellation", "notice_days": 6.99, "reroute": [2, 3.99]}, 250, "7(1)(a)"),
        ({"event": "cancellation", "notice_days": 6, "reroute": [1, 1.99]}, 0, "5(1)(c)(iii)"),
        ({"event": "cancellation", "notice_days": 6, "reroute": [1, 2]}, 125, "7(2)(a)"),
        ({"event": "cancellation", "notice_days": 6, "reroute": [1.01, 1]}, 125, "7(2)(a)"),
        ({"event": "cancellation", "notice_days": 0, "distance_km": 9000, "reroute": [0, 4.01]}, 600, "7(1)(c)"),
        ({"event": "cancellation", "notice_days": 0, "distance_km": 9000, "reroute": [0, 4]}, 300, "7(2)(c)"),
        ({"event": "cancellation", "notice_days": 0, "distance_km": 2000, "reroute": [-1, 3]}, 200, "7(2)(b)"),
        ({"event": "cancellation", "notice_days": 0, "extraordinary": True}, 0, "5(3)"),
        ({"event": "cancellation", "notice_days": -0.1}, 250, "7(1)(a)"),
        # Delay at arrival: Sturgeon, GL 4.4.7 and 4.4.10
        ({"event": "delay", "arrival_delay_h": 2.99}, 0, "Sturgeon"),
        ({"event": "delay", "arrival_delay_h": 3}, 250, "7(1)(a)"),
        ({"event": "delay", "arrival_delay_h": 3, "distance_km": 1500.1}, 400, "7(1)(b)"),
        ({"event": "delay", "arrival_delay_h": 3, "distance_km": 3500}, 400, "7(1)(b)"),
        ({"event": "delay", "arrival_delay_h": 3, "distance_km": 3500.1}, 300, "7(2)(c)"),
        ({"event": "delay", "arrival_delay_h": 3.99, "distance_km": 9000}, 300, "7(2)(c)"),
        ({"event": "delay", "arrival_delay_h": 4, "distance_km": 9000}, 600, "7(1)(c)"),
        ({"event": "delay", "arrival_delay_h": 3.5, "distance_km": 4000, "intra_eu": True}, 400, "7(1)(b)"),
        ({"event": "delay", "arrival_delay_h": 9, "extraordinary": True}, 0, "5(3)"),
    ],
)
def test_the_article_is_the_right_one(facts: dict[str, Any], amount: float, article: str) -> None:
    """By hand, one case a boundary, with the article that decides it."""
    got = decided(BASE | facts)
    assert got.gives == {"amount": amount, "currency": "EUR"} and article in (got.article or ""), got


@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        ({"event": "cancellation", "notice_days": 3, "reroute": [1]}, ()),
        ({"event": "denied_boarding", "reroute": [0, 1, 2]}, ()),
        ({"event": "denied_boarding", "reroute": "2h"}, ("reroute",)),
        ({"event": "diversion"}, ()),
        ({}, ("event",)),
        ({"event": "delay", "arrival_delay_h": "5"}, ("arrival_delay_h",)),
    ],
)
def test_what_cannot_be_read_goes_to_a_person(facts: dict[str, Any], missing: tuple[str, ...]) -> None:
    """A re-routing that is not two numbers, an event the regulation does not name, a number written as text."""
    got = decided(BASE | facts)
    assert got.decision == "refer" and set(missing) <= set(got.missing) and got.gives == {}, got
