"""The airline's reservation system as its database has it, by a mapping: bookings are read, an order is a row that its own process answers."""

import asyncio
import json
import logging
import time
from collections.abc import Mapping as Row
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from basics.clock import Clock, iso
from basics.words import Words
from customers.airline_sql import AirlineDatabase, Conn, add_once, row_with, rows_of
from customers.airports import AIRPORTS
from customers.answers import GARBLED, REFUSED, UNDER_WAY, bookings_for, choices_for, done_for, whole
from customers.booking import Booking, Leg
from customers.mapped import mapped
from customers.mapping import Mapping, Orders
from customers.order import ChangeDone, ChangeKind, Choice, Order
from customers.reservations import ReservationsRefused, ReservationsUnavailable

log = logging.getLogger("concierge.airline")
_FIRST_LOOK, _LONGEST_BETWEEN = 0.03, 0.5  # seconds


class SqlReservations:
    """A Reservations over a database. `patience`: how many seconds an order waits for the airline's process before its outcome is left open."""

    def __init__(self, database: AirlineDatabase, mapping: Mapping, clock: Clock, patience: float = 5.0) -> None:
        self._database, self._mapping, self._clock, self._patience = database, mapping, clock, patience

    async def bookings_of(self, traveller_id: str) -> tuple[Booking, ...]:
        """Every booking of the traveller, with its legs and what went wrong with them, as of one moment."""
        return bookings_for(traveller_id, await self._database.read(lambda conn: self._bookings(conn, traveller_id)), self._clock())

    async def choices(self, kind: ChangeKind, booking_id: str, leg_id: str | None, now: datetime) -> tuple[Choice, ...]:
        """What the mapping's `choices` offers of this kind; none where it has no such part."""
        found = await self._database.read(lambda conn: self._choices(conn, kind, booking_id, leg_id, now))
        return choices_for(kind, found, now)

    async def carry_out(self, key: str, order: Order) -> ChangeDone:
        """Add the order once under its key, and wait a little for what the airline's own process answers."""
        orders = self._mapping.orders
        if orders is None:
            raise ReservationsRefused(REFUSED)
        row = await self._database.read(lambda conn: _found(conn, orders, key))
        if row is None:
            if order.booking_id is not None and order.booking_id not in {one.id for one in await self.bookings_of(order.traveller_id)}:
                raise ReservationsRefused(REFUSED)
            values = self._values(orders, key, order)
            await self._database.order(lambda conn: add_once(conn, orders.table, values))
        ends, pause = time.monotonic() + self._patience, _FIRST_LOOK
        while row is None or str(row[orders.state]).strip() not in (*orders.states.done, *orders.states.refused):
            if row is not None and time.monotonic() + pause > ends:
                raise ReservationsUnavailable(UNDER_WAY)
            if row is not None:
                await asyncio.sleep(pause)
                pause = min(pause * 1.5, _LONGEST_BETWEEN)
            row = await self._database.read(lambda conn: _found(conn, orders, key))
            if row is None:
                log.error("an order that was added is not in the airline's table of orders")
                raise ReservationsUnavailable(GARBLED)
        return await self._answered(orders, order, row)

    def _values(self, orders: Orders, key: str, order: Order) -> dict[str, Any]:
        told = {
            orders.key: key,
            orders.traveller: order.traveller_id,
            orders.booking: order.booking_id,
            orders.kind: order.kind,
            orders.body: order.model_dump_json(),
            orders.made_at: iso(self._clock()),
            orders.state: orders.states.new,
        }
        return {name: value for name, value in told.items() if name is not None}

    async def _answered(self, orders: Orders, order: Order, row: Row[str, Any]) -> ChangeDone:
        answer = _read(row[orders.answer] if orders.answer else None)
        if str(row[orders.state]).strip() in orders.states.refused:
            raise ReservationsRefused(_sentence(answer))
        told = {"reference": str(row[orders.reference] or "").strip() or None} | {k: v for k, v in answer.items() if v is not None}
        if "booking" not in told and order.booking_id is not None:
            own = {booking.id: booking for booking in await self.bookings_of(order.traveller_id)}
            if order.booking_id not in own:
                raise ReservationsUnavailable(GARBLED)
            told["booking"] = own[order.booking_id]
        return done_for(order, whole(ChangeDone, told))

    def _bookings(self, conn: Conn, traveller_id: str) -> list[Booking]:
        told, zone = self._mapping.bookings, self._mapping.zone
        if told is None:
            return []
        rows = [mapped("bookings", told, row, zone) for row in rows_of(conn, told, traveller=traveller_id)]
        return [whole(Booking, row | {"traveller_id": traveller_id, "legs": self._legs(conn, str(row.get("id")))}) for row in rows]

    def _legs(self, conn: Conn, booking_id: str) -> tuple[Leg, ...]:
        told = self._mapping.legs
        if told is None:
            return ()
        found = [_with_zones(mapped("legs", told, row, self._mapping.zone)) for row in rows_of(conn, told, booking=booking_id)]
        legs = [whole(Leg, leg | {"disruption": self._disruption(conn, str(leg.get("id")), booking_id)}) for leg in found]
        return tuple(sorted(legs, key=lambda leg: leg.departs_at))

    def _disruption(self, conn: Conn, leg_id: str, booking_id: str) -> dict[str, Any] | None:
        """What was announced last."""
        told = self._mapping.disruptions
        if told is None:
            return None
        found = [mapped("disruptions", told, row, self._mapping.zone) for row in rows_of(conn, told, leg=leg_id, booking=booking_id)]
        return max(found, key=lambda one: one["announced_at"], default=None) if all("announced_at" in one for one in found) else None

    def _choices(self, conn: Conn, kind: ChangeKind, booking_id: str, leg_id: str | None, now: datetime) -> list[Choice]:
        told = self._mapping.choices
        if told is None:
            return []
        places = {"booking": booking_id, "leg": leg_id, "kind": kind, "now": int(now.timestamp())}
        rows = [mapped("choices", told, row, self._mapping.zone) for row in rows_of(conn, told, **places)]
        of_this = [row for row in rows if row.pop("kind", kind) == kind and row.pop("leg_id", leg_id) == leg_id]
        return [whole(Choice, row | ({"flight": _with_zones(row["flight"])} if "flight" in row else {})) for row in of_this]


def _with_zones(flight: dict[str, Any]) -> dict[str, Any]:
    """With the zones of the airports, where the mapping does not tell them."""
    ends = {f"{end}_zone": AIRPORTS[flight[end]].zone for end in ("origin", "destination") if flight.get(end) in AIRPORTS}
    return ends | flight


def _found(conn: Conn, orders: Orders, key: str) -> Row[str, Any] | None:
    wanted = tuple(name for name in (orders.state, orders.reference, orders.answer) if name is not None)
    return row_with(conn, orders.table, wanted, orders.key, key)


def _read(answer: Any) -> dict[str, Any]:
    """The answer's JSON; none where there is none, or it is no object."""
    if isinstance(answer, dict):
        return answer
    try:
        told = json.loads(answer) if answer else {}
    except (ValueError, TypeError):
        return {}
    return told if isinstance(told, dict) else {}


def _sentence(answer: dict[str, Any]) -> Words:
    try:
        return Words.model_validate(answer.get("said"))
    except ValidationError:
        return REFUSED
