"""The airline's database, whichever SQLAlchemy speaks to: a few rows about one traveller, read by who cannot write; and its table of orders."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection, column, create_engine, event, insert, select, table, text
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.exc import IntegrityError, InvalidRequestError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from basics.errors import SettingsWrong
from basics.words import words
from customers.answers import AWAY
from customers.mapping import PARTS, Told
from customers.mapping import Mapping as AirlineMapping
from customers.reservations import ReservationsUnavailable

Conn = Connection
log = logging.getLogger("concierge.airline")
_T = TypeVar("_T")
_MOST_ROWS = 1000
_CONNECTIONS = 8
_DRIVERS = {"postgresql": "postgresql+asyncpg"}  # the one that comes with the extra [postgres]
# What a connection is told first, so that it can only read and does not work on for somebody who has left.
_READ_ONLY = {
    "sqlite": "PRAGMA query_only = ON",
    "postgresql": "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
    "mysql": "SET SESSION TRANSACTION READ ONLY",
    "mariadb": "SET SESSION TRANSACTION READ ONLY",
}
_PATIENCE = {
    "sqlite": "PRAGMA busy_timeout = {ms}",
    "postgresql": "SET SESSION statement_timeout = {ms}",
    "mysql": "SET SESSION max_execution_time = {ms}",
    "mariadb": "SET SESSION max_statement_time = {seconds}",
}


class AirlineDatabase:
    """Two sets of connections, to read and to order. A driver that waits works in a thread of its own; `timeout` is the time of a whole call."""

    def __init__(self, url: str, timeout: float = 5.0) -> None:
        self._timeout = timeout
        try:
            known = make_url(url)
            if known.drivername in _DRIVERS:
                known = known.set(drivername=_DRIVERS[known.drivername])
            self._reads, self._writes = self._engine(known, True), self._engine(known, False)
        except (SQLAlchemyError, ImportError, ValueError) as wrong:
            why = f"{wrong.name} is not installed" if isinstance(wrong, ImportError) else type(wrong).__name__
            raise SettingsWrong(
                words(
                    "The address of the airline's database cannot be used ({why}). Write it as SQLAlchemy does, dialect+driver://user@host/name.",
                    "航空公司数据库地址无法使用（{why}）。请按 SQLAlchemy 的格式填写：dialect+driver://user@host/name。",
                ).filled(why=why)
            ) from None
        self._threads = ThreadPoolExecutor(_CONNECTIONS, thread_name_prefix="airline-sql")

    async def read(self, work: Callable[[Connection], _T]) -> _T:
        """What `work` reads, in one transaction that cannot write; ReservationsUnavailable if the database does not answer in time."""
        return await self._in_time(self._reads, work)

    async def order(self, work: Callable[[Connection], _T]) -> _T:
        """The same in a transaction that may write, and is committed."""
        return await self._in_time(self._writes, work)

    async def close(self) -> None:
        """Let go of the connections."""
        for engine in (self._reads, self._writes):
            if isinstance(engine, AsyncEngine):
                await engine.dispose()
            else:
                await asyncio.to_thread(engine.dispose)
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _in_time(self, engine: Engine | AsyncEngine, work: Callable[[Connection], _T]) -> _T:
        try:
            async with asyncio.timeout(self._timeout):
                if isinstance(engine, AsyncEngine):
                    async with engine.begin() as conn:
                        return await conn.run_sync(work)
                return await asyncio.get_running_loop().run_in_executor(self._threads, partial(_worked, engine, work))
        except (SQLAlchemyError, OSError, TimeoutError) as wrong:
            # Its text may hold what was asked for; the statement alone tells what is wrong with a mapping.
            log.error("the airline's database: %s (%s)", type(wrong).__name__, _told(wrong))
            raise ReservationsUnavailable(AWAY) from wrong

    def _engine(self, url: URL, read_only: bool) -> Engine | AsyncEngine:
        dialect = url.get_dialect()
        backend = url.get_backend_name()
        # pool_pre_ping: what the database or a firewall cut in the night is noticed before a traveller does.
        more: dict[str, Any] = {"pool_pre_ping": True, "hide_parameters": True}
        if backend != "sqlite" or url.database not in (None, "", ":memory:"):
            more |= {"pool_size": _CONNECTIONS, "max_overflow": 0, "pool_timeout": self._timeout}
        engine = create_async_engine(url, **more) if dialect.is_async else create_engine(url, **more)
        bare = engine.sync_engine if isinstance(engine, AsyncEngine) else engine
        told = [_PATIENCE[backend].format(ms=int(self._timeout * 1000), seconds=self._timeout)] if backend in _PATIENCE else []
        if read_only and backend in _READ_ONLY:
            told.append(_READ_ONLY[backend])
        event.listen(bare, "connect", partial(_tell, told, backend == "sqlite"))
        if backend == "sqlite":
            event.listen(bare, "begin", lambda conn: conn.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE"))
        return engine


def rows_of(conn: Connection, told: Told, **places: Any) -> list[Mapping[str, Any]]:
    """The rows of a part of the mapping for these places (of which a table is looked up by those in `by`), each by its columns' names."""
    by = told.by if isinstance(told.by, dict) else {next(iter(places)): str(told.by)}
    values = {name: _as_kept(told, name, places[name]) for name in (told.places if told.query else by)}
    if any(places[name] is not None and value is None for name, value in values.items()):
        return []  # a text where ids are numbers: nobody's
    if told.query:
        result = conn.execute(text(told.query), values)
        if missing := [name for name in _columns(told) if name not in set(result.keys())]:
            raise InvalidRequestError(f"the query gives no column {missing[0]}")
    else:
        here = [column(of).is_(None) if values[name] is None else column(of) == values[name] for name, of in by.items()]
        result = conn.execute(select(*map(column, _columns(told))).select_from(_table(str(told.table))).where(*here))
    rows = result.mappings().fetchmany(_MOST_ROWS + 1)
    if len(rows) > _MOST_ROWS:
        log.error("the airline's database gave more than %s rows where a few were asked for; none was taken", _MOST_ROWS)
        raise ReservationsUnavailable(AWAY)
    return [dict(row) for row in rows]


