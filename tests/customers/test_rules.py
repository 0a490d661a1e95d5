"""A rule file with a mistake does not load, and the message names file, rule and clause."""

from pathlib import Path

import pytest

from basics.words import words
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


PLAUSIBLE = {  # what authors write, and what they are told to write instead
    "and": ("leg.days > 1 and leg.days < 3", "one clause a line instead of and"),
    "or": ("leg.days > 1 or leg.days < 3", "write || instead of or"),
    "not": ("not booking.group", "write ! instead of not"),
    "one equals sign": ("leg.days = 3", "write == (equal)"),
    "an arrow": ("leg.days => 3", "write == (equal)"),
    "curly quotes": ("leg.direction == “return”", "straight quotes"),
    "a mathematical sign": ("leg.days ≥ 3", "write >="),
    "an unquoted text": ("traveller.tier == gold", 'between quotes: "gold"'),
    "True": ("booking.group == True", "write true"),
    "a typo": ("leg.dayz > 3", "did you mean leg.days?"),
    "a list in brackets": ('leg.direction in ("a", "b")', "square brackets"),
    "numbers as texts": ('leg.days in ["1", "2"]', "can never be one of these"),
    "texts as numbers": ("leg.direction in [1, 2]", "can never be one of these"),
    "a list equal to a text": ('traveller.tags == "vip"', "in traveller.tags"),
    "a list in a list": ('traveller.tags in ["vip"]', "traveller.tags.exists"),
    "a day without quotes": ("leg.days > 2026-01-01", "is a subtraction"),
    "an open quotation mark": ('leg.direction == "return', "not closed"),
    "a table looked up by a number": ("tables.bags[leg.days].standard > 1", "tables.bags[string(leg.days)]"),
    "a number and a text": ('max(leg.days, "x") > 1', "gives no answer"),
    "one ampersand": ("leg.days > 1 & leg.days < 3", "a clause of its own for and"),
}


@pytest.mark.parametrize("name", PLAUSIBLE)
def test_a_plausible_mistake_is_told_what_to_write_instead(name: str, tmp_path: Path) -> None:
    condition, advice = PLAUSIBLE[name]
    with pytest.raises(RulesWrong) as refused:
        rules(tmp_path, a_rule("bad", condition))
    assert advice in refused.value.said.en


def a_title(title: str, when: str = "[]") -> str:
    return f"- id: x\n  right: r\n  title: {title}\n  article: a\n  when: {when}\n"


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        (a_title("A title"), "both languages: {en: …, zh: …}"),
        (a_title("{en: Not today, sorry, zh: 甲}"), "cut at 'sorry' by a comma"),
        (a_title("{en: 7, zh: 甲}"), "7 without quotes"),
        (a_title("{en: a, zh: 甲}").replace("id: x", "id: 7"), "7 without quotes"),
        (a_title("{en: a, zh: 甲}", "[leg.days > 3]"), "- if: …"),
        (a_title("{en: a, zh: 甲}", "\n  - if: !booking.group\n    else: {en: a, zh: 甲}"), "single quotes"),
        (a_title("{en: a, zh: 甲}", '\n  - if: "vip" in traveller.tags\n    else: {en: a, zh: 甲}'), "single quotes"),
        (a_rule("x", more="in_force: 2026-01-01"), "{from: 2026-01-01"),
        (a_rule("x", more="in_force: {form: 2026-01-01}"), "did you mean from?"),
        (a_rule("x", more="gives: 100"), "{amount: 100, currency: CNY}"),
        (a_rule("x", more="quota: 2"), "{times: 1, per: booking}"),
        (a_rule("x", more="quota: {times: 1, per: booking, within: 12months}"), "12 months"),
        (a_rule("x", more="quota: {time: 1, per: booking}"), "did you mean times?"),
        (a_rule("x", more="efect: deny"), "did you mean effect?"),
        (a_rule("x", more="effect: denied"), "'allow', 'deny' or 'refer'"),
        (a_rule("x", more="offer: {moments: delay}"), "moments: [delay]"),
        (a_rule("x", more="denied: {}"), "there is no such key"),
        ("\t- id: x\n", "spaces, not with tabs"),
    ],
)
def test_a_plausible_shape_is_told_what_to_write_instead(text: str, advice: str, tmp_path: Path) -> None:
    with pytest.raises(RulesWrong) as refused:
        rules(tmp_path, text)
    assert advice in refused.value.said.en and "rules.yaml" in refused.value.said.en


@pytest.mark.parametrize("text", ["", "facts\n", "- a\n", "facts: {a: string}\nrules:\n", "facts: [a]\nrules: []\n", "facts: {a: date}\nrules: []\n"])
def test_what_is_no_rule_file_is_told_how_one_looks(text: str, tmp_path: Path) -> None:
    with pytest.raises(RulesWrong, match=r"write|a fact is a"):
        a_rulebook(tmp_path, text)


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


def test_a_missing_file_and_a_true_as_a_key_are_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(RulesWrong, match="cannot be read"):
        load_rules(tmp_path / "none.yaml")
    with pytest.raises(RulesWrong, match="quote true and false"):
        a_rulebook(tmp_path, "facts: {a: string}\ntables: {t: {x: {true: 1}}}\nrules: []\n")


def test_on_off_yes_and_no_are_words_like_any_other(tmp_path: Path) -> None:
    """YAML 1.1 would read `on: booking` as `true: booking`, and a text `no` as false."""
    book = rules(tmp_path, a_rule("x", 'leg.direction == "no"', more="on: booking\nsays: {en: no, zh: 否}"))
    assert book.rules[0].on == "booking" and book.rules[0].says == words("no", "否")


def test_the_schema_is_the_files_own_words() -> None:
    schema = rule_file_schema()
    clause = schema["$defs"]["Clause"]
    assert set(clause["required"]) == {"if", "else"} and clause["additionalProperties"] is False
    assert {"from", "to"} == set(schema["$defs"]["InForce"]["properties"])


def test_the_houses_own_rule_says_everything_in_both_languages() -> None:
    rule = read_rule_file(RIGHTS_FILE).rules[0]
    assert rule.id == rule.article == "return-leg-free-change" and rule.quota and rule.until
    assert all(clause.kind and clause.holds for clause in rule.when)
