"""What an ingestion would make the base contradict itself in: both places, both sentences, and which of the articles waits."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from knowledge.article import Article, ArticleKey, Period
from knowledge.contradictions import contradictions, figures_apart, may_meet
from knowledge.cut import passages_of
from knowledge.ingest import Contested, Kept, Plan, Read, Refusal, name_of, shown
from knowledge.passage import Passage, Unit

Cut = tuple[Article, Sequence[Passage]]


def contested(decided: Plan, standing: Iterable[Cut], kept: Mapping[ArticleKey, Kept]) -> tuple[Contested, ...]:
    """The contradictions that the articles to be kept bring in, with what stands and among themselves; the newer article of each comes first."""
    new = {one.article.key: one for one in decided.keep}
    stays = {a.key: (a, ps) for a, ps in standing if a.key not in new and a.key not in set(decided.withdraw)}
    cut = {key: (one.article, passages_of(one.article)) for key, one in new.items()}
    whole = _each_until_the_next({**stays, **cut})
    files = {key: (one.origin, one.file) for key, one in new.items()} | {k: (kept[k].origin, kept[k].file) for k in stays if k in kept}
    age = {key: (key in new, whole[key].in_force.start if key in whole else date.min, n) for n, key in enumerate((*stays, *cut))}

    def told(kind: str, one: tuple[Passage, Unit], other: tuple[Passage, Unit]) -> Contested:
        if age[one[0].article_key] < age[other[0].article_key]:
            one, other = other, one
        places = [_place(p, u, {**stays, **cut}[p.article_key][0], files.get(p.article_key)) for p, u in (one, other)]
        names = [p.article_key for p, _ in (one, other)]
        said = [_said(u) for _, u in (one, other)]
        return Contested(kind=kind, article=names[0], place=places[0], says=said[0], against=names[1], against_place=places[1], against_says=said[1])

    found: list[Contested] = []
    live = {key: ps for key, (_, ps) in {**stays, **cut}.items() if key in whole}
    for c in contradictions([p for k in cut if k in live for p in live[k]], [p for k in stays if k in live for p in live[k]]):
        if may_meet(whole[c.of_one.article_key], whole[c.of_other.article_key]):
            found.append(told(c.kind, (c.of_one, c.one), (c.of_other, c.other)))
    for article_id, version in sorted({(k[0], k[2]) for k in cut}):
        en, zh = ({**stays, **cut}.get((article_id, lang, version)) for lang in ("en", "zh"))
        if en is not None and zh is not None:
            found += [told("translation", apart.one[:2], apart.other[:2]) for apart in figures_apart(en[1], zh[1])]
    return tuple(found)


def refused_for(decided: Plan, found: Sequence[Contested]) -> Plan:
    """The plan without the articles that contradict what is older, each refused at the sentence that does."""
    waits = {c.article for c in found}
    names = {name_of(key) for key in waits}
    report = decided.report.model_copy(
        update={
            "added": tuple(n for n in decided.report.added if n not in names),
            "changed": tuple(n for n in decided.report.changed if n not in names),
            "refused": (*decided.report.refused, *map(_refusal, found)),
            "contested": tuple(found),
        }
    )
    return decided.model_copy(update={"report": report, "keep": tuple(one for one in decided.keep if one.article.key not in waits)})


def _refusal(c: Contested) -> Refusal:
    file, _, line = c.place.rpartition(":")
    en = f"“{c.says}” contradicts {c.against_place}, “{c.against_says}” ({c.kind}). Change one of them, or keep both with --accept-contradictions"
    zh = f"“{c.says}”与 {c.against_place} 的“{c.against_says}”相矛盾。请改正其中一处；确需并存时请加 --accept-contradictions"
    return Refusal(file=file, line=int(line), why=en, why_zh=zh)


def _each_until_the_next(articles: Mapping[ArticleKey, Cut]) -> dict[ArticleKey, Article]:
    """The articles by key, each in force at most until a newer version of it begins; one that never is, is left out."""
    out: dict[ArticleKey, Article] = {}
    for key, (article, _) in articles.items():
        later = [a.in_force.start for k, (a, _) in articles.items() if k[:2] == key[:2] and k[2] > key[2]]
        ends = [day - timedelta(days=1) for day in later] + ([article.in_force.to] if article.in_force.to else [])
        end = min(ends, default=None)
        if end is None or end >= article.in_force.start:
            out[key] = article.model_copy(update={"in_force": Period.model_validate({"from": article.in_force.start, "to": end})})
    return out


def _place(passage: Passage, unit: Unit, article: Article, file: tuple[str, str] | None) -> str:
    """File and line of a unit; the line counts from the top of a Markdown file, else from the top of the text that was read from it."""
    origin, name = file or ("", name_of(passage.article_key))
    before = article.body.count("\n", 0, unit.spans[-1][0])
    try:
        text = Path(origin, name).read_text(encoding="utf-8") if name.endswith((".md", ".markdown")) else ""
    except (OSError, UnicodeDecodeError):
        text = ""
    at = text.replace("\r\n", "\n").find(article.body.strip()[:200])
    lead = len(article.body) - len(article.body.lstrip())
    return f"{shown(name)}:{before + 1 + (text.count(chr(10), 0, at) - article.body.count(chr(10), 0, lead) if at >= 0 else 0)}"


def _said(unit: Unit) -> str:
    text = " ".join((unit.lead_in + " " + unit.text if unit.lead_in else unit.text).split())
    return text if len(text) <= 240 else text[:239] + "…"


def recorded(found: Sequence[Contested], read: Read) -> tuple[str, ...]:
    """What stands in the record of an ingestion about an article that was kept although it contradicts another."""
    return tuple(f"{c.place} “{c.says}” / {c.against_place} “{c.against_says}” ({c.kind})" for c in found if c.article == read.article.key)
