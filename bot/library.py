"""The library: ingestion carried out, and the shelf that turns work on, replaced whole when the base has changed."""

import asyncio
import logging
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import numpy as np

from basics.clock import Clock
from basics.errors import SettingsWrong
from basics.words import LANGS, Lang, Words
from bot.base import embed_missing, put_windows, texts_to_embed
from bot.settings import Settings
from knowledge.article import ArticleKey
from knowledge.contested import contested, recorded, refused_for
from knowledge.cut import passages_of
from knowledge.difference import lines_between
from knowledge.embedder import Embedder, Vectors
from knowledge.index import Index, IndexAway, Indexes
from knowledge.ingest import Change, Plan, Read, Report, name_of, plan, read_paths
from knowledge.passage import Passage, embedding_key
from knowledge.shelf import Shelf, windows_of
from store import ingestions, library
from store.database import Conn, Database, Tx

log = logging.getLogger("concierge.library")
T = TypeVar("T")
_SETTLED = timedelta(seconds=30)  # after a change of the base: by then every worker has followed, and its turns have ended
_HELD: dict[tuple[str, frozenset[tuple[str, str, int, str]]], Shelf] = {}  # one at most: the shelf that was built last, by what is on it
Progress = Callable[[int, int], None]
SHIPPED = Path(__file__).resolve().parent.parent / "knowledge" / "articles" / "vectors.npz"


