"""Bringing the tables up to the newest step; run by every start, harmless when nothing is to be done."""

from pathlib import Path

from alembic import command
from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"


def config_for(url: str) -> Config:
    """Alembic's settings for the database at `url`, without a file of their own."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    return config


def upgrade(url: str) -> None:
    """Bring the database at `url` to the newest step (blocking: call it in a thread or before the loop starts)."""
    command.upgrade(config_for(url), "head")
