"""A command beside a running server talks to it; without one it works in the home itself. Never two processes on one index."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from typing import Any

import httpx

from basics.errors import BadRequest, HomeBusy, Unavailable
from bot.assembly import House, assemble
from bot.home import Home, Running
from bot.settings import Settings
from store.database import Database
from store.upgrade import upgrade


def running_server(settings: Settings) -> Running | None:
    """The server that has this home, if it answers."""
    running = Home(settings.home).running()
    if running is None:
        return None
    try:
        httpx.get(f"{running.address}/healthz", timeout=5).raise_for_status()
    except httpx.HTTPError:
        return None
    return running


def call(running: Running, path: str, body: dict[str, Any], seconds: float | None = 600) -> Any:
    """Ask the running server to do it, and wait this long; None: until it is done."""
    try:
        answer = httpx.post(f"{running.address}{path}", json=body, timeout=seconds, headers={"Authorization": f"Bearer {running.operator_token}"})
    except httpx.HTTPError as wrong:
        raise Unavailable(f"The server at {running.address} did not answer: {wrong}. Nothing was changed that it did not report.") from None
    said = answer.json()
    if answer.is_error:
        raise BadRequest(str(said.get("detail", answer.text)))
    return said


@contextmanager
def _home_taken(settings: Settings) -> Iterator[Home]:
    home = Home(settings.home)
    try:
        home.take()
    except HomeBusy as busy:
        if home.running() is not None:
            raise
        raise HomeBusy(f"{busy} (It is starting or stopping: try again in a moment.)") from None
    try:
        yield home
    finally:
        home.leave()


@asynccontextmanager
async def own_house(settings: Settings, only_base: bool = False) -> AsyncIterator[House]:
    """The home, taken for one command; `only_base` opens the store alone, for what is to be done where a whole house would not start."""
    with _home_taken(settings) as home:
        house = assemble(settings, home=home)
        # A served database has servers of its own: a command that did their duties would change bookings through its home, not through theirs.
        await (house.open_store() if only_base else house.start(on_duty=house.db.is_sqlite))
        try:
            yield house
        finally:
            await house.stop()


@asynccontextmanager
async def own_database(settings: Settings) -> AsyncIterator[Database]:
    """The database alone: a file in a home taken for one command; a served one beside the server that works with it, for many may write to it."""
    url = settings.database()
    with _home_taken(settings) if url.startswith("sqlite") else nullcontext():
        await asyncio.to_thread(upgrade, url)
        db = Database(url)
        await db.start()
        try:
            yield db
        finally:
            await db.stop()
