"""The airline's reservation system behind its gateway (docs/connect.md)."""

import logging
from collections import OrderedDict
from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from basics.clock import Clock, iso
from basics.errors import Unavailable
from basics.words import Words
from customers.airline_http import Gateway, GatewayRefused
from customers.answers import GARBLED, REFUSED, UNDER_WAY, bookings_for, choices_for, done_for, whole
from customers.booking import Booking
from customers.order import ChangeDone, ChangeKind, Choice, Order
from customers.reservations import ReservationsRefused, ReservationsUnavailable

log = logging.getLogger("concierge.airline")
_MOST_UNCLEAR = 10_000


class _Bookings(BaseModel, frozen=True):
    bookings: tuple[Booking, ...]


class _Choices(BaseModel, frozen=True):
    choices: tuple[Choice, ...]


class _Outcome(BaseModel, frozen=True):
    """What became of an order, under its key."""

    key: str
    state: Literal["pending", "done", "refused"]
    done: ChangeDone | None = None
    said: Words | None = None


class HttpReservations:
    """A Reservations over a gateway. After an order whose outcome is unclear it is first asked what became of the key, then sent again."""

    def __init__(self, gateway: Gateway, clock: Clock) -> None:
        self._gateway, self._clock = gateway, clock
        self._unclear: OrderedDict[str, None] = OrderedDict()  # a help, no more: the key alone keeps an order from being done twice

    async def bookings_of(self, traveller_id: str) -> tuple[Booking, ...]:
        """Every booking of the traveller; one that is somebody else's is dropped."""
        body = await self._asked("travellers", traveller_id, "bookings")
        return () if body is None else bookings_for(traveller_id, whole(_Bookings, body).bookings, self._clock())

    async def choices(self, kind: ChangeKind, booking_id: str, leg_id: str | None, now: datetime) -> tuple[Choice, ...]:
        """What the airline can do of this kind at `now`."""
        body = await self._asked("bookings", booking_id, "choices", kind=kind, leg=leg_id, now=iso(now))
        return () if body is None else choices_for(kind, whole(_Choices, body).choices, now)

    async def carry_out(self, key: str, order: Order) -> ChangeDone:
        """Do it once for `key`."""
        if key in self._unclear and (known := await self._asked("orders", key)) is not None:
            return self._told(key, order, whole(_Outcome, known))
        self._is_unclear(key)
        try:
            body = await self._gateway.send("orders", body=order.model_dump_json(), key=key)
        except GatewayRefused as no:
            self._unclear.pop(key, None)
            raise ReservationsRefused(no.said) from None
        except Unavailable as away:
            raise ReservationsUnavailable(away.said) from away
        return self._told(key, order, whole(_Outcome, body))

    async def _asked(self, *path: str, **query: str | None) -> bytes | None:
        try:
            return await self._gateway.read(*path, **query)
        except Unavailable as away:
            raise ReservationsUnavailable(away.said) from away

    def _told(self, key: str, order: Order, outcome: _Outcome) -> ChangeDone:
        if outcome.key != key:
            log.error("the airline's gateway answered with the outcome of another key; it was dropped")
            raise ReservationsUnavailable(GARBLED)
        if outcome.state == "pending":
            raise ReservationsUnavailable(UNDER_WAY)
        if outcome.state == "done" and outcome.done is None:
            raise ReservationsUnavailable(GARBLED)
        done = done_for(order, outcome.done) if outcome.done else None
        self._unclear.pop(key, None)
        if done is None or outcome.state == "refused":
            raise ReservationsRefused(outcome.said or REFUSED)
        return done

    def _is_unclear(self, key: str) -> None:
        self._unclear[key] = None
        if len(self._unclear) > _MOST_UNCLEAR:
            self._unclear.popitem(last=False)
