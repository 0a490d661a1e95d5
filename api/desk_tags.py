"""The staff's door to what is noted of a traveller: which tags hold, by whom and why; one to set, one to take back."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field

from api.callers import Staff, TheHouse
from api.shapes import ShownTag
from basics.words import Lang
from bot.assembly import House
from bot.tagging import Tagging

router = APIRouter(prefix="/v1/desk/travellers/{traveller_id}/tags", tags=["staff"])
InLang = Annotated[Lang, Query()]


class NotedTag(ShownTag):
    """A tag that staff or the bot have set: by whom, since when and why (the bot's reason is the conversation)."""

    set_by: str
    since: datetime
    reason: str


class NamedTag(BaseModel):
    """A kind of tag."""

    name: str
    title: str


class NotedTags(BaseModel):
    """What is noted of a traveller, and which tags staff may set."""

    tags: list[NotedTag]
    may_set: list[NamedTag]


class TagToSet(BaseModel):
    """A tag with the reason for it; no end: until it is taken back, or as long as its kind lasts."""

    name: str = Field(min_length=1, max_length=60)
    reason: str = Field(min_length=3, max_length=500)
    until: AwareDatetime | None = None


class TagToEnd(BaseModel):
    """A tag that is taken back."""

    name: str = Field(min_length=1, max_length=60)


@router.get("")
async def noted(house: TheHouse, _who: Staff, traveller_id: str, lang: InLang = "en") -> NotedTags:
    """Caller: staff. The tags that staff and the bot have set on a traveller and that hold."""
    return await _shown(house, traveller_id, lang)


@router.post("")
async def set_tag(house: TheHouse, who: Staff, traveller_id: str, asked: TagToSet, lang: InLang = "en") -> NotedTags:
    """Caller: staff. Set a tag; set again it gets the new reason and end."""
    await _tagging(house).set(traveller_id, asked.name, asked.reason, asked.until, who)
    return await _shown(house, traveller_id, lang)


@router.delete("")
async def end_tag(house: TheHouse, who: Staff, traveller_id: str, asked: TagToEnd, lang: InLang = "en") -> NotedTags:
    """Caller: staff. Take a tag back."""
    await _tagging(house).end(traveller_id, asked.name, who)
    return await _shown(house, traveller_id, lang)


def _tagging(house: House) -> Tagging:
    return Tagging(house.db, house.mind.source, house.mind.tag_book, house.clock)


async def _shown(house: House, traveller_id: str, lang: Lang) -> NotedTags:
    tagging = _tagging(house)
    held = [
        NotedTag(**one.tag.model_dump(exclude={"title", "read_by"}), title=one.tag.title.said_in(lang), reason=one.reason)
        for one in await tagging.noted(traveller_id)
    ]
    book = tagging.tag_book
    return NotedTags(tags=held, may_set=[NamedTag(name=n, title=book.listed[n].title.said_in(lang)) for n in book.settable_by("staff")])
