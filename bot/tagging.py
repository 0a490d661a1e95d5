"""What staff note of a traveller: a tag of theirs to set, with its reason, and to take back. Each is one transaction."""

from datetime import datetime

from basics.clock import Clock
from basics.errors import NotFound
from basics.words import Words
from bot.refusals import TagEndsBefore, TagNotYours
from customers.source import CustomerSource
from customers.tag_book import TagBook
from customers.tags import Tag
from desk.conversation import StaffName
from store import tags
from store.database import Database
from store.tags import NotedTag


class Tagging:
    """The tags of travellers, for one of the two people at a time."""

    def __init__(self, db: Database, source: CustomerSource, tag_book: TagBook, clock: Clock) -> None:
        self.db, self.source, self.tag_book, self.clock = db, source, tag_book, clock

    async def noted(self, traveller_id: str) -> tuple[NotedTag, ...]:
        """The tags that staff and the bot have set on a traveller and that hold now."""
        await self._known(traveller_id)
        async with self.db.read() as conn:
            return await tags.tags_of(conn, traveller_id, self.clock())

    async def set(self, traveller_id: str, name: str, reason: str, until: datetime | None, by: StaffName) -> None:
        """Set a tag; again it gets the new reason and end. TagNotYours for one that is not for staff to set."""
        await self._known(traveller_id)
        self._must_be_theirs(name)
        now, listed = self.clock(), self.tag_book.listed[name]
        if until is not None and until <= now:
            raise TagEndsBefore
        ends = until or listed.ends(now)
        tag = Tag(name=name, title=listed.title, source="staff", set_by=by.name, since=now, until=ends, read_by=listed.read_by)
        await self.db.write(lambda tx: tags.set_tag(tx, traveller_id, tag, reason.strip()))

    async def end(self, traveller_id: str, name: str, by: StaffName) -> None:
        """Take a tag back; NotFound if it does not hold."""
        await self._known(traveller_id)
        self._must_be_theirs(name)
        if not await self.db.write(lambda tx: tags.end_tag(tx, traveller_id, name, "staff", by.name, self.clock())):
            raise NotFound(Words(en="The traveller does not have this tag.", zh="该旅客没有这个标签。"))

    async def _known(self, traveller_id: str) -> None:
        if await self.source.traveller(traveller_id) is None:
            raise NotFound(Words(en="There is no such traveller.", zh="没有这位旅客。"))

    def _must_be_theirs(self, name: str) -> None:
        if not self.tag_book.may_set(name, "staff"):
            raise TagNotYours(name, self.tag_book.settable_by("staff"))
