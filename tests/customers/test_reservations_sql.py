"""Any SQL database by a mapping: other names, local clocks, columns of fixed width, numbers for ids; read without being able to write."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from datetime import date, datetime
from pathlib import Path
from textwrap import dedent
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from basics.clock import parse_moment, stopped_at
from basics.errors import SettingsWrong
from customers.airline_sql import AirlineDatabase, try_out
from customers.mapped import mapped
from customers.mapping import Mapping, Told, load_mapping
from customers.order import Order
from customers.reservations import ReservationsRefused, ReservationsUnavailable
from customers.reservations_sql import SqlReservations
from customers.source_sql import SqlSource
from examples.airline.storage import Storage
from tests.customers.heron import MAPPING, heron_mapping
from tests.customers.people import NOW
from tests.store.bases import a_base

CLOCK = stopped_at(NOW)
ORDER = Order(kind="bag", traveller_id="H-1001", booking_id="HWJ871", leg_id="HWJ871-2")


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Storage]:
    """Heron Air's database, and nobody at work in it."""
    storage = Storage(tmp_path / "heron.sqlite3")
    storage.seed(NOW)
    yield storage


@asynccontextmanager
async def connected(url: str, seconds: float = 5.0) -> AsyncIterator[AirlineDatabase]:
    database = AirlineDatabase(url, seconds)
    yield database
    await database.close()


def other(**parts: Any) -> Mapping:
    """Heron Air's mapping with parts of it as they are here, None to leave one out."""
    plain = yaml.safe_load(MAPPING.read_text("utf-8"))
    return Mapping.model_validate({name: part for name, part in (plain | parts).items() if part is not None})


async def test_people_come_with_tags_and_companies_by_the_mapping(kept: Storage) -> None:
    async with connected(f"sqlite:///{kept.path}") as database:
        assert await try_out(database, heron_mapping()) == ()
        source = SqlSource(database, heron_mapping())
        wen = await source.traveller("H-1001")
        assert wen and (wen.name.zh, wen.tier, wen.role, [tag.name for tag in wen.tags or ()]) == ("温静", "gold", "traveller", ["return_flex"])
        assert wen.tags and wen.tags[0].since == parse_moment("2025-12-31T16:00:00Z"), "midnight in the mapping's zone"
        marlow = await source.traveller("H-1002")
        assert marlow and marlow.tags == () and marlow.company_id is None, "an empty text is none"
        company = await source.company("C-3301")
        assert company and company.joined_on == date(2026, 1, 15)
        assert await source.account("C-3301", NOW) is await source.traveller("' or 1=1 --") is None
        unknown = await SqlSource(database, other(tags=None)).traveller("H-1001")
        assert unknown and unknown.tags is None, "what the mapping does not tell is unknown, not absent"


async def test_local_clocks_are_told_in_utc_and_disruptions_with_their_leg(kept: Storage) -> None:
    async with connected(f"sqlite:///{kept.path}") as database:
        (booking,) = await SqlReservations(database, heron_mapping(), CLOCK).bookings_of("H-1003")
    leg = booking.legs[-1]
    local = leg.departs_at.astimezone(ZoneInfo("Europe/Paris"))
    assert (local.hour, local.minute, leg.departs_at.utcoffset()) == (12, 10, NOW.utcoffset())
    assert leg.disruption and (leg.disruption.event, leg.disruption.arrives_late) == ("delay", 200)


async def test_zones_of_airports_that_we_know_need_no_column(kept: Storage) -> None:
    plain = yaml.safe_load(MAPPING.read_text("utf-8"))
    for name in ("origin_zone", "destination_zone"):
        del plain["legs"]["fields"][name]
    async with connected(f"sqlite:///{kept.path}") as database:
        (booking,) = await SqlReservations(database, Mapping.model_validate(plain), CLOCK).bookings_of("H-1003")
    assert booking.legs[0].destination_zone == "Europe/Paris"


