"""Every sentence of our own articles is carried by its article; mechanical falsifications of it are refused."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from basics.words import Lang
from bot.ground import _source
from knowledge.claims import Source, carried, units_of
from knowledge.claims_units import cells_of
from knowledge.cut import passages_of
from knowledge.readers import read_markdown

ARTICLES = Path(__file__).parents[2] / "knowledge" / "articles"

SWAPS: dict[str, list[tuple[str, str]]] = {
    "unit": [
        (r"\bhours?\b", "days"),
        (r"\bworking days\b", "calendar days"),
        (r"(?<!working )\bdays\b", "working days"),
        (r"\bminutes\b", "hours"),
        (r"\bkg\b", "lb"),
        (r"\bcm\b", "mm"),
        (r"\bCNY\b", "EUR"),
        (r"\bmonths\b", "weeks"),
        (r"\bweeks\b", "months"),
        (r"\bWh\b", "mAh"),
        (r"\bpoints\b", "miles"),
        (r"(?<=\d)%", " points"),
        ("小时", "天"),
        ("个工作日", "天"),
        ("(?<!工作)天内", "个工作日内"),
        ("分钟", "小时"),
        ("公斤", "克"),
        ("厘米", "毫米"),
        (r"(?<=\d) ?元", "美元"),
        ("个月", "天"),
        ("周岁", "个月"),
    ],
    "comparison": [
        (r"\bat least\b", "at most"),
        (r"\bat least\b", "up to"),
        (r"\bat least ", ""),
        (r"\bup to\b", "at least"),
        (r"\bup to ", ""),
        (r"\bmore than\b", "less than"),
        (r"\bno more than\b", "at least"),
        (r"\bwithin\b", "at least"),
        (r"\babove\b", "below"),
        (r"\bless than\b", "more than"),
        (r"\bor older\b", "or younger"),
        (r"\bor more\b", "or less"),
        (r"\bno older than\b", "older than"),
        ("至少", "至多"),
        ("至少", ""),
        ("不超过", "不少于"),
        ("不超过", "超过"),
        ("(?<!不得)(?<!不)超过", "不超过"),
        ("以内", "以外"),
        ("以上", "以下"),
        ("及以上", "以内"),
        ("最多", "至少"),
        ("不足", "超过"),
        ("不得超过", "至少"),
        ("(?<=天)内", "后"),
        ("年满", "未满"),
    ],
    "before/after": [
        (r"\bbefore\b", "after"),
        (r"\bafter\b", "before"),
        (r"\bearlier\b", "later"),
        (r"\blater\b", "earlier"),
        (r"\buntil\b", "from"),
        ("起飞前", "起飞后"),
        ("起飞后", "起飞前"),
        ("以前", "以后"),
        ("之前", "之后"),
        ("购票后", "购票前"),
        ("之后", "之前"),
    ],
    "negation": [
        (r"\bnot ", ""),
        (r"\bnever ", ""),
        (r"\bcannot\b", "can"),
        (r"\bmay\b", "may not"),
        (r"\bcan\b", "cannot"),
        (r"\bis\b", "is not"),
        (r"\bare\b", "are not"),
        (r"\bno\b", "a"),
        (r"\bwithout\b", "with"),
        (r"\bdo not ", ""),
        (r"\bdoes not (\w+)", r"\1s"),
        (r"\bforbidden\b", "allowed"),
        (r"\brefused\b", "accepted"),
        (r"\bnon-", ""),
        ("不得", "可以"),
        ("不可", "可"),
        ("不能", "能"),
        ("可以", "不可以"),
        ("(?<!不)可(?!以|能)", "不可"),
        ("禁止", "允许"),
        ("不予", "予以"),
        ("无须", "须"),
        ("未", "已"),
        ("没有", "有"),
        ("不退", "退"),
        ("不收", "收"),
        ("须", "无须"),
        ("不要", "要"),
        ("不", ""),
    ],
    "free/paid": [
        (r"\bfree of charge\b", "for a fee"),
        (r"\bfree\b", "chargeable"),
        (r"\bat no charge\b", "for CNY 100"),
        (r"\bCNY [\d,]+", "free of charge"),
        (r"\bwaived?\b", "charged"),
        (r"\bis charged\b", "is waived"),
        (r"\bpays?\b", "does not pay"),
        ("免费", "付费"),
        ("免收", "收取"),
        ("免费", "有偿"),
        ("收取", "免收"),
        (r"[\d,]+ ?元", "免费"),
    ],
    "name": [
        (r"\bGold\b", "Silver"),
        (r"\bPlatinum\b", "Gold"),
        (r"\bSilver\b", "Platinum"),
        (r"\bLight\b", "Flex"),
        (r"\bFlex\b", "Standard"),
        (r"\bBusiness\b", "Economy Light"),
        (r"\blong-haul\b", "regional"),
        (r"\bregional\b", "long-haul"),
        (r"\breturn\b", "outbound"),
        (r"\binfants?\b", "adult"),
        (r"\bcabin\b", "hold"),
        (r"\bSydney\b", "Tokyo"),
        (r"\bonline\b", "at the airport"),
        (r"\bdogs\b", "birds"),
        ("金卡", "银卡"),
        ("白金卡", "普卡"),
        ("轻享", "灵活"),
        ("灵活", "标准"),
        ("公务舱", "经济舱轻享"),
        ("远程", "亚洲"),
        ("亚洲", "远程"),
        ("回程", "去程"),
        ("客舱", "货舱"),
        ("婴儿", "成人"),
        ("网上", "机场"),
        ("犬", "鸟"),
        ("悉尼", "东京"),
    ],
    "date": [
        (r"\bJune\b", "July"),
        (r"\bApril\b", "May"),
        (r"\b2026\b", "2025"),
        (r"\b(\d) (June|April|May)\b", r"1\1 \2"),
        (r"(?<=\d) ?月", "1 月"),
        (r"2026 ?年", "2025 年"),
    ],
    "condition": [
        (r", (?:if|unless|except|when|as long as|provided)\b[^,;.]*", ""),
        (r" (?:if|unless|except|when|only if|as long as|once|until|within|at least|up to)\b[^,;.:]*(?=[.;,]|$)", ""),
        (r"^(?:If|When|Unless|Once|For|From|On|Until|After|Before)\b[^,]*, ", ""),
        (r"\bonly ", ""),
        (r" only\b", ""),
        (r" (?:for|on|to|from|with|in|through) [^,;.:]*(?=[.;,]|$)", ""),
        (r"(?<=[，；])[^，；。]*(?:除外|例外)[^，；。]*", ""),
        (r"^[^，。；]*(?:的|时|后|前|者)，", ""),
        ("仅限?", ""),
        ("只(?!有)", ""),
        (r"(?:如|若|除)[^，。；]*，", ""),
        (r"在?起飞[前后][^，。；]{0,12}(?:以前|内|后|前)?", ""),
        (r"(?<=[，：；])[^，。；]*(?:的|时)，", ""),
        (r"，但[^。；]*", ""),
    ],
}


def said(unit: Source, lang: Lang) -> str:
    """A unit as a sentence: a row by its named columns, an item after its lead-in."""
    if not unit.header:
        return f"{unit.lead_in} {unit.text}" if unit.lead_in else unit.text
    cells, header = cells_of(unit.text), cells_of(unit.header)
    colon, stop, dash = ("：", "；", "：") if lang == "zh" else (": ", "; ", " — ")
    return cells[0] + dash + stop.join(f"{h}{colon}{c}" for h, c in zip(header[1:], cells[1:], strict=True))


def bodies() -> Iterator[tuple[str, Lang, str]]:
    for path in sorted(ARTICLES.glob("*/*.md")):
        lang: Lang = "zh" if path.parent.name == "zh" else "en"
        yield f"{lang}/{path.name}", lang, path.read_text(encoding="utf-8").split("---", 2)[2]


def section_of(body: str, unit: Source) -> str:
    """The section of the article that the unit stands in: about what a cited passage is."""
    return next((part for part in re.split(r"(?m)^(?=## )", body) if unit.text in re.sub(r"\*\*|__", "", part)), body)


def numbers_changed(sentence: str) -> Iterator[str]:
    for match in re.finditer(r"(?<![\w,.])\d[\d,]*(?![\w]*-)", sentence):
        value = int(match[0].replace(",", "") or 0)
        for other in (value + 1, value * 2, value // 2 or value + 3):
            yield sentence[: match.start()] + f"{other:,}" + sentence[match.end() :]
    for match in re.finditer(r"\b(?:two|three|four|five|six|seven|eight|ten|twelve)\b", sentence):
        yield sentence[: match.start()] + "nine" + sentence[match.end() :]
    for match in re.finditer("[两三四五六七八](?=[件个次人天年名位周])", sentence):
        yield sentence[: match.start()] + "九" + sentence[match.end() :]


def rows_confused(unit: Source, units: tuple[Source, ...], lang: Lang) -> Iterator[str]:
    """The same sentence with one cell from another row or another column."""
    if not unit.header:
        return
    cells, header = cells_of(unit.text), cells_of(unit.header)
    for other in (u for u in units if u.header == unit.header and u.text != unit.text):
        for at, value in enumerate(cells_of(other.text)):
            if at and value != cells[at]:
                wrong = [*cells[:at], value, *cells[at + 1 :]]
                yield said(unit.model_copy(update={"text": "| " + " | ".join(wrong) + " |"}), lang)
                yield f"{cells[0]}{'：' if lang == 'zh' else ' — '}{header[at]}{'：' if lang == 'zh' else ': '}{value}"
    for at in range(1, len(cells) - 1):
        if cells[at] != cells[at + 1]:
            wrong = [*cells[:at], cells[at + 1], cells[at], *cells[at + 2 :]]
            yield said(unit.model_copy(update={"text": "| " + " | ".join(wrong) + " |"}), lang)


def falsified(sentence: str) -> Iterator[tuple[str, str]]:
    for wrong in numbers_changed(sentence):
        yield "number", wrong
    for kind, swaps in SWAPS.items():
        for pattern, replacement in swaps:
            for match in list(re.finditer(pattern, sentence))[:2]:
                yield kind, sentence[: match.start()] + match.expand(replacement) + sentence[match.end() :]


def bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()


def measured(every: int = 1) -> tuple[Counter[str], Counter[str], list[str], list[str]]:
    """Counts of tried and wrongly judged sentences by kind, the true ones refused, the false ones let through."""
    tried, wrong = Counter[str](), Counter[str]()
    refused, passed = [], []
    for name, lang, body in bodies():
        units = units_of(body)
        true = {bare(said(u, lang)) for u in units} | {bare(u.text) for u in units}
        for unit in units[::every]:
            sentence = said(unit, lang)
            source = [Source(text=section_of(body, unit), lang=lang)]
            tried["true"] += 1
            if not carried(sentence, lang, source).ok:
                wrong["true"] += 1
                refused.append(f"{name}: {sentence}")
            cases = {(k, s) for k, s in falsified(sentence)} | {("row", s) for s in rows_confused(unit, units, lang)}
            for kind, false in sorted(cases):
                if bare(false) in true or bare(false) == bare(sentence) or len(bare(false)) < 4:
                    continue
                tried[kind] += 1
                if carried(false, lang, source).ok:
                    wrong[kind] += 1
                    passed.append(f"{name} {kind}: {sentence}\n      -> {false}")
    return tried, wrong, refused, passed


def test_the_articles_own_sentences_pass_and_their_falsifications_do_not() -> None:
    """Floors over every third unit of every article; `python -m tests.knowledge.test_mutations_articles` counts them all."""
    tried, wrong, refused, passed = measured(every=3)
    falsified_count = sum(tried.values()) - tried["true"]
    assert tried["true"] > 100
    assert falsified_count > 1000
    assert wrong["true"] <= 0.01 * tried["true"], refused[:10]
    assert sum(wrong.values()) - wrong["true"] <= 0.02 * falsified_count, passed[:20]


def test_every_unit_we_quote_is_carried_by_what_carries_it_in_a_turn() -> None:
    """As the turn does it: each unit, an item after its lead-in, against its own words, a row with its header."""
    refused = []
    for path in sorted(ARTICLES.glob("*/*.md")):
        for passage in passages_of(read_markdown(path, path.name)):
            for unit in passage.units:
                spoken = f"{unit.lead_in} {unit.text}".strip()
                if not spoken.endswith((":", "：")) and not carried(spoken, passage.lang, [_source(unit, passage)]).ok:
                    refused.append(f"{passage.id}: {spoken}")
    assert refused == []


if __name__ == "__main__":
    tried, wrong, refused, passed = measured()
    print(*refused[:40], *passed, sep="\n")
    print({k: f"{wrong[k]}/{n}" for k, n in sorted(tried.items())})
    print(f"all false ones: {sum(wrong.values()) - wrong['true']} let through of {sum(tried.values()) - tried['true']}")
