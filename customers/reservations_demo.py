"""The demo airline's reservation system: its own SQLite file and its own log, as foreign to us as a real one would be."""

import asyncio
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from basics.clock import Clock, iso
from basics.ids import fingerprint
from basics.words import words
from customers import demo_disruptions
from customers.booking import Booking, Leg
from customers.demo_airline import DemoAirline, DemoPerson, read_demo_airline
from customers.demo_choices import choices_of
from customers.demo_orders import Done, done_with, refuse, undone
from customers.disruption import Disruption
from customers.order import ChangeDone, ChangeKind, Choice, Order
from customers.reservations import ReservationsUnavailable
from customers.reservations_log import ChangeLog

_T = TypeVar("_T")
_TABLES = """
CREATE TABLE IF NOT EXISTS bookings (
    id TEXT PRIMARY KEY, traveller_id TEXT NOT NULL, trip INTEGER NOT NULL, original TEXT NOT NULL, body TEXT NOT NULL,
    UNIQUE (traveller_id, trip)
);
CREATE TABLE IF NOT EXISTS changes (number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, line TEXT NOT NULL, result TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS done (reference TEXT PRIMARY KEY, ordered TEXT NOT NULL, done TEXT NOT NULL, undone_at TEXT);
"""


class DemoReservations:
    """A Reservations over `<home>/airline.sqlite3` and `<home>/airline.log`; several processes may share one home."""

    def __init__(self, home: Path, clock: Clock, airline: DemoAirline | None = None) -> None:
        """Open the home: write the demo trips once, add a trip where the last one is over, complete the log. Blocks for a few ms."""
        self._path = home / "airline.sqlite3"
        self._log = ChangeLog(home / "airline.log")
        self._clock = clock
        self._airline = airline or read_demo_airline()
        home.mkdir(parents=True, exist_ok=True)
        self._guarded(self._open)

    async def bookings_of(self, traveller_id: str) -> tuple[Booking, ...]:
        """Every booking of the traveller, the next departure first, past trips last; a persona whose trip is over gets a new one."""
        return await asyncio.to_thread(self._guarded, lambda: self._bookings_of(traveller_id))

    async def choices(self, kind: ChangeKind, booking_id: str, leg_id: str | None, now: datetime) -> tuple[Choice, ...]:
        """What can be done, at the usual prices (customers/demo_choices.py); nothing for an unknown booking or leg."""
        return await asyncio.to_thread(self._guarded, lambda: self._choices(kind, booking_id, leg_id, now))

    async def carry_out(self, key: str, order: Order) -> ChangeDone:
        """Do what is ordered, once for `key`; ReservationsRefused if the airline cannot (customers/demo_orders.py)."""
        return await asyncio.to_thread(self._guarded, lambda: self._carry_out(key, order))

    async def disrupt(self, booking_id: str, leg_id: str, disruption: Disruption) -> Booking:
        """Something goes wrong with a flight: kept on its leg; ReservationsRefused where there is no such flight."""
        return await asyncio.to_thread(self._guarded, lambda: self._disrupt(booking_id, leg_id, disruption))

    def _disrupt(self, booking_id: str, leg_id: str, disruption: Disruption) -> Booking:
        with self._writing() as db:
            return demo_disruptions.disrupt(db, booking_id, leg_id, disruption)

    def _open(self) -> None:
        with closing(self._connected()) as db:
            db.execute("PRAGMA journal_mode=WAL")
        with self._writing() as db:
            for statement in filter(str.strip, _TABLES.split(";")):
                db.execute(statement)
            for person in self._airline.personas:
                self._keep_travelling(db, person)
        self._complete_log()

    def _bookings_of(self, traveller_id: str) -> tuple[Booking, ...]:
        now = self._clock()
        with closing(self._connected()) as db:
            found = _bookings(db, traveller_id)
        person = self._airline.person(traveller_id)
        if person and not any(self._airline.is_told(person, booking, now) for booking in found):
            with self._writing() as db:
                self._keep_travelling(db, person)
                found = _bookings(db, traveller_id)
        ahead = [booking for booking in found if booking.legs_ahead(now)]
        past = [booking for booking in found if not booking.legs_ahead(now)]
        return (
            *sorted(ahead, key=lambda booking: booking.legs_ahead(now)[0].departs_at),
            *sorted(past, key=lambda booking: booking.legs[-1].departs_at, reverse=True),
        )

    def _keep_travelling(self, db: sqlite3.Connection, person: DemoPerson) -> None:
        """Add a trip relative to now if none is as the persona's note says; what was written before stays as it is."""
        now = self._clock()
        earlier = _bookings(db, person.id)
        if any(self._airline.is_told(person, booking, now) for booking in earlier):
            return
        trip = len(earlier) + 1
        booking = self._airline.booking(person, person.trip.id if trip == 1 else _free_reference(db, person.id, trip), now)
        body = booking.model_dump_json()
        db.execute("INSERT INTO bookings VALUES (?, ?, ?, ?, ?)", (booking.id, person.id, trip, body, body))

    def _choices(self, kind: ChangeKind, booking_id: str, leg_id: str | None, now: datetime) -> tuple[Choice, ...]:
        with closing(self._connected()) as db:
            booking, original = _booking(db, booking_id)
            leg = booking.leg(leg_id) if booking and leg_id else None
            if booking is None or original is None or (leg_id and leg is None):
                return ()
            first = original.leg(leg_id) if leg_id else None
            return choices_of(kind, booking, leg, first, self._airline, _taken(db, leg), now)

    def _carry_out(self, key: str, order: Order) -> ChangeDone:
        with self._writing() as db:
            row = db.execute("SELECT result FROM changes WHERE key = ?", (key,)).fetchone()
            done = ChangeDone.model_validate_json(row[0]) if row else self._execute(db, key, order)
        self._complete_log()
        return done

    def _execute(self, db: sqlite3.Connection, key: str, order: Order) -> ChangeDone:
        number = db.execute("SELECT COALESCE(MAX(number), 0) + 1 FROM changes").fetchone()[0]
        reference, now = f"9LC{number:06d}", self._clock()
        done = self._undo(db, order, now) if order.kind == "undo" else self._do(db, order, order.kind, reference, now)
        if done.booking is not None:
            db.execute("UPDATE bookings SET body = ? WHERE id = ?", (done.booking.model_dump_json(), done.booking.id))
        result = ChangeDone(reference=reference, booking=done.booking, code=done.code, undo_until=done.undo_until)
        line = json.dumps({"number": number, "key": key, "at": iso(now), **_told(order, done), "reference": reference}, ensure_ascii=False)
        db.execute("INSERT INTO changes VALUES (?, ?, ?, ?)", (number, key, line, result.model_dump_json()))
        return result

    def _do(self, db: sqlite3.Connection, order: Order, kind: ChangeKind, reference: str, now: datetime) -> Done:
        booking, _ = _booking(db, order.booking_id or "")
        leg = booking.leg(order.leg_id) if booking and order.leg_id else None
        done = done_with(order, kind, booking, reference, self._airline, _taken(db, leg), now)
        db.execute("INSERT INTO done VALUES (?, ?, ?, NULL)", (reference, order.model_dump_json(), done.model_dump_json()))
        return done

    def _undo(self, db: sqlite3.Connection, order: Order, now: datetime) -> Done:
        """Take back what was done under the reference that the order names, once, for the traveller it was done for."""
        row = db.execute("SELECT ordered, done FROM done WHERE reference = ? AND undone_at IS NULL", (order.undoes,)).fetchone()
        if row is None:
            refuse()
        was, done = Order.model_validate_json(row[0]), Done.model_validate_json(row[1])
        booking, _ = _booking(db, was.booking_id or "")
        if booking is None or was.traveller_id != order.traveller_id:
            refuse()
        db.execute("UPDATE done SET undone_at = ? WHERE reference = ?", (iso(now), order.undoes))
        return Done(booking=undone(booking, str(order.undoes), done, now))

    def _complete_log(self) -> None:
        """Append what is committed but not in the log: under the write lock, so that no two processes write one line."""
        with self._writing() as db:
            self._log.complete(db.execute("SELECT key, line FROM changes ORDER BY number"))

    def _connected(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, timeout=5, isolation_level=None)
        db.execute("PRAGMA busy_timeout=5000")
        db.execute("PRAGMA synchronous=FULL")
        return db

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with closing(self._connected()) as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    @staticmethod
    def _guarded(call: Callable[[], _T]) -> _T:
        try:
            return call()
        except (sqlite3.Error, OSError) as wrong:
            raise ReservationsUnavailable(
                words(
                    "The airline's system does not answer at the moment. If a change was under way, asking again is safe.",
                    "航空公司系统暂时没有响应。如有改签正在办理，可放心重新提交，不会重复改签。",
                )
            ) from wrong


