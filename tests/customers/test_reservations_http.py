"""The airline's gateway over real sockets: slow, failing, silent after committing, talking nonsense; never half data, never twice."""

import asyncio
import contextlib
import json
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from basics.breaker import Breaker
from basics.clock import stopped_at
from basics.errors import Unavailable
from customers.airline_http import LONGEST_ANSWER, Gateway
from customers.booking import Booking
from customers.order import ChangeDone, Order
from customers.reservations import ReservationsRefused, ReservationsUnavailable
from customers.reservations_http import HttpReservations
from customers.source_http import HttpSource
from tests.customers.heron import Heron, heron_air
from tests.customers.people import NOW, a_booking

CLOCK = stopped_at(NOW)
ORDER = Order(kind="voucher", traveller_id="lin", booking_id="ABCDEF")


@pytest.fixture
def heron(tmp_path: Path) -> Any:
    with heron_air(tmp_path) as heron:
        yield heron


@asynccontextmanager
async def reservations(heron: Heron, seconds: float = 5.0) -> AsyncIterator[HttpReservations]:
    gateway = heron.gateway(seconds, breaker=Breaker(most=10**9))
    yield HttpReservations(gateway, CLOCK)
    await gateway.close()


async def the_order(airline: HttpReservations, kind: Any = "rebooking") -> Order:
    (booking,) = await airline.bookings_of("H-1001")
    (choice, *_) = await airline.choices(kind, booking.id, booking.legs[-1].id, NOW)
    return Order(kind=kind, traveller_id="H-1001", booking_id=booking.id, leg_id=booking.legs[-1].id, choice=choice)


@pytest.mark.slow
async def test_people_and_companies_come_as_the_airline_knows_them(heron: Heron) -> None:
    gateway = heron.gateway()
    source = HttpSource(gateway)
    wen = await source.traveller("H-1001")
    assert wen and (wen.name.zh, wen.tier, wen.company_id, [tag.name for tag in wen.tags or ()]) == ("温静", "gold", "C-3301", ["return_flex"])
    marlow = await source.traveller("H-1002")
    assert marlow and marlow.tags == () and marlow.company_id is None
    company = await source.company("C-3301")
    assert company and company.employees == 62 and company.name.zh == "苇塘机器人"
    assert await source.account("C-3301", NOW) is await source.traveller("nobody") is await source.company("..") is None
    await gateway.close()


@pytest.mark.slow
async def test_a_disruption_is_told_with_its_leg(heron: Heron) -> None:
    async with reservations(heron) as airline:
        (booking,) = await airline.bookings_of("H-1003")
        late = booking.legs[-1].disruption
        assert late and (late.event, late.cause, late.arrives_late) == ("delay", "technical", 200) and booking.legs[0].disruption is None


@pytest.mark.slow
async def test_an_order_that_was_done_and_not_answered_is_found_again_under_its_key(heron: Heron) -> None:
    """The first call does not know; the second finds the outcome without sending the order again."""
    async with reservations(heron, seconds=0.5) as airline:
        order = await the_order(airline)
        heron.misbehave(commit_then_hang=1, hang=5)
        with pytest.raises(ReservationsUnavailable):
            await airline.carry_out("k1", order)
        assert len(heron.orders("state = 'DONE'")) == 1
        done = await airline.carry_out("k1", order)  # it would hang again, were it sent again
        assert heron.orders()[0]["reference"] == done.reference and len(heron.orders()) == 1


@pytest.mark.slow
async def test_another_process_that_knows_of_no_time_out_sends_it_again_and_gets_the_first_answer(heron: Heron) -> None:
    async with reservations(heron, seconds=0.5) as airline:
        order = await the_order(airline)
        heron.misbehave(commit_then_hang=1, hang=5)
        with pytest.raises(ReservationsUnavailable):
            await airline.carry_out("k1", order)
    heron.misbehave()
    async with reservations(heron) as another:
        done = await another.carry_out("k1", order)
    assert [row["reference"] for row in heron.orders()] == [done.reference]


