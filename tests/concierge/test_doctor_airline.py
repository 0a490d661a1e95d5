"""`concierge doctor` on the airline that is connected: whether it is reached, what is missing, which part of a mapping is wrong; no secrets."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.customers.heron import MAPPING, TOKEN, Heron, heron_air
from tests.house import command, copied_home, free_port

pytestmark = pytest.mark.slow


@pytest.fixture
def heron(tmp_path: Path) -> Iterator[Heron]:
    with heron_air(tmp_path) as heron:
        yield heron


def airline(home: Path, lang: str = "en", **env: str) -> tuple[int, dict[str, Any]]:
    """The exit code, and the finding about the airline."""
    home.mkdir(exist_ok=True)
    told = {f"CONCIERGE_AIRLINE{name}": value for name, value in env.items()}
    ran = command("doctor", "--json", "--lang", lang, home=home, CONCIERGE_PORT=str(free_port()), **told)
    assert "Traceback" not in ran.stderr, ran.stderr
    found = {f["part"]: f for f in json.loads(ran.stdout)["findings"]}
    assert TOKEN not in ran.stdout and "sesame" not in ran.stdout
    return ran.returncode, found["airline"]


def test_a_gateway_that_answers_and_one_that_does_not(tmp_path: Path, heron: Heron) -> None:
    """Reached with the right key only; away is something to look at, with what to do in either language."""
    home = copied_home(tmp_path / "home")
    code, found = airline(home, **{"": "http", "_URL": heron.address, "_KEY": TOKEN})
    assert (code, found["state"]) == (0, "ok"), found
    code, found = airline(home, **{"": "http", "_URL": heron.address, "_KEY": "sesame"})
    assert (code, found["state"]) == (1, "look") and "CONCIERGE_AIRLINE_URL, _KEY" in found["do"]
    code, found = airline(home, "zh", **{"": "http", "_URL": f"http://127.0.0.1:{free_port()}", "_KEY": TOKEN})
    assert (code, found["state"]) == (1, "look") and "航空公司网关" in found["said"]


def test_a_database_and_a_mapping_that_fit_and_ones_that_do_not(tmp_path: Path, heron: Heron) -> None:
    """Every part is tried; the one that the database does not know is named."""
    home, url = copied_home(tmp_path / "home"), f"sqlite:///{heron.storage.path}"
    assert airline(home, **{"": "sql", "_URL": url, "_MAPPING": str(MAPPING)})[0] == 0
    (other := tmp_path / "other.yaml").write_text(MAPPING.read_text("utf-8").replace("email: mail", "email: post"), "utf-8")
    code, found = airline(home, **{"": "sql", "_URL": url, "_MAPPING": str(other)})
    assert (code, found["state"]) == (1, "look") and "travellers: no such column: post" in found["said"]
    other.write_text("travellers: {table: p}", "utf-8")
    code, found = airline(home, **{"": "sql", "_URL": url, "_MAPPING": str(other)})
    assert (code, found["state"]) == (2, "down") and "other.yaml" in found["said"]


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"": "http"}, "CONCIERGE_AIRLINE_URL"),
        ({"": "http", "_URL": "gateway.example"}, "CONCIERGE_AIRLINE_URL"),
        ({"": "http", "_URL": "http://127.0.0.1:1", "_KEY": "钥匙"}, "CONCIERGE_AIRLINE_KEY"),
        ({"": "sql"}, "CONCIERGE_AIRLINE_URL"),
        ({"": "sql", "_URL": "sqlite:///x"}, "CONCIERGE_AIRLINE_MAPPING"),
        ({"": "sql", "_URL": "oracle://u:sesame@h/d", "_MAPPING": str(MAPPING)}, "SQLAlchemy"),
    ],
)
def test_what_is_missing_is_named(tmp_path: Path, settings: dict[str, str], named: str) -> None:
    """Nothing could be started so: the setting that is wanted is told."""
    code, found = airline(tmp_path / "home", **settings)
    assert (code, found["state"]) == (2, "down") and named in found["said"]
