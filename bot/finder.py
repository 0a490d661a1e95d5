"""How passages are found at the moment: an embedder and the index of its vectors, exchanged as one while turns still use the old pair."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from typing import TypeVar

from bot.ahead import Ahead
from bot.outside import shipped_examples
from knowledge.embedder import Embedder
from knowledge.index import Index

T = TypeVar("T")


class Finder:
    """An embedder, its index, and the turns that are using them."""

    def __init__(self, embedder: Embedder, index: Index, worker: Executor) -> None:
        self.embedder, self.index = embedder, index
        self.ahead = Ahead(embedder, worker)
        self.outside = shipped_examples(embedder.fingerprint)
        self._turns = 0
        self._free = asyncio.Event()

    @contextlib.contextmanager
    def in_use(self) -> Iterator[None]:
        """Held by a turn from before its vector until its passages are found."""
        self._turns += 1
        try:
            yield
        finally:
            self._turns -= 1
            if not self._turns:
                self._free.set()

    async def look(self, search: Callable[[Index], T]) -> T:
        """Search the index: here where it is in this process (a few ms), in a thread where it is asked over a network."""
        if self.index.is_remote:
            return await asyncio.to_thread(search, self.index)
        return search(self.index)

    async def left(self, seconds: float) -> bool:
        """Wait until no turn uses it; False if some still do after this time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._turns:
                    self._free.clear()
                    await self._free.wait()
        return not self._turns
