"""The demo airline changes a leg once for a key, whoever asks and however often, and its log tells each change once."""

import asyncio
import json
import sqlite3
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from basics.clock import Clock, stopped_at
from customers.booking import Booking
from customers.order import Choice, Flight, Order
from customers.reservations import Reservations, ReservationsRefused, ReservationsUnavailable
from customers.reservations_demo import DemoReservations
from tests.customers.people import NOW, a_flight

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def opened(home: Path, clock: Clock | None = None) -> Reservations:
    return DemoReservations(home, clock or stopped_at(NOW))


def log_of(home: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (home / "airline.log").read_text("utf-8").splitlines()]


async def flights_for(airline: Reservations, booking_id: str, leg_id: str, now: datetime) -> tuple[Flight, ...]:
    return tuple(choice.flight for choice in await airline.choices("rebooking", booking_id, leg_id, now) if choice.flight)


async def the_return(airline: Reservations, traveller: str = "lin-gold") -> tuple[str, str, tuple[Flight, ...]]:
    (booking, *_) = await airline.bookings_of(traveller)
    leg = booking.legs[-1]
    return booking.id, leg.id, await flights_for(airline, booking.id, leg.id, NOW)


def to_fly(booking_id: str, leg_id: str, flight: Flight, traveller: str = "lin-gold") -> Order:
    choice = Choice(id="chosen", flight=flight)
    return Order(kind="rebooking", traveller_id=traveller, booking_id=booking_id, leg_id=leg_id, choice=choice)


async def test_a_change_is_made_written_and_told(tmp_path: Path) -> None:
    airline = opened(tmp_path)
    booking_id, leg_id, (first, *_) = await the_return(airline)
    done = await airline.carry_out("k1", to_fly(booking_id, leg_id, first))
    (booking,) = await airline.bookings_of("lin-gold")
    assert done.booking == booking and booking.legs[-1].departs_at == first.departs_at and booking.legs[-1].id == leg_id
    (line,) = log_of(tmp_path)
    assert (line["key"], line["reference"], line["leg"], line["to"]["flight"]) == ("k1", done.reference, leg_id, first.flight)


async def test_the_same_key_gives_the_first_result_whatever_is_asked_with_it(tmp_path: Path) -> None:
    airline = opened(tmp_path)
    booking_id, leg_id, flights = await the_return(airline)
    done = await airline.carry_out("k1", to_fly(booking_id, leg_id, flights[0]))
    assert await airline.carry_out("k1", to_fly(booking_id, leg_id, flights[1])) == done
    assert await airline.carry_out("k1", to_fly("NOBODY", "none", a_flight(NOW))) == done
    assert len(log_of(tmp_path)) == 1


async def test_another_key_is_the_airlines_business_and_changes_again(tmp_path: Path) -> None:
    airline = opened(tmp_path)
    booking_id, leg_id, flights = await the_return(airline)
    one = await airline.carry_out("k1", to_fly(booking_id, leg_id, flights[0]))
    two = await airline.carry_out("k2", to_fly(booking_id, leg_id, flights[1]))
    assert one.reference != two.reference and two.booking.legs[-1].departs_at == flights[1].departs_at
    assert await airline.carry_out("k1", to_fly(booking_id, leg_id, flights[0])) == one
    assert [line["key"] for line in log_of(tmp_path)] == ["k1", "k2"]


async def test_twenty_at_once_change_once(tmp_path: Path) -> None:
    doors = [opened(tmp_path) for _ in range(2)]
    booking_id, leg_id, (first, *_) = await the_return(doors[0])
    results = await asyncio.gather(*(doors[n % 2].carry_out("k1", to_fly(booking_id, leg_id, first)) for n in range(20)))
    assert len({result.reference for result in results}) == 1 and len(log_of(tmp_path)) == 1


async def test_twenty_different_keys_at_once_are_all_written_once(tmp_path: Path) -> None:
    doors = [opened(tmp_path) for _ in range(2)]
    booking_id, leg_id, flights = await the_return(doors[0])
    await asyncio.gather(*(doors[n % 2].carry_out(f"k{n}", to_fly(booking_id, leg_id, flights[n % 3])) for n in range(20)))
    lines = log_of(tmp_path)
    assert sorted(line["key"] for line in lines) == sorted(f"k{n}" for n in range(20))
    assert [line["number"] for line in lines] == list(range(1, 21))


async def test_after_reopening_the_key_is_still_known(tmp_path: Path) -> None:
    booking_id, leg_id, (first, *_) = await the_return(opened(tmp_path))
    done = await opened(tmp_path).carry_out("k1", to_fly(booking_id, leg_id, first))
    assert await opened(tmp_path).carry_out("k1", to_fly(booking_id, leg_id, first)) == done
    assert len(log_of(tmp_path)) == 1