async def test_reads_cannot_write(kept: Storage) -> None:
    """Whatever a mapping's query says."""
    async with connected(f"sqlite:///{kept.path}") as database:
        with pytest.raises(ReservationsUnavailable):
            await database.read(lambda conn: conn.execute(text("delete from passengers")))
        assert await SqlSource(database, heron_mapping()).traveller("H-1001")


async def test_a_value_that_is_not_listed_is_no_answer(kept: Storage, caplog: pytest.LogCaptureFixture) -> None:
    with kept.writing() as db:
        db.execute("UPDATE passengers SET card = 'X' WHERE pax_no = 'H-1001'")
    async with connected(f"sqlite:///{kept.path}") as database:
        with pytest.raises(ReservationsUnavailable):
            await SqlSource(database, heron_mapping()).traveller("H-1001")
        assert await SqlSource(database, heron_mapping()).traveller("H-1002")
    assert "travellers.tier" in caplog.text


async def test_an_order_that_the_airline_does_not_answer_stays_one_row_and_is_found_when_it_does(kept: Storage) -> None:
    async with connected(f"sqlite:///{kept.path}") as database:
        airline = SqlReservations(database, heron_mapping(), CLOCK, patience=0.2)
        for _ in range(3):
            with pytest.raises(ReservationsUnavailable):
                await airline.carry_out("k1", ORDER)
        with kept.writing() as db:
            assert db.execute("SELECT COUNT(*) FROM orders").fetchone() == (1,)
            db.execute("UPDATE orders SET state = 'DONE ', reference = 'HN1'")
        done = await airline.carry_out("k1", ORDER)
        assert done.reference == "HN1" and done.booking.id == "HWJ871", "without an answer of its own the booking is as it stands"


async def test_a_refusal_is_in_the_airlines_words_if_it_has_both_languages(kept: Storage) -> None:
    async with connected(f"sqlite:///{kept.path}") as database:
        airline = SqlReservations(database, heron_mapping(), CLOCK, patience=0.05)
        with pytest.raises(ReservationsUnavailable):
            await airline.carry_out("k1", ORDER)
        for answer, said in (('{"said": {"en": "Full.", "zh": "已满。"}}', "已满。"), ("no", "航空公司系统未接受此次变更，订单未作任何更改。")):
            with kept.writing() as db:
                db.execute("UPDATE orders SET state = 'REFUSED', answer = ?", (answer,))
            with pytest.raises(ReservationsRefused) as no:
                await airline.carry_out("k1", ORDER)
            assert no.value.said.zh == said


async def test_without_orders_nothing_is_changed_and_without_choices_none_offered(kept: Storage) -> None:
    async with connected(f"sqlite:///{kept.path}") as database:
        airline = SqlReservations(database, other(orders=None, choices=None), CLOCK)
        assert await airline.choices("bag", "HWJ871", "HWJ871-2", NOW) == ()
        with pytest.raises(ReservationsRefused):
            await airline.carry_out("k1", ORDER)


async def test_a_locked_or_absent_database_is_away_in_time(kept: Storage, tmp_path: Path) -> None:
    async with connected(f"sqlite:///{kept.path}", seconds=0.3) as database:
        airline = SqlReservations(database, heron_mapping(), CLOCK, patience=0.1)
        with closing(sqlite3.connect(kept.path, isolation_level=None)) as holder:
            holder.execute("BEGIN EXCLUSIVE")
            since = time.monotonic()
            with pytest.raises(ReservationsUnavailable):
                await airline.carry_out("k1", ORDER)
            assert time.monotonic() - since < 2
    async with connected(f"sqlite:///{tmp_path / 'no' / 'such.sqlite3'}") as database:
        assert len(await try_out(database, heron_mapping())) == 8


async def test_far_too_many_rows_are_none(kept: Storage) -> None:
    with kept.writing() as db:
        db.executemany("INSERT INTO marks VALUES ('H-1001', ?, 't', '标', 's', '2026-01-01', NULL)", [(str(n),) for n in range(1200)])
    async with connected(f"sqlite:///{kept.path}") as database:
        with pytest.raises(ReservationsUnavailable):
            await SqlSource(database, heron_mapping()).traveller("H-1001")


