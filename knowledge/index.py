"""The nearest passages to a vector: a seam, for the index is a vendor's and can be rebuilt from the store at any time."""

from collections.abc import Sequence
from typing import Protocol

from pydantic import BaseModel

from basics.errors import Unavailable
from basics.words import Lang
from knowledge.embedder import Vectors


class Hit(BaseModel, frozen=True):
    """A window of a passage and its cosine similarity to the question, clamped to -1..1."""

    window_id: str
    cosine: float


class IndexAway(Unavailable):
    """The index does not answer. Nothing was changed in it that it did not confirm; search goes on over the shelf's own vectors."""


class Index(Protocol):
    """Window vectors by id, a shelf for each language. Ids are `<passage id>#<window>`. Every call may raise IndexAway."""

    is_remote: bool
    """Asked over a network and shared with other workers: call it in a thread, and never forget what another one may still search."""

    lost: bool
    """It did not answer, or came back without what was put into it; True until somebody has compared it with the store again."""

    def put(self, lang: Lang, ids: Sequence[str], vectors: Vectors) -> None:
        """Add or replace windows; returns when they can be found."""
        ...

    def remove(self, lang: Lang, ids: Sequence[str]) -> None:
        """Forget windows; unknown ids are no error."""
        ...

    def ids(self, lang: Lang) -> frozenset[str]:
        """Every window that can be found: the start-up self-check compares it with the store."""
        ...

    def nearest(self, lang: Lang, vector: Vectors, most: int) -> tuple[Hit, ...]:
        """At most `most` windows, nearest first."""
        ...


class Indexes(Protocol):
    """Where indexes are kept, one an embedding model: while a base is embedded again there are two."""

    def open(self, fingerprint: str) -> Index:
        """The index of this model's vectors, empty if it is new."""
        ...

    def keep_only(self, fingerprint: str) -> None:
        """Drop the indexes of all other models."""
        ...
