"""What somebody flew, and what a company bought: the counts that a value is computed from, as the customer platform tells them."""

from datetime import date

from pydantic import BaseModel, Field

from basics.money import Money
from customers.booking import Cabin


class Activity(BaseModel, frozen=True):
    """A traveller's last twelve months before `as_of`: flights, of them by cabin, and miles; `flights_before` are the twelve months before those."""

    as_of: date
    flights: int = Field(ge=0)
    miles: int = Field(ge=0)
    cabins: dict[Cabin, int] = {}
    flights_before: int = Field(default=0, ge=0)
    last_flown: date | None = None


class CompanyActivity(BaseModel, frozen=True):
    """A company's last twelve months before `as_of`: fares bought through its account and miles flown; `bought_before` is the year before."""

    as_of: date
    bought: Money
    miles: int = Field(ge=0)
    bought_before: Money
