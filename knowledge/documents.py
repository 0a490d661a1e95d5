"""A PDF, DOCX, HTML or FAQ file becomes articles: what its reader found, with the fields that stand beside it. Without an audience, none."""

import re
from pathlib import Path
from typing import Any

from basics.ids import fingerprint
from basics.words import Lang, words
from knowledge.article import Article, ArticleRefused
from knowledge.precheck import KINDS
from knowledge.readers import article_of
from knowledge.reading import parsed
from knowledge.sidecar import fields_beside, where_of

_HAN = re.compile(r"[\u3400-\u9fff]")
_LETTER = re.compile(r"[A-Za-z]")


def read_document(path: Path, root: Path, shown_as: str) -> tuple[list[Article], list[ArticleRefused]]:
    """The articles in a file below `root`, and its rows that are none; ArticleRefused where the whole file is none."""
    try:
        fields = fields_beside(path, root)
    except ArticleRefused as no:  # told of the document: it is the document that is not taken, and that keeps what it gave before
        raise ArticleRefused(shown_as, 1, words(f"{no.file}:{no.line}: {no.why.en}", f"{no.file} 第 {no.line} 行：{no.why.zh}")) from None
    found = parsed(path, KINDS[path.suffix.lower()], shown_as)
    if "text" in found:
        return [_article(path, root, shown_as, fields, found["text"])], []
    taken, refused = [], []
    for row in found["rows"]:
        try:
            taken.append(_answer(path, root, shown_as, fields, row["fields"], row["line"]))
        except ArticleRefused as no:
            refused.append(no)
    return taken, refused


def _article(path: Path, root: Path, shown_as: str, fields: dict[str, Any], text: str) -> Article:
    first = re.match(r"#{1,6} (.+)\n?", text)
    title = str(fields.get("title") or (first.group(1) if first else path.stem))[:300]
    lang, name = _lang_and_name(path, text, fields)
    if not text.strip():
        raise ArticleRefused(shown_as, 1, words("there is no text in the file", "文件中没有文字"))
    body = text if first and first.group(1) == title else f"# {title}\n\n{text}"
    fields = {"lang": lang, "title": title, **fields}
    if "id" not in fields:
        fields["id"] = _id(path, root, shown_as, name)
    return article_of(fields, body.strip() + "\n", shown_as, where_of(path))


def _answer(path: Path, root: Path, shown_as: str, beside: dict[str, Any], row: dict[str, Any], line: int) -> Article:
    """The curated answer in one row; its own fields win over those beside the file."""
    row = dict(row)
    question = re.sub(r"\s+", " ", str(row.pop("question", ""))).strip()
    answer = str(row.pop("answer", "")).replace("\r\n", "\n").strip()
    if not question or not answer:
        raise ArticleRefused(shown_as, line, words("the question or its answer is missing", "缺少问题或答案"))
    if "from" in row:
        row["in_force"] = {"from": row.pop("from")} | ({"to": row.pop("to")} if "to" in row else {})
    fields = {k: v for k, v in beside.items() if k not in ("id", "title", "asks", "supersedes")} | row
    lang, name = _lang_and_name(path, question + answer, fields)
    if "id" not in fields:
        fields["id"] = f"{_id(path, root, shown_as, name)}/{fingerprint(question)[:12]}"
    return article_of({"lang": lang, **fields, "kind": "qa", "title": question}, f"# {question}\n\n{answer}\n", shown_as, where_of(path), line=line)


def _lang_and_name(path: Path, text: str, fields: dict[str, Any]) -> tuple[Lang, str]:
    """The language by NAME.en.pdf or NAME.zh.pdf, else by the script of the text (a Chinese character says as much as two letters); the bare name."""
    name, _, last = path.stem.rpartition(".")
    if name and last in ("en", "zh"):
        return ("zh" if last == "zh" else "en"), name
    chinese = fields.get("lang") == "zh" if "lang" in fields else 2 * len(_HAN.findall(text)) > len(_LETTER.findall(text))
    return ("zh" if chinese else "en"), path.stem


def _id(path: Path, root: Path, shown_as: str, name: str) -> str:
    """The id by the file's place and name, where they are letters that an id may have."""
    place = "/".join([*path.parent.relative_to(root).parts, name])
    made = re.sub(r"[^A-Za-z0-9._/-]+", "-", place).strip("-./")
    if not re.search(r"[A-Za-z0-9]", made.rpartition("/")[2]) or _HAN.search(name):
        where = where_of(path)
        raise ArticleRefused(shown_as, 1, words(f"'id' is missing and cannot be made from the file's name; give it in {where.en}",
                                                f"缺少“id”且无法由文件名生成；请写在{where.zh}里"))  # fmt: skip
    return made[:100]