KILLED = """
import asyncio, os, sys
from pathlib import Path
from basics.clock import stopped_at
from customers import reservations_log
from customers.order import Choice, Flight, Order
from customers.reservations_demo import DemoReservations

home, order = sys.argv[1:]
airline = DemoReservations(Path(home), stopped_at("2026-11-22T06:10:00Z"))
reservations_log.ChangeLog.complete = lambda *_: os.kill(os.getpid(), 9)
asyncio.run(airline.carry_out("k1", Order.model_validate_json(order)))
"""


async def test_killed_between_commit_and_log_the_line_is_written_on_the_next_start_and_once(tmp_path: Path) -> None:
    booking_id, leg_id, (first, *_) = await the_return(opened(tmp_path))
    killed = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", KILLED, str(tmp_path), to_fly(booking_id, leg_id, first).model_dump_json()], check=False
    )
    assert killed.returncode == -9 and log_of(tmp_path) == []
    again = opened(tmp_path)
    assert [line["key"] for line in log_of(tmp_path)] == ["k1"]
    done = await again.carry_out("k1", to_fly(booking_id, leg_id, first))
    opened(tmp_path)
    assert [line["reference"] for line in log_of(tmp_path)] == [done.reference]


@pytest.mark.parametrize("cut", ["torn last line", "middle line lost", "file lost", "strange line"])
async def test_the_log_is_completed_from_the_table(cut: str, tmp_path: Path) -> None:
    airline = opened(tmp_path)
    booking_id, leg_id, flights = await the_return(airline)
    for n in range(3):
        await airline.carry_out(f"k{n}", to_fly(booking_id, leg_id, flights[n]))
    log = tmp_path / "airline.log"
    text = log.read_text("utf-8")
    lines = text.splitlines(keepends=True)
    harmed = {
        "torn last line": text[:-20],
        "middle line lost": lines[0] + lines[2],
        "file lost": "",
        "strange line": "hello\n[]\n" + text,
    }
    log.write_text(harmed[cut], "utf-8")
    await (opened(tmp_path) if cut != "file lost" else airline).carry_out("k0", to_fly(booking_id, leg_id, flights[0]))
    kept = [line for line in log.read_text("utf-8").splitlines() if line.startswith("{")]
    assert sorted(kept) == sorted(text.splitlines())


async def test_three_other_flights_nearest_in_time_and_within_the_terms(tmp_path: Path) -> None:
    airline = opened(tmp_path)
    booking_id, leg_id, flights = await the_return(airline)
    leg = (await airline.bookings_of("lin-gold"))[0].legs[-1]
    hours = [(flight.departs_at - leg.departs_at) / timedelta(hours=1) for flight in flights]
    assert hours == pytest.approx([-24, -16 - 55 / 60, 7 + 5 / 60])
    assert {(flight.origin, flight.destination) for flight in flights} == {("SIN", "PVG")}
    late = leg.departs_at - timedelta(hours=4)
    assert all(flight.departs_at - late >= timedelta(hours=3) for flight in await flights_for(airline, booking_id, leg_id, late))
    assert await flights_for(airline, booking_id, leg_id, leg.departs_at + timedelta(days=14)) == ()
    assert await flights_for(airline, booking_id, "none", NOW) == await flights_for(airline, "NOBODY", leg_id, NOW) == ()


async def test_fourteen_days_count_from_the_first_booked_flight_even_after_a_change(tmp_path: Path) -> None:
    airline = opened(tmp_path)
    booking_id, leg_id, _ = await the_return(airline)
    original = (await airline.bookings_of("lin-gold"))[0].legs[-1]
    for n in range(12):  # always the latest offered
        flights = await flights_for(airline, booking_id, leg_id, original.departs_at - HOUR + n * DAY)
        latest = max(flights, key=lambda flight: flight.departs_at)
        await airline.carry_out(f"k{n}", to_fly(booking_id, leg_id, latest))
    end = await flights_for(airline, booking_id, leg_id, original.departs_at - HOUR + 12 * DAY)
    assert end and max(flight.departs_at for flight in end) <= original.departs_at + 14 * DAY


async def test_a_flight_without_the_cabin_is_not_offered(tmp_path: Path) -> None:
    airline = opened(tmp_path)
    for cabin, evening in (("standard", True), ("business", False)):
        _in_fare(tmp_path, "chen-silver", cabin)
        _, _, flights = await the_return(airline, "chen-silver")
        assert len(flights) == 3 and any(flight.flight == "9L134" for flight in flights) is evening


def _in_fare(home: Path, traveller_id: str, fare: str) -> None:
    with sqlite3.connect(home / "airline.sqlite3") as db:
        db.execute("UPDATE bookings SET body = json_set(body, '$.fare', ?) WHERE traveller_id = ?", (fare, traveller_id))


