"""The demo airline does every kind of change once, keeps what was bought with the booking, and takes back what can be taken back."""

import sqlite3
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from basics.clock import stopped_at
from basics.money import Money
from customers.booking import Booking
from customers.order import ChangeKind, Choice, Order
from customers.reservations import ReservationsRefused
from customers.reservations_demo import DemoReservations
from tests.customers.people import NOW
from tests.house import log_of

ALL: tuple[ChangeKind, ...] = ("rebooking", "refund", "seat", "bag", "lounge", "voucher", "payment")
UNDONE: tuple[ChangeKind, ...] = ("rebooking", "refund", "seat", "bag", "lounge")


def cny(amount: Any) -> Money:
    return Money(amount=Decimal(amount))


class Story:
    """Lin's booking at the demo airline, and a clock that can be moved."""

    def __init__(self, home: Path) -> None:
        self.home, self.now = home, NOW
        self.airline = DemoReservations(home, lambda: self.now)

    async def booking(self) -> Booking:
        return (await self.airline.bookings_of("lin-gold"))[0]

    async def choices(self, kind: ChangeKind) -> tuple[Choice, ...]:
        booking = await self.booking()
        return await self.airline.choices(kind, booking.id, booking.legs[-1].id, self.now)

    async def order(self, kind: ChangeKind, n: int = 0, **changes: Any) -> Order:
        booking = await self.booking()
        choices = await self.choices(kind)
        choice = choices[n] if choices else None
        paid = cny(300) if kind in ("voucher", "payment") else choice.amount if choice else None
        plain = {"kind": kind, "traveller_id": "lin-gold", "booking_id": booking.id, "leg_id": booking.legs[-1].id}
        return Order(**plain | {"choice": choice, "paid_out": paid} | changes)

    def undo(self, reference: str, **changes: Any) -> Order:
        return Order(**{"kind": "undo", "traveller_id": "lin-gold", "undoes": reference} | changes)


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return Story(tmp_path)


@pytest.mark.parametrize("kind", ALL)
async def test_every_kind_is_done_once_for_its_key_and_told_once(story: Story, kind: ChangeKind) -> None:
    order = await story.order(kind)
    done = await story.airline.carry_out("k", order)
    assert [await story.airline.carry_out("k", order) for _ in range(3)] == [done] * 3
    (line,) = log_of(story.home)
    assert (line["key"], line["kind"], line["reference"]) == ("k", kind, done.reference) and done.booking == await story.booking()
    assert (done.code is not None) == (kind in ("voucher", "lounge"))
    assert (done.undo_until is not None) == (kind in UNDONE)


@pytest.mark.parametrize("kind", ["seat", "bag", "lounge", "voucher", "payment"])
async def test_the_booking_keeps_what_was_added(story: Story, kind: ChangeKind) -> None:
    done = await story.airline.carry_out("k", await story.order(kind))
    (extra,) = (await story.booking()).extras
    assert (extra.kind, extra.reference) == (kind, done.reference)


async def test_a_refunded_flight_is_over(story: Story) -> None:
    booking = await story.booking()
    amount = (await story.choices("refund"))[0].amount
    assert amount is not None and amount.amount > 500
    await story.airline.carry_out("k", await story.order("refund"))
    after = await story.booking()
    assert after.id == booking.id and after.legs[-1].state(NOW) == "refunded" and after.legs_ahead(NOW) == () and after.next_leg(NOW) is None
    for kind in ("rebooking", "refund", "seat", "bag", "lounge"):
        assert await story.choices(kind) == ()


@pytest.mark.parametrize("kind", UNDONE)
async def test_what_can_be_taken_back_leaves_the_booking_as_it_was(story: Story, kind: ChangeKind) -> None:
    before = await story.booking()
    done = await story.airline.carry_out("k", await story.order(kind))
    assert await story.booking() != before
    undone = await story.airline.carry_out("u", story.undo(done.reference))
    assert await story.booking() == before == undone.booking and undone.reference != done.reference
    assert await story.airline.carry_out("u", story.undo(done.reference)) == undone
    with pytest.raises(ReservationsRefused):
        await story.airline.carry_out("u2", story.undo(done.reference))
    assert [line["kind"] for line in log_of(story.home)] == [kind, "undo"] and log_of(story.home)[1]["undoes"] == done.reference


@pytest.mark.parametrize("kind", UNDONE)
async def test_the_time_to_take_back_ends_to_the_second(story: Story, kind: ChangeKind) -> None:
    done = await story.airline.carry_out("k", await story.order(kind))
    assert done.undo_until is not None and done.undo_until > NOW
    story.now = done.undo_until
    with pytest.raises(ReservationsRefused, match="time in which"):
        await story.airline.carry_out("u", story.undo(done.reference))
    story.now = done.undo_until - timedelta(seconds=1)
    assert (await story.airline.carry_out("u", story.undo(done.reference))).reference


