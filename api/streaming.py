"""Events over server-sent events: replayed from the table, then live; the table is the truth and a wake-up only says look again."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any

from fastapi import Query
from fastapi.sse import ServerSentEvent

from api.errors import as_problem
from api.shapes import Events, ShownEvent
from bot.assembly import House
from store import events
from store.events import Event

After = Annotated[int, Query(ge=0, le=2**31 - 1)]  # the number of the last event that the page has
Shown = Callable[[Event], dict[str, Any]]
_LOOK_AGAIN = 10.0  # seconds: so that a lost wake-up delays, never loses


async def read(house: House, stream: str, after: int, shown: Shown) -> Events:
    """The rows after a number, for a page that polls."""
    async with house.db.read() as conn:
        rows = await events.events_after(conn, stream, after)
        last = await events.last_number(conn, stream)
    return Events(events=[ShownEvent(number=e.number, kind=e.kind, at=e.at, data=shown(e)) for e in rows], last_event=last)


async def follow(house: House, stream: str, after: int, shown: Shown, closing: asyncio.Event) -> AsyncIterator[ServerSentEvent]:
    """Replay from `after`, then live until the reader leaves or the server closes; an error is told, then `done`."""
    woken = house.db.wakeups.listen(stream)
    try:
        while not closing.is_set():
            woken.clear()
            async with house.db.read() as conn:
                rows = await events.events_after(conn, stream, after)
            for event in rows:
                after = event.number
                yield frame(event, shown)
            if not rows:
                await _until(woken, closing)
        yield ServerSentEvent(event="done", data={})
    except Exception as error:
        yield ServerSentEvent(event="error", data=as_problem(error))
        yield ServerSentEvent(event="done", data={})
    finally:
        house.db.wakeups.unlisten(stream, woken)


def frame(event: Event, shown: Shown) -> ServerSentEvent:
    """One row as it goes over the wire."""
    return ServerSentEvent(id=str(event.number), event=event.kind, data={"at": event.at.isoformat(), **shown(event)})


async def _until(woken: asyncio.Event, closing: asyncio.Event) -> None:
    waits = [asyncio.create_task(woken.wait()), asyncio.create_task(closing.wait())]
    try:
        await asyncio.wait(waits, timeout=_LOOK_AGAIN, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


def as_it_is(event: Event) -> dict[str, Any]:
    """An event's data unchanged."""
    return event.data
