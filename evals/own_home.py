"""A look at an operator's own database, beside the server that works with it: one snapshot, nothing is written and no home is taken."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from basics.errors import BadRequest, SettingsWrong
from bot.settings import Settings
from store.database import Conn, Database
from store.schema import newest_step, step


@asynccontextmanager
async def looking(settings: Settings) -> AsyncIterator[Conn]:
    """A connection for reading; BadRequest where there is no database, SettingsWrong where its tables are of another version."""
    if not settings.database_url and not (settings.home / "concierge.sqlite3").exists():
        raise BadRequest(f"There is no database in {settings.home}. Nothing was read. Set CONCIERGE_HOME or CONCIERGE_DATABASE_URL.")
    db = Database(settings.database())
    try:
        async with db.read() as conn:
            stands = await step(conn)
            if stands != newest_step():
                raise SettingsWrong(
                    f"The tables stand at step {stands}, this version wants {newest_step()}. Nothing was read. "
                    "Start `concierge serve` once: it brings them up."
                )
            yield conn
    finally:
        await db.stop()
