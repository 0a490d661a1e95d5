"""Chroma as the index: a directory of one process, in memory for a throw-away knowledge base, or a server (`chroma run`) for several workers."""

import contextlib
import logging
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import chromadb
import numpy as np
from chromadb.api import ClientAPI
from chromadb.api.models.Collection import Collection
from chromadb.config import Settings
from chromadb.errors import NotFoundError

from basics.words import LANGS, Lang, Words
from knowledge.embedder import Vectors
from knowledge.index import Hit, IndexAway

log = logging.getLogger("concierge.index")
T = TypeVar("T")
_QUIET = Settings(anonymized_telemetry=False, allow_reset=False)
_BATCH = 5_000  # Chroma takes at most 5,461 rows a call
_BATCH_SERVED = 500  # a call over the network that ends well before patience does
_CONNECT, _PATIENCE = 0.5, 3.0  # seconds; Chroma's own is none at all, and a server that hangs would hang every turn
_LEFT_ALONE = 1.0  # seconds after a failure in which no turn asks: it must not wait for what is known to be away


class ChromaIndex:
    """One cosine collection a language and embedding model; `embedding_function=None`, for Chroma's own would download a model."""

    is_remote = False
    lost = False

    def __init__(self, directory: Path | None, fingerprint: str) -> None:
        self._client: ClientAPI = chromadb.PersistentClient(str(directory), _QUIET) if directory else chromadb.EphemeralClient(_QUIET)
        self._shelves: dict[Lang, Collection] = {lang: self._open(_name("", lang, fingerprint), throw_away=directory is None) for lang in LANGS}

    def _open(self, name: str, throw_away: bool) -> Collection:
        if throw_away:  # in-memory clients of one process share their collections
            with contextlib.suppress(NotFoundError, ValueError):
                self._client.delete_collection(name)
        return _opened(self._client, name)

    def put(self, lang: Lang, ids: Sequence[str], vectors: Vectors) -> None:
        """Add or replace windows; returns when they can be found."""
        _put(self._shelves[lang], ids, vectors)

    def remove(self, lang: Lang, ids: Sequence[str]) -> None:
        """Forget windows; unknown ids are no error."""
        _remove(self._shelves[lang], ids)

    def ids(self, lang: Lang) -> frozenset[str]:
        """Every window that can be found."""
        return _ids(self._shelves[lang])

    def nearest(self, lang: Lang, vector: Vectors, most: int) -> tuple[Hit, ...]:
        """At most `most` windows, nearest first."""
        return _nearest(self._shelves[lang], vector, most)


class ChromaIndexes:
    """The indexes in a directory. One process owns it, so nobody else still reads an index that is dropped."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def open(self, fingerprint: str) -> ChromaIndex:
        """The index of this model's vectors, empty if it is new."""
        return ChromaIndex(self._directory, fingerprint)

    def keep_only(self, fingerprint: str) -> None:
        """Drop the collections of all other models."""
        _keep_only(chromadb.PersistentClient(str(self._directory), _QUIET), "", fingerprint)


class ChromaServer:
    """The indexes of one house on a Chroma server; `prefix` keeps houses on one server apart. Nothing is asked before it is needed."""

    def __init__(self, url: str, prefix: str) -> None:
        self.url, self._prefix = url, prefix

    def open(self, fingerprint: str) -> "ServedIndex":
        """The index of this model's vectors; made on the server when it is first used."""
        return ServedIndex(self, fingerprint)

    def keep_only(self, fingerprint: str) -> None:
        """Drop this house's collections of all other models; IndexAway if the server does not answer."""
        with self.reached():
            _keep_only(self.client(), self._prefix, fingerprint)

    def collection(self, lang: Lang, fingerprint: str) -> Collection:
        """A collection of this house, made if it is not there."""
        return _opened(self.client(), _name(self._prefix, lang, fingerprint))

    def client(self) -> ClientAPI:
        """A connection that does not wait for ever."""
        with urllib.request.urlopen(f"{self.url}/api/v2/heartbeat", timeout=_PATIENCE):  # noqa: S310 - http(s) by the settings
            pass  # it answers: the client's first calls are made without a time-out
        at = urlsplit(self.url)
        quiet = Settings(anonymized_telemetry=False, allow_reset=False)  # one for each client: the address is written into it
        client = chromadb.HttpClient(at.hostname or "", at.port or (443 if at.scheme == "https" else 80), at.scheme == "https", settings=quiet)
        client._server._session.timeout = (_CONNECT, _PATIENCE, _PATIENCE, _PATIENCE)  # type: ignore[attr-defined]
        return client

    @contextlib.contextmanager
    def reached(self) -> Iterator[None]:
        """IndexAway for everything that a server in trouble, or none, makes its client raise."""
        try:
            yield
        except Exception as wrong:
            raise self.away(wrong) from wrong

    def away(self, wrong: Exception | None) -> IndexAway:
        """What happened, what was not done, what helps."""
        what = type(wrong).__name__ if wrong else "a moment ago"
        return IndexAway(
            Words(
                en=f"The Chroma server at {self.url} does not answer ({what}). Nothing was taken in or removed. "
                "Start it, or correct CONCIERGE_CHROMA_URL.",
                zh=f"位于 {self.url} 的 Chroma 服务无响应（{what}）。未写入或删除任何内容。请启动该服务，或更正 CONCIERGE_CHROMA_URL。",
            )
        )


