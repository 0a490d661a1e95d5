"""Whether the tables are as this version wants them."""

from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from store.upgrade import config_for


def newest_step() -> str:
    """The last step that this version knows."""
    return ScriptDirectory.from_config(config_for("")).get_current_head() or ""


async def step(conn: AsyncConnection) -> str:
    """The step at which the tables stand; raises where there are none yet."""
    return str((await conn.execute(text("select version_num from alembic_version"))).scalar_one())
