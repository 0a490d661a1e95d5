"""Heron Air's database: its own tables and words, filled from a readable file."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

HERE = Path(__file__).parent
DAYS_SOLD = 21
# Spoken by SQLite and PostgreSQL alike. Clocks are local, as they stand on a ticket; *_utc are seconds since 1970, to reckon with.
TABLES = """
CREATE TABLE corporates (corp_no TEXT PRIMARY KEY, name_latin TEXT, name_cn TEXT, country TEXT, staff INTEGER, state TEXT, since TEXT);
CREATE TABLE passengers (pax_no TEXT PRIMARY KEY, name_latin TEXT, name_cn TEXT, mail TEXT, card TEXT, corp TEXT, corp_admin TEXT, lang TEXT);
CREATE TABLE marks (pax_no TEXT, mark TEXT, title_latin TEXT, title_cn TEXT, set_by TEXT, valid_from TEXT, valid_to TEXT);
CREATE TABLE pnrs (pnr TEXT PRIMARY KEY, pax_no TEXT, channel TEXT, fare TEXT, pax INTEGER, issued TEXT, paid INTEGER, refundable INTEGER,
  state TEXT);
CREATE TABLE segments (seg TEXT PRIMARY KEY, pnr TEXT, bound TEXT, flight TEXT, dep TEXT, arr TEXT, dep_local TEXT, dep_zone TEXT, arr_local TEXT,
  arr_zone TEXT, dep_utc BIGINT, state TEXT, seat TEXT, bags INTEGER);
CREATE TABLE irregularities (seg TEXT, what TEXT, why TEXT, told TEXT, dep_late INTEGER, arr_late INTEGER);
CREATE TABLE departures (id TEXT PRIMARY KEY, flight TEXT, dep TEXT, arr TEXT, dep_local TEXT, dep_zone TEXT, arr_local TEXT, arr_zone TEXT,
  dep_utc BIGINT, more INTEGER);
CREATE TABLE seats (seat TEXT PRIMARY KEY, price INTEGER);
CREATE TABLE orders (order_key TEXT NOT NULL UNIQUE, pax_no TEXT, pnr TEXT, kind TEXT, body TEXT NOT NULL, made TEXT, state TEXT NOT NULL,
  reference TEXT, answer TEXT, before TEXT);
CREATE TABLE process (one INTEGER PRIMARY KEY, turn INTEGER);
CREATE INDEX marks_of ON marks (pax_no);
CREATE INDEX pnrs_of ON pnrs (pax_no);
CREATE INDEX segments_of ON segments (pnr);
CREATE INDEX segments_on ON segments (flight, dep_utc);
CREATE INDEX irregularities_of ON irregularities (seg);
CREATE INDEX departures_on ON departures (dep, arr);
CREATE VIEW possible AS
  SELECT s.pnr, s.seg, 'rebooking' AS kind, d.id, d.flight, d.dep, d.arr, d.dep_local, d.dep_zone, d.arr_local, d.arr_zone, d.dep_utc,
    abs(d.dep_utc - s.dep_utc) AS apart, CAST(NULL AS TEXT) AS seat, CAST(NULL AS INTEGER) AS pieces, d.more AS price, CAST(NULL AS INTEGER) AS amount
  FROM segments s JOIN departures d ON d.dep = s.dep AND d.arr = s.arr AND d.dep_utc <> s.dep_utc WHERE s.state = 'OK'
  UNION ALL
  SELECT s.pnr, s.seg, 'seat', t.seat, NULL, NULL, NULL, NULL, NULL, NULL, NULL, s.dep_utc, 0, t.seat, NULL, t.price, NULL
  FROM segments s CROSS JOIN seats t WHERE s.state = 'OK'
    AND NOT EXISTS (SELECT 1 FROM segments o WHERE o.flight = s.flight AND o.dep_utc = s.dep_utc AND o.seat = t.seat)
  UNION ALL
  SELECT s.pnr, s.seg, 'bag', 'bag-1', NULL, NULL, NULL, NULL, NULL, NULL, NULL, s.dep_utc, 0, NULL, 1, 320, NULL FROM segments s WHERE s.state = 'OK'
  UNION ALL
  SELECT s.pnr, s.seg, 'lounge', 'lounge', NULL, NULL, NULL, NULL, NULL, NULL, NULL, s.dep_utc, 0, NULL, NULL, 260, NULL
  FROM segments s WHERE s.state = 'OK'
  UNION ALL
  SELECT p.pnr, NULL, 'refund', 'refund', NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    (SELECT MIN(f.dep_utc) FROM segments f WHERE f.pnr = p.pnr), 0, NULL, NULL, NULL, p.refundable
  FROM pnrs p WHERE p.state = 'OPEN' AND p.refundable > 0
