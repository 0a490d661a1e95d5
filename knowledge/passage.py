"""A passage: a part of an article small enough to cite, cut by structure, and the units (sentence, list item, table row) in it."""

from typing import Literal

from pydantic import BaseModel

from basics.ids import fingerprint
from basics.words import Lang
from knowledge.article import Article, ArticleKey
from knowledge.sentences import Span

UnitKind = Literal["sentence", "item", "row"]


class Cell(BaseModel, frozen=True):
    """One cell of a table row: what its column is called, what stands in it, and where both stand in the article."""

    header: str
    text: str
    spans: tuple[Span, ...]


class Unit(BaseModel, frozen=True):
    """The smallest thing we quote. `spans` are offsets into the article's body; a row carries its header's too, an item its lead-in's.
    `paragraph` counts the paragraphs, lists and tables of the article; a list has the number of the paragraph that introduces it."""

    kind: UnitKind
    text: str
    spans: tuple[Span, ...]
    cells: tuple[Cell, ...] = ()
    lead_in: str = ""
    caption: str = ""
    paragraph: int = 0
    asked: tuple[str, ...] = ()
    """How people ask for just this, as the author noted it."""


class Passage(BaseModel, frozen=True):
    """A run of units under one heading. `start`, `end` are offsets into the stored article's body."""

    id: str
    article_id: str
    lang: Lang
    version: int
    ordinal: int
    title: str
    section: str
    text: str
    start: int
    end: int
    units: tuple[Unit, ...]

    @property
    def article_key(self) -> ArticleKey:
        """The key of the article version this was cut from."""
        return (self.article_id, self.lang, self.version)

    @property
    def heading(self) -> str:
        """Title and section as one line, each word of it once."""
        return self.title if not self.section or self.section == self.title else f"{self.title} / {self.section}"

    def unit_text(self, unit: Unit) -> str:
        """What is embedded of a unit: its own words under their heading (measured: an answer is found 1.4 times as often as by the bare sentence)."""
        return f"{self.heading}: {unit.lead_in} {unit.text}" if unit.lead_in else f"{self.heading}: {unit.text}"

    def windows(self, longest: int) -> tuple[str, ...]:
        """The texts that are embedded to find this passage, each under its heading and at most about `longest` characters of units."""
        out: list[str] = []
        held: list[str] = []
        for unit in self.units:
            if held and sum(map(len, held)) + len(unit.text) > longest:
                out.append("\n".join([self.heading, *held]))
                held = held[-1:] if len(held[-1]) * 3 < longest else []  # a short overlap keeps a condition with its rule
            held.append(unit.text)
        return (*out, "\n".join([self.heading, *held]))


def passage_id(article: Article, ordinal: int) -> str:
    """Stable for one article version: its key and the passage's place."""
    return f"{article.id}:{article.lang}:{article.version}:{ordinal}"


def embedding_key(text: str) -> str:
    """What a vector is stored under, beside the model's fingerprint: a hash of the very text that was embedded."""
    return fingerprint(text)


def asked_key(question: str) -> str:
    """What the vector of a way of asking is stored under: models embed a question otherwise than the same words as a text."""
    return fingerprint(f"question: {question}")
