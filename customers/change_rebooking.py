"""Rebooking: another flight on the same route, at the rule's fee, its fare difference waived or payable."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from basics.money import Money
from basics.words import Words, words
from customers.booking import CABIN_WORDS, Leg
from customers.change_kind import About, Agreed, Option, Terms, fare_line, flight_worded, free_of, is_number, money, numbered, same
from customers.order import ChangeDone, Choice, Flight, Line

DONE = words("Your flight has been changed", "航班改期成功")
NOTHING: Words | None = words(
    "There is no other flight on this route within the terms of the change. Nothing was changed. Ask a colleague to look.",
    "在改期的条件范围内，该航线暂无其他航班可选。订单未作任何更改，可请工作人员协助查询。",
)
NEEDS_LEG = True
CHANGE_WINDOW = timedelta(days=14)  # fact sheet: to a flight within 14 days of the original return
CHANGE_NOTICE = timedelta(hours=3)  # and at least 3 hours ahead
_FEE, _DIFFERENCE = words("Change fee", "改期费"), words("Fare difference", "票价差额")
_DIFFERENCES = {
    "waived": words("Waived", "免收"),
    "payable": words("Payable, as shown with each flight", "需补交，金额见各航班"),
}


def may_replace(flight: Flight, leg: Leg, original_departure: datetime, now: datetime, window: timedelta = CHANGE_WINDOW) -> bool:
    """Whether `flight` is within the terms: same route, not the same flight, within `window` of the original, at least 3 hours ahead."""
    return (
        (flight.origin, flight.destination) == (leg.origin, leg.destination)
        and (flight.flight, flight.departs_at) != (leg.flight, leg.departs_at)
        and abs(flight.departs_at - original_departure) <= window
        and flight.departs_at - now >= CHANGE_NOTICE
    )


def is_enough(gives: Mapping[str, Any]) -> bool:
    """A fee, what becomes of the fare difference, and (if the rule says so) within how many days of the flight, at most the usual 14."""
    return is_number(gives.get("fee")) and gives.get("fare_difference") in _DIFFERENCES and is_number(gives.get("within_days", 14))


def options(about: About, choices: Sequence[Choice]) -> tuple[Option, ...]:
    """The flights within the terms; where the difference is payable, those whose difference is known."""
    is_payable = about.gives["fare_difference"] == "payable"
    window = min(CHANGE_WINDOW, timedelta(days=float(about.gives.get("within_days", CHANGE_WINDOW.days))))
    was, now = about.flight.departs_at, about.now
    found: list[tuple[Choice, Words, Words | None, Money | None]] = []
    for choice in choices:
        flight, difference = choice.flight, choice.price
        if flight is not None and may_replace(flight, about.flight, was, now, window) and (difference or not is_payable):
            price = None if difference is None else difference if is_payable and difference.amount > 0 else free_of(difference)
            found.append((choice, flight.departure(), _note(about, flight), price))
    return numbered(found)


def terms(about: About, options: Sequence[Option]) -> Terms:
    """The flight as it is now, the fee, and what becomes of the fare difference."""
    leg, fee = about.flight, money(about.gives["fee"], about.gives)
    lines = (
        *((Line(words("Booking", "订单"), same(about.booking.id)),) if about.booking else ()),
        Line(words("Your flight now", "当前航班"), flight_worded(leg.flight, leg.origin, leg.destination)),
        Line(words("Departure now", "当前起飞时间"), leg.departure()),
        *((fare_line(about.booking),) if about.booking else ()),
        Line(_FEE, fee.worded()),
        Line(_DIFFERENCE, _DIFFERENCES[str(about.gives["fare_difference"])]),
    )
    return Terms(lines, fee)


def receipt(agreed: Agreed, done: ChangeDone) -> tuple[Line, ...]:
    """The new flight, and what the change cost."""
    option = agreed.option
    if option is None or option.choice.flight is None:
        return (Line(_FEE, agreed.price.worded()),)
    flight = option.choice.flight
    return (
        Line(words("New flight", "新航班"), flight_worded(flight.flight, flight.origin, flight.destination)),
        Line(words("Departure", "起飞时间"), flight.departure()),
        Line(words("Arrival", "到达时间"), flight.arrival()),
        Line(_FEE, agreed.price.worded()),
        Line(_DIFFERENCE, _difference(option)),
    )


def _note(about: About, flight: Flight) -> Words:
    note = words("{flight}, arrives {arrival}", "{flight}，{arrival}到达").filled(
        flight=flight_worded(flight.flight, flight.origin, flight.destination), arrival=flight.arrival()
    )
    if about.booking is None:
        return note
    return words("{note}, {cabin}", "{note}，{cabin}").filled(note=note, cabin=CABIN_WORDS[about.booking.cabin])


def _difference(option: Option) -> Words:
    """`CNY 420`, or `Waived (CNY 420)`: what would have been due."""
    if option.price is not None and option.price.amount > 0:
        return option.price.counted()
    if option.usual is None:
        return _DIFFERENCES["waived"] if option.price is None else words("None", "无")
    return words("Waived ({price})", "免收（原需补 {price}）").filled(price=option.usual.counted())
