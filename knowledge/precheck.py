"""Before any parser sees a file: is it a plain file of ours, of the kind its name says, and of a size that can be unpacked?

Nothing here is as long as the file's author wishes: names, sizes and the first and last bytes are looked at, no content.
"""

import io
import os
import re
import stat
import zipfile
from pathlib import Path
from typing import Literal

from basics.words import Words
from knowledge.article import ArticleRefused

Kind = Literal["pdf", "docx", "html", "csv", "jsonl"]
KINDS: dict[str, Kind] = {".pdf": "pdf", ".docx": "docx", ".html": "html", ".htm": "html", ".csv": "csv", ".jsonl": "jsonl"}
MOST_BYTES = 20_000_000
MOST_TEXT_BYTES = 5_000_000  # of HTML, CSV and JSON lines
MOST_MEMBERS, MOST_UNPACKED, MOST_TIMES = 2_000, 50_000_000, 100  # of a zip: measured on hostile files, see docs/decisions/0008
_SMALL = 1_000_000  # a member this small may be packed as tightly as it likes
_MOST_DIRECTORY = 1_000_000  # bytes of a zip's list of members: a list of 2,000 is a tenth of it
_SIGNS = {
    b"%PDF-": "PDF", b"PK\x03\x04": "ZIP/DOCX", b"\xd0\xcf\x11\xe0": "DOC/XLS", b"\x7fELF": "ELF", b"MZ": "EXE", b"\x89PNG": "PNG", b"GIF8": "GIF",
    b"\xff\xd8\xff": "JPEG", b"\x1f\x8b": "GZIP", b"Rar!": "RAR", b"7z\xbc\xaf": "7Z", b"SQLite format 3": "SQLite", b"{\\rtf": "RTF",
}  # fmt: skip
_ARCHIVES = (".zip", ".jar", ".7z", ".rar", ".gz", ".tgz", ".bz2", ".xz", ".tar", ".docx", ".docm")


def admitted(path: Path, root: Path, shown_as: str) -> None:
    """Refuse what is no plain file inside `root`: a name that cannot be shown, a link that leads out, a pipe, a device."""
    if re.search(
        r"[\x00-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]", str(path.relative_to(root) if path.is_relative_to(root) else path)
    ):
        raise _no(
            shown_as,
            "the name holds a line break or another character that cannot be shown; rename the file",
            "文件名含有换行或无法显示的字符，请重命名",
        )
    try:
        real = path.resolve(strict=True)
        state = real.stat()
    except (OSError, RuntimeError):
        raise _no(shown_as, "the file is a link that leads nowhere; remove it", "该文件是失效的链接，请删除") from None
    if not real.is_relative_to(root):
        raise _no(shown_as, "the file is a link out of the folder; put the file itself there", "该文件是指向文件夹之外的链接，请放入文件本身")
    if not stat.S_ISREG(state.st_mode):
        raise _no(shown_as, "this is no plain file but a pipe, socket or device; remove it", "这不是普通文件，而是管道、套接字或设备，请删除")
    if state.st_size == 0:
        raise _no(shown_as, "the file is empty", "文件为空")


def opened(path: Path, kind: Kind, shown_as: str) -> io.FileIO:
    """The file, looked at, open at its beginning and unbuffered, for a child goes on where we stand.

    What is parsed is what was checked, even if the name is given to another file meanwhile.
    """
    try:
        file = os.fdopen(os.open(path.resolve(), os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC), "rb", buffering=0)
    except OSError as wrong:
        raise _no(shown_as, f"the file cannot be read: {wrong.strerror}", f"无法读取文件：{wrong.strerror}") from None
    try:
        _look(file, kind, shown_as)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def _look(file: io.FileIO, kind: Kind, shown_as: str) -> None:
    state = os.fstat(file.fileno())
    most = MOST_BYTES if kind in ("pdf", "docx") else MOST_TEXT_BYTES
    if not stat.S_ISREG(state.st_mode):
        raise _no(shown_as, "this is no plain file", "这不是普通文件")
    if state.st_size > most:
        raise _no(shown_as, f"the file is larger than {most:,} bytes; split it", f"文件超过 {most:,} 字节，请拆分")
    head = file.read(1024)
    sign = next((name for mark, name in _SIGNS.items() if head.startswith(mark)), None)
    if kind == "pdf":
        if b"%PDF-" not in head or sign not in (None, "PDF"):
            raise _is_not(shown_as, "PDF", sign)
    elif kind == "docx":
        if sign == "DOC/XLS":
            raise _no(shown_as, "the document is locked with a password or of the old .doc kind; save it as .docx without a password",
                      "文档已加密或为旧版 .doc 格式，请另存为无密码的 .docx")  # fmt: skip
        if sign != "ZIP/DOCX":
            raise _is_not(shown_as, "DOCX", sign)
        _look_into_zip(file, state.st_size, shown_as)
    else:
        if head.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise _no(shown_as, "the file is UTF-16 text; save it as UTF-8", "文件为 UTF-16 编码，请另存为 UTF-8")
        if sign is not None or b"\x00" in head:
            raise _is_not(shown_as, kind.upper(), sign)


