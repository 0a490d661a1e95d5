"""A traveller: who is asking, with the tier and the tags they hold."""

from typing import Literal

from pydantic import BaseModel

from basics.words import Lang, Words, words
from customers.activity import Activity
from customers.consent import Consent
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
    """One person; `tier` is the card they hold (None: the platform tells none).

    `tags` is None when the customer platform could not be asked, and empty when they are known to hold none.
    """

    id: str
    name: Words
    email: str
    tier: Tier | None = None
    company_id: str | None = None
    role: Role = "traveller"
    lang: Lang = "en"
    tags: tuple[Tag, ...] | None = None
    activity: Activity | None = None
    consent: Consent = Consent()

    def with_tags(self, more: tuple[Tag, ...]) -> "Traveller":
        """With these tags as well. Unknown tags stay unknown: a few that are known would make all others look known to be absent."""
        return self if self.tags is None or not more else self.model_copy(update={"tags": (*self.tags, *more)})
