"""The company admin's door: their own company's account, and its travellers as a file. There is no id to ask for another's."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.callers import ItsCompanyAdmin, TheHouse
from api.show_company import ShownAccount, account_shown
from api.travellers_csv import travellers_csv
from basics.clock import day_in
from basics.words import Lang

router = APIRouter(prefix="/v1/company", tags=["company"])
InLang = Annotated[Lang, Query()]


@router.get("/account")
async def account(admin: ItsCompanyAdmin, lang: InLang = "en") -> ShownAccount:
    """Caller: a company admin. Everything the company page shows."""
    return account_shown(admin.account, admin.name.said_in(lang), lang)


@router.get("/travellers.csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
async def travellers(house: TheHouse, admin: ItsCompanyAdmin, lang: InLang = "en") -> Response:
    """Caller: a company admin. The table of travellers for a spreadsheet."""
    day = day_in(admin.account.as_of, house.settings.zone)
    headers = {
        "Content-Disposition": f'attachment; filename="travellers-{day}.csv"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(travellers_csv(admin.account, lang), media_type="text/csv; charset=utf-8", headers=headers)
