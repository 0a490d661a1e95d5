"""The demo airline's page and its timetable tell of the same flights, and everybody calls the airline by one name."""

import json
import re
from pathlib import Path

from customers.demo_airline import read_demo_airline

ROOT = Path(__file__).parents[2]
CITIES = {"demo.city1": "PVG", "demo.city2": "LHR", "demo.city3": "SIN"}


def test_the_board_shows_flights_of_the_timetable() -> None:
    """Time, number and route: who asks the Concierge about a flight on the board is not told of another."""
    board = (ROOT / "web" / "demo" / "Board.tsx").read_text("utf-8")
    shown = re.findall(r'time: "(\d\d:\d\d)", flight: "(\w+)", from: "([\w.]+)", to: "([\w.]+)"', board)
    listed = {(f"{line.departs:%H:%M}", line.flight, line.origin, line.destination) for line in read_demo_airline().timetable}
    assert len(shown) == 3 and {(time, flight, CITIES[a], CITIES[b]) for time, flight, a, b in shown} <= listed


def test_the_airline_has_one_name() -> None:
    """Pages and wordings say Larkspur Airways, never another Larkspur that flies; the articles name programmes only."""
    files = [
        ROOT / "web" / "shared" / "en.json",
        ROOT / "web" / "demo" / "index.html",
        *(ROOT / "knowledge").rglob("*.yaml"),
        *(ROOT / "knowledge").rglob("*.md"),
    ]
    named = {name for file in files for name in re.findall(r"Larkspur (?:Air\w*|Lines?)", file.read_text("utf-8"))}
    assert named == {"Larkspur Airways"}
    catalogues = [json.loads((ROOT / "web" / "shared" / f"{lang}.json").read_text("utf-8")) for lang in ("en", "zh")]
    assert [said["common"]["airline"] for said in catalogues] == ["Larkspur Airways", "飞燕航空"]
