"""Several workers on one PostgreSQL database: what one writes the others hear, what one takes in all answer from, each duty is one worker's."""

import asyncio
import contextlib
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from bot.duties import EVERY, LEASE, Duties, Duty, woken
from bot.settings import Settings
from concierge.beside import own_house
from knowledge.index import IndexAway
from store import events, leases
from store.wakeups import Wakeups, wake_name
from tests.bot.test_library import HOVER, an_article
from tests.bot.test_reembed import NEW, Turned, either, few_articles
from tests.house import Chat, MovableClock, Served, a_served_house, free_port, until
from tests.store.bases import a_base
from tests.store.test_database import KINDS, a_store

Heard = list[tuple[float, str]]


@asynccontextmanager
async def two_workers(folder: Path, **furniture: Any) -> AsyncIterator[tuple[Served, Served]]:
    """Two houses, each with a home, an index and a server of its own, on one database."""
    async with AsyncExitStack() as standing:
        url = await standing.enter_async_context(a_base("postgres", folder))
        furniture = {"empty": True, "own_index": True, "database_url": url, "real": True} | furniture
        one, two = [await standing.enter_async_context(a_served_house(folder / name, **furniture)) for name in ("one", "two")]
        yield one, two


async def hears(served: Served, chat: Chat, into: Heard) -> None:
    """Follow a conversation at one worker for as long as the test lasts; note what comes, and when."""
    headers = chat.headers | {"Accept": "text/event-stream"}
    async with served.http.stream("GET", f"/v1/conversations/{chat.id}/events", headers=headers) as answer:
        async for line in answer.aiter_lines():
            if line.startswith("event:"):
                into.append((time.monotonic(), line.removeprefix("event:").strip()))


async def heard(into: Heard, kind: str, since: float) -> float:
    """How many seconds after `since` an event of this kind was heard."""

    async def there() -> float | None:
        return next((at - since for at, what in into if what == kind and at >= since), None)

    return float(await until(there, 8))


async def test_a_page_of_one_worker_hears_what_another_wrote(tmp_path: Path) -> None:
    """Within a second; and again within a second after the listening connection was cut and opened anew, with nothing missed meanwhile."""
    async with two_workers(tmp_path) as (one, two):
        chat, into = await one.chat(), Heard()
        follows = asyncio.create_task(hears(two, chat, into))
        await chat.say("hello")
        await until(lambda: _is(any(kind == "reply" for _, kind in into)))
        since = time.monotonic()
        await chat.hand_over()
        assert await heard(into, "handoff", since) < 1.0

        listener = two.house.db.listener
        assert listener is not None and listener.pid is not None
        before = listener.pid
        async with one.house.db.read() as conn:
            await conn.execute(text("select pg_terminate_backend(:pid)"), {"pid": before})
        since = time.monotonic()
        await chat.say("and this was said while nobody listened", "lost")
        assert await heard(into, "message", since) < 1.0
        await until(lambda: _is(listener.pid not in (None, before)))
        since = time.monotonic()
        await chat.say("and this after it", "after")
        assert await heard(into, "message", since) < 1.0
        follows.cancel()


async def test_every_worker_answers_from_what_one_took_in(tmp_path: Path) -> None:
    """New, changed and withdrawn articles are on every worker's shelf and in its index within five seconds."""
    async with two_workers(tmp_path) as (one, two):
        articles = tmp_path / "articles"

        async def same() -> bool:
            return two.house.mind.shelf.revision == one.house.mind.shelf.revision and two.house.library.index.ids(
                "en"
            ) == one.house.library.index.ids("en")

        for take_in in (
            lambda: an_article(articles),
            lambda: an_article(articles, owner="Somebody else"),
            lambda: (articles / "hoverboards.md").unlink(),
        ):
            take_in()
            if not list(articles.iterdir()):
                an_article(articles, "sleds.md", id="sleds", title="Sleds", text="A sled counts as sports baggage.")
            before = one.house.mind.shelf.revision
            await one.house.ingest([articles])
            assert one.house.mind.shelf.revision == before + 1
            await until(same, 5)
        assert {a.id for a in two.house.mind.shelf.articles.values()} == {"sleds"}
        said = await (await two.chat()).say("What does a sled count as?")
        assert said["citations"][0]["article_id"] == "sleds"


