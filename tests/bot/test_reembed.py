"""Embedding again: chats go on with the old model until everything stands, then use the new one; a kill in between changes nothing."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from basics.errors import SettingsWrong
from knowledge.embedder import Embedder, Vectors
from knowledge.index_chroma import ChromaIndex
from store import library
from store.tables import answer_receipts
from tests.bot.test_library import HOVER, an_article
from tests.house import REPO, MakeHouse, Served, a_house, a_served_house, command, environment, the_embedder, until
from tests.postgres import in_a_sqlite_home

OLD, NEW = "packaged", "st:another"
COUNT = 40  # articles: enough that a kill falls in between


class Turned:
    """The real embedder, its axes in another order and a few more: with itself as good as before, against the original nonsense or an error."""

    def __init__(self) -> None:
        self.dimensions, self.fingerprint = the_embedder().dimensions + 8, "turned-1"
        self.gate, self.begun, self.fails = threading.Event(), threading.Event(), False
        self.gate.set()

    def passages(self, texts: Sequence[str]) -> Vectors:
        self.begun.set()
        assert self.gate.wait(60)
        if self.fails:
            raise RuntimeError("the model broke")
        return self._turned(the_embedder().passages(texts))

    def questions(self, texts: Sequence[str]) -> Vectors:
        return self._turned(the_embedder().questions(texts))

    def question(self, text: str) -> Vectors:
        vector: Vectors = self._turned(the_embedder().question(text)[None])[0]
        return vector

    def _turned(self, vectors: Vectors) -> Vectors:
        return np.concatenate([vectors[:, ::-1], np.zeros((len(vectors), 8), dtype=np.float32)], axis=1)


def either(turned: Turned) -> Any:
    def make(named: str) -> Embedder:
        return turned if named == NEW else the_embedder()

    return make


def few_articles(folder: Path, count: int = 5) -> Path:
    an_article(folder)
    for n in range(count - 1):
        an_article(folder, f"m{n}.md", id=f"more-{n}", title=f"More {n}", text=f"Thing number {n} is allowed on board of every flight.")
    return folder


@pytest.fixture
def turned() -> Turned:
    return Turned()


@pytest.fixture
async def ready(make_house: MakeHouse, tmp_path: Path, turned: Turned) -> Served:
    """A small base in use."""
    house = await make_house(own_index=True, empty=True, make_embedder=either(turned))
    await house.house.ingest([few_articles(tmp_path / "articles")])
    return house


async def test_ten_chats_ask_while_the_base_is_embedded_again(ready: Served, turned: Turned) -> None:
    """Every question before, during and after the change is answered rightly; each receipt names the model that found the answer."""
    house, chats = ready.house, [await ready.chat() for _ in range(10)]
    old = house.mind.index
    over = asyncio.Event()
    said: list[dict[str, Any]] = []

    async def ask_on(n: int) -> None:
        last_round = False
        while not last_round:
            last_round = over.is_set()
            said.append(await chats[n].say(HOVER))

    turned.gate.clear()
    asking = [asyncio.create_task(ask_on(n)) for n in range(10)]
    changing = asyncio.create_task(house.reembed(NEW))
    await until(lambda: _true(turned.begun.is_set() and len(said) >= 10))
    assert house.mind.embedder is the_embedder() and house.mind.index is old and not changing.done()
    turned.gate.set()
    done = await changing
    over.set()
    await asyncio.gather(*asking)
    assert (done.before, done.after, done.dropped) == (the_embedder().fingerprint, "turned-1", True) and done.embedded == done.texts >= 10
    assert len(said) >= 20 and all(r["kind"] == "answer" and "7 kg" in r["text"] for r in said)
    async with house.db.read() as conn:
        used = [r.record["embedder"] for r in (await conn.execute(answer_receipts.select())).all()]
        assert await library.revision(conn) == (done.revision, "turned-1")
    assert set(used) == {the_embedder().fingerprint, "turned-1"} and used.count("turned-1") >= 10
    assert not any(ChromaIndex(house.home.path / "index", the_embedder().fingerprint).ids(lang) for lang in ("en", "zh"))


async def _true(so: bool) -> bool:
    return so


async def test_articles_taken_in_meanwhile_are_found_afterwards(ready: Served, turned: Turned, tmp_path: Path) -> None:
    """An ingestion does not wait for the embedding, and nothing of it is lost by the change."""
    turned.gate.clear()
    changing = asyncio.create_task(ready.house.reembed(NEW))
    await until(lambda: _true(turned.begun.is_set()))
    an_article(tmp_path / "articles", "sleds.md", id="sleds", title="Sleds", text="A sled may weigh up to 31 kg.")
    report = await asyncio.wait_for(ready.house.ingest([tmp_path / "articles"]), 30)
    assert len(report.added) == 1 and "31 kg" in (await (await ready.chat()).say("How heavy may a sled be?"))["text"]
    turned.gate.set()
    await changing
    assert ready.house.mind.embedder is turned
    assert "31 kg" in (await (await ready.chat()).say("How heavy may a sled be?"))["text"]
    an_article(tmp_path / "articles", "kites.md", id="kites", title="Kites", text="A kite may weigh up to 3 kg.")
    await ready.house.ingest([tmp_path / "articles"])
    assert "3 kg" in (await (await ready.chat()).say("How heavy may a kite be?"))["text"]


async def test_a_model_that_breaks_changes_nothing(ready: Served, turned: Turned) -> None:
    """The error is told to who asked for it; travellers notice nothing; the next try succeeds."""
    turned.fails = True
    with pytest.raises(RuntimeError, match="broke"):
        await ready.house.reembed(NEW)
    assert ready.house.mind.embedder is the_embedder() and "7 kg" in (await (await ready.chat()).say(HOVER))["text"]
    turned.fails = False
    assert (await ready.house.reembed(NEW)).after == "turned-1" and "7 kg" in (await (await ready.chat()).say(HOVER))["text"]


async def test_a_worker_that_was_left_behind_takes_nothing_in(ready: Served, tmp_path: Path) -> None:
    """Another worker changed the base over: this one answers on with what it has, and an ingestion does not turn the base back."""
    house = ready.house
    since = house.mind.shelf.revision
    assert await house.db.write(lambda tx: library.change_model(tx, "another", "st:another", since, house.clock()))
    an_article(tmp_path / "articles", "kites.md", id="kites", title="Kites", text="A kite may weigh up to 3 kg.")
    with pytest.raises(SettingsWrong, match="Nothing was kept"):
        await house.ingest([tmp_path / "articles"])
    async with house.db.read() as conn:
        assert await library.revision(conn) == (since + 1, "another")
    assert "7 kg" in (await (await ready.chat()).say(HOVER))["text"]


async def test_there_and_back_embeds_nothing_twice(ready: Served, turned: Turned) -> None:
    """The old vectors are kept, so going back takes a moment; asking for what is there already changes nothing."""
    await ready.house.reembed(NEW)
    back = await ready.house.reembed(OLD)
    assert back.embedded == 0 and back.before == "turned-1" and "7 kg" in (await (await ready.chat()).say(HOVER))["text"]
    again = await ready.house.reembed(OLD)
    assert again.before == again.after and again.revision == back.revision and again.embedded == 0


async def test_the_operator_s_door_does_it(ready: Served) -> None:
    """What `concierge reembed` asks of a running server; nobody else may, and a name that is none is refused in a sentence."""
    asked: dict[str, Any] = {"url": "/v1/operator/reembed", "json": {"embedder": NEW}}
    assert (await ready.http.post(**asked)).status_code in (401, 403)
    mine = {"Authorization": f"Bearer {ready.house.home.operator_token}"}
    done = await ready.http.post(**asked, headers=mine)
    assert done.status_code == 200 and done.json()["after"] == "turned-1", done.text
    assert "7 kg" in (await (await ready.chat()).say(HOVER))["text"]


@in_a_sqlite_home
def test_a_start_with_another_embedder_names_the_command_which_then_works(tmp_path: Path, turned: Turned) -> None:
    """The setting does not fit the base: the server does not start and prints the command; run as printed it makes the start possible."""
    home = tmp_path / "a home"

    async def made() -> None:
        async with a_served_house(home, own_index=True, empty=True, make_embedder=either(turned)) as house:
            await house.house.ingest([few_articles(tmp_path / "articles")])
            await house.house.reembed(NEW)

    asyncio.run(made())
    ran = command("ask", HOVER, home=home)
    said = " ".join(ran.stderr.split())
    assert ran.returncode == 2 and f"CONCIERGE_HOME='{home}' concierge reembed --embedder packaged" in said and "turned-1" in said, said
    ran = command("reembed", "--embedder", "packaged", home=home)
    assert ran.returncode == 0 and "0 embedded now" in ran.stdout and "CONCIERGE_EMBEDDER=packaged" in ran.stdout, ran.stderr + ran.stdout
    assert "7 kg" in command("ask", HOVER, home=home).stdout


@pytest.mark.parametrize(
    ("named", "words"),
    [("gpt", "There is no embedder 'gpt'"), ("st:", "There is no embedder"), ("packaged", "knowledge base is empty")],
)
def test_what_cannot_be_embedded(tmp_path: Path, named: str, words: str) -> None:
    """One sentence and an exit code."""
    ran = command("reembed", "--embedder", named, home=tmp_path / "home")
    assert ran.returncode == 2 and words in " ".join(ran.stderr.split()) and "Traceback" not in ran.stderr, ran.stderr


SLOWLY = """
import asyncio, sys, time
from pathlib import Path
from tests.bot.test_reembed import NEW, Turned, either
from tests.house import a_house

