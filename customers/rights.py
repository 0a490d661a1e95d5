"""The engine: what somebody may have, computed from rules and facts, with the reasons. No clock, no model, no I/O but load_rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel

from basics.clock import day_in
from basics.words import Words, words
from customers.checked_rules import CheckedRule, check
from customers.condition import Condition, Facts
from customers.declared import FactSpec, usable
from customers.rules import RIGHTS_FILE, Rule, RuleFile, read_rule_file
from customers.uses import Ledger

AIRLINE_ZONE = "Asia/Shanghai"
Effect = Literal["allow", "deny", "refer"]

NO_RULE = words("No rule in force grants this.", "目前没有任何规则授予这项权益。")
NOT_KNOWN = words("This cannot be decided yet, because we do not know: {what}.", "目前无法判定，因为尚缺少以下信息：{what}。")


class RightDecision(BaseModel, frozen=True):
    """What was decided about one right, by which rule (None: none spoke), why, and from which facts: enough to decide it again."""

    right: str
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
    considered: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Outcome:
    """What one rule comes to on the facts at hand."""

    checked: CheckedRule
    held: tuple[Words, ...]
    failed: tuple[Words, ...]
    missing: tuple[str, ...]
    undecided: bool
    gives: dict[str, Any]

    @property
    def rule(self) -> Rule:
        return self.checked.rule

    @property
    def state(self) -> Literal["applies", "fails", "undecided"]:
        return "fails" if self.failed else "undecided" if self.undecided else "applies"


class RuleBook:
    """The rules of one file, ready to be asked."""

    def __init__(self, file: RuleFile, name: str = "rules") -> None:
        """Compile and try every condition; RulesWrong names the first that may not be used. `name` is the file's name in errors."""
        self.specs: dict[str, FactSpec] = file.specs
        self.rules = file.rules
        self._declared = {fact: spec.type for fact, spec in self.specs.items()}
        self._tables, self._checked = check(file, name)
        self._by_id = {rule.id: rule for rule in self.rules}
        self._by_right: dict[str, tuple[CheckedRule, ...]] = {}
        for checked in self._checked:
            self._by_right[checked.rule.right] = (*self._by_right.get(checked.rule.right, ()), checked)

    @property
    def rights(self) -> tuple[str, ...]:
        """Every right that some rule speaks of, in the order of the file."""
        return tuple(self._by_right)

    def rule(self, rule_id: str) -> Rule | None:
        """The rule with this id, or None."""
        return self._by_id.get(rule_id)

    def of(self, right: str) -> tuple[CheckedRule, ...]:
        """The rules of a right, in the order of the file."""
        return self._by_right.get(right, ())

    def ready(self, facts: Mapping[str, Any]) -> Facts:
        """Facts made ready once, for many decisions about the same thing."""
        return Facts(usable(facts, self.specs), self._declared, self._tables)

    def decide(
        self, right: str, facts: Mapping[str, Any] | Facts, now: datetime, zone: str = AIRLINE_ZONE, ledger: Ledger | None = None
    ) -> RightDecision:
        """Decide `right` on `facts` as of `now`; `ledger` knows what was used before (None: nothing was)."""
        ready = facts if isinstance(facts, Facts) else self.ready(facts)
        values = ready.values
        today = day_in(now, zone)
        asked = [c for c in self.of(right) if c.rule.in_force.covers(today)]
        outcomes = [_outcome(checked, ready, ledger) for checked in sorted(asked, key=lambda c: -c.rule.precedence)]
        effect, speaks = _in_order(outcomes)
        names = dict.fromkeys(name for checked in asked for name in checked.names)
        return self._decision(right, effect, speaks).model_copy(
            update={
                "facts_used": {name: values[name] for name in names if name in values},
                "considered": tuple(outcome.rule.key for outcome in outcomes),
            }
        )

    def _decision(self, right: str, effect: Effect, speaks: _Outcome | None) -> RightDecision:
        if speaks is None:
            return RightDecision(right=right, decision=effect, reasons=(NO_RULE,))
        rule = speaks.rule
        return RightDecision(
            right=right,
            decision=effect,
            rule_id=rule.id,
            rule_version=rule.version,
            held=speaks.held,
            failed=speaks.failed,
            missing=speaks.missing,
            reasons=self._reasons(effect, speaks),
            article=rule.article_named,
            gives=speaks.gives if effect == "allow" else {},
        )

    def _reasons(self, effect: Effect, speaks: _Outcome) -> tuple[Words, ...]:
        if speaks.state == "fails":
            return speaks.failed
        if speaks.state == "undecided":
            return (_not_known(speaks.missing, self.specs),)
        return speaks.held if effect == "allow" else (speaks.rule.says or speaks.rule.title,)


