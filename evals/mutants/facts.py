"""True sentences with the passage they stand in: of our articles, the EU regulation and its guidelines, four Chinese laws, and hotels."""

import re
import zlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel

from basics.words import Lang
from evals.builders.built import rows_of

ARTICLES = Path(__file__).resolve().parents[2] / "knowledge" / "articles"
BASES = ("articles", "regulation", "laws", "places")
Half = Literal["tuned", "untouched"]
_END_EN = re.compile(r"(?<=[a-z0-9)%’\"”][.!])\s+(?=[A-Z“‘\"])")
_END_ZH = re.compile(r"(?<=[。！])")
_ABBREVIATED = re.compile(r"\b(?:e\.g|i\.e|No|Art|cf|St|approx|Mr|Mrs|Dr|p|para)\.$")
_NOTE = re.compile(r"\s*\(\s*\d+\s*\)\s*(?=[,.;:])|\s*\n?\(\s+\d+\s+\)\s*")
_MARKS = re.compile(r"\*\*|__|`|!?\[([^\]]*)\]\([^)]*\)")
_NUMBERED = re.compile(r"^(?:\d+\.|（[一二三四五六七八九十]+）|\([a-z]+\)|[-*])\s*")
_ITEM = re.compile(r"\s*(?:（[一二三四五六七八九十]+）|\([a-z]+\)|[ivx]+\)|[—–-]|\d+\.\s.*[:：]$)")
_AROUND = 5  # answers of a place on either side, lines of a guideline: about what a cited passage holds


class Fact(BaseModel, frozen=True):
    """A sentence, the passage that says it, and of which document of which base it is."""

    base: str
    doc: str
    lang: Lang
    sentence: str
    source: str

    @property
    def half(self) -> Half:
        """Which half its document belongs to, the same one in both languages: the checker is improved on one and reported on the other."""
        return "untouched" if zlib.crc32(self.doc.split("/")[-1].encode()) % 2 else "tuned"


def facts() -> Iterator[Fact]:
    """Every usable sentence of every base, in the order of the files."""
    yield from _articles()
    for file in ("eu_261_2004.jsonl", "eu_261_guidelines_2024.jsonl"):
        for row in rows_of(file):
            yield from _of_text("regulation", str(row["id"]), "en", _NOTE.sub(" ", str(row["text"])))
    for row in rows_of("cn_laws.jsonl"):
        yield from _of_text("laws", str(row["id"]), "zh", str(row["text"]))
    yield from _places()


def sentences(text: str, lang: Lang) -> list[str]:
    """The sentences of one line."""
    out: list[str] = []
    for piece in (_END_ZH if lang == "zh" else _END_EN).split(text.strip()):
        if out and _ABBREVIATED.search(out[-1]):
            out[-1] += f" {piece}"
        elif piece.strip():
            out.append(piece.strip())
    return out


def _articles() -> Iterator[Fact]:
    for file in sorted(ARTICLES.glob("*/*.md")):
        lang: Lang = "zh" if file.parent.name == "zh" else "en"
        body = file.read_text(encoding="utf-8").split("---", 2)[2]
        for section in re.split(r"(?m)^(?=## )", body):
            lines = [ln for ln in section.split("\n") if not ln.lstrip().startswith(("#", "|")) and not re.match(r"\s*\d+\.", ln)]
            kept = _MARKS.sub(lambda m: m[1] or "", "\n".join(lines))
            paragraphs = ["" if " ".join(p.split()).endswith((":", "：")) else p for p in re.split(r"\n\s*\n", kept)]
            led = re.search(r"[:：]\s*(?:\n\s*)+[-*]", kept) is not None  # what is listed under a lead-in does not stand by itself
            for paragraph in paragraphs:
                for block in re.split(r"\n(?=\s*[-*] )", paragraph):
                    if not (led and re.match(r"\s*[-*] ", block)):
                        said = ("" if lang == "zh" else " ").join(line.strip() for line in block.split("\n"))
                        yield from _usable("articles", f"{lang}/{file.name.split('.')[0]}", lang, said, section)


def _of_text(base: str, doc: str, lang: Lang, text: str) -> Iterator[Fact]:
    lines = [ln for ln in text.split("\n") if ln.strip()]
    for at, line in enumerate(lines):
        leans = _ITEM.match(line) or "：" in line or line.rstrip().endswith((":", ";"))  # an item does not stand without its lead-in
        if not leans:
            yield from _usable(base, doc, lang, line, "\n\n".join(lines[max(0, at - _AROUND) : at + _AROUND]))


def _places() -> Iterator[Fact]:
    said: dict[str, list[str]] = defaultdict(list)
    for row in rows_of("dstc9_travel_faq.jsonl"):
        if row["entity"]:
            said[str(row["entity"])].append(str(row["text"]).strip())
    for place, answers in said.items():
        for at, answer in enumerate(answers):
            source = "\n\n".join(dict.fromkeys([answer, *answers[max(0, at - _AROUND) : at + _AROUND]]))
            yield from _usable("places", place, "en", answer, source)


def _usable(base: str, doc: str, lang: Lang, line: str, source: str) -> Iterator[Fact]:
    for whole in sentences(line, lang):
        sentence = _NUMBERED.sub("", whole).strip()
        fits = 12 <= len(sentence) <= 160 if lang == "zh" else 25 <= len(sentence) <= 330 and sentence[0].isupper()
        if fits and sentence.endswith((".", "。", "!")) and not re.search(r"[?？:：|]", sentence):
            yield Fact(base=base, doc=doc, lang=lang, sentence=sentence, source=source)