class Slow(Turned):
    def passages(self, texts):
        made = super().passages(texts)
        print("one batch", flush=True)
        time.sleep(0.3)
        return made

async def main():
    house = a_house(Path(sys.argv[1]), own_index=True, empty=True, make_embedder=either(Slow()))
    await house.start()
    await house.reembed(NEW)
    print("done", flush=True)

asyncio.run(main())
"""


@in_a_sqlite_home
@pytest.mark.parametrize("batches", [1, 2])
async def test_a_kill_in_the_middle_leaves_the_old_base(tmp_path: Path, turned: Turned, batches: int) -> None:
    """Kill -9 while batches are embedded: the old model answers after the next start; the next try goes on where it was interrupted."""
    home = tmp_path / "home"
    async with a_served_house(home, own_index=True, empty=True) as house:
        await house.house.ingest([few_articles(tmp_path / "articles", COUNT)])
    killed = tmp_path / "killed"
    await asyncio.to_thread(_killed_at, home, batches)
    home.rename(killed)  # this process still holds the first folder's index open
    async with a_served_house(killed, own_index=True, empty=True, make_embedder=either(turned)) as house:
        assert "7 kg" in (await (await house.chat()).say(HOVER))["text"]
        done = await house.house.reembed(NEW)
        assert 0 < done.embedded < done.texts
        assert "7 kg" in (await (await house.chat()).say(HOVER))["text"]
    refused = a_house(killed, own_index=True, empty=True)
    with pytest.raises(SettingsWrong, match="concierge reembed --embedder packaged"):
        await refused.start()


def _killed_at(home: Path, batches: int) -> None:
    process = subprocess.Popen([sys.executable, "-c", SLOWLY, str(home)], env=environment(home), cwd=REPO, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for _ in range(batches + 1):  # the batches before this one are kept
        assert process.stdout.readline() == "one batch\n"
    process.kill()
    assert process.wait() == -9
    process.stdout.close()
