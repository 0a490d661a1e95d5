"""Rules made ready: names, tables and every condition compiled and tried, before the first traveller asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from customers.condition import Condition, ConditionWrong
from customers.declared import FactSpec, FactType, usable
from customers.gives import Gives
from customers.rules import Clause, Rule, RuleFile, RulesWrong
from customers.samples import try_out


@dataclass(frozen=True)
class CheckedRule:
    """A rule whose conditions have been compiled and tried."""

    rule: Rule
    conditions: tuple[Condition, ...]
    gives: Gives

    @property
    def names(self) -> tuple[str, ...]:
        """The facts that it asks for, each once."""
        return tuple(dict.fromkeys(name for condition in (*self.conditions, *self.gives.conditions) for name in condition.names))


def check(file: RuleFile, name: str) -> tuple[dict[str, Any], tuple[CheckedRule, ...]]:
    """The tables and rules of `file`, ready for use; RulesWrong names the first thing that may not be used."""
    declared = _declared(file.specs, name)
    try:
        tables = {table: _as_doubles(rows) for table, rows in file.tables.items()}
    except ValueError as wrong:
        raise RulesWrong(name, None, None, f"tables: {wrong}") from wrong
    seen: set[str] = set()
    checked = []
    for rule in file.rules:
        if rule.id in seen:
            raise RulesWrong(name, rule.id, None, "two rules have this id")
        seen.add(rule.id)
        conditions = tuple(_clause(clause, n, rule, name, declared, tables) for n, clause in enumerate(rule.when, start=1))
        try:
            checked.append(CheckedRule(rule, conditions, Gives(rule.gives, declared, tables)))
        except ConditionWrong as wrong:
            raise RulesWrong(name, rule.id, "gives", str(wrong)) from wrong
    return tables, tuple(checked)


def _clause(clause: Clause, n: int, rule: Rule, name: str, declared: Mapping[str, FactType], tables: Mapping[str, Any]) -> Condition:
    try:
        condition = Condition(clause.condition, declared, tables)
        try_out(condition, declared, tables, answers=(bool,))
    except ConditionWrong as wrong:
        raise RulesWrong(name, rule.id, f"{n} ({clause.condition})", str(wrong)) from wrong
    return condition


def _declared(specs: Mapping[str, FactSpec], name: str) -> dict[str, FactType]:
    """The type of each fact; a fact within a fact, and a default of another type, are refused."""
    for fact, spec in specs.items():
        if fact.split(".")[0] == "tables":
            raise RulesWrong(name, None, None, f"facts: {fact} cannot be a fact, because tables is the name of the look-up tables")
        if any(other.startswith(f"{fact}.") for other in specs):
            raise RulesWrong(name, None, None, f"facts: {fact} is a fact and cannot have facts within it")
        if spec.default is not None and fact not in usable({}, {fact: spec}):
            raise RulesWrong(name, None, None, f"facts: the default of {fact} is not a {spec.type}")
    return {fact: spec.type for fact, spec in specs.items()}


def _as_doubles(rows: Any) -> Any:
    """A table with its numbers as doubles and its keys as texts (`1` becomes "1": CEL does not look up a double)."""
    if isinstance(rows, Mapping):
        if not all(isinstance(key, str | int) and not isinstance(key, bool) for key in rows):
            raise ValueError(f"a key has to be a text or a whole number, got {list(rows)}; quote words such as yes, no, on and off")
        return {str(key): _as_doubles(row) for key, row in rows.items()}
    if isinstance(rows, list):
        return [_as_doubles(row) for row in rows]
    if isinstance(rows, bool | str):
        return rows
    if isinstance(rows, int | float):
        return float(rows)
    raise ValueError(f"{rows!r} is not a text, a number, true or false")
