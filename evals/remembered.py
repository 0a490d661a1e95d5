"""An embedder that keeps what it made in a file, so that fitting and measuring again does not embed again."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from basics.ids import fingerprint
from knowledge.embedder import Embedder, Vectors

FILE = Path("reports") / "embedded.npz"


class Remembered:
    """The embedder, with a memory of single precision; `keep` writes it. A file of another model is not used, and replaced when kept."""

    def __init__(self, embedder: Embedder, file: Path = FILE) -> None:
        self._embedder, self._file = embedder, file
        self.fingerprint, self.dimensions = embedder.fingerprint, embedder.dimensions
        self._held: dict[str, Vectors] = {}
        if file.exists():
            with np.load(file) as kept:
                if str(kept["model"]) == self.fingerprint:
                    self._held = dict(zip(kept["keys"].tolist(), kept["vectors"], strict=True))
        self._new = False

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors (n, dimensions) of texts that are to be found."""
        return self._of("passage", texts, self._embedder.passages)

    def questions(self, texts: Sequence[str]) -> Vectors:
        """Vectors (n, dimensions) of questions, to be compared with questions."""
        return self._of("question", texts, self._embedder.questions)

    def question(self, text: str) -> Vectors:
        """The vector (dimensions,) of a question."""
        return np.asarray(self.questions([text])[0], dtype=np.float32)

    def keep(self) -> None:
        """Write what was made, if anything is new."""
        if self._new:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            np.savez(self._file, model=np.array(self.fingerprint), keys=np.array(list(self._held)), vectors=np.stack(list(self._held.values())))

    def _of(self, kind: str, texts: Sequence[str], embed: Callable[[Sequence[str]], Vectors]) -> Vectors:
        keys = [f"{kind}:{fingerprint(text)}" for text in texts]
        missing = {k: t for k, t in zip(keys, texts, strict=True) if k not in self._held}
        if missing:
            self._held.update(zip(missing, embed(list(missing.values())), strict=True))
            self._new = True
        return np.stack([self._held[k] for k in keys]) if keys else np.zeros((0, self.dimensions), dtype=np.float32)
