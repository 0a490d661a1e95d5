"""A traveller: who is asking, with the tier and the tags they hold."""

from typing import Literal

from pydantic import BaseModel

from basics.words import Lang, Words, words
from customers.tags import Tag

Tier = Literal["member", "silver", "gold", "platinum"]
Role = Literal["traveller", "company_admin"]

TIER_WORDS: dict[Tier, Words] = {
    "member": words("Member", "普卡会员"),
    "silver": words("Silver", "银卡会员"),
    "gold": words("Gold", "金卡会员"),
    "platinum": words("Platinum", "白金卡会员"),
}


class Traveller(BaseModel, frozen=True):
    """One person; `tags` is None when the customer platform could not be asked, and empty when they are known to hold none."""

    id: str
    name: Words
    email: str
    tier: Tier
    company_id: str | None = None
    role: Role = "traveller"
    lang: Lang = "en"
    tags: tuple[Tag, ...] | None = None
