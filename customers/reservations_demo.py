"""The demo airline's reservation system: its own SQLite file and its own log, as foreign to us as a real one would be."""

import asyncio
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from basics.clock import Clock, iso
from basics.ids import fingerprint
from basics.words import words
from customers import demo_disruptions
from customers.booking import Booking, Leg
from customers.change import CHANGE_WINDOW, may_replace
from customers.demo_airline import DemoAirline, DemoPerson, FromTo, read_demo_airline
from customers.disruption import Disruption
from customers.order import ChangeDone, Flight
from customers.reservations import ReservationsRefused, ReservationsUnavailable
from customers.reservations_log import ChangeLog

_T = TypeVar("_T")
_MOST_ALTERNATIVES = 3
_TABLES = """
CREATE TABLE IF NOT EXISTS bookings (
    id TEXT PRIMARY KEY, traveller_id TEXT NOT NULL, trip INTEGER NOT NULL, original TEXT NOT NULL, body TEXT NOT NULL,
    UNIQUE (traveller_id, trip)
);
CREATE TABLE IF NOT EXISTS changes (number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, line TEXT NOT NULL, result TEXT NOT NULL);
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

    async def alternatives(self, booking_id: str, leg_id: str, now: datetime) -> tuple[Flight, ...]:
        """The three departures nearest to the leg's own, earliest first, within the terms of a change; none for an unknown leg."""
        return await asyncio.to_thread(self._guarded, lambda: self._alternatives(booking_id, leg_id, now))

    async def change_leg(self, key: str, booking_id: str, leg_id: str, flight: Flight) -> ChangeDone:
        """Move the leg, once for `key`; ReservationsRefused if the airline cannot (unknown, departed, cancelled, no such flight)."""
        return await asyncio.to_thread(self._guarded, lambda: self._change_leg(key, booking_id, leg_id, flight))

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

    def _alternatives(self, booking_id: str, leg_id: str, now: datetime) -> tuple[Flight, ...]:
        with closing(self._connected()) as db:
            booking, original = _booking(db, booking_id)
        leg = booking.leg(leg_id) if booking else None
        first = original.leg(leg_id) if original else None
        if booking is None or leg is None or first is None:
            return ()
        window = (first.departs_at - CHANGE_WINDOW, first.departs_at + CHANGE_WINDOW)
        flights = self._airline.departures(FromTo(leg.origin, leg.destination), booking.cabin, *window)
        fits = [flight for flight in flights if may_replace(flight, leg, first.departs_at, now)]
        nearest = sorted(fits, key=lambda flight: abs(flight.departs_at - leg.departs_at))[:_MOST_ALTERNATIVES]
        return tuple(sorted(nearest, key=lambda flight: flight.departs_at))

    def _change_leg(self, key: str, booking_id: str, leg_id: str, flight: Flight) -> ChangeDone:
        with self._writing() as db:
            row = db.execute("SELECT result FROM changes WHERE key = ?", (key,)).fetchone()
            done = ChangeDone.model_validate_json(row[0]) if row else self._execute(db, key, booking_id, leg_id, flight)
        self._complete_log()
        return done

    def _execute(self, db: sqlite3.Connection, key: str, booking_id: str, leg_id: str, flight: Flight) -> ChangeDone:
        now = self._clock()
        booking, _ = _booking(db, booking_id)
        leg = booking.leg(leg_id) if booking else None
        if booking is None or leg is None or leg.cancelled or not leg.ahead(now) or not self._flies(flight, booking, leg, now):
            raise ReservationsRefused(
                words(
                    "The airline's system did not accept this change. Nothing was changed. Ask for the flights again.",
                    "航空公司系统未接受此次改签。订单未作任何更改，请重新查询可选航班。",
                )
            )
        number = db.execute("SELECT COALESCE(MAX(number), 0) + 1 FROM changes").fetchone()[0]
        changed = booking.with_leg(leg.model_copy(update=dict(flight)))
        done = ChangeDone(reference=f"9LC{number:06d}", booking=changed)
        line = {
            "number": number,
            "key": key,
            "at": iso(now),
            "booking": booking_id,
            "leg": leg_id,
            "from": {"flight": leg.flight, "departs_at": iso(leg.departs_at)},
            "to": {"flight": flight.flight, "departs_at": iso(flight.departs_at)},
            "reference": done.reference,
        }
        db.execute("INSERT INTO changes VALUES (?, ?, ?, ?)", (number, key, json.dumps(line), done.model_dump_json()))
        db.execute("UPDATE bookings SET body = ? WHERE id = ?", (changed.model_dump_json(), booking_id))
        return done

    def _flies(self, flight: Flight, booking: Booking, leg: Leg, now: datetime) -> bool:
        """Whether the timetable has exactly this departure, in the booking's cabin, on the leg's route, still to come."""
        between = FromTo(leg.origin, leg.destination)
        return now < flight.departs_at and flight in self._airline.departures(between, booking.cabin, flight.departs_at, flight.departs_at)

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


def _free_reference(db: sqlite3.Connection, traveller_id: str, trip: int) -> str:
    """Six letters that follow from traveller and trip, and that no booking has yet."""
    attempt = 0
    while True:
        number = int(fingerprint(f"{traveller_id}:{trip}:{attempt}"), 16)
        reference = "".join(chr(ord("A") + number // 26**place % 26) for place in range(6))
        if db.execute("SELECT 1 FROM bookings WHERE id = ?", (reference,)).fetchone() is None:
            return reference
        attempt += 1
