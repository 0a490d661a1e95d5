"""A moment: something happened to one traveller at which a right may be worth mentioning unasked."""

from typing import Literal

from pydantic import AwareDatetime, BaseModel, Field

MomentKind = Literal["delay", "cancellation", "schedule_change", "return_soon", "complaint", "tier_reached", "credit_expiring", "rating"]


class Moment(BaseModel, frozen=True):
    """`id` is whoever's who tells it: the same id again is the same moment. `rating` (1..5) comes with a moment of that kind."""

    id: str = Field(min_length=1, max_length=120)
    kind: MomentKind
    traveller_id: str
    at: AwareDatetime
    booking_id: str | None = None
    leg_id: str | None = None
    rating: int | None = Field(default=None, ge=1, le=5)
