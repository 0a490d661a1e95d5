"""A document is parsed in a process of its own, with little memory, little time and nothing to reach; this process reads its answer."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from basics.words import Words, words
from knowledge.article import ArticleRefused
from knowledge.precheck import Kind, opened
from knowledge.read_in_child import CPU_SECONDS, MOST_ANSWER, MOST_MEMORY

WALL_SECONDS = 90  # the processor's seconds are what ends a busy child; this one ends a child that waits


def parsed(path: Path, kind: Kind, shown_as: str) -> dict[str, Any]:
    """What the child found: `{"text": Markdown}` or `{"rows": [{"line", "fields"}]}`; ArticleRefused where it could or would not."""
    with opened(path, kind, shown_as) as file, tempfile.TemporaryFile() as answer:
        command = [sys.executable, "-s", "-P", "-m", "knowledge.read_in_child", kind]
        try:
            ran = subprocess.run(  # noqa: S603 (our own module, and the file comes on its standard input)
                command, stdin=file, stdout=answer, stderr=subprocess.DEVNULL, env=_clean(), cwd="/", timeout=WALL_SECONDS,
                close_fds=True, start_new_session=True, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise ArticleRefused(shown_as, 1, _SLOW) from None
        if ran.returncode != 0:
            raise ArticleRefused(shown_as, 1, _SLOW if ran.returncode in (-signal.SIGXCPU, -signal.SIGKILL) else _FELL)
        answer.seek(0)
        said = answer.read(MOST_ANSWER + 1)
    try:
        found: dict[str, Any] = json.loads(said)
    except ValueError:
        raise ArticleRefused(shown_as, 1, _FELL) from None
    if "refused" in found:
        line, en, zh = found["refused"]
        raise ArticleRefused(shown_as, int(line), Words(en=str(en), zh=str(zh)))
    return found


_SLOW = words(
    f"reading the file took more than {CPU_SECONDS} seconds and was stopped; save it anew from its source, or split it",
    f"读取文件超过 {CPU_SECONDS} 秒，已停止；请从源文件重新导出或拆分",
)
_FELL = words(
    f"reading the file failed, or needed more than {MOST_MEMORY // 2**20} MB; save it anew from its source, or split it",
    f"读取文件失败或所需内存超过 {MOST_MEMORY // 2**20} MB；请从源文件重新导出或拆分",
)


def _clean() -> dict[str, str]:
    """None of our settings, keys or addresses; only where Python's packages are."""
    packages = os.pathsep.join(str(Path(p).resolve()) for p in sys.path if p)
    here = str(Path(__file__).resolve().parent.parent)
    return {"PATH": os.defpath, "LANG": "C.UTF-8", "HOME": "/", "PYTHONPATH": f"{here}{os.pathsep}{packages}", "PYTHONDONTWRITEBYTECODE": "1"}
