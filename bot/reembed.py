"""The base embedded again with another model, beside the one that turns use; then both are exchanged in one step."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from pydantic import BaseModel

from basics.errors import SettingsWrong, Unavailable
from basics.words import LANGS, Words
from bot.base import ToEmbed, embed_missing, put_windows, texts_to_embed
from bot.library import Library, Progress, shipped_vectors
from knowledge.article import Article
from knowledge.embedder import Embedder, Vectors
from knowledge.index import Index, Indexes
from knowledge.passage import Passage, embedding_key
from knowledge.shelf import Shelf, windows_of
from store import library as store

_BATCH = 32  # texts; kept batch by batch, so that what a kill interrupts is gone on with
_TRIES = 5
_SAMPLES = 5


class Reembedded(BaseModel, frozen=True):
    """What was done: fingerprints before and after, texts of the base, how many of them had to be embedded now."""

    before: str
    after: str
    texts: int
    embedded: int
    revision: int
    dropped: bool = True
    """Whether the indexes of other models are gone; else a duty does it where workers share them, elsewhere the next time."""


class _Stock(NamedTuple):
    """The base at one revision, every text of it embedded with the new model and every window in the new index."""

    revision: int
    model: str
    kept: list[tuple[Article, list[Passage]]]
    vectors: dict[str, Vectors]
    made: int


async def reembed(library: Library, named: str, embedder: Embedder, indexes: Indexes, progress: Progress = lambda done, of: None) -> Reembedded:
    """Embed the whole base with this model, which the settings call `named`, then let turns use it. Until then turns and ingestions go on as before.

    Interrupted at any moment it leaves the base as it was, or as it should be. The shelf is exchanged by `library.change_over`.
    """
    async with library.changing_over:
        index = await asyncio.to_thread(indexes.open, embedder.fingerprint)
        stock = await _stock(library, embedder, index, progress)
        before, made = stock.model, stock.made
        async with library.one_at_a_time:  # from here on ingestions of this process wait
            for _ in range(_TRIES):
                async with library.db.read() as conn:
                    revision, _ = await store.revision(conn)
                if revision != stock.revision:  # articles came in meanwhile
                    stock = await _stock(library, embedder, index, progress)
                    made += stock.made
                is_new = stock.model != embedder.fingerprint
                shelf = await asyncio.to_thread(Shelf, stock.kept, stock.vectors, stock.revision + is_new)
                flip = partial(store.change_model, model=embedder.fingerprint, embedder=named, since=stock.revision, now=library.clock())
                if not is_new or await library.db.write(flip):
                    library.change_over(embedder, index, shelf)
                    texts = len(stock.vectors)
                    return Reembedded(before=before, after=embedder.fingerprint, texts=texts, embedded=made, revision=shelf.revision)
    raise Unavailable(
        Words(
            en="Other workers go on taking articles in, so the base could not be changed over. The old model is used as before; try again later.",
            zh="其他进程一直在导入文章，知识库未能切换。系统继续使用原来的模型，请稍后重试。",
        )
    )


async def _stock(library: Library, embedder: Embedder, index: Index, progress: Progress) -> _Stock:
    model = embedder.fingerprint
    async with library.db.read() as conn:
        revision, of = await store.revision(conn)
        if of is None:
            raise SettingsWrong(
                Words(
                    en="The knowledge base is empty: there is nothing to embed again. Set CONCIERGE_EMBEDDER and run `concierge ingest FOLDER`.",
                    zh="知识库为空，无需重新生成向量。请设置 CONCIERGE_EMBEDDER，然后运行 `concierge ingest FOLDER`。",
                )
            )
        kept = await store.on_the_shelf(conn)
        passages = [p for _, ps in kept for p in ps]
        texts = texts_to_embed(passages)
        known = await store.kept_vectors(conn, model, texts)
    shipped = {k: v for k, v in shipped_vectors(model).items() if k in texts and k not in known}
    if shipped:
        await library.db.write(partial(store.keep_vectors, model=model, made=shipped))
    vectors = {**known, **shipped}
    missing = sorted((k for k in texts if k not in vectors), key=lambda k: (texts[k].is_question, len(texts[k].text)))
    for at in range(0, len(missing), _BATCH):
        made = await asyncio.to_thread(embed_missing, embedder, _some(texts, missing[at : at + _BATCH]), {})  # not in the thread that chats wait for
        await library.db.write(partial(store.keep_vectors, model=model, made=made))
        vectors |= made
        progress(min(at + _BATCH, len(missing)), len(missing))
    await asyncio.to_thread(_fill, index, passages, vectors)
    return _Stock(revision, of, kept, vectors, len(missing))


def _some(texts: dict[str, ToEmbed], keys: Sequence[str]) -> dict[str, ToEmbed]:
    return {k: texts[k] for k in keys}


def _fill(index: Index, passages: Sequence[Passage], vectors: dict[str, Vectors]) -> None:
    """Exactly these windows in the index, counted and tried."""
    put_windows(index, passages, vectors)
    for lang in LANGS:
        windows = {i: t for p in passages if p.lang == lang for i, t in windows_of(p).items()}
        index.remove(lang, [i for i in index.ids(lang) if i not in windows])
        tried = list(windows)[:: max(1, len(windows) // _SAMPLES)]
        found = all(index.nearest(lang, vectors[embedding_key(windows[i])], 1)[0].cosine > 0.99 for i in tried)
        if index.ids(lang) != frozenset(windows) or not found:
            raise Unavailable(
                Words(
                    en="The new index does not give back what was put into it. Nothing was changed: the old one is used as before. Try again; if it "
                    "happens again, look for free space on the disk.",
                    zh="新索引未能返回写入的内容。未作任何更改，系统继续使用原索引。请重试；若再次出现，请检查磁盘空间。",
                )
            )
