"""What other workers wrote, heard through Postgres: one connection of its own a process, opened again whenever it is cut."""

import asyncio
import contextlib
import logging

import asyncpg
from sqlalchemy.engine import URL

from store.wakeups import CHANNEL, Wakeups

log = logging.getLogger("concierge.store")
_FIRST_WAIT, _LONGEST_WAIT = 0.05, 5.0  # seconds between two tries to connect
_STILL_THERE = 10.0  # seconds between two looks whether a silent connection is alive
_PATIENCE = 5.0  # seconds: for a connection, and for its answer


class Listener:
    """Wakes this process's readers for every stream that any worker wrote to, and everybody after a connection was lost."""

    def __init__(self, url: URL, wakeups: Wakeups) -> None:
        self._dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._wakeups = wakeups
        self._task: asyncio.Task[None] | None = None
        self._listening = asyncio.Event()
        self.pid: int | None = None
        """The server process behind the connection, None while there is none."""

    async def start(self) -> None:
        """Begin to listen; returns when it does, or after a few seconds all the same: readers look by themselves now and then."""
        if self._task is None:
            self._task = asyncio.create_task(self._for_ever(), name="store-listener")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_PATIENCE):
                    await self._listening.wait()

    async def stop(self) -> None:
        """Stop listening and close the connection."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _for_ever(self) -> None:
        wait = _FIRST_WAIT
        while True:
            try:
                await self._until_cut()
                wait = _FIRST_WAIT
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as lost:
                log.warning("wake-ups from other workers: %s; tried again in %.2f s", lost or type(lost).__name__, wait)
            finally:
                self.pid = None
                self._listening.clear()
            await asyncio.sleep(wait)
            wait = min(_LONGEST_WAIT, wait * 2)

    async def _until_cut(self) -> None:
        """Listen until the connection is lost."""
        conn = await asyncpg.connect(self._dsn, timeout=_PATIENCE, server_settings={"application_name": "concierge-listener"})
        cut = asyncio.Event()
        try:
            conn.add_termination_listener(lambda _conn: cut.set())
            await conn.add_listener(CHANNEL, self._heard)
            self.pid = conn.get_server_pid()
            self._wakeups.wake_everybody()  # a notification may have passed while nobody listened
            self._listening.set()
            while not cut.is_set():
                try:
                    async with asyncio.timeout(_STILL_THERE):  # not wait_for: it may swallow the cancellation that ends us
                        await cut.wait()
                except TimeoutError:
                    await conn.execute("select 1", timeout=_PATIENCE)  # a connection that died without a word
            log.warning("the connection for wake-ups was cut")
        finally:
            conn.terminate()

    def _heard(self, _conn: object, _pid: int, _channel: str, stream: object) -> None:
        self._wakeups.wake([str(stream)])