class Library:
    """One knowledge base. `on_change` is given each new shelf."""

    def __init__(
        self,
        db: Database,
        embedder: Embedder,
        indexes: Indexes,
        index: Index,
        worker: Executor,
        clock: Clock,
        on_change: Callable[[Shelf], None],
        settings: Settings,
        make_embedder: Callable[[str], Embedder],
    ) -> None:
        self.db, self.embedder, self.indexes, self.index = db, embedder, indexes, index
        self.worker, self.clock, self.on_change = worker, clock, on_change
        self.one_at_a_time = asyncio.Lock()
        """Held by whatever changes the base or the shelf."""
        self.changing_over = asyncio.Lock()
        self._settings, self._make_embedder = settings, make_embedder
        self.named = settings.embedder
        """How the settings name the embedder."""
        self._shelf_now = Shelf((), {})
        self._tidied = -1
        self.revision = -1
        """Of the shelf that turns work on; -1 before the first."""

    async def load(self) -> Shelf:
        """The shelf as the store has it; the index is compared with it and mended from stored vectors, nothing is embedded again."""
        async with self.db.read() as conn:
            base = await library.base_now(conn)
            embedder, index = await self._of(base)
            shelf = await self._shelf(conn, base.revision, embedder.fingerprint)
        await self._mend(shelf, embedder.fingerprint, index)
        self.change_over(embedder, index, shelf)
        async with self.db.read() as conn:
            newest = await library.base_now(conn)
        if newest.revision == base.revision and not index.is_remote:  # else somebody may still search what this shelf does not know (any more)
            await self._aside(lambda: _remove_old(shelf, index))
        return shelf

    async def catch_up(self) -> bool:
        """Load the shelf again if the base has changed since, whoever changed it, or if the index was away; True if so."""
        async with self.one_at_a_time:
            async with self.db.read() as conn:
                newest = await library.base_now(conn)
            if newest.revision == self.revision and not self.index.lost:
                return False
            await self.load()
            return True

    async def tidy(self) -> bool:
        """Of an index that workers share, drop what none of them can still be searching; True if so. Safe to repeat."""
        async with self.db.read() as conn:
            base = await library.base_now(conn)
        settled = base.changed_at is not None and self.clock() - base.changed_at > _SETTLED
        if not self.index.is_remote or self.index.lost or not settled or base.revision != self.revision or self._tidied == self.revision:
            return False
        shelf, index, model = self._shelf_now, self.index, self.embedder.fingerprint
        await self._aside(lambda: _remove_old(shelf, index))
        await self._aside(lambda: self.indexes.keep_only(model))
        self._tidied = base.revision
        return True

    async def ingest(
        self,
        paths: Iterable[Path],
        dry: bool = False,
        progress: Progress = lambda done, of: None,
        diff: bool = False,
        accept: bool = False,
    ) -> Report:
        """Take articles in; safe to repeat. Turns that run keep the shelf they began with. With `diff` nothing is kept, and each change is shown.

        An article that contradicts an older one is refused, unless `accept`: then both are kept, and what they disagree in is recorded.
        """
        async with self.one_at_a_time:
            read, refused, folders = await asyncio.to_thread(
                read_paths, list(paths)
            )  # documents take their time: not in the thread that chats wait for
            async with self.db.read() as conn:
                kept = await library.kept_articles(conn)
                decided = plan(read, refused, folders, kept)
                found = await asyncio.to_thread(contested, decided, await library.on_the_shelf(conn), kept) if decided.keep else ()
                if accept:
                    found = tuple(c.model_copy(update={"accepted": True}) for c in found)
                    decided = decided.model_copy(update={"report": decided.report.model_copy(update={"contested": found})})
                elif found:
                    decided = refused_for(decided, found)
                changes = await _changes(conn, decided, read) if diff else ()
            if not (dry or diff) and (decided.keep or decided.withdraw):
                await self._carry_out(decided, progress)
            return decided.report.model_copy(update={"changes": changes, "revision": await self.revision_kept()})

    async def take_off(self, keys: Sequence[ArticleKey]) -> Report:
        """Take article versions off the shelf, as one ingestion that can be taken back; what is not on it is passed over."""
        async with self.one_at_a_time:
            async with self.db.read() as conn:
                kept = await library.kept_articles(conn)
            gone = tuple(key for key in keys if key in kept and not kept[key].withdrawn)
            report = Report(removed=tuple(map(name_of, gone)))
            if gone:
                await self._carry_out(Plan(report=report, keep=(), withdraw=gone), lambda done, of: None)
            return report.model_copy(update={"revision": await self.revision_kept()})

    def change_over(self, embedder: Embedder, index: Index, shelf: Shelf) -> None:
        """From now on this embedder, its index and the shelf that belongs to both; whoever calls holds `one_at_a_time`."""
        self.embedder, self.index, self._shelf_now = embedder, index, shelf
        self.revision = shelf.revision
        self.on_change(shelf)

    async def _carry_out(self, decided: Plan, progress: Progress) -> None:
        model, now = self.embedder.fingerprint, self.clock()
        cut = [(one, passages_of(one.article)) for one in decided.keep]
        vectors = await self.vectors_of([p for _, ps in cut for p in ps], progress)
        await self._aside(lambda: put_windows(self.index, [p for _, ps in cut for p in ps], vectors))
        touched = [*(one.article.key for one in decided.keep), *decided.withdraw]

        async def kept(tx: Tx) -> None:
            revision = await library.grow_revision(tx, model, self._settings.embedder, now)  # first: another worker's ingestion waits here
            before = await ingestions.as_they_are(tx.conn, touched)
            accepted = {one.article.key: recorded(decided.report.contested, one) for one in decided.keep}
            await ingestions.keep(tx, revision, (b.model_copy(update={"contradicts": accepted.get(b.key, ())}) for b in before), now)
            await library.keep_vectors(tx, model, vectors)
            for one, passages in cut:
                await library.keep_article(tx, one.article, passages, one.origin, one.file, now)
            await library.withdraw(tx, decided.withdraw, now)

        await self.db.write(kept)
        await self.load()

    async def vectors_of(self, passages: list[Passage], progress: Progress = lambda done, of: None) -> dict[str, Vectors]:
        """The vectors of everything in these passages; only what was never embedded with this model is embedded."""
        model, texts = self.embedder.fingerprint, texts_to_embed(passages)
        async with self.db.read() as conn:
            known = await library.kept_vectors(conn, model, texts)
        if any(k not in known for k in texts):
            known = {**shipped_vectors(model), **known}
        made = await self._aside(lambda: embed_missing(self.embedder, texts, known, progress))
        return {k: v for k, v in {**known, **made}.items() if k in texts}

    async def revision_kept(self) -> int:
        """Of the base, which another worker may have changed since."""
        async with self.db.read() as conn:
            return (await library.base_now(conn)).revision

    async def _of(self, base: library.Base) -> tuple[Embedder, Index]:
        """The embedder and index that the base's vectors are of: ours, or those that another worker has changed over to meanwhile."""
        if base.model in (None, self.embedder.fingerprint):
            return self.embedder, self.index
        if self.revision >= 0 and base.embedder:
            embedder = await asyncio.to_thread(self._make_embedder, base.embedder)
            if embedder.fingerprint == base.model:
                return embedder, await asyncio.to_thread(self.indexes.open, embedder.fingerprint)
        how = f"CONCIERGE_HOME={shlex.quote(str(self._settings.home))} concierge reembed --embedder {shlex.quote(self._settings.embedder)}"
        raise SettingsWrong(
            Words(
                en=f"The base was embedded with {base.model}, but CONCIERGE_EMBEDDER gives {self.embedder.fingerprint}. Set it back, or embed the "
                f"base again: {how}",
                zh=f"知识库由 {base.model} 生成向量，而 CONCIERGE_EMBEDDER 现为 {self.embedder.fingerprint}。请改回原设置，或重新生成向量：{how}",
            )
        )

    async def _shelf(self, conn: Conn, revision: int, model: str) -> Shelf:
        """The shelf of this revision; what was on one before, unchanged, is not built a second time in one process."""
        key = (model, await library.contents(conn))
        held = _HELD.get(key)
        if held is not None:
            return held.at(revision)
        kept = await library.on_the_shelf(conn)
        vectors = await library.kept_vectors(conn, model, texts_to_embed([p for _, ps in kept for p in ps]))
        shelf = await self._aside(lambda: Shelf(kept, vectors, revision))
        _HELD.clear()
        _HELD[key] = shelf
        return shelf

    async def _mend(self, shelf: Shelf, model: str, index: Index) -> None:
        """Put what the index lacks; where it is away search does without it, and the next look tries again."""
        try:
            missing = await self._aside(lambda: _missing(shelf, index))
            if missing:
                async with self.db.read() as conn:
                    vectors = await library.kept_vectors(conn, model, map(embedding_key, missing.values()))
                await self._aside(lambda: _put_missing(index, missing, vectors))
        except IndexAway:
            return  # it has said so itself
        if index.lost:
            log.warning("the index is back; %d windows were put into it", len(missing))
            index.lost = False

    async def _aside(self, work: Callable[[], T]) -> T:
        """In the worker thread, so that no chat waits."""
        return await asyncio.get_running_loop().run_in_executor(self.worker, work)


