"""One story for every airline's system: the demo's own, over a gateway, over a database of either kind."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from basics.clock import stopped_at
from basics.money import Money
from customers.airline_sql import AirlineDatabase
from customers.booking import Booking, Leg
from customers.order import Choice, Order
from customers.reservations import Reservations, ReservationsRefused
from customers.reservations_demo import DemoReservations
from customers.reservations_http import HttpReservations
from customers.reservations_sql import SqlReservations
from tests.customers.heron import heron_air, heron_mapping, heron_on_postgres
from tests.customers.people import NOW
from tests.store.bases import a_base

FREE = Money(amount=Decimal(0))


class Airline(NamedTuple):
    """The system; one who has flown out and returns soon, one who is somebody else, and one whose trip has not begun, at a fare that is refunded."""

    reservations: Reservations
    traveller: str = "H-1001"
    other: str = "H-1002"
    unflown: str = "H-1004"


@pytest.fixture(params=["demo", *(pytest.param(kind, marks=pytest.mark.slow) for kind in ("http", "sql", "sql on postgres"))])
async def airline(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Airline]:
    clock = stopped_at(NOW)
    if request.param == "demo":
        yield Airline(DemoReservations(tmp_path, clock), "lin-gold", "chen-silver", "mary-admin")
        return
    if request.param == "sql on postgres":
        async with a_base("postgres", tmp_path) as url, heron_on_postgres(url) as database:
            yield Airline(SqlReservations(database, heron_mapping(), clock))
        return
    with heron_air(tmp_path) as heron:
        if request.param == "http":
            gateway = heron.gateway()
            yield Airline(HttpReservations(gateway, clock))
            await gateway.close()
        else:
            database = AirlineDatabase(f"sqlite:///{heron.storage.path}")
            yield Airline(SqlReservations(database, heron_mapping(), clock))
            await database.close()


async def the_return(airline: Airline) -> tuple[Booking, Leg]:
    (booking, *_) = await airline.reservations.bookings_of(airline.traveller)
    return booking, booking.legs[-1]


async def an_order(airline: Airline, kind: Any = "rebooking", n: int = 0, **changes: Any) -> Order:
    booking, leg = await the_return(airline)
    offered = await airline.reservations.choices(kind, booking.id, leg.id, NOW)
    plain = {"kind": kind, "traveller_id": airline.traveller, "booking_id": booking.id, "leg_id": leg.id, "choice": offered[n], "charged": FREE}
    return Order(**plain | changes)


async def test_bookings_are_the_travellers_own_and_of_nobody_none(airline: Airline) -> None:
    booking, leg = await the_return(airline)
    assert booking.traveller_id == airline.traveller and leg.direction == "return" and leg.ahead(NOW)
    assert booking.legs_flown(NOW) == 1 and booking.legs == tuple(sorted(booking.legs, key=lambda one: one.departs_at))
    for nobody in ("nobody", "", "..", "a/b", "' or 1=1 --", "%", "林"):
        assert await airline.reservations.bookings_of(nobody) == ()


async def test_other_flights_fit_the_leg_and_cost_what_they_cost(airline: Airline) -> None:
    booking, leg = await the_return(airline)
    found = await airline.reservations.choices("rebooking", booking.id, leg.id, NOW)
    assert 0 < len(found) <= 3 and len({choice.id for choice in found}) == len(found)
    flights = [choice.flight for choice in found if choice.flight]
    assert flights == sorted(flights, key=lambda flight: flight.departs_at) and len(flights) == len(found)
    assert all((flight.origin, flight.destination) == (leg.origin, leg.destination) and flight.departs_at != leg.departs_at for flight in flights)
    assert all(choice.price is not None for choice in found)
    late = leg.departs_at - timedelta(hours=4)
    soon = await airline.reservations.choices("rebooking", booking.id, leg.id, late)
    assert all(choice.flight and choice.flight.departs_at - late >= timedelta(hours=3) for choice in soon)


async def test_every_kind_is_offered_whole_and_none_where_there_is_nothing(airline: Airline) -> None:
    booking, leg = await the_return(airline)
    asked = airline.reservations.choices
    assert all(choice.seat and choice.price for choice in await asked("seat", booking.id, leg.id, NOW))
    assert all(choice.pieces and choice.price for choice in await asked("bag", booking.id, leg.id, NOW))
    assert [choice.price is not None for choice in await asked("lounge", booking.id, leg.id, NOW)] == [True]
    assert await asked("voucher", booking.id, leg.id, NOW) == await asked("payment", booking.id, leg.id, NOW) == ()
    assert await asked("rebooking", booking.id, "none", NOW) == await asked("rebooking", "NOBODY", leg.id, NOW) == ()


async def test_a_change_is_made_and_the_booking_says_so(airline: Airline) -> None:
    order = await an_order(airline)
    done = await airline.reservations.carry_out("k1", order)
    booking, leg = await the_return(airline)
    assert done.reference and done.booking == booking and order.choice and order.choice.flight
    assert leg.id == order.leg_id and leg.departs_at == order.choice.flight.departs_at and leg.flight == order.choice.flight.flight


async def test_the_same_key_gives_the_first_result_whatever_is_asked_with_it(airline: Airline) -> None:
    first, second = await an_order(airline), await an_order(airline, n=1)
    done = await airline.reservations.carry_out("k1", first)
    assert await airline.reservations.carry_out("k1", second) == done
    again = await airline.reservations.carry_out("k2", second)
    assert again.reference != done.reference and await airline.reservations.carry_out("k1", first) == done


async def test_twenty_at_once_under_one_key_are_one_change(airline: Airline) -> None:
    orders = [await an_order(airline, "bag")] * 20
    results = await asyncio.gather(*(airline.reservations.carry_out("k1", order) for order in orders))
    assert len({result.reference for result in results}) == 1
    another = await airline.reservations.carry_out("k2", orders[0])
    assert another.reference != results[0].reference


@pytest.mark.parametrize("wrong", ["booking of another", "traveller of another", "no such leg", "no such choice", "flown leg"])
async def test_what_may_not_be_is_refused_in_both_languages_and_changes_nothing(airline: Airline, wrong: str) -> None:
    (theirs, *_) = await airline.reservations.bookings_of(airline.other)
    own, _ = await the_return(airline)
    changes = {
        "booking of another": {"booking_id": theirs.id, "leg_id": theirs.legs[-1].id},
        "traveller of another": {"traveller_id": airline.other},
        "no such leg": {"leg_id": "none"},
        "no such choice": {"choice": Choice(id="none", price=FREE)},
        "flown leg": {"leg_id": own.legs[0].id},
    }[wrong]
    order = await an_order(airline, **changes)
    with pytest.raises(ReservationsRefused) as no:
        await airline.reservations.carry_out("k1", order)
    assert no.value.said.zh != no.value.said.en
    assert await airline.reservations.bookings_of(airline.other) == (theirs,)
    assert (await the_return(airline))[0] == own
    assert (await airline.reservations.carry_out("k2", await an_order(airline))).reference, "nothing stands in the way of a right one"


async def test_a_change_is_taken_back_once(airline: Airline) -> None:
    before, _ = await the_return(airline)
    done = await airline.reservations.carry_out("k1", await an_order(airline))
    assert done.undo_until is not None and done.undo_until > NOW and done.booking != before
    undo = Order(kind="undo", traveller_id=airline.traveller, booking_id=before.id, undoes=done.reference)
    undone = await airline.reservations.carry_out("k1-undo", undo)
    assert undone.booking == before == (await the_return(airline))[0]
    assert await airline.reservations.carry_out("k1-undo", undo) == undone
    with pytest.raises(ReservationsRefused):
        await airline.reservations.carry_out("k2-undo", undo)
    with pytest.raises(ReservationsRefused):
        await airline.reservations.carry_out("k3-undo", undo.model_copy(update={"traveller_id": airline.other}))


async def test_money_vouchers_and_lounges_come_with_what_they_are_made_of(airline: Airline) -> None:
    carry_out = airline.reservations.carry_out
    assert (await carry_out("k1", await an_order(airline, "lounge"))).code
    booking, _ = await the_return(airline)
    paid = Order(kind="voucher", traveller_id=airline.traveller, booking_id=booking.id, paid_out=Money(amount=Decimal(300)))
    voucher = await carry_out("k2", paid)
    assert voucher.code and voucher.undo_until is None
    assert (await carry_out("k3", paid.model_copy(update={"kind": "payment"}))).code is None
    with pytest.raises(ReservationsRefused):
        await carry_out("k4", paid.model_copy(update={"paid_out": FREE}))


async def test_a_trip_that_has_not_begun_is_refunded_once(airline: Airline) -> None:
    carry_out = airline.reservations.carry_out
    (booking, *_) = await airline.reservations.bookings_of(airline.unflown)
    (offered,) = await airline.reservations.choices("refund", booking.id, None, NOW)
    assert offered.amount and offered.amount.amount > 0
    order = Order(kind="refund", traveller_id=airline.unflown, booking_id=booking.id, choice=offered, paid_out=offered.amount)
    done = await carry_out("k1", order)
    (after, *_) = await airline.reservations.bookings_of(airline.unflown)
    assert done.booking == after != booking and all(leg.refunded for leg in after.legs) and await carry_out("k1", order) == done
    assert await airline.reservations.choices("refund", booking.id, None, NOW) == ()
    with pytest.raises(ReservationsRefused):
        await carry_out("k2", order)
