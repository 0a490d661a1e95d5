"""Writing: many units of work share a commit, and each stands or falls alone."""

import asyncio
import atexit
import functools
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from basics.errors import Unavailable
from store import events
from store.database import Database, Tx, _plain
from store.upgrade import upgrade
from tests.house import NOW
from tests.store.bases import a_base

KINDS = pytest.mark.parametrize("kind", ["sqlite", "postgres"])


@asynccontextmanager
async def a_store(kind: str, folder: Path) -> AsyncIterator[Database]:
    async with a_base(kind, folder) as url:
        if kind == "sqlite":
            shutil.copy(await asyncio.to_thread(_upgraded), folder / "base.sqlite3")
        else:
            await asyncio.to_thread(upgrade, url)
        db = Database(url)
        await db.start()
        try:
            yield db
        finally:
            await db.stop()


@functools.cache
def _upgraded() -> Path:
    """An empty SQLite base with its tables, made once a process."""
    folder = Path(tempfile.mkdtemp(prefix="concierge-base-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = folder / "base.sqlite3"
    upgrade(f"sqlite:///{file}")
    return file


async def stream(db: Database, name: str) -> str:
    await db.write(lambda tx: events.open_stream_once(tx, name))
    return name


async def numbers(db: Database, name: str) -> list[int]:
    async with db.read() as conn:
        return [e.number for e in await events.events_after(conn, name, 0, most=10_000)]


def appending(name: str, texts: list[str], fails: bool = False) -> Any:
    async def do(tx: Tx) -> int:
        first = await events.append(tx, name, NOW, [("message", {"text": t}) for t in texts])
        if fails:
            raise ValueError("this one changes its mind")
        return first

    return do


@KINDS
async def test_a_unit_of_work_that_fails_takes_nobody_with_it(kind: str, tmp_path: Path) -> None:
    """Of thirty units side by side every third raises: its own rows are gone, its caller hears its own error, all others are kept."""
    async with a_store(kind, tmp_path) as db:
        name = await stream(db, "s")
        units = [db.write(appending(name, [str(n)], fails=n % 3 == 0)) for n in range(30)]
        outcomes = await asyncio.gather(*units, return_exceptions=True)
        assert [isinstance(o, ValueError) for o in outcomes] == [n % 3 == 0 for n in range(30)]
        async with db.read() as conn:
            kept = {e.data["text"]: e.number for e in await events.events_after(conn, name, 0)}
        assert kept == {str(n): o for n, o in enumerate(outcomes) if not isinstance(o, ValueError)}
        assert sorted(kept.values()) == list(range(1, 21))


@KINDS
async def test_a_constraint_that_says_no_takes_nobody_with_it(kind: str, tmp_path: Path) -> None:
    """The database's own refusal is one unit's affair as well."""
    async with a_store(kind, tmp_path) as db:
        await stream(db, "s")
        outcomes = await asyncio.gather(
            db.write(appending("s", ["a"])), db.write(lambda tx: events.open_stream(tx, "s")), db.write(appending("s", ["b"])), return_exceptions=True
        )
        assert [isinstance(o, Exception) for o in outcomes] == [False, True, False]
        assert len(await numbers(db, "s")) == 2


@KINDS
async def test_what_a_lost_caller_asked_for_is_kept(kind: str, tmp_path: Path) -> None:
    """Who goes away while the work waits changes nothing for those beside them."""
    async with a_store(kind, tmp_path) as db:
        await stream(db, "s")
        tasks = [asyncio.create_task(db.write(appending("s", [str(n)]))) for n in range(10)]
        await asyncio.sleep(0)
        tasks[3].cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        assert sum(isinstance(o, int) for o in outcomes) == 9
        assert (await numbers(db, "s"))[-1] == len(await numbers(db, "s")) >= 9


async def test_a_wakeup_comes_after_the_commit(tmp_path: Path) -> None:
    """Whoever is woken finds the row; work that failed wakes nobody."""
    async with a_store("sqlite", tmp_path) as db:
        await stream(db, "s")
        woken = db.wakeups.listen("s")
        with pytest.raises(ValueError, match="mind"):
            await db.write(appending("s", ["x"], fails=True))
        assert not woken.is_set()

        async def look() -> list[int]:
            await woken.wait()
            return await numbers(db, "s")

        looking = asyncio.create_task(look())
        await db.write(appending("s", ["x"]))
        assert await looking == [1]


async def test_what_was_handed_in_is_finished_before_stopping(tmp_path: Path) -> None:
    """Stopping ends after the last unit of work that was accepted."""
    async with a_store("sqlite", tmp_path) as db:
        await stream(db, "s")
        writing = [asyncio.create_task(db.write(appending("s", [str(n)]))) for n in range(150)]
        await asyncio.sleep(0)
        await db.stop()
        assert sorted(await asyncio.gather(*writing)) == list(range(1, 151))


async def test_a_full_disk_is_told_in_plain_words() -> None:
    """Whatever the driver calls it, the sentence says what was not done and what to do."""
    from sqlalchemy.exc import OperationalError

    for said in ("database or disk is full", "disk I/O error", "attempt to write a readonly database"):
        told = _plain(OperationalError("INSERT", {}, Exception(said)))
        assert isinstance(told, Unavailable) and "Nothing was changed" in str(told)
    other = ValueError("full of it")
    assert _plain(other) is other


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.integers(1, 4), st.booleans()), min_size=1, max_size=25))
def test_numbers_have_no_gap_whoever_appends(tmp_path_factory: pytest.TempPathFactory, work: list[tuple[str, int, bool]]) -> None:
    """Concurrent appends to several streams, some failing: each stream is 1, 2, 3 … and each unit's rows stand together, in order."""

    async def story() -> None:
        async with a_store("sqlite", tmp_path_factory.mktemp("base")) as db:
            for name in "abc":
                await stream(db, name)
            units = [db.write(appending(name, [f"{n}.{i}" for i in range(many)], fails)) for n, (name, many, fails) in enumerate(work)]
            firsts = await asyncio.gather(*units, return_exceptions=True)
            for name in "abc":
                async with db.read() as conn:
                    rows = await events.events_after(conn, name, 0)
                    assert await events.last_number(conn, name) == len(rows)
                assert [r.number for r in rows] == list(range(1, len(rows) + 1))
                said = [r.data["text"] for r in rows]
                for n, (where, many, fails) in enumerate(work):
                    if where == name and not fails:
                        assert said[firsts[n] - 1 : firsts[n] - 1 + many] == [f"{n}.{i}" for i in range(many)]  # type: ignore[operator]
                    elif where == name:
                        assert f"{n}.0" not in said

    asyncio.run(story())