async def test_what_is_wrong_with_a_mapping_is_found_by_trying_it(kept: Storage) -> None:
    fields = dict.fromkeys(("id", "bought_through", "fare"), "pnr") | {"passengers": "many", "ticketed_at": "pnr"}
    bad = other(
        travellers={"table": "passengers", "by": "pax_no", "fields": {"name": "nom", "email": "mail", "tier": "card"}},
        bookings={"query": "select pnr from pnrs where pax_no = :traveller", "fields": fields},
    )
    async with connected(f"sqlite:///{kept.path}") as database:
        wrong = await try_out(database, bad)
    assert [one.partition(":")[0] for one in wrong] == ["travellers", "bookings"] and "nom" in wrong[0] and "many" in wrong[1]


BAD = {
    "zone: Mars/Base": "zone",
    "wings: {}": "wings",
    "travellers: {table: p, by: n, fields: {nome: a}}": "no field nome",
    "travellers: {table: p, by: n, fields: {name: a, tier: c}}": "email is needed",
    "travellers: {table: p, fields: {name: a, email: b, tier: c}}": "`by`",
    "travellers: {fields: {name: a, email: b, tier: c}}": "`query`",
    "travellers: {query: 'select * from p', fields: {name: a, email: b, tier: c}}": ":traveller",
    "travellers: {query: 'delete from p where n = :traveller', fields: {name: a, email: b, tier: c}}": "reading",
    "travellers: {query: 'select 1 where :traveller = :who', fields: {name: a, email: b, tier: c}}": ":who",
    "travellers: {table: 'p; drop table q', by: n, fields: {name: a, email: b, tier: c}}": "table",
    "bookings: {table: p, by: n, fields: {id: a, bought_through: b, fare: c, passengers: d, ticketed_at: e}}": "legs",
    "zone: UTC\nzone: UTC": "twice",
    "[1": "YAML",
    "orders: {table: o, key: k, body: b, state: s, reference: r, states: {new: N, done: []}}": "done",
}


@pytest.mark.parametrize("written", BAD)
def test_a_mistake_in_a_mapping_is_told_in_a_sentence(written: str, tmp_path: Path) -> None:
    file = tmp_path / "mapping.yaml"
    file.write_text(written, "utf-8")
    with pytest.raises(SettingsWrong) as wrong:
        load_mapping(file)
    assert BAD[written] in wrong.value.said.en and "mapping.yaml" in wrong.value.said.zh


def test_an_address_that_cannot_be_used_is_told_without_its_password() -> None:
    for url in ("nonsense", "nosuch://a@b/c", "mysql+nosuch://u:secret@h/d", "oracle://u:secret@h/d"):
        with pytest.raises(SettingsWrong) as wrong:
            AirlineDatabase(url)
        assert "secret" not in wrong.value.said.en