"""


class Storage:
    """One SQLite file; every order in a transaction of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def seed(self, now: datetime, file: Path = HERE / "airline.yaml") -> None:
        """Make the tables and fill them from the readable file; a database that is there already is made anew."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        for name in (self.path, Path(f"{self.path}-wal"), Path(f"{self.path}-shm")):
            name.unlink(missing_ok=True)
        with closing(self._connected()) as db:
            db.execute("PRAGMA journal_mode=WAL")
        with self.writing() as db:
            fill(db, now, file)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A look at one moment."""
        with closing(self._connected()) as db:
            db.execute("BEGIN")
            yield db
            db.execute("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that nobody else writes beside."""
        with closing(self._connected()) as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    def _connected(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=10, isolation_level=None)
        db.execute("PRAGMA synchronous=NORMAL")
        return db


def fill(db: Any, now: datetime, file: Path = HERE / "airline.yaml") -> None:
    """The tables with everything of the file; `db` is anything with `execute(sql, values)`."""
    known = yaml.safe_load(file.read_text("utf-8"))
    for statement in TABLES.split(";"):
        db.execute(statement)
    for corporate in known["corporates"]:
        add(db, "corporates", corporate)
    flights = {flight: (dep, arr, leaves, minutes, more) for flight, dep, arr, leaves, minutes, more in known["timetable"]}
    for day in range(-7, DAYS_SOLD):
        for flight, (*_, more) in flights.items():
            departure = _departure(known["airports"], flights, flight, now, day)
            add(db, "departures", {"id": f"{flight}-{departure['dep_local'][:10]}", "flight": flight, "more": more} | departure)
    for row in range(11, 31):
        for letter in "ACDF":
            add(db, "seats", {"seat": f"{row}{letter}", "price": 150 if row < 16 else 60})
    add(db, "process", {"one": 1, "turn": 0})
    for passenger in known["passengers"]:
        trip, marks = passenger.pop("trip"), passenger.pop("marks")
        add(db, "passengers", passenger)
        for mark in marks:
            add(db, "marks", {"pax_no": passenger["pax_no"]} | mark)
        _book(db, known["airports"], flights, passenger["pax_no"], trip, now)


def _book(db: Any, zones: dict[str, str], flights: dict[str, Any], pax_no: str, trip: dict[str, Any], now: datetime) -> None:
    issued = (now - timedelta(days=30)).astimezone(ZoneInfo("Asia/Shanghai"))
    kept = {name: trip[name] for name in ("pnr", "channel", "fare", "pax", "paid", "refundable")}
    add(db, "pnrs", kept | {"pax_no": pax_no, "issued": f"{issued:%Y-%m-%d %H:%M}", "state": "OPEN"})
    for n, (bound, flight, day) in enumerate(trip["segments"], start=1):
        departure = _departure(zones, flights, flight, now, day)
        add(db, "segments", {"seg": f"{trip['pnr']}-{n}", "pnr": trip["pnr"], "bound": bound, "flight": flight, "state": "OK", "bags": 1} | departure)
    if late := trip.get("late"):
        n, why, minutes = late
        told = now.astimezone(ZoneInfo("Asia/Shanghai"))
        late = {"what": "LATE", "why": why, "told": f"{told:%Y-%m-%d %H:%M}", "dep_late": minutes, "arr_late": minutes}
        add(db, "irregularities", {"seg": f"{trip['pnr']}-{n}"} | late)


def _departure(zones: dict[str, str], flights: dict[str, Any], flight: str, now: datetime, day: int) -> dict[str, Any]:
    dep, arr, leaves, minutes, _ = flights[flight]
    here = now.astimezone(ZoneInfo(zones[dep])) + timedelta(days=day)
    hour, minute = map(int, leaves.split(":"))
    at = here.replace(hour=hour, minute=minute, second=0, microsecond=0)
    there = (at.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(ZoneInfo(zones[arr]))
    clocks = {"dep_local": f"{at:%Y-%m-%d %H:%M}", "dep_zone": zones[dep], "arr_local": f"{there:%Y-%m-%d %H:%M}", "arr_zone": zones[arr]}
    return {"dep": dep, "arr": arr, "dep_utc": int(at.timestamp())} | clocks


def add(db: Any, table: str, values: dict[str, Any]) -> None:
    """A new row."""
    names = list(values)
    db.execute(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(f':{name}' for name in names)})", values)  # noqa: S608


def rows(db: Any, asked: str, **values: Any) -> list[dict[str, Any]]:
    """Every row, by its columns' names."""
    found = db.execute(asked, values)
    names = [one[0] for one in found.description] if hasattr(found, "description") else list(found.keys())
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def one(db: Any, asked: str, **values: Any) -> dict[str, Any] | None:
    """The first row, or None."""
    return next(iter(rows(db, asked, **values)), None)
