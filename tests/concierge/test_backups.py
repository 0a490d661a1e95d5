"""A backup: taken while people chat, put back on either database, and the conversation goes on."""

import asyncio
import json
import zipfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from basics.errors import BadRequest
from concierge.backups import back_up, restore
from tests.house import Chat, Served, a_served_house, command, kinds
from tests.postgres import ON_POSTGRES
from tests.store.bases import a_base

pytestmark = [pytest.mark.slow, pytest.mark.skipif(ON_POSTGRES, reason="chooses its databases itself")]
LEGS = [("sqlite", "sqlite"), ("sqlite", "postgres"), ("postgres", "postgres"), ("postgres", "sqlite")]


@asynccontextmanager
async def a_home(kind: str, home: Path) -> AsyncIterator[dict[str, Any]]:
    """Where a house lives: its database's setting, none for the SQLite file in the home."""
    home.mkdir(exist_ok=True)  # noqa: ASYNC240
    if kind == "sqlite":
        yield {}
        return
    async with a_base(kind, home) as url:
        yield {"database_url": url}


async def put_back(there: dict[str, Any], home: Path, file: Path, force: bool = False) -> None:
    from tests.house import _settings

    await asyncio.to_thread(restore, _settings(home, **there), file, force)


@pytest.mark.parametrize(("source", "target"), LEGS)
async def test_a_backup_under_chats_is_restored_and_the_conversation_goes_on(tmp_path: Path, source: str, target: str) -> None:
    """Whatever was acknowledged before the backup began is there afterwards, word for word; the change stays changed, once; counts agree."""
    file, first = tmp_path / "kept.zip", tmp_path / "first.zip"
    async with AsyncExitStack() as standing:
        here = await standing.enter_async_context(a_home(source, tmp_path / "one"))
        there = await standing.enter_async_context(a_home(target, tmp_path / "two"))
        if source == "postgres":  # the articles come from the template, by a backup too
            async with a_served_house(tmp_path / "made") as made:
                await asyncio.to_thread(back_up, made.house.settings, first)
            await put_back(here, tmp_path / "one", first)
        async with a_served_house(tmp_path / "one", empty=source == "postgres", own_index=True, **here) as one:
            lin, before, receipt = await _talked(one)
            chats = [await one.chat() for _ in range(4)]
            talking = [asyncio.create_task(_talk(c)) for c in chats]
            await asyncio.to_thread(back_up, one.house.settings, file)
            await asyncio.gather(*talking)
            changes = one.changes()
        await put_back(there, tmp_path / "two", file)
        with pytest.raises(BadRequest, match="already holds"):
            await put_back(there, tmp_path / "two", file)
        async with a_served_house(tmp_path / "two", empty=True, own_index=True, **there) as two:
            lin.http = two.http
            after = await lin.events()
            assert [(e.number, e.kind, e.data) for e in after] == before
            assert two.changes() == changes and len(changes) == 1
            assert await lin.confirm({"id": receipt["proposal_id"]}, "again") == receipt and two.changes() == changes
            said = await lin.say("May I take a power bank on board?", "after")
            assert said["kind"] == "answer" and said["citations"]
            assert kinds(await lin.events())[len(before)] == "message"
            anna = await two.staff("Anna")
            assert await anna.queue() == []
            for chat in chats:  # of what was said meanwhile a whole part is there: no number missing, no reply torn
                chat.http = two.http
                if (await two.http.get(f"/v1/conversations/{chat.id}", headers=chat.headers)).is_success:
                    told = await chat.events()
                    assert [e.number for e in told] == list(range(1, len(told) + 1))
        await put_back(there, tmp_path / "two", file, force=True)
        async with a_served_house(tmp_path / "two", empty=True, own_index=True, **there) as again:
            lin.http = again.http
            assert [(e.number, e.kind, e.data) for e in await lin.events()] == before


def test_what_cannot_be_restored(tmp_path: Path) -> None:
    """No backup, a torn one, one of a newer schema: a plain sentence, and the home stays empty."""
    home, file = tmp_path / "home", tmp_path / "b.zip"
    for content, words in (
        (b"no zip", "not a whole backup"),
        (_zip({}), "not a backup of a Concierge"),
        (_zip({"backup.json": _note("9999")}), "9999"),
    ):
        file.write_bytes(content)
        ran = command("restore", str(file), home=home)
        assert ran.returncode == 2 and words in " ".join(ran.stderr.split()), ran
    nothing = command("backup", str(file), home=tmp_path / "nowhere")
    assert nothing.returncode == 2 and "no database" in nothing.stderr and not (tmp_path / "nowhere" / "concierge.sqlite3").exists()
    away = command("restore", str(file), home=home, CONCIERGE_DATABASE_URL="postgresql+asyncpg://nobody@127.0.0.1:1/none")
    assert away.returncode == 2 and "Traceback" not in away.stderr


async def _talked(served: Served) -> tuple[Chat, list[Any], dict[str, Any]]:
    lin = await served.chat("lin-gold")
    await lin.say("hello")
    proposal = (await lin.say("Can I change my return flight?"))["proposal"]
    receipt = await lin.confirm(proposal)
    return lin, [(e.number, e.kind, e.data) for e in await lin.events()], receipt


async def _talk(chat: Chat) -> None:
    for n in range(3):
        await chat.say("hello", f"t{n}")


def _note(revision: str) -> str:
    return json.dumps({"form": 1, "version": "9.9", "revision": revision, "made_at": "2026-11-22T06:10:00Z", "rows": {}})


def _zip(files: dict[str, str]) -> bytes:
    import io

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, said in files.items():
            made.writestr(name, said)
    return out.getvalue()
