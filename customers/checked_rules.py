"""Rules made ready: names, tables and every condition compiled and tried, before the first traveller asks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from customers.condition import Condition
from customers.condition_words import ConditionWrong
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

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The facts that it asks for, each once."""
        return tuple(dict.fromkeys(name for condition in (*self.conditions, *self.gives.conditions) for name in condition.names))


def check(file: RuleFile, name: str) -> tuple[dict[str, Any], tuple[CheckedRule, ...]]:
    """The tables and rules of `file`, ready for use; RulesWrong names the first thing that may not be used."""
    tables, checked, wrong = try_all(file, name)
    if wrong:
        raise wrong[0]
    return tables, checked


def try_all(file: RuleFile, name: str) -> tuple[dict[str, Any], tuple[CheckedRule, ...], tuple[RulesWrong, ...]]:
    """The tables, the rules that may be used, and the first mistake of each one that may not."""
    try:
        declared = _declared(file.specs, name)
        tables = _tables(file, name)
    except RulesWrong as wrong:
        return {}, (), (wrong,)
    checked: list[CheckedRule] = []
    found: list[RulesWrong] = []
    made: dict[str, Condition] = {}  # rules ask the same things: each is read and tried once, and in a decision answered once
    for n, rule in enumerate(file.rules):
        try:
            _refuse_wrong_names(rule, file, n, name)
            checked.append(_checked(rule, name, declared, tables, made))
        except RulesWrong as wrong:
            found.append(wrong)
    found += [RulesWrong(name, None, None, f"denied: no rule speaks of {r}") for r in file.denied if all(rule.right != r for rule in file.rules)]
    return tables, tuple(checked), tuple(found)


def _checked(rule: Rule, name: str, declared: Mapping[str, FactType], tables: Mapping[str, Any], made: dict[str, Condition]) -> CheckedRule:
    for n, clause in enumerate(rule.when, start=1):
        if clause.condition not in made:
            made[clause.condition] = _clause(clause, n, rule, name, declared, tables)
    conditions = tuple(made[clause.condition] for clause in rule.when)
    try:
        return CheckedRule(rule, conditions, Gives(rule.gives, declared, tables))
    except ConditionWrong as wrong:
        raise RulesWrong(name, rule.id, "gives", str(wrong)) from wrong


def _tables(file: RuleFile, name: str) -> dict[str, Any]:
    try:
        return {table: _as_doubles(rows) for table, rows in file.tables.items()}
    except ValueError as wrong:
        raise RulesWrong(name, None, None, f"tables: {wrong}") from wrong


def _refuse_wrong_names(rule: Rule, file: RuleFile, n: int, name: str) -> None:
    """Ids stand once, and what a rule names of other rules exists: a typo there would never count, and never bar."""
    by_id = {one.id: one for one in file.rules}
    if any(before.id == rule.id for before in file.rules[:n]):
        raise RulesWrong(name, rule.id, None, "two rules have this id; a rule that supersedes another has an id of its own, and both have `in_force`")
    if rule.not_with and (unknown := set(rule.not_with.rights) - {one.right for one in file.rules}):
        raise RulesWrong(
            name, rule.id, None, f"not_with: no rule speaks of {', '.join(sorted(unknown))}{_close(unknown, [r.right for r in file.rules])}"
        )
    for other_id in rule.quota.shared_with if rule.quota else ():
        other = by_id.get(other_id)
        if other is None or other_id == rule.id:
            why = "counts with itself" if other else f"there is no rule {other_id}{_close([other_id], list(by_id))}"
            raise RulesWrong(name, rule.id, None, f"quota.with: {why}")
        _refuse_lopsided_counting(rule, other, name)


def _refuse_lopsided_counting(rule: Rule, other: Rule, name: str) -> None:
    """Rules with quotas that count together all name each other and count for the same: then they share one numbering, and no race is lost."""
    if rule.quota is None or other.quota is None:
        return
    if other.quota.per != rule.quota.per:
        raise RulesWrong(
            name, rule.id, None, f"quota.with: it counts per {rule.quota.per} and {other.id} per {other.quota.per}; let both count per the same"
        )
    lacking = sorted({rule.id, *rule.quota.shared_with} - {other.id, *other.quota.shared_with})
    if lacking:
        raise RulesWrong(name, other.id, None, f"quota.with: {rule.id} counts with it, so add {', '.join(lacking)} to its own `with`")


def _close(named: Iterable[str], known: list[str]) -> str:
    close = [one for name in named for one in get_close_matches(name, known, 1)]
    return f"; did you mean {close[0]}?" if close else ""


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
            raise ValueError(f"a key has to be a text or a whole number, got {list(rows)}; quote true and false")
        return {str(key): _as_doubles(row) for key, row in rows.items()}
    if isinstance(rows, list):
        return [_as_doubles(row) for row in rows]
    if isinstance(rows, bool | str):
        return rows
    if isinstance(rows, int | float):
        return float(rows)
    raise ValueError(f"{rows!r} is not a text, a number, true or false")
