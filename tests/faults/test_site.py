"""Several workers on one port, with PostgreSQL, Redis and Chroma of their own: what one part's death does to those who chat."""

import asyncio
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import psutil
import pytest

from tests.faults import restarts, site
from tests.faults.kills import Talk, look
from tests.faults.site import Site, a_site
from tests.house import Chat, Event, command, frames, missing, until

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("site")]
BAGS = "How many bags can I check in?"


@pytest.fixture(scope="module")
def here() -> Iterator[Site]:
    if why := site.why_not():
        missing(why)
    # Not below pytest's own folder, which is closed to others: PostgreSQL runs as somebody else where we are root.
    with tempfile.TemporaryDirectory(prefix="concierge-site-", ignore_cleanup_errors=True) as folder, a_site(Path(folder)) as up:
        yield up


async def figures(http: httpx.AsyncClient) -> dict[str, float]:
    lines = (await http.get("/metrics")).text.splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if not line.startswith("#"))}


async def a_chat(http: httpx.AsyncClient) -> Chat:
    return Chat(http, (await http.post("/v1/conversations", json={})).json())


async def ready(http: httpx.AsyncClient) -> dict[str, Any]:
    said: dict[str, Any] = (await http.get("/readyz")).json()
    return said


@pytest.mark.parametrize("part", ["worker", "postgres"])
def test_a_part_dies_under_chats_and_nothing_accepted_is_lost(here: Site, part: str) -> None:
    """The short form of `python -m tests.faults.restarts`: everybody is answered again, and every conversation is whole."""
    found = asyncio.run(restarts.restart(here, part, 4))
    assert found.wrong == [] and found.accepted >= 4 and found.everybody < 40, found.line()


async def test_whoever_is_asked_tells_the_figures_of_all(here: Site) -> None:
    """Turns that different workers answered are one sum, the same from either of them."""
    async with httpx.AsyncClient(base_url=here.address, timeout=60) as http:
        before = (await figures(http)).get("concierge_turn_seconds_count", 0)

    async def says() -> None:
        async with httpx.AsyncClient(base_url=here.address, timeout=60) as own:  # a connection of its own: to any worker
            assert (await (await a_chat(own)).say(BAGS))["citations"]

    await asyncio.gather(*(says() for _ in range(8)))
    for _ in range(6):
        async with httpx.AsyncClient(base_url=here.address, timeout=60) as http:
            assert (await figures(http))["concierge_turn_seconds_count"] == before + 8


async def test_an_index_server_that_hangs_or_comes_back_empty(here: Site) -> None:
    """Answers go on, as before; /readyz says what is degraded; and what came back empty is filled again by itself."""
    async with httpx.AsyncClient(base_url=here.address, timeout=60) as http:
        expected = (await (await a_chat(http)).say(BAGS))["citations"]
        here.hang("chroma", True)
        began = time.monotonic()
        said = (await (await a_chat(http)).say(BAGS))["citations"]
        assert said == expected and time.monotonic() - began < 15
        assert "index" in (await ready(http))["degraded"] and (await ready(http))["ready"]
        here.hang("chroma", False)

        here.kill("chroma")
        shutil.rmtree(here.folder / "chroma")
        here.start("chroma")

        async def mended() -> bool:
            async with httpx.AsyncClient(base_url=here.address, timeout=60) as other:  # either worker
                return "index" not in (await ready(other))["degraded"]

        for _ in range(4):
            await until(mended, 20)
        assert (await (await a_chat(http)).say(BAGS))["citations"] == expected


def test_a_worker_that_cannot_come_back_stops_no_other(here: Site) -> None:
    """It dies while the database is away, so it cannot start again: the other one stays, and when the database is back there are two."""
    assert here.server
    dies, stays = here.worker_pids()
    already = here.server.said().count("(exit code 2)")
    here.kill("postgres")
    os.kill(dies, signal.SIGKILL)
    ends = time.monotonic() + 60
    while here.server.said().count("(exit code 2)") == already:
        assert time.monotonic() < ends and here.server.process.poll() is None, here.server.said()
        time.sleep(0.1)
    assert psutil.pid_exists(stays) and "Nothing was changed" in here.server.said()
    here.start("postgres")
    here.wait_for_server()
    assert stays in here.worker_pids()


def test_another_server_does_not_share_the_port(here: Site) -> None:
    """Both would get half of the travellers and neither would know: the second one is refused, the first serves on."""
    second = command("serve", home=here.folder / "other", **here.env)
    assert second.returncode == 2 and f"Port {here.ports['server']}" in second.stderr, second.stderr
    assert httpx.get(f"{here.address}/readyz", timeout=60).status_code == 200


def test_an_account_is_made_beside_the_server(here: Site) -> None:
    """As docs/deploy.md types it: the server goes on, and the new one can sign in at once."""
    made = command("staff", "Zoe", "--password", "a long enough one", home=here.home, **here.env)
    assert made.returncode == 0, made.stderr
    answer = httpx.post(f"{here.address}/v1/desk/sign-in", json={"name": "Zoe", "password": "a long enough one"}, timeout=60)
    assert answer.status_code == 200, answer.text


