"""Presence: which conversations a page follows at this moment, on any worker; kept in the database, for whoever has something to tell."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from functools import partial

from basics.clock import Clock
from desk.conversation import Conversation
from store import conversations
from store.database import Database

log = logging.getLogger("concierge.presence")
BEAT = 60.0  # seconds between two signs of life
ALIVE = timedelta(seconds=150)  # after its last sign of life a page counts as gone
TALKED = timedelta(minutes=30)  # a chat in which nothing was said for so long is open, but nobody is looking at it


class Presence:
    """Notes who listens. Of anonymous visitors only those are noted who wait for a person: nothing is told to the others unasked."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self.db, self.clock = db, clock
        self._leaving: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def of(self, conversation: Conversation) -> AsyncIterator[None]:
        """A page follows the conversation for as long as this lasts."""
        seen: list[datetime] = []
        beating = asyncio.create_task(self._beat(conversation, seen), name=f"listens:{conversation.id}")
        try:
            yield
        finally:
            beating.cancel()
            # By itself: whoever leaves is cancelled, and may wait for nothing any more.
            leaving = asyncio.create_task(self._left(conversation.id, beating, seen))
            self._leaving.add(leaving)
            leaving.add_done_callback(self._leaving.discard)

    async def _beat(self, conversation: Conversation, seen: list[datetime]) -> None:
        while True:
            now = self.clock()
            try:
                if conversation.caller.traveller_id or await self._waits(conversation.id):
                    await self.db.write(partial(conversations.listened, conversation_id=conversation.id, now=now))
                    seen[:] = [now]
            except Exception as away:  # it counts as gone until the next beat; nothing is lost by that but a moment's offer goes by e-mail
                log.warning("it could not be noted who listens (%s)", type(away).__name__)
            await asyncio.sleep(BEAT)

    async def _waits(self, conversation_id: str) -> bool:
        async with self.db.read() as conn:
            return (await conversations.conversation(conn, conversation_id)).state in ("waiting", "staff")

    async def _left(self, conversation_id: str, beating: "asyncio.Task[None]", seen: list[datetime]) -> None:
        with suppress(asyncio.CancelledError):
            await beating
        if seen:
            with suppress(Exception):  # after a while it counts as gone anyway
                await self.db.write(lambda tx: conversations.listened(tx, conversation_id, None, seen[0]))
