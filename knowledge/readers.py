"""A file becomes an article: Markdown with YAML front matter."""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import frontmatter
import yaml
from pydantic import ValidationError

from basics.words import Words, words
from knowledge.article import Article, ArticleRefused
from knowledge.facts import LOADER, facts_of

MOST_BYTES = 2_000_000  # a policy article is a few kB; a file of this size is a mistake, and would be read into memory whole
_MOST_FIELDS = 100_000  # characters of YAML
_DEEPEST = 20  # brackets within brackets of YAML; ours has three
_WANTED = (
    "id, title, lang, audience, in_force, version, owner, source_url, applies_by "
    "(and supersedes where it replaces one, asks where people ask in other words, stakes where much depends on it)"
)
_FRONT = words("the front matter", "文件开头的 front matter")


def read_markdown(path: Path, shown_as: str) -> Article:
    """The article in the file at `path`; raises ArticleRefused (file, line, why) for anything that is not one."""
    raw = _text_of(path, shown_as)
    fields, body = _front_matter(raw, shown_as)
    return article_of(fields, body, shown_as, _FRONT, raw)


def article_of(fields: Mapping[str, Any], body: str, shown_as: str, where: Words, raw: str = "", line: int = 1) -> Article:
    """The article of these fields and this text; ArticleRefused names the field, its line in `raw` (else `line`), and `where` to give it."""
    try:
        return Article.model_validate({"source_url": "", **fields, "body": body})
    except ValidationError as wrong:
        first = wrong.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        at = _line_of(raw, str(first["loc"][0]) if first["loc"] else "") if raw else line
        raise ArticleRefused(shown_as, at, _why(name, first, where)) from None


def fields_of(text: str, shown_as: str, where: Words, line: int = 1) -> dict[str, Any]:
    """The fields of a YAML text that begins on `line`. Nothing in it can grow: aliases and deep nesting are refused before it is built."""
    if len(text) > _MOST_FIELDS:
        raise ArticleRefused(
            shown_as, line, words(f"{where.en} is longer than {_MOST_FIELDS:,} characters", f"{where.zh}超过 {_MOST_FIELDS:,} 个字符")
        )
    try:
        _look_through(text, shown_as, where, line)
        fields = facts_of(text)
    except yaml.YAMLError as wrong:
        mark = getattr(wrong, "problem_mark", None)
        raise ArticleRefused(
            shown_as,
            line + mark.line if mark else line,
            words(f"{where.en} is not valid YAML: {getattr(wrong, 'problem', None) or 'it cannot be read'}", f"{where.zh}不是有效的 YAML"),
        ) from None
    except (ValueError, OverflowError) as wrong:  # a day that no month has, a number of thousands of digits
        raise ArticleRefused(shown_as, line, words(f"{where.en} holds a value that is none: {wrong}", f"{where.zh}含有无效的值")) from None
    if not isinstance(fields, dict) or not fields or not all(isinstance(name, str) for name in fields):
        raise ArticleRefused(
            shown_as, line, words(f"{where.en} is empty or no list of fields; give {_WANTED}", f"{where.zh}为空或不是字段列表；请填写 {_WANTED}")
        )
    if bad := _with_controls(fields):
        why = words(f"'{bad}' holds a control character; type it again", f"“{bad}”含有控制字符，请重新输入")
        raise ArticleRefused(shown_as, line, why)
    return dict(fields)


def _look_through(text: str, shown_as: str, where: Words, line: int) -> None:
    depth = 0
    for token in yaml.scan(text, Loader=LOADER):
        if isinstance(token, yaml.AliasToken | yaml.AnchorToken | yaml.TagToken):
            why = words(f"{where.en} uses a YAML anchor, alias or tag; write the value out", f"{where.zh}使用了 YAML 锚点、别名或标签，请直接写出值")
            raise ArticleRefused(shown_as, line + token.start_mark.line, why)
        opens = isinstance(
            token, yaml.FlowSequenceStartToken | yaml.FlowMappingStartToken | yaml.BlockSequenceStartToken | yaml.BlockMappingStartToken
        )
        closes = isinstance(token, yaml.FlowSequenceEndToken | yaml.FlowMappingEndToken | yaml.BlockEndToken)
        depth += opens - closes
        if depth > _DEEPEST:
            raise ArticleRefused(shown_as, line + token.start_mark.line, words(f"{where.en} is nested too deeply", f"{where.zh}嵌套过深"))


