"""Houses on PostgreSQL (CONCIERGE_TEST_DATABASE=postgres): a database for each home, copied from one with the rows of the template home."""

import asyncio
import os
import threading
import zipfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from basics.ids import fingerprint, new_id
from store import backup
from tests.store.bases import POSTGRES

# Every maker of tests/house.py honours it.
ON_POSTGRES = os.environ.get("CONCIERGE_TEST_DATABASE") == "postgres"  # read before any test cleans the environment
SERVER, _, _ = POSTGRES.rpartition("/")
in_a_sqlite_home = pytest.mark.skipif(ON_POSTGRES, reason="a story of the SQLite file in a home")
_made: dict[Path, str] = {}


def database_of(home: Path, template: Path | None) -> str:
    """The URL of a home's own database, made when it is first asked for: a copy of the template home's, or (None) an empty one."""
    if home not in _made:
        name = f"concierge_{new_id('t')[-12:]}"
        _await(_create(name, _template(template) if template else None))
        _made[home] = name
    return f"{SERVER}/{_made[home]}"


def drop_all() -> None:
    """Drop what the test made."""
    while _made:
        _, name = _made.popitem()
        _await(_statement(f"drop database if exists {name} with (force)"))


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
