"""A file becomes an article: Markdown with YAML front matter."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import frontmatter
import yaml
from pydantic import ValidationError

from knowledge.article import Article, ArticleRefused

MOST_BYTES = 2_000_000  # a policy article is a few kB; a file of this size is a mistake, and would be read into memory whole
_WANTED = (
    "id, title, lang, audience, in_force, version, owner, source_url, applies_by "
    "(and supersedes where it replaces one, asks where people ask in other words)"
)


def read_markdown(path: Path, shown_as: str) -> Article:
    """The article in the file at `path`; raises ArticleRefused (file, line, why) for anything that is not one."""
    raw = _text_of(path, shown_as)
    fields, body = _front_matter(raw, shown_as)
    fields.setdefault("source_url", "")
    try:
        return Article.model_validate({**fields, "body": body})
    except ValidationError as wrong:
        first = wrong.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise ArticleRefused(shown_as, _line_of(raw, str(first["loc"][0]) if first["loc"] else ""), _why(name, first)) from None


def _text_of(path: Path, shown_as: str) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ArticleRefused(shown_as, 1, f"the file is larger than {MOST_BYTES:,} bytes; split it into articles")
        return path.read_bytes().decode("utf-8-sig").replace("\x00", "").replace("\r\n", "\n")
    except UnicodeDecodeError as wrong:
        raise ArticleRefused(shown_as, 1, f"the file is not UTF-8 text (byte {wrong.start}); save it as UTF-8") from None
    except OSError as wrong:
        raise ArticleRefused(shown_as, 1, f"the file cannot be read: {wrong.strerror}") from None


def _front_matter(raw: str, shown_as: str) -> tuple[dict[str, Any], str]:
    if not re.match(r"\A\s*---\s*\n", raw):
        raise ArticleRefused(shown_as, 1, f"the front matter is missing; begin the file with '---' and give {_WANTED}")
    if not re.search(r"\n---[ \t]*(\n|\Z)", raw):
        raise ArticleRefused(shown_as, 1, "the front matter is not closed; end it with a line '---'")
    try:
        fields, body = frontmatter.parse(raw)
    except yaml.YAMLError as wrong:
        mark = getattr(wrong, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        raise ArticleRefused(shown_as, line, f"the front matter is not valid YAML: {getattr(wrong, 'problem', wrong)}") from None
    if not isinstance(fields, dict) or not fields:
        raise ArticleRefused(shown_as, 1, f"the front matter is empty; give {_WANTED}")
    if not body.strip():
        raise ArticleRefused(shown_as, raw.count("\n") + 1, "there is no text below the front matter")
    return dict(fields), body.strip() + "\n"


def _line_of(raw: str, field: str) -> int:
    for number, line in enumerate(raw.split("\n"), start=1):
        if field and line.startswith(f"{field}:"):
            return number
    return 1


def _why(name: str, error: Any) -> str:
    given = error.get("input")
    match error["type"]:
        case "missing":
            return f"'{name}' is missing; give it in the front matter"
        case "literal_error":
            return f"'{name}' is {given!r}; it must be one of {error['ctx']['expected']}"
        case "extra_forbidden":
            return f"'{name}' is not a field of an article; the fields are {_WANTED}"
        case _:
            said = given if isinstance(given, str | int | float | bool | date) else type(given).__name__
            return f"'{name}' is {said!r}: {error['msg'].removeprefix('Value error, ')}" if name else error["msg"].removeprefix("Value error, ")