async def test_two_workers_that_take_articles_in_at_once(tmp_path: Path) -> None:
    """Neither fails, the same articles are kept once, and both shelves end alike."""
    async with two_workers(tmp_path) as (one, two):
        articles = tmp_path / "articles"
        for n in range(3):
            an_article(articles, f"board{n}.md", id=f"board{n}", title=f"Board {n}", text=f"Board {n} may weigh up to {n + 1} kg.")
        await asyncio.gather(one.house.ingest([articles]), two.house.ingest([articles]))
        await until(lambda: _is(one.house.mind.shelf.revision == two.house.mind.shelf.revision))
        assert [len(h.house.mind.shelf.articles) for h in (one, two)] == [3, 3]
        assert one.house.library.index.ids("en") == two.house.library.index.ids("en") != frozenset()


@KINDS
async def test_of_two_workers_one_does_a_duty_until_it_dies(kind: str, tmp_path: Path) -> None:
    """Twenty looks of each do it twenty times in all; a dead holder's duty waits for the end of its lease, a given-back one for nothing."""
    async with a_store(kind, tmp_path) as db:
        clock, did = MovableClock(), list[str]()

        def worker(name: str) -> Duties:
            async def do() -> None:
                did.append(name)
                await asyncio.sleep(0.001)

            return Duties(db, name, clock, (Duty("sweep", do),))

        one, two = worker("one"), worker("two")
        for _ in range(20):
            await asyncio.gather(one.look(), two.look())
            clock.move(seconds=EVERY)
        assert len(did) == 20 and len(set(did)) == 1
        dead, alive = (one, two) if did[0] == "one" else (two, one)
        clock.move(seconds=LEASE - EVERY - 1)
        assert await alive.look() == ()
        clock.move(seconds=1)
        assert await alive.look() == ("sweep",) and await dead.look() == ()
        freed = db.wakeups.listen(leases.FREE)
        await alive.give_back()
        await asyncio.wait_for(freed.wait(), 2)
        assert await dead.look() == ("sweep",) and await alive.look() == ()


@KINDS
async def test_a_duty_that_takes_long_stays_with_its_holder_and_one_that_fails_stops_no_other(kind: str, tmp_path: Path, monkeypatch: Any) -> None:
    """The lease is held for as long as the work goes on, though it lasts longer than the lease."""
    monkeypatch.setattr("bot.duties.LEASE", 0.6)
    async with a_store(kind, tmp_path) as db:
        from basics.clock import system_clock

        async def fails() -> None:
            raise RuntimeError("this duty cannot be done")

        async def nothing() -> None: ...

        one = Duties(db, "one", system_clock, (Duty("fails", fails), Duty("long", lambda: asyncio.sleep(2.0))))
        two = Duties(db, "two", system_clock, (Duty("long", nothing),))
        looking = asyncio.create_task(one.look())
        await asyncio.sleep(0.2)
        for _ in range(5):
            assert await two.look() == ()
            await asyncio.sleep(0.3)
        assert await looking == ("long",)
        await asyncio.sleep(0.8)
        assert await two.look() == ("long",)


async def test_a_dead_worker_s_turn_is_answered_once_by_one_of_the_others(tmp_path: Path) -> None:
    """A turn left open by a worker that is gone: two houses look for it, one answers, once."""
    async with two_workers(tmp_path, clock=MovableClock()) as (one, two):
        chat = await one.chat()
        one.house.concierge.worker = "worker_that_died"
        one.house.concierge.run = lambda *_: None  # type: ignore[method-assign,assignment,return-value]
        posted = asyncio.create_task(chat.try_to_say("hello"))
        await until(lambda: _said(chat))
        one.house.concierge.worker = one.house.duties.holder
        del one.house.concierge.run
        one.clock.move(seconds=one.house.settings.lease_seconds + 1)
        await asyncio.gather(*(h.house.duties.look() for h in (one, two, one, two)))
        assert (await asyncio.wait_for(posted, 10)).json()["kind"] == "answer"
        assert [e.kind for e in await chat.events()].count("reply") == 1


