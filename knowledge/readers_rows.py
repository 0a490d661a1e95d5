"""Lists of questions and answers: CSV with a header line, or JSON lines. One row, one curated answer."""

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any

from knowledge.article import unreadable

MOST_ROWS = 5_000
_MOST_CELL = 20_000  # characters
_SAME = {
    "问题": "question",
    "答案": "answer",
    "回答": "answer",
    "语言": "lang",
    "编号": "id",
    "版本": "version",
    "生效日期": "from",
    "失效日期": "to",
}
COLUMNS = ("question", "answer", "lang", "id", "audience", "version", "supersedes", "owner", "source_url", "applies_by", "from", "to")
_NUMBERS = ("version", "supersedes")
_FORMULA = re.compile(r"\s*(?:=|@[\w.]+\(|[+-]\w+[(!|])")


def read(data: bytes, kind: str) -> dict[str, Any]:
    """The rows: of each its line and its fields (`from` and `to` are the days of in_force); an empty cell is no field."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise unreadable(
            f"the file is not UTF-8 text (byte {wrong.start}); save it as UTF-8 (in Excel: CSV UTF-8)",
            f"文件不是 UTF-8 文本（第 {wrong.start} 字节），请另存为 UTF-8（Excel 中选择 CSV UTF-8）",
        ) from None
    rows = [{"line": line, "fields": _fields(line, row)} for line, row in (_of_csv(text) if kind == "csv" else _of_json(text))]
    if not rows:
        raise unreadable("there is no question and answer in the file", "文件中没有问答")
    return {"rows": rows}


def _of_csv(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    csv.field_size_limit(_MOST_CELL)
    first = text.lstrip("\r\n").partition("\n")[0]
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    header: list[str] = []
    before = 1
    try:
        for row in lines:
            line, before = before, lines.line_num + 1
            if not any(cell.strip() for cell in row):
                continue
            if not header:
                header = [_SAME.get(name.strip(), name.strip().lower()) for name in row]
                _look_at(header)
                continue
            if len(row) > len(header) and any(cell.strip() for cell in row[len(header) :]):
                raise unreadable("the line has more cells than the header; put quotation marks around texts with commas",
                                 "该行的单元格多于表头；含逗号的文字请加引号", line)  # fmt: skip
            _few(line, row)
            yield line, {name: cell.strip() for name, cell in zip(header, row, strict=False) if cell.strip()}
    except csv.Error:
        raise unreadable(
            "the line is no CSV: a quotation mark is not closed, or a cell is too long", "该行不是有效的 CSV：引号未闭合或单元格过长", before
        ) from None


def _look_at(header: list[str]) -> None:
    unknown = [name for name in header if name not in COLUMNS]
    if "question" not in header or "answer" not in header or unknown or len(set(header)) < len(header):
        said = f"; not '{unknown[0][:40]}'" if unknown else ""
        raise unreadable(f"the first line names the columns: question, answer and, if you like, {', '.join(COLUMNS[2:])}{said}",
                         f"第一行应为列名：question、answer，以及可选的 {', '.join(COLUMNS[2:])}")  # fmt: skip


def _of_json(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for line, written in enumerate(text.split("\n"), start=1):
        if not written.strip():
            continue
        try:
            row = json.loads(written, parse_constant=float)
        except (ValueError, RecursionError):
            raise unreadable("the line is no JSON object", "该行不是 JSON 对象", line) from None
        if not isinstance(row, dict) or not all(isinstance(v, str | int) for v in row.values()) or not {"question", "answer"} <= row.keys():
            raise unreadable(
                'each line is an object of texts: {"question": "…", "answer": "…"}', '每行应为一个对象：{"question": "…", "answer": "…"}', line
            )
        if unknown := next((name for name in row if name not in COLUMNS), None):
            raise unreadable(
                f"'{unknown[:40]}' is not a field; the fields are {', '.join(COLUMNS)}", f"未知字段；可用字段：{', '.join(COLUMNS)}", line
            )
        _few(line, [str(v) for v in row.values()])
        yield line, {name: str(value).strip() for name, value in row.items() if str(value).strip()}


def _few(line: int, cells: list[str]) -> None:
    if line > 4 * MOST_ROWS:
        raise unreadable(f"the file has more than {MOST_ROWS:,} rows; split it", f"文件超过 {MOST_ROWS:,} 行，请拆分", line)
    if any(_FORMULA.match(cell) for cell in cells):
        raise unreadable("a cell is a formula; put its value there", "单元格是公式，请填写其值", line)
    if any(re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]", cell) or len(cell) > _MOST_CELL for cell in cells):
        raise unreadable("a cell holds a control character or is too long", "单元格含有控制字符或过长", line)


def _fields(line: int, row: dict[str, Any]) -> dict[str, Any]:
    for name in _NUMBERS:
        if name in row:
            if not re.fullmatch(r"\d{1,9}", row[name]):
                raise unreadable(f"'{name}' must be a whole number", f"“{name}”应为整数", line)
            row[name] = int(row[name])
    if "to" in row and "from" not in row:
        raise unreadable("'to' stands without 'from'", "填写了 to 但缺少 from", line)
    return row
