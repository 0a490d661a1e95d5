"""The engine: what somebody may have, computed from rules and facts, with the reasons. No clock, no model, no I/O but load_rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel

from basics.clock import day_in
from basics.words import Words, words
from customers.checked_rules import CheckedRule, check
from customers.condition import Condition, Facts
from customers.declared import FactSpec, FactType, usable
from customers.rule_file import read_rule_file
from customers.rules import RIGHTS_FILE, Rule, RuleFile
from customers.uses import Counts, KeptCounts

AIRLINE_ZONE = "Asia/Shanghai"
Effect = Literal["allow", "deny", "refer"]

NO_RULE = words("No rule in force grants this.", "目前没有任何规则授予这项权益。")
NOT_KNOWN = words("This cannot be decided yet, because we do not know: {what}.", "目前无法判定，因为尚缺少以下信息：{what}。")


class RightDecision(BaseModel, frozen=True):
    """What was decided about one right, by which rule (None: none spoke), why, and from which facts and counts: enough to decide it again.

    `counted` is how often each quota had been used, by rule id, and `barring` the rules whose `not_with` stood in the way.
    """

    right: str
    at: AwareDatetime
    decision: Effect
    rule_id: str | None = None
    rule_version: int | None = None
    held: tuple[Words, ...] = ()
    failed: tuple[Words, ...] = ()
    missing: tuple[str, ...] = ()
    reasons: tuple[Words, ...] = ()
    article: str | None = None
    gives: dict[str, Any] = {}
    facts_used: dict[str, Any] = {}
    counted: dict[str, int | None] = {}
    barring: tuple[str, ...] = ()
    considered: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Asked:
    """The rules of one right, highest precedence first, with what they ask: facts, and conditions, each once."""

    rules: tuple[CheckedRule, ...]
    specs: dict[str, FactSpec]
    declared: dict[str, FactType]
    conditions: tuple[Condition, ...]
    tables: dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What one rule comes to: its clauses' answers (None: it cannot be said), its quota, and what it gives where it applies."""

    checked: CheckedRule
    answers: tuple[bool | None, ...]
    facts: Facts
    used: int | None = 0
    barred: bool = False
    gives: dict[str, Any] = field(default_factory=dict)
    worth_unknown: bool = False

    @property
    def rule(self) -> Rule:
        """The rule as it stands in the file."""
        return self.checked.rule

    @property
    def used_up(self) -> bool:
        """Whether its quota leaves nothing."""
        quota = self.rule.quota
        return quota is not None and self.used is not None and self.used >= quota.times

    @property
    def state(self) -> Literal["applies", "fails", "undecided"]:
        """A rule applies when all its clauses are true, fails when one is false, and is undecided otherwise."""
        if False in self.answers or self.barred or self.used_up:
            return "fails"
        # Nobody knows how often it was used: a person looks. A right whose size cannot be said is not granted by a machine either.
        cannot_count = self.rule.quota is not None and self.used is None
        return "undecided" if None in self.answers or cannot_count or self.worth_unknown else "applies"

    @property
    def held(self) -> tuple[Words, ...]:
        """What to say of the clauses that hold."""
        return tuple(clause.holds for clause, holds in zip(self.rule.when, self.answers, strict=True) if holds and clause.holds)

    @property
    def failed(self) -> tuple[Words, ...]:
        """What to say of everything that stands in the way."""
        rule = self.rule
        clauses = [clause.otherwise for clause, holds in zip(rule.when, self.answers, strict=True) if holds is False]
        quota = [rule.quota.otherwise] if rule.quota and self.used_up else []
        return (*clauses, *quota, *([rule.not_with.otherwise] if rule.not_with and self.barred else []))

    @property
    def missing(self) -> tuple[str, ...]:
        """The facts without a usable value; where all have one, those whose value led nowhere (a tier that no table knows)."""
        unsure = [condition for condition, holds in zip(self.checked.conditions, self.answers, strict=True) if holds is None]
        missing: dict[str, None] = {}
        for condition in (*unsure, *(self.checked.gives.conditions if self.worth_unknown else ())):
            absent = [name for name in condition.names if name not in self.facts.values]
            missing.update(dict.fromkeys(absent or condition.names))
        return tuple(missing)


