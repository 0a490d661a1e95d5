"""Heron Air's gateway: the contract of docs/connect.md over its own database. Its OpenAPI description stands at /openapi.json."""

import asyncio
import hmac
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Annotated, Any, TypeVar

from fastapi import Depends, FastAPI, Header, HTTPException, Path, Query, Request
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from examples.airline import orders, shapes, told
from examples.airline.faults import Faults, Moods
from examples.airline.storage import Storage

T = TypeVar("T")
Clock = Callable[[], datetime]
Id = Annotated[str, Path(max_length=120)]
_TURNS = 0.05  # seconds between two looks for orders that were put into the table


def build(storage: Storage, clock: Clock, token: str = "", faults: Faults | None = None, seed: int | None = None) -> FastAPI:
    """The gateway over a database that is there; `token` is what its callers show, empty: nobody is asked."""
    moods = Moods(faults or Faults(), seed)

    @asynccontextmanager
    async def at_work(_app: FastAPI) -> AsyncIterator[None]:
        working = asyncio.create_task(_answer_for_ever(storage, clock))
        yield
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working

    bearer = HTTPBearer(auto_error=False)

    def known(shown: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]) -> None:
        if token and (shown is None or not hmac.compare_digest(shown.credentials.encode(), token.encode())):
            raise HTTPException(401, "The bearer token is missing or wrong.")

    app = FastAPI(title="Heron Air gateway", version="1", lifespan=at_work, dependencies=[Depends(known)])
    app.state.moods = moods

    @app.exception_handler(HTTPException)
    async def as_problem(_request: Request, wrong: HTTPException) -> JSONResponse:
        return _problem(wrong.status_code, str(wrong.detail))

    async def look(work: Callable[[Any], T]) -> T:
        if await moods.before():
            raise HTTPException(503, "Heron Air is out of order.")

        def looked() -> T:
            with storage.reading() as db:
                return work(db)

        return await asyncio.to_thread(looked)

    @app.get("/health")
    async def health() -> dict[str, str]:
        """It answers, and speaks this version of the contract."""
        return {"contract": "1"}

    @app.get("/travellers/{id}")
    async def traveller(id: Id) -> shapes.Traveller:
        """Who it is."""
        return shapes.Traveller.model_validate(_there(await look(lambda db: told.traveller(db, id))))

    @app.get("/companies/{id}")
    async def company(id: Id) -> shapes.Company:
        """Which company it is."""
        return shapes.Company.model_validate(_there(await look(lambda db: told.company(db, id))))

    @app.get("/companies/{id}/account")
    async def account(id: Id, as_of: datetime) -> dict[str, Any]:
        """Heron Air keeps no accounts of companies: there is none, whichever is asked for."""
        raise HTTPException(404, "There is no such account.")

    @app.get("/travellers/{id}/bookings")
    async def bookings(id: Id) -> shapes.Bookings:
        """Everything that the traveller has booked."""
        return shapes.Bookings.model_validate({"bookings": await look(lambda db: told.bookings(db, id))})

    @app.get("/bookings/{id}/choices")
    async def choices(id: Id, kind: shapes.Kind, now: datetime, leg: Annotated[str | None, Query()] = None) -> shapes.Choices:
        """What can be done at this moment."""
        return shapes.Choices.model_validate({"choices": await look(lambda db: told.choices(db, kind, id, leg, now))})

    @app.get("/orders/{key}")
    async def order(key: Id) -> shapes.Outcome:
        """What became of an order."""
        row = _there(await look(lambda db: orders.order_of(db, key)))
        return shapes.Outcome.of(row, json.loads(row["answer"] or "{}"))

    @app.post("/orders", responses={409: {"model": shapes.Problem}})
    async def take(asked: shapes.Order, idempotency_key: Annotated[str, Header(min_length=1, max_length=120)]) -> Any:
        """Do it, once for the key: the same key again is answered with what became of the first."""
        if await moods.before():
            raise HTTPException(503, "Heron Air is out of order. Nothing was done.")
        said = asked.model_dump(mode="json")

        def done() -> dict[str, Any]:
            with storage.writing() as db:
                return orders.take(db, idempotency_key, said, clock())

        row = await asyncio.to_thread(done)
        await moods.after_commit()
        outcome = shapes.Outcome.of(row, json.loads(row["answer"] or "{}"))
        return _problem(409, "The order was refused.", outcome.said) if outcome.state == "refused" else outcome

    @app.post("/faults")
    async def misbehave(wanted: Faults) -> Faults:
        """From now on be slow, fail, or be silent after committing."""
        moods.faults = wanted
        return wanted

    return app


def _there(found: dict[str, Any] | None) -> dict[str, Any]:
    if found is None:
        raise HTTPException(404, "There is nothing of this name.")
    return found


def _problem(status: int, title: str, said: shapes.Said | None = None) -> JSONResponse:
    problem = shapes.Problem(type="about:blank", title=title, status=status, said=said)
    return JSONResponse(problem.model_dump(exclude_none=True), status, media_type="application/problem+json")


async def _answer_for_ever(storage: Storage, clock: Clock) -> None:
    """The airline's own process for orders that are put into its table (CONCIERGE_AIRLINE=sql)."""

    def answer() -> None:
        with storage.writing() as db:
            orders.answer_new(db, clock())

    def waiting() -> bool:
        with storage.reading() as db:
            return db.execute("SELECT 1 FROM orders WHERE state = 'NEW' LIMIT 1").fetchone() is not None

    while True:
        if await asyncio.to_thread(waiting):
            await asyncio.to_thread(answer)
        await asyncio.sleep(_TURNS)
