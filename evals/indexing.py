"""How much of indexing is embedding: the embedder's own time among all that an index takes, and what a window costs in texts."""

import time
from collections.abc import Sequence

from knowledge.embedder import Embedder, Vectors
from knowledge.shelf import Shelf, windows_of


class Clocked:
    """An embedder, with the seconds that it took and the texts that it read."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.fingerprint, self.dimensions = embedder.fingerprint, embedder.dimensions
        self.seconds, self.texts = 0.0, 0

    def passages(self, texts: Sequence[str]) -> Vectors:
        """As the embedder makes them."""
        since = time.perf_counter()
        made = self._embedder.passages(texts)
        self.seconds, self.texts = self.seconds + time.perf_counter() - since, self.texts + len(texts)
        return made

    def questions(self, texts: Sequence[str]) -> Vectors:
        """As the embedder makes them."""
        since = time.perf_counter()
        made = self._embedder.questions(texts)
        self.seconds, self.texts = self.seconds + time.perf_counter() - since, self.texts + len(texts)
        return made

    def question(self, text: str) -> Vectors:
        """As the embedder makes it, unclocked: nobody asks while a base is indexed."""
        return self._embedder.question(text)


def rate_of_indexing(clocked: Clocked, shelf: Shelf, seconds: float) -> str:
    """One line: the rate of indexing as a share of the embedder's own on the same texts."""
    windows = sum(len(windows_of(p)) for p in shelf.passages.values())
    if not windows:
        return "Indexing: nothing was embedded"
    price = clocked.texts / windows  # a window, the sentences in it, and the ways in which they are asked for
    own, whole = clocked.texts / max(clocked.seconds, 1e-9), clocked.texts / max(seconds, 1e-9)
    return (
        f"Indexing: {windows} windows of {clocked.texts} texts ({price:.1f} embedded for a window), {whole:.1f} texts a second "
        f"= {whole / own:.1%} of the embedder's own {own:.1f} (aim: at least 90 %)"
    )
