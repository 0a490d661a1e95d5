"""`concierge rules explain`: the decision tree of each right, for one traveller or for facts in a file."""

import asyncio
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel
from rich.text import Text
from rich.tree import Tree

from basics.clock import stopped_at, system_clock
from basics.errors import BadRequest, ConciergeError, NotFound
from basics.words import Lang, Words
from bot.gather import tagged
from bot.settings import Settings, read_settings
from bot.worked_out import worked_out
from concierge.airline_here import airline_here
from concierge.commands import out, settings_here
from customers.booking import Booking
from customers.change_quota import PER, period
from customers.entitlement import entitlements_of
from customers.notes import Notes
from customers.rights import Outcome, RightDecision, RuleBook, load_rules
from customers.source_demo import DemoSource
from customers.strict_yaml import YamlWrong, read_yaml
from customers.tag_book import load_tags
from customers.traveller import Traveller
from customers.uses import Counts, Holder, Ledger, Use
from customers.value import read_scheme
from store.database import Database
from store.notes import notes_of
from store.proposals import uses_about

_MARKS = {True: ("✓", "green"), False: ("✗", "red"), None: ("?", "yellow")}
_STATES = {"applies": ("✓", "green"), "fails": ("✗", "red"), "undecided": ("?", "yellow")}
_SAID: dict[str, Words] = {
    "allow": Words(en="allowed", zh="准予"),
    "deny": Words(en="denied", zh="不准予"),
    "refer": Words(en="left to a person", zh="转人工处理"),
    "who": Words(en="the person's benefits", zh="旅客的权益"),
    "trip": Words(en="the trip", zh="行程"),
    "time": Words(en="the moment of asking", zh="办理时间"),
    "missing": Words(en="not known: {names}", zh="尚不清楚：{names}"),
    "quota": Words(en="used {used} of {times} per {per}", zh="已用 {used} 次，共 {times} 次（按每{per}计）"),
    "uncounted": Words(en="there is no {per} to count it for", zh="没有可供计次的对象（按每{per}计）"),
    "barred": Words(en="does not go with {rights}, of which one was used", zh="不与 {rights} 同享，其中一项已使用"),
    "would change": Words(en="would have to change: {what}", zh="需改变：{what}"),
    "not in force": Words(en="not in force on that day: {ids}", zh="当日无效的规则：{ids}"),
}


class ClauseTold(BaseModel, frozen=True):
    """A clause with its answer (null: it cannot be said), what is said of it, and the facts that it looked at."""

    condition: str
    holds: bool | None
    said: Words | None
    kind: str | None
    facts: dict[str, Any]


class RuleTold(BaseModel, frozen=True):
    """A rule with what it came to."""

    rule: str
    title: Words
    effect: str
    precedence: int
    state: str
    clauses: tuple[ClauseTold, ...]
    quota: dict[str, Any] | None
    barred_by: tuple[str, ...]
    missing: tuple[str, ...]
    article: str


class RightTold(BaseModel, frozen=True):
    """A decision about something, with every rule that was asked; `speaks` is the one that decided."""

    right: str
    about: str
    decision: str
    gives: dict[str, Any]
    speaks: str | None
    reasons: tuple[Words, ...]
    rules: tuple[RuleTold, ...]
    not_in_force: tuple[str, ...]


class _Question(NamedTuple):
    """Who is asked for, and of what."""

    who: str
    booking: str | None
    right: str | None
    now: datetime


def explain_rules(
    who: str | None, case: Path | None, booking: str | None, right: str | None, rules: Path | None, now: datetime | None, lang: Lang, as_json: bool
) -> None:
    """Print how every right (or one) is decided for a traveller, or on the facts of a file."""
    if (who is None) == (case is None):
        raise BadRequest("Name a traveller with --as, or a file of facts with --case: one of the two.")
    settings = settings_here()
    book, at = load_rules(rules or settings.rules), now or system_clock()
    if right is not None and right not in book.rights:
        raise BadRequest(f"No rule speaks of {right}. The rules speak of {', '.join(book.rights)}.")
    told = asyncio.run(_of_a_traveller(book, _Question(who, booking, right, at))) if who else _of_a_case(book, case, right, at)
    if as_json:
        print(json.dumps([one.model_dump(mode="json") for one in told], ensure_ascii=False, indent=2))
        return
    for one in told:
        out.print(_tree(one, lang))


