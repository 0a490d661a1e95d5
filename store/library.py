"""The knowledge base as it is kept: article versions, their passages, and vectors by the very text they were made from."""

import contextlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from pydantic import BaseModel
from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from basics.errors import SettingsWrong
from basics.words import Words
from knowledge.article import Article, ArticleKey, Period
from knowledge.embedder import Vectors
from knowledge.passage import Passage
from store.database import Tx
from store.tables import articles, base, passages, vectors

_MANY = 500
BASE = "library"
"""What workers listen for: the base has changed."""


class KeptArticle(BaseModel, frozen=True):
    """What ingestion needs to know of a kept version to compare it with a file."""

    key: ArticleKey
    text_hash: str
    content_hash: str
    origin: str
    file: str
    withdrawn: bool


async def kept_articles(conn: AsyncConnection) -> dict[ArticleKey, KeptArticle]:
    """Every version ever kept, withdrawn ones too."""
    c = articles.c
    rows = await conn.execute(select(c.id, c.lang, c.version, c.text_hash, c.content_hash, c.origin, c.file, c.withdrawn_at))
    return {
        (r.id, r.lang, r.version): KeptArticle(
            key=(r.id, r.lang, r.version),
            text_hash=r.text_hash,
            content_hash=r.content_hash,
            origin=r.origin,
            file=r.file,
            withdrawn=r.withdrawn_at is not None,
        )
        for r in rows.all()
    }


async def keep_article(tx: Tx, article: Article, cut: Iterable[Passage], origin: str, file: str, now: datetime) -> None:
    """Keep a new version, or new front matter of a known one (its text, and so its passages' offsets, are the same)."""
    row = {
        "kind": article.kind,
        "title": article.title,
        "audience": article.audience,
        "in_force_from": article.in_force.start,
        "in_force_to": article.in_force.to,
        "applies_by": article.applies_by,
        "owner": article.owner,
        "source_url": article.source_url,
        "supersedes": article.supersedes,
        "stakes": None if article.stakes is None else list(article.stakes),
        "body": article.body,
        "text_hash": article.text_hash,
        "content_hash": article.content_hash,
        "origin": origin,
        "file": file,
        "ingested_at": now,
        "withdrawn_at": None,
    }
    is_it = (articles.c.id == article.id) & (articles.c.lang == article.lang) & (articles.c.version == article.version)
    if (await tx.conn.execute(update(articles).where(is_it).values(**row))).rowcount == 0:
        await tx.conn.execute(insert(articles).values(id=article.id, lang=article.lang, version=article.version, **row))
    of_it = (passages.c.article_id == article.id) & (passages.c.lang == article.lang) & (passages.c.version == article.version)
    await tx.conn.execute(delete(passages).where(of_it))
    rows = [
        {
            "id": p.id,
            "article_id": p.article_id,
            "lang": p.lang,
            "version": p.version,
            "ordinal": p.ordinal,
            "record": p.model_dump(mode="json"),
        }
        for p in cut
    ]
    if rows:
        await tx.conn.execute(insert(passages), rows)


async def withdraw(tx: Tx, keys: Iterable[ArticleKey], now: datetime) -> None:
    """Take versions off the shelf; their text stays, for a receipt may name it."""
    for article_id, lang, version in keys:
        is_it = (articles.c.id == article_id) & (articles.c.lang == lang) & (articles.c.version == version)
        await tx.conn.execute(update(articles).where(is_it).values(withdrawn_at=now))


async def contents(conn: AsyncConnection) -> frozenset[tuple[str, str, int, str]]:
    """What may be cited, by id, language, version and the fingerprint of everything in it."""
    c = articles.c
    rows = await conn.execute(select(c.id, c.lang, c.version, c.content_hash).where(c.withdrawn_at.is_(None)))
    return frozenset((r.id, r.lang, r.version, r.content_hash) for r in rows.all())


async def on_the_shelf(conn: AsyncConnection) -> list[tuple[Article, list[Passage]]]:
    """Every version that may be cited, with its passages in order."""
    found = {
        (a.id, a.lang, a.version): (a, list[Passage]())
        for a in (_article(r) for r in (await conn.execute(select(articles).where(articles.c.withdrawn_at.is_(None)))).all())
    }
    for record in (await conn.execute(select(passages.c.record).order_by(passages.c.ordinal))).scalars():
        passage = Passage.model_validate(record)
        if passage.article_key in found:
            found[passage.article_key][1].append(passage)
    return list(found.values())


