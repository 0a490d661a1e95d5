"""Contradictions planted by rule: a sentence of a base said once more in another article, with another amount, date, duration, or a no for a yes."""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from basics.words import Lang
from knowledge.article import Article
from knowledge.claims import claims_of
from knowledge.contradictions import contradictions, may_meet
from knowledge.cut import passages_of
from knowledge.ingest import read_paths
from knowledge.passage import Passage

PlantKind = Literal["amount", "date", "duration", "yes or no"]
KINDS: tuple[PlantKind, ...] = ("amount", "date", "duration", "yes or no")
_OTHER = {"en": ("Please note: ", "As a reminder, "), "zh": ("请注意：", "温馨提示，")}
_MONTHS = {"January": "April", "February": "May", "March": "June", "April": "July", "May": "September", "June": "October", "July": "November"}
_YES_NO: dict[Lang, tuple[tuple[str, str], ...]] = {
    "en": ((r"\bcannot\b", "can"), (r"\bis not\b", "is"), (r"\bare not\b", "are"), (r"\bmust not\b", "must"), (r"\bmay not\b", "may"),
           (r"\bdoes not (\w+)", r"does \1"), (r"\bcan\b", "cannot"), (r"\bmay\b", "may not"), (r"\bshall\b(?! not)", "shall not"),
           (r"\bis\b", "is not")),
    "zh": ((r"不得", "可以"), (r"不可", "可"), (r"不能", "能"), (r"不予", "予以"), (r"应当", "无须"), (r"可以", "不得"), (r"须", "无须")),
}  # fmt: skip


class Plant(NamedTuple):
    """An article that contradicts another, where, and in what kind of thing."""

    article: Article
    passage: Passage
    kind: PlantKind
    says: str
    said: str


def plants(articles: Sequence[Article], kind: PlantKind, most: int) -> Iterator[Plant]:
    """At most `most` plants of a kind, from articles evenly spread over the base, at most one an article."""
    able = [p for a in articles if (p := _plant(a, kind)) is not None]
    step = max(1, len(able) // most)
    yield from able[::step][:most]


def _plant(article: Article, kind: PlantKind) -> Plant | None:
    for passage in passages_of(article):
        for unit in passage.units:
            if unit.kind == "sentence" and 30 <= len(unit.text) * (3 if article.lang == "zh" else 1) <= 320:
                other = _otherwise(unit.text, article.lang, kind)
                if other is not None:
                    return Plant(_noticed(article, other), passage, kind, other, unit.text)
    return None


def _otherwise(text: str, lang: Lang, kind: PlantKind) -> str | None:
    if kind == "yes or no":
        if len(claims_of(text, lang)) > 4:
            return None
        for pattern, instead in _YES_NO[lang]:
            if len(re.findall(pattern, text)) == 1:
                return re.sub(pattern, instead, text)
        return None
    for claim in claims_of(text, lang):
        shown = text[claim.start : claim.end]
        if claim.kind == kind and (number := re.search(r"\d[\d,]*", shown)) is not None:
            other = _month_on(shown) if kind == "date" else shown.replace(number[0], f"{int(number[0].replace(',', '')) * 2 + 1:,}", 1)
            if other != shown:
                return text[: claim.start] + other + text[claim.end :]
    return None


def _month_on(date: str) -> str:
    for month, other in _MONTHS.items():
        if month in date:
            return date.replace(month, other)
    return re.sub(r"(\d{1,2})(\s?)月", lambda m: f"{int(m[1]) % 12 + 1}{m[2]}月", date, count=1)


def _noticed(article: Article, says: str) -> Article:
    """The sentence in a notice of its own, opened in another way; about the same thing, by its title."""
    title = f"Notice: {article.title}" if article.lang == "en" else f"关于{article.title}的通知"
    opening = _OTHER[article.lang][len(says) % 2]
    said = says if article.lang == "zh" or says[:2].isupper() else says[0].lower() + says[1:]
    changes = {"id": "planted", "title": title[:300], "version": 1, "supersedes": None, "asks": (), "body": f"{opening}{said}"}
    return article.model_copy(update=changes)


_HERE = Path(__file__).parent
_PUBLIC: dict[Lang, tuple[str, ...]] = {"en": ("eu_261_2004", "eu_261_guidelines_2024"), "zh": ("cn_laws",)}


def bases() -> dict[str, list[Article]]:
    """The articles that ship, as they are in force now, and the public texts, by language."""
    read, _, _ = read_paths([_HERE.parent / "knowledge" / "articles"])
    out: dict[str, list[Article]] = {}
    for lang, files in _PUBLIC.items():
        out[f"articles {lang}"] = [one.article for one in read if one.article.lang == lang and one.article.in_force.to is None]
        lines = [json.loads(line) for f in files for line in (_HERE / "data" / f"{f}.jsonl").read_text("utf-8").splitlines()]
        out[f"public {lang}"] = [_public(d["id"], d["title"], d["text"], lang) for d in lines]
    return out


def _public(name: str, title: str, text: str, lang: Lang) -> Article:
    front = {"id": name, "title": title, "lang": lang, "version": 1, "audience": "public", "in_force": {"from": "2026-01-01"}, "owner": "public"}
    return Article.model_validate({**front, "body": text})


def main() -> None:
    """Print, for each base, the false alarms within it, and of five plants a kind how many are found and how many other places are named."""
    for name, articles in bases().items():
        cut = {a.id: passages_of(a) for a in articles}
        passages, by_id = [p for ps in cut.values() for p in ps], {a.id: a for a in articles}
        alarms = [c for c in contradictions(passages, ()) if may_meet(by_id[c.of_one.article_id], by_id[c.of_other.article_id])]
        print(f"{name}: {len(articles)} articles, {len(passages)} passages, {len(alarms)} contradictions before any is planted")
        for kind in KINDS:
            planted = list(plants(articles, kind, 5))
            told = [contradictions(passages_of(p.article), passages) for p in planted]
            hits = sum(any(c.of_other.id == p.passage.id for c in found) for p, found in zip(planted, told, strict=True))
            beside = sum(c.of_other.article_id != p.passage.article_id for p, found in zip(planted, told, strict=True) for c in found)
            print(f"  {kind:10} found {hits} of {len(planted)}; other articles named {beside}")


if __name__ == "__main__":
    main()
