"""Heron Air's rows in the words of the contract (docs/connect.md)."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from examples.airline.storage import one, rows

CARDS = {"M": "member", "S": "silver", "G": "gold", "P": "platinum"}
FARES = {"L": "light", "Y": "standard", "F": "flex", "C": "business"}
EVENTS = {"LATE": "delay", "XX": "cancellation", "FULL": "denied_boarding", "MOVED": "schedule_change"}
_HOME_ZONE = "Asia/Shanghai"


def traveller(db: Any, pax_no: str) -> dict[str, Any] | None:
    """A passenger with their marks."""
    found = one(db, "SELECT * FROM passengers WHERE pax_no = :pax_no", pax_no=pax_no)
    if found is None:
        return None
    tags = [
        {
            "name": mark["mark"],
            "title": {"en": mark["title_latin"], "zh": mark["title_cn"]},
            "source": "platform",
            "set_by": mark["set_by"],
            "since": _moment(mark["valid_from"], _HOME_ZONE),
            "until": _moment(mark["valid_to"], _HOME_ZONE),
        }
        for mark in rows(db, "SELECT * FROM marks WHERE pax_no = :pax_no", pax_no=pax_no)
    ]
    return {
        "id": found["pax_no"],
        "name": {"en": found["name_latin"], "zh": found["name_cn"]},
        "email": found["mail"],
        "tier": CARDS[found["card"]],
        "company_id": found["corp"] or None,
        "role": "company_admin" if found["corp_admin"] == "Y" else "traveller",
        "lang": found["lang"],
        "tags": tags,
    }


def company(db: Any, corp_no: str) -> dict[str, Any] | None:
    """A corporate customer."""
    found = one(db, "SELECT * FROM corporates WHERE corp_no = :corp_no", corp_no=corp_no)
    if found is None:
        return None
    return {
        "id": found["corp_no"],
        "name": {"en": found["name_latin"], "zh": found["name_cn"]},
        "country": found["country"],
        "employees": found["staff"],
        "status": {"A": "active", "P": "pending", "L": "left"}[found["state"]],
        "joined_on": found["since"],
        "number": found["corp_no"],
    }


def bookings(db: Any, pax_no: str) -> list[dict[str, Any]]:
    """Everything that the passenger has booked."""
    found = [booking(db, row["pnr"]) for row in rows(db, "SELECT pnr FROM pnrs WHERE pax_no = :pax_no ORDER BY pnr", pax_no=pax_no)]
    return [one for one in found if one is not None]


def booking(db: Any, pnr: str) -> dict[str, Any] | None:
    """One booking with its legs."""
    found = one(db, "SELECT * FROM pnrs WHERE pnr = :pnr", pnr=pnr)
    if found is None:
        return None
    return {
        "id": found["pnr"],
        "traveller_id": found["pax_no"],
        "bought_through": "company_account" if found["channel"] == "C" else "personal",
        "fare": FARES[found["fare"]],
        "passengers": found["pax"],
        "ticketed_at": _moment(found["issued"], _HOME_ZONE),
        "legs": [_leg(db, row) for row in rows(db, "SELECT * FROM segments WHERE pnr = :pnr ORDER BY dep_utc", pnr=pnr)],
    }


def choices(db: Any, kind: str, pnr: str, seg: str | None, now: datetime) -> list[dict[str, Any]]:
    """What is possible at `now`: of flights the three nearest that leave in three hours or later."""
    asked = (
        "SELECT * FROM possible WHERE pnr = :pnr AND kind = :kind AND (seg = :seg OR seg IS NULL) AND (dep_utc IS NULL OR dep_utc >= :from_utc)"
        " ORDER BY apart, id LIMIT 40"
    )
    found = rows(db, asked, pnr=pnr, kind=kind, seg=seg, from_utc=int(now.timestamp()) + (3 * 3600 if kind == "rebooking" else 0))
    return [_choice(row) for row in (found[:3] if kind == "rebooking" else found)]


def _choice(row: dict[str, Any]) -> dict[str, Any]:
    money = {name: {"amount": str(row[name]), "currency": "CNY"} for name in ("price", "amount") if row[name] is not None}
    rest = {name: row[name] for name in ("seat", "pieces") if row[name] is not None}
    return {"id": row["id"]} | money | rest | ({"flight": _flight(row)} if row["kind"] == "rebooking" else {})


def _leg(db: Any, row: dict[str, Any]) -> dict[str, Any]:
    wrong = one(db, "SELECT * FROM irregularities WHERE seg = :seg ORDER BY told DESC", seg=row["seg"])
    disruption = wrong and {
        "event": EVENTS[wrong["what"]],
        "cause": wrong["why"],
        "announced_at": _moment(wrong["told"], _HOME_ZONE),
        "leaves_late": wrong["dep_late"] or 0,
        "arrives_late": wrong["arr_late"],
    }
    direction = "outbound" if row["bound"] == "O" else "return"
    return (
        {"id": row["seg"], "direction": direction, "cancelled": row["state"] == "XX", "refunded": row["state"] == "RF"}
        | {"disruption": disruption}
        | _flight(row)
    )


def _flight(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "flight": row["flight"],
        "origin": row["dep"],
        "destination": row["arr"],
        "departs_at": _moment(row["dep_local"], row["dep_zone"]),
        "arrives_at": _moment(row["arr_local"], row["arr_zone"]),
        "origin_zone": row["dep_zone"],
        "destination_zone": row["arr_zone"],
    }


def _moment(local: str | None, zone: str) -> str | None:
    return datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).isoformat() if local else None
