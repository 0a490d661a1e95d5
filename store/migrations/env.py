"""Alembic's door: one connection, the same steps on SQLite and Postgres."""

import asyncio
from typing import Any

from alembic import context
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.ext.asyncio import create_async_engine

from store.columns import Json, Moment
from store.tables import metadata

_STEPS = 0x636F6E63  # the advisory lock of whoever takes the steps


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


async def _served(url: URL) -> None:
    engine = create_async_engine(url)
    async with engine.connect() as connection, engine.connect() as guard:
        # Several workers may start at once: one brings the tables up, the others wait for it and find nothing to do.
        await guard.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _STEPS})
        await connection.run_sync(_run)
        await connection.commit()
    await engine.dispose()


def _file(url: URL) -> Engine:
    """A SQLite file in which all the steps are one transaction: the driver itself would commit after every table."""
    engine = create_engine(url.set(drivername="sqlite"))

    @event.listens_for(engine, "connect")
    def _prepare(raw: Any, _record: Any) -> None:
        raw.isolation_level = None

    @event.listens_for(engine, "begin")
    def _begin(conn: Connection) -> None:
        conn.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _main(url: URL) -> None:
    if url.get_backend_name() != "sqlite":
        asyncio.run(_served(url))
        return
    engine = _file(url)
    with engine.begin() as connection:
        _run(connection)
    engine.dispose()


_main(make_url(context.config.attributes["url"]))
