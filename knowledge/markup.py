"""HTML, as a document reader made it, becomes Markdown: headings, paragraphs, lists and tables; everything else is its words."""

import re
from html.parser import HTMLParser

_HEADINGS = {f"h{n}": n for n in range(1, 7)}
_BLOCKS = {
    "p",
    "div",
    "section",
    "article",
    "main",
    "header",
    "footer",
    "blockquote",
    "pre",
    "figure",
    "figcaption",
    "dl",
    "dt",
    "dd",
    "address",
    "body",
    "hr",
}
_UNSAID = {"script", "style", "template", "noscript", "svg", "math", "head", "title", "iframe", "object", "select", "textarea", "button"}
_MOST_SPAN = 50  # columns or rows that one cell may cover
MOST_CELLS = 100_000


class TooManyCells(ValueError):
    """A table of this size is no policy."""


def markdown_of(html: str) -> str:
    """The text of `html` as Markdown; a cell that covers several columns or rows is said in each of them. TooManyCells for a table that is a bomb."""
    writer = _Writer()
    writer.feed(html)
    writer.close()
    return writer.markdown()


def table_of(rows: list[list[str]]) -> str:
    """Rows of cells as a Markdown table, the first row its header."""
    wide = max(map(len, rows))
    lines = ["| " + " | ".join(_cell(c) for c in [*row, *[""] * (wide - len(row))]) + " |" for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * wide, *lines[1:]])


def one_line(text: str) -> str:
    """White space folded, and nothing that cannot be kept or shown."""
    return re.sub(r"\s+", " ", re.sub(r"[\x00-\x08\x0e-\x1f\x7f\u200b\ufeff\ud800-\udfff]", "", text)).strip()


def _cell(text: str) -> str:
    return one_line(text).replace("\\|", "|").replace("|", "\\|")


class _Writer(HTMLParser):
    """Keeps no tree, so that no depth can hurt it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._out: list[str] = []
        self._words: list[str] = []
        self._unsaid = 0
        self._lists: list[int] = []  # 0 for bullets, else the next number
        self._before = ""
        self._tables = 0  # within tables; only the outermost is a table, what is inside its cells is words
        self._rows: list[list[tuple[str, int, int]]] = []  # of the table: text, columns, rows of each cell
        self._span: tuple[int, int] | None = None  # of the cell that is open
        self._cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSAID:
            self._unsaid += 1
        elif tag == "table":
            self._tables += 1
            if self._tables == 1:
                self._end_block()
        elif self._tables:
            self._in_table(tag, dict(attrs))
        elif tag == "br":
            self._words.append(" ")
        elif tag in _HEADINGS:
            self._end_block()
            self._before = "#" * _HEADINGS[tag] + " "
        elif tag in ("ul", "ol"):
            self._end_block()
            self._lists.append(1 if tag == "ol" else 0)
        elif tag == "li":
            self._end_block()
            self._begin_item()
        elif tag in _BLOCKS and not (tag in ("p", "div") and self._before and not "".join(self._words).strip()):
            self._end_block()

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSAID:
            self._unsaid = max(0, self._unsaid - 1)
        elif tag == "table":
            self._tables = max(0, self._tables - 1)
            if self._tables == 0:
                self._end_cell()
                self._end_table()
        elif self._tables:
            if self._tables == 1 and tag in ("td", "th"):
                self._end_cell()
            elif tag in _BLOCKS or tag in ("td", "th", "li"):
                self._words.append(" ")
        elif tag in ("ul", "ol"):
            self._end_block()
            if self._lists:
                self._lists.pop()
        elif tag in _BLOCKS or tag in _HEADINGS or tag == "li":
            self._end_block()

    def handle_data(self, data: str) -> None:
        if not self._unsaid:
            self._words.append(data)

    def markdown(self) -> str:
        """What was written."""
        if self._tables:
            self._end_cell()
            self._end_table()
        self._end_block()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self._out)).strip() + "\n"

    def _begin_item(self) -> None:
        number = self._lists[-1] if self._lists else 0
        self._before = "  " * min(len(self._lists) - 1, 4) + (f"{number}. " if number else "- ") if self._lists else "- "
        if number:
            self._lists[-1] = number + 1

    def _end_block(self) -> None:
        text = one_line("".join(self._words))
        self._words = []
        if not text:
            return
        is_item = bool(self._lists)
        if not (is_item and self._out and self._out[-1].lstrip().startswith(("- ", *"123456789"))):
            self._out.append("")
        self._out.append(self._before + text if self._before else "  " * len(self._lists) + harmless(text))
        if not is_item:
            self._out.append("")
        self._before = ""

    def _in_table(self, tag: str, attrs: dict[str, str | None]) -> None:
        if self._tables == 1 and tag == "tr":
            self._end_cell()
            self._rows.append([])
        elif self._tables == 1 and tag in ("td", "th"):
            self._end_cell()
            self._span = (_number(attrs.get("colspan")), _number(attrs.get("rowspan")))
            self._words = []
        else:
            self._words.append(" ")

    def _end_cell(self) -> None:
        text, span, self._words, self._span = one_line("".join(self._words)), self._span, [], None
        if span is None:
            return
        self._cells += span[0] * span[1]
        if self._cells > MOST_CELLS:
            raise TooManyCells
        if not self._rows:
            self._rows.append([])
        self._rows[-1].append((text, *span))

    def _end_table(self) -> None:
        rows = [row for row in _spread(self._rows) if any(row)]
        self._rows = []
        if not rows:
            return
        if max(map(len, rows)) == 1:
            self._out += ["", *(line for row in rows for line in (harmless(row[0]), ""))]
        else:
            self._out += ["", table_of(rows), ""]


def _spread(rows: list[list[tuple[str, int, int]]]) -> list[list[str]]:
    """Cells as (text, columns, rows) laid out, each said wherever it reaches."""
    out: list[list[str]] = []
    above: dict[int, tuple[str, int]] = {}
    for row in rows:
        line: list[str] = []
        below: dict[int, tuple[str, int]] = {}

        def put(text: str, left: int, line: list[str] = line, below: dict[int, tuple[str, int]] = below) -> None:
            if left > 1:
                below[len(line)] = (text, left - 1)
            line.append(text)

        for text, across, down in row:
            while len(line) in above:
                put(*above[len(line)])
            for _ in range(across):
                put(text, down)
        while len(line) in above:
            put(*above[len(line)])
        out.append(line)
        above = below
    return out


def harmless(text: str) -> str:
    """A paragraph that happens to begin like a heading, rule, fence or quotation stays a paragraph."""
    return re.sub(r"^>", "＞", re.sub(r"^(?:#{1,6}\s+|(?:-{3,}|={3,}|\*{3,}|_{3,}|~{3,}|`{3,})\s*)", "", text))


def _number(given: str | None) -> int:
    return min(max(1, int(given)), _MOST_SPAN) if given and given.isdecimal() and len(given) < 6 else 1