class RuleBook:
    """The rules of one file, ready to be asked."""

    def __init__(self, file: RuleFile, name: str = "rules") -> None:
        """Compile and try every condition; RulesWrong names the first that may not be used. `name` is the file's name in errors."""
        self.specs: dict[str, FactSpec] = file.specs
        self.rules = file.rules
        self.denied = file.denied
        self.tables, self.checked = check(file, name)
        self._by_id = {rule.id: rule for rule in self.rules}
        self._asked = {right: self._asked_of(right) for right in dict.fromkeys(rule.right for rule in self.rules)}

    @property
    def rights(self) -> tuple[str, ...]:
        """Every right that some rule speaks of, in the order of the file."""
        return tuple(self._asked)

    def rule(self, rule_id: str) -> Rule | None:
        """The rule with this id, or None."""
        return self._by_id.get(rule_id)

    def of(self, right: str) -> tuple[CheckedRule, ...]:
        """The rules of a right, highest precedence first, equal ones in the order of the file."""
        return self._asked.get(right, _NOBODY).rules

    def ready(self, facts: Mapping[str, Any]) -> Facts:
        """Facts made ready once, for many decisions about the same thing."""
        return Facts(usable(facts, self.specs), {name: spec.type for name, spec in self.specs.items()}, self.tables)

    def decide(
        self, right: str, facts: Mapping[str, Any] | Facts, now: datetime, zone: str = AIRLINE_ZONE, ledger: Counts | None = None
    ) -> RightDecision:
        """Decide `right` on `facts` as of `now`; `ledger` knows what was used before (None: nothing was)."""
        asked = self._asked.get(right, _NOBODY)
        ready = facts if isinstance(facts, Facts) else _ready(asked, usable(facts, asked.specs))
        return self._decided(right, ready, self._outcomes(asked, ready, now, zone, ledger), now)

    def replay(self, decision: RightDecision, zone: str = AIRLINE_ZONE) -> RightDecision:
        """The decision made again as of its moment, from what it kept: by the same rules it comes out the same, by other rules as they would have it.

        What was not kept was missing then, or of a wrong type: it gets no default now.
        """
        ready, counts = self._as_kept(decision.right, decision.facts_used), KeptCounts(decision.counted, decision.barring)
        outcomes = self._outcomes(self._asked.get(decision.right, _NOBODY), ready, decision.at, zone, counts)
        return self._decided(decision.right, ready, outcomes, decision.at)

    def explain(
        self, right: str, facts_used: Mapping[str, Any], now: datetime, zone: str = AIRLINE_ZONE, ledger: Counts | None = None
    ) -> tuple[Outcome, ...]:
        """What each rule of the right that is in force comes to, highest precedence first: what a decision on these facts is made from."""
        return tuple(self._outcomes(self._asked.get(right, _NOBODY), self._as_kept(right, facts_used), now, zone, ledger))

    def _as_kept(self, right: str, facts_used: Mapping[str, Any]) -> Facts:
        asked = self._asked.get(right, _NOBODY)
        return _ready(asked, usable(facts_used, {name: FactSpec(type=spec.type) for name, spec in asked.specs.items()}))

    def _asked_of(self, right: str) -> _Asked:
        rules = sorted((c for c in self.checked if c.rule.right == right), key=lambda c: -c.rule.precedence)
        specs = {name: self.specs[name] for checked in rules for name in checked.names}
        conditions = dict.fromkeys(condition for checked in rules for condition in checked.conditions)
        looked_up = {table for checked in rules for one in (*checked.conditions, *checked.gives.conditions) for table in one.tables}
        tables = {table: rows for table, rows in self.tables.items() if table in looked_up}
        return _Asked(tuple(rules), specs, {name: spec.type for name, spec in specs.items()}, tuple(conditions), tables)

    def _outcomes(self, asked: _Asked, ready: Facts, now: datetime, zone: str, ledger: Counts | None) -> list[Outcome]:
        today = day_in(now, zone)
        known = {condition: condition.holds(ready) for condition in asked.conditions}
        return [_outcome(checked, known, ready, ledger) for checked in asked.rules if checked.rule.in_force.covers(today)]

    def _decided(self, right: str, ready: Facts, outcomes: Sequence[Outcome], now: datetime) -> RightDecision:
        effect, speaks = _in_order(outcomes)
        names = dict.fromkeys(name for outcome in outcomes for name in outcome.checked.names)
        nothing = self.denied.get(right, {}) if effect == "deny" else {}
        return RightDecision(
            right=right,
            at=now,
            decision=effect,
            rule_id=speaks and speaks.rule.id,
            rule_version=speaks and speaks.rule.version,
            held=speaks.held if speaks else (),
            failed=speaks.failed if speaks else (),
            missing=speaks.missing if speaks else (),
            reasons=self._reasons(effect, speaks) if speaks else (NO_RULE,),
            article=speaks and speaks.rule.article_named,
            gives=speaks.gives if speaks and effect == "allow" else nothing,
            facts_used={name: ready.values[name] for name in names if name in ready.values},
            counted={o.rule.id: o.used for o in outcomes if o.rule.quota},
            barring=tuple(o.rule.id for o in outcomes if o.barred),
            considered=tuple(outcome.rule.key for outcome in outcomes),
        )

    def _reasons(self, effect: Effect, speaks: Outcome) -> tuple[Words, ...]:
        if speaks.state == "fails":
            return speaks.failed
        if speaks.state == "undecided":
            return (_not_known(speaks.missing, self.specs),)
        return speaks.held if effect == "allow" else (speaks.rule.says or speaks.rule.title,)


