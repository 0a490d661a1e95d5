"""The database: reads side by side, and one straight way to write in which several units of work share one commit."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sqlalchemy import text
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as NoneFree
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from basics.errors import SettingsWrong, Unavailable
from basics.words import Words
from store.sqlite import SqliteFile, as_async, driven, savepoint_each
from store.wakeups import CHANNEL, Wakeups, wake_name

if TYPE_CHECKING:
    from store.listener import Listener

log = logging.getLogger("concierge.store")
T = TypeVar("T")
Conn = AsyncConnection
MOST_IN_A_COMMIT = 64
_DRIVER = "postgresql+asyncpg"
_TRIES = 5  # of a unit of work that Postgres gave up because two of them waited for each other
_HOLD = text("select pg_advisory_xact_lock(:key)")
_CALL_OUT = text("select pg_notify(:channel, name) from unnest(cast(:names as text[])) as name")


@dataclass
class Tx:
    """One unit of work inside a transaction: its connection, and the streams it wrote to (woken after the commit)."""

    conn: AsyncConnection
    touched: set[str] = field(default_factory=set)
    among_others: bool = False
    """Whether other units of work write at the same time (PostgreSQL); a SQLite file has one writer, whoever else has it open."""

    async def alone(self, *names: str) -> None:
        """Wait until nobody else is alone with one of these names, and keep them until the transaction ends: what is read after this still holds."""
        for key in sorted({int.from_bytes(sha256(name.encode()).digest()[:8], signed=True) for name in names} if self.among_others else ()):
            await self.conn.execute(_HOLD, {"key": key})


@dataclass
class _Work(Generic[T]):
    do: Callable[[Tx], Coroutine[Any, Any, T]]
    done: "asyncio.Future[T]"
    touched: set[str] = field(default_factory=set)


class Database:
    """`write` runs one unit of work in a transaction and returns after the commit; on SQLite waiting units share one fsync."""

    def __init__(self, url: str, wakeups: Wakeups | None = None) -> None:
        try:
            self.url = make_url(url)
        except (ArgumentError, ImportError) as wrong:
            raise _no_url(str(wrong)) from None
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if not self.is_sqlite and self.url.drivername != _DRIVER:
            raise _no_url(f"{self.url.drivername} is not spoken here")
        self.wakeups = wakeups or Wakeups()
        self._file = SqliteFile(self.url) if self.is_sqlite else None
        self._engine = None if self.is_sqlite else _engine(self.url)
        # A look of several statements is one snapshot: what a page fetched and the number it goes on from must belong together.
        self._looking = self._engine.execution_options(isolation_level="REPEATABLE READ") if self._engine else None
        self.listener = None if self.is_sqlite else _listener(self.url, self.wakeups)
        self._queue: asyncio.Queue[_Work[Any] | None] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Take up writing; the tables must stand (`store.upgrade`)."""
        if self._file is not None and self._task is None:
            self._task = asyncio.create_task(self._write_on(self._file), name="store-writer")
        if self.listener is not None:
            await self.listener.start()

    async def stop(self) -> None:
        """Finish what was handed in, then close every connection."""
        if self.listener is not None:
            await self.listener.stop()
        if self._task is not None:
            await self._queue.put(None)
            await self._task
            self._task = None
        if self._file is not None:
            await self._file.close()
        if self._engine is not None:
            await self._engine.dispose()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection in one consistent snapshot, for reading only."""
        if self._file is not None:
            async with self._file.read() as conn:
                yield conn
        elif self._looking is not None:
            async with _reached(), self._looking.connect() as conn:
                yield conn

    async def answers(self) -> None:
        """Ask the database something trivial; raises where it does not answer."""
        async with self.read() as conn:
            await conn.execute(text("select 1"))

    async def write(self, do: Callable[[Tx], Coroutine[Any, Any, T]]) -> T:
        """Run `do` in a transaction; its result comes after the commit, its exception after its own work alone was rolled back."""
        if self._file is None:
            return await self._write_served(do)
        work = _Work(do, asyncio.get_running_loop().create_future())
        await self._queue.put(work)
        answer: T = await work.done
        return answer

    async def _write_served(self, do: Callable[[Tx], Coroutine[Any, Any, T]]) -> T:
        """On Postgres: in a transaction of its own; its streams are called out to every worker by the commit itself."""
        for again in range(_TRIES):
            try:
                async with _reached(), self._served().begin() as conn:
                    tx = Tx(conn, among_others=True)
                    result = await do(tx)
                    if tx.touched:
                        await conn.execute(_CALL_OUT, {"channel": CHANNEL, "names": sorted(map(wake_name, tx.touched))})
                self.wakeups.wake(tx.touched)
                return result
            except DBAPIError as error:
                if again == _TRIES - 1 or not _waited_for_each_other(error):
                    raise
                log.info("two units of work waited for each other; one is done again")
                await asyncio.sleep(random.uniform(0.005, 0.03) * (again + 1))  # noqa: S311 - spreads tries, keeps no secret
        raise AssertionError("the last try ends the loop")

    async def _write_on(self, file: SqliteFile) -> None:
        while (first := await self._queue.get()) is not None:
            batch = [first]
            last = False
            while len(batch) < MOST_IN_A_COMMIT and not self._queue.empty():
                following = self._queue.get_nowait()
                if following is None:
                    last = True
                    break
                batch.append(following)
            await self._commit_together(file, batch)
            if last:
                return

    async def _commit_together(self, file: SqliteFile, batch: list[_Work[Any]]) -> None:
        def together(conn: Connection) -> list[Any]:
            return savepoint_each(conn, [partial(_run, work, conn) for work in batch])

        try:
            outcomes = await file.in_one_transaction(together)
        except BaseException as failure:
            told = _plain(failure) if isinstance(failure, Exception) else failure
            for work in batch:
                if not work.done.done():
                    work.done.set_exception(told)
            if not isinstance(failure, Exception):
                raise
            return
        for work, outcome in zip(batch, outcomes, strict=True):
            failed = isinstance(outcome, Exception)
            if not failed:
                self.wakeups.wake(work.touched)
            if work.done.done():  # the one who asked has gone; the work is kept all the same
                continue
            if failed:
                work.done.set_exception(_plain(outcome))
            else:
                work.done.set_result(outcome)

    def _served(self) -> AsyncEngine:
        if self._engine is None:
            raise RuntimeError("A SQLite file has no served engine.")
        return self._engine


def _no_url(why: str) -> SettingsWrong:
    return SettingsWrong(
        Words(
            en=f"The database URL cannot be used: {why}. Write it as {_DRIVER}://user@host/name.",
            zh=f"数据库地址无法使用：{why}。格式为 {_DRIVER}://user@host/name。",
        )
    )


def _engine(url: URL) -> AsyncEngine:
    try:
        return create_async_engine(url, pool_size=10, max_overflow=10, pool_pre_ping=True)
    except ImportError as missing:
        raise SettingsWrong(
            Words(
                en=f"For PostgreSQL a package is missing ({missing.name}): pip install 'travel-concierge[postgres]', then start again.",
                zh=f"使用 PostgreSQL 需要安装缺少的软件包（{missing.name}）：pip install 'travel-concierge[postgres]'，然后重新启动。",
            )
        ) from None


def _listener(url: URL, wakeups: Wakeups) -> "Listener":
    from store.listener import Listener  # only here: on SQLite its driver need not be installed

    return Listener(url, wakeups)


@asynccontextmanager
async def _reached() -> AsyncIterator[None]:
    """A server that is away, as a plain sentence; a unit of work that got no answer to its commit is safe to ask again."""
    try:
        yield
    except (ConnectionError, TimeoutError, NoneFree) as away:
        raise _away() from away
    except DBAPIError as error:
        if error.connection_invalidated or _sqlstate(error).startswith(("08", "57P")):
            raise _away() from error
        raise


class StoreAway(Unavailable):
    """The database does not answer; whatever was under way was kept whole or not at all."""


def _away() -> StoreAway:
    return StoreAway(
        Words(
            en="The database does not answer at the moment. Please try again in a moment; nothing is done twice.",
            zh="数据库暂时没有响应，请稍后重试，不会重复办理。",
        )
    )


def _sqlstate(error: DBAPIError) -> str:
    return str(getattr(error.orig, "sqlstate", None) or "")


def _waited_for_each_other(error: DBAPIError) -> bool:
    """A deadlock, or two writes that could not be put in order: nothing of it was kept, so it may simply be done again."""
    return _sqlstate(error) in ("40P01", "40001")


def _run(work: _Work[T], conn: Connection) -> T:
    return driven(work.do(Tx(as_async(conn), work.touched)))


def _plain(failure: Exception) -> Exception:
    """A full disk or read-only file as a plain sentence; everything else as it is."""
    text = str(failure).lower()
    if isinstance(failure, DBAPIError) and ("disk" in text or "full" in text or "readonly" in text or "read-only" in text):
        return Unavailable(
            Words(
                en="The database cannot be written to (disk full, or no permission). Nothing was changed. Free some space, then try again.",
                zh="数据库无法写入（磁盘已满或没有写入权限），未作任何更改。请释放空间后重试。",
            )
        )
    return failure
