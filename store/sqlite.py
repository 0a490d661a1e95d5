"""SQLite behind the async face that the rest of store/ speaks: one hop to a thread for each read, one for a whole group of writes.

The async driver of SQLAlchemy hops to its thread four times a statement. A turn has 25 of them: measured, they cost it 15 ms and more under load.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, TypeVar, cast

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, Connection
from sqlalchemy.engine.result import Result
from sqlalchemy.ext.asyncio import AsyncConnection

T = TypeVar("T")
_READERS = 8
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "foreign_keys=ON", "cache_size=-16000")


class SqliteFile:
    """One SQLite file: `read` gives a snapshot to one task, `in_one_transaction` runs units of work in the only thread that writes."""

    def __init__(self, url: URL) -> None:
        plain = url.set(drivername="sqlite")
        self._reading, self._writing = _engine(plain, "BEGIN", _READERS), _engine(plain, "BEGIN IMMEDIATE", 1)
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="store-read")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="store-write")
        self._free = asyncio.Semaphore(_READERS)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection in one consistent snapshot."""
        async with self._free:  # never more readers than connections: waiting for one must not stop the loop
            reader = _Reader(self._reading.connect(), self._readers)
            try:
                yield cast(AsyncConnection, reader)
            finally:
                await reader.close()

    async def in_one_transaction(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in the writer's thread between BEGIN IMMEDIATE and COMMIT."""

        def committed() -> T:
            with self._writing.begin() as conn:
                return work(conn)

        return await asyncio.get_running_loop().run_in_executor(self._writer, committed)

    async def close(self) -> None:
        """Finish what runs, then close every connection."""
        await asyncio.to_thread(self._readers.shutdown)
        await asyncio.to_thread(self._writer.shutdown)
        self._reading.dispose()
        self._writing.dispose()


def driven(unit: Coroutine[Any, Any, T]) -> T:
    """Run a unit of work to its end in this thread; it may wait for nothing but its connection, which never makes it wait."""
    try:
        unit.send(None)
    except StopIteration as end:
        return cast(T, end.value)
    unit.close()
    raise RuntimeError("A unit of work waited for something other than its database: do that before or after the transaction.")


def as_async(conn: Connection) -> AsyncConnection:
    """The async face of a connection that is used in this very thread."""
    return cast(AsyncConnection, _Here(conn))


class _Here:
    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    async def execute(self, statement: Any, parameters: Any = None) -> Result[Any]:
        return self._conn.execute(statement, parameters)

    @asynccontextmanager
    async def begin_nested(self) -> AsyncIterator[None]:
        with self._conn.begin_nested():
            yield


class _Reader:
    def __init__(self, conn: Connection, threads: ThreadPoolExecutor) -> None:
        self._conn, self._threads = conn, threads
        self._last: asyncio.Future[Any] | None = None

    async def execute(self, statement: Any, parameters: Any = None) -> Result[Any]:
        """Run and fetch in one hop: SQLite does the work while rows are fetched, and that must not stop the loop."""

        def fetched() -> Callable[[], Result[Any]]:
            return self._conn.execute(statement, parameters).freeze()

        self._last = asyncio.get_running_loop().run_in_executor(self._threads, fetched)
        rows: Callable[[], Result[Any]] = await asyncio.shield(self._last)
        return rows()

    async def close(self) -> None:
        """Back to the pool, but not before a statement that nobody waits for any more has ended."""
        if self._last is not None and not self._last.done():
            await asyncio.wait([self._last])
        self._conn.close()


def _engine(url: URL, begin: str, size: int) -> Engine:
    engine = create_engine(url, pool_size=size, max_overflow=0, connect_args={"check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _prepare(raw: Any, _record: Any) -> None:
        raw.isolation_level = None  # we say BEGIN ourselves: the driver's own is deferred, and a deferred writer can fail half-way
        cursor = raw.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(conn: Any) -> None:
        conn.exec_driver_sql(begin)

    return engine


def savepoint_each(conn: Connection, units: Sequence[Callable[[], T]]) -> list[T | Exception]:
    """Each unit's result or its exception; where there are several, a failed one is rolled back alone."""
    if len(units) == 1:
        return [units[0]()]
    out: list[T | Exception] = []
    for unit in units:
        try:
            with conn.begin_nested():
                out.append(unit())
        except Exception as error:
            out.append(error)
    return out
