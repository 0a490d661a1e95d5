"""docs/rules.md: every example is loaded, checked and tried, and so cannot teach what does not work."""

import re
from pathlib import Path

import pytest
import yaml

import evals
from basics.clock import day_in
from customers.rights import load_rules
from customers.rule_check import Known, findings
from customers.rule_examples import Examples, examples_file_of, read_examples, try_examples
from tests.customers.people import NOW

PAGE = (Path(__file__).parents[2] / "docs" / "rules.md").read_text("utf-8")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.M | re.S)


def the_file() -> str:
    """The page's own rule file: its facts, its tables and all its rules."""
    facts, tables = (next(block for block in BLOCKS if block.startswith(start)) for start in ("facts:", "tables:"))
    return facts + tables + "rules:\n" + "\n".join(block for block in BLOCKS if block.startswith("- id:"))


def test_the_page_is_one_rule_file_and_its_examples_come_out(tmp_path: Path) -> None:
    """Nothing is wrong with it, each rule speaks in one of the examples, and every example comes out as it says."""
    (tmp_path / "ferry.yaml").write_text(the_file(), "utf-8")
    book = load_rules(tmp_path / "ferry.yaml")
    assert [f.said.en for f in findings(book, Known(today=day_in(NOW, "UTC")))] == []
    examples = Examples(examples=yaml.safe_load(next(block for block in BLOCKS if block.startswith("- name:"))))
    tried = try_examples(book, examples, NOW)
    assert [(one.example.name, one.differences) for one in tried if one.differences] == []
    assert {one.decision.rule_id for one in tried if one.decision.rule_id} == {rule.id for rule in book.rules}


def test_no_example_of_the_page_is_left_out() -> None:
    """Each block is facts, tables, rules or examples."""
    assert all(block.startswith(("facts:", "tables:", "- id:", "- name:")) for block in BLOCKS) and len(BLOCKS) >= 8


def test_every_function_the_page_names_can_be_used(tmp_path: Path) -> None:
    """The list at its end is true."""
    conditions = [
        "size(traveller.tags) > 1",
        'traveller.tags[0] == "x"',
        'traveller.tags.exists(x, x.startsWith("v"))',
        'booking.fare.contains("x")',
        'booking.fare.endsWith("x")',
        'booking.fare.matches("^[A-Z]+$")',
        "min(booking.passengers, 9) + max(1, 2.5, booking.passengers) > ceil(booking.passengers / 2) + floor(0.5) + round(2.5) + abs(0 - 1)",
        "(booking.vehicle ? 1 : 2) + booking.passengers * 3 - 4 / 2 > 0",
    ]
    rule = "\n- id: all\n  right: r\n  title: {en: a, zh: 甲}\n  article: {cites: x}\n  when:\n"
    clauses = "".join(f"  - if: '{condition}'\n    else: {{en: nay, zh: 否}}\n" for condition in conditions)
    (tmp_path / "rules.yaml").write_text(the_file() + rule + clauses, "utf-8")
    assert load_rules(tmp_path / "rules.yaml").rule("all")


FILES = [
    (Path(__file__).with_name("bus.yaml"), {"ended"}),
    (Path(evals.__file__).parent / "rules" / "eu261.yaml", set()),
]


@pytest.mark.parametrize(("file", "told"), FILES, ids=lambda value: value.stem if isinstance(value, Path) else "")
def test_policies_of_others_are_sound_and_their_examples_come_out(file: Path, told: set[str]) -> None:
    """A coach line's and a whole law, in the same language, without a line of code."""
    book = load_rules(file)
    assert {f.kind for f in findings(book, Known(today=day_in(NOW, "UTC")))} == told
    tried = try_examples(book, read_examples(examples_file_of(file)), NOW)
    assert [(one.example.name, one.differences) for one in tried if one.differences] == [] and len(tried) > 10
