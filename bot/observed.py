"""A moment that the house notices itself: a return flight that is near while its traveller talks to us."""

from datetime import datetime, timedelta

from basics.clock import Clock
from bot.moments import Moments
from bot.presence import ALIVE
from customers.booking import Booking, Leg
from customers.moment import Moment
from store import conversations

SOON = timedelta(hours=48)  # before the return flight
_LOOK_AGAIN = timedelta(minutes=10)  # at one traveller's bookings


class ReturnsSoon:
    """Looks at the bookings of who is in a chat, each at most every ten minutes, and tells of a return flight within 48 hours, once a flight."""

    def __init__(self, to: Moments, clock: Clock) -> None:
        self.to, self.clock = to, clock
        self._seen: dict[str, datetime] = {}

    async def look(self) -> int:
        """Tell of what is near; returns how many moments are new."""
        now = self.clock()
        self._seen = {who: at for who, at in self._seen.items() if now - at < _LOOK_AGAIN}
        async with self.to.db.read() as conn:
            here = await conversations.talking(conn, now - ALIVE)
        new = 0
        for who in here:
            if who not in self._seen:
                bookings = await self.to.mind.reservations.bookings_of(who)
                self._seen[who] = now
                new += sum([await self.to.told(_moment(who, booking, leg, now)) for booking, leg in _near(bookings, now)])
        return new


def _near(bookings: tuple[Booking, ...], now: datetime) -> list[tuple[Booking, Leg]]:
    legs = [(b, leg) for b in bookings for leg in b.legs_ahead(now) if leg.direction == "return" and not leg.cancelled]
    return [(b, leg) for b, leg in legs if leg.departs_at - now <= SOON]


def _moment(who: str, booking: Booking, leg: Leg, now: datetime) -> Moment:
    told = f"return:{booking.id}:{leg.id}:{leg.departs_at:%Y-%m-%d}"
    return Moment(id=told, kind="return_soon", traveller_id=who, at=now, booking_id=booking.id, leg_id=leg.id)
