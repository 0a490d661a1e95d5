"""One table that turns our errors into HTTP (RFC 9457): a stable slug, a status, a plain sentence; never a traceback."""

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from basics.errors import ConciergeError

log = logging.getLogger("concierge.api")
STATUS = {
    "bad-request": 400,
    "empty-message": 422,
    "message-too-long": 413,
    "too-large": 413,
    "not-signed-in": 401,
    "token-wrong": 401,
    "sign-in-failed": 401,
    "identity-refused": 401,
    "identity-needed": 401,
    "not-company-admin": 403,
    "not-found": 404,
    "address-known": 409,
    "conversation-closed": 409,
    "proposal-declined": 409,
    "proposal-settled-otherwise": 409,
    "proposal-refused": 409,
    "proposal-expired": 410,
    "undo-over": 409,
    "key-used": 422,
    "change-under-way": 503,
    "grant-refused": 409,
    "grant-decided": 409,
    "grant-is-yours": 409,
    "not-a-lead": 403,
    "ticket-taken": 409,
    "ticket-not-open": 409,
    "not-your-ticket": 409,
    "case-changed": 409,
    "case-closed": 409,
    "case-stands": 409,
    "case-date-wrong": 422,
    "case-without-outcome": 422,
    "not-your-case": 409,
    "tag-not-yours": 409,
    "tag-ends-before": 422,
    "article-refused": 422,
    "lesson-decided": 409,
    "lesson-needs-the-other": 409,
    "lesson-refused": 422,
    "locked-out": 429,
    "too-many": 429,
    "home-busy": 409,
    "unavailable": 503,
    "reservations-refused": 409,
}
_BY_STATUS = {400: "bad-request", 401: "not-signed-in", 403: "not-signed-in", 404: "not-found", 405: "bad-request", 413: "too-large"}
TYPE = "application/problem+json"


def problem(slug: str, status: int, detail: str, **more: Any) -> dict[str, Any]:
    """A problem document; pages word `type` from their own catalogues, `detail` is for people who read JSON."""
    return {"type": slug, "title": slug.replace("-", " ").capitalize(), "status": status, "detail": detail, **more}


def as_problem(error: Exception) -> dict[str, Any]:
    """Any error as a problem document; what is not ours is logged and told in one plain sentence."""
    if isinstance(error, ConciergeError):
        more = {k: v for k, v in error.details.items() if v is not None}
        return problem(error.slug, STATUS.get(error.slug, 500), error.said.en, detail_zh=error.said.zh, **more)
    log.exception("a call failed", exc_info=error)
    return problem("internal", 500, "Something went wrong on our side. What you sent before is kept; please try again.")


def answer_errors(app: FastAPI) -> None:
    """Make every error of the app a problem document."""

    @app.exception_handler(ConciergeError)
    async def _ours(_request: Request, error: ConciergeError) -> JSONResponse:
        said = as_problem(error)
        wait = error.details.get("retry_after")
        return JSONResponse(said, said["status"], media_type=TYPE, headers={"Retry-After": str(wait)} if wait else None)

    @app.exception_handler(RequestValidationError)
    async def _unreadable(_request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"] if part != "body")
        return JSONResponse(problem("bad-request", 400, f"{where or 'The request'}: {first['msg']}."), 400, media_type=TYPE)

    @app.exception_handler(HTTPException)
    async def _plain(_request: Request, error: HTTPException) -> JSONResponse:
        slug = _BY_STATUS.get(error.status_code, "bad-request")
        return JSONResponse(problem(slug, error.status_code, str(error.detail)), error.status_code, media_type=TYPE, headers=error.headers)

    @app.exception_handler(Exception)
    async def _unknown(_request: Request, error: Exception) -> JSONResponse:
        return JSONResponse(as_problem(error), 500, media_type=TYPE)
