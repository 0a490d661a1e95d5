"""Where travellers and companies come from: the customer data platform, foreign to us."""

from datetime import datetime
from typing import Protocol

from customers.account import CompanyAccount
from customers.company import Company
from customers.traveller import Traveller


class CustomerSource(Protocol):
    """Knows who is asking. A platform that does not answer raises `basics.errors.Unavailable`; nobody there is None."""

    async def traveller(self, id: str) -> Traveller | None:
        """The traveller with this id, or None; their tags are None when only these could not be had."""

    async def company(self, id: str) -> Company | None:
        """The company with this id, or None."""

    async def account(self, company_id: str, now: datetime) -> CompanyAccount | None:
        """The company's account in the programme as it stands at `now`, or None where there is no such company."""
