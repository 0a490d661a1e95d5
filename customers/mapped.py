"""A row of the airline's database as our fields, by its mapping: values turned into ours, moments given their zone, groups put together."""

import logging
from collections.abc import Mapping as Row
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from customers.answers import GARBLED
from customers.mapping import PARTS, Column, Fixed, Told
from customers.reservations import ReservationsUnavailable

log = logging.getLogger("concierge.airline")


def mapped(part: str, told: Told, row: Row[str, Any], zone: str) -> dict[str, Any]:
    """The fields of one row, ready to be validated; ReservationsUnavailable where a value is not in the mapping."""
    found, filled = dict[str, Any](), set[str]()
    for name, spec in told.fields.items():
        value = spec.value if isinstance(spec, Fixed) else _value(part, name, spec, row, zone)
        if value is None:
            continue
        found[name] = {"en": str(value), "zh": str(value)} if name in PARTS[part].texts else value
        if isinstance(spec, Column):
            filled |= {name[:n] for n, sign in enumerate(name) if sign == "."}
    return _grouped({name: value for name, value in found.items() if "." not in name or name.rpartition(".")[0] in filled}, PARTS[part].texts)


def _value(part: str, name: str, spec: Column, row: Row[str, Any], zone: str) -> Any:
    if spec.column not in row:
        log.error("the mapping's %s.%s: there is no column %s", part, name, spec.column)
        raise ReservationsUnavailable(GARBLED)
    value = _plain(row[spec.column])
    if value is None:
        return spec.default
    if spec.values is not None:
        known = str(value).lower() if isinstance(value, bool) else str(value)
        if known not in spec.values:
            log.error("the mapping's %s.%s: a value of the column %s is not listed in it", part, name, spec.column)
            raise ReservationsUnavailable(GARBLED)
        return spec.values[known]
    if name in PARTS[part].moments:
        return _moment(value, (spec.zone_in and _plain(row.get(spec.zone_in))) or spec.zone or zone)
    # A reference that is kept as a number is a text to us; where a number is wanted, it is read from the text again.
    return value if isinstance(value, str | bool | date | datetime | time) else str(value)


def _plain(value: Any) -> Any:
    """Without the blanks of a column of fixed width; an empty text is none."""
    if isinstance(value, bytes | bytearray | memoryview):
        value = bytes(value).decode("utf-8", "replace")
    if isinstance(value, Decimal) and value == value.to_integral_value() and abs(value) < 10**15:
        return int(value)
    return (value.strip() or None) if isinstance(value, str) else value


def _moment(value: Any, zone: str) -> Any:
    try:
        at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except (ValueError, KeyError, OSError, OverflowError):
        log.error("a moment of the airline's database cannot be read, or its zone is none")
        raise ReservationsUnavailable(GARBLED) from None


def _grouped(found: dict[str, Any], texts: set[str]) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    for name, value in found.items():
        *above, last = name.split(".")
        inner = whole
        for step in above:
            inner = inner.setdefault(step, {})
        inner[last] = value
    for name in texts & whole.keys():  # one language alone stands for both
        text = whole[name]
        whole[name] = {"en": text.get("en") or text["zh"], "zh": text.get("zh") or text["en"]}
    return {name: _listed(value) for name, value in whole.items()}


def _listed(value: Any) -> Any:
    """`rerouted.0` and `rerouted.1` are a pair."""
    if isinstance(value, dict):
        if value and all(key.isdigit() for key in value):
            return tuple(value[key] for key in sorted(value, key=int))
        return {key: _listed(inner) for key, inner in value.items()}
    return value
