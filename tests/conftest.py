"""What every test finds: a clean environment, the house's makers as fixtures, one embedder a process."""

import gc
import os
import shutil

# The embedder's threads spin: on a machine with other work two of them are ten times slower than one. Before anything loads it.
os.environ.setdefault("OMP_NUM_THREADS", "1")

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests import postgres
from tests.house import MINILM, MakeHouse, Served, a_served_house, missing

pytest_plugins = ["tests.outgoing"]

MEMORY = Path("/dev/shm")


def pytest_configure(config: pytest.Config) -> None:
    """Homes stand in memory where there is room: hundreds of them are written, and no test is about a power cut."""
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > 4 << 30:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Where no browser is wanted its stories are not even read: what they import takes a second."""
    return True if collection_path.name == "browser" and "not browser" in config.option.markexpr else None


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is imported by now stays: the collector of garbage need not look through it again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the developer's own reaches a test."""
    for name in [n for n in os.environ if n.startswith("CONCIERGE_") or n == "PORT"]:
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def own_databases() -> Iterator[None]:
    """What a test made on PostgreSQL goes with it."""
    yield
    postgres.drop_all()


@pytest.fixture(scope="session", autouse=True)
def no_database_left() -> Iterator[None]:
    """What stories handed on to each other goes with the last one."""
    yield
    postgres.drop_free()


@pytest.fixture
async def make_house(tmp_path: Path) -> AsyncIterator[MakeHouse]:
    """Make a served house with other furniture: `await make_house(answer_at=1.0)`."""
    async with AsyncExitStack() as standing:

        async def make(name: str = "home", **furniture: Any) -> Served:
            return await standing.enter_async_context(a_served_house(tmp_path / name, **furniture))

        yield make


@pytest.fixture
async def house(make_house: MakeHouse) -> Served:
    """The ordinary house, served in process."""
    return await make_house()


@pytest.fixture
def minilm(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a real sentence-transformers model (all-MiniLM-L6-v2: English, 384 dimensions), with no hub to be asked."""
    if find_spec("sentence_transformers") is None or find_spec("torch") is None:
        missing("the extra [sentence-transformers] is not installed (make test-st does): no real model of it was tried.")
    if not MINILM.is_dir():
        missing("all-MiniLM-L6-v2 is not in .models (make test-st brings it): no real model was tried.")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    return MINILM
