"""Wake-ups: something was written to a stream. The truth is in the tables; whoever is woken reads there."""

import asyncio
from collections.abc import Iterable

from basics.ids import fingerprint

CHANNEL = "concierge"  # the name under which Postgres calls out
_LONGEST = 200  # characters, so at most 800 bytes: a notification of Postgres may have 7,999


def wake_name(stream: str) -> str:
    """What is called out when a stream grows: its name, or the fingerprint of a name that is too long to be called out."""
    return stream if len(stream) <= _LONGEST else f"#{fingerprint(stream)}"


class Wakeups:
    """In one process: an event a waiting reader. On Postgres a `Listener` wakes them for what other workers wrote, too."""

    def __init__(self) -> None:
        self._waiting: dict[str, set[asyncio.Event]] = {}

    def wake(self, streams: Iterable[str]) -> None:
        """Wake everyone who waits for one of these streams."""
        for stream in streams:
            for event in self._waiting.get(wake_name(stream), ()):
                event.set()

    def wake_everybody(self) -> None:
        """Something may have been missed: everyone looks again."""
        for waiting in self._waiting.values():
            for event in waiting:
                event.set()

    def listen(self, stream: str) -> asyncio.Event:
        """An event that is set whenever the stream grows; listen first, then read, so that nothing falls between."""
        event = asyncio.Event()
        self._waiting.setdefault(wake_name(stream), set()).add(event)
        return event

    def unlisten(self, stream: str, event: asyncio.Event) -> None:
        """Stop listening."""
        name = wake_name(stream)
        waiting = self._waiting.get(name, set())
        waiting.discard(event)
        if not waiting:
            self._waiting.pop(name, None)
