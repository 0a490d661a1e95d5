"""Bringing the tables up to the newest step; run by every start, harmless when nothing is to be done."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script.revision import ResolutionError
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
        if isinstance(wrong.__cause__, ResolutionError):
            raise _newer(where, wrong.__cause__.argument) from wrong
        why = str(wrong).strip().partition("\n")[0] or type(wrong).__name__
        raise SettingsWrong(
            Words(
                en=f"The database {where} cannot be used: {why}. Nothing was changed. Check the file in the home, or CONCIERGE_DATABASE_URL.",
                zh=f"无法使用数据库 {where}：{why}。未作任何更改。请检查主目录中的数据库文件或 CONCIERGE_DATABASE_URL。",
            )
        ) from wrong


def _newer(where: str, step: str) -> SettingsWrong:
    return SettingsWrong(
        Words(
            en=f"The database {where} was written by a newer version (its tables are at step {step}, which this version does not know). Nothing was "
            "changed. Start that version or a newer one again, or restore a backup that this version made into another home or database.",
            zh=f"数据库 {where} 由更新的版本写入（表结构为 {step}，当前版本无法识别）。未作任何更改。"
            "请重新使用该版本或更新的版本启动，或将当前版本制作的备份恢复到另一个主目录或数据库。",
        )
    )
