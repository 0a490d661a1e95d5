"""Travellers and companies from the airline's gateway (docs/connect.md)."""

import logging
from datetime import datetime
from typing import TypeVar

from pydantic import BaseModel

from basics.clock import iso
from basics.errors import Unavailable
from customers.account import CompanyAccount
from customers.airline_http import Gateway
from customers.answers import GARBLED, whole
from customers.company import Company
from customers.traveller import Traveller

log = logging.getLogger("concierge.airline")
_M = TypeVar("_M", bound=BaseModel)


class HttpSource:
    """A CustomerSource over a gateway."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def traveller(self, id: str) -> Traveller | None:
        """The traveller with this id, or None."""
        body = await self._gateway.read("travellers", id)
        return None if body is None else _the_one(found := whole(Traveller, body), id, found.id)

    async def company(self, id: str) -> Company | None:
        """The company with this id, or None."""
        body = await self._gateway.read("companies", id)
        return None if body is None else _the_one(found := whole(Company, body), id, found.id)

    async def account(self, company_id: str, now: datetime) -> CompanyAccount | None:
        """The company's account as it stands at `now`, or None."""
        body = await self._gateway.read("companies", company_id, "account", as_of=iso(now))
        return None if body is None else _the_one(found := whole(CompanyAccount, body), company_id, found.company.id)


def _the_one(found: _M, asked: str, given: str) -> _M:
    if given != asked:
        log.error("the airline's gateway gave another %s than was asked for; it was dropped", type(found).__name__)
        raise Unavailable(GARBLED)
    return found
