"""Ingestions as they can be taken back: of each, the article versions that it touched, as they were before it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from pydantic import BaseModel
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.article import ArticleKey
from knowledge.passage import Passage
from store.database import Tx
from store.tables import articles, ingestions, passages

MOST = 50
"""Ingestions that can be taken back; of older ones only the result is kept."""
_DAYS, _MOMENTS = ("in_force_from", "in_force_to"), ("ingested_at", "withdrawn_at")


class Before(BaseModel, frozen=True):
    """One article version as it stood: its row and its passages, or that there was none."""

    key: ArticleKey
    row: dict[str, Any] | None
    passages: tuple[dict[str, Any], ...] = ()
    contradicts: tuple[str, ...] = ()
    """What the version that came instead contradicts, and was kept all the same because somebody said so."""

    @property
    def stands(self) -> bool:
        """Whether it could be cited."""
        return self.row is not None and self.row["withdrawn_at"] is None


class Ingestion(NamedTuple):
    """One that can be taken back: the revision that it made, and when."""

    revision: int
    at: datetime


async def as_they_are(conn: AsyncConnection, keys: Iterable[ArticleKey]) -> list[Before]:
    """These versions as they stand now."""
    found = []
    for key in keys:
        row = (await conn.execute(select(articles).where(*_is(articles.c, key)))).one_or_none()
        cut = (await conn.execute(select(passages.c.record).where(*_of(key)).order_by(passages.c.ordinal))).scalars().all()
        found.append(Before(key=key, row=_written(row._asdict()) if row else None, passages=tuple(cut) if row else ()))
    return found


async def keep(tx: Tx, revision: int, before: Iterable[Before], now: datetime) -> None:
    """Note what an ingestion touched; done in its own transaction. The oldest of too many are forgotten."""
    row = {"revision": revision, "at": now, "before": [b.model_dump(mode="json") for b in before]}
    await tx.conn.execute(insert(ingestions), [row])
    await tx.conn.execute(delete(ingestions).where(ingestions.c.revision <= revision - MOST))


async def known(conn: AsyncConnection) -> list[Ingestion]:
    """Those that can be taken back, the newest first."""
    rows = await conn.execute(select(ingestions.c.revision, ingestions.c.at).order_by(ingestions.c.revision.desc()))
    return [Ingestion(r.revision, r.at) for r in rows.all()]


async def before_all_since(conn: AsyncConnection, revision: int) -> dict[ArticleKey, Before]:
    """Every version that was touched after this revision, as it stood at it."""
    rows = await conn.execute(select(ingestions.c.before).where(ingestions.c.revision > revision).order_by(ingestions.c.revision.desc()))
    return {b.key: b for written in rows.scalars() for b in map(Before.model_validate, written)}  # the oldest is read last, and wins


async def put_back(tx: Tx, before: Mapping[ArticleKey, Before], now: datetime) -> None:
    """These versions as they stood. One that there was not is withdrawn, never deleted: a receipt may name it."""
    for key, was in before.items():
        is_it = _is(articles.c, key)
        if was.row is None:
            await tx.conn.execute(update(articles).where(*is_it, articles.c.withdrawn_at.is_(None)).values(withdrawn_at=now))
            continue
        row = {k: v for k, v in _read(was.row).items() if k not in ("id", "lang", "version")}
        await tx.conn.execute(update(articles).where(*is_it).values(**row))
        await tx.conn.execute(delete(passages).where(*_of(key)))
        cut = [Passage.model_validate(p) for p in was.passages]
        if cut:
            rows = [
                {"id": p.id, "article_id": key[0], "lang": key[1], "version": key[2], "ordinal": p.ordinal, "record": record}
                for p, record in zip(cut, was.passages, strict=True)
            ]
            await tx.conn.execute(insert(passages), rows)


def _is(c: Any, key: ArticleKey) -> tuple[Any, Any, Any]:
    return c.id == key[0], c.lang == key[1], c.version == key[2]


def _of(key: ArticleKey) -> tuple[Any, Any, Any]:
    c = passages.c
    return c.article_id == key[0], c.lang == key[1], c.version == key[2]


def _written(row: dict[str, Any]) -> dict[str, Any]:
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in row.items()}


def _read(row: dict[str, Any]) -> dict[str, Any]:
    days = {k: date.fromisoformat(row[k]) for k in _DAYS if row[k]}
    return row | days | {k: datetime.fromisoformat(row[k]) for k in _MOMENTS if row[k]}
