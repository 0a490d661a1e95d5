"""Web pages, by trafilatura: the article of a page without its menus, banners and scripts."""

import re
from copy import deepcopy
from typing import Any

import trafilatura
from trafilatura.settings import DEFAULT_CONFIG

from knowledge.article import unreadable
from knowledge.markup import TooManyCells, markdown_of

# By what pages say of themselves; every other one is not guessed at, for a wrong guess is a wrong policy.
_CHARSETS = {"utf-8": "utf-8", "utf8": "utf-8", "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "big5": "big5",
             "iso-8859-1": "cp1252", "windows-1252": "cp1252", "us-ascii": "utf-8"}  # fmt: skip
_HIDDEN = [
    "//*[@hidden]",
    "//*[@aria-hidden='true']",
    *(f"//*[contains(translate(@style, ' ', ''), '{s}')]" for s in ("display:none", "visibility:hidden")),
]

# A short page is a page: below a size it has its own other way, which flattens headings, lists and tables to one line of words, menus among them.
_SHORT_TOO = deepcopy(DEFAULT_CONFIG)
for _least in ("MIN_EXTRACTED_SIZE", "MIN_OUTPUT_SIZE"):
    _SHORT_TOO["DEFAULT"][_least] = "1"

_SAYS_WHERE = re.compile(r"<(?:article|main)\b|(?:id|class|role)\s*=\s*[\"']?[^\"'>]{0,80}(?:content|article|post|main|text|body)", re.IGNORECASE)
_BODY = re.compile(r"(<body\b[^>]{0,2000}>)(.*)(?=</body>)", re.IGNORECASE | re.DOTALL)  # without any such place its headings are taken for menus
_LEAST = 0.25  # of a page's words; below it something was lost: a policy without its exceptions is worse than none


def read(data: bytes, _kind: str) -> dict[str, Any]:
    """The page's article as Markdown; what a reader of the page does not see is left out."""
    page = _decoded(data)
    if not re.search(r"<[a-zA-Z!]", page):
        raise unreadable("this is no HTML page", "这不是 HTML 页面")
    marked = page if _SAYS_WHERE.search(page) else _BODY.sub(r"\1<article>\2</article>", page, count=1)
    found = trafilatura.extract(
        marked, output_format="html", include_comments=False, include_tables=True, include_links=False, include_images=False,
        include_formatting=True, favor_recall=True, deduplicate=False, prune_xpath=_HIDDEN, fast=True, config=_SHORT_TOO,
    )  # fmt: skip
    if not found:
        raise unreadable("there is no article in the page, only menus or scripts", "页面中没有正文，只有菜单或脚本")
    try:
        text = markdown_of(found)
    except TooManyCells:
        raise unreadable("a table has too many cells; split the page", "表格单元格过多，请拆分页面") from None
    if len(text) < _LEAST * len(markdown_of(page)):
        raise unreadable(
            "most of the page's words were left out as menus and the like; save the article alone as HTML",
            "页面的大部分文字被当作菜单等内容略去；请只把正文另存为 HTML",
        )
    return {"text": text}


def _decoded(data: bytes) -> str:
    said = re.search(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([A-Za-z0-9_-]{1,40})", data[:4096], re.IGNORECASE)
    name = said.group(1).decode("ascii").lower() if said and not data.startswith(b"\xef\xbb\xbf") else "utf-8"
    try:
        return data.decode("utf-8-sig" if _CHARSETS[name] == "utf-8" else _CHARSETS[name]).replace("\x00", "")
    except KeyError:
        raise unreadable(
            f"the page says its charset is {name}, which is not read; save it as UTF-8", f"不支持页面声明的编码 {name}，请另存为 UTF-8"
        ) from None
    except UnicodeDecodeError:
        raise unreadable(f"the page is not {name} text; save it as UTF-8", f"页面不是 {name} 编码的文本，请另存为 UTF-8") from None
