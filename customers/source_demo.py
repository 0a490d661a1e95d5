"""The customer platform of the demo: its personas and companies, from demo_airline.json."""

from datetime import datetime

from pydantic import BaseModel

from basics.clock import Clock, system_clock
from basics.words import Words
from customers.account import CompanyAccount
from customers.company import Company
from customers.demo_airline import DemoAirline, DemoPerson, counted_on, read_demo_airline
from customers.demo_company import account_of
from customers.demo_compass import DemoAccount
from customers.tags import Tag
from customers.traveller import Role, Tier, Traveller


class Persona(BaseModel, frozen=True):
    """Somebody to be in the demo: what is interesting about them, and with whom they are shown."""

    id: str
    name: Words
    note: Words
    tier: Tier
    role: Role
    group: Words


class DemoSource:
    """A CustomerSource that knows the personas of the demo."""

    def __init__(self, airline: DemoAirline | None = None, clock: Clock = system_clock) -> None:
        self._airline, self._clock = airline or read_demo_airline(), clock

    async def traveller(self, id: str) -> Traveller | None:
        """The persona with this id, or None."""
        person = self._airline.person(id)
        return self._traveller(person) if person else None

    async def company(self, id: str) -> Company | None:
        """The demo company with this id, or None."""
        company = next((company for company in self._airline.companies if company.id == id), None)
        known = self._airline.company_activity.get(id)
        if company is None or known is None:
            return company
        return company.model_copy(update={"activity": known.as_of(counted_on(self._clock()), self._airline.compass)})

    async def account(self, company_id: str, now: datetime) -> CompanyAccount | None:
        """The demo company's account at `now`; one that the file tells nothing of has an empty list and no trips."""
        company = await self.company(company_id)
        known = next((one for one in self._airline.accounts if one.company_id == company_id), DemoAccount(company_id=company_id))
        return account_of(self._airline.compass, company, known, now) if company else None

    def personas(self) -> tuple[Persona, ...]:
        """Everybody one can be in the demo, group by group (the anonymous visitor is the door's own)."""
        by_id = {person.id: person for person in self._airline.personas}
        listed = ((group.title, by_id[id]) for group in self._airline.groups for id in group.people)
        return tuple(Persona(id=one.id, name=one.name, note=one.note, tier=one.tier, role=one.role, group=title) for title, one in listed)

    def _traveller(self, person: DemoPerson) -> Traveller:
        tags = tuple(Tag(title=self._airline.tags[tag.name], **tag.model_dump()) for tag in person.tags)
        return Traveller(
            id=person.id,
            name=person.name,
            email=person.email,
            tier=person.tier,
            company_id=person.company_id,
            role=person.role,
            lang=person.lang,
            tags=tags,
            consent=person.consent,
            activity=person.activity.as_of(counted_on(self._clock())) if person.activity else None,
        )
