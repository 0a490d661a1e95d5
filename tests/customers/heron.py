"""Heron Air (examples/airline) to connect to: served over real sockets in a thread, or its tables in a database of the test's own."""

import asyncio
import atexit
import functools
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import uvicorn
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from basics.clock import Clock, stopped_at
from customers.airline_http import Gateway
from customers.airline_sql import AirlineDatabase
from customers.mapping import Mapping, load_mapping
from examples.airline import orders, storage
from examples.airline.app import build
from examples.airline.faults import Faults
from examples.airline.storage import Storage
from tests.customers.people import NOW
from tests.house import REPO

TOKEN = "heron and house know this"
MAPPING = REPO / "examples" / "airline" / "mapping.yaml"


@dataclass
class Heron:
    """The running airline: its address, its database, and what it is told to do wrong."""

    address: str
    storage: Storage
    app: Any

    def misbehave(self, **faults: float) -> None:
        self.app.state.moods.faults = Faults(**faults)

    def orders(self, where: str = "1 = 1") -> list[dict[str, Any]]:
        """What stands in its own table of orders."""
        with self.storage.reading() as db:
            return storage.rows(db, f"SELECT * FROM orders WHERE {where} ORDER BY order_key")

    def gateway(self, timeout: float = 5.0, **more: Any) -> Gateway:
        return Gateway(self.address, TOKEN, timeout, **more)


@contextmanager
def served(app: Any) -> Iterator[str]:
    """Any app on a free port of this machine; the address."""
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=1, lifespan="auto"))
    thread = threading.Thread(target=server.run, args=([taken],), daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.005)
    yield f"http://127.0.0.1:{taken.getsockname()[1]}"
    server.should_exit = server.force_exit = True
    thread.join(5)
    taken.close()


@functools.cache
def _seeded(now: datetime) -> Path:
    """A database with everybody's trips as of this moment, made once a process."""
    folder = Path(tempfile.mkdtemp(prefix="heron-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    made = Storage(folder / "heron.sqlite3")
    made.seed(now)
    return made.path


@contextmanager
def heron_air(folder: Path, clock: Clock | None = None, seed: int | None = None) -> Iterator[Heron]:
    """Heron Air, newly seeded, at its gateway."""
    kept, clock = Storage(folder / "heron.sqlite3"), clock or stopped_at(NOW)
    shutil.copyfile(_seeded(clock()), kept.path)
    app = build(kept, clock, TOKEN, seed=seed)
    with served(app) as address:
        yield Heron(address, kept, app)


def heron_mapping() -> Mapping:
    return load_mapping(MAPPING)


class _Portable:
    """A SQLAlchemy connection with the one method that the example's storage asks of a database."""

    def __init__(self, conn: Any) -> None:
        self._conn = conn

    def execute(self, statement: str, values: dict[str, Any] | None = None) -> Any:
        return self._conn.execute(text(statement), values or {})


@asynccontextmanager
async def heron_on_postgres(url: str) -> AsyncIterator[AirlineDatabase]:
    """The same tables, rows and process on PostgreSQL."""
    engine = create_async_engine(url)
    async with engine.begin() as conn:
        await conn.run_sync(lambda c: storage.fill(_Portable(c), NOW))

    async def process() -> None:
        while True:
            async with engine.begin() as conn:
                await conn.run_sync(lambda c: orders.answer_new(_Portable(c), NOW))
            await asyncio.sleep(0.03)

    working = asyncio.create_task(process())
    database = AirlineDatabase(url.replace("+asyncpg", ""))
    yield database
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working
    await database.close()
    await engine.dispose()
