"""What an order does to a booking at the demo airline, kind by kind. Pure: the file that keeps it is another's business."""

from collections.abc import Set
from datetime import datetime, timedelta
from typing import NoReturn

from pydantic import AwareDatetime, BaseModel

from basics.ids import fingerprint
from basics.words import Words, words
from customers.booking import Booking, Extra, Leg
from customers.demo_airline import DemoAirline, FromTo
from customers.demo_choices import amount_of, choices_of, is_ours_to_change, refundable
from customers.order import ChangeKind, Order
from customers.reservations import ReservationsRefused

UNDO_WITHIN: dict[ChangeKind, timedelta] = {
    "rebooking": timedelta(hours=24),
    "refund": timedelta(hours=2),
    "seat": timedelta(hours=24),
    "bag": timedelta(hours=24),
    "lounge": timedelta(hours=24),
}  # what has been paid out or issued as a code is out
_NOT_DONE = words(
    "The airline's system did not accept this change. Nothing was changed. Ask for the options again.",
    "航空公司系统未接受此项变更。订单未作任何更改，请重新查询可选方案。",
)


class Done(BaseModel, frozen=True):
    """An order done: the booking as it is then (None: it is about none), a code issued, and what taking it back has to put back."""

    booking: Booking | None
    before: tuple[Leg, ...] = ()
    after: tuple[Leg, ...] = ()
    code: str | None = None
    undo_until: AwareDatetime | None = None


def done_with(order: Order, kind: ChangeKind, booking: Booking | None, reference: str, airline: DemoAirline, taken: Set[str], now: datetime) -> Done:
    """The order carried out under `reference`; ReservationsRefused where the airline cannot, or the booking is not the traveller's."""
    if order.booking_id is not None and (booking is None or booking.traveller_id != order.traveller_id):
        refuse()
    if kind in ("voucher", "payment"):
        return _paid_out(order, booking, reference)
    if booking is None:
        refuse()
    leg = booking.leg(order.leg_id) if order.leg_id else None
    if (order.leg_id or kind != "refund") and leg is None:
        refuse()
    if kind == "refund":
        done = _refunded(order, booking, leg, now)
    elif leg is None or not is_ours_to_change(leg, now):
        refuse()
    elif kind == "rebooking":
        done = _rebooked(order, booking, leg, airline, now)
    else:
        done = _added(order, kind, booking, leg, reference, airline, taken, now)
    last = min((one.departs_at for one in (*done.before, *done.after) or (leg,) if one), default=now)
    until = min(now + UNDO_WITHIN[kind], last)
    return done.model_copy(update={"undo_until": until if until > now else None})


def undone(booking: Booking, reference: str, done: Done, now: datetime) -> Booking:
    """The booking without what was done under `reference`; refused once it was flown, was changed again, or its time is over."""
    if done.undo_until is None or now >= done.undo_until:
        refuse(
            words(
                "The time in which this could be taken back is over. Nothing was changed.",
                "已超过可撤销的时限。订单未作任何更改。",
            )
        )
    for leg in done.after:
        now_booked = booking.leg(leg.id)
        if now_booked is None or _as_booked(now_booked) != _as_booked(leg):
            refuse()
    for leg in done.before:
        booking = booking.with_leg(leg)
    return booking.model_copy(update={"extras": tuple(e for e in booking.extras if e.reference != reference)})


def refuse(why: Words = _NOT_DONE) -> NoReturn:
    """Say no: nothing was changed."""
    raise ReservationsRefused(why)


def _rebooked(order: Order, booking: Booking, leg: Leg, airline: DemoAirline, now: datetime) -> Done:
    flight = order.choice.flight if order.choice else None
    by_the_airline = leg.disruption is not None and leg.disruption.event == "cancellation"
    if flight is None or now >= flight.departs_at or (leg.cancelled and not by_the_airline):
        refuse()
    between = FromTo(leg.origin, leg.destination)
    if flight not in airline.departures(between, booking.cabin, flight.departs_at, flight.departs_at):
        refuse()
    changed = leg.model_copy(update={**dict(flight), "cancelled": False, "disruption": None})
    return Done(booking=booking.with_leg(changed), before=(leg,), after=(changed,))


def _refunded(order: Order, booking: Booking, leg: Leg | None, now: datetime) -> Done:
    legs = refundable(booking, leg, now)
    amount = order.choice.amount if order.choice else None
    paid = order.paid_out
    if not legs or amount != amount_of(booking, legs) or paid is None or amount is None or not 0 < paid.amount <= amount.amount:
        refuse()
    gone = tuple(one.model_copy(update={"refunded": True}) for one in legs)
    for one in gone:
        booking = booking.with_leg(one)
    return Done(booking=booking, before=legs, after=gone)


def _added(order: Order, kind: ChangeKind, booking: Booking, leg: Leg, reference: str, airline: DemoAirline, taken: Set[str], now: datetime) -> Done:
    """A seat, bags or the lounge: only what could be chosen at this moment."""
    chosen = order.choice
    if chosen is None or chosen.id not in {c.id for c in choices_of(kind, booking, leg, None, airline, taken, now)}:
        refuse()
    held = [e for e in booking.extras if e.kind == kind and e.leg_id == leg.id]
    if (kind == "seat" and len(held) >= booking.passengers) or (kind == "lounge" and held):
        refuse()
    extra = Extra.model_validate({"kind": kind, "reference": reference, "leg_id": leg.id, **chosen.model_dump(include={"seat", "pieces", "guests"})})
    return Done(booking=booking.model_copy(update={"extras": (*booking.extras, extra)}), code=_code(reference) if kind == "lounge" else None)


def _paid_out(order: Order, booking: Booking | None, reference: str) -> Done:
    if order.paid_out is None or order.paid_out.amount <= 0:
        refuse()
    if booking is not None:
        extra = Extra.model_validate({"kind": order.kind, "reference": reference, "leg_id": order.leg_id, "amount": order.paid_out})
        booking = booking.model_copy(update={"extras": (*booking.extras, extra)})
    return Done(booking=booking, code=_code(reference) if order.kind == "voucher" else None)


def _as_booked(leg: Leg) -> Leg:
    """The leg without what has happened to its flight since."""
    return leg.model_copy(update={"disruption": None, "cancelled": False})


def _code(reference: str) -> str:
    """Eight characters that a person can read out: no vowels, no look-alikes."""
    number = int(fingerprint(reference), 16)
    return "".join("BCDFGHJKMPQRTVWX2346789"[number // 23**place % 23] for place in range(8))
