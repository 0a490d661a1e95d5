"""Chroma as the index: a directory of one process, or in memory for a throw-away knowledge base."""

import contextlib
from collections.abc import Sequence
from pathlib import Path

import chromadb
import numpy as np
from chromadb.api import ClientAPI
from chromadb.api.models.Collection import Collection
from chromadb.config import Settings
from chromadb.errors import NotFoundError

from basics.words import LANGS, Lang
from knowledge.embedder import Vectors
from knowledge.index import Hit

_QUIET = Settings(anonymized_telemetry=False, allow_reset=False)
_BATCH = 5_000  # Chroma takes at most 5,461 rows a call


class ChromaIndex:
    """One cosine collection a language and embedding model; `embedding_function=None`, for Chroma's own would download a model."""

    def __init__(self, directory: Path | None, fingerprint: str) -> None:
        self._client: ClientAPI = chromadb.PersistentClient(str(directory), _QUIET) if directory else chromadb.EphemeralClient(_QUIET)
        self._shelves: dict[Lang, Collection] = {lang: self._open(_name(lang, fingerprint), throw_away=directory is None) for lang in LANGS}

    def _open(self, name: str, throw_away: bool) -> Collection:
        if throw_away:  # in-memory clients of one process share their collections
            with contextlib.suppress(NotFoundError, ValueError):
                self._client.delete_collection(name)
        return self._client.get_or_create_collection(name, embedding_function=None, configuration={"hnsw": {"space": "cosine"}})

    def put(self, lang: Lang, ids: Sequence[str], vectors: Vectors) -> None:
        """Add or replace windows; returns when they can be found."""
        for at in range(0, len(ids), _BATCH):
            self._shelves[lang].upsert(ids=list(ids[at : at + _BATCH]), embeddings=np.asarray(vectors[at : at + _BATCH]))

    def remove(self, lang: Lang, ids: Sequence[str]) -> None:
        """Forget windows; unknown ids are no error."""
        for at in range(0, len(ids), _BATCH):
            self._shelves[lang].delete(ids=list(ids[at : at + _BATCH]))

    def ids(self, lang: Lang) -> frozenset[str]:
        """Every window that can be found."""
        return frozenset(self._shelves[lang].get(include=[])["ids"])

    def nearest(self, lang: Lang, vector: Vectors, most: int) -> tuple[Hit, ...]:
        """At most `most` windows, nearest first."""
        found = self._shelves[lang].query(query_embeddings=vector[None, :], n_results=most, include=["distances"])
        distances = (found["distances"] or [[]])[0]
        # Rounding gives distances of -1e-7: clamp, so that a cosine stays one.
        return tuple(Hit(window_id=i, cosine=max(-1.0, min(1.0, 1.0 - d))) for i, d in zip(found["ids"][0], distances, strict=True))


class ChromaIndexes:
    """The indexes in a directory. One process owns it, so nobody else still reads an index that is dropped."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def open(self, fingerprint: str) -> ChromaIndex:
        """The index of this model's vectors, empty if it is new."""
        return ChromaIndex(self._directory, fingerprint)

    def keep_only(self, fingerprint: str) -> None:
        """Drop the collections of all other models."""
        client = chromadb.PersistentClient(str(self._directory), _QUIET)
        kept = {_name(lang, fingerprint) for lang in LANGS}
        for name in [c.name for c in client.list_collections()]:
            if name.startswith("windows-") and name not in kept:
                client.delete_collection(name)


def _name(lang: Lang, fingerprint: str) -> str:
    return f"windows-{lang}-" + "".join(c if c.isalnum() else "-" for c in fingerprint)
