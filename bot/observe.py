"""What the bot itself notices of an asker, as tags of its own: only names that tags.yaml lets it set, never among what rights rest on."""

from datetime import datetime

from bot.steps import Evidence, Understood
from customers.tag_book import TagBook
from customers.tags import Tag

BY = "Concierge"


def observed(understood: Understood, evidence: Evidence, tag_book: TagBook, now: datetime) -> tuple[Tag, ...]:
    """The tags to be set with this turn: `upset` for a signed-in traveller whose words are; it ends by itself."""
    if evidence.traveller is None or understood.mood == "calm" or not tag_book.may_set(understood.mood, "bot"):
        return ()
    listed = tag_book.listed[understood.mood]
    return (Tag(name=understood.mood, title=listed.title, source="bot", set_by=BY, since=now, until=listed.ends(now), read_by=listed.read_by),)
