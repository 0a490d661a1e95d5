"""The airline as the settings name it: who its customers and its bookings are asked of, and whether that can be reached."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from basics.clock import Clock
from basics.errors import SettingsWrong, Unavailable
from basics.words import words
from bot.health import Finding, amiss, ok
from bot.settings import Settings
from customers.airline_http import Gateway
from customers.airline_sql import AirlineDatabase, try_out
from customers.mapping import Mapping, load_mapping
from customers.reservations import Reservations
from customers.reservations_demo import DemoReservations
from customers.reservations_http import HttpReservations
from customers.reservations_sql import SqlReservations
from customers.source import CustomerSource
from customers.source_demo import DemoSource
from customers.source_http import HttpSource
from customers.source_sql import SqlSource


class _Connection(Protocol):
    async def close(self) -> None: ...


@dataclass(frozen=True)
class Airline:
    """Who is asked about customers and bookings; `look` says whether they answer, `close` lets go of them."""

    source: CustomerSource
    reservations: Reservations
    look: Callable[[], Awaitable[Finding]]
    connection: _Connection | None = None

    async def close(self) -> None:
        """Close what was opened."""
        if self.connection is not None:
            await self.connection.close()


def airline_of(
    settings: Settings, home: Path, clock: Clock, source: CustomerSource | None = None, reservations: Reservations | None = None
) -> Airline:
    """The airline of the settings; what is passed in takes the place of the real thing. SettingsWrong says what is missing."""
    if settings.airline == "http":
        gateway = gateway_of(settings)
        return Airline(source or HttpSource(gateway), reservations or HttpReservations(gateway, clock), lambda: look_at_gateway(gateway), gateway)
    if settings.airline == "sql":
        database, mapping = database_of(settings)
        ordered = reservations or SqlReservations(database, mapping, clock, settings.airline_timeout)
        return Airline(source or SqlSource(database, mapping), ordered, lambda: look_at_mapping(database, mapping), database)
    return Airline(source or DemoSource(clock=clock), reservations or DemoReservations(home, clock), _demo)


def gateway_of(settings: Settings) -> Gateway:
    """The gateway of the settings, not asked anything yet."""
    key = settings.airline_key.get_secret_value()
    if not settings.airline_url.startswith(("http://", "https://")):
        raise _needs("CONCIERGE_AIRLINE_URL", "http", "https://host/path")
    if not key.isascii() or not key.isprintable():
        raise _needs("CONCIERGE_AIRLINE_KEY", "http", "ASCII")
    return Gateway(settings.airline_url, key, settings.airline_timeout)


def database_of(settings: Settings) -> tuple[AirlineDatabase, Mapping]:
    """The airline's database and its mapping, read and checked, not asked anything yet."""
    if not settings.airline_url:
        raise _needs("CONCIERGE_AIRLINE_URL", "sql", "dialect+driver://user@host/name")
    if settings.airline_mapping is None:
        raise _needs("CONCIERGE_AIRLINE_MAPPING", "sql", "mapping.yaml")
    mapping = load_mapping(settings.airline_mapping)
    return AirlineDatabase(settings.airline_url, settings.airline_timeout), mapping


def _needs(setting: str, airline: str, example: str) -> SettingsWrong:
    return SettingsWrong(
        words(
            "CONCIERGE_AIRLINE={airline} needs {setting} (such as {example}). Nothing was started.",
            "CONCIERGE_AIRLINE={airline} 需要设置 {setting}（例如 {example}）。程序未启动。",
        ).filled(airline=airline, setting=setting, example=example)
    )


async def look_at_airline(settings: Settings, home: Path, clock: Clock) -> Finding:
    """How the airline of the settings is, for somebody who runs no house; nothing of it is left open."""
    if settings.airline == "demo":
        return await _demo()
    try:
        airline = airline_of(settings, home, clock)
    except SettingsWrong as wrong:
        do = words("Correct the settings CONCIERGE_AIRLINE_….", "请更正 CONCIERGE_AIRLINE_… 相关设置。")
        return amiss("airline", "down", wrong.said, do)
    try:
        return await airline.look()
    finally:
        await airline.close()


async def _demo() -> Finding:
    return ok("airline", "The demo airline comes with the house.", "使用内置的演示航空公司。")


async def look_at_gateway(gateway: Gateway) -> Finding:
    """Whether the gateway answers and accepts our key."""
    try:
        answered = await gateway.read("health")
    except Unavailable:
        answered = None
    if answered is not None:
        return ok("airline", "The airline's gateway answers.", "航空公司网关响应正常。")
    return amiss(
        "airline",
        "look",
        words(
            "The airline's gateway does not answer as it should: until it does nobody is known and nothing can be changed.",
            "航空公司网关未正常响应：恢复前无法识别客户，也无法办理变更。",
        ),
        words(
            "Check CONCIERGE_AIRLINE_URL, _KEY and _TIMEOUT and the gateway itself (GET /health); it is taken up again by itself.",
            "请检查 CONCIERGE_AIRLINE_URL、_KEY、_TIMEOUT 以及网关本身（GET /health）；恢复后会自动重新使用。",
        ),
    )


async def look_at_mapping(database: AirlineDatabase, mapping: Mapping) -> Finding:
    """Whether the database answers, and every part of the mapping can be asked of it."""
    try:
        wrong = await asyncio.wait_for(try_out(database, mapping), 30)
    except TimeoutError:
        wrong = ("TimeoutError",)
    if not wrong:
        return ok("airline", "The airline's database can be read, by every part of the mapping.", "航空公司数据库响应正常，映射各部分均可读取。")
    return amiss(
        "airline",
        "look",
        words(
            "The airline's database cannot be read by the mapping ({why}).",
            "无法按映射读取航空公司数据库（{why}）。",
        ).filled(why="; ".join(wrong[:3]).replace("{", "(").replace("}", ")")),
        words(
            "Check CONCIERGE_AIRLINE_URL, the rights of its account, and the part of CONCIERGE_AIRLINE_MAPPING that is named.",
            "请检查 CONCIERGE_AIRLINE_URL、其账号权限，以及 CONCIERGE_AIRLINE_MAPPING 中所指的部分。",
        ),
    )
