"""What is owed to whom, worked out beside the house: the rules asked directly, on the airline's own file, and a change counted by its own log.

Nothing here goes through a turn, a shelf or a model; of the house it only reads the tables, with another driver, and what it has noted of somebody.
"""

import hashlib
import json
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from basics.clock import day_in, parse_moment
from bot.gather import tagged
from customers.booking import Booking, Leg
from customers.churn import churn_of
from customers.demo_airline import read_demo_airline
from customers.facts import facts_of
from customers.notes import Notes
from customers.order import Choice
from customers.rights import AIRLINE_ZONE, RightDecision, load_rules
from customers.source_demo import DemoSource
from customers.tag_book import load_tags
from customers.traveller import Traveller
from customers.uses import Holder, Ledger, Use

ASKED_FOR, UNASKED = timedelta(minutes=15), timedelta(hours=72)  # a card lives; of the latter, up to a day is waiting for the end of quiet hours


class Key(NamedTuple):
    """Which right, by which rule, of which booking and leg, as far as it is about one."""

    rule_id: str
    booking_id: str | None
    leg_id: str | None

    @property
    def carrier(self) -> str:
        """As a sentence names it."""
        return ":".join(part for part in self if part)


class Owed(NamedTuple):
    """One decision, with the booking and the leg it is about."""

    decision: RightDecision
    booking: Booking | None
    leg: Leg | None
    until: datetime | None


class Table:
    """The table of rights, made anew for a traveller and a moment."""

    def __init__(self, home: Path) -> None:
        self.rules, self._tags, self._source = load_rules(), load_tags(), DemoSource(read_demo_airline())
        self._file = home / "airline.sqlite3"

    async def of(self, traveller_id: str | None, now: datetime, uses: Collection[Use], notes: Notes) -> dict[Key, Owed]:
        """Every decision about whatever is this traveller's, flown or not; nothing for somebody nobody knows."""
        person = await self._source.traveller(traveller_id or "")
        if person is None:
            return {}
        company = await self._source.company(person.company_id) if person.company_id else None
        bookings = self._bookings(person.id)
        traveller = tagged(person, company, bookings, notes.tags, self._tags, now, AIRLINE_ZONE)
        more = await self._more(traveller, notes, now)
        out: dict[Key, Owed] = {}
        for on, booking, leg in _subjects(bookings):
            about = booking.id if booking else None, leg.id if leg else None
            holder = Holder(traveller_id=traveller.id, company_id=traveller.company_id, booking_id=about[0], leg_id=about[1])
            ledger = Ledger(uses, holder, now, AIRLINE_ZONE)
            facts = self.rules.ready(facts_of(traveller, company, booking, leg, now, AIRLINE_ZONE, notes, more))
            for right in dict.fromkeys(rule.right for rule in self.rules.rules if rule.on == on):
                decision = self.rules.decide(right, facts, now, AIRLINE_ZONE, ledger)
                if (rule := self.rules.rule(decision.rule_id or "")) is not None:
                    until = leg.departs_at - timedelta(hours=rule.until.hours_before_departure) if rule.until and leg else None
                    out[Key(rule.id, *about)] = Owed(decision, booking, leg, until)
        return out

    async def _more(self, traveller: Traveller, notes: Notes, now: datetime) -> dict[str, Any]:
        """The facts that are worked out: the level of an admin's company, and the risk of losing them."""
        day = day_in(now, AIRLINE_ZONE)
        risk = churn_of(traveller.tier or "member", traveller.activity, notes.complaints or 0, notes.rating, day).band
        is_admin = traveller.role == "company_admin" and traveller.company_id is not None
        account = await self._source.account(traveller.company_id or "", now) if is_admin else None
        level = {"company.level": account.standing.level} if account and account.standing else {}
        return {**level, "traveller.churn_risk": risk}

    def _bookings(self, traveller_id: str) -> list[Booking]:
        with closing(sqlite3.connect(f"file:{self._file}?mode=ro", uri=True, timeout=5)) as db:
            rows = db.execute("SELECT body FROM bookings WHERE traveller_id = ?", (traveller_id,)).fetchall()
        return [Booking.model_validate_json(body) for (body,) in rows]

    def wrong_with(
        self, record: dict[str, Any], traveller_id: str | None, owed: dict[Key, Owed], choices: Sequence[Choice], now: datetime
    ) -> list[str]:
        """What of a written proposal is not exactly what the rule gives this traveller at this moment; `choices` are the airline's."""
        held = owed.get(Key(record["rule_id"], record["booking_id"], record["leg_id"]))
        if record["traveller_id"] != traveller_id:
            return [f"{record['traveller_id']} is offered something in a conversation of {traveller_id}"]
        if held is None or held.decision.decision != "allow":
            return [f"outside the table: {record['rule_id']} for {record['booking_id']} {record['leg_id']}"]
        rule, gives = self.rules.rule(record["rule_id"]), held.decision.gives
        assert rule is not None
        ends, made = parse_moment(record["expires_at"]), parse_moment(record["created_at"])
        latest = min(e for e in (made + (UNASKED if record["offer"] else ASKED_FOR), held.until) if e is not None)
        checks = {
            "its hash": record["terms_hash"] == hash_of(record),
            "its title": record["title"] == rule.title.model_dump(),
            "its kind": (record["kind"], record["right"]) == (rule.change, rule.right),
            "its moment": made == now,
            "its end": made < ends <= latest,
            "its decision": record["decided"] == held.decision.model_dump(mode="json"),
            "nobody granted it": record["granted"] is None and record["undoes"] is None,
        }
        return [what for what, fits in checks.items() if not fits] + list(_money_wrong(record, gives, choices))


