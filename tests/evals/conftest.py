"""One embedder for all tests of a process, and files of lines to put in front of the benches."""

import json
from collections.abc import Callable
from pathlib import Path
from shutil import copy
from typing import Any

import pytest

from bot.settings import Settings
from knowledge.embedder_packaged import Packaged

Lines = Callable[..., Path]


@pytest.fixture(scope="session")
def embedder() -> Packaged:
    return Packaged()


@pytest.fixture
def lines(tmp_path: Path) -> Lines:
    """Writes a file of JSON lines; a string is written as it stands."""

    def write(name: str, *rows: dict[str, Any] | str) -> Path:
        file = tmp_path / name
        file.write_text("".join((r if isinstance(r, str) else json.dumps(r, ensure_ascii=False)) + "\n" for r in rows), encoding="utf-8")
        return file

    return write


@pytest.fixture(scope="module")
def two_articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two of the house's articles, in English."""
    folder = tmp_path_factory.mktemp("articles")
    (folder / "en").mkdir()
    for name in ("checked-baggage", "pets"):
        copy(Settings().articles / "en" / f"{name}.md", folder / "en")
    return folder
