"""Travellers and companies from any SQL database, by a mapping (docs/connect.md)."""

from datetime import datetime
from typing import Any

from customers.account import CompanyAccount
from customers.airline_sql import AirlineDatabase, Conn, rows_of
from customers.answers import whole
from customers.company import Company
from customers.mapped import mapped
from customers.mapping import Mapping
from customers.traveller import Traveller


class SqlSource:
    """A CustomerSource over a database; tags of which the mapping says nothing are unknown, not absent."""

    def __init__(self, database: AirlineDatabase, mapping: Mapping) -> None:
        self._database, self._mapping = database, mapping

    async def traveller(self, id: str) -> Traveller | None:
        """The traveller with this id, or None."""
        return await self._database.read(lambda conn: self._traveller(conn, id))

    async def company(self, id: str) -> Company | None:
        """The company with this id, or None."""
        return await self._database.read(lambda conn: self._company(conn, id))

    async def account(self, company_id: str, now: datetime) -> CompanyAccount | None:
        """The company's account as the database has it, or None where the mapping has none."""
        return await self._database.read(lambda conn: self._account(conn, company_id, now))

    def _traveller(self, conn: Conn, id: str) -> Traveller | None:
        found = self._one(conn, "travellers", traveller=id)
        if found is None:
            return None
        more = {"tags": self._all(conn, "tags", traveller=id), "activity": self._one(conn, "activity", traveller=id)}
        consent = self._one(conn, "consent", traveller=id)
        return whole(Traveller, found | more | {"id": id} | ({"consent": consent} if consent else {}))

    def _company(self, conn: Conn, id: str) -> Company | None:
        found = self._one(conn, "companies", company=id)
        if found is None:
            return None
        more = {"tags": self._all(conn, "company_tags", company=id), "activity": self._one(conn, "company_activity", company=id)}
        return whole(Company, found | more | {"id": id})

    def _account(self, conn: Conn, id: str, now: datetime) -> CompanyAccount | None:
        found, company = self._one(conn, "accounts", company=id), self._company(conn, id)
        if found is None or company is None:
            return None
        travellers, months = self._all(conn, "account_travellers", company=id), self._all(conn, "account_months", company=id)
        open_ends = {"standing": None, "next_report_at": None}
        if found.get("standing"):
            found["standing"] = {"until": None, "next": None} | found["standing"]
        return whole(CompanyAccount, open_ends | found | {"company": company, "as_of": now, "travellers": travellers or (), "months": months or ()})

    def _all(self, conn: Conn, part: str, **places: str) -> tuple[dict[str, Any], ...] | None:
        told = getattr(self._mapping, part)
        return None if told is None else tuple(mapped(part, told, row, self._mapping.zone) for row in rows_of(conn, told, **places))

    def _one(self, conn: Conn, part: str, **places: str) -> dict[str, Any] | None:
        found = self._all(conn, part, **places)
        return found[0] if found else None
