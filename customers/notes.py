"""Notes: what we ourselves have on record about a traveller, beside what the airline's systems tell."""

from pydantic import BaseModel, Field

from customers.tags import Tag


class Notes(BaseModel, frozen=True):
    """Tags that staff or the bot have set, the complaints nobody has closed, and the stars given after the last flight; None: not known."""

    tags: tuple[Tag, ...] = ()
    complaints: int | None = Field(default=None, ge=0)
    rating: int | None = Field(default=None, ge=1, le=5)
