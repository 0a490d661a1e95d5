"""Cutting a cited text into units: sentences, list items with their lead-in, table rows with their header."""

import re
from collections.abc import Iterator
from functools import lru_cache

from pydantic import BaseModel

from basics.words import Lang
from knowledge.claims_tokens import plain
from knowledge.sentences import sentence_spans


class Source(BaseModel, frozen=True):
    """A cited text: one unit, or a passage to be cut. A table row carries its table's header row, a list item the line that leads it in."""

    text: str
    lang: Lang
    header: str | None = None
    lead_in: str | None = None
    heading: str | None = None


_ITEM = re.compile(
    r"^(?P<indent>\s*)(?P<mark>[-*+•·]\s+|\d{1,2}[.)、]\s*(?!\d)|[(（](?:[a-z]|[ivx]+|\d{1,2}|[一二三四五六七八九十]+)[)）]\s*"
    r"|[一二三四五六七八九十]+、|[①-⑳]\s*)(?P<text>.*\S)"
)
_HEADING = re.compile(r"^\s*#{1,6}\s+(?P<text>.*\S)")
_ROW = re.compile(r"^\s*\|.*|.*[^\s|].*\|\s*$")  # a passage may begin or end inside a row, without its outer bar
_RULE = re.compile(r"^\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*$")
_HAN = re.compile(r"[\u3400-\u9fff]")
_ENDS = (".", ":", ";", "!", "?", "。", "：", "；", "！", "？")
# A part after ；that only limits the part before it is never cut off from it.
_LIMITING = re.compile(r"^[\s]*(?:但|除|不过|仅|只|然而)")


def cells_of(row: str) -> tuple[str, ...]:
    """The cells of one table row."""
    return tuple(plain(c.replace("\\|", "|")).strip() for c in re.split(r"(?<!\\)\|", row.strip().removeprefix("|").removesuffix("|")))


def script_of(text: str) -> Lang:
    """The language of a text, by its script."""
    return "zh" if len(_HAN.findall(text)) * 3 > len(re.findall(r"[A-Za-z]+", text)) else "en"


@lru_cache(maxsize=8_000)
def units_of(text: str) -> tuple[Source, ...]:
    """The units of a passage, in order: sentences, list items (each sentence of them, with the lead-in), table rows (with the header)."""
    return tuple(_Cutter(text).units())


class _Cutter:
    """Walks the lines of a text and remembers what leads in what."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self.lang: Lang = script_of(text)
        self.heading: str | None = None
        self.pending: str | None = None
        self.levels: list[tuple[tuple[int, str], str | None]] = []

    def units(self) -> Iterator[Source]:
        """Every unit of the text."""
        at = 0
        while at < len(self.lines):
            line = self.lines[at]
            if heading := _HEADING.match(line):
                self.heading, self.pending, self.levels = plain(heading["text"]), None, []
            elif _ROW.match(line):
                rows = [self.lines[i] for i in self._run(at, _ROW)]
                yield from self._table(rows)
                at += len(rows) - 1
            elif item := _ITEM.match(line):
                more = self._continued(at)
                yield from self._item(item, " ".join([item["text"], *more]))
                at += len(more)
            elif line.strip():
                block = [line, *self._continued(at)]
                yield from self._paragraph((" " if self.lang == "en" else "").join(b.strip() for b in block))
                at += len(block) - 1
            at += 1

    def _run(self, at: int, shape: re.Pattern[str]) -> Iterator[int]:
        while at < len(self.lines) and shape.match(self.lines[at]):
            yield at
            at += 1

    def _continued(self, at: int) -> list[str]:
        """The lines that go on with a Markdown paragraph or item; a line that ends its sentence ends the block as well."""
        out: list[str] = []
        for before, line in zip(self.lines[at:], self.lines[at + 1 :], strict=False):
            if not line.strip() or (before.rstrip().endswith(_ENDS) and not line[0].isspace()) or any(p.match(line) for p in (_HEADING, _ROW, _ITEM)):
                break
            out.append(line.strip())
        return out

    def _table(self, rows: list[str]) -> Iterator[Source]:
        header = rows[0] if len(rows) > 1 and _RULE.match(rows[1]) else None
        if header and len(cells_of(header)) < len(cells_of(rows[1])):  # cut off at its empty first cell
            header = f"| {header}" if header.lstrip().startswith("|") else f"| | {header}"
        for row in rows[2 if header else 0 :]:
            yield Source(text=row.strip(), lang=self.lang, header=header.strip() if header else None, lead_in=self.pending, heading=self.heading)

    def _item(self, item: re.Match[str], text: str) -> Iterator[Source]:
        mark = item["mark"].strip()
        roman = bool(re.fullmatch(r"[(（][ivx]+[)）]", mark)) and (self.pending is not None or any(k[1] == "roman" for k, _ in self.levels))
        level = (len(item["indent"]), "roman" if roman else re.sub(r"\w+", "1", mark))
        known = [at for at, (key, _) in enumerate(self.levels) if key == level]
        if known:
            del self.levels[known[0] + 1 :]
        else:
            self.levels.append((level, self.pending))
        lead_in = self.levels[-1][1]
        self.pending = None
        for sentence in self._sentences(text):
            if sentence.endswith((":", "：")):
                self.pending = f"{lead_in} {sentence}" if lead_in else sentence
            else:
                yield Source(text=sentence, lang=self.lang, lead_in=lead_in, heading=self.heading)

    def _paragraph(self, text: str) -> Iterator[Source]:
        self.levels, self.pending = [], None
        for sentence in self._sentences(text):
            self.pending = sentence if sentence.endswith((":", "：")) else None
            yield Source(text=sentence, lang=self.lang, heading=self.heading)

    def _sentences(self, text: str) -> list[str]:
        text = plain(text)
        out: list[str] = []
        for start, end in sentence_spans(text):
            if out and _LIMITING.match(text[start:end]) and out[-1].endswith("；"):
                out[-1] += text[start:end]
            else:
                out.append(text[start:end])
        return out