def load_rules(path: Path = RIGHTS_FILE) -> RuleBook:
    """The rules of the file at `path`; RulesWrong says in a plain sentence which rule and clause may not be used."""
    return RuleBook(read_rule_file(path), str(path))


def _in_order(outcomes: list[_Outcome]) -> tuple[Effect, _Outcome | None]:
    """Who speaks (DESIGN, section 4): outcomes come by precedence, and the first that fits is taken."""

    def first(effect: str, state: str) -> _Outcome | None:
        return next((o for o in outcomes if o.rule.effect == effect and o.state == state), None)

    if denied := first("deny", "applies"):
        return "deny", denied
    if referred := first("refer", "applies") or first("deny", "undecided") or first("refer", "undecided"):
        return "refer", referred
    if allowed := first("allow", "applies"):
        return "allow", allowed
    open_ones = [o for o in outcomes if o.rule.effect == "allow" and o.state == "undecided"]
    if open_ones:
        return "refer", min(open_ones, key=lambda o: len(o.missing))
    nearest = [o for o in outcomes if o.rule.effect == "allow"]
    return "deny", min(nearest, key=lambda o: len(o.failed), default=None)


def _outcome(checked: CheckedRule, facts: Facts, ledger: Ledger | None) -> _Outcome:
    rule = checked.rule
    answers = [(clause, condition, condition.holds(facts)) for clause, condition in zip(rule.when, checked.conditions, strict=True)]
    failed = [clause.otherwise for clause, _, holds in answers if holds is False]
    used = ledger.used(rule) if ledger else 0
    if rule.quota and used is not None and used >= rule.quota.times:
        failed.append(rule.quota.otherwise)
    if rule.not_with and ledger and ledger.barred(rule):
        failed.append(rule.not_with.otherwise)
    unsure = [condition for _, condition, holds in answers if holds is None]
    cannot_count = rule.quota is not None and used is None  # nobody knows how often it was used: a person looks
    gives: dict[str, Any] = {}
    if not failed and not unsure and not cannot_count and rule.effect == "allow":
        try:
            gives = checked.gives.worked_out(facts)
        except Exception:  # a right whose size cannot be said is not granted by a machine
            unsure.extend(checked.gives.conditions)
    return _Outcome(
        checked=checked,
        held=tuple(clause.holds for clause, _, holds in answers if holds and clause.holds),
        failed=tuple(failed),
        missing=_missing(unsure, facts),
        undecided=bool(unsure) or cannot_count,
        gives=gives,
    )


def _missing(unsure: list[Condition], facts: Facts) -> tuple[str, ...]:
    """The facts without a usable value; where all have one, those whose value led nowhere (a tier that no table knows)."""
    missing: dict[str, None] = {}
    for condition in unsure:
        absent = [name for name in condition.names if name not in facts.values]
        missing.update(dict.fromkeys(absent or condition.names))
    return tuple(missing)


def _not_known(missing: tuple[str, ...], specs: Mapping[str, FactSpec]) -> Words:
    titles = [specs[name].title or Words(en=name, zh=name) for name in missing] or [words("one of the facts", "相关信息")]
    return NOT_KNOWN.filled(what=Words(en=", ".join(t.en for t in titles), zh="、".join(t.zh for t in titles)))