async def _changes(conn: Conn, decided: Plan, read: list[Read]) -> tuple[Change, ...]:
    """What each new or changed version says otherwise than the same version, or else the newest older one, that stands."""
    kept = await library.kept_articles(conn)
    same = set(decided.report.unchanged)
    changes = []
    for new in (one.article for one in read if name_of(one.article.key) not in same):
        others = [k for k, known in kept.items() if k[:2] == new.key[:2] and k[2] <= new.version and not known.withdrawn]
        against = max(others, key=lambda k: k[2], default=None)
        old = await library.article(conn, *against) if against else None
        changes.append(Change(name=name_of(new.key), against=name_of(against) if against else "", lines=lines_between(old, new)))
    return tuple(changes)


def _missing(shelf: Shelf, index: Index) -> dict[tuple[Lang, str], str]:
    """Language and id -> text of the windows that the index does not hold."""
    there = {lang: index.ids(lang) for lang in LANGS}
    return {(lang, i): text for lang in LANGS for i, text in _windows(shelf, lang).items() if i not in there[lang]}


def _put_missing(index: Index, missing: Mapping[tuple[Lang, str], str], vectors: Mapping[str, Vectors]) -> None:
    for lang in LANGS:
        texts = {i: text for (at, i), text in missing.items() if at == lang}
        if texts:
            index.put(lang, list(texts), np.stack([vectors[embedding_key(t)] for t in texts.values()]))


def _remove_old(shelf: Shelf, index: Index) -> None:
    for lang in LANGS:
        wanted = _windows(shelf, lang)
        old = [i for i in index.ids(lang) if i not in wanted]
        if old:
            index.remove(lang, old)


def _windows(shelf: Shelf, lang: Lang) -> dict[str, str]:
    return {i: t for p in shelf.passages.values() if p.lang == lang for i, t in windows_of(p).items()}


def shipped_vectors(model: str, file: Path = SHIPPED) -> dict[str, Vectors]:
    """Vectors that ship with the demo's articles, by the hash of the very text; none for another model, and none is ever wrong, only unused."""
    if not file.exists():
        return {}
    with np.load(file) as held:
        if str(held["model"]) != model:
            return {}
        rows = held["vectors"].astype(np.float32)  # in steps of each row's largest number, which a unit vector needs not be told
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return dict(zip(held["keys"].tolist(), rows, strict=True))


def ship_vectors(model: str, vectors: Mapping[str, Vectors], file: Path = SHIPPED) -> None:
    """Write the vectors that ship, in 255 steps a number (measured: no cosine moves by more than 0.002), in a fixed order."""
    keys = sorted(vectors)
    rows = np.stack([vectors[k] for k in keys])
    steps = np.rint(rows / np.abs(rows).max(axis=1, keepdims=True) * 127).astype(np.int8)
    np.savez_compressed(file, model=np.array(model), keys=np.array(keys), vectors=steps)
