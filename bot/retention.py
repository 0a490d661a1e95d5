"""How long personal data is kept: a duty that empties what is older, a little at a time, so that nobody waits for it."""

import logging
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

from basics.clock import Clock
from bot.settings import Settings
from store import mail_codes, retention
from store.database import Database, Tx

log = logging.getLogger("concierge.retention")
EVERY = timedelta(hours=1)
_KINDS = "%s conversations, %s tickets, %s desk events, %s proposals, %s moments, %s e-mails, %s codes, %s tags, %s lessons"
_CODES = timedelta(days=7)  # that the code of a link is kept after it is over
MOST = 100  # of each kind in one look, each kind in a transaction of its own


class Retention:
    """Looks once an hour, and at every look of the duties while there is more to do."""

    def __init__(self, db: Database, settings: Settings, clock: Clock) -> None:
        self.db, self.settings, self.clock = db, settings, clock
        self._next: datetime | None = None

    async def look(self) -> int:
        """Empty some of what is old enough; returns how many things were emptied."""
        now = self.clock()
        if self._next is not None and now < self._next:
            return 0
        keep = self.settings
        talks, closed, offers = (now - timedelta(days=d) for d in (keep.keep_conversations_days, keep.keep_tickets_days, keep.keep_proposals_days))
        kinds: tuple[Callable[[Tx], Coroutine[Any, Any, int]], ...] = (
            lambda tx: retention.forget_conversations(tx, talks, now, MOST),
            lambda tx: retention.forget_tickets(tx, closed, MOST),
            lambda tx: retention.forget_desk_events(tx, min(talks, closed), MOST),
            lambda tx: retention.forget_proposals(tx, offers, now, MOST),
            lambda tx: retention.forget_moments(tx, offers, MOST),
            lambda tx: retention.forget_mail(tx, talks, MOST),
            lambda tx: mail_codes.forget_codes(tx, now - _CODES, MOST),
            lambda tx: retention.forget_notes(tx, talks, MOST),
            lambda tx: retention.forget_lessons(tx, closed, MOST),
        )
        emptied = [await self.db.write(kind) for kind in kinds]
        if max(emptied) < MOST:
            self._next = now + EVERY
        if any(emptied):
            log.info(f"emptied what is old enough: {_KINDS}", *emptied)
        return sum(emptied)
