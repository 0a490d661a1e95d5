"""Every setting, with its default; read from the environment (CONCIERGE_…) or a .env file. Documented in .env.example."""

from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from basics.errors import SettingsWrong
from basics.ids import fingerprint
from basics.secret import why_weak

HERE = Path(__file__).resolve().parent.parent


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError("there is no such time zone; write it as Asia/Shanghai") from None
    return name


def _strong(key: SecretStr) -> SecretStr:
    if (text := key.get_secret_value()) and (weak := why_weak(text)):
        raise ValueError(weak.en)
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
    model: Literal["quote", "openai", "local"] = "quote"
    """What words the answers: nothing (quotations as they stand), an OpenAI-compatible server, or a GGUF file in this process."""
    model_name: str = ""
    """The model's name on the server."""
    model_url: str = ""
    """Base URL of the server, with its /v1; empty: OpenAI's own."""
    model_key: SecretStr = SecretStr("")
    model_path: Path | None = None
    """The GGUF file of `local`."""
    model_first_word: Annotated[float, Field(gt=0)] = 6.0
    """Seconds until the first word; later, the quotation is sent."""
    model_total: Annotated[float, Field(gt=0)] = 12.0
    """Seconds for all of it; a turn has 20."""
    model_tokens_a_day: Annotated[int, Field(ge=0)] = 0
    """Tokens that may be used on one day (by the airline's zone), 0 for no limit; after that answers are quotations."""
    model_price_in: Annotated[float, Field(ge=0)] = 0.0
    """What a million tokens read cost, for the receipts."""
    model_price_out: Annotated[float, Field(ge=0)] = 0.0
    """What a million tokens written cost."""
    judge_from: Annotated[float, Field(ge=0, le=1)] = 0.4
    """From this confidence on a model is asked whether the passages answer."""
    judge_to: Annotated[float, Field(ge=0, le=1)] = 0.85
    """From this confidence on it is not asked any more."""
    judge_weight: Annotated[float, Field(ge=0, le=3)] = 0.6
    """How much the log odds of its verdict count."""
    host_key: Annotated[SecretStr, AfterValidator(_strong)] = SecretStr("")
    """The secret (HS256, at least 32 bytes) with which the host page signs who is asking; empty: everyone is anonymous."""
    host_keys: Annotated[Path | None, BeforeValidator(lambda path: path or None)] = None
    """A YAML or JSON file of several keys, instead of the one secret: kid, alg, key, audience, may_set_tags, not_after."""
    host_audience: str = "travel-concierge"
    identity_mode: Literal["allow", "enforce", "observe", "anonymous"] = "allow"
    """allow: anonymous, or a valid identity; enforce: a valid one or nobody; observe: an invalid one is logged and anonymous; anonymous: not looked at."""
    frame_ancestors: str = "'self'"
    """Which pages may show the widget (a CSP source list)."""

    def database(self) -> str:
        """The database's URL."""
        return self.database_url or f"sqlite:///{self.home / 'concierge.sqlite3'}"

    def fingerprint(self) -> str:
        """A hash of what can change an answer, for the answer receipt."""
        return fingerprint(
            self.model_dump_json(
                include={
                    "answer_at",
                    "ask_back_at",
                    "outside_below",
                    "zone",
                    "model",
                    "model_name",
                    "model_path",
                    "judge_from",
                    "judge_to",
                    "judge_weight",
                }
            )
        )[:16]


def read_settings(**values: object) -> Settings:
    """The settings of the environment, with these in their place; SettingsWrong names the one that is not valid."""
    try:
        return Settings(**values)  # type: ignore[arg-type]
    except ValidationError as wrong:
        first = wrong.errors(include_input=False, include_url=False)[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        raise SettingsWrong(f"The setting CONCIERGE_{name} is not valid: {first['msg']}. Nothing was started.") from None
