"""Houses on PostgreSQL (CONCIERGE_TEST_DATABASE=postgres): a database for each home, copied from one with the rows of the template home.

To copy and drop 32 MB takes the server a second or two, so a database goes on to the next story of this process: its conversations, tickets and the
like are put back to what the template has, and where articles were taken in it is dropped instead.
"""

import asyncio
import os
import threading
import zipfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest
from filelock import FileLock
from sqlalchemy import Connection, Table, text
from sqlalchemy.ext.asyncio import create_async_engine

from basics.ids import fingerprint, new_id
from store import backup
from store.tables import metadata
from tests.store.bases import POSTGRES

# Every maker of tests/house.py honours it.
ON_POSTGRES = os.environ.get("CONCIERGE_TEST_DATABASE") == "postgres"  # read before any test cleans the environment
SERVER, _, _ = POSTGRES.rpartition("/")
in_a_sqlite_home = pytest.mark.skipif(ON_POSTGRES, reason="a story of the SQLite file in a home")
_ARTICLES = ("articles", "passages", "vectors", "base")  # nearly all of the 32 MB
_made: dict[Path, str] = {}
_copies: dict[str, str] = {}  # of what template a database is a copy
_free: list[str] = []
Rows = dict[str, list[dict[str, Any]]]
T = TypeVar("T")
_TEMPLATES: dict[str, tuple[list[Any], Rows]] = {}


def database_of(home: Path, template: Path | None) -> str:
    """The URL of a home's own database, made when it is first asked for: a copy of the template home's, or (None) an empty one."""
    if home not in _made:
        _made[home] = _free.pop() if template and _free else _await(_fresh(_template(template) if template else None))
    return f"{SERVER}/{_made[home]}"


def drop_all() -> None:
    """What the test made goes with it: it is put back to what the template has, or dropped."""
    while _made:
        _, name = _made.popitem()
        if name in _copies and _await(_put_back(name, _copies[name])):
            _free.append(name)
        else:
            _await(_statement(f"drop database if exists {name} with (force)"))


def drop_free() -> None:
    """At the end of all tests."""
    while _free:
        _await(_statement(f"drop database if exists {_free.pop()} with (force)"))


async def _fresh(template: str | None) -> str:
    name = f"concierge_{new_id('t')[-12:]}"
    await _create(name, template)
    if template:
        _copies[name] = template
    return name


async def _put_back(name: str, template: str) -> bool:
    """True if nothing but articles' and other tables' old rows is in it now; False where its articles are others."""
    marks, rows = _TEMPLATES.get(template) or _TEMPLATES.setdefault(template, await _inside(template, _looked_at))

    def back(conn: Connection) -> bool:
        conn.execute(text("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid != pg_backend_pid()"))
        if _marks(conn) != marks:
            return False
        for table in reversed(_others()):
            conn.execute(table.delete())
        for table in _others():
            if rows[table.name]:
                conn.execute(table.insert(), rows[table.name])
        return True

    return await _inside(name, back)


def _marks(conn: Connection) -> list[Any]:
    asked = ["(select version_num from alembic_version)", "(select count(*) from vectors)"]
    asked += [f"(select sum(hashtext(t::text)) from {name} t)" for name in _ARTICLES if name != "vectors"]
    return list(conn.execute(text(f"select {', '.join(asked)}")).one())


def _looked_at(conn: Connection) -> tuple[list[Any], Rows]:
    return _marks(conn), {t.name: [dict(row) for row in conn.execute(t.select()).mappings()] for t in _others()}


def _others() -> list[Table]:
    return [t for t in metadata.sorted_tables if t.name not in _ARTICLES]


async def _inside(name: str, work: Callable[[Connection], T]) -> T:
    engine = create_async_engine(f"{SERVER}/{name}")
    try:
        async with engine.begin() as conn:
            return await conn.run_sync(work)
    finally:
        await engine.dispose()


def _template(home: Path) -> str:
    """A database with the rows of the template home, made once for this form of the tables and articles."""
    name = f"concierge_template_{fingerprint(f'{home}-{backup.known_revisions()[-1]}')[:12]}"
    with FileLock(home.parent / "postgres.lock"):
        if not _await(_statement(f"select 1 from pg_database where datname = '{name}'")):
            made = f"{name}_{new_id('m')[-4:]}"
            _await(_create(made, None))
            _await(_filled(home, f"{SERVER}/{made}"))
            _await(_statement(f"alter database {made} rename to {name}"))
    return name


async def _filled(home: Path, url: str) -> None:
    file = home.parent / f"{new_id('template')}.zip"
    try:
        with zipfile.ZipFile(file, "w") as out:
            revision, _ = await backup.dump(f"sqlite:///{home / 'concierge.sqlite3'}", out)
        with zipfile.ZipFile(file) as kept:
            await backup.load(url, kept, revision)
    finally:
        file.unlink(missing_ok=True)


async def _create(name: str, template: str | None) -> None:
    await _statement(f"create database {name}" + (f" template {template}" if template else ""))


async def _statement(statement: str) -> Any:
    engine = create_async_engine(f"{SERVER}/postgres", isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as conn:
            done = await conn.execute(text(statement))
            return done.scalar() if done.returns_rows else None
    except OSError as absent:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no PostgreSQL at {POSTGRES}: {str(absent)[:200]} (set TEST_POSTGRES_URL)")
    finally:
        await engine.dispose()


def _await(work: Coroutine[Any, Any, Any]) -> Any:
    """Wait for it in a thread with a loop of its own, for a test's loop may be running in this one."""
    out: list[Any] = []

    def run() -> None:
        try:
            out.append((asyncio.run(work), None))
        except BaseException as error:
            out.append((None, error))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    result, error = out[0]
    if error is not None:
        raise error
    return result
