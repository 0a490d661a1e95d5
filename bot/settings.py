"""Every setting, with its default; read from the environment (CONCIERGE_…) or a .env file. Documented in .env.example."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from basics.ids import fingerprint

HERE = Path(__file__).resolve().parent.parent


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
    zone: str = "Asia/Shanghai"
    """The airline's time zone: days of validity begin and end by it."""
    answer_at: Annotated[float, Field(ge=0, le=1)] = 0.55
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
    host_key: SecretStr = SecretStr("")
    """The secret (HS256, at least 32 bytes) with which the host page signs who is asking; empty: everyone is anonymous."""
    host_audience: str = "travel-concierge"
    frame_ancestors: str = "'self'"
    """Which pages may show the widget (a CSP source list)."""

    def database(self) -> str:
        """The database's URL."""
        return self.database_url or f"sqlite+aiosqlite:///{self.home / 'concierge.sqlite3'}"

    def fingerprint(self) -> str:
        """A hash of what can change an answer, for the answer receipt."""
        return fingerprint(self.model_dump_json(include={"answer_at", "ask_back_at", "outside_below", "zone"}))[:16]
