"""Events over server-sent events: replayed from the table, then live; the table is the truth and a wake-up only says look again."""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Annotated, Any

from fastapi import Query
from fastapi.sse import format_sse_event
from starlette.responses import StreamingResponse
from starlette.types import Send

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


class EventStream(StreamingResponse):
    """Events as one response, written by the call itself: when the page leaves, the rows are given up where they stand, quietly.

    FastAPI's own passes them on through two tasks, and their broken pipe is an error in the log whenever a page leaves with rows still to
    come (fastapi #15725).
    """

    media_type = "text/event-stream"

    def __init__(self, rows: AsyncGenerator[bytes], status_code: int = 200) -> None:  # the API's description reads the status here
        super().__init__(rows, status_code, {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"})
        self._rows = rows

    async def stream_response(self, send: Send) -> None:
        """Send what comes, and leave nothing open."""
        async with aclosing(self._rows):
            await super().stream_response(send)


async def follow(house: House, stream: str, after: int, shown: Shown, closing: asyncio.Event) -> AsyncGenerator[bytes]:
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
            if not rows and not await first_of(woken.wait(), closing.wait()):
                yield PING
    except Exception as error:
        yield failed(error)
    finally:
        house.db.wakeups.unlisten(stream, woken)
    yield DONE


def frame(event: Event, shown: Shown) -> bytes:
    """One row as it goes over the wire."""
    return _frame(event.kind, {"at": event.at.isoformat(), **shown(event)}, str(event.number))


def failed(error: Exception) -> bytes:
    """What went wrong, to the page that listens."""
    return _frame("error", as_problem(error))


def _frame(kind: str, data: dict[str, Any], number: str | None = None) -> bytes:
    return format_sse_event(event=kind, data_str=json.dumps(data), id=number)


DONE = _frame("done", {})
PING = format_sse_event(comment="ping")  # so that no proxy takes a stream that waits for a dead one


async def first_of(*waited: Awaitable[Any]) -> bool:
    """Wait until one of these is there; False if none is for so long that it is time to look again."""
    waits = [asyncio.ensure_future(one) for one in waited]
    try:
        done, _ = await asyncio.wait(waits, timeout=_LOOK_AGAIN, return_when=asyncio.FIRST_COMPLETED)
        return bool(done)
    finally:
        for wait in waits:
            wait.cancel()


def as_it_is(event: Event) -> dict[str, Any]:
    """An event's data unchanged."""
    return event.data
