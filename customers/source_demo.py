"""The customer platform of the demo: five personas and two companies, from demo_airline.json."""

from pydantic import BaseModel

from basics.words import Words
from customers.company import Company
from customers.demo_airline import DemoAirline, DemoPerson, read_demo_airline
from customers.tags import Tag
from customers.traveller import Traveller


class Persona(BaseModel, frozen=True):
    """Somebody to be in the demo, and what is interesting about them."""

    id: str
    name: Words
    note: Words


class DemoSource:
    """A CustomerSource that knows the personas of the demo."""

    def __init__(self, airline: DemoAirline | None = None) -> None:
        self._airline = airline or read_demo_airline()

    async def traveller(self, id: str) -> Traveller | None:
        """The persona with this id, or None."""
        person = self._airline.person(id)
        return self._traveller(person) if person else None

    async def company(self, id: str) -> Company | None:
        """The demo company with this id, or None."""
        return next((company for company in self._airline.companies if company.id == id), None)

    def personas(self) -> tuple[Persona, ...]:
        """Everybody one can be in the demo (the anonymous visitor is the door's own)."""
        return tuple(Persona(id=person.id, name=person.name, note=person.note) for person in self._airline.personas)

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
        )
