"""Cutting an article into passages by its structure: headings, paragraphs, lists with their lead-in, tables row by row."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from basics.words import Lang
from knowledge.article import Article, Ask
from knowledge.passage import Cell, Passage, Unit, passage_id
from knowledge.sentences import Span, sentence_spans

# Characters of units in one passage: about 120 English words or 240 Chinese characters, what e5-small reads well (FACTS: 110-word windows).
LONGEST: dict[Lang, int] = {"en": 760, "zh": 260}
_PARSER = MarkdownIt("commonmark", {"html": False}).enable("table")
_MARKS = re.compile(r"(\*\*|__|`|(?<![\w*])\*(?=\S)|(?<=\S)\*(?![\w*])|!?\[([^\]]*)\]\([^)]*\))")


@dataclass
class Block:
    """Units that belong together (a paragraph, a list, a table) under one heading path."""

    section: str
    units: list[Unit] = field(default_factory=list)


def passages_of(article: Article) -> tuple[Passage, ...]:
    """The passages of an article, in order; every sentence stands in exactly one (a lead-in is quoted by all its items)."""
    out: list[Passage] = []
    for section, units in _packed(_with_asks(_blocks(article.body, article.title, article.lang), article), LONGEST[article.lang]):
        start, end = min(s for u in units for s, _ in u.spans), max(e for u in units for _, e in u.spans)
        out.append(
            Passage(
                id=passage_id(article, len(out)),
                article_id=article.id,
                lang=article.lang,
                version=article.version,
                ordinal=len(out),
                title=article.title,
                section=section,
                text=article.body[start:end],
                start=start,
                end=end,
                units=tuple(units),
            )
        )
    return tuple(out)


def misplaced_ask(article: Article) -> Ask | None:
    """The first ask whose `says` stands in no unit of the article, or None."""
    units = [u for b in _blocks(article.body, article.title, article.lang) for u in b.units]
    return next((ask for ask in article.asks if _unit_that_says(ask.says, units, article.body) is None), None)


def plain(text: str) -> str:
    """Markdown emphasis and links taken off, white space folded: the words a person reads."""
    return re.sub(r"\s+", " ", _MARKS.sub(lambda m: m.group(2) or "", text)).strip()


def _with_asks(blocks: list[Block], article: Article) -> list[Block]:
    """The blocks, each unit with the ways in which its author noted that people ask for it."""
    units = [u for b in blocks for u in b.units]
    asked: dict[int, list[str]] = {}
    if article.kind == "qa" and units:
        asked[0] = [article.title]  # of a curated answer the title is the question
    for ask in article.asks:
        at = _unit_that_says(ask.says, units, article.body)
        for n in () if at is None else _meant(units, at):
            asked.setdefault(n, []).extend(ask.asked)
    places = iter(range(len(units)))
    return [
        Block(b.section, [u.model_copy(update={"asked": tuple(asked[n])}) if n in asked else u for u, n in zip(b.units, places, strict=False)])
        for b in blocks
    ]


def _meant(units: Sequence[Unit], at: int) -> range:
    """The unit itself; for one that introduces a table or list, every row or item of it: whoever asks so asks for all of it."""
    end = at + 1
    while units[at].text.endswith((":", "：")) and end < len(units) and units[end].kind != "sentence":
        end += 1
    return range(at, end)


def _unit_that_says(says: str, units: Sequence[Unit], body: str) -> int | None:
    """The place of the first unit whose words hold `says`; else of the one whose span in the body holds it (text across two cells)."""
    wanted = plain(says)
    for n, unit in enumerate(units):
        if wanted in unit.text or any(wanted in c.text for c in unit.cells):
            return n
    at = body.find(says)
    return next((n for n, u in enumerate(units) if at >= 0 and u.spans[-1][0] <= at < u.spans[-1][1]), None)


def _packed(blocks: list[Block], longest: int) -> Iterator[tuple[str, list[Unit]]]:
    """Blocks of one section packed into passages; a list or table is kept whole unless it is more than twice too long."""
    held: list[Unit] = []
    section = ""
    for block in blocks:
        size = sum(len(u.text) for u in block.units)
        parts = [block.units] if size <= 2 * longest else list(_split(block.units, longest))
        for part in parts:
            if held and (block.section != section or sum(len(u.text) for u in held) + sum(len(u.text) for u in part) > longest):
                yield section, held
                held = []
            section = block.section
            held = held + part
    if held:
        yield section, held


def _split(units: list[Unit], longest: int) -> Iterator[list[Unit]]:
    part: list[Unit] = []
    for unit in units:
        if part and sum(len(u.text) for u in part) + len(unit.text) > longest:
            yield part
            part = []
        part.append(unit)
    yield part


def _blocks(body: str, title: str, lang: Lang) -> list[Block]:
    lines = _line_starts(body)
    tokens = _PARSER.parse(body)
    path: list[tuple[int, str]] = []
    blocks: list[Block] = []
    lead_in: tuple[str, Span] | None = None
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.type == "heading_open":
            path = [(level, name) for level, name in path if level < int(token.tag[1])]
            name = plain(tokens[at + 1].content)
            if name != title:
                path.append((int(token.tag[1]), name))
            lead_in = None
            at += 3
            continue
        section = " / ".join(name for _, name in path)
        if token.type == "table_open":
            close = _closing(tokens, at)
            caption = f"{title} {section}" + (f" {lead_in[0]}" if lead_in else "")
            blocks.append(Block(section, list(_rows(tokens[at : close + 1], body, lines, caption.strip(), lang))))
            at, lead_in = close, None
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            close = _closing(tokens, at)
            units = list(_items(tokens[at : close + 1], body, lines, lead_in))
            if lead_in and blocks and blocks[-1].section == section and blocks[-1].units:
                blocks[-1].units += units  # the list stays with the paragraph that introduces it
            else:
                blocks.append(Block(section, units))
            at, lead_in = close, None
        elif token.map and token.type in ("paragraph_open", "code_block", "fence", "html_block", "blockquote_open"):
            span = _span(token, lines, body)
            units = [Unit(kind="sentence", text=plain(body[s:e]), spans=((s, e),)) for s, e in sentence_spans(body, *span)]
            units = [u for u in units if u.text]
            blocks.append(Block(section, units))
            last = units[-1] if units else None
            lead_in = (last.text, last.spans[0]) if last and last.text.endswith((":", "：")) else None
            at = _closing(tokens, at) if token.nesting == 1 else at
        at += 1
    return [Block(b.section, [u.model_copy(update={"paragraph": n}) for u in b.units]) for n, b in enumerate(blocks) if b.units]


def _rows(tokens: list[Token], body: str, lines: list[int], caption: str, lang: Lang) -> Iterator[Unit]:
    header: list[tuple[str, Span]] = []
    for at, token in enumerate(tokens):
        if token.type != "tr_open" or not token.map:
            continue
        cells = [plain(t.content) for t in tokens[at : _closing(tokens, at)] if t.type == "inline"]
        start, end = _span(token, lines, body)
        found = list(_cell_spans(body, start, end))
        spans = found if len(found) == len(cells) else [(start, end)] * len(cells)
        if not header:
            header = list(zip(cells, spans, strict=True))
            continue
        names = [*header, *[("", spans[0])] * (len(cells) - len(header))]
        made = tuple(
            Cell(header=name, text=cell, spans=(at_header, span) if name else (span,))
            for (name, at_header), cell, span in zip(names, cells, spans, strict=False)
        )
        whole = ((header[0][1][0], header[-1][1][1]), (start, end))
        yield Unit(kind="row", text=row_text(made, lang), spans=whole, cells=made, caption=caption)


def row_text(cells: tuple[Cell, ...], lang: Lang) -> str:
    """A table row said as a line: its label, then each filled cell under its column's name."""
    label, *rest = cells
    colon, comma, semicolon = ("：", "，", "；") if lang == "zh" else (": ", ", ", "; ")
    filled = [c for c in rest if c.text]
    if len(filled) == 1 and filled[0].header:
        return f"{label.text}{comma}{filled[0].header}{colon}{filled[0].text}"
    said = [f"{c.header}{colon}{c.text}" if c.header else c.text for c in filled]
    return f"{label.text}{colon}" + semicolon.join(said) if said else label.text