def _of_a_case(book: RuleBook, case: Path | None, right: str | None, now: datetime) -> list[RightTold]:
    try:
        facts = read_yaml(case) if case else {}
    except YamlWrong as wrong:
        raise BadRequest(f"--case {case}: {wrong}.") from None
    if not isinstance(facts, Mapping):
        raise BadRequest(f"--case {case}: write the facts as `name: value`.")
    zone = read_settings().zone
    decisions = [book.decide(one, facts, now, zone) for one in ([right] if right else book.rights)]
    return [_told(book, d, "", book.explain(d.right, d.facts_used, now, zone)) for d in decisions]


async def _of_a_traveller(book: RuleBook, asked: _Question) -> list[RightTold]:
    """As a turn of theirs would have it: tags with who may set them, what is noted of them, value, segment and the rest."""
    settings, now = settings_here(), asked.now
    async with airline_here(settings, stopped_at(now)) as airline:
        traveller = await airline.source.traveller(asked.who)
        if traveller is None:
            known = ", ".join(p.id for p in airline.source.personas()) if isinstance(airline.source, DemoSource) else ""
            raise NotFound(f"Nobody with the id {asked.who} is known." + (f" Known are {known}." if known else ""))
        company = await airline.source.company(traveller.company_id) if traveller.company_id else None
        bookings = await airline.reservations.bookings_of(traveller.id)
        if asked.booking and all(asked.booking != booking.id for booking in bookings):
            raise NotFound(f"{asked.who} has no booking {asked.booking}. Theirs are {', '.join(b.id for b in bookings)}.")
        uses, notes = await _on_record(settings, traveller, bookings, now)
        traveller = tagged(traveller, company, bookings, notes.tags, load_tags(settings.tags), now, settings.zone)
        more = await worked_out(traveller, company, notes, airline.source, read_scheme(settings.value), now, settings.zone)
    found = []
    for one in entitlements_of(book, traveller, company, bookings, now, uses, settings.zone, notes, more):
        if asked.right not in (None, one.right) or asked.booking not in (None, one.booking_id):
            continue
        holder = Holder(traveller_id=traveller.id, company_id=traveller.company_id, booking_id=one.booking_id, leg_id=one.leg_id)
        ledger: Counts = Ledger(uses, holder, now, settings.zone)
        outcomes = book.explain(one.right, one.facts_used, now, settings.zone, ledger)
        decision = book.decide(one.right, one.facts_used, now, settings.zone, ledger)
        found.append(_told(book, decision, "/".join(part for part in (one.booking_id, one.leg_id) if part), outcomes))
    return found


async def _on_record(settings: Settings, who: Traveller, bookings: Sequence[Booking], now: datetime) -> tuple[Collection[Use], Notes]:
    """What was used before and what is noted of them, read beside a running server; nothing where there is no database yet."""
    if not settings.database_url and not settings.home.exists():
        return (), Notes()
    db = Database(settings.database())
    try:
        async with db.read() as conn:
            uses = await uses_about(conn, who.id, who.company_id, [booking.id for booking in bookings])
            return uses, await notes_of(conn, who.id, now)
    except ConciergeError:
        raise
    except Exception as wrong:  # a database of an earlier release, or none yet: the rules can be explained all the same
        out.print(f"What was used before could not be read ({type(wrong).__name__}); taken as nothing.", style="yellow", highlight=False)
        return (), Notes()
    finally:
        await db.stop()


def _told(book: RuleBook, decision: RightDecision, about: str, outcomes: Collection[Outcome]) -> RightTold:
    asked = {outcome.rule.id for outcome in outcomes}
    return RightTold(
        right=decision.right,
        about=about,
        decision=decision.decision,
        gives=decision.gives,
        speaks=decision.rule_id,
        reasons=decision.reasons,
        rules=tuple(_rule(outcome) for outcome in outcomes),
        not_in_force=tuple(c.rule.id for c in book.of(decision.right) if c.rule.id not in asked),
    )


