"""An article: one policy text in one language and one version, with the dates and people it holds for."""

from datetime import date
from typing import Annotated, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from basics.errors import ConciergeError
from basics.ids import fingerprint
from basics.words import Lang, Words

Audience = Literal["public", "traveller", "company_admin", "staff"]
AppliesBy = Literal["asking", "ticketing", "travel"]
Stake = Literal["money", "refunds", "health", "legal", "safety"]
STAKES: tuple[Stake, ...] = get_args(Stake)
ArticleKey = tuple[str, Lang, int]


class Period(BaseModel):
    """First and last day of validity, both included, in the airline's time zone; no `to` means until further notice."""

    model_config = ConfigDict(populate_by_name=True, extra="forbid", frozen=True)

    start: date = Field(alias="from")
    to: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.to is not None and self.to < self.start:
            raise ValueError(f"in_force ends on {self.to}, before it begins on {self.start}")
        return self

    def holds_on(self, day: date) -> bool:
        """True on every day from the first to the last."""
        return self.start <= day and (self.to is None or day <= self.to)


class Ask(BaseModel):
    """How people ask for one sentence, list item or table row; `says` is a piece of its text, word for word. No policy, only a help to be found."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    says: Annotated[str, Field(min_length=1, max_length=400)]
    asked: Annotated[tuple[Annotated[str, Field(min_length=1, max_length=300)], ...], Field(min_length=1, max_length=50)]


class Article(BaseModel):
    """One version of one article in one language; `id` is shared by both languages, (id, lang, version) is the key."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9._/-]{1,120}$")]
    lang: Lang
    version: Annotated[int, Field(ge=1)]
    kind: Literal["policy", "qa"] = "policy"
    title: Annotated[str, Field(min_length=1, max_length=300)]
    audience: Audience
    in_force: Period
    applies_by: AppliesBy = "asking"
    owner: Annotated[str, Field(min_length=1)]
    source_url: str = ""
    supersedes: Annotated[int, Field(ge=1)] | None = None
    body: Annotated[str, Field(min_length=1)]
    asks: tuple[Ask, ...] = ()
    stakes: tuple[Stake, ...] | None = None
    """What is at stake in what it says, so that more certainty is needed; empty: nothing; None: its author did not say, and the words decide."""

    @model_validator(mode="after")
    def _supersedes_an_older_one(self) -> Self:
        if self.supersedes is not None and self.supersedes >= self.version:
            raise ValueError(f"version {self.version} cannot supersede version {self.supersedes}: it must be a smaller number")
        return self

    @property
    def key(self) -> ArticleKey:
        """(id, lang, version)."""
        return (self.id, self.lang, self.version)

    @property
    def text_hash(self) -> str:
        """Fingerprint of title and body: what must not change under one version."""
        return fingerprint(f"{self.title}\n{self.body}")

    @property
    def content_hash(self) -> str:
        """Fingerprint of everything, front matter included: tells an unchanged file."""
        return fingerprint(self.model_dump_json(exclude={"stakes"} if self.stakes is None else None))  # what says nothing of it is unchanged


class ArticleRefused(ConciergeError):
    """A file that cannot become an article: says where, why and what to write instead."""

    slug = "article-refused"

    def __init__(self, file: str, line: int, why: Words) -> None:
        self.file, self.line, self.why = file, line, why
        super().__init__(Words(en=f"{file}:{line}: {why.en}", zh=f"{file} 第 {line} 行：{why.zh}"))


def unreadable(en: str, zh: str, line: int = 1) -> ArticleRefused:
    """For whoever reads a file without knowing its name; who does know it adds it."""
    return ArticleRefused("", line, Words(en=en, zh=zh))
