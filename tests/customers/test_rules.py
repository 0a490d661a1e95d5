"""A rule file with a mistake does not load, and the message names file, rule and clause."""

from pathlib import Path

import pytest

from customers.rights import load_rules
from customers.rule_file import read_rule_file
from customers.rules import RIGHTS_FILE, RulesWrong, rule_file_schema
from tests.customers.people import a_rule, a_rulebook, rules

REFUSED_CLAUSES = {
    "typo in a fact": ('leg.direcion == "return"', "leg.direcion is not declared"),
    "typo behind an or": ('leg.direction == "x" || leg.direcion == "y"', "leg.direcion is not declared"),
    "typo behind a method": ('leg.direcion.startsWith("r")', "leg.direcion"),
    "typo inside a macro": ("traveller.tags.exists(t, t == leg.direcion)", "leg.direcion"),
    "unquoted text": ("leg.direction == return", "return is not declared"),
    "unknown table": ("tables.bag[traveller.tier].standard > 1", "tables.bag"),
    "unknown column": ("tables.bags[traveller.tier].flex > 1", "gives no answer"),
    "unknown function": ('leg.direction.beginsWith("r")', "no function beginsWith"),
    "two conditions": ("leg.days > 1 && leg.days < 3", "&& joins"),
    "has": ("has(leg.days)", "has() turns"),
    "has, spaced": ("!has (leg.days)", "has() turns"),
    "not a boolean": ("leg.days", "not true or false"),
    "sometimes not a boolean": ("booking.group ? true : 1", "not true or false"),
    "a text in a number's place": ('leg.days >= "3"', "overload"),
    "never equal, and so always unequal": ('leg.days != "1"', "never be equal"),
    "never equal, the other way": ('"true" == booking.group', "never be equal"),
    "two facts that are never equal": ("leg.days != leg.direction", "never be equal"),
    "null": ("leg.direction != null", "never be equal"),
    "a folder for a fact": ('"direction" in leg', "leg is not declared"),
    "a folder with an index": ('leg["direction"] == "return"', "leg is not declared"),
    "an element named as a fact": ("traveller.tags.exists(leg, leg == 'x')", "name of a fact"),
    "an optional": ("leg.?days.orValue(1) == 1", "leg"),
    "division by what may be nothing": ("fee / (leg.days - 1) > 2", "divide only"),
    "division by zero": ("fee / 0 > 2", "divide only"),
    "unfinished": ("leg.days >=", "cannot be read"),
    "strange sign": ("leg.days >= 3 §", "cannot be read at"),
}


@pytest.mark.parametrize("name", REFUSED_CLAUSES)
def test_a_clause_with_a_mistake_is_refused_by_name(name: str, tmp_path: Path) -> None:
    condition, why = REFUSED_CLAUSES[name]
    with pytest.raises(RulesWrong) as refused:
        rules(tmp_path, a_rule("good", "leg.days > 1"), a_rule("bad", "leg.days > 1", condition))
    said = refused.value.said
    assert why in said.en and "rules.yaml, rule bad, clause 2" in said.en and condition in said.zh


@pytest.mark.parametrize(
    "condition",
    [
        "leg.direction.startsWith('r')",
        'leg.direction in ["return", "outbound"]',
        "traveller.tags.exists(t, t.startsWith('vip'))",
        "size(traveller.tags) * 2 > 3",
        "traveller.tags.size() + 1 > 3",
        "tables.bags[traveller.tier].standard >= 2",
        'tables.bags[traveller.tier]["standard"] * leg.days > 1',
        "timestamp(leg.direction) > timestamp('2026-01-01T00:00:00Z')",
        'traveller.tags[0] == "vip"',
        "fee / booking.passengers <= 2.5e2",
        "fee / 2 > .5 // half of it",
        "leg.direction == '&& has( leg.direcion'",
        '!(leg.direction == "return") || booking.group',
        "booking.group ? leg.days > 1 : leg.days > 2",
        "true",
    ],
)
def test_an_honest_clause_loads(condition: str, tmp_path: Path) -> None:
    assert rules(tmp_path, a_rule("fine", condition)).rule("fine") is not None