async def test_what_the_airline_cannot_do_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    airline = opened(tmp_path)
    booking_id, leg_id, (first, *_) = await the_return(airline)
    before = await airline.bookings_of("lin-gold")
    not_flown = first.model_copy(update={"departs_at": first.departs_at + timedelta(minutes=1)})
    elsewhere = first.model_copy(update={"destination": "PEK"})
    gone = first.model_copy(update={"departs_at": first.departs_at - 9 * DAY, "arrives_at": first.arrives_at - 9 * DAY})
    flown_leg = before[0].legs[0].id
    for where in ((booking_id, leg_id, not_flown), (booking_id, leg_id, elsewhere), (booking_id, leg_id, gone),
                  (booking_id, flown_leg, first), (booking_id, "none", first), ("NOBODY", leg_id, first)):  # fmt: skip
        with pytest.raises(ReservationsRefused, match="Nothing was changed"):
            await airline.carry_out("k1", to_fly(*where))
    assert await airline.bookings_of("lin-gold") == before and log_of(tmp_path) == []
    assert (await airline.carry_out("k1", to_fly(booking_id, leg_id, first))).reference, "a refused key may still be used"


async def test_a_leg_that_has_left_or_was_cancelled_is_not_changed(tmp_path: Path) -> None:
    airline = opened(tmp_path)
    booking_id, leg_id, flights = await the_return(airline)
    left_at = (await airline.bookings_of("lin-gold"))[0].legs[-1].departs_at
    with pytest.raises(ReservationsRefused):
        await opened(tmp_path, stopped_at(left_at)).carry_out("k1", to_fly(booking_id, leg_id, flights[-1]))
    with sqlite3.connect(tmp_path / "airline.sqlite3") as db:
        db.execute("UPDATE bookings SET body = json_set(body, '$.legs[1].cancelled', json('true')) WHERE id = ?", (booking_id,))
    with pytest.raises(ReservationsRefused):
        await airline.carry_out("k1", to_fly(booking_id, leg_id, flights[-1]))
    assert log_of(tmp_path) == []


async def test_a_broken_file_is_unavailable_and_not_a_crash(tmp_path: Path) -> None:
    airline = opened(tmp_path)
    (tmp_path / "airline.sqlite3").write_bytes(b"this is not a database" * 100)
    with pytest.raises(ReservationsUnavailable, match="asking again is safe"):
        await airline.bookings_of("lin-gold")


async def test_bookings_are_written_once_and_never_shifted(tmp_path: Path) -> None:
    first = await opened(tmp_path).bookings_of("tom-member")
    assert await opened(tmp_path, stopped_at(NOW + 4 * DAY)).bookings_of("tom-member") == first
    assert await opened(tmp_path).bookings_of("nobody") == ()


async def test_a_trip_is_added_the_moment_the_last_leg_departs(tmp_path: Path) -> None:
    now = [NOW]
    airline = opened(tmp_path, lambda: now[0])
    (old,) = await airline.bookings_of("lin-gold")
    now[0] = old.legs[-1].departs_at - timedelta(seconds=1)
    assert await airline.bookings_of("lin-gold") == (old,)
    now[0] = old.legs[-1].departs_at
    new, kept = await airline.bookings_of("lin-gold")
    assert kept == old and new.id != old.id and new.legs_flown(now[0]) == 1
    assert DAY < new.legs[-1].departs_at - now[0] < 3 * DAY
    assert await opened(tmp_path, lambda: now[0]).bookings_of("lin-gold") == (new, old)


async def test_trips_added_for_years_keep_their_own_references(tmp_path: Path) -> None:
    now = [NOW]
    airline = opened(tmp_path, lambda: now[0])
    trips: tuple[Booking, ...] = ()
    for n in range(1, 8):
        trips = await airline.bookings_of("zhao-platinum")
        assert len(trips) == n and trips[0].legs_ahead(now[0])
        now[0] += 60 * DAY
    departures = [trip.legs[-1].departs_at for trip in trips]
    assert len({trip.id for trip in trips}) == 7 and departures == sorted(departures, reverse=True)


async def test_a_return_flown_yesterday_is_yesterdays_again_tomorrow(tmp_path: Path) -> None:
    """A note of a trip flown holds on any day: one booking a day, however often the home is opened or asked."""
    now = [NOW]
    airline = opened(tmp_path, lambda: now[0])
    (first,) = await airline.bookings_of("sun-silver")
    now[0] += timedelta(hours=5)
    assert await opened(tmp_path, lambda: now[0]).bookings_of("sun-silver") == await airline.bookings_of("sun-silver") == (first,)
    now[0] += DAY
    second, kept = await airline.bookings_of("sun-silver")
    assert kept == first and second.legs[-1].departs_at - first.legs[-1].departs_at == DAY and second.legs_ahead(now[0]) == ()
    assert await opened(tmp_path, lambda: now[0]).bookings_of("sun-silver") == (second, first)


def test_several_processes_may_open_a_fresh_home_at_once(tmp_path: Path) -> None:
    code = "import sys;from pathlib import Path;from basics.clock import stopped_at;"
    code += "from customers.reservations_demo import DemoReservations;"
    code += "DemoReservations(Path(sys.argv[1]), stopped_at('2026-11-22T06:10:00Z'))"
    running = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path)]) for _ in range(2)]
    assert [process.wait() for process in running] == [0, 0]
    airline = opened(tmp_path)
    assert [len(asyncio.run(airline.bookings_of(id))) for id in ("lin-gold", "tom-member")] == [1, 1]