async def test_a_command_beside_the_servers_does_none_of_their_duties(tmp_path: Path) -> None:
    """As `concierge ingest` in a home of its own: what it held would be kept from them, and changes would go through the wrong home."""
    async with a_base("postgres", tmp_path) as url, own_house(Settings(home=tmp_path / "home", database_url=url)) as house:
        async with house.db.read() as conn:
            assert (await conn.execute(text("select count(*) from leases"))).scalar() == 0
        assert "duties" not in {task.get_name() for task in asyncio.all_tasks()}


async def test_a_look_is_one_snapshot(tmp_path: Path) -> None:
    """What another transaction commits between two statements of a look is not seen by the second: state and number belong together."""
    async with a_store("postgres", tmp_path) as db:
        await db.write(lambda tx: events.open_stream_once(tx, "s"))
        async with db.read() as conn:
            assert await events.last_number(conn, "s") == 0
            await db.write(lambda tx: events.append(tx, "s", MovableClock()(), [("message", {})]))
            assert await events.last_number(conn, "s") == 0
        async with db.read() as conn:
            assert await events.last_number(conn, "s") == 1


async def test_two_units_of_work_that_wait_for_each_other_are_both_done(tmp_path: Path) -> None:
    """Postgres gives one of them up; it is done again and its caller hears nothing of it."""
    async with a_store("postgres", tmp_path) as db:
        for name in ("a", "b"):
            await db.write(lambda tx, name=name: events.open_stream_once(tx, name))  # type: ignore[misc]

        def crossing(first: str, second: str) -> Any:
            async def do(tx: Any) -> None:
                await events.append(tx, first, MovableClock()(), [("message", {})])
                await asyncio.sleep(0.1)
                await events.append(tx, second, MovableClock()(), [("message", {})])

            return do

        await asyncio.gather(db.write(crossing("a", "b")), db.write(crossing("b", "a")))
        async with db.read() as conn:
            assert [await events.last_number(conn, n) for n in ("a", "b")] == [2, 2]


def test_a_name_too_long_to_be_called_out_still_wakes() -> None:
    """It is called out by its fingerprint, well below the 8,000 bytes that Postgres allows."""
    wakeups, name = Wakeups(), "会" * 4000
    woken = wakeups.listen(name)
    assert len(wake_name(name).encode()) < 100 and len(wake_name("会" * 200).encode()) < 8000
    wakeups.wake([wake_name(name)])
    assert woken.is_set()
    wakeups.unlisten(name, woken)
    assert not wakeups._waiting


async def _is(what: bool) -> bool:
    return what


async def _said(chat: Chat) -> bool:
    return bool(await chat.events())


async def test_every_worker_follows_one_that_embedded_the_base_again(tmp_path: Path) -> None:
    """Without a restart: each loads the model by the name it was given, answers with it, and takes articles in with it."""
    turned = Turned()
    async with two_workers(tmp_path, make_embedder=either(turned)) as (one, two):
        articles = few_articles(tmp_path / "articles")
        await one.house.ingest([articles])
        await one.house.reembed(NEW)
        await until(lambda: _is(two.house.mind.embedder.fingerprint == turned.fingerprint), 8)
        assert "7 kg" in (await (await two.chat()).say(HOVER))["text"]
        an_article(articles, "kites.md", id="kites", title="Kites", text="A kite may weigh up to 3 kg.")
        assert len((await two.house.ingest([articles])).added) == 1
        await until(lambda: _is(one.house.mind.shelf.revision == two.house.mind.shelf.revision), 8)
        assert "3 kg" in (await (await one.chat()).say("How heavy may a kite be?"))["text"]


