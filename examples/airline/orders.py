"""What Heron Air does with an order of each kind. Who calls holds the transaction: the order's row and the booking change together or not at all."""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from examples.airline.storage import add, one, rows
from examples.airline.told import booking

UNDO_WITHIN = timedelta(hours=24)
_KEPT = ("flight", "dep", "arr", "dep_local", "dep_zone", "arr_local", "arr_zone", "dep_utc", "state", "seat", "bags")
_UNDONE_NEVER = ("payment", "voucher", "undo")


class Refused(Exception):
    """The airline says no; nothing was changed."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.said = {"en": en, "zh": zh}


_REFUSED = Refused("Heron Air could not make this change. Nothing was changed.", "鹭羽航空无法办理此次变更，订单未作任何更改。")
_TAKEN = Refused("This choice is no longer available. Nothing was changed.", "该选项已不可用，订单未作任何更改。")


def order_of(db: Any, key: str) -> dict[str, Any] | None:
    """What became of the key."""
    return one(db, "SELECT order_key, state, reference, answer FROM orders WHERE order_key = :key", key=key)


def take(db: Any, key: str, order: dict[str, Any], now: datetime) -> dict[str, Any]:
    """An order over the gateway: the first one under this key is carried out, and the row says what became of it."""
    if (known := order_of(db, key)) is None:
        told = {"order_key": key, "pax_no": order["traveller_id"], "pnr": order.get("booking_id"), "kind": order["kind"], "body": json.dumps(order)}
        add(db, "orders", told | {"made": now.isoformat(), "state": "NEW"})
        carry_out(db, key, order, now)
        known = order_of(db, key)
    return known or {}


def answer_new(db: Any, now: datetime) -> int:
    """Orders that were put into the table: every one that is NEW is carried out or refused; says how many."""
    db.execute("UPDATE process SET turn = turn + 1 WHERE one = 1")  # a lock, where the database lets many write
    new = rows(db, "SELECT order_key, body FROM orders WHERE state = 'NEW' ORDER BY made, order_key")
    for row in new:
        carry_out(db, row["order_key"], json.loads(row["body"]), now)
    return len(new)


def carry_out(db: Any, key: str, order: dict[str, Any], now: datetime) -> None:
    """Do it, and write the answer beside the order; a refusal is an answer too, and stays."""
    try:
        before, code = _do(db, key, order, now)
    except Refused as no:
        db.execute(
            "UPDATE orders SET state = 'REFUSED', answer = :answer WHERE order_key = :key",
            {"key": key, "answer": json.dumps({"said": no.said}, ensure_ascii=False)},
        )
        return
    number = one(db, "SELECT COUNT(*) AS n FROM orders WHERE state IN ('DONE', 'UNDONE')")
    reference = f"HN{(number or {'n': 0})['n'] + 1:07d}"
    done = {"reference": reference, "booking": booking(db, order["booking_id"]) if order.get("booking_id") else None, "code": code}
    if order["kind"] not in _UNDONE_NEVER:
        done["undo_until"] = (now + UNDO_WITHIN).isoformat()
    told = {"key": key, "reference": reference, "answer": json.dumps(done, ensure_ascii=False), "before": json.dumps(before)}
    db.execute("UPDATE orders SET state = 'DONE', reference = :reference, answer = :answer, before = :before WHERE order_key = :key", told)


def _do(db: Any, key: str, order: dict[str, Any], now: datetime) -> tuple[dict[str, Any], str | None]:
    """Carry it out; what to put back if it is undone, and a code that was issued."""
    kind, pnr = order["kind"], _own(db, order)
    if kind in ("payment", "voucher"):
        if float((order.get("paid_out") or {}).get("amount", 0)) <= 0:
            raise _REFUSED
        return {}, f"HN-{hashlib.sha256(key.encode()).hexdigest()[:8].upper()}" if kind == "voucher" else None
    if pnr is None:
        raise _REFUSED
    if kind == "undo":
        _undo(db, order, now)
        return {}, None
    segments = rows(db, f"SELECT seg, {', '.join(_KEPT)} FROM segments WHERE pnr = :pnr", pnr=pnr["pnr"])  # noqa: S608
    before = {"pnr": pnr["pnr"], "state": pnr["state"], "segments": segments}
    if kind == "refund":
        if pnr["state"] != "OPEN" or pnr["refundable"] <= 0 or any(segment["dep_utc"] <= now.timestamp() for segment in segments):
            raise _REFUSED
        db.execute("UPDATE pnrs SET state = 'REFUNDED' WHERE pnr = :pnr", {"pnr": pnr["pnr"]})
        db.execute("UPDATE segments SET state = 'RF' WHERE pnr = :pnr", {"pnr": pnr["pnr"]})
        return before, None
    leg = next((segment for segment in segments if segment["seg"] == order.get("leg_id")), None)
    if leg is None or leg["state"] != "OK" or leg["dep_utc"] <= now.timestamp():
        raise _REFUSED
    return before, _about_a_leg(db, kind, leg, order.get("choice") or {}, now)


def _own(db: Any, order: dict[str, Any]) -> dict[str, Any] | None:
    """The booking of the order, if it names one; refused where it is not the traveller's, or there is no such traveller."""
    if order.get("booking_id") is None:
        if one(db, "SELECT pax_no FROM passengers WHERE pax_no = :pax_no", pax_no=order["traveller_id"]) is None:
            raise _REFUSED
        return None
    pnr = one(db, "SELECT pnr, pax_no, state, refundable FROM pnrs WHERE pnr = :pnr", pnr=order["booking_id"])
    if pnr is None or pnr["pax_no"] != order["traveller_id"]:
        raise _REFUSED
    return pnr


