"""Several workers on one port: started, looked after, started again when one dies, and stopped together.

What a dead worker held (open turns, duties) is given back at once, so that another takes it over without waiting for a lease to end.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import cast

import anyio
from rich.console import Console

from basics.clock import system_clock
from basics.errors import SettingsWrong
from basics.ids import new_id
from basics.words import Words
from bot.figures import COUNTED_IN, forget
from bot.home import Home
from bot.settings import Settings
from concierge.listening import Bound, bind
from concierge.logs import set_up_logs
from concierge.orders import Orders
from store import leases, library, turns
from store.database import Database, Tx
from store.upgrade import upgrade

_STOPPING = 10.0  # seconds until a worker that was asked to stop is killed
_PAUSES = (0.0, 1.0, 2.0, 5.0, 10.0)  # seconds before a worker that died is started again, the more often in a row it did
_STEADY = 60.0  # seconds after which a death is the first again
_PATIENCE = 5.0  # seconds that the database gets: a worker is not started later because it hangs
_ORPHANS = 3.0  # seconds in which the workers of a supervisor that was killed have left the port
_COUNTS = "figures-"  # folders in the home
out = Console()


def run_workers(settings: Settings) -> None:
    """Take the home and the port, and serve with `settings.workers` processes until a signal comes."""
    _refuse_what_cannot_be_shared(settings)
    set_up_logs(settings)
    home = Home(settings.home)
    home.take()
    try:
        _clear_counts(home)  # of a server that was killed
        counted = Path(tempfile.mkdtemp(prefix=_COUNTS, dir=home.path))
        _wait_for_the_port(settings)
        bound = bind(settings, shared=True)  # not listening: it holds the number
        try:
            settings = settings.model_copy(update={"port": bound.socket.getsockname()[1]})
            code = anyio.run(Supervisor(settings, home, bound, counted).run)
        finally:
            bound.socket.close()
    finally:
        _clear_counts(home)
        home.leave()
    if code:
        sys.exit(code)


def _wait_for_the_port(settings: Settings) -> None:
    """SettingsWrong where somebody listens already: one who shares the port as we do would get half of our travellers, and neither would know."""
    ends = time.monotonic() + _ORPHANS
    while True:
        try:
            bind(settings).socket.close()
            return
        except SettingsWrong:
            if time.monotonic() > ends:
                raise
        time.sleep(0.1)


def _clear_counts(home: Home) -> None:
    for folder in home.path.glob(f"{_COUNTS}*"):
        shutil.rmtree(folder, ignore_errors=True)


def _refuse_what_cannot_be_shared(settings: Settings) -> None:
    if settings.database().startswith("sqlite"):
        raise SettingsWrong(
            Words(
                en="Several workers need one PostgreSQL database: a SQLite file has one writer. Set CONCIERGE_DATABASE_URL, or CONCIERGE_WORKERS=1.",
                zh="多个工作进程需要共用 PostgreSQL 数据库：SQLite 文件只允许一个进程写入。"
                "请设置 CONCIERGE_DATABASE_URL，或将 CONCIERGE_WORKERS 设为 1。",
            )
        )
    if not settings.chroma_url:
        raise SettingsWrong(
            Words(
                en="Several workers need one Chroma server: two processes on one index folder lose vectors silently. "
                "Start `chroma run --path FOLDER` and set CONCIERGE_CHROMA_URL=http://127.0.0.1:8000, or set CONCIERGE_WORKERS=1.",
                zh="多个工作进程需要共用 Chroma 服务：两个进程写同一索引目录会丢失向量且不报错。"
                "请运行 `chroma run --path 目录` 并设置 CONCIERGE_CHROMA_URL=http://127.0.0.1:8000，或将 CONCIERGE_WORKERS 设为 1。",
            )
        )


class Supervisor:
    """Looks after the workers of one server; it serves nothing itself."""

    def __init__(self, settings: Settings, home: Home, bound: Bound, counted: Path) -> None:
        self.settings, self.home, self.bound, self.counted = settings, home, bound, counted
        self.db = Database(settings.database())
        self._stopping, self._upgraded = asyncio.Event(), asyncio.Event()
        self._refused = 0
        self._failed: Exception | None = None
        self._told = False

    async def run(self) -> int:
        """Until a signal, or until no worker can be started at all; the exit code."""
        loop = asyncio.get_running_loop()
        for sig in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(sig, self._stopping.set)
        try:
            await asyncio.gather(self._open_store(), *(self._look_after(place) for place in range(self.settings.workers)))
        finally:
            await self.db.stop()
        if self._failed is not None:
            raise self._failed
        return self._refused

    async def _open_store(self) -> None:
        """The tables brought up to this version, once for all workers, which load their programs meanwhile."""
        try:
            await asyncio.to_thread(upgrade, self.settings.database())
            await self.db.start()
            await self.db.write(lambda tx: leases.free_what_workers_held(tx, self.home.worker_prefix, "", system_clock()))  # of an earlier start
        except Exception as wrong:
            self._failed = wrong
            self._stopping.set()
        self._upgraded.set()

    async def _look_after(self, place: int) -> None:
        """One worker after the other in this place."""
        deaths = 0
        while not self._stopping.is_set():
            since = time.monotonic()
            code, was_ready = await self._one()
            if self._stopping.is_set():
                return
            if not was_ready and not self._told:  # it said why, and would say it again; once the house is open the others go on serving
                self._refused = code or 1
                self._stopping.set()
                return
            deaths = 0 if time.monotonic() - since > _STEADY else deaths + 1
            pause = _PAUSES[min(deaths, len(_PAUSES)) - 1] if deaths else 0.0
            out.print(f"Worker {place + 1} ended (exit code {code}); started again" + (f" in {pause:.0f} s" if pause else ""), highlight=False)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause or 0.001):
                    await self._stopping.wait()

    async def _one(self) -> tuple[int, bool]:
        """A worker from its start to its end: exit code, and whether it was ever ready."""
        worker = new_id(self.home.worker_prefix)
        hears, says = os.pipe()
        command = (sys.executable, "-m", "concierge.worker")
        environment = {**os.environ, COUNTED_IN: str(self.counted)}
        process = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.PIPE, pass_fds=(says,), env=environment)
        os.close(says)
        orders = cast(asyncio.StreamWriter, process.stdin)
        await self._upgraded.wait()
        if self._failed is not None:
            os.close(hears)
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            return await process.wait(), False
        told = Orders(worker=worker, port=self.settings.port, embedder=await self._embedder(), operator_token=self.home.operator_token, ready=says)
        with contextlib.suppress(ConnectionError):  # it is gone already: its exit code tells
            orders.write(told.model_dump_json().encode() + b"\n")
            await orders.drain()
        ready = asyncio.create_task(self._when_ready(hears))
        try:
            stopping = asyncio.create_task(self._stopping.wait())
            ended = asyncio.create_task(process.wait())
            await asyncio.wait((stopping, ended), return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            if not ended.done():
                await self._stop(process)
            code = await ended
        finally:
            was_ready = ready.done() and not ready.cancelled() and ready.result()
            ready.cancel()
        forget(self.counted, process.pid)
        if not self._stopping.is_set():
            await self._give_back(worker)
        return code, was_ready

    async def _embedder(self) -> str:
        """As the settings name it, or as the base has been changed over to since this start."""
        with contextlib.suppress(Exception):  # the worker will say what is wrong with the database
            async with asyncio.timeout(_PATIENCE), self.db.read() as conn:
                base = await library.base_now(conn)
            if self._told and base.embedder:
                return base.embedder
        return self.settings.embedder

    async def _when_ready(self, hears: int) -> bool:
        """The first worker that is ready opens the house: the address is written down and told."""
        loop, reader = asyncio.get_running_loop(), asyncio.StreamReader()
        transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(hears, "rb"))
        try:
            if await reader.readline() != b"ready\n":
                return False
        finally:
            transport.close()
        if not self._told:
            self._told = True
            self.home.announce(self.bound.address)
            out.print(f"Listening on {self.bound.address} with {self.settings.workers} workers", highlight=False)
        return True

    async def _stop(self, process: asyncio.subprocess.Process) -> None:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(_STOPPING):
                await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()

    async def _give_back(self, worker: str) -> None:
        """What a dead worker held is free now; where the database is away too, its leases end by themselves."""

        async def given(tx: Tx) -> None:
            await turns.let_go(tx, worker, system_clock())
            await leases.give_back(tx, worker)

        with contextlib.suppress(Exception):
            async with asyncio.timeout(_PATIENCE):
                await self.db.write(given)