REFUSED_FILES = {
    "no translation": (a_rule("x", "true").replace(", zh: x 不 1", ""), "else.zh"),
    "an empty translation": (a_rule("x", "true").replace("zh: x 不 1", "zh: ' '"), "both languages"),
    "no else": ("- {id: x, right: r, title: {en: a, zh: a}, article: a, when: [{if: 'true'}]}\n", "else"),
    "no when": ("- {id: x, right: r, title: {en: a, zh: a}, article: a}\n", "when"),
    "an unknown key": (a_rule("x", "true", more="efect: deny"), "efect"),
    "an unknown effect": (a_rule("x", "true", more="effect: maybe"), "effect"),
    "ends before it begins": (a_rule("x", "true", more="in_force: {from: 2026-02-02, to: 2026-02-01}"), "before it begins"),
    "a quota of none": (a_rule("x", "true", more="quota: {times: 0, per: booking}"), "quota.times"),
    "a quota per something else": (a_rule("x", "true", more="quota: {times: 1, per: moon}"), "quota.per"),
    "a denial that gives": (a_rule("x", "true", more="effect: deny\ngives: {fee: 0}"), "gives nothing"),
    "a wrong gives": (a_rule("x", "true", more='gives: {amount: {cel: "25 * booking.pasengers"}}'), "booking.pasengers"),
    "a gives of a list": (a_rule("x", "true", more='gives: {amount: {cel: "traveller.tags"}}'), "which is not"),
    "the same id twice": (a_rule("x", "true") + a_rule("x", "leg.days > 1"), "two rules have this id"),
    "the same key twice": (a_rule("x", "true", more="when: []"), "'when' stands twice"),
    "no YAML": ("- id: [\n", "not YAML"),
}


@pytest.mark.parametrize("name", REFUSED_FILES)
def test_a_file_with_a_mistake_is_refused(name: str, tmp_path: Path) -> None:
    written, why = REFUSED_FILES[name]
    with pytest.raises(RulesWrong) as refused:
        rules(tmp_path, written)
    assert why in refused.value.said.en and "rules.yaml" in refused.value.said.en


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ("leg: string\n  leg.days: number", "cannot have facts within it"),
        ("leg.days: int", "facts.leg.days"),
        ("leg.days: {type: number, default: three}", "default of leg.days"),
        ("booking.group: {type: bool, default: 0}", "default of booking.group"),
        ("tables.x: number", "look-up tables"),
        ("leg days: number", "facts.leg days"),
    ],
)
def test_a_wrong_declaration_is_refused(facts: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(RulesWrong, match=why):
        a_rulebook(tmp_path, f"facts:\n  {facts}\nrules: []\n")


def test_a_missing_file_and_an_unquoted_yes_are_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(RulesWrong, match="cannot be read"):
        load_rules(tmp_path / "none.yaml")
    with pytest.raises(RulesWrong, match="quote words such as yes"):
        a_rulebook(tmp_path, "facts: {a: string}\ntables: {t: {x: {yes: 1}}}\nrules: []\n")


def test_the_schema_is_the_files_own_words() -> None:
    schema = rule_file_schema()
    clause = schema["$defs"]["Clause"]
    assert set(clause["required"]) == {"if", "else"} and clause["additionalProperties"] is False
    assert {"from", "to"} == set(schema["$defs"]["InForce"]["properties"])


def test_the_houses_own_rule_says_everything_in_both_languages() -> None:
    rule = read_rule_file(RIGHTS_FILE).rules[0]
    assert rule.id == rule.article == "return-leg-free-change" and rule.quota and rule.until
    assert all(clause.kind and clause.holds for clause in rule.when)
