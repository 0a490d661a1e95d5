"""Every setting, with its default; read from the environment (CONCIERGE_…) or a .env file. Documented in .env.example."""

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from basics.errors import SettingsWrong
from basics.ids import fingerprint

HERE = Path(__file__).resolve().parent.parent


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError("there is no such time zone; write it as Asia/Shanghai") from None
    return name


def _long_enough(key: SecretStr) -> SecretStr:
    if 0 < len(key.get_secret_value().encode("utf-8")) < 32:
        raise ValueError("it needs at least 32 bytes, or none at all")
    return key


class Settings(BaseSettings):
    """The house's settings. Thresholds are probabilities that a draft is not wrong, 0..1."""

    model_config = SettingsConfigDict(env_prefix="CONCIERGE_", env_file=".env", extra="ignore", frozen=True)

    home: Path = Path("home")
    """Where everything that lasts is kept: the database, the index, the demo airline's own files."""
    database_url: str = ""
    """SQLAlchemy URL; empty means a SQLite file in the home."""
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8400
    articles: Path = HERE / "knowledge" / "articles"
    """The folder of articles that `demo` ingests at start, and `serve` if its base is empty."""
    rules: Path = HERE / "customers" / "rights.yaml"
    zone: Annotated[str, AfterValidator(_known_zone)] = "Asia/Shanghai"
    """The airline's time zone: days of validity begin and end by it."""
    answer_at: Annotated[float, Field(ge=0, le=1)] = 0.7
    """At least this confident: the answer is sent."""
    ask_back_at: Annotated[float, Field(ge=0, le=1)] = 0.0
    """At least this confident, but not enough to answer: ask back once. Below: hand over at once."""
    outside_below: Annotated[float, Field(ge=-1, le=1)] = 0.0
    """The nearest passage is less similar (cosine) than this and no word is known: outside our subject."""
    longest_message: Annotated[int, Field(ge=100, le=100_000)] = 4000
    """Characters of one message."""
    lease_seconds: Annotated[float, Field(gt=0)] = 30.0
    """How long a turn may be silent before another worker takes it over."""
    people: Annotated[int, Field(ge=1)] = 2
    """How many answer at the desk."""
    minutes_each: Annotated[float, Field(gt=0)] = 6.0
    """What one ticket usually takes them, in minutes."""
    host_key: Annotated[SecretStr, AfterValidator(_long_enough)] = SecretStr("")
    """The secret (HS256, at least 32 bytes) with which the host page signs who is asking; empty: everyone is anonymous."""
    host_audience: str = "travel-concierge"
    frame_ancestors: str = "'self'"
    """Which pages may show the widget (a CSP source list)."""

    def database(self) -> str:
        """The database's URL."""
        return self.database_url or f"sqlite:///{self.home / 'concierge.sqlite3'}"

    def fingerprint(self) -> str:
        """A hash of what can change an answer, for the answer receipt."""
        return fingerprint(self.model_dump_json(include={"answer_at", "ask_back_at", "outside_below", "zone"}))[:16]


def read_settings(**values: object) -> Settings:
    """The settings of the environment, with these in their place; SettingsWrong names the one that is not valid."""
    try:
        return Settings(**values)  # type: ignore[arg-type]
    except ValidationError as wrong:
        first = wrong.errors(include_input=False, include_url=False)[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        raise SettingsWrong(f"The setting CONCIERGE_{name} is not valid: {first['msg']}. Nothing was started.") from None