async def test_numbers_have_no_gap_on_postgres(tmp_path: Path) -> None:
    """Forty transactions side by side on PostgreSQL: no gap, no twin."""
    async with a_store("postgres", tmp_path) as db:
        await stream(db, "s")
        units = [db.write(appending("s", ["x", "y"], fails=n % 5 == 0)) for n in range(40)]
        await asyncio.gather(*units, return_exceptions=True)
        assert await numbers(db, "s") == list(range(1, 65))


async def test_moments_must_know_where_their_clock_hangs(tmp_path: Path) -> None:
    """A naive moment is refused on the way in; what comes out is aware, in UTC."""
    async with a_store("sqlite", tmp_path) as db:
        await stream(db, "s")
        with pytest.raises(Exception, match="no time zone"):
            await db.write(lambda tx: events.append(tx, "s", NOW.replace(tzinfo=None), [("message", {})]))
        await db.write(lambda tx: events.append(tx, "s", NOW, [("message", {})]))
        async with db.read() as conn:
            assert (await events.events_after(conn, "s", 0))[0].at == NOW


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_a_unit_of_work_that_waits_for_something_else_is_refused_and_leaves_nothing(kind: str, tmp_path: Path) -> None:
    """It would hold the only writer for as long as it waits."""

    async def waits(tx: Tx) -> None:
        await events.append(tx, "s", NOW, [("message", {"text": "never seen"})])
        await asyncio.sleep(0.01)

    async with a_store(kind, tmp_path) as db:
        await stream(db, "s")
        with pytest.raises(RuntimeError):
            await db.write(waits)
        assert await numbers(db, "s") == []


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_more_readers_than_connections_wait_their_turn(kind: str, tmp_path: Path) -> None:
    """Thirty tasks that each hold a snapshot for a moment: nobody is refused, the loop goes on, and one that is cancelled gives its place back."""
    async with a_store(kind, tmp_path) as db:
        name = await stream(db, "s")
        await db.write(appending(name, ["a", "b"]))

        async def look() -> int:
            async with db.read() as conn:
                await asyncio.sleep(0.01)
                return await events.last_number(conn, name)

        tasks = [asyncio.create_task(look()) for _ in range(30)]
        await asyncio.sleep(0.005)
        for task in tasks[:5]:
            task.cancel()
        assert set(await asyncio.wait_for(asyncio.gather(*tasks[5:]), 10)) == {2}
        assert await look() == 2
