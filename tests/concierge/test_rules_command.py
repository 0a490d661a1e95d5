"""`concierge rules`: what an author is told about rules, through the command itself."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

import evals
from basics.errors import ConciergeError
from concierge.cli import app
from customers.rules import RIGHTS_FILE
from tests.customers.people import FACTS, a_rule

EU261 = Path(evals.__file__).parent / "rules" / "eu261.yaml"
NOW = "2026-11-22T06:10:00Z"


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home that does not exist, and a wide terminal."""
    monkeypatch.setenv("CONCIERGE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "300")


def told(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["rules", *arguments], env={"COLUMNS": "300"})


def refused(*arguments: str) -> str:
    done = told(*arguments)
    assert isinstance(done.exception, ConciergeError), done.output
    return done.exception.said.en


def a_file(folder: Path, *written: str, name: str = "rules.yaml", facts: str = FACTS) -> str:
    path = folder / name
    spoken = "".join(rule.replace(" 不 ", "不成立").replace(" 是 ", "成立") for rule in written)
    path.write_text(facts + spoken.replace("zh: x}", "zh: 规则}"), "utf-8")
    return str(path)


def titled(id: str, *conditions: str, more: str = "") -> str:
    return (
        a_rule(id, *conditions, more=more)
        .replace(f"title: {{en: {id}, zh: {id}}}", f"title: {{en: {id}, zh: 规则}}")
        .replace("article: a", "article: {cites: law}")
    )


def found(*arguments: str) -> list[dict[str, Any]]:
    done = told("check", "--now", NOW, "--json", *arguments)
    findings: list[dict[str, Any]] = json.loads(done.stdout)["findings"]
    assert done.exit_code == (1 if any(one["grave"] for one in findings) else 0), done.output
    return findings


def graves(*arguments: str) -> list[tuple[str, str, str]]:
    return [(one["kind"], one["rule_id"], one["said"]["en"]) for one in found(*arguments) if one["grave"]]


def test_a_whole_law_is_sound() -> None:
    """Nothing wrong, nothing to look at, in either language."""
    assert found("--rules", str(EU261)) == []
    assert "未发现问题" in told("check", "--rules", str(EU261), "--lang", "zh").stdout
    assert "nothing is wrong" in told("check", "--rules", str(EU261)).stdout


WRONG = {
    "clauses that exclude each other": (
        titled("x", "leg.days > 7", "booking.group", "leg.days <= 7"),
        "never holds",
        "clauses 1 (leg.days > 7) and 3",
    ),
    "a gap between two numbers": (titled("x", "leg.days > 7", "leg.days < 7"), "never holds", "clauses 1"),
    "two texts at once": (titled("x", 'leg.direction == "a"', 'leg.direction in ["b", "c"]'), "never holds", "never hold together"),
    "a tag that is there and not there": (titled("x", '"a" in traveller.tags', '!("a" in traveller.tags)'), "never holds", "never hold together"),
    "three that exclude each other": (
        titled("x", "leg.days > fee", "fee > booking.passengers", "booking.passengers > leg.days"),
        "never holds",
        "its clauses",
    ),
    "more than any table says": (titled("x", "tables.bags[traveller.tier].standard > 2"), "never holds", "clause 1"),
    "two amounts for one case": (
        titled("x", "leg.days > 3", more="gives: {amount: 5}") + titled("y", "leg.days > 9", more="gives: {amount: 6}"),
        "overlap",
        "it and y both apply",
    ),
    "two amounts that are worked out": (
        titled("x", more="gives: {amount: {cel: 2 * fee}}") + titled("y", "leg.days > 9", more="gives: {amount: {cel: fee + 1}}"),
        "overlap",
        "higher precedence",
    ),
    "English twice": (titled("x", more="says: {en: not today, zh: not today}\neffect: deny"), "translation", "both languages say the same"),
    "no Chinese": (titled("x", more="says: {en: not today, zh: pas encore}\neffect: deny"), "translation", "there is no Chinese"),
    "Chinese for English": (titled("x", more="says: {en: 不, zh: 不行}\neffect: deny"), "translation", "there is Chinese in the English"),
    "an article that does not exist": (
        titled("x").replace("{cites: law}", "return-leg-free-chang"),
        "article",
        "did you mean return-leg-free-change?",
    ),
    "an article not in force": (
        titled("x", more="in_force: {from: 2020-01-01}").replace("{cites: law}", "return-leg-free-change"),
        "article",
        "2020-01-01",
    ),
    "a wording that does not exist": (titled("x", more="offer: {unasked: true, wording: greting}"), "wording", "did you mean greeting?"),
    "a refund without its fee": (titled("x", more="change: refund\ngives: {amount: 5}"), "gives", "needs `fee`"),
    "a voucher in no currency": (titled("x", more="change: voucher\ngives: {amount: 5, currency: yuan}"), "gives", "a currency such as CNY"),
    "an amount that is a text": (titled("x", more='gives: {amount: "25 * booking.passengers"}'), "gives", "write amount: {cel:"),
    "a seat at 120 %": (titled("x", more="change: seat\ngives: {percent: 120}"), "gives", "0 to 100"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_found(name: str, tmp_path: Path) -> None:
    """Each in a sentence that names the rule; exit code 1."""
    written, kind, said = WRONG[name]
    wrong = graves("--rules", a_file(tmp_path, written))
    assert [(one[0], one[1]) for one in wrong] in ([(kind, "x")], [(kind, "x")] * 2) and said in wrong[0][2], wrong


RIGHT = {
    "a number between two": titled("x", "leg.days > 7", "leg.days < 8"),
    "a rule without clauses": titled("x"),
    "in turn": titled("x", more="gives: {amount: 5}\nin_force: {to: 2026-12-31}")
    + titled("y", more="gives: {amount: 6}\nin_force: {from: 2027-01-01}"),
    "by precedence": titled("x", more="gives: {amount: 5}") + titled("y", more="gives: {amount: 6}\nprecedence: 1"),
    "never both": titled("x", "leg.days > 3", more="gives: {amount: 5}") + titled("y", "leg.days <= 3", more="gives: {amount: 6}"),
    "the same from both": titled("x", "leg.days > 3", more="gives: {amount: 5}") + titled("y", "leg.days > 9", more="gives: {amount: 5}"),
    "the same worked out": titled("x", more="gives: {amount: {cel: fee * 2}}") + titled("y", more="gives: {amount: {cel: fee + fee}}"),
    "texts that nobody can make up": titled("x", 'leg.direction.matches("^[A-Z]{3}[0-9]+$")', 'leg.direction.startsWith("PVG")'),
    "a calculated amount": titled("x", "fee * booking.passengers > 700", "fee < 400"),
    "days as texts": titled("x", 'leg.direction > "2026-07-01"', 'leg.direction < "2026-07-31"'),
    "two tags": titled("x", '"a" in traveller.tags', '"b" in traveller.tags', "size(traveller.tags) == 3"),
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_is_left_alone(name: str, tmp_path: Path) -> None:
    """Rules that can hold and do not disagree."""
    assert graves("--rules", a_file(tmp_path, RIGHT[name])) == []


def test_what_deserves_a_look_does_not_fail(tmp_path: Path) -> None:
    """Facts nobody asks for, clauses that always hold, rules that are over: said, and exit code 0."""
    path = a_file(tmp_path, titled("x", "leg.days > 0 || leg.days <= 0", more="in_force: {to: 2026-01-01}"))
    assert {one["kind"] for one in found("--rules", path)} == {"unused fact", "always holds", "ended"}


def test_facts_that_nobody_supplies_are_found(tmp_path: Path) -> None:
    """Against another airline's own list: one that is called otherwise, one of another type."""
    facts = tmp_path / "facts.yaml"
    facts.write_text(FACTS.partition("tables:")[0].replace("leg.days: number", "leg.dayz: number").replace("fee: number", "fee: string"), "utf-8")
    wrong = graves("--rules", a_file(tmp_path, titled("x", "leg.days > 3", "fee > 2")), "--facts", str(facts))
    assert [(kind, said) for kind, _, said in wrong] == [
        ("unknown fact", "nobody supplies the fact leg.days; did you mean leg.dayz?"),
        ("unknown fact", "the fact fee is declared as number and supplied as string: it will always be missing"),
    ]
    facts.write_text("leg.days: date", "utf-8")
    assert "leg.days should be `name: type`" in refused("check", "--rules", a_file(tmp_path, titled("x")), "--facts", str(facts))


def test_every_rule_that_does_not_load_is_told_at_once(tmp_path: Path) -> None:
    """Not one typo a run."""
    path = a_file(tmp_path, titled("x", "leg.dayz > 3"), titled("fine"), titled("y", "leg.days > 3 && fee > 2"))
    done = told("check", "--rules", path)
    assert done.exit_code == 1 and "did you mean leg.days?" in done.stdout and "&& joins" in done.stdout and "2 wrong" in done.stdout
    assert [one["rule_id"] for one in found("--rules", path)] == ["x", "y"]
    (tmp_path / "rules.yaml").write_text("facts: {a: string}\nrules:\n- id: x\n  titel: no\n- id: y\n", "utf-8")
    assert {"x", "y"} == {one["rule_id"] for one in found("--rules", path)}


EXAMPLES = """
- name: soon enough
  right: r
  facts: {leg: {days: 4}}
  expect: {decision: allow, rule: x, gives: {amount: 5}}
- name: too soon
  right: r
  now: 2026-01-01T00:00:00Z
  facts: {leg.days: 2}
  used: [{rule: x, ago: 2 days, same: traveller}]
  expect: {decision: deny, says: x not 1}
"""


def test_examples_are_tried_and_a_difference_is_shown(tmp_path: Path) -> None:
    """The file beside the rules is found by itself; one that comes out otherwise is told with what came out, and fails."""
    path = a_file(tmp_path, titled("x", "leg.days > 3", more="gives: {amount: 5}\nquota: {times: 2, per: traveller}"))
    (tmp_path / "rules.examples.yaml").write_text(EXAMPLES, "utf-8")
    assert "2 examples tried, 0 came out otherwise" in told("test", "--rules", path).stdout
    (tmp_path / "other.yaml").write_text(
        EXAMPLES.replace("amount: 5", "amount: 6").replace("decision: deny", "decision: refer, missing: [fee]"), "utf-8"
    )
    done = told("test", str(tmp_path / "other.yaml"), "--rules", path)
    assert (
        done.exit_code == 1 and "✗ soon enough" in done.stdout and '{"amount": 6} != {"amount": 5}' in done.stdout and '["fee"] != []' in done.stdout
    )
    failed = json.loads(told("test", str(tmp_path / "other.yaml"), "--rules", path, "--json").stdout)
    assert (failed["tried"], [one["name"] for one in failed["failed"]]) == (2, ["soon enough", "too soon"])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("- name: a\n  right: r\n  expect: {decison: allow}\n", "example 'a', expect"),
        ("- right: r\n  expect: {decision: allow}\n", "example number 1, name"),
        ("- {name: a, right: r, expect: {decision: allow}}\n- {name: a, right: r, expect: {decision: deny}}\n", "two examples are named 'a'"),
        ("- {name: a, right: r, used: [{rule: zz}], expect: {decision: allow}}\n", "there is no rule zz"),
        ("- {name: a, right: r, now: 2026-01-01T00:00:00, expect: {decision: allow}}\n", "now"),
        ("[]\n", "examples"),
        ("- name: [\n", "not YAML"),
    ],
)
def test_examples_that_cannot_be_used_are_told(text: str, why: str, tmp_path: Path) -> None:
    """By name, before anything is tried."""
    (tmp_path / "rules.examples.yaml").write_text(text, "utf-8")
    assert why in refused("test", "--rules", a_file(tmp_path, titled("x")))


def test_a_travellers_decision_is_explained(tmp_path: Path) -> None:
    """Each clause with its mark, the facts it looked at, the quota, in the language asked for; JSON says the same."""
    done = told("explain", "--as", "lin-gold", "--right", "free_change", "--now", NOW, "--lang", "zh")
    assert done.exit_code == 0 and "准予" in done.stdout and '✓ leg.direction == "return"' in done.stdout and "已用 0 次，共 1 次" in done.stdout
    rights = json.loads(told("explain", "--as", "lin-gold", "--right", "free_change", "--now", NOW, "--json").stdout)
    held = next(one for one in rights if one["decision"] == "allow")
    assert held["speaks"] == "return-leg-free-change" and all(clause["holds"] for clause in held["rules"][0]["clauses"])
    assert not (tmp_path / "home").exists(), "explaining writes nothing"
    booking = held["about"].partition("/")[0]
    assert {
        one["about"].partition("/")[0] for one in json.loads(told("explain", "--as", "lin-gold", "--booking", booking, "--json", "--now", NOW).stdout)
    } == {booking}


def test_what_would_have_to_change_is_said(tmp_path: Path) -> None:
    """On facts of a file: what fails and of which kind, what is not known, and which rules are not in force."""
    case = tmp_path / "case.yaml"
    case.write_text("leg: {days: 2}\n", "utf-8")
    first = titled("x", "leg.days > 3", "fee > 2").replace("  when:\n  - if: 'leg.days > 3'\n", "  when:\n  - if: 'leg.days > 3'\n    kind: time\n")
    path = a_file(tmp_path, first, titled("old", more="in_force: {to: 2020-01-01}"))
    done = told("explain", "--case", str(case), "--rules", path)
    for part in ("r: denied", "✗ leg.days > 3   leg.days = 2", "? fee > 2   fee = ?", "would have to change: the moment of asking", "that day: old"):
        assert part in done.stdout, done.stdout


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("explain",), "--as, or a file of facts"),
        (("explain", "--as", "nobody"), "Nobody with the id nobody"),
        (("explain", "--as", "lin-gold", "--right", "champagne"), "No rule speaks of champagne"),
        (("explain", "--as", "lin-gold", "--booking", "NONE00"), "has no booking NONE00"),
        (("explain", "--as", "lin-gold", "--now", "yesterday"), "--now"),
        (("check", "--lang", "fr"), "must be en or zh"),
        (("diff", "a.yaml", "b.yaml"), "cannot be read"),
    ],
)
def test_what_cannot_be_answered_is_said_plainly(arguments: tuple[str, ...], why: str) -> None:
    """A wrong name, a wrong moment, a file that is not there."""
    assert why in refused(*arguments)