class ServedIndex:
    """An index on a Chroma server. It may go away and come back, even empty: then it is `lost` until it was compared with the store."""

    is_remote = True

    def __init__(self, server: ChromaServer, fingerprint: str) -> None:
        self._server, self._fingerprint = server, fingerprint
        self.lost = False
        self._shelves: dict[Lang, Collection] = {}
        self._opening = threading.Lock()
        self._again_at = 0.0

    def put(self, lang: Lang, ids: Sequence[str], vectors: Vectors) -> None:
        """Add or replace windows; returns when they can be found."""
        self._ask(lang, lambda shelf: _put(shelf, ids, vectors, _BATCH_SERVED))

    def remove(self, lang: Lang, ids: Sequence[str]) -> None:
        """Forget windows; unknown ids are no error."""
        self._ask(lang, lambda shelf: _remove(shelf, ids, _BATCH_SERVED))

    def ids(self, lang: Lang) -> frozenset[str]:
        """Every window that can be found."""
        return self._ask(lang, _ids)

    def nearest(self, lang: Lang, vector: Vectors, most: int) -> tuple[Hit, ...]:
        """At most `most` windows, nearest first; IndexAway at once for a moment after it did not answer."""
        if time.monotonic() < self._again_at:
            raise self._server.away(None)
        return self._ask(lang, lambda shelf: _nearest(shelf, vector, most))

    def _ask(self, lang: Lang, do: Callable[[Collection], T]) -> T:
        try:
            with self._server.reached():
                return do(self._shelf(lang))
        except IndexAway as away:
            if not self.lost:
                log.warning("%s Search goes on over the shelf's own vectors.", away)
            self.lost = True
            self._again_at = time.monotonic() + _LEFT_ALONE
            if isinstance(away.__cause__, NotFoundError):  # the server was emptied: what stands there now has another identity
                self._shelves.clear()
            raise

    def _shelf(self, lang: Lang) -> Collection:
        with self._opening:
            if lang not in self._shelves:
                self._shelves[lang] = self._server.collection(lang, self._fingerprint)
            return self._shelves[lang]


def _opened(client: ClientAPI, name: str) -> Collection:
    return client.get_or_create_collection(name, embedding_function=None, configuration={"hnsw": {"space": "cosine"}})


def _put(shelf: Collection, ids: Sequence[str], vectors: Vectors, batch: int = _BATCH) -> None:
    for at in range(0, len(ids), batch):
        shelf.upsert(ids=list(ids[at : at + batch]), embeddings=np.asarray(vectors[at : at + batch]))


def _remove(shelf: Collection, ids: Sequence[str], batch: int = _BATCH) -> None:
    for at in range(0, len(ids), batch):
        shelf.delete(ids=list(ids[at : at + batch]))


def _ids(shelf: Collection) -> frozenset[str]:
    return frozenset(shelf.get(include=[])["ids"])


def _nearest(shelf: Collection, vector: Vectors, most: int) -> tuple[Hit, ...]:
    found = shelf.query(query_embeddings=vector[None, :], n_results=most, include=["distances"])
    distances = (found["distances"] or [[]])[0]
    # Rounding gives distances of -1e-7: clamp, so that a cosine stays one.
    return tuple(Hit(window_id=i, cosine=max(-1.0, min(1.0, 1.0 - d))) for i, d in zip(found["ids"][0], distances, strict=True))


def _keep_only(client: ClientAPI, prefix: str, fingerprint: str) -> None:
    kept = {_name(prefix, lang, fingerprint) for lang in LANGS}
    for name in [c.name for c in client.list_collections()]:
        if name.startswith(f"{prefix}windows-") and name not in kept:
            client.delete_collection(name)


def _name(prefix: str, lang: Lang, fingerprint: str) -> str:
    return f"{prefix}windows-{lang}-" + "".join(c if c.isalnum() else "-" for c in fingerprint)
