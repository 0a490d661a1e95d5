"""The child that parses one document: `python -m knowledge.read_in_child KIND`, the file on standard input, JSON on standard output."""

import contextlib
import importlib
import json
import os
import resource
import sys
from typing import Any

from knowledge.article import ArticleRefused

CPU_SECONDS = 20
MOST_MEMORY = 1024 * 2**20  # of addresses, not of what is in use
MOST_ANSWER = 8_000_000  # bytes of JSON
MOST_TEXT = 2_000_000  # characters: as much as a Markdown file may have
_READERS = {
    "pdf": "knowledge.readers_pdf", "docx": "knowledge.readers_docx", "html": "knowledge.readers_html",
    "csv": "knowledge.readers_rows", "jsonl": "knowledge.readers_rows",
}  # fmt: skip
_FORBIDDEN = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "os.remove",
    "os.rename",
    "os.kill",
    "shutil.",
)


def main() -> None:
    """Read one document between the fences, and say what was found or why not."""
    kind = sys.argv[1]
    answer = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a library prints is no answer
    _limit(resource.RLIMIT_AS, MOST_MEMORY)
    _limit(resource.RLIMIT_CPU, CPU_SECONDS)
    _limit(resource.RLIMIT_FSIZE, MOST_ANSWER)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NOFILE, 128)
    said = json.dumps(_answer(kind))
    answer.write(said)
    answer.flush()
    os._exit(0)  # nothing that a library wants to do at the end is wanted


def _answer(kind: str) -> dict[str, Any]:
    try:
        reader = importlib.import_module(_READERS[kind])
    except ImportError as missing:
        package = missing.name or kind
        return _refused(
            f"files of this kind are read by {package}, which is not installed: pip install 'travel-concierge[readers]'",
            f"读取此类文件需要 {package}，但尚未安装：pip install 'travel-concierge[readers]'",
        )
    sys.addaudithook(_fence)
    try:
        found: dict[str, Any] = reader.read(sys.stdin.buffer.read(), kind)
    except ArticleRefused as no:
        return {"refused": [no.line, no.why.en, no.why.zh]}
    except (MemoryError, RecursionError):
        return _refused("the file is nested too deeply or needs too much memory; save it anew from its source, or split it",
                        "文件嵌套过深或占用内存过多；请从源文件重新导出或拆分")  # fmt: skip
    except Exception:  # whatever a parser throws at a strange file means one thing to its author
        return _refused("the file is damaged or not what its name says; save it again", "文件已损坏或与扩展名不符，请重新保存")
    if len(found.get("text", "")) > MOST_TEXT:
        return _refused(f"the text is longer than {MOST_TEXT:,} characters; split it into articles", f"正文超过 {MOST_TEXT:,} 个字符，请拆成多篇文章")
    return found


def _refused(en: str, zh: str) -> dict[str, Any]:
    return {"refused": [1, en, zh]}


def _limit(what: int, most: int) -> None:
    with contextlib.suppress(ValueError, OSError):  # macOS does not limit addresses; the other limits hold there
        resource.setrlimit(what, (most, most))


def _fence(event: str, args: tuple[Any, ...]) -> None:
    """No connection, no other process, no file to write: a reader needs none of them."""
    writes = event == "open" and len(args) > 1 and isinstance(args[1], str) and bool(set(args[1]) & set("wax+"))
    if writes or event.startswith(_FORBIDDEN):
        raise PermissionError(f"{event} is not for a reader")


if __name__ == "__main__":
    main()