def test_who_gains_and_who_loses(tmp_path: Path) -> None:
    """The same rules change nothing; without the clause on the first flight somebody gains, with a stricter one somebody loses."""
    own = RIGHTS_FILE.read_text("utf-8")
    assert "booking.legs_flown >= 1" in own
    milder, stricter = tmp_path / "milder.yaml", tmp_path / "stricter.yaml"
    milder.write_text(own.replace("booking.legs_flown >= 1", "booking.legs_flown >= 0", 1), "utf-8")
    stricter.write_text(own.replace("booking.legs_flown >= 1", "booking.legs_flown >= 9", 1), "utf-8")
    assert "Nobody" in told("diff", str(RIGHTS_FILE), str(RIGHTS_FILE), "--now", NOW).stdout

    def changes(new: Path) -> set[tuple[str, str]]:
        return {(one["what"], one["right"]) for one in json.loads(told("diff", str(RIGHTS_FILE), str(new), "--now", NOW, "--json").stdout)}

    assert ("gains", "free_change") in changes(milder) and not any(what == "loses" for what, _ in changes(milder))
    assert ("loses", "free_change") in changes(stricter) and not any(what == "gains" for what, _ in changes(stricter))
    assert "gains" in told("diff", str(RIGHTS_FILE), str(milder), "--now", NOW).stdout


def test_facts_and_schema_are_printed() -> None:
    """For the one who writes, and for their editor."""
    facts = json.loads(told("facts", "--rules", str(EU261), "--json").stdout)
    assert facts["reroute"]["type"] == "list" and facts["reroute"]["default"] == [] and "delayed-long" in facts["arrival_delay_h"]["asked_by"]
    assert "到达延误时长" in told("facts", "--rules", str(EU261), "--lang", "zh").stdout
    schema = json.loads(told("schema").stdout)
    assert {"facts", "tables", "denied", "rules"} == set(schema["properties"])