def _cell_spans(body: str, start: int, end: int) -> Iterator[Span]:
    edges = [start - 1] if body[start] != "|" else []
    edges += [i for i in range(start, end) if body[i] == "|" and body[i - 1] != "\\"]
    if body[end - 1] != "|":
        edges.append(end)
    for left, right in pairwise(edges):
        s, e = left + 1, right
        while s < e and body[s].isspace():
            s += 1
        while e > s and body[e - 1].isspace():
            e -= 1
        yield (s, e)


def _items(tokens: list[Token], body: str, lines: list[int], lead_in: tuple[str, Span] | None) -> Iterator[Unit]:
    for token in tokens:
        if token.type == "inline" and token.map:
            start, end = _lines_span(token.map, lines, body)
            start += len(body[start:end]) - len(re.sub(r"^\s*(?:[-*+]|\d+[.)])\s+", "", body[start:end]))
            spans = ((lead_in[1],) if lead_in else ()) + ((start, end),)
            yield Unit(kind="item", text=plain(body[start:end]), spans=spans, lead_in=lead_in[0] if lead_in else "")


def _closing(tokens: list[Token], at: int) -> int:
    depth = 0
    for i in range(at, len(tokens)):
        depth += tokens[i].nesting
        if depth == 0:
            return i
    return len(tokens) - 1


def _line_starts(body: str) -> list[int]:
    return [0, *(i + 1 for i, c in enumerate(body) if c == "\n"), len(body) + 1]


def _span(token: Token, lines: list[int], body: str) -> Span:
    return _lines_span(token.map or [0, 0], lines, body)


def _lines_span(rows: list[int], lines: list[int], body: str) -> Span:
    start, end = lines[rows[0]], min(lines[rows[1]] if rows[1] < len(lines) else len(body), len(body))
    while start < end and body[start].isspace():
        start += 1
    while end > start and body[end - 1].isspace():
        end -= 1
    return (start, end)