def _about_a_leg(db: Any, kind: str, leg: dict[str, Any], choice: dict[str, Any], now: datetime) -> str | None:
    """One of what is possible at this moment, done to the leg."""
    asked = "SELECT * FROM possible WHERE seg = :seg AND kind = :kind AND id = :id"
    found = one(db, asked, seg=leg["seg"], kind=kind, id=choice.get("id", ""))
    if found is None or found["dep_utc"] <= now.timestamp():
        raise _TAKEN
    if kind == "rebooking":
        told = {name: found[name] for name in ("flight", "dep_local", "arr_local", "dep_utc")} | {"seg": leg["seg"]}
        db.execute(
            "UPDATE segments SET flight = :flight, dep_local = :dep_local, arr_local = :arr_local, dep_utc = :dep_utc, seat = NULL WHERE seg = :seg",
            told,
        )
    elif kind == "seat":
        db.execute("UPDATE segments SET seat = :seat WHERE seg = :seg", {"seat": found["seat"], "seg": leg["seg"]})
    elif kind == "bag":
        db.execute("UPDATE segments SET bags = bags + :pieces WHERE seg = :seg", {"pieces": int(choice.get("pieces") or 1), "seg": leg["seg"]})
    else:
        return f"LNG-{leg['seg']}"
    return None


def _undo(db: Any, order: dict[str, Any], now: datetime) -> None:
    asked = "SELECT order_key, pax_no, pnr, kind, answer, before FROM orders WHERE reference = :reference AND state = 'DONE'"
    done = one(db, asked, reference=order.get("undoes") or "")
    if done is None or (done["pax_no"], done["pnr"]) != (order["traveller_id"], order["booking_id"]):
        raise _REFUSED
    until = json.loads(done["answer"]).get("undo_until")
    if until is None or datetime.fromisoformat(until) <= now:
        raise Refused("It is too late to take this back. Nothing was changed.", "已超过可撤销的时限，订单未作任何更改。")
    before = json.loads(done["before"])
    db.execute("UPDATE pnrs SET state = :state WHERE pnr = :pnr", {"state": before["state"], "pnr": before["pnr"]})
    for segment in before["segments"]:
        db.execute(f"UPDATE segments SET {', '.join(f'{name} = :{name}' for name in _KEPT)} WHERE seg = :seg", segment)  # noqa: S608
    db.execute("UPDATE orders SET state = 'UNDONE' WHERE order_key = :key", {"key": done["order_key"]})
