"""The airline's reservation system, foreign to us: bookings, what can be done about them, and orders."""

from datetime import datetime
from typing import Protocol

from basics.errors import ConciergeError, Unavailable
from customers.booking import Booking
from customers.order import ChangeDone, ChangeKind, Choice, Order


class ReservationsRefused(ConciergeError):
    """The airline's system said no: nothing was changed, and asking again does not help."""

    slug = "reservations-refused"


class ReservationsUnavailable(Unavailable):
    """The airline's system did not answer: whether a change was made is not known, and asking again with the same key is safe."""


class Reservations(Protocol):
    """What we ask of the airline's system; every call may raise ReservationsUnavailable."""

    async def bookings_of(self, traveller_id: str) -> tuple[Booking, ...]:
        """Every booking of the traveller, the next departure first, past trips last; a leg carries its disruption."""

    async def choices(self, kind: ChangeKind, booking_id: str, leg_id: str | None, now: datetime) -> tuple[Choice, ...]:
        """What can be done of this kind at `now`, at most three flights, earliest first; none for an unknown booking or leg."""

    async def carry_out(self, key: str, order: Order) -> ChangeDone:
        """Do it once for `key`: the same key again gives the first result, whatever else is asked with it. May raise ReservationsRefused."""
