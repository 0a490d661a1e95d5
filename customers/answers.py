"""What an airline's system answered, looked at before it is believed: whose it is, whether it is whole, in which order it is told."""

import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from basics.words import words
from customers.booking import Booking
from customers.order import ChangeDone, ChangeKind, Choice, Order
from customers.reservations import ReservationsUnavailable

_M = TypeVar("_M", bound=BaseModel)
log = logging.getLogger("concierge.airline")
MOST_FLIGHTS, MOST_CHOICES = 3, 200
AWAY = words(
    "The airline's system does not answer at the moment. If a change was under way, asking again is safe.",
    "航空公司系统暂时没有响应。如有变更正在办理，可放心重新提交，不会重复办理。",
)
GARBLED = words(
    "The airline's system gave an answer that cannot be read; nothing is taken from it. If a change was under way, asking again is safe.",
    "航空公司系统返回的内容无法识别，未予采用。如有变更正在办理，可放心重新提交，不会重复办理。",
)
UNDER_WAY = words(
    "The airline's system has the order and has not answered it yet. Asking again is safe.",
    "航空公司系统已收到办理请求，尚未给出结果。可放心重新提交，不会重复办理。",
)
REFUSED = words(
    "The airline's system did not accept this change. Nothing was changed.",
    "航空公司系统未接受此次变更，订单未作任何更改。",
)


def whole(kind: type[_M], told: bytes | str | dict[str, Any]) -> _M:
    """The whole of what was told (JSON, or its values) as one `kind`, or nothing: ReservationsUnavailable, and the log says where it is wrong."""
    try:
        return kind.model_validate(told) if isinstance(told, dict) else kind.model_validate_json(told)
    except ValidationError as wrong:
        # The places and what kind of mistake, never what stood there: that may be somebody's name.
        places = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'all of it'}: {e['type']}" for e in wrong.errors(include_input=False)[:5])
        log.error("the airline gave what cannot be read as %s (%s)", kind.__name__.strip("_"), places)
        raise ReservationsUnavailable(GARBLED) from None


def bookings_for(traveller_id: str, found: Iterable[Booking], now: datetime) -> tuple[Booking, ...]:
    """The traveller's own of them, the next departure first, past trips last; somebody else's is dropped, and the log says so."""
    own = []
    for booking in found:
        if booking.traveller_id == traveller_id:
            own.append(booking)
        else:
            log.error("the airline gave a booking of somebody else (%s) among a traveller's; it was dropped", booking.id)
    ahead = [booking for booking in own if booking.legs_ahead(now)]
    past = [booking for booking in own if not booking.legs_ahead(now)]
    return (
        *sorted(ahead, key=lambda booking: booking.legs_ahead(now)[0].departs_at),
        *sorted(past, key=lambda booking: booking.legs[-1].departs_at, reverse=True),
    )


def choices_for(kind: ChangeKind, found: Iterable[Choice], now: datetime) -> tuple[Choice, ...]:
    """What can be chosen, each once and whole, flights earliest first; ReservationsUnavailable where one is not what it has to be."""
    choices = {choice.id: choice for choice in found}
    if any(not _is_whole(kind, choice) for choice in choices.values()):
        log.error("the airline gave a choice for %s that lacks what one is made of; none was taken", kind)
        raise ReservationsUnavailable(GARBLED)
    if kind != "rebooking":
        return tuple(choices.values())[:MOST_CHOICES]
    flights = [(choice.flight.departs_at, choice) for choice in choices.values() if choice.flight and choice.flight.departs_at > now]
    return tuple(choice for _, choice in sorted(flights[:MOST_FLIGHTS], key=lambda timed: timed[0]))


def done_for(order: Order, done: ChangeDone) -> ChangeDone:
    """What was done, if it is about the traveller of the order; else nothing of it is told."""
    if done.booking is None and order.booking_id is not None:
        log.error("the airline answered an order without the booking it was about; nothing of it was taken")
        raise ReservationsUnavailable(GARBLED)
    if done.booking is not None and done.booking.traveller_id != order.traveller_id:
        log.error("the airline answered an order with a booking of somebody else (%s); nothing of it was taken", done.booking.id)
        raise ReservationsUnavailable(GARBLED)
    return done


def _is_whole(kind: ChangeKind, choice: Choice) -> bool:
    needs = {
        "rebooking": (choice.flight, choice.price),
        "refund": (choice.amount,),
        "seat": (choice.seat, choice.price),
        "bag": (choice.pieces, choice.price),
        "lounge": (choice.price,),
    }.get(kind, ())
    amounts = [money.amount for money in (choice.price, choice.amount) if money is not None]
    return all(part is not None for part in needs) and all(amount >= 0 for amount in amounts) and (choice.pieces or 1) > 0
