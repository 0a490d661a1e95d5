"""A lesson: a person's answer on its way to becoming a curated article, in one language or both. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, Field, StringConstraints

from basics.words import LANGS, Lang
from desk.conversation import StaffName
from knowledge.article import Article, Audience, Period

LessonState = Literal["proposed", "published", "withdrawn", "discarded"]
_Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300, pattern=r"^[^\x00-\x1f]*$")]
_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000, pattern=r"^[^\x00]*$")]


class Taught(BaseModel, frozen=True):
    """What is asked, and what is answered, in one language; `also`: other ways of asking it."""

    question: _Line
    answer: _Text
    also: tuple[_Line, ...] = Field(default=(), max_length=10)


class Lesson(BaseModel, frozen=True):
    """One lesson as it stands. Its article keeps its id over versions; `version` counts them."""

    id: str
    article_id: str
    version: int = 1
    ticket_id: str | None = None
    state: LessonState = "proposed"
    texts: Mapping[Lang, Taught] = Field(min_length=1)
    audience: Audience
    in_force: Period
    by: StaffName
    at: datetime
    decided_by: StaffName | None = None
    decided_at: datetime | None = None

    @property
    def articles(self) -> tuple[Article, ...]:
        """The curated articles that it becomes, one a language."""
        return tuple(article_of(self, lang) for lang in LANGS if lang in self.texts)

    def alone_at(self, minutes: float) -> datetime:
        """From when on whoever wrote it may publish it without the other one having looked at it."""
        return self.at + timedelta(minutes=minutes)

    def may_publish(self, staff_id: str, now: datetime, minutes: float) -> bool:
        """The other one at once, whoever wrote it after a while."""
        return self.state == "proposed" and (staff_id != self.by.id or now >= self.alone_at(minutes))


def article_of(lesson: Lesson, lang: Lang) -> Article:
    """The curated article in this language."""
    taught = lesson.texts[lang]
    first = _first_words(taught.answer)
    return Article(
        id=lesson.article_id,
        kind="qa",
        title=taught.question,
        lang=lang,
        audience=lesson.audience,
        in_force=lesson.in_force,
        version=lesson.version,
        supersedes=lesson.version - 1 or None,
        owner=lesson.by.name,
        body=taught.answer,
        asks=[{"says": first, "asked": taught.also}] if taught.also else [],
    )


def markdown_of(article: Article) -> str:
    """The article as a file that `concierge ingest` reads."""
    fields: dict[str, Any] = article.model_dump(mode="json", by_alias=True, exclude={"body"}, exclude_none=True)
    if not article.asks:
        del fields["asks"]
    return f"---\n{yaml.safe_dump(fields, allow_unicode=True, sort_keys=False)}---\n{article.body}\n"


def cases_of(lesson: Lesson) -> tuple[dict[str, Any], ...]:
    """A published lesson as cases of an eval: each of its questions has to be answered from its article."""
    who = {"public": "anonymous", "traveller": "lin-gold", "company_admin": "mary-admin"}.get(lesson.audience, "anonymous")
    return tuple(
        {"id": f"{lesson.article_id}-{lang}-{n}", "lang": lang, "question": question, "as": who, "answerable": True, "articles": [lesson.article_id]}
        for lang, taught in lesson.texts.items()
        for n, question in enumerate((taught.question, *taught.also), start=1)
    )


def alike(cosines: Sequence[float], questions: Sequence[str], at: float) -> tuple[str, ...]:
    """The past questions that it would have answered, the nearest first, each once."""
    ranked = sorted(zip(cosines, questions, strict=True), key=lambda pair: -pair[0])
    return tuple(dict.fromkeys(question for cosine, question in ranked if cosine >= at))


def _first_words(answer: str) -> str:
    """A piece of the answer's first line, word for word: where its ways of asking are noted."""
    line = next(line.strip("-*# 　") for line in answer.splitlines() if line.strip())
    return line[:60].rstrip()