async def test_fifty_open_streams_and_the_word_to_stop(here: Site) -> None:
    """Everything ends within 12 seconds, each stream with `done`; after the next start every client reads on to its whole answer."""
    assert here.server
    async with httpx.AsyncClient(base_url=here.address, timeout=60, limits=httpx.Limits(max_connections=120)) as http:
        talks = [Talk(await a_chat(http)) for _ in range(50)]
        heard: dict[str, list[Event]] = {}

        async def follow(talk: Talk) -> None:
            said = ""
            headers = talk.chat.headers | {"Accept": "text/event-stream"}
            try:
                async with http.stream("GET", f"/v1/conversations/{talk.chat.id}/events", headers=headers) as answer:
                    async for piece in answer.aiter_text():
                        said += piece
            finally:
                heard[talk.chat.id] = frames(said.rpartition("\n\n")[0])

        following = [asyncio.create_task(follow(talk)) for talk in talks]
        await asyncio.sleep(1.0)
        asking = [asyncio.create_task(talk.chat.try_to_say(BAGS, "one")) for talk in talks]
        await asyncio.sleep(0.5)
        began = time.monotonic()
        here.server.process.send_signal(signal.SIGTERM)
        code = await asyncio.to_thread(here.server.process.wait, 30)
        took = time.monotonic() - began
        answers = await asyncio.gather(*asking, return_exceptions=True)
        ends = await asyncio.gather(*following, return_exceptions=True)
    assert took <= 12 and code == 0, f"{took:.1f} s, exit code {code}: {here.server.said()}"
    assert [e for e in ends if e is not None] == [] and all(events[-1].kind == "done" for events in heard.values())
    for talk, answer in zip(talks, answers, strict=True):
        accepted = isinstance(answer, httpx.Response) and answer.is_success
        (talk.sent if accepted else talk.doubtful)["one"] = BAGS
        assert accepted or isinstance(answer, httpx.TransportError) or answer.status_code == 503, answer  # type: ignore[union-attr]

    await asyncio.to_thread(here.start, "server")
    await asyncio.to_thread(here.wait_for_server)
    async with httpx.AsyncClient(base_url=here.address, timeout=60) as http:
        for talk in talks:
            talk.chat.http = http
            if talk.doubtful:
                talk.sent["one"] = talk.doubtful["one"]
                await talk.chat.say(BAGS, "one")
            assert await look(talk) == []
            read = {e.number for e in heard[talk.chat.id] if e.number}
            after = await talk.chat.events(max(read, default=0))
            assert sorted(read | {e.number for e in after if e.number}) == list(range(1, max(e.number or 0 for e in await talk.chat.events()) + 1))


async def test_workers_do_not_outlive_their_supervisor(here: Site) -> None:
    """Killed without a word, it leaves nobody behind on the port; and the next start serves, though it comes at once, and clears up."""
    assert here.server
    workers = [psutil.Process(pid) for pid in here.worker_pids()]
    os.kill(here.server.process.pid, signal.SIGKILL)
    here.server.process.wait()
    await asyncio.to_thread(here.start, "server")
    _, alive = await asyncio.to_thread(psutil.wait_procs, workers, 15)
    assert alive == []
    await asyncio.to_thread(here.wait_for_server)
    assert len(list(here.home.glob("figures-*"))) == 1


async def test_what_a_killed_server_held_is_given_back_at_the_next_start(here: Site) -> None:
    """Supervisor and workers gone at one moment: nobody waits for the end of a lease, however long it was."""
    url = here.env["CONCIERGE_DATABASE_URL"].replace("+asyncpg", "")
    await asyncio.to_thread(here.kill, "server")
    base = await asyncpg.connect(url)
    try:
        held = {row["holder"] for row in await base.fetch("update leases set until = '2100-01-01' returning holder")}
        assert held
        await asyncio.to_thread(here.start, "server")
        await asyncio.to_thread(here.wait_for_server)
        assert not held & {row["holder"] for row in await base.fetch("select holder from leases")}
    finally:
        await base.close()


def test_what_cannot_be_shared_is_refused_with_what_to_do(tmp_path: Path) -> None:
    """Two workers on a SQLite file, or without a Chroma server, do not start; nothing is left behind."""
    on_sqlite = command("serve", "--workers", "2", home=tmp_path / "home", process=False)
    assert on_sqlite.returncode == 2 and "CONCIERGE_DATABASE_URL" in on_sqlite.stderr
    postgres = {"CONCIERGE_DATABASE_URL": "postgresql+asyncpg://nobody@127.0.0.1:1/none"}
    no_chroma = command("serve", "--workers", "2", home=tmp_path / "home", process=False, **postgres)
    assert no_chroma.returncode == 2 and "chroma run" in no_chroma.stderr
    assert not (tmp_path / "home").exists()
    away = command("serve", "--workers", "2", home=tmp_path / "home", **postgres, CONCIERGE_CHROMA_URL="http://127.0.0.1:1", PORT="0")
    assert away.returncode == 2 and "Nothing was changed" in away.stderr and "Traceback" not in away.stderr, away.stderr
