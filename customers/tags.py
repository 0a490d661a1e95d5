"""A tag: a dated fact about a traveller, from the customer platform, derived, set by staff or the bot, or vouched for by the host page."""

from collections.abc import Iterable
from typing import Literal

from pydantic import AwareDatetime, BaseModel

from basics.words import Words

TagSource = Literal["platform", "derived", "staff", "bot", "host"]
Reader = Literal["traveller", "staff"]


class Tag(BaseModel, frozen=True):
    """`name` is what rules ask for, `title` what people read; it holds from `since` and ends at `until` (None: open).

    One that is `read_by` staff is never shown to the traveller.
    """

    name: str
    title: Words
    source: TagSource
    set_by: str
    since: AwareDatetime
    until: AwareDatetime | None = None
    read_by: Reader = "traveller"

    def in_force(self, now: AwareDatetime) -> bool:
        """Whether the tag holds at `now`; at the very moment of `until` it no longer does."""
        return self.since <= now and (self.until is None or now < self.until)


def tags_in_force(tags: Iterable[Tag] | None, now: AwareDatetime) -> tuple[Tag, ...]:
    """The tags that hold at `now`; of unknown tags (None) none is known to hold."""
    return tuple(tag for tag in tags or () if tag.in_force(now))
