"""Alembic's door: one async connection, the same steps on SQLite and Postgres."""

import asyncio
from typing import Any

from alembic import context
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from store.columns import Json, Moment
from store.tables import metadata


def _render(kind: str, item: Any, autogen: Any) -> Any:
    if kind == "type" and isinstance(item, Moment | Json):
        autogen.imports.add("from store.columns import Json, Moment")
        return f"{type(item).__name__}()"
    return False


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        transaction_per_migration=True,
        render_item=_render,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def _main() -> None:
    engine = create_async_engine(context.config.attributes["url"])
    async with engine.connect() as connection:
        await connection.run_sync(_run)
        await connection.commit()
    await engine.dispose()


asyncio.run(_main())