def _bookings(db: sqlite3.Connection, traveller_id: str) -> list[Booking]:
    rows = db.execute("SELECT body FROM bookings WHERE traveller_id = ? ORDER BY trip", (traveller_id,))
    return [Booking.model_validate_json(body) for (body,) in rows]


def _booking(db: sqlite3.Connection, booking_id: str) -> tuple[Booking | None, Booking | None]:
    """The booking as it is, and as it was first written."""
    row = db.execute("SELECT body, original FROM bookings WHERE id = ?", (booking_id,)).fetchone()
    return (Booking.model_validate_json(row[0]), Booking.model_validate_json(row[1])) if row else (None, None)


def _taken(db: sqlite3.Connection, leg: Leg | None) -> frozenset[str]:
    """The seats that travellers of the demo chose on the flight of this leg."""
    if leg is None:
        return frozenset()
    bookings = [Booking.model_validate_json(body) for (body,) in db.execute('SELECT body FROM bookings WHERE body LIKE \'%"seat":"%\'')]
    held = [(extra, booking.leg(extra.leg_id or "")) for booking in bookings for extra in booking.extras if extra.seat]
    flight = (leg.flight, leg.departs_at)
    return frozenset(extra.seat for extra, of in held if extra.seat and of is not None and (of.flight, of.departs_at) == flight)


