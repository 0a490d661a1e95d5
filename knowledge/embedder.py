"""What turns texts into vectors, so that a question finds the passage that answers it in other words or another language."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Texts to unit vectors. `fingerprint` names model and recipe: vectors of different fingerprints are never compared."""

    fingerprint: str
    dimensions: int

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors (n, dimensions) of texts that are to be found."""
        ...

    def questions(self, texts: Sequence[str]) -> Vectors:
        """Vectors (n, dimensions) of questions, to be compared with questions."""
        ...

    def question(self, text: str) -> Vectors:
        """The vector (dimensions,) of a question."""
        ...
