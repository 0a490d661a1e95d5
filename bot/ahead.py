"""Questions embedded ahead: the model starts reading a message while it is being kept, so that its turn seldom waits for a vector."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import Executor

from knowledge.embedder import Embedder, Vectors

_MOST = 64


class Ahead:
    """Vectors on their way. What is begun and never asked for is forgotten; what was not begun is embedded when it is asked for."""

    def __init__(self, embedder: Embedder, worker: Executor) -> None:
        self._embedder, self._worker = embedder, worker
        self._begun: OrderedDict[str, asyncio.Future[Vectors]] = OrderedDict()

    def begin(self, text: str) -> None:
        """Start embedding; returns at once."""
        if text not in self._begun:
            self._begun[text] = self._embed(text)
            while len(self._begun) > _MOST:
                self._begun.popitem(last=False)[1].cancel()

    async def vector(self, text: str) -> Vectors:
        """The vector (dimensions,) of a question; raises what the model raised."""
        begun = self._begun.pop(text) if text in self._begun else self._embed(text)
        return await begun

    async def vectors(self, texts: Sequence[str]) -> Vectors:
        """The vectors (n, dimensions) of several questions, read in one go."""
        return await asyncio.get_running_loop().run_in_executor(self._worker, self._embedder.questions, texts)

    def _embed(self, text: str) -> "asyncio.Future[Vectors]":
        begun = asyncio.get_running_loop().run_in_executor(self._worker, self._embedder.question, text)
        begun.add_done_callback(lambda f: f.cancelled() or f.exception())  # one that nobody waits for may fail in silence
        return begun
