"""`concierge rules`: whether rules are sound, whether their examples come out, whom a change of them touches, and what they may ask for."""

import asyncio
import json
import sys
import tempfile
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError
from rich.table import Table

from basics.clock import day_in, stopped_at, system_clock
from basics.errors import BadRequest
from basics.words import Lang, Words
from bot.settings import Settings, read_settings
from concierge.commands import out
from customers.checked_rules import try_all
from customers.declared import FactSpec, FactType
from customers.entitlement import Entitlement, entitlements_of
from customers.fact_catalogue import CATALOGUE
from customers.reservations_demo import DemoReservations
from customers.rights import RuleBook, load_rules
from customers.rule_check import Finding, Known, findings
from customers.rule_examples import Tried, examples_file_of, read_examples, try_examples
from customers.rule_file import rule_file_or_mistakes
from customers.rules import InForce, RuleFile, RulesWrong, rule_file_schema
from customers.source_demo import DemoSource
from customers.strict_yaml import YamlWrong, read_yaml
from knowledge.ingest import read_paths
from knowledge.wording import wordings


class Gained(BaseModel, frozen=True):
    """A right of a traveller that comes out otherwise by other rules."""

    traveller: str
    right: str
    about: str
    before: str | None
    after: str | None
    gives_before: dict[str, Any]
    gives_after: dict[str, Any]

    @property
    def what(self) -> str:
        """Whether it is gained, lost, or something else about it changes."""
        if (self.before == "allow") == (self.after == "allow"):
            return "changes"
        return "gains" if self.after == "allow" else "loses"


def check_rules(rules: Path | None, facts: Path | None, articles: Path | None, now: datetime | None, lang: Lang, as_json: bool) -> None:
    """Everything that is wrong with a rule file; exit code 1 if something grave is."""
    settings = read_settings()
    path = rules or settings.rules
    read = rule_file_or_mistakes(path)
    wrong = try_all(read, str(path))[2] if isinstance(read, RuleFile) else read
    found: tuple[Finding, ...] = ()
    if not wrong:
        book = load_rules(path)
        known = Known(
            today=day_in(now or system_clock(), settings.zone),
            facts=facts_in(facts) if facts else CATALOGUE if path.resolve() == settings.rules.resolve() else None,
            articles=_articles(articles or settings.articles) if any(isinstance(rule.article, str) for rule in book.rules) else None,
            wordings=wordings(),
        )
        found = findings(book, known)
    if as_json:
        told = [{"kind": "does not load", "grave": True, "rule_id": w.rule_id, "said": {"en": w.why, "zh": w.why}} for w in wrong]
        print(json.dumps({"file": str(path), "findings": told + [f.model_dump(mode="json") for f in found]}, ensure_ascii=False, indent=2))
    else:
        _tell_findings(path, wrong, found, lang)
    if wrong or any(one.grave for one in found):
        sys.exit(1)


def facts_in(file: Path) -> dict[str, FactSpec]:
    """The facts that another airline supplies: YAML of `name: type`, or of `name: {type, default, title}`."""
    try:
        raw = read_yaml(file)
        named = TypeAdapter(dict[str, FactType | FactSpec]).validate_python(raw.get("facts", raw) if isinstance(raw, Mapping) else raw)
    except YamlWrong as wrong:
        raise BadRequest(f"--facts {file}: {wrong}.") from None
    except ValidationError as wrong:
        name = ".".join(str(part) for part in wrong.errors()[0]["loc"][:1])
        raise BadRequest(f"--facts {file}: {name or 'it'} should be `name: type`, a type being string, number, bool or list.") from None
    return {name: spec if isinstance(spec, FactSpec) else FactSpec(type=spec) for name, spec in named.items()}


def try_rules(examples: Path | None, rules: Path | None, now: datetime | None, lang: Lang, as_json: bool) -> None:
    """Try the examples of a rule file; exit code 1 if one comes out otherwise."""
    settings = read_settings()
    path = rules or settings.rules
    tried = try_examples(load_rules(path), read_examples(examples or examples_file_of(path)), now or system_clock(), settings.zone)
    failed = [one for one in tried if one.differences]
    if as_json:
        print(json.dumps({"tried": len(tried), "failed": [_as_json(one) for one in failed]}, ensure_ascii=False, indent=2))
    else:
        _tell_failed(tried, failed, lang)
    if failed:
        sys.exit(1)


def compare_rules(old: Path, new: Path, now: datetime | None, as_json: bool) -> None:
    """Which of the known travellers gain or lose which right by the new rules."""
    settings, at = read_settings(), now or system_clock()
    before, after = load_rules(old), load_rules(new)
    changed = asyncio.run(gained(before, after, at, settings))
    if as_json:
        print(json.dumps([{"what": one.what, **one.model_dump(mode="json")} for one in changed], ensure_ascii=False, indent=2))
        return
    if not changed:
        out.print("Nobody among the known travellers gains or loses anything.", highlight=False)
        return
    table = Table("traveller", "", "right", "about", "before", "after")
    for one in changed:
        table.add_row(one.traveller, one.what, one.right, one.about, _came_to(one.before, one.gives_before), _came_to(one.after, one.gives_after))
    out.print(table)
    totals = ((what, len({one.traveller for one in changed if one.what == what})) for what in ("gains", "loses", "changes"))
    out.print(", ".join(f"{count} with {what}" for what, count in totals if count) + ".", highlight=False)


