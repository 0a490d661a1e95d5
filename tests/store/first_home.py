"""A base and a home as the first release left them (tests/store/first_release/, made by first_release.py), on SQLite or PostgreSQL."""

import asyncio
import base64
import json
import shutil
import sqlite3
import tempfile
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from alembic import command
from sqlalchemy import JSON, Boolean, Column, Connection, Date, DateTime, MetaData, create_engine, insert, null
from sqlalchemy.ext.asyncio import create_async_engine

from store import backup
from store.upgrade import config_for

KEPT = Path(__file__).with_name("first_release")
HANDS: dict[str, Any] = json.loads((KEPT / "hands.json").read_text("utf-8"))
NOW = datetime.fromisoformat(HANDS["now"])
Rows = dict[str, list[dict[str, Any]]]


async def first_base(url: str) -> None:
    """Make the tables of step 0001 in an empty database and fill them."""
    await asyncio.to_thread(command.upgrade, config_for(url), "0001")
    if url.startswith("sqlite"):
        engine = create_engine(url)
        with engine.begin() as conn:
            _fill(conn)
        engine.dispose()
        return
    served = create_async_engine(url)
    async with served.begin() as served_conn:
        await served_conn.run_sync(_fill)
    await served.dispose()


def first_home(home: Path) -> Path:
    """The files of the demo airline; returns the home."""
    home.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(home / "airline.sqlite3")) as airline:
        airline.executescript((KEPT / "airline.sql").read_text("utf-8"))
    shutil.copy(KEPT / "airline.log", home)
    return home


async def rows_of(url: str) -> tuple[str, Rows]:
    """At which step a base stands, and everything in it, each table in a fixed order."""
    with tempfile.TemporaryDirectory() as folder:
        with ZipFile(Path(folder) / "rows.zip", "w") as out:
            step, _ = await backup.dump(url, out)
        with ZipFile(Path(folder) / "rows.zip") as kept:
            lines = {n.removeprefix("tables/").removesuffix(".jsonl"): kept.read(n).decode().splitlines() for n in kept.namelist()}
    return step, {
        table: sorted((json.loads(line) for line in some), key=lambda row: json.dumps(row, sort_keys=True)) for table, some in lines.items()
    }


def lost(before: Rows, after: Rows) -> list[str]:
    """What stood before and does not stand any more, but for columns that a step took away."""
    out = []
    for table, rows in before.items():
        columns = set(rows[0]) & set(after[table][0]) if rows and after[table] else set()
        had, has = ([{c: row[c] for c in columns} for row in some] for some in (rows, after[table]))
        out += [f"{table}: {row}" for row in had if row not in has] + (
            [f"{table}: {len(rows)} rows, then {len(has)}"] if len(has) != len(rows) else []
        )
    return out


def _fill(conn: Connection) -> None:
    found = MetaData()
    found.reflect(conn)
    for table in found.sorted_tables:
        if table.name != "alembic_version":
            rows = [json.loads(line) for line in (KEPT / f"{table.name}.jsonl").read_text("utf-8").splitlines()]
            conn.execute(insert(table), [{c.name: _meant(c, row[c.name], conn) for c in table.columns} for row in rows])


def _meant(column: Column[Any], said: Any, conn: Connection) -> Any:
    """A value as this database takes it, from how SQLite held it."""
    if said is None:
        return null() if isinstance(column.type, JSON) else None
    if isinstance(said, dict):
        return base64.b64decode(said["base64"])
    if isinstance(column.type, JSON):
        return json.loads(said)
    if isinstance(column.type, DateTime):
        at = datetime.fromisoformat(said)
        return at if conn.dialect.name == "sqlite" else at.replace(tzinfo=UTC)
    if isinstance(column.type, Date):
        return date.fromisoformat(said)
    return bool(said) if isinstance(column.type, Boolean) else said