@asynccontextmanager
async def on_one_chroma(folder: Path) -> AsyncIterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """A Chroma server on a free port: its URL and its process."""
    port = free_port()
    line = [str(Path(sys.executable).with_name("chroma")), "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    with (folder.parent / "chroma.log").open("ab") as log:
        server = subprocess.Popen(line, stdout=log, stderr=log)  # noqa: ASYNC220
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:

            async def up() -> bool:
                with contextlib.suppress(httpx.HTTPError):
                    return (await http.get("/api/v2/heartbeat")).is_success
                return False

            await until(up, 30)
        yield f"http://127.0.0.1:{port}", server
    finally:
        server.kill()
        server.wait()


async def test_workers_that_share_an_index_forget_only_what_nobody_searches(tmp_path: Path) -> None:
    """A withdrawn article is answered from by nobody at once, and leaves the shared index when every worker has followed."""
    async with on_one_chroma(tmp_path / "chroma") as (chroma, _):
        clock = MovableClock()
        async with two_workers(tmp_path, chroma_url=chroma, clock=clock) as (one, two):
            articles = few_articles(tmp_path / "articles")
            an_article(articles, "kites.md", id="kites", title="Kites", text="A kite may weigh up to 3 kg.")
            await one.house.ingest([articles])
            await until(lambda: _is(two.house.mind.shelf.revision == one.house.mind.shelf.revision), 8)
            assert one.house.mind.index.is_remote and "3 kg" in (await (await two.chat()).say("How heavy may a kite be?"))["text"]

            (articles / "kites.md").unlink()
            await one.house.ingest([articles])
            await until(lambda: _is(two.house.mind.shelf.revision == one.house.mind.shelf.revision), 8)
            kept = len(one.house.mind.index.ids("en"))
            assert not await one.house.library.tidy()  # another worker's turn may be searching it this moment
            for house in (one, two):
                assert "3 kg" not in (await (await house.chat()).say("How heavy may a kite be?"))["text"]
            clock.move(seconds=31)
            assert await two.house.library.tidy() or len(one.house.mind.index.ids("en")) < kept  # a duty may have come first
            assert len(one.house.mind.index.ids("en")) == kept - 1


async def test_an_index_server_that_is_not_there_stops_nobody_but_an_ingestion(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Without it the house starts and answers as with it; what was to be taken in is refused in a sentence and kept by nobody.

    The log tells it in lines: no duty that waits for it leaves its stack there every few seconds.
    """
    async with (
        on_one_chroma(tmp_path / "chroma") as (chroma, server),
        a_served_house(tmp_path / "one", empty=True, own_index=True, chroma_url=chroma) as one,
    ):
        articles = few_articles(tmp_path / "articles")
        await one.house.ingest([articles])
        expected = (await (await one.chat()).say(HOVER))["text"]
        server.kill()
        an_article(articles, "kites.md", id="kites", title="Kites", text="A kite may weigh up to 3 kg.")
        with pytest.raises(IndexAway, match="CONCIERGE_CHROMA_URL"):
            await one.house.ingest([articles])
        assert (await (await one.chat()).say(HOVER))["text"] == expected and "7 kg" in expected
        said = (await one.http.get("/readyz")).json()
        assert said["ready"] and "index" in said["degraded"]
        one.house.library.revision = -1  # as at a start
        assert len((await one.house.library.load()).articles) == 5
        one.clock.move(seconds=31)
        for is_known in (True, False):
            one.house.library.index.lost = is_known
            await one.house.duties.look()
        assert "index" in caplog.text and [r for r in caplog.records if r.exc_info] == []


async def test_a_cancellation_that_comes_with_the_event_is_heard() -> None:
    """Whoever waits for a wake-up ends when it is told to, also in the very moment in which it is woken: else a server never stops."""
    for _ in range(20):
        event, rounds = asyncio.Event(), 0

        async def for_ever(event: asyncio.Event = event) -> None:
            nonlocal rounds
            while True:
                await woken(event, 0.2)
                rounds += 1

        waiting = asyncio.create_task(for_ever())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        event.set()
        waiting.cancel()
        _, pending = await asyncio.wait([waiting], timeout=0.1)
        assert not pending and waiting.cancelled()
