"""What is owed to whom, worked out beside the house: the rules asked directly, on the airline's own file, and a change counted by its own log.

Nothing here goes through a turn, a shelf or a model; of the house it only reads the tables, with another driver.
"""

import hashlib
import json
import sqlite3
from collections.abc import Collection
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from basics.clock import parse_moment
from customers.booking import Booking, Leg
from customers.change import CHANGE_NOTICE, CHANGE_WINDOW
from customers.demo_airline import DemoAirline, FromTo, read_demo_airline
from customers.facts import facts_of
from customers.rights import AIRLINE_ZONE, RightDecision, load_rules
from customers.source_demo import DemoSource
from customers.uses import Holder, Ledger, Use

_LONGEST = timedelta(minutes=15)


class Key(NamedTuple):
    """Which right, by which rule, of which leg."""

    rule_id: str
    booking_id: str
    leg_id: str

    @property
    def carrier(self) -> str:
        """As a sentence names it."""
        return ":".join(self)


class Owed(NamedTuple):
    """One decision, with the booking and the leg it is about."""

    decision: RightDecision
    booking: Booking
    leg: Leg
    until: datetime | None


class Table:
    """The table of rights, made anew for a traveller and a moment."""

    def __init__(self, home: Path, airline: DemoAirline | None = None) -> None:
        self.rules, self.airline = load_rules(), airline or read_demo_airline()
        self._source, self._file = DemoSource(self.airline), home / "airline.sqlite3"

    async def of(self, traveller_id: str | None, now: datetime, uses: Collection[Use]) -> dict[Key, Owed]:
        """Every decision about the legs ahead of this traveller; nothing for somebody nobody knows."""
        traveller = await self._source.traveller(traveller_id or "")
        if traveller is None:
            return {}
        company = await self._source.company(traveller.company_id) if traveller.company_id else None
        out: dict[Key, Owed] = {}
        for booking in self._bookings(traveller.id):
            for leg in booking.legs:
                if leg.departs_at <= now:
                    continue
                holder = Holder(traveller_id=traveller.id, company_id=traveller.company_id, booking_id=booking.id, leg_id=leg.id)
                facts, ledger = facts_of(traveller, company, booking, leg, now), Ledger(uses, holder, now, AIRLINE_ZONE)
                for right in self.rules.rights:
                    decision = self.rules.decide(right, facts, now, AIRLINE_ZONE, ledger)
                    if (rule := self.rules.rule(decision.rule_id or "")) is not None:
                        until = leg.departs_at - timedelta(hours=rule.until.hours_before_departure) if rule.until else None
                        out[Key(rule.id, booking.id, leg.id)] = Owed(decision, booking, leg, until)
        return out

    def _bookings(self, traveller_id: str) -> list[Booking]:
        with closing(sqlite3.connect(f"file:{self._file}?mode=ro", uri=True, timeout=5)) as db:
            rows = db.execute("SELECT body FROM bookings WHERE traveller_id = ?", (traveller_id,)).fetchall()
        return [Booking.model_validate_json(body) for (body,) in rows]

    def wrong_with(self, record: dict[str, Any], traveller_id: str | None, owed: dict[Key, Owed], now: datetime) -> list[str]:
        """What of a written proposal is not exactly what the rule gives this traveller at this moment."""
        held = owed.get(Key(record["rule_id"], record["booking_id"], record["leg_id"]))
        if record["traveller_id"] != traveller_id:
            return [f"{record['traveller_id']} is offered something in a conversation of {traveller_id}"]
        if held is None or held.decision.decision != "allow":
            return [f"outside the table: {record['rule_id']} for {record['booking_id']}"]
        rule, gives = self.rules.rule(record["rule_id"]), held.decision.gives
        assert rule is not None
        ends = min(e for e in (now + _LONGEST, held.until) if e is not None)
        said = {line[0]["en"]: line[1]["en"] for line in record["lines"]}
        checks = {
            "its hash": record["terms_hash"] == hash_of(record),
            "its title": record["title"] == rule.title.model_dump(),
            "its fee": float(record["fee"]["amount"]) == gives["fee"],
            "its fare difference": said["Fare difference"].lower() == gives["fare_difference"],
            "its moment": parse_moment(record["created_at"]) == now,
            "its end": parse_moment(record["expires_at"]) == ends,
            "its options": bool(record["options"]) and all(self._flies(o["flight"], held, now) for o in record["options"]),
        }
        return [what for what, fits in checks.items() if not fits]

    def _flies(self, flight: dict[str, Any], held: Owed, now: datetime) -> bool:
        """A flight of the timetable, on the leg's route, in time, and not the one that is booked."""
        at, leg = parse_moment(flight["departs_at"]), held.leg
        known = self.airline.departures(FromTo(leg.origin, leg.destination), held.booking.cabin, at, at)
        return (
            any(f.model_dump(mode="json") == flight for f in known)
            and at - now >= CHANGE_NOTICE
            and abs(at - leg.departs_at) <= 2 * CHANGE_WINDOW
            and (flight["flight"], at) != (leg.flight, leg.departs_at)
        )


def hash_of(record: dict[str, Any]) -> str:
    """SHA-256 of every term of a kept proposal, made here and not by the house."""
    terms = {k: v for k, v in record.items() if k not in ("state", "chosen", "terms_hash")}
    return hashlib.sha256(json.dumps(terms, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


class Kept:
    """The house's tables, read by another driver."""

    def __init__(self, home: Path) -> None:
        self._db = sqlite3.connect(f"file:{home / 'concierge.sqlite3'}?mode=ro", uri=True, timeout=5)
        self._db.row_factory = sqlite3.Row

    def rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        """What a look finds now."""
        return self._db.execute(sql, values).fetchall()

    def receipt(self, receipt_id: str) -> dict[str, Any]:
        """An answer receipt."""
        (row,) = self.rows("SELECT record FROM answer_receipts WHERE id = ?", receipt_id)
        record: dict[str, Any] = json.loads(row["record"])
        return record

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()
