"""Travellers, bookings and rule files to tell stories with: everything has an ordinary value, a story names what matters."""

from datetime import datetime, timedelta
from pathlib import Path
from textwrap import dedent
from typing import Any

from basics.clock import parse_moment
from basics.words import words
from customers.booking import Booking, Leg
from customers.company import Company
from customers.order import Flight
from customers.rights import RuleBook, load_rules
from customers.tags import Tag
from customers.traveller import Traveller
from customers.uses import Holder, Use

NOW = parse_moment("2026-11-22T06:10:00Z")
LONG_AGO = parse_moment("2026-01-01T00:00:00Z")


def return_flex(**changes: Any) -> Tag:
    plain = {"name": "return_flex", "title": words("Return Flex", "回程灵活权益"), "source": "platform", "set_by": "p"}
    return Tag(**plain | {"since": LONG_AGO} | changes)


def a_traveller(**changes: Any) -> Traveller:
    plain = {"id": "lin", "name": words("Lin Yue", "林悦"), "email": "lin@x.example", "tier": "gold", "tags": (return_flex(),)}
    return Traveller(**plain | changes)


def a_company(**changes: Any) -> Company:
    plain = {"id": "co", "name": words("Nine", "九"), "country": "CN", "employees": 9, "status": "active", "joined_on": "2026-01-01"}
    return Company(**plain | changes)


def a_leg(departs_at: datetime, direction: str = "return", **changes: Any) -> Leg:
    there = direction == "outbound"
    plain = {
        "id": "L2" if not there else "L1",
        "flight": "9L217" if there else "9L218",
        "origin": "PVG" if there else "SIN",
        "destination": "SIN" if there else "PVG",
        "origin_zone": "Asia/Shanghai" if there else "Asia/Singapore",
        "destination_zone": "Asia/Singapore" if there else "Asia/Shanghai",
        "departs_at": departs_at,
        "arrives_at": departs_at + timedelta(hours=5),
        "direction": direction,
    }
    return Leg(**plain | changes)


def a_booking(back_in: timedelta = timedelta(days=2), out_ago: timedelta = timedelta(days=3), **changes: Any) -> Booking:
    """Out three days ago, back in two days, one passenger."""
    legs = (a_leg(NOW - out_ago, "outbound"), a_leg(NOW + back_in))
    plain = {
        "id": "ABCDEF",
        "traveller_id": "lin",
        "bought_through": "personal",
        "fare": "standard",
        "passengers": 1,
        "ticketed_at": NOW - timedelta(days=20),
        "legs": legs,
    }
    return Booking(**plain | changes)


def a_flight(departs_at: datetime, **changes: Any) -> Flight:
    leg = a_leg(departs_at)
    plain = {name: getattr(leg, name) for name in Flight.model_fields} | {"flight": "9L220"}
    return Flight(**plain | changes)


def a_rulebook(folder: Path, text: str) -> RuleBook:
    """The rulebook of a file with this text."""
    path = folder / "rules.yaml"
    path.write_text(dedent(text), "utf-8")
    return load_rules(path)


FACTS = """\
facts:
  leg.direction: string
  leg.days: number
  booking.passengers: number
  booking.group: {type: bool, default: false}
  traveller.tags: list
  traveller.tier: {type: string, title: {en: your tier, zh: 您的会员等级}}
  fee: number
tables:
  bags: {gold: {standard: 2}, member: {standard: 1}}
rules:
"""


def a_rule(id: str, *conditions: str, more: str = "") -> str:
    """One rule in YAML: clauses with these conditions, whose `else` says `not <number>`."""
    lines = [f"- id: {id}", "  right: r", f"  title: {{en: {id}, zh: {id}}}", "  article: a"]
    lines += [f"  {line}" for line in more.splitlines()]
    lines.append("  when:" if conditions else "  when: []")
    for n, condition in enumerate(conditions, start=1):
        quoted = condition.replace("'", "''")
        lines += [f"  - if: '{quoted}'", f"    else: {{en: {id} not {n}, zh: {id} 不 {n}}}"]
        lines += [f"    holds: {{en: {id} yes {n}, zh: {id} 是 {n}}}"]
    return "\n".join(lines) + "\n"


def rules(folder: Path, *written: str) -> RuleBook:
    """A rulebook over the sample facts with these rules."""
    return a_rulebook(folder, FACTS + "".join(written))


def en(texts: Any) -> list[str]:
    return [text.en for text in texts]


def used_before(booking: Booking, times: int, rule_id: str = "return-leg-free-change", right: str = "free_change", **who: Any) -> list[Use]:
    """So many uses of a right for a booking, an hour ago."""
    holder = Holder(**{"traveller_id": booking.traveller_id, "booking_id": booking.id} | who)
    return [Use(rule_id=rule_id, right=right, holder=holder, at=NOW - timedelta(hours=1))] * times
