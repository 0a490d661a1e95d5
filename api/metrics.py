"""Figures for Prometheus, and the count of requests."""

import asyncio
import logging
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.callers import TheHouse, bearer, comes_from_here
from basics.clock import day_in
from basics.ids import fingerprint
from bot.assembly import House
from bot.figures import TYPE, Figures, Seen
from bot.refusals import NotSignedIn
from store.counts import Counts, counts

log = logging.getLogger("concierge.metrics")
router = APIRouter(tags=["operations"])
_PATIENCE = 2.0  # seconds that the store gets: a scrape must not wait for a database that does not answer


async def scraper(request: Request, house: TheHouse, authorization: Annotated[str | None, Header()] = None) -> None:
    """A program on this very machine, or one that knows CONCIERGE_METRICS_TOKEN; NotSignedIn for everybody else."""
    token = house.settings.metrics_token.get_secret_value()
    if comes_from_here(request) or (token and fingerprint(bearer(authorization)) == fingerprint(token)):
        return
    raise NotSignedIn


@router.get("/metrics")
async def metrics(house: TheHouse, _scraper: Annotated[None, Depends(scraper)]) -> Response:
    """Caller: a scraper on this machine, or with the metrics token. Figures, never of whom."""
    mind, model = house.mind, house.concierge.model
    seen = Seen(
        counts=await _counts(house),
        embedder=mind.embedder.fingerprint,
        revision=mind.shelf.revision,
        passages=len(mind.shelf.passages),
        model=model.name if model else "",
        breaker=model.breaker if model else None,
        index_is_up=not mind.index.lost,
    )
    return Response(house.concierge.figures.exposed(seen), media_type=TYPE)


async def _counts(house: House) -> Counts | None:
    now = house.clock()
    try:
        async with asyncio.timeout(_PATIENCE), house.db.read() as conn:
            return await counts(conn, now, day_in(now, house.settings.zone))
    except Exception as wrong:
        log.warning("the store could not be counted (%s)", type(wrong).__name__)
        return None


class CountRequests:
    """Counts each answered request under its route's template; what no route knows is counted together."""

    def __init__(self, app: ASGIApp, figures: Figures) -> None:
        self.app, self.figures = app, figures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Note the status as it is sent; an error that nobody caught is a 500."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status = 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noting)
        finally:
            self.figures.request(scope["method"], getattr(scope.get("route"), "path", "none"), status)