def _rule(outcome: Outcome) -> RuleTold:
    rule, values = outcome.rule, outcome.facts.values
    clauses = []
    for clause, condition, holds in zip(rule.when, outcome.checked.conditions, outcome.answers, strict=True):
        said = clause.holds if holds else clause.otherwise if holds is False else None
        seen = {name: values.get(name) for name in condition.names}
        clauses.append(ClauseTold(condition=clause.condition, holds=holds, said=said, kind=clause.kind, facts=seen))
    quota = rule.quota and {"used": outcome.used, "times": rule.quota.times, "per": rule.quota.per, "within": rule.quota.within}
    return RuleTold(
        rule=rule.key,
        title=rule.title,
        effect=rule.effect,
        precedence=rule.precedence,
        state=outcome.state,
        clauses=tuple(clauses),
        quota=quota,
        barred_by=rule.not_with.rights if rule.not_with and outcome.barred else (),
        missing=outcome.missing,
        article=rule.article_named,
    )


def _tree(one: RightTold, lang: Lang) -> Tree:
    effect = {"allow": "green", "deny": "red", "refer": "yellow"}[one.decision]
    gives = f" {json.dumps(one.gives, ensure_ascii=False)}" if one.gives else ""
    top = Tree(Text(f"{one.right}{f' ({one.about})' if one.about else ''}: {_SAID[one.decision].said_in(lang)}{gives}", style=f"bold {effect}"))
    for reason in one.reasons:
        top.add(Text(reason.said_in(lang), style="italic"))
    for rule in one.rules:
        _add_rule(top, rule, one.speaks is not None and rule.rule.rpartition("@")[0] == one.speaks, lang)
    if one.not_in_force:
        top.add(Text(_SAID["not in force"].filled(ids=", ".join(one.not_in_force)).said_in(lang), style="dim"))
    return top


def _add_rule(top: Tree, rule: RuleTold, speaks: bool, lang: Lang) -> None:
    mark, style = _STATES[rule.state]
    head = f"{mark} {rule.rule} · {rule.title.said_in(lang)} [{rule.effect}, {rule.article}]{' ◀' if speaks else ''}"
    branch = top.add(Text(head, style=f"bold {style}" if speaks else style))
    for clause in rule.clauses:
        mark, style = _MARKS[clause.holds]
        seen = ", ".join(f"{name} = {_shown(value)}" for name, value in clause.facts.items())
        leaf = Text(f"{mark} {clause.condition}", style=style)
        leaf.append(f"   {seen}" if seen else "", style="dim")
        leaf.append(f"   {clause.said.said_in(lang)}" if clause.said else "", style="default")
        branch.add(leaf)
    for line in _besides(rule, lang):
        branch.add(Text(line))


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return "?" if value is None else json.dumps(value, ensure_ascii=False)


def _besides(rule: RuleTold, lang: Lang) -> Iterator[str]:
    """Quota, what it does not go with, what is missing, and what would have to change."""
    if rule.quota:
        used, per = rule.quota["used"], Words(en=rule.quota["per"], zh=PER[rule.quota["per"]].zh)
        within = f" ({period(rule.quota['within']).said_in(lang)})" if rule.quota["within"] else ""
        counted = _SAID["uncounted"].filled(per=per) if used is None else _SAID["quota"].filled(used=used, times=rule.quota["times"], per=per)
        mark = "?" if used is None else "✗" if used >= rule.quota["times"] else "✓"
        yield f"{mark} {counted.said_in(lang)}{within}"
    if rule.barred_by:
        yield f"✗ {_SAID['barred'].filled(rights=', '.join(rule.barred_by)).said_in(lang)}"
    if rule.missing and rule.state == "undecided":
        yield f"? {_SAID['missing'].filled(names=', '.join(rule.missing)).said_in(lang)}"
    kinds = dict.fromkeys(clause.kind for clause in rule.clauses if clause.holds is False and clause.kind)
    if kinds and rule.effect == "allow":
        what = (", " if lang == "en" else "、").join(_SAID[kind].said_in(lang) for kind in kinds)
        yield f"→ {_SAID['would change'].filled(what=what).said_in(lang)}"
