"""A backup's tables: one file of JSON lines each, the same from SQLite and from Postgres, so that either can be restored into the other.

Our own form and not pg_dump's: it needs no program of the server's version beside us, and it moves a home from SQLite to Postgres. Its price is
time (some ten thousand rows a second). Columns are read from the database itself: a backup of an older schema is restored as that, then brought up.
"""

import asyncio
import base64
import json
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, closing, contextmanager
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar
from zipfile import ZipFile

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Column, Date, DateTime, LargeBinary, MetaData, Table, create_engine, func, insert, select, text
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from basics.errors import Unavailable
from basics.words import Words
from store.tables import metadata
from store.upgrade import MIGRATIONS, config_for

T = TypeVar("T")
_MANY = 500
_OURS_BEFORE_ANY_USE = ("leases", "streams")  # a start writes these: a target that holds nothing else is empty
Done = Callable[[str, int], None]


def known_revisions() -> tuple[str, ...]:
    """Every step this version knows, oldest first."""
    return tuple(reversed([s.revision for s in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]))


def copy_sqlite(source: Path, target: Path) -> None:
    """A consistent copy of a SQLite file by its online backup, while others write to it."""
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


async def dump(url: str, out: ZipFile, done: Done = lambda table, rows: None) -> tuple[str, dict[str, int]]:
    """Write every table into `out` from one consistent snapshot; returns the schema's revision and the rows of each table."""
    async with _snapshot(url) as inside:
        revision, rows = await inside(lambda conn: _dump(conn, out, done))
        return revision, rows


async def rows_of(url: str) -> dict[str, int]:
    """How many rows each of our tables holds; nothing where there are no tables yet."""
    return await _inside(url, lambda conn: _count(conn, _reflected(conn)))


def in_use(rows: Mapping[str, int]) -> bool:
    """Whether a database holds anything that a mere start does not write."""
    return any(n for table, n in rows.items() if table not in _OURS_BEFORE_ANY_USE)


async def load(url: str, kept: ZipFile, revision: str, done: Done = lambda table, rows: None) -> dict[str, int]:
    """Make the tables of `revision` anew, fill them in one transaction, bring them up to the newest step; returns how many rows each got."""
    await _inside(url, _drop)
    await asyncio.to_thread(command.upgrade, config_for(url), revision)
    counted = await _inside(url, lambda conn: _load(conn, kept, done))
    await asyncio.to_thread(command.upgrade, config_for(url), "head")
    return counted


def _dump(conn: Connection, out: ZipFile, done: Done) -> tuple[str, dict[str, int]]:
    rows: dict[str, int] = {}
    for table in _reflected(conn):
        count = 0
        with out.open(f"tables/{table.name}.jsonl", "w", force_zip64=True) as file:
            for row in conn.execution_options(yield_per=_MANY).execute(select(table)).mappings():
                said = {c.name: _said(c, row[c.name]) for c in table.columns}
                file.write((json.dumps(said, ensure_ascii=False, separators=(",", ":")) + "\n").encode("utf-8"))
                count += 1
        rows[table.name] = count
        done(table.name, count)
    revision = conn.execute(text("select version_num from alembic_version")).scalar_one()
    return str(revision), rows


def _load(conn: Connection, kept: ZipFile, done: Done) -> dict[str, int]:
    tables = _reflected(conn)
    there = set(kept.namelist())
    for table in reversed(tables):
        conn.execute(table.delete())  # what a step itself wrote stands in the backup, too
    for table in tables:
        count, name = 0, f"tables/{table.name}.jsonl"
        if name in there:
            lines = _lines(kept, name)
            while some := list(islice(lines, _MANY)):
                conn.execute(insert(table), [{c.name: _meant(c, row.get(c.name), conn) for c in table.columns} for row in some])
                count += len(some)
        done(table.name, count)
    if conn.dialect.name == "sqlite":
        torn = conn.execute(text("PRAGMA foreign_key_check")).all()
        if torn:
            raise ValueError(f"{len(torn)} rows name others that are not there")
    else:
        _count_on(conn, tables)
    return _count(conn, tables)


