"""How long the steps of a turn take: for the receipt, the figures and, where they are on, the traces."""

import time
from types import TracebackType

from bot import traces


class Watch:
    """How long each step took, in milliseconds; each is a span as well, where traces are on."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._trace = traces.Turn()
        self._since = time.perf_counter()

    def __enter__(self) -> "Watch":
        return self

    def __exit__(self, kind: type[BaseException] | None, _wrong: BaseException | None, _trace: TracebackType | None) -> None:
        if kind is not None:
            self._trace.stopped(kind)

    def lap(self, name: str) -> None:
        """A step has ended."""
        now = time.perf_counter()
        self.laps[name] = round((now - self._since) * 1000, 2)
        self._since = now
        self._trace.step(name)