def _subjects(bookings: Sequence[Booking]) -> Iterator[tuple[str, Booking | None, Leg | None]]:
    """Whatever a right may be about."""
    for booking in bookings:
        yield "booking", booking, None
        yield from (("leg", booking, leg) for leg in booking.legs)
    yield from (("traveller", None, None), ("company", None, None))


def _money_wrong(record: dict[str, Any], gives: dict[str, Any], choices: Sequence[Choice]) -> Iterator[str]:
    """What of the amounts and options is not the rule's, reckoned here."""
    kind, options = record["kind"], record["options"]
    known = {c.id: c for c in choices}
    if (kind in ("payment", "voucher")) == bool(options):
        yield "its options"
    for option in options:
        choice = Choice.model_validate(option["choice"])
        if known.get(choice.id) != (choice.model_copy(update={"guests": None}) if kind == "lounge" else choice):
            yield f"an option that the airline does not have: {choice}"
        usual, asked = choice.price.amount if choice.price else Decimal(0), _amount(option["price"])
        due = {
            "seat": usual * _percent(gives),
            "bag": usual * _percent(gives),
            "rebooking": usual if gives.get("fare_difference") == "payable" else 0,
        }
        if asked != max(Decimal(0), Decimal(due.get(kind, 0))):
            yield f"an option at {asked} instead of {due.get(kind, 0)}"
        if kind == "bag" and (choice.pieces or 0) > gives["pieces"]:
            yield "more bags than are given"
        if kind == "lounge" and choice.guests != gives["guests"]:
            yield "other guests than are given"
    if _amount(record["price"]) != (Decimal(str(gives["fee"])) if kind == "rebooking" else 0):
        yield "its fee"
    paid = _amount(record["paid_out"])
    if kind in ("payment", "voucher"):
        if (paid, record["paid_out"]["currency"]) != (Decimal(str(gives["amount"])), gives.get("currency", "CNY")):
            yield "what is paid out"
    elif kind == "refund":
        if paid != _amount(options[0]["choice"]["amount"]) - Decimal(str(gives["fee"])):
            yield "what is refunded"
    elif paid:
        yield "money that no such right pays"


def _percent(gives: dict[str, Any]) -> Decimal:
    return Decimal(str(gives.get("percent", 0))) / 100


def _amount(money: dict[str, Any] | None) -> Decimal:
    return Decimal(str(money["amount"])) if money else Decimal(0)


def hash_of(record: dict[str, Any]) -> str:
    """SHA-256 of every term of a kept proposal, made here and not by the house."""
    terms = {k: v for k, v in record.items() if k not in ("state", "chosen", "terms_hash", "undo_until", "decided")}
    return hashlib.sha256(json.dumps(terms, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


class Kept:
    """The house's tables, read by another driver."""

    def __init__(self, home: Path) -> None:
        self._db = sqlite3.connect(f"file:{home / 'concierge.sqlite3'}?mode=ro", uri=True, timeout=5)
        self._db.row_factory = sqlite3.Row

    def rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        """What a look finds now."""
        return self._db.execute(sql, values).fetchall()

    def reworded(self, receipt_id: str) -> list[int]:
        """Which sentences of a reply are a model's, by its receipt; a turn that was stopped has none, and no such sentence either."""
        found = self.rows("SELECT record FROM answer_receipts WHERE id = ?", receipt_id)
        return list(json.loads(found[0]["record"])["reworded"]) if found else []

    def has(self, receipt_id: str) -> bool:
        """Whether a turn was seen through: one that was stopped, by an error or its deadline, has no receipt."""
        return bool(self.rows("SELECT 1 FROM answer_receipts WHERE id = ?", receipt_id))

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()