async def article(conn: AsyncConnection, article_id: str, lang: str, version: int) -> Article | None:
    """One version, also a withdrawn one, or None."""
    is_it = (articles.c.id == article_id) & (articles.c.lang == lang) & (articles.c.version == version)
    row = (await conn.execute(select(articles).where(is_it))).one_or_none()
    return _article(row) if row else None


async def kept_vectors(conn: AsyncConnection, model: str, hashes: Iterable[str]) -> dict[str, Vectors]:
    """Vectors of texts by their hash, those that are known."""
    wanted = list(dict.fromkeys(hashes))
    out: dict[str, Vectors] = {}
    for at in range(0, len(wanted), _MANY):
        rows = await conn.execute(
            select(vectors.c.text_hash, vectors.c.vector).where(vectors.c.model == model, vectors.c.text_hash.in_(wanted[at : at + _MANY]))
        )
        out.update({r.text_hash: np.frombuffer(r.vector, dtype=np.float32) for r in rows.all()})
    return out


async def keep_vectors(tx: Tx, model: str, made: Mapping[str, Vectors]) -> None:
    """Keep vectors that are not known yet."""
    known = await kept_vectors(tx.conn, model, made)
    rows = [{"text_hash": h, "model": model, "vector": v.astype(np.float32).tobytes()} for h, v in made.items() if h not in known]
    for at in range(0, len(rows), _MANY):
        await tx.conn.execute(insert(vectors), rows[at : at + _MANY])


class Base(NamedTuple):
    """How often the base has changed and when last, the embedding model its vectors are of, and how the settings name that model."""

    revision: int
    model: str | None
    embedder: str | None
    changed_at: datetime | None


async def base_now(conn: AsyncConnection) -> Base:
    """The base as it stands; revision 0 before anything was taken in."""
    row = (await conn.execute(select(base).where(base.c.name == "articles"))).one_or_none()
    return Base(row.revision, row.model, row.embedder, row.changed_at) if row else Base(0, None, None, None)


async def revision(conn: AsyncConnection) -> tuple[int, str | None]:
    """How often the base has changed, and the embedding model its vectors are of."""
    now = await base_now(conn)
    return now.revision, now.model


async def grow_revision(tx: Tx, model: str, embedder: str, now: datetime) -> int:
    """The base has changed, and every worker is told. Done first in a transaction it lets only one ingestion write at a time.

    SettingsWrong where the base has been embedded again with another model meanwhile.
    """
    tx.touched.add(BASE)
    grows = {"revision": base.c.revision + 1, "embedder": func.coalesce(base.c.embedder, embedder), "changed_at": now}
    grown = update(base).where(base.c.name == "articles", base.c.model == model).values(grows)
    for _ in range(2):
        number = (await tx.conn.execute(grown.returning(base.c.revision))).scalar()
        if number is not None:
            return int(number)
        with contextlib.suppress(IntegrityError):  # another worker took the first articles in at this very moment
            async with tx.conn.begin_nested():
                await tx.conn.execute(insert(base).values(name="articles", revision=1, model=model, embedder=embedder, changed_at=now))
            return 1
    _, other = await revision(tx.conn)
    raise SettingsWrong(
        Words(
            en=f"The base has been embedded again with {other} meanwhile, and this process still has {model}. Nothing was kept. Start it again with "
            "the CONCIERGE_EMBEDDER that the base now has.",
            zh=f"知识库已改由 {other} 生成向量，而当前进程仍在使用 {model}。未保存任何内容。请将 CONCIERGE_EMBEDDER 改为知识库现在的模型后重新启动。",
        )
    )


async def change_model(tx: Tx, model: str, embedder: str, since: int, now: datetime) -> bool:
    """The base's vectors are this model's from now on, if nothing was taken in after revision `since`; every worker is told."""
    tx.touched.add(BASE)
    this = base.c.name == "articles", base.c.revision == since
    changed = update(base).where(*this).values(revision=since + 1, model=model, embedder=embedder, changed_at=now)
    return (await tx.conn.execute(changed)).rowcount == 1


def _article(row: Row[Any]) -> Article:
    return Article(
        id=row.id,
        lang=row.lang,
        version=row.version,
        kind=row.kind,
        title=row.title,
        audience=row.audience,
        in_force=Period.model_validate({"from": row.in_force_from, "to": row.in_force_to}),
        applies_by=row.applies_by,
        owner=row.owner,
        source_url=row.source_url,
        supersedes=row.supersedes,
        stakes=row.stakes,
        body=row.body,
    )
