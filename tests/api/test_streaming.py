"""A page that leaves its stream: at any moment, with rows still to be sent, and it is nobody's error."""

import asyncio
import gc
import logging
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.house import Chat, Served, frames

BAGS = "How many bags can I check in?"


@dataclass
class Page:
    """A page at the other end of the app itself, where it can be slow and leave at a given moment."""

    chat: Chat
    leaves_after: int  # pieces that it takes in
    got: list[bytes] = field(default_factory=list)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    asked: bool = False

    async def receive(self) -> dict[str, Any]:
        """The request, and then that it has gone."""
        if not self.asked:
            self.asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        """Take a piece in; as a socket whose other end reads no more, keep the sender waiting for the next one."""
        if self.left.is_set():
            await asyncio.Event().wait()
        if message["type"] == "http.response.body":
            self.got.append(message["body"])
        if len(self.got) >= self.leaves_after:
            asyncio.get_running_loop().call_later(0.05, self.left.set)
            await self.left.wait()

    async def follows(self, app: Any, path: str) -> None:
        """The whole call, to its end."""
        headers = [(k.lower().encode(), v.encode()) for k, v in (self.chat.headers | {"Accept": "text/event-stream"}).items()]
        scope = {
            "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "method": "GET", "scheme": "http",
            "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "", "headers": headers,
            "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
        }  # fmt: skip
        await asyncio.wait_for(app(scope, self.receive, self.send), 10)


@pytest.mark.parametrize("after", [1, 2, 4])
async def test_a_page_that_leaves_with_rows_to_come_is_no_error(house: Served, caplog: pytest.LogCaptureFixture, after: int) -> None:
    """A page goes while the replay of its conversation waits for it: the call ends quietly, and nobody listens for it any more."""
    chat = await house.chat("lin-gold")
    for text in (BAGS, "hello", "thanks"):
        await chat.say(text)
    page = Page(chat, leaves_after=after)
    with caplog.at_level(logging.WARNING):
        await page.follows(house.app, f"/v1/conversations/{chat.id}/events")
        await asyncio.sleep(0)
        gc.collect()  # a task that was forgotten complains when it is collected
    assert len(frames(b"".join(page.got).decode())) == after
    assert [r.getMessage() for r in caplog.records if r.name.startswith(("concierge.api", "asyncio"))] == []
    assert f"conversation:{chat.id}" not in house.house.db.wakeups._waiting