def _look_into_zip(file: io.FileIO, size: int, shown_as: str) -> None:
    file.seek(max(0, size - 66_000))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")  # the end of the list of members, with the list's length
    if at < 0 or len(tail) < at + 22:
        raise _no(shown_as, "the file is cut off or damaged; save it again", "文件不完整或已损坏，请重新保存")
    listed, long = int.from_bytes(tail[at + 10 : at + 12], "little"), int.from_bytes(tail[at + 12 : at + 16], "little")
    if listed > MOST_MEMBERS or long > _MOST_DIRECTORY:
        raise _too_big(shown_as)
    try:
        with zipfile.ZipFile(file) as packed:
            members = packed.infolist()
    except (zipfile.BadZipFile, zipfile.LargeZipFile, ValueError, OSError, NotImplementedError, UnicodeError):
        raise _no(shown_as, "the file is cut off or damaged; save it again", "文件不完整或已损坏，请重新保存") from None
    unpacked = sum(m.file_size for m in members)
    tight = any(m.file_size > _SMALL and m.file_size > MOST_TIMES * max(1, m.compress_size) for m in members)
    if len(members) > MOST_MEMBERS or unpacked > MOST_UNPACKED or unpacked > MOST_TIMES * size or tight:
        raise _too_big(shown_as)
    names = [m.filename for m in members]
    if len(set(names)) < len(names):
        raise _no(shown_as, "two parts of the document have one name; save it again", "文档内有重名的部分，请重新保存")
    if any(n.startswith(("/", "\\")) or ".." in n.replace("\\", "/").split("/") or ":" in n or "\x00" in n for n in names):
        raise _no(
            shown_as, "a part of the document is named as if it lay outside of it; nothing was unpacked", "文档内有指向外部路径的部分，未解压任何内容"
        )
    if any(n.lower().endswith(_ARCHIVES) for n in names):
        raise _no(shown_as, "another archive is packed inside; take it out", "文档内嵌有压缩包，请移除")
    if any(m.flag_bits & 1 for m in members):
        raise _no(shown_as, "the document is locked with a password; save it without", "文档已加密，请去掉密码后保存")
    if "word/document.xml" not in names:
        raise _is_not(shown_as, "DOCX", "ZIP")


def _too_big(shown_as: str) -> ArticleRefused:
    return _no(
        shown_as,
        f"the document unpacks to more than {MOST_UNPACKED:,} bytes, {MOST_TIMES} times its size or {MOST_MEMBERS:,} parts; nothing was unpacked",
        f"文档解压后超过 {MOST_UNPACKED:,} 字节、自身的 {MOST_TIMES} 倍或 {MOST_MEMBERS:,} 个部分，未解压",
    )


def _is_not(shown_as: str, wanted: str, sign: str | None) -> ArticleRefused:
    en, zh = (f" but {sign}", f"，而是 {sign}") if sign else ("", "")
    return _no(
        shown_as, f"the name says {wanted}, but the file is not{en}; give it its right ending", f"文件名表示 {wanted}，但内容并不是{zh}，请改正扩展名"
    )


def _no(shown_as: str, en: str, zh: str) -> ArticleRefused:
    return ArticleRefused(shown_as, 1, Words(en=en, zh=zh))