@pytest.mark.slow
async def test_slow_and_failing_calls_end_in_time_and_in_both_languages(heron: Heron) -> None:
    async with reservations(heron, seconds=0.4) as airline:
        order = await the_order(airline)
        for faults in ({"slow": 3.0}, {"fail": 1.0}):
            heron.misbehave(**faults)
            for call in (airline.bookings_of("H-1001"), airline.choices("bag", "HWJ871", "HWJ871-2", NOW), airline.carry_out("k1", order)):
                since = time.monotonic()
                with pytest.raises(ReservationsUnavailable) as away:
                    await call
                assert time.monotonic() - since < 2 and away.value.said.en != away.value.said.zh
        heron.misbehave()
        assert heron.orders() == [] and (await airline.carry_out("k1", order)).reference


@pytest.mark.slow
async def test_a_wrong_token_is_the_operators_business(heron: Heron, caplog: pytest.LogCaptureFixture) -> None:
    gateway = Gateway(heron.address, "another token")
    with pytest.raises(Unavailable):
        await HttpSource(gateway).traveller("H-1001")
    with pytest.raises(ReservationsUnavailable):
        await HttpReservations(gateway, CLOCK).carry_out("k1", ORDER)
    assert "CONCIERGE_AIRLINE_KEY" in caplog.text and "another token" not in caplog.text
    await gateway.close()


@pytest.mark.slow
async def test_a_gateway_that_fails_again_and_again_is_left_alone_for_a_while(heron: Heron) -> None:
    now = [0.0]
    gateway = heron.gateway(breaker=Breaker(3, 10.0, lambda: now[0]))
    source = HttpSource(gateway)
    heron.misbehave(fail=1)
    for _ in range(3):
        with pytest.raises(Unavailable):
            await source.traveller("H-1001")
    heron.misbehave()
    with pytest.raises(Unavailable):
        await source.traveller("H-1001")
    now[0] = 11
    assert await source.traveller("H-1001") and await source.traveller("H-1002")
    await gateway.close()


