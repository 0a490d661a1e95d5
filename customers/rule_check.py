"""What is wrong with rules that load: facts nobody supplies, rules that cannot hold or that disagree, texts and articles that are missing."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from difflib import get_close_matches
from itertools import combinations
from typing import Any, Literal

from pydantic import BaseModel

from basics.words import LANGS, Lang, Words, words
from customers.checked_rules import CheckedRule
from customers.condition import Facts
from customers.declared import FactSpec
from customers.gives import REQUIRED
from customers.rights import RuleBook
from customers.rule_worlds import World, Worlds
from customers.rules import InForce, Rule

Kind = Literal["unknown fact", "unused fact", "never holds", "always holds", "overlap", "translation", "article", "wording", "gives", "ended"]


class Finding(BaseModel, frozen=True):
    """Something that somebody should look at; a `grave` one makes the check fail."""

    kind: Kind
    grave: bool
    rule_id: str | None
    said: Words


@dataclass(frozen=True)
class Known:
    """What rules may name, as far as it is known: the facts that are supplied, articles with their days in each language, approved wordings."""

    today: date
    facts: Mapping[str, FactSpec] | None = None
    articles: Mapping[str, Mapping[Lang, Collection[InForce]]] | None = None
    wordings: Collection[str] | None = field(default=None)


def findings(book: RuleBook, known: Known) -> tuple[Finding, ...]:
    """Everything found, what is grave first, each in the order of the file."""
    worlds = Worlds(book)
    found = [
        *_facts(book, known),
        *(one for checked in book.checked for one in _one_rule(checked, known, worlds)),
        *_disagreeing(book, worlds),
        *(one for name, spec in book.specs.items() if spec.title for one in _translated(spec.title, f"facts, {name}", None)),
    ]
    return tuple(sorted(found, key=lambda one: not one.grave))


def _grave(kind: Kind, rule_id: str | None, en: str, zh: str) -> Finding:
    return Finding(kind=kind, grave=True, rule_id=rule_id, said=words(en, zh))


def _look(kind: Kind, rule_id: str | None, en: str, zh: str) -> Finding:
    return Finding(kind=kind, grave=False, rule_id=rule_id, said=words(en, zh))


def _one_rule(checked: CheckedRule, known: Known, worlds: Worlds) -> Iterator[Finding]:
    rule = checked.rule
    yield from _holding(checked, worlds)
    for name, text in _texts_of(rule):
        yield from _translated(text, name, rule.id)
    yield from _article(rule, known)
    yield from _gives(rule)
    yield from _not_worked_out(rule, worlds)
    wording = rule.offer.wording
    if wording and known.wordings is not None and wording not in known.wordings:
        close = _meant(wording, known.wordings)
        yield _grave("wording", rule.id, f"there is no approved wording {wording}{close.en}", f"没有名为 {wording} 的审定用语{close.zh}")
    if rule.in_force.to_day and rule.in_force.to_day < known.today:
        yield _look("ended", rule.id, f"it ended on {rule.in_force.to_day}", f"该规则已于 {rule.in_force.to_day} 失效")


# ---- facts ------------------------------------------------------------------------------------------------------------------------


def _facts(book: RuleBook, known: Known) -> Iterator[Finding]:
    used = {name for checked in book.checked for name in checked.names}
    for name, spec in book.specs.items():
        supplied = known.facts.get(name) if known.facts is not None else spec
        if supplied is None:
            close = _meant(name, known.facts or ())
            yield _grave("unknown fact", None, f"nobody supplies the fact {name}{close.en}", f"没有任何来源提供事实 {name}{close.zh}")
        elif supplied.type != spec.type:
            en = f"the fact {name} is declared as {spec.type} and supplied as {supplied.type}: it will always be missing"
            yield _grave("unknown fact", None, en, f"事实 {name} 声明为 {spec.type}，实际提供的是 {supplied.type}，将始终视为缺失")
        if name not in used:
            yield _look("unused fact", None, f"no rule asks for the fact {name}", f"没有规则用到事实 {name}")


def _meant(name: str, known: Collection[str]) -> Words:
    close = get_close_matches(name, list(known), 1)
    return words(f"; did you mean {close[0]}?", f"；是否应为 {close[0]}？") if close else words(".", "。")


# ---- clauses ----------------------------------------------------------------------------------------------------------------------


def _holding(checked: CheckedRule, worlds: Worlds) -> Iterator[Finding]:
    rule, never = checked.rule, False
    for n, (clause, condition) in enumerate(zip(rule.when, checked.conditions, strict=True), start=1):
        answers = worlds.answers(condition)
        place_en, place_zh = f"clause {n} ({clause.condition})", f"第 {n} 条（{clause.condition}）"
        if answers.whole and not answers.holding:
            never = True
            yield _grave("never holds", rule.id, f"{place_en} can never hold, so the rule never applies", f"{place_zh}永远不成立，规则不会生效")
        elif answers.whole and len(answers.holding) == answers.tried:
            yield _look("always holds", rule.id, f"{place_en} always holds: it decides nothing", f"{place_zh}恒成立，不起作用")
    if never or not checked.conditions:
        return
    search = worlds.where_all_hold(checked.conditions)
    if search.whole and not search.worlds:
        en, zh = _contradiction(checked, worlds)
        yield _grave("never holds", rule.id, f"{en} can never hold together, so the rule never applies", f"{zh}不可能同时成立，规则不会生效")


def _contradiction(checked: CheckedRule, worlds: Worlds) -> tuple[str, str]:
    """The two clauses that exclude each other, where it is two."""
    numbered = list(zip(range(1, len(checked.conditions) + 1), checked.rule.when, checked.conditions, strict=True))
    for (n, one, first), (m, other, second) in combinations(numbered, 2):
        if not worlds.where_all_hold((first, second)).worlds:
            return f"clauses {n} ({one.condition}) and {m} ({other.condition})", f"第 {n} 条（{one.condition}）与第 {m} 条（{other.condition}）"
    return "its clauses", "各条件"


# ---- rules that disagree ----------------------------------------------------------------------------------------------------------


def _disagreeing(book: RuleBook, worlds: Worlds) -> Iterator[Finding]:
    """Two rules that allow one right with the same precedence, both apply somewhere, and do not give the same: the order of the file decides."""
    for one, other in combinations((c for c in book.checked if c.rule.effect == "allow"), 2):
        if _may_disagree(one.rule, other.rule) and (found := _disagreement(one, other, worlds)):
            world, first, second = found
            where = ", ".join(f"{name} = {_shown(value)}" for name, value in world.items()) or "whatever the facts"
            en = (
                f"it and {other.rule.id} both apply ({where}) and give {_shown(first)} and {_shown(second)}; "
                "let one of them have the higher precedence, or exclude the other"
            )
            zh = f"与 {other.rule.id} 同时适用（{where}），却分别给予 {_shown(first)} 和 {_shown(second)}；请提高其中一条的 precedence，或使两者互斥"
            yield _grave("overlap", one.rule.id, en, zh)


def _may_disagree(one: Rule, other: Rule) -> bool:
    a, b = one.in_force, other.in_force
    in_turn = (a.to_day and b.from_day and a.to_day < b.from_day) or (b.to_day and a.from_day and b.to_day < a.from_day)
    return one.right == other.right and one.precedence == other.precedence and not in_turn


def _disagreement(one: CheckedRule, other: CheckedRule, worlds: Worlds) -> tuple[World, Any, Any] | None:
    plain = not one.gives.conditions and not other.gives.conditions
    if plain and (one.rule.gives, one.rule.change) == (other.rule.gives, other.rule.change):
        return None
    asked = [name for checked in (one, other) for condition in checked.gives.conditions for name in condition.names]
    for world in worlds.where_all_hold((*one.conditions, *other.conditions), 1 if plain else 50).worlds:
        for whole in worlds.completed(world, asked):
            first, second = _worth(one, worlds.facts(whole)), _worth(other, worlds.facts(whole))
            if first is None or second is None:
                continue
            if first != second:
                return whole, first, second
            if one.rule.change != other.rule.change:
                return whole, one.rule.change, other.rule.change
    return None


def _worth(checked: CheckedRule, facts: Facts) -> dict[str, Any] | None:
    try:
        return checked.gives.worked_out(facts)
    except Exception:  # whatever went wrong: an amount that cannot be said is not granted
        return None


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple):
        return f"[{', '.join(map(_shown, value))}]"
    return f'"{value}"' if isinstance(value, str) else str(value)


# ---- texts, articles, what is given -----------------------------------------------------------------------------------------------


def _texts_of(rule: Rule) -> Iterator[tuple[str, Words]]:
    named = {"title": rule.title, "says": rule.says, "usually": rule.usually, "terms": rule.terms}
    yield from ((name, text) for name, text in named.items() if text)
    for n, clause in enumerate(rule.when, start=1):
        yield f"clause {n}, else", clause.otherwise
        if clause.holds:
            yield f"clause {n}, holds", clause.holds
    if rule.quota:
        yield "quota, else", rule.quota.otherwise
    if rule.not_with:
        yield "not_with, else", rule.not_with.otherwise


def _translated(text: Words, place: str, rule_id: str | None) -> Iterator[Finding]:
    if text.en.strip() == text.zh.strip():
        yield _grave("translation", rule_id, f"{place}: both languages say the same ({text.en})", f"{place}：两种语言的文本相同（{text.en}）")
    elif not _has_chinese(text.zh):
        en, zh = f"{place}: there is no Chinese in the Chinese text ({text.zh})", f"{place}：中文文本中没有汉字（{text.zh}）"
        yield _grave("translation", rule_id, en, zh)
    elif _has_chinese(text.en):
        en, zh = f"{place}: there is Chinese in the English text ({text.en})", f"{place}：英文文本中含有汉字（{text.en}）"
        yield _grave("translation", rule_id, en, zh)


def _has_chinese(text: str) -> bool:
    return any("\u4e00" <= sign <= "\u9fff" for sign in text)


def _article(rule: Rule, known: Known) -> Iterator[Finding]:
    if known.articles is None or not isinstance(rule.article, str):
        return
    by_lang = known.articles.get(rule.article)
    if by_lang is None:
        close = _meant(rule.article, known.articles)
        yield _grave("article", rule.id, f"there is no article {rule.article}{close.en}", f"没有条款 {rule.article}{close.zh}")
        return
    for lang in LANGS:
        spans = by_lang.get(lang, ())
        if not spans:
            yield _grave("article", rule.id, f"its article {rule.article} does not exist in {lang}", f"条款 {rule.article} 没有 {lang} 版本")
        elif (day := _day_without(rule, spans, known.today)) is not None:
            en = f"on {day} it is in force and its article {rule.article} ({lang}) is not"
            yield _grave("article", rule.id, en, f"{day} 当天规则有效，而条款 {rule.article}（{lang}）无效")


def _day_without(rule: Rule, spans: Collection[InForce], today: date) -> date | None:
    """A day on which the rule is in force and no version of the article is, among the days on which one of them begins or ends, and today."""
    ends = [span.to_day + timedelta(days=1) for span in spans if span.to_day and span.to_day < date.max]
    days = [rule.in_force.from_day, rule.in_force.to_day, today, *ends]
    return next((day for day in days if day and rule.in_force.covers(day) and not any(span.covers(day) for span in spans)), None)


def _gives(rule: Rule) -> Iterator[Finding]:
    """What carrying out its change needs to be told."""
    if rule.effect != "allow" or rule.change is None or set(rule.gives) == {"cel"}:
        return
    for name, allowed in REQUIRED[rule.change].items():
        value = rule.gives.get(name)
        written = isinstance(value, Mapping) and set(value) == {"cel"}
        if name not in rule.gives:
            en = f"gives: a {rule.change} needs `{name}` ({allowed.said.en})"
            yield _grave("gives", rule.id, en, f"gives：{rule.change} 需要 `{name}`（{allowed.said.zh}）")
        elif not written and not allowed.fits(value):
            en = f"gives: `{name}` is {value}; it has to be {allowed.said.en}"
            yield _grave("gives", rule.id, en, f"gives：`{name}` 为 {value}，应为{allowed.said.zh}")


def _not_worked_out(rule: Rule, worlds: Worlds) -> Iterator[Finding]:
    """A plain text that names a fact was most probably meant to be worked out."""
    for name, value in rule.gives.items():
        fact = next((fact for fact in worlds.values if isinstance(value, str) and fact in value), None)
        if fact and name != "cel":
            en = f'gives: `{name}` is the text {value!r}; to work it out from {fact}, write {name}: {{cel: "{value}"}}'
            zh = f'gives：`{name}` 是文本 {value!r}；如需按 {fact} 计算，请写成 {name}: {{cel: "{value}"}}'
            yield _grave("gives", rule.id, en, zh)
