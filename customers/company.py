"""A company: a small business that is enrolled in the airline's programme, has asked to be, or has left it."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, Field

from basics.words import Words
from customers.activity import CompanyActivity
from customers.tags import Tag


class Company(BaseModel, frozen=True):
    """`country` is ISO 3166 alpha-2; `number` is what the programme calls it, once it is in."""

    id: str
    name: Words
    country: str = Field(pattern=r"^[A-Z]{2}$")
    employees: int = Field(ge=1)
    status: Literal["active", "pending", "left"]
    joined_on: date
    number: str | None = None
    tags: tuple[Tag, ...] | None = None
    activity: CompanyActivity | None = None
