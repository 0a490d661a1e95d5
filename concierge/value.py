"""`concierge value`: what a traveller or a company is worth by the value scheme, with every part of it."""

import asyncio
import json
from datetime import datetime

from rich.console import Console
from rich.table import Table

from basics.clock import Clock, stopped_at, system_clock
from basics.errors import BadRequest
from basics.money import Money
from basics.words import Lang, Words, words
from bot.settings import Settings
from concierge.airline_here import airline_here
from concierge.commands import settings_here
from customers.scheme import SEGMENT_WORDS, Scheme
from customers.traveller import TIER_WORDS
from customers.value import read_scheme
from customers.value_explained import ExplainedPart, Explanation, company_explained, explained

out = Console()
err = Console(stderr=True)

_HEADS = (words("Part", "项目"), words("Figure", "数值"), words("Stands at", "位置"), words("Points", "得分"), words("of", "满分"))
_PERCENTILE = words("{n} of 100 below", "高于 {n}% 的客户")
_SHARE = words("{n}% of the full figure", "达到满值的 {n}%")
_BY_VALUE, _CARD, _SEGMENT = words("tier by value", "按价值等级"), words("card", "卡级"), words("segment", "客户分层")
_SCHEME = words("counted to {day}, scheme {scheme}", "统计截至 {day}，评分方案 {scheme}")
_NONE = words("none told", "未提供")


def explain_value(id: str, lang: str | None, as_json: bool, now: datetime | None) -> bool:
    """Print the value of the traveller or company with this id, as a table and in a sentence; False where nobody has it."""
    if lang not in (None, "en", "zh"):
        raise BadRequest(f"--lang is {lang!r}; it must be en or zh.")
    chosen: Lang = "zh" if lang == "zh" else "en"
    settings = settings_here()
    scheme = read_scheme(settings.value)
    clock: Clock = stopped_at(now) if now else system_clock
    found = asyncio.run(_explained(settings, clock, id, scheme))
    if found is None:
        nobody = Words(en=f"No traveller and no company is known as {id!r}.", zh=f"没有编号为 {id!r} 的旅客或企业。")
        err.print(nobody.said_in(chosen), style="red", highlight=False, markup=False)
        return False
    if as_json:
        print(json.dumps(found.model_dump(mode="json"), ensure_ascii=False, indent=2))
    else:
        _show(found, scheme, chosen)
    return True


async def _explained(settings: Settings, clock: Clock, id: str, scheme: Scheme) -> Explanation | None:
    async with airline_here(settings, clock) as airline:
        traveller = await airline.source.traveller(id)
        if traveller is not None:
            return explained(traveller, scheme)
        company = await airline.source.company(id)
        return company_explained(company, scheme) if company else None


def _show(found: Explanation, scheme: Scheme, lang: Lang) -> None:
    if found.score is not None and found.as_of is not None and found.segment is not None:
        table = Table(*(head.said_in(lang) for head in _HEADS), title=found.name.said_in(lang), title_justify="left", title_style="bold")
        for column in table.columns[1:]:
            column.justify = "right"
        for part in found.parts:
            table.add_row(part.title.said_in(lang), _figure(part, scheme, lang), _stands(part, lang), f"{part.points:.1f}", f"{part.weight:g}")
        table.add_section()
        table.add_row("", "", "", f"{found.score:.1f}", "100")
        out.print(table)
        facts = [f"{_SEGMENT.said_in(lang)}: {SEGMENT_WORDS[found.segment].said_in(lang)}"]
        if found.tier is not None:
            card = TIER_WORDS[found.card] if found.card else _NONE
            facts = [f"{_BY_VALUE.said_in(lang)}: {TIER_WORDS[found.tier].said_in(lang)}", f"{_CARD.said_in(lang)}: {card.said_in(lang)}", *facts]
        out.print(" · ".join(facts), highlight=False, markup=False)
    between = " " if lang == "en" else ""
    out.print(between.join(s.said_in(lang) for s in found.sentences), highlight=False, markup=False, soft_wrap=True)
    if found.as_of is not None:
        out.print(_SCHEME.filled(day=found.as_of.isoformat(), scheme=found.scheme).said_in(lang), style="dim", highlight=False, markup=False)


def _figure(part: ExplainedPart, scheme: Scheme, lang: Lang) -> str:
    if part.name == "purchases":
        return Money(amount=round(part.raw), currency=scheme.company.currency).counted().said_in(lang)
    return f"{part.raw:.1f}" if part.name == "cabin" else f"{part.raw:,.0f}"


def _stands(part: ExplainedPart, lang: Lang) -> str:
    return (_PERCENTILE if part.is_percentile else _SHARE).filled(n=f"{part.share:.1f}").said_in(lang)
