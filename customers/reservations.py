"""The airline's reservation system, foreign to us: bookings, what can be done at this moment, and doing it once."""

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
        """What the airline can do of this kind for the booking and leg, its prices without any right; none where it can do nothing.

        A rebooking: at most three flights, earliest first, on the same route and in the same cabin, `price` being the fare difference.
        A refund: one choice, with the `amount` that is refundable before any fee. Vouchers and payments know no choices.
        """

    async def carry_out(self, key: str, order: Order) -> ChangeDone:
        """Do what is ordered, once for `key`: the same key again gives the first result, whatever else is asked with it."""
