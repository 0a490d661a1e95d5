"""A company's account in the programme, as the airline's own system tells it: level, people, flights, points and money, as of one moment."""

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, BaseModel, Field

from basics.money import Money
from basics.words import Words
from customers.company import Company

Level = Literal["base", "plus", "premier"]
Admin = Literal["first", "second"]
InvitationState = Literal["invited", "active", "expired"]


class LinkedTraveller(BaseModel, frozen=True):
    """Somebody on the company's list, and what they flew for it this programme year.

    What is not here the company is not told: address, tier, tags, conversations, trips bought privately.
    `since` is the day of joining, or of the invitation; `ends_on` the last day of an invitation that is open or has run out.
    """

    id: str
    name: Words
    state: InvitationState
    since: date
    ends_on: date | None = None
    admin: Admin | None = None
    flights: int = Field(default=0, ge=0)
    points: int = Field(default=0, ge=0)


class Goal(BaseModel, frozen=True):
    """The next level, and what it needs within this programme year: both, the fares and the different travellers."""

    level: Level
    net_fares: Money
    travellers: int


class Standing(BaseModel, frozen=True):
    """The company's level: from when, until when (base: open), and the day from which the counting starts anew."""

    level: Level
    since: date
    until: date | None
    counted_anew_on: date
    net_fares: Money
    travellers: int
    next: Goal | None


class Month(BaseModel, frozen=True):
    """One savings report: what was spent on fares (after the discount), and saved against the public fare. `first` is the month's first day."""

    first: date
    flights: int
    spent: Money
    saved: Money


class ProgrammeYear(BaseModel, frozen=True):
    """A calendar year up to now: flights flown, fares paid and saved, points credited (`points` for flights, `bonus` for the level)."""

    year: int
    flights: int
    spent: Money
    saved: Money
    points: int
    bonus: int


class CompanyAccount(BaseModel, frozen=True):
    """Everything a company's admins may see of it. `standing` is None for a company that is not enrolled (yet, or any more)."""

    company: Company
    as_of: AwareDatetime
    standing: Standing | None
    travellers: tuple[LinkedTraveller, ...]
    places: int
    year: ProgrammeYear
    balance: int
    worth: Money
    months: tuple[Month, ...]
    next_report_at: AwareDatetime | None

    @property
    def places_taken(self) -> int:
        """Travellers and open invitations; one that has run out takes no place."""
        return sum(one.state != "expired" for one in self.travellers)

    @property
    def admins(self) -> tuple[LinkedTraveller, ...]:
        """The first admin, then the second."""
        return tuple(sorted((one for one in self.travellers if one.admin), key=lambda one: one.admin != "first"))