_NOBODY = _Asked((), {}, {}, (), {})


def _ready(asked: _Asked, values: Mapping[str, Any]) -> Facts:
    """Facts for one right: making them ready costs by the name, so only those that its rules ask for."""
    return Facts(values, asked.declared, asked.tables)


def load_rules(path: Path = RIGHTS_FILE) -> RuleBook:
    """The rules of the file at `path`; RulesWrong says in a plain sentence which rule and clause may not be used."""
    return RuleBook(read_rule_file(path), str(path))


def _in_order(outcomes: Sequence[Outcome]) -> tuple[Effect, Outcome | None]:
    """Who speaks (DESIGN, section 4): outcomes come by precedence, and the first that fits is taken."""
    by_kind: dict[tuple[Effect, str], list[Outcome]] = {}
    for outcome in outcomes:
        by_kind.setdefault((outcome.rule.effect, outcome.state), []).append(outcome)
    order: tuple[tuple[Effect, Effect, str], ...] = (
        ("deny", "deny", "applies"),
        ("refer", "refer", "applies"),
        ("refer", "deny", "undecided"),
        ("refer", "refer", "undecided"),
        ("allow", "allow", "applies"),
    )
    for effect, of, state in order:
        if found := by_kind.get((of, state)):
            return effect, found[0]
    if open_ones := by_kind.get(("allow", "undecided")):
        return "refer", min(open_ones, key=lambda o: len(o.missing))
    return "deny", min(by_kind.get(("allow", "fails"), ()), key=lambda o: len(o.failed), default=None)


def _outcome(checked: CheckedRule, known: Mapping[Condition, bool | None], facts: Facts, ledger: Counts | None) -> Outcome:
    rule = checked.rule
    answers = tuple([known[condition] for condition in checked.conditions])
    used = ledger.used(rule) if ledger and rule.quota else 0
    barred = ledger is not None and rule.not_with is not None and ledger.barred(rule)
    outcome = Outcome(checked, answers, facts, used, barred)
    if rule.effect != "allow" or not rule.gives or outcome.state != "applies":
        return outcome
    try:
        return replace(outcome, gives=checked.gives.worked_out(facts))
    except Exception:  # whatever went wrong with an amount: it is not known
        return replace(outcome, worth_unknown=True)


def _not_known(missing: tuple[str, ...], specs: Mapping[str, FactSpec]) -> Words:
    titles = [specs[name].title or Words(en=name, zh=name) for name in missing] or [words("one of the facts", "相关信息")]
    return NOT_KNOWN.filled(what=Words(en=", ".join(t.en for t in titles), zh="、".join(t.zh for t in titles)))