def _count_on(conn: Connection, tables: Iterable[Table]) -> None:
    """Where Postgres numbers rows itself, it goes on after the last one."""
    for table in tables:
        for column in table.primary_key.columns:
            sequence = conn.execute(text("select pg_get_serial_sequence(:t, :c)"), {"t": f'"{table.name}"', "c": column.name}).scalar()
            if sequence:
                last = conn.execute(select(func.max(column))).scalar()
                conn.execute(text("select setval(cast(:s as regclass), :n, :used)"), {"s": sequence, "n": last or 1, "used": last is not None})


def _reflected(conn: Connection) -> list[Table]:
    """The tables as the database has them, those first that others refer to; without Alembic's own."""
    found = MetaData()
    found.reflect(conn)
    return [t for t in found.sorted_tables if t.name != "alembic_version"]


def _count(conn: Connection, tables: Iterable[Table]) -> dict[str, int]:
    return {t.name: int(conn.execute(select(func.count()).select_from(t)).scalar_one()) for t in tables}


def _drop(conn: Connection) -> None:
    """Our tables, and no others."""
    found = MetaData()
    found.reflect(conn, only=lambda name, _: name in metadata.tables or name == "alembic_version")
    found.drop_all(conn)


def _lines(kept: ZipFile, name: str) -> Iterator[dict[str, Any]]:
    with kept.open(name) as file:
        for line in file:
            yield json.loads(line)


def _said(column: Column[Any], value: Any) -> Any:
    """A value as JSON: moments in UTC, bytes in base 64."""
    if isinstance(value, datetime):
        return (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode("ascii")
    return value


def _meant(column: Column[Any], value: Any, conn: Connection) -> Any:
    """The value again, as this database wants it."""
    if isinstance(column.type, JSON):
        column.type.none_as_null = True
        return value
    if value is None:
        return None
    if isinstance(column.type, DateTime):
        at = datetime.fromisoformat(value)
        return at.astimezone(UTC).replace(tzinfo=None) if conn.dialect.name == "sqlite" else at
    if isinstance(column.type, Date):
        return date.fromisoformat(value)
    if isinstance(column.type, LargeBinary):
        return base64.b64decode(value)
    return value


@asynccontextmanager
async def _snapshot(url: str) -> AsyncIterator[Callable[[Callable[[Connection], T]], Any]]:
    """A function that runs work in a consistent look at a database that others go on writing to."""
    at = make_url(url)
    if at.get_backend_name() == "sqlite":
        with TemporaryDirectory(prefix="concierge-backup-") as folder:
            copy = Path(folder) / "copy.sqlite3"
            with _told(at):
                await asyncio.to_thread(copy_sqlite, Path(at.database or ""), copy)

            async def on_copy(work: Callable[[Connection], T]) -> T:
                return await _inside(f"sqlite:///{copy}", work)

            yield on_copy
        return
    engine = create_async_engine(at, isolation_level="REPEATABLE READ")
    try:
        with _told(at):
            async with engine.connect() as conn:
                yield conn.run_sync
    finally:
        await engine.dispose()


async def _inside(url: str, work: Callable[[Connection], T]) -> T:
    """Run work in one transaction of its own; Unavailable where the database does not let us."""
    at = make_url(url)

    def here() -> T:
        engine = create_engine(at.set(drivername="sqlite"))
        try:
            with engine.begin() as conn:
                return work(conn)
        finally:
            engine.dispose()

    with _told(at):
        if at.get_backend_name() == "sqlite":
            return await asyncio.to_thread(here)
        served = create_async_engine(at)
        try:
            async with served.begin() as conn:
                return await conn.run_sync(work)
        finally:
            await served.dispose()


@contextmanager
def _told(at: URL) -> Iterator[None]:
    try:
        yield
    except (OSError, DBAPIError, sqlite3.Error, KeyError, ValueError) as wrong:
        where, why = at.render_as_string(hide_password=True), str(wrong).strip().partition("\n")[0]
        raise Unavailable(
            Words(
                en=f"The database {where} could not be read or written: {why}. A backup file is as it was; begin a restore again with --force.",
                zh=f"无法读写数据库 {where}：{why}。备份文件未受影响；可使用 --force 重新恢复。",
            )
        ) from wrong
