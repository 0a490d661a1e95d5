"""The app: every door wired to one house."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import chat, company, demo, desk, desk_cases, desk_tags, grants, lessons, metrics, moments, operator, ops
from api.errors import TYPE, answer_errors, problem
from api.host_keys import keys_of
from api.limits import Limits
from api.metrics import CountRequests
from api.pages import serve_pages
from bot.assembly import House
from bot.health import Health

MOST_BYTES = 1_000_000  # of one request; a message is at most a few kB
_GOING = "The server is being restarted. Please send it again in a moment; nothing is done twice."
_TOO_LARGE = f"The request is larger than {MOST_BYTES:,} bytes. Nothing was kept; please shorten it."


def build_app(house: House, with_demo: bool = False) -> FastAPI:
    """The HTTP side of a house; starting the app starts the house, stopping it stops the house."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await house.start()
        yield
        app.state.closing.set()
        await app.state.limits.close()
        await house.stop()

    app = FastAPI(title="Travel Concierge", version="1", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url="/v1/openapi.json")
    app.state.house = house
    app.state.host_keys = keys_of(house.settings)
    app.state.limits = Limits(house.settings)
    app.state.health = Health(house.db, house.settings, house.clock, house.concierge.model)
    app.state.closing = asyncio.Event()
    answer_errors(app)
    doors = (chat, company, desk, desk_cases, desk_tags, grants, lessons, operator, ops, metrics, moments, *((demo,) if with_demo else ()))
    for door in doors:
        app.include_router(door.router)
    serve_pages(app, house.settings.frame_ancestors, with_demo)
    app.add_middleware(CountRequests, figures=house.concierge.figures)  # innermost: it reads the route that was found
    app.add_middleware(JsonOrStream)
    app.add_middleware(HonestRequests)
    app.add_middleware(GoesAway)  # outermost
    return app


class GoesAway:
    """A call that the server's stopping cuts off is told so; else it would be an error without words. A message that was kept is answered later."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer in the place of a call that is cancelled before it has begun to answer."""
        begun = False

        async def noting(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, noting)
        except asyncio.CancelledError:
            if scope["type"] != "http" or begun:
                raise
            await JSONResponse(problem("unavailable", 503, _GOING), 503, {"Retry-After": "1"}, media_type=TYPE)(scope, receive, send)


class JsonOrStream:
    """`…/messages` and `…/events` answer as a stream to who accepts one, and as one JSON document to everybody else."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send who wants JSON to the JSON route."""
        if scope["type"] == "http" and scope["path"].startswith("/v1/") and scope["path"].endswith(("/messages", "/events")):
            accepts = next((v for k, v in scope["headers"] if k == b"accept"), b"")
            if b"text/event-stream" not in accepts:
                scope = {**scope, "path": scope["path"] + ".json", "raw_path": scope.get("raw_path", b"") + b".json"}
        await self.app(scope, receive, send)


class HonestRequests:
    """Refuses what no honest page sends: a body that is too large, before it is read into memory, and an address with a zero byte."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look at the address and the declared length, and count what comes where none is declared."""
        if scope["type"] == "http":
            if "\x00" in scope["path"]:
                await JSONResponse(problem("not-found", 404, "There is no such page."), 404, media_type=TYPE)(scope, receive, send)
                return
            declared = next((v for k, v in scope["headers"] if k == b"content-length"), b"0")
            if declared.isdigit() and int(declared) > MOST_BYTES:
                await JSONResponse(problem("too-large", 413, _TOO_LARGE), 413, media_type=TYPE)(scope, receive, send)
                return
            receive = _counted(receive)
        await self.app(scope, receive, send)


def _counted(receive: Receive) -> Receive:
    """The same body, as long as it is not too large."""
    got = 0

    async def receive_some() -> Message:
        nonlocal got
        message = await receive()
        got += len(message.get("body", b""))
        if got > MOST_BYTES:
            raise HTTPException(413, _TOO_LARGE)
        return message

    return receive_some