@pytest.mark.slow
async def test_postgres_keeps_numbers_moments_blanks_and_cents(tmp_path: Path) -> None:
    """Real types: bigint ids, timestamps with and without a zone, booleans, numeric, char(n), a schema; and nothing can be written."""
    tables = """
        create schema air;
        create table air.people (no bigint primary key, full_name text, mail text, card char(8), admin boolean);
        create table air.trips (ref char(8), no bigint, fare text, n int, sold timestamptz);
        create table air.flights (seg text, ref char(8), num text, a char(3), b char(3), dep timestamp, arr timestamp, off boolean, dir text);
        create table air.offers (ref text, seg text, kind text, id text, seat text, cost numeric(10,2), cur char(3));
        insert into air.people values (7, 'Wen 温', 'w@x.example', 'GOLD', false);
        insert into air.trips values ('ABCDEF', 7, 'Y', 1, '2026-10-01 00:00+08');
        insert into air.flights values ('S1', 'ABCDEF', 'HN1', 'PVG', 'SIN', '2026-11-25 08:00', '2026-11-25 13:30', false, 'O');
        insert into air.offers values ('ABCDEF', 'S1', 'seat', '11A', '11A', 49.90, 'CNY'), ('ABCDEF', 'S2', 'seat', '12A', '12A', 1, 'CNY')
    """
    file = tmp_path / "mapping.yaml"
    file.write_text(
        dedent("""\
        zone: Asia/Shanghai
        travellers:
          table: air.people
          by: no
          ids: number
          fields:
            name: full_name
            email: mail
            tier: {column: card, values: {GOLD: gold}}
            role: {column: admin, values: {true: company_admin, false: traveller}}
        bookings:
          query: select ref, fare, n, sold from air.trips where no = :traveller
          ids: number
          fields: {id: ref, bought_through: {value: personal}, fare: {column: fare, values: {Y: standard}}, passengers: n, ticketed_at: sold}
        legs:
          table: air.flights
          by: ref
          fields:
            id: seg
            flight: num
            origin: a
            destination: b
            departs_at: dep
            arrives_at: arr
            cancelled: off
            direction: {column: dir, values: {O: outbound}}
        choices:
          table: air.offers
          by: {booking: ref, leg: seg}
          fields: {kind: kind, id: id, seat: seat, price.amount: cost, price.currency: cur}
        """),
        "utf-8",
    )
    async with a_base("postgres", tmp_path) as url:
        engine = create_async_engine(url)
        async with engine.begin() as conn:
            for statement in tables.split(";"):
                await conn.execute(text(statement))
        await engine.dispose()
        async with connected(url) as database:
            mapping = load_mapping(file)
            assert await try_out(database, mapping) == ()
            wen = await SqlSource(database, mapping).traveller("7")
            assert wen and (wen.name.en, wen.name.zh, wen.tier, wen.role) == ("Wen 温", "Wen 温", "gold", "traveller")
            assert await SqlSource(database, mapping).traveller("seven") is None
            assert await SqlReservations(database, mapping, CLOCK).bookings_of("7 or 1=1") == ()
            airline = SqlReservations(database, mapping, CLOCK)
            (booking,) = await airline.bookings_of("7")
            assert booking.id == "ABCDEF" and booking.legs[0].departs_at == parse_moment("2026-11-25T08:00+08:00")
            (seat,) = await airline.choices("seat", "ABCDEF", "S1", NOW)
            assert seat.price and str(seat.price.amount) == "49.90"
            with pytest.raises(ReservationsUnavailable):
                await database.read(lambda conn: conn.execute(text("delete from air.people")))
            assert len(await asyncio.gather(*(airline.bookings_of("7") for _ in range(30)))) == 30


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), st.sampled_from(["Asia/Shanghai", "Europe/London", "America/New_York", "UTC"]))
def test_a_clock_without_a_zone_is_read_in_its_zone_whatever_form_it_has(at: datetime, zone: str) -> None:
    """As the database's own type, or as text; in the column's zone before the mapping's."""
    told = Told.model_validate({"table": "t", "by": "k", "fields": {"since": {"column": "at", "zone_in": "z"}, "until": "at"}})
    for value in (at, at.isoformat(), str(at)):
        found = mapped("tags", told, {"at": value, "z": f"{zone} "}, "Asia/Singapore")
        assert found["since"].astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0) in (at, _forward(at, zone))
        assert found["until"].astimezone(ZoneInfo("Asia/Singapore")).replace(tzinfo=None) == at


def _forward(at: datetime, zone: str) -> datetime:
    """A clock reading that the spring night leaves out is the one an hour on."""
    there_and_back = at.replace(tzinfo=ZoneInfo(zone)).astimezone(ZoneInfo("UTC")).astimezone(ZoneInfo(zone))
    return there_and_back.replace(tzinfo=None, fold=0)
