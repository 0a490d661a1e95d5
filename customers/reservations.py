"""The airline's reservation system, foreign to us: bookings, other flights, and one change."""

from datetime import datetime
from typing import Protocol

from basics.errors import ConciergeError, Unavailable
from customers.booking import Booking
from customers.order import ChangeDone, Flight


class ReservationsRefused(ConciergeError):
    """The airline's system said no: nothing was changed, and asking again does not help."""

    slug = "reservations-refused"


class ReservationsUnavailable(Unavailable):
    """The airline's system did not answer: whether a change was made is not known, and asking again with the same key is safe."""


class Reservations(Protocol):
    """What we ask of the airline's system; every call may raise ReservationsUnavailable."""

    async def bookings_of(self, traveller_id: str) -> tuple[Booking, ...]:
        """Every booking of the traveller, the next departure first, past trips last."""

    async def alternatives(self, booking_id: str, leg_id: str, now: datetime) -> tuple[Flight, ...]:
        """At most three other flights for the leg, earliest first: same route and cabin, within 14 days, at least 3 hours ahead."""

    async def change_leg(self, key: str, booking_id: str, leg_id: str, flight: Flight) -> ChangeDone:
        """Move the leg to `flight`, once for `key`: the same key again gives the first result, whatever else is asked with it."""
