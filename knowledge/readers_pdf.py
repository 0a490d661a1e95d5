"""PDF, by pypdf: words where the page has them; larger type makes a heading, columns that line up make a table."""

import io
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pypdf

from knowledge.article import unreadable
from knowledge.markup import harmless, one_line, table_of

MOST_PAGES = 300
_LARGER = 1.15  # times the body's size: from there on a short line is a heading
_LONGEST_HEADING = 120
_NEAR = 2  # characters by which a cell may begin beside its column
_BULLET = re.compile(r"^[•●▪‣◦·∙–*-]\s+")
_HAN = r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]"


def read(data: bytes, _kind: str) -> dict[str, Any]:
    """The document's text as Markdown. A scan has none and is refused, as is one that only a password opens."""
    reader = pypdf.PdfReader(io.BytesIO(data))
    if reader.is_encrypted:
        raise unreadable("the PDF is locked with a password; save it without", "PDF 已加密，请去掉密码后保存")
    if len(reader.pages) > MOST_PAGES:
        raise unreadable(f"the PDF has more than {MOST_PAGES} pages; split it into articles", f"PDF 超过 {MOST_PAGES} 页，请拆成多篇文章")
    sizes: dict[str, float] = {}
    weight: Counter[float] = Counter()
    pages = [_lines(page, sizes, weight) for page in reader.pages]
    text = _markdown([line for page in _without_running_lines(pages) for line in [*page, ""]], sizes, weight)
    said = re.sub(r"\s", "", text)
    if not said:
        raise unreadable(
            "there is no text in the PDF, only pictures; have the text recognised (OCR) first", "PDF 中没有文字，只有图片；请先做文字识别（OCR）"
        )
    if len(re.findall(r"[\ufffd\ue000-\uf8ff]", said)) > len(said) / 100:
        raise unreadable("the PDF does not say which letters its signs are; save it anew from its source", "PDF 缺少字符编码信息，请从源文件重新导出")
    return {"text": text}


def _lines(page: pypdf.PageObject, sizes: dict[str, float], weight: Counter[float]) -> list[str]:
    """The page's lines with their columns apart; notes the size of type of every line."""

    def seen(text: str, cm: list[float], tm: list[float], _font: object, size: float) -> None:
        words = _packed(text)
        if words:
            scale = abs(tm[3] or tm[1] or 1) * abs(cm[3] or cm[1] or 1)
            real = round(float(size) * scale, 1)
            sizes[words] = max(real, sizes.get(words, 0))
            weight[real] += len(words)

    page.extract_text(visitor_text=seen)
    return str(page.extract_text(extraction_mode="layout", layout_mode_space_vertically=True)).split("\n")


def _without_running_lines(pages: list[list[str]]) -> list[list[str]]:
    """Page numbers and running titles left out: the first or last line of every page, the same but for its numbers, on three pages or more."""
    if len(pages) < 3:
        return pages
    for at in (0, -1):
        ends = [[line for line in page if line.strip()] for page in pages]
        same = {re.sub(r"\d+", "#", one_line(lines[at])) for lines in ends if lines}
        if len(same) == 1 and all(ends):
            pages = [_without(page, lines[at], at) for page, lines in zip(pages, ends, strict=True)]
    return pages


def _without(page: list[str], line: str, at: int) -> list[str]:
    place = page.index(line) if at == 0 else len(page) - 1 - page[::-1].index(line)
    return page[:place] + page[place + 1 :]


def _markdown(lines: list[str], sizes: dict[str, float], weight: Counter[float]) -> str:
    body = weight.most_common(1)[0][0] if weight else 0.0
    larger = sorted({size for size in sizes.values() if size > body * _LARGER}, reverse=True)
    out: list[str] = []
    paragraph: list[str] = []
    at = 0

    def end() -> None:
        if paragraph:
            item, before = paragraph[0].startswith("- "), bool(out) and out[-1].startswith("- ")
            out.extend([_joined(paragraph)] if item and before else ["", _joined(paragraph)])
            paragraph.clear()

    while at < len(lines):
        line = one_line(lines[at])
        rows, after = _table(lines, at)
        size = sizes.get(_packed(line), body)
        if rows:
            end()
            out.extend(["", table_of(rows)])
            at = after
            continue
        if not line:
            end()
        elif size > body * _LARGER and len(line) <= _LONGEST_HEADING:
            end()
            out.extend(["", "#" * min(6, 1 + larger.index(size)) + " " + line])
        elif _BULLET.match(line):
            end()
            paragraph.append("- " + _BULLET.sub("", line))
        else:
            paragraph.append(line if paragraph else harmless(line))
        at += 1
    end()
    return "\n".join(out).strip() + "\n"


def _table(lines: list[str], at: int) -> tuple[list[list[str]], int]:
    """A table that begins at this line, and the line after it; none where fewer than two rows line up."""
    header = _cells(lines[at])
    if len(header) < 2:
        return [], at
    starts = [start for start, _ in header]
    rows = [[text for _, text in header]]
    after = at + 1
    for n in range(at + 1, len(lines)):
        found = _cells(lines[n])
        if not found:
            if n - after >= 2:
                break
            continue
        columns = [next((c for c, s in enumerate(starts) if abs(s - start) <= _NEAR), None) for start, _ in found]
        if None in columns or len(set(columns)) < len(columns) or columns == [0]:
            break
        if 0 not in columns:  # a cell that goes on below
            for c, (_, text) in zip(columns, found, strict=True):
                rows[-1][c or 0] = _joined([rows[-1][c or 0], text])
        else:
            row = [""] * len(starts)
            for c, (_, text) in zip(columns, found, strict=True):
                row[c or 0] = text
            rows.append(row)
        after = n + 1
    return (rows, after) if len(rows) > 1 else ([], at)


def _cells(line: str) -> list[tuple[int, str]]:
    return [(m.start(), one_line(m.group())) for m in re.finditer(r"\S+(?:\s\S+)*", line)]


def _packed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _joined(parts: Iterable[str]) -> str:
    """Broken lines put together: a space between words, none between Chinese characters or after a hyphen."""
    text = ""
    for part in parts:
        close = not text or (re.search(rf"(?:{_HAN}|\w-)$", text) and (text.endswith("-") or re.match(_HAN, part)))
        text += part if close else f" {part}"
    return text