@pytest.mark.slow
async def test_after_a_crowd_that_gave_up_waiting_the_gateway_is_reached_again() -> None:
    """Whoever gives up while there is no connection free leaves none behind that is taken for ever."""
    slow = True

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                await reader.readuntil(b"\r\n\r\n")
                if slow:
                    await asyncio.sleep(chance.uniform(0.0, 0.08))
                writer.write(bookings())
                await writer.drain()
        writer.close()

    chance = random.Random(1)
    server = await asyncio.start_server(talk, "127.0.0.1", 0, backlog=500)
    gateway = Gateway(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", timeout=0.1, breaker=Breaker(most=10**9))
    airline = HttpReservations(gateway, CLOCK)
    for _ in range(8):
        heard = await asyncio.gather(*(airline.bookings_of("lin") for _ in range(120)), return_exceptions=True)
    assert any(isinstance(one, ReservationsUnavailable) for one in heard), "nobody had to give up: nothing was tried"
    slow = False
    later = [await asyncio.gather(airline.bookings_of("lin"), return_exceptions=True) for _ in range(20)]
    assert [()] in later[-5:], "one machine may be slow for a moment, but not for ever"
    await gateway.close()
    server.close()


# ---- a gateway that talks nonsense: exactly these bytes --------------------------------------------------------------------------------

Answers = Callable[[str], bytes]


@asynccontextmanager
async def a_strange_gateway(answer: Answers, seconds: float = 1.0) -> AsyncIterator[tuple[Gateway, list[str]]]:
    """Answers the first line of a request with these bytes, and closes; what was asked is noted."""
    asked: list[str] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        asked.append(head.partition("\r\n")[0])
        try:
            writer.write(answer(asked[-1]))
            await writer.drain()
        except ConnectionError:
            pass
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    gateway = Gateway(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", timeout=seconds, breaker=Breaker(most=10**9))
    yield gateway, asked
    await gateway.close()
    server.close()


def http(body: bytes | str | dict[str, Any], status: str = "200 OK", kind: str = "application/json", more: str = "") -> bytes:
    raw = json.dumps(body).encode() if isinstance(body, dict) else body.encode() if isinstance(body, str) else body
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(raw)}\r\n{more}\r\n".encode() + raw


def bookings(*found: Booking | dict[str, Any]) -> bytes:
    return http({"bookings": [one if isinstance(one, dict) else one.model_dump(mode="json") for one in found]})


def outcome(**changes: Any) -> dict[str, Any]:
    done = ChangeDone(reference="R1", booking=a_booking()).model_dump(mode="json")
    return {"key": "k1", "state": "done", "done": done} | changes


GOOD = a_booking().model_dump(mode="json")
NONSENSE = {
    "nothing at all": b"",
    "no HTTP": b"\x00\xff hello\r\n\r\n",
    "cut short": http({"bookings": []})[:-3],
    "no JSON": http("<html>"),
    "JSON of another shape": http("[1, 2]"),
    "half a booking": bookings(GOOD, {"id": "ABCDEG"}),
    "a moment without a zone": bookings(GOOD | {"ticketed_at": "2026-01-01T00:00:00"}),
    "a fare that is none": bookings(GOOD | {"fare": "first"}),
    "text for a number": bookings(GOOD | {"passengers": "two"}),
    "a leg that arrives before it leaves": bookings(GOOD | {"legs": [GOOD["legs"][0] | {"arrives_at": "2020-01-01T00:00:00Z"}]}),
    "broken letters": http(b'{"bookings": [\xff]}'),
    "deep": http('{"bookings": ' + "[" * 5000 + "]" * 5000 + "}"),
    "huge": http(b'{"bookings": [' + b" " * LONGEST_ANSWER + b"]}"),
    "packed": http(b"\x1f\x8b\x08\x00", more="Content-Encoding: gzip\r\n"),
    "elsewhere": http("", "302 Found", more="Location: http://127.0.0.1:1/\r\n"),
    "a page that is not there": http("<html>not found</html>", "404 Not Found", "text/html"),
    "an error page": http("<html>oops</html>", "500 Internal Server Error", "text/html"),
    "too many": http({}, "429 Too Many Requests"),
    "a teapot": http("", "199 Odd"),
}


@pytest.mark.parametrize("nonsense", NONSENSE)
async def test_nonsense_is_no_answer_and_never_half_of_one(nonsense: str) -> None:
    async with a_strange_gateway(lambda _: NONSENSE[nonsense]) as (gateway, _):
        airline = HttpReservations(gateway, CLOCK)
        with pytest.raises(ReservationsUnavailable) as away:
            await airline.bookings_of("lin")
        assert "Traceback" not in away.value.said.en and away.value.said.zh
        with pytest.raises(ReservationsUnavailable):
            await airline.carry_out("k1", ORDER)


async def test_an_endless_answer_ends_in_time() -> None:
    """Each byte comes soon after the one before; the whole call has its time all the same."""

    async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        try:
            while True:
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.02)
        except ConnectionError:
            pass

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    gateway = Gateway(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", timeout=0.3)
    since = time.monotonic()
    with pytest.raises(Unavailable):
        await HttpSource(gateway).traveller("lin")
    assert time.monotonic() - since < 2
    await gateway.close()
    server.close()


async def test_somebody_elses_booking_is_dropped_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    theirs = a_booking(id="THEIRS", traveller_id="chen")
    async with a_strange_gateway(lambda _: bookings(theirs, a_booking())) as (gateway, _):
        assert await HttpReservations(gateway, CLOCK).bookings_of("lin") == (a_booking(),)
    assert "THEIRS" in caplog.text


async def test_somebody_else_than_was_asked_for_is_nobody() -> None:
    chen = {"id": "chen", "name": {"en": "Chen", "zh": "陈"}, "email": "c@x.example", "tier": "gold"}
    async with a_strange_gateway(lambda _: http(chen)) as (gateway, _):
        with pytest.raises(Unavailable):
            await HttpSource(gateway).traveller("lin")


@pytest.mark.parametrize(
    "told",
    [
        outcome(key="k2"),
        outcome(state="pending", done=None),
        outcome(done=None),
        outcome(state="perhaps"),
        outcome(done={"reference": "R1"}),
        outcome(done=ChangeDone(reference="R1", booking=a_booking(traveller_id="chen")).model_dump(mode="json")),
    ],
)
async def test_an_outcome_that_is_not_this_orders_is_none(told: dict[str, Any]) -> None:
    async with a_strange_gateway(lambda _: http(told)) as (gateway, _):
        with pytest.raises(ReservationsUnavailable):
            await HttpReservations(gateway, CLOCK).carry_out("k1", ORDER)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"title": "No", "said": {"en": "The flight is full.", "zh": "航班已满。"}}, "航班已满。"),
        ({"title": "No", "said": {"en": "The flight is full."}}, "航空公司系统未接受此次变更，订单未作任何更改。"),
        ({"title": "No", "detail": "SQLSTATE 42"}, "航空公司系统未接受此次变更，订单未作任何更改。"),
        ("[]", "航空公司系统未接受此次变更，订单未作任何更改。"),
    ],
)
async def test_a_refusal_is_said_in_the_airlines_words_if_it_has_both_languages(body: Any, said: str) -> None:
    async with a_strange_gateway(lambda _: http(body, "409 Conflict", "application/problem+json")) as (gateway, asked):
        with pytest.raises(ReservationsRefused) as no:
            await HttpReservations(gateway, CLOCK).carry_out("k1", ORDER)
        assert no.value.said.zh == said and len(asked) == 1