def _with_controls(fields: Mapping[str, Any]) -> str | None:
    """The first field whose text holds what cannot be kept or shown: NUL and its like, half a surrogate pair."""
    return next(
        (name for name, value in fields.items() if re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]", f"{name} {_flat(value)}")), None
    )


def _flat(value: Any) -> str:
    match value:
        case dict():
            return " ".join(f"{_flat(k)} {_flat(v)}" for k, v in value.items())
        case list():
            return " ".join(map(_flat, value))
        case _:
            return str(value)


def _text_of(path: Path, shown_as: str) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ArticleRefused(
                shown_as,
                1,
                words(f"the file is larger than {MOST_BYTES:,} bytes; split it into articles", f"文件超过 {MOST_BYTES:,} 字节，请拆成多篇文章"),
            )
        return path.read_bytes().decode("utf-8-sig").replace("\x00", "").replace("\r\n", "\n")
    except UnicodeDecodeError as wrong:
        why = words(
            f"the file is not UTF-8 text (byte {wrong.start}); save it as UTF-8", f"文件不是 UTF-8 文本（第 {wrong.start} 字节），请另存为 UTF-8"
        )
        raise ArticleRefused(shown_as, 1, why) from None
    except OSError as wrong:
        raise ArticleRefused(shown_as, 1, words(f"the file cannot be read: {wrong.strerror}", f"无法读取文件：{wrong.strerror}")) from None


def _front_matter(raw: str, shown_as: str) -> tuple[dict[str, Any], str]:
    begins = re.match(r"\A\s*---\s*\n", raw)
    if not begins:
        why = words(
            f"the front matter is missing; begin the file with '---' and give {_WANTED}", f"缺少 front matter；请以 “---” 开头并填写 {_WANTED}"
        )
        raise ArticleRefused(shown_as, 1, why)
    ends = re.search(r"\n---[ \t]*(\n|\Z)", raw)
    if not ends:
        raise ArticleRefused(
            shown_as, 1, words("the front matter is not closed; end it with a line '---'", "front matter 没有结束；请用一行 “---” 结束")
        )
    between = raw[begins.end() : ends.start() + 1] if ends.start() >= begins.end() else ""
    fields = fields_of(between, shown_as, _FRONT, raw[: begins.end()].count("\n") + 1)
    _, body = frontmatter.parse(raw)
    if not body.strip():
        raise ArticleRefused(shown_as, raw.count("\n") + 1, words("there is no text below the front matter", "front matter 下面没有正文"))
    return fields, body.strip() + "\n"


def _line_of(raw: str, field: str) -> int:
    for number, line in enumerate(raw.split("\n"), start=1):
        if field and line.startswith(f"{field}:"):
            return number
    return 1


def _why(name: str, error: Any, where: Words) -> Words:
    given = error.get("input")
    match error["type"]:
        case "missing":
            return words(f"'{name}' is missing; give it in {where.en}", f"缺少“{name}”；请写在{where.zh}里")
        case "literal_error":
            expected = error["ctx"]["expected"]
            return words(f"'{name}' is {_said(given)}; it must be one of {expected}", f"“{name}”的值为 {_said(given)}，只能是 {expected}")
        case "extra_forbidden":
            return words(f"'{name}' is not a field of an article; the fields are {_WANTED}", f"“{name}”不是文章的字段；可用的字段：{_WANTED}")
        case _:
            told = error["msg"].removeprefix("Value error, ")
            if not name:
                return words(told, f"字段之间不一致：{told}")
            return words(f"'{name}' is {_said(given)}: {told}", f"“{name}”的值 {_said(given)} 无效：{told}")


def _said(given: Any) -> str:
    """A value as an error may show it: short, and never a structure."""
    return repr(given)[:80] if isinstance(given, str | int | float | bool | date) else type(given).__name__
