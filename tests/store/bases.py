"""The two databases the store runs on: a SQLite file, and PostgreSQL in a schema of the test's own."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from basics.ids import new_id

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgresql+asyncpg://postgres@127.0.0.1:5432/test")


@asynccontextmanager
async def a_base(kind: str, folder: Path) -> AsyncIterator[str]:
    """The URL of an empty database of this kind, gone afterwards."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'base.sqlite3'}"
        return
    server, _, _ = POSTGRES.rpartition("/")
    name = f"concierge_{new_id('t')[-12:]}"
    engine = create_async_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as conn:
            await conn.execute(text(f"create database {name}"))
    except Exception as absent:
        await engine.dispose()
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no PostgreSQL at {POSTGRES}: {str(absent)[:200]} (set TEST_POSTGRES_URL)")
    try:
        yield f"{server}/{name}"
    finally:
        async with engine.connect() as conn:
            await conn.execute(text(f"drop database {name} with (force)"))
        await engine.dispose()
