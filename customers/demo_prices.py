"""What things cost at the demo airline: worked out from route, day and hour, so that the same question has the same answer on every machine."""

from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from basics.ids import fingerprint
from basics.money import Money
from customers.booking import Booking, Fare, Leg
from customers.order import Flight

LOUNGE = Money(amount=Decimal(260))
_A_MINUTE, _TAXES = 3.4, 180  # CNY, of Economy Standard
_OF_FARE: dict[Fare, float] = {"light": 0.78, "standard": 1.0, "flex": 1.36, "business": 3.1}
_OF_DAY = (1.0, 0.92, 0.92, 1.0, 1.16, 1.04, 1.16)  # Monday first
_PEAK, _OFF_PEAK = 1.08, 0.94  # 7 to 10 and 16 to 20; before 7 and from 22
_LONG = timedelta(hours=4)
_ROWS = ((12, 180), (14, 180), (31, 90), (33, 90), (45, 60), (48, 60))  # row, CNY: extra legroom, front, rear


Flown = Leg | Flight


def fare_price(flown: Flown, fare: Fare) -> Money:
    """One passenger on one flight, in whole tens of CNY."""
    local = flown.departs_at.astimezone(ZoneInfo(flown.origin_zone))
    hour = _PEAK if 7 <= local.hour < 10 or 16 <= local.hour < 20 else _OFF_PEAK if local.hour < 7 or local.hour >= 22 else 1.0
    how_full = 0.9 + int(fingerprint(f"{flown.flight}:{local.date()}")[:4], 16) / 0xFFFF * 0.2
    minutes = (flown.arrives_at - flown.departs_at) / timedelta(minutes=1)
    price = _TAXES + _A_MINUTE * minutes * _OF_FARE[fare] * _OF_DAY[local.weekday()] * hour * how_full
    return Money(amount=Decimal(round(price / 10) * 10))


def fare_difference(booking: Booking, now_booked: Flown, instead: Flown) -> Money:
    """What all passengers of a booking owe for the dearer flight; a cheaper one is not paid back."""
    one = fare_price(instead, booking.fare).amount - fare_price(now_booked, booking.fare).amount
    return Money(amount=max(Decimal(0), one) * booking.passengers)


def seats_of(flown: Flown) -> tuple[tuple[str, Money], ...]:
    """The seats that can still be chosen on a flight before anybody of the demo does, with their prices: two a class, by the day."""
    day = fingerprint(f"{flown.flight}:{flown.departs_at:%Y-%m-%d}")
    return tuple((f"{row}{'ACDFHK'[int(day[n], 16) % 6]}", Money(amount=Decimal(price))) for n, (row, price) in enumerate(_ROWS))


def bag_price(flown: Flown, pieces: int) -> Money:
    """So many pieces beyond those of the fare."""
    return Money(amount=Decimal(450 if flown.arrives_at - flown.departs_at > _LONG else 240) * pieces)
