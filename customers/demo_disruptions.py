"""Disruptions in the demo airline: a flight that is late, off, overbooked or moved, kept on its leg in the airline's own file."""

import sqlite3
from datetime import datetime, timedelta

from pydantic import BaseModel, Field

from basics.words import words
from customers.booking import Booking
from customers.disruption import Cause, Disruption, Event
from customers.reservations import ReservationsRefused


class PlannedDisruption(BaseModel, frozen=True, extra="forbid"):
    """A disruption of a persona's leg as offsets: told `told` hours before now (a persona's trip lies relative to now); minutes as in Disruption."""

    event: Event
    cause: Cause = "unknown"
    told: float = Field(default=1.0, ge=0)
    leaves_late: int = 0
    arrives_late: int | None = None
    rerouted: tuple[float, float] | None = None

    def at(self, now: datetime) -> Disruption:
        """As it was announced before `now`."""
        return Disruption(announced_at=now - timedelta(hours=self.told), **self.model_dump(exclude={"told"}))


def disrupt(db: sqlite3.Connection, booking_id: str, leg_id: str, disruption: Disruption) -> Booking:
    """Put the disruption on the leg and keep it; a cancellation cancels the leg. ReservationsRefused for a leg that is unknown or was cancelled."""
    row = db.execute("SELECT body FROM bookings WHERE id = ?", (booking_id,)).fetchone()
    booking = Booking.model_validate_json(row[0]) if row else None
    leg = booking.leg(leg_id) if booking else None
    if booking is None or leg is None or leg.cancelled:
        raise ReservationsRefused(
            words(
                "There is no such flight, or it has been cancelled already. Nothing was changed.",
                "找不到该航班，或该航班已经取消。订单未作任何更改。",
            )
        )
    changed = booking.with_leg(leg.model_copy(update={"disruption": disruption, "cancelled": disruption.event == "cancellation"}))
    db.execute("UPDATE bookings SET body = ? WHERE id = ?", (changed.model_dump_json(), booking_id))
    return changed
