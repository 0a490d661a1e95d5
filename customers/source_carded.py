"""A customer platform that tells no cards, seen with the ones that the score makes (`card: score` in value.yaml)."""

from datetime import datetime

from customers.account import CompanyAccount
from customers.company import Company
from customers.scheme import Scheme
from customers.source import CustomerSource
from customers.traveller import Traveller
from customers.value import card_of


class Carded:
    """A CustomerSource on which who has no card holds the one of their score (`card: score`)."""

    def __init__(self, source: CustomerSource, scheme: Scheme) -> None:
        self._source, self._scheme = source, scheme

    async def traveller(self, id: str) -> Traveller | None:
        """The traveller, with a card where one can be told."""
        found = await self._source.traveller(id)
        return found.model_copy(update={"tier": card_of(found, self._scheme)}) if found else None

    async def company(self, id: str) -> Company | None:
        """The company as the platform tells it."""
        return await self._source.company(id)

    async def account(self, company_id: str, now: datetime) -> CompanyAccount | None:
        """The company's account as the platform tells it."""
        return await self._source.account(company_id, now)