def _told(order: Order, done: Done) -> dict[str, Any]:
    """What the log says of an order beside key, moment and reference; what does not apply is left out."""
    told: dict[str, Any] = {"kind": order.kind, "traveller": order.traveller_id, "booking": order.booking_id, "leg": order.leg_id}
    if order.kind == "rebooking":
        told |= {"from": _departure(done.before[0]), "to": _departure(done.after[0])}
    if order.choice is not None and order.choice.flight is None:
        told["choice"] = order.choice.id
    for name, money in (("charged", order.charged), ("paid_out", order.paid_out)):
        told[name] = money and f"{money.currency} {money.amount:f}"
    return {k: v for k, v in (told | {"undoes": order.undoes}).items() if v is not None}


def _departure(leg: Leg) -> dict[str, str]:
    return {"flight": leg.flight, "departs_at": iso(leg.departs_at)}


def _free_reference(db: sqlite3.Connection, traveller_id: str, trip: int) -> str:
    """Six letters that follow from traveller and trip, and that no booking has yet."""
    attempt = 0
    while True:
        number = int(fingerprint(f"{traveller_id}:{trip}:{attempt}"), 16)
        reference = "".join(chr(ord("A") + number // 26**place % 26) for place in range(6))
        if db.execute("SELECT 1 FROM bookings WHERE id = ?", (reference,)).fetchone() is None:
            return reference
        attempt += 1