def show_facts(rules: Path | None, lang: Lang, as_json: bool) -> None:
    """The facts that a rule file declares, with their types and the rules that ask for them."""
    book = load_rules(rules or read_settings().rules)
    asking = {name: [c.rule.id for c in book.checked if name in c.names] for name in book.specs}
    if as_json:
        print(json.dumps({name: {**spec.model_dump(), "asked_by": asking[name]} for name, spec in book.specs.items()}, ensure_ascii=False, indent=2))
        return
    table = Table("fact", "type", "absent means", "says", "rules")
    for name, spec in book.specs.items():
        default = "not known" if spec.default is None else json.dumps(spec.default, ensure_ascii=False)
        table.add_row(name, spec.type, default, spec.title.said_in(lang) if spec.title else "", str(len(asking[name])))
    out.print(table)


def show_schema() -> None:
    """The JSON Schema of a rule file, for an editor that checks while one writes."""
    print(json.dumps(rule_file_schema(), ensure_ascii=False, indent=2))


async def gained(before: RuleBook, after: RuleBook, now: datetime, settings: Settings) -> list[Gained]:
    """What comes out otherwise for the personas of the demo, on their trips as they stand at `now`."""
    source = DemoSource()
    with tempfile.TemporaryDirectory(prefix="concierge-rules-") as home:
        trips = DemoReservations(Path(home), stopped_at(now))
        changed: list[Gained] = []
        for persona in source.personas():
            traveller = await source.traveller(persona.id)
            if traveller is None:
                continue
            company = await source.company(traveller.company_id) if traveller.company_id else None
            bookings = await trips.bookings_of(traveller.id)
            old, new = (_by_what(entitlements_of(book, traveller, company, bookings, now, (), settings.zone)) for book in (before, after))
            changed += [_change(traveller.id, key, old.get(key), new.get(key)) for key in {**old, **new} if _differ(old.get(key), new.get(key))]
    return changed


def _by_what(entitlements: Iterable[Entitlement]) -> dict[tuple[str, str], Entitlement]:
    return {(e.right, "/".join(part for part in (e.booking_id, e.leg_id) if part)): e for e in entitlements}


def _differ(old: Entitlement | None, new: Entitlement | None) -> bool:
    return (old.decision if old else "deny", old.gives if old else {}) != (new.decision if new else "deny", new.gives if new else {})


def _change(traveller: str, key: tuple[str, str], old: Entitlement | None, new: Entitlement | None) -> Gained:
    right, about = key
    return Gained(
        traveller=traveller,
        right=right,
        about=about,
        before=old.decision if old else None,
        after=new.decision if new else None,
        gives_before=old.gives if old else {},
        gives_after=new.gives if new else {},
    )


def _came_to(decision: str | None, gives: dict[str, Any]) -> str:
    return f"{decision or 'no rule'}{f' {json.dumps(gives, ensure_ascii=False)}' if gives else ''}"


def _articles(folder: Path) -> dict[str, dict[Lang, list[InForce]]]:
    """The days of every article below the folder, by its id and language; what superseded an older version goes back as far as anybody likes."""
    read, _, _ = read_paths([folder])
    found: dict[str, dict[Lang, list[InForce]]] = {}
    for one in read:
        begins = one.article.in_force.start if one.article.supersedes is None else None
        days = InForce(from_day=begins, to_day=one.article.in_force.to)
        found.setdefault(one.article.id, {}).setdefault(one.article.lang, []).append(days)
    return found


_CHECKED = Words(en="{file}: {wrong} wrong, {look} to look at.", zh="{file}：{wrong} 处有误，{look} 处需留意。")
_SOUND = Words(en="{file}: nothing is wrong.", zh="{file}：未发现问题。")
_TRIED = Words(en="{tried} examples tried, {failed} came out otherwise.", zh="共测试 {tried} 个示例，{failed} 个结果不符。")


def _tell_findings(path: Path, wrong: tuple[RulesWrong, ...], found: tuple[Finding, ...], lang: Lang) -> None:
    for one in wrong:
        place = ", ".join(part for part in (one.rule_id, one.clause and f"clause {one.clause}") if part)
        out.print(f"✗ {f'{place}: ' if place else ''}{one.why}", style="red", highlight=False, markup=False, soft_wrap=True)
    for finding in found:
        mark, style = ("✗", "red") if finding.grave else ("·", "yellow")
        place = f"{finding.rule_id}: " if finding.rule_id else ""
        out.print(f"{mark} {place}{finding.said.said_in(lang)}", style=style, highlight=False, markup=False, soft_wrap=True)
    grave = len(wrong) + sum(one.grave for one in found)
    said = _CHECKED.filled(file=str(path), wrong=grave, look=len(found) + len(wrong) - grave) if found or wrong else _SOUND.filled(file=str(path))
    out.print(said.said_in(lang), highlight=False, markup=False, soft_wrap=True)


def _tell_failed(tried: tuple[Tried, ...], failed: list[Tried], lang: Lang) -> None:
    for one in failed:
        out.print(f"✗ {one.example.name}", style="red", highlight=False, markup=False, soft_wrap=True)
        for what, expected, got in one.differences:
            out.print(f"    {what}: {_yaml(expected)} != {_yaml(got)}", highlight=False, markup=False, soft_wrap=True)
        for reason in one.decision.reasons:
            out.print(f"    {reason.said_in(lang)}", style="dim", highlight=False, markup=False, soft_wrap=True)
    out.print(_TRIED.filled(tried=len(tried), failed=len(failed)).said_in(lang), highlight=False)


def _as_json(one: Tried) -> dict[str, Any]:
    return {
        "name": one.example.name,
        "differences": [difference._asdict() for difference in one.differences],
        "decision": one.decision.model_dump(mode="json"),
    }


def _yaml(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