def row_with(conn: Connection, named: str, wanted: tuple[str, ...], key: str, value: str) -> Mapping[str, Any] | None:
    """The one row of a table whose `key` is `value`, or None."""
    found = conn.execute(select(*map(column, wanted)).select_from(_table(named)).where(column(key) == value)).mappings().first()
    return dict(found) if found else None


def add_once(conn: Connection, named: str, values: Mapping[str, Any]) -> bool:
    """Add a row; False where there is one with its key already."""
    target = _table(named, *values)
    try:
        with conn.begin_nested():
            conn.execute(insert(target).values(dict(values)))
    except IntegrityError:
        return False
    return True


async def try_out(database: AirlineDatabase, mapping: AirlineMapping) -> tuple[str, ...]:
    """Every part of the mapping asked for somebody whom nobody is; what does not work, each with the database's own words."""
    wrong = []
    for part, told in mapping.parts():
        nobody = "0" if told.ids == "number" else ""
        places = {name: {"now": 0}.get(name, nobody) for name in PARTS[part].scopes}
        wrong += await _tried(database, part, lambda conn, told=told, places=places: rows_of(conn, told, **places))  # type: ignore[misc]
    if (orders := mapping.orders) is not None:
        named = (orders.traveller, orders.booking, orders.kind, orders.body, orders.made_at, orders.state, orders.reference, orders.answer)
        wanted = tuple(name for name in named if name)
        wrong += await _tried(database, "orders", lambda conn: row_with(conn, orders.table, wanted, orders.key, ""))
    return tuple(wrong)


async def _tried(database: AirlineDatabase, part: str, work: Callable[[Connection], Any]) -> list[str]:
    try:
        await database.read(work)
    except ReservationsUnavailable as wrong:
        return [f"{part}: {_told(wrong.__cause__ or wrong)}"]
    return []


def _as_kept(told: Told, place: str, value: Any) -> Any:
    """An id as the table keeps it; None for a text where numbers are kept."""
    if told.ids == "number" and place != "kind" and isinstance(value, str):
        return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else None
    return value


def _columns(told: Told) -> list[str]:
    named = [name for spec in told.fields.values() for name in (getattr(spec, "column", None), getattr(spec, "zone_in", None)) if name]
    return list(dict.fromkeys(named)) or [next(iter(told.by.values())) if isinstance(told.by, dict) else str(told.by)]


def _table(named: str, *columns: str) -> Any:
    schema, _, name = named.rpartition(".")
    return table(name, *map(column, columns), schema=schema or None)


def _worked(engine: Engine, work: Callable[[Connection], _T]) -> _T:
    with engine.begin() as conn:
        return work(conn)


def _tell(told: list[str], is_sqlite: bool, connection: Any, _record: Any) -> None:
    """A new connection learns what it may do and how long it may take."""
    if is_sqlite:
        connection.isolation_level = None  # else it begins transactions by itself, and not where reads begin
    cursor = connection.cursor()
    for statement in told:
        cursor.execute(statement)
    cursor.close()
    connection.commit()


def _told(wrong: BaseException) -> str:
    origin = getattr(wrong, "orig", None) or (wrong if isinstance(wrong, InvalidRequestError) else type(wrong).__name__)
    return " ".join(str(origin).split())[:300]