async def test_nobody_takes_back_what_has_departed(story: Story) -> None:
    order = await story.order("rebooking")
    assert order.choice and order.choice.flight
    first = min((await story.booking()).legs[-1].departs_at, order.choice.flight.departs_at)
    story.now = first - timedelta(hours=4)
    done = await story.airline.carry_out("k", await story.order("rebooking"))
    assert done.undo_until is not None and done.undo_until <= first + timedelta(days=2)
    leg = (await story.booking()).legs[-1]
    assert done.undo_until <= leg.departs_at


async def test_what_was_changed_again_is_not_taken_back(story: Story) -> None:
    first = await story.airline.carry_out("k1", await story.order("rebooking"))
    await story.airline.carry_out("k2", await story.order("rebooking", 1))
    with pytest.raises(ReservationsRefused):
        await story.airline.carry_out("u", story.undo(first.reference))


async def test_of_two_things_added_one_is_taken_back(story: Story) -> None:
    await story.airline.carry_out("k1", await story.order("seat"))
    bag = await story.airline.carry_out("k2", await story.order("bag"))
    await story.airline.carry_out("u", story.undo(bag.reference))
    assert [e.kind for e in (await story.booking()).extras] == ["seat"]


async def test_only_the_traveller_it_was_done_for_takes_it_back(story: Story) -> None:
    done = await story.airline.carry_out("k", await story.order("seat"))
    for wrong in (story.undo(done.reference, traveller_id="tom-member"), story.undo("9LC999999")):
        with pytest.raises(ReservationsRefused):
            await story.airline.carry_out("u", wrong)
    assert len((await story.booking()).extras) == 1


WRONG: list[tuple[ChangeKind, dict[str, Any]]] = [
    *((kind, {"traveller_id": "tom-member"}) for kind in ALL),
    *((kind, {"booking_id": "NOBODY"}) for kind in ALL),
    *((kind, {"leg_id": "none"}) for kind in ("rebooking", "refund", "seat", "bag", "lounge")),
    *((kind, {"choice": None}) for kind in UNDONE),
    *((kind, {"booking_id": None}) for kind in UNDONE),
    ("seat", {"choice": Choice(id="99Z", seat="99Z", price=cny(1))}),
    ("bag", {"choice": Choice(id="bags-9", pieces=9, price=cny(1))}),
    ("refund", {"choice": Choice(id="refund", amount=cny(999_999)), "paid_out": cny(999_999)}),
    ("refund", {"paid_out": cny(999_999)}),
    ("voucher", {"paid_out": None}),
    ("payment", {"paid_out": cny(0)}),
]


@pytest.mark.parametrize(("kind", "changes"), WRONG)
async def test_what_the_airline_cannot_do_is_refused_and_changes_nothing(story: Story, kind: ChangeKind, changes: dict[str, Any]) -> None:
    before = await story.booking()
    with pytest.raises(ReservationsRefused, match="Nothing was changed"):
        await story.airline.carry_out("k", await story.order(kind, **changes))
    assert await story.booking() == before and log_of(story.home) == []


async def test_a_refund_a_seat_and_the_lounge_are_had_once_under_whatever_key(story: Story) -> None:
    for kind in ("seat", "lounge", "refund"):
        order = await story.order(kind)
        await story.airline.carry_out(f"{kind}-1", order)
        with pytest.raises(ReservationsRefused):
            await story.airline.carry_out(f"{kind}-2", order)
    assert len(log_of(story.home)) == 3


async def test_a_seat_that_somebody_chose_is_not_offered_to_others(tmp_path: Path) -> None:
    story = Story(tmp_path)
    free = [c.seat for c in await story.choices("seat")]
    done = await story.airline.carry_out("k", await story.order("seat"))
    assert [c.seat for c in await story.choices("seat")] == free[1:]
    await story.airline.carry_out("u", story.undo(done.reference))
    assert [c.seat for c in await story.choices("seat")] == free


async def test_a_voucher_needs_no_booking(story: Story) -> None:
    done = await story.airline.carry_out("k", await story.order("voucher", booking_id=None, leg_id=None))
    assert done.booking is None and done.code and done.undo_until is None


async def test_the_same_question_has_the_same_price_on_every_machine(tmp_path: Path) -> None:
    """Prices are worked out of route, day and hour: two homes agree, and a dearer day costs more than nothing."""
    there, here = Story(tmp_path / "a"), Story(tmp_path / "b")
    for kind in ALL:
        assert await there.choices(kind) == await here.choices(kind)
    differences = [c.price.amount for c in await here.choices("rebooking") if c.price]
    assert len(differences) == 3 and min(differences) >= 0 and all(d % 10 == 0 for d in differences)


async def test_a_home_of_the_first_release_has_nothing_to_take_back(tmp_path: Path) -> None:
    """A change made before undo was known stands in the log and in `changes` alone: it is refused, not guessed."""
    story = Story(tmp_path)
    done = await story.airline.carry_out("k", await story.order("rebooking"))
    with sqlite3.connect(tmp_path / "airline.sqlite3") as db:
        db.execute("DROP TABLE done")
    again = DemoReservations(tmp_path, stopped_at(NOW))
    with pytest.raises(ReservationsRefused):
        await again.carry_out("u", story.undo(done.reference))
