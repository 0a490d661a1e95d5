"""Wake-ups: something was written to a stream. The truth is in the tables; whoever is woken reads there."""

import asyncio
from collections.abc import Iterable


class Wakeups:
    """In one process: an event a waiting reader. (More than one worker: the same calls over NOTIFY.)"""

    def __init__(self) -> None:
        self._waiting: dict[str, set[asyncio.Event]] = {}

    def wake(self, streams: Iterable[str]) -> None:
        """Wake everyone who waits for one of these streams."""
        for stream in streams:
            for event in self._waiting.get(stream, ()):
                event.set()

    def listen(self, stream: str) -> asyncio.Event:
        """An event that is set whenever the stream grows; listen first, then read, so that nothing falls between."""
        event = asyncio.Event()
        self._waiting.setdefault(stream, set()).add(event)
        return event

    def unlisten(self, stream: str, event: asyncio.Event) -> None:
        """Stop listening."""
        waiting = self._waiting.get(stream, set())
        waiting.discard(event)
        if not waiting:
            self._waiting.pop(stream, None)
