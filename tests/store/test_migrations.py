"""The steps that bring the tables up, and back down, on both databases."""

import asyncio
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import create_engine, inspect
from sqlalchemy.ext.asyncio import create_async_engine

from store.tables import metadata
from store.upgrade import config_for, upgrade
from tests.store.bases import a_base


async def tables_of(url: str) -> set[str]:
    if url.startswith("sqlite"):
        file = create_engine(url)
        with file.connect() as held:
            return set(inspect(held).get_table_names())
    engine = create_async_engine(url)
    async with engine.connect() as conn:
        names = await conn.run_sync(lambda c: set(inspect(c).get_table_names()))
    await engine.dispose()
    return names


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_up_down_and_up_again(kind: str, tmp_path: Path) -> None:
    """Every table stands after going up, none after going down, what stands is what the code says, and starting twice is harmless."""
    async with a_base(kind, tmp_path) as url:
        await asyncio.to_thread(upgrade, url)
        assert await tables_of(url) - {"alembic_version"} == set(metadata.tables)
        await asyncio.to_thread(command.check, config_for(url))
        await asyncio.to_thread(command.downgrade, config_for(url), "base")
        assert await tables_of(url) <= {"alembic_version"}
        for _ in range(2):
            await asyncio.to_thread(upgrade, url)
        assert await tables_of(url) - {"alembic_version"} == set(metadata.tables)