async def test_reads_are_tried_again_and_orders_are_not() -> None:
    """A read at most twice more; an order once a call, and the next call asks first what became of its key."""
    async with a_strange_gateway(lambda _: http("", "503 Service Unavailable")) as (gateway, asked):
        airline = HttpReservations(gateway, CLOCK)
        with pytest.raises(ReservationsUnavailable):
            await airline.bookings_of("lin")
        assert asked == ["GET /travellers/lin/bookings HTTP/1.1"] * 3
        asked.clear()
        with pytest.raises(ReservationsUnavailable):
            await airline.carry_out("k1", ORDER)
        assert asked == ["POST /orders HTTP/1.1"]
        with pytest.raises(ReservationsUnavailable):
            await airline.carry_out("k1", ORDER)
        assert asked[1:] == ["GET /orders/k1 HTTP/1.1"] * 3, "where nobody knows what became of it, it is not sent again"


async def test_an_id_stays_within_its_place_in_the_address() -> None:
    async with a_strange_gateway(lambda _: bookings()) as (gateway, asked):
        airline = HttpReservations(gateway, CLOCK)
        for id in ("../companies", "a/b?c=d#e", "林", "a b"):
            await airline.bookings_of(id)
        assert asked == [f"GET /travellers/{there}/bookings HTTP/1.1" for there in ("..%2Fcompanies", "a%2Fb%3Fc%3Dd%23e", "%E6%9E%97", "a%20b")]


async def test_choices_that_lack_what_they_are_made_of_are_none() -> None:
    for choice in ({"id": "1"}, {"id": "1", "seat": "11A"}, {"id": "1", "seat": "11A", "price": {"amount": "-5"}}, {"id": ""}):
        async with a_strange_gateway(lambda _, choice=choice: http({"choices": [choice]})) as (gateway, _):  # type: ignore[misc]
            with pytest.raises(ReservationsUnavailable):
                await HttpReservations(gateway, CLOCK).choices("seat", "ABCDEF", "L2", NOW)
