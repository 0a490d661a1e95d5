"""Bringing the tables up to the newest step; run by every start, harmless when nothing is to be done."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import make_url

from basics.errors import SettingsWrong
from basics.words import Words

MIGRATIONS = Path(__file__).parent / "migrations"


def config_for(url: str) -> Config:
    """Alembic's settings for the database at `url`, without a file of their own."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    return config


def upgrade(url: str) -> None:
    """Bring the database at `url` to the newest step (blocking: call it in a thread or before the loop starts)."""
    try:
        command.upgrade(config_for(url), "head")
    except Exception as wrong:  # whatever the driver calls it: no start without tables
        where = make_url(url).render_as_string(hide_password=True)
        why = str(wrong).strip().partition("\n")[0] or type(wrong).__name__
        raise SettingsWrong(
            Words(
                en=f"The database {where} cannot be used: {why}. Nothing was changed. Check the file in the home, or CONCIERGE_DATABASE_URL.",
                zh=f"无法使用数据库 {where}：{why}。未作任何更改。请检查主目录中的数据库文件或 CONCIERGE_DATABASE_URL。",
            )
        ) from wrong
