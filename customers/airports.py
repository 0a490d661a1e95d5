"""Airports: the city a code stands for, its time zone, and a moment said in its local time."""

from datetime import datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, TypeAdapter

from basics.words import Words, words

_DAYS = (("Mon", "周一"), ("Tue", "周二"), ("Wed", "周三"), ("Thu", "周四"), ("Fri", "周五"), ("Sat", "周六"), ("Sun", "周日"))
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Airport(BaseModel, frozen=True):
    """One airport of the network: its IANA time zone and ISO 3166 country. Flights within Asia are regional, all others long-haul."""

    code: str
    city: Words
    zone: str
    country: str
    region: Literal["asia", "europe", "australia"]


_LISTED = TypeAdapter(tuple[Airport, ...]).validate_json(Path(__file__).with_name("airports.json").read_bytes())
AIRPORTS: dict[str, Airport] = {airport.code: airport for airport in _LISTED}


def city(code: str) -> Words:
    """The city of the airport `code`; an airport we do not fly to is called by its code."""
    return AIRPORTS[code].city if code in AIRPORTS else Words(en=code, zh=code)


def route(origin: str, destination: str) -> Words:
    """`Shanghai – Singapore` and `上海 – 新加坡`."""
    return words("{a} – {b}", "{a} – {b}").filled(a=city(origin), b=city(destination))


def moment_worded(at: datetime, code: str, zone: str) -> Words:
    """`Fri 27 Nov, 14:05 (Shanghai time)` and `11月27日 周五 14:05（上海时间）`, for the airport `code` in `zone`."""
    local = at.astimezone(ZoneInfo(zone))
    day_en, day_zh = _DAYS[local.weekday()]
    return words(
        f"{day_en} {local.day} {_MONTHS[local.month - 1]}, {local:%H:%M} ({{city}} time)",
        f"{local.month}月{local.day}日 {day_zh} {local:%H:%M}（{{city}}时间）",
    ).filled(city=city(code))
