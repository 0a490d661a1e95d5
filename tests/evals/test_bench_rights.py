"""`concierge bench rights` over any rules and cases: the contract of DESIGN section 5."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import evals
from basics.errors import BadRequest
from concierge.cli import app
from customers.rules import RulesWrong
from evals.bench_rights import decided, read_cases, run
from evals.lines import BadLine
from tests.customers.people import FACTS, a_rule
from tests.evals.conftest import Lines

EU261 = Path(evals.__file__).parent / "rules" / "eu261.yaml"
NOW = "2026-03-02T09:00:00Z"


def case(id: Any, facts: dict[str, Any], right: str = "r", now: str = NOW) -> dict[str, Any]:
    return {"id": id, "now": now, "right": right, "facts": facts}


@pytest.fixture
def ferry(tmp_path: Path) -> Path:
    """A rule file of somebody else: 25 a passenger within three days, in force from March on."""
    more = 'in_force: {from: 2026-03-01}\ngives: {amount: {cel: "25 * booking.passengers"}, currency: SEK}'
    path = tmp_path / "ferry.yaml"
    path.write_text(FACTS + a_rule("a", "leg.days <= 3", '"vip" in traveller.tags', more=more), "utf-8")
    return path


def test_each_case_gets_one_line_of_the_contract(ferry: Path, lines: Lines, tmp_path: Path) -> None:
    """In order and under its id: flat facts and nested ones, whole numbers and decimals, null for what is not known."""
    flat = {"leg.days": 3, "traveller.tags": ["vip"], "booking.passengers": 2}
    cases = [
        case("flat", flat),
        case(2, {"leg": {"days": 3.0}, "traveller": {"tags": ["vip"]}, "booking": {"passengers": 2.0}}),
        case("late", flat | {"leg.days": 4}),
        case("unknown", flat | {"traveller.tags": None}),
        case("too early", flat, now="2026-02-28T15:59:59Z"),
        case("the first second", flat, now="2026-02-28T16:00:00Z"),
        case("nobody's", flat, right="champagne"),
        case("typo", flat | {"leg.dayz": 3}),
    ]
    out = tmp_path / "new" / "r.jsonl"
    done = CliRunner().invoke(
        app, ["bench", "rights", "--rules", str(ferry), "--cases", str(lines("c.jsonl", *cases)), "--out", str(out)], env={"COLUMNS": "400"}
    )
    assert done.exit_code == 0, done.output
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [row["id"] for row in rows] == [c["id"] for c in cases]
    by_id = {row["id"]: row for row in rows}
    for id in ("flat", 2, "the first second", "typo"):
        assert (by_id[id]["decision"], by_id[id]["gives"]) == ("allow", {"amount": 50, "currency": "SEK"}), id
    assert by_id["flat"]["reasons"] == ["a yes 1", "a yes 2"] and by_id["flat"]["reasons_zh"] == ["a 是 1", "a 是 2"]
    assert (by_id["late"]["decision"], by_id["late"]["gives"], by_id["late"]["reasons"]) == ("deny", {}, ["a not 1"])
    assert (by_id["unknown"]["decision"], by_id["unknown"]["missing"]) == ("refer", ["traveller.tags"])
    assert by_id["too early"]["decision"] == by_id["nobody's"]["decision"] == "deny"
    assert "8 decisions" in done.stderr and "a second" in done.stderr and "leg.dayz" in done.stderr and "champagne" in done.stderr


def test_standard_output_holds_the_lines_alone(ferry: Path, lines: Lines) -> None:
    """`--out -`: what a program reads is not mixed with what a person reads."""
    done = CliRunner().invoke(app, ["bench", "rights", "--rules", str(ferry), "--cases", str(lines("c.jsonl", case("a", {}))), "--out", "-"])
    assert json.loads(done.stdout)["decision"] == "refer" and "1 decisions" in done.stderr


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ({"id": 1, "now": NOW, "right": "r"}, "'facts' is missing"),
        ({"id": 1, "now": "2026-03-02T09:00:00", "right": "r", "facts": {}}, "'now'"),
        ({"id": 1, "now": NOW, "right": "r", "facts": [1]}, "'facts'"),
        (case("first", {}), "stands in line 1 already"),
    ],
)
def test_a_wrong_line_is_told_with_its_number(line: dict[str, Any], why: str, lines: Lines) -> None:
    """Before anything is decided."""
    with pytest.raises(BadLine, match=r"c\.jsonl:2: ") as told:
        read_cases(lines("c.jsonl", case("first", {}), line))
    assert why in told.value.said.en


def test_nothing_is_written_where_rules_or_result_cannot_be_used(ferry: Path, lines: Lines, tmp_path: Path) -> None:
    """A typo in the rules, a result below a file."""
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(ferry.read_text("utf-8").replace("leg.days <= 3", "leg.dais <= 3"), "utf-8")
    given = lines("c.jsonl", case("a", {}))
    with pytest.raises(RulesWrong, match=r"did you mean leg\.days"):
        run(wrong, given, tmp_path / "r")
    with pytest.raises(BadRequest, match="cannot be written"):
        run(ferry, given, given / "r")
    assert not (tmp_path / "r").exists()


def test_a_thousand_decisions_a_second_on_one_core(lines: Lines) -> None:
    """With their reasons and 24 rules that all speak of the same right; measured in processor time, for the machine may be busy."""
    facts = {"departs_eu": True, "arrives_eu": True, "eu_carrier": True, "intra_eu": False, "extraordinary": False, "event": "cancellation"}
    made = [case(n, facts | {"distance_km": n * 7, "notice_days": n % 20, "reroute": [n % 3, n % 5]}, "compensation") for n in range(600)]
    cases = read_cases(lines("c.jsonl", *made))
    from customers.rights import load_rules

    book, since = load_rules(EU261), time.process_time()
    assert sum(1 for _ in decided(book, cases)) == 600
    assert 600 / (time.process_time() - since) > 1000
