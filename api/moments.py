"""The airline's own systems tell of moments; and the links of e-mails by which somebody wants no more of them."""

from html import escape

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from api import shapes
from api.callers import AirlineSystem, TheHouse
from api.limits import OpenedNotTooOften
from basics.words import Words
from customers.moment import Moment
from knowledge.wording import wording
from store import mail_codes

router = APIRouter(prefix="/v1", tags=["moments"])
_PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title></head>'
    "<body>{body}</body></html>"
)
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


@router.post("/airline/moments", status_code=202)
async def tell(house: TheHouse, told: Moment, _system: AirlineSystem) -> shapes.MomentTold:
    """Caller: the airline's systems, with CONCIERGE_AIRLINE_EVENTS_TOKEN. Something happened to a traveller; the same id again is the same moment."""
    return shapes.MomentTold(id=told.id, new=await house.moments.told(told))


@router.get("/mail/unsubscribe/{code}", response_class=HTMLResponse, include_in_schema=False)
async def ask_to_unsubscribe(code: str, _rate: OpenedNotTooOften) -> HTMLResponse:
    """Caller: whoever has the e-mail. Asks first: programs that look through mail follow every link, and must change nothing."""
    form = f'<form method="post" action="/v1/mail/unsubscribe/{escape(code)}"><button>{_both("mail-unsubscribe")}</button></form>'
    return _page(_both("mail-unsubscribe-ask"), form)


@router.post("/mail/unsubscribe/{code}", response_class=HTMLResponse)
async def unsubscribe(house: TheHouse, code: str, _rate: OpenedNotTooOften) -> HTMLResponse:
    """Caller: whoever has the e-mail, or their mail program in one click (RFC 8058). No more advertising; again is the same."""
    known = await house.db.write(lambda tx: mail_codes.unsubscribe(tx, code, house.clock()))
    return _page(_both("mail-unsubscribed" if known else "mail-unsubscribe-none"), "", 200 if known else 404)


def _both(wording_id: str) -> str:
    said: Words = wording(wording_id)
    return f"{escape(said.en)} {escape(said.zh)}"


def _page(says: str, more: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(_PAGE.format(title=says, body=f"<p>{says}</p>{more}"), status, headers=_HEADERS)
