"""Answers by e-mail: what staff said to a traveller whose page is closed goes to their address, with a link that opens the conversation again."""

import logging
from datetime import datetime, timedelta

from basics.clock import Clock
from basics.errors import Unavailable
from basics.ids import new_id, new_token
from basics.words import Words
from bot.emails import mail_of_answer
from bot.presence import ALIVE
from bot.settings import Settings
from customers.source import CustomerSource
from desk.mailer import Mail
from store import mail_codes, outbox, tickets
from store import unread as unread_ones
from store.database import Database, Tx
from store.unread import Unread

log = logging.getLogger("concierge.answers")
_LOOKS_BACK = timedelta(days=7)
LASTS = timedelta(days=7)  # that the link is good, once
MOST = 20  # in one look


class AnswersByMail:
    """A duty. To whom: the address that the customer platform has of a traveller who takes e-mail, or the one that somebody else has left."""

    def __init__(self, db: Database, source: CustomerSource, settings: Settings, clock: Clock) -> None:
        self.db, self.source, self.settings, self.clock = db, source, settings, clock

    async def look(self) -> int:
        """Put what nobody has seen for a while into the outbox (they may come back, an answer may have a second sentence); returns how many went."""
        now = self.clock()
        async with self.db.read() as conn:
            waiting = await unread_ones.unread(conn, now - _LOOKS_BACK, now - timedelta(minutes=self.settings.mail_after), now - ALIVE, MOST)
        went = 0
        for one in waiting:
            try:
                went += await self._mail(one, now)
            except Unavailable as away:
                log.warning("an answer waits to be mailed: %s", away)
        return went

    async def _mail(self, one: Unread, now: datetime) -> bool:
        address, name = await self._whom(one)
        code, traveller_id = new_token(), one.conversation.caller.traveller_id or ""

        async def kept(tx: Tx) -> bool:
            if not await unread_ones.mailed(tx, one) or address is None:
                return False
            ticket = await tickets.last_ticket_of(tx.conn, one.conversation.id)
            await mail_codes.keep_code(tx, code, "resume", traveller_id, one.conversation.id, now + LASTS)
            mail: Mail = mail_of_answer(
                address, name, one.conversation.lang, ticket.number if ticket else None, one.said, code, self.settings.address()
            )
            await outbox.put(tx, new_id("mail"), traveller_id, mail, now, now + LASTS, now)
            return True

        return await self.db.write(kept)

    async def _whom(self, one: Unread) -> tuple[str | None, Words | None]:
        """Address and name; no address where they want no e-mail."""
        traveller_id = one.conversation.caller.traveller_id
        if traveller_id is None:
            return one.reply_to, None
        person = await self.source.traveller(traveller_id)
        if person is None or not person.email or not person.consent.email:
            return None, None
        return person.email, person.name
