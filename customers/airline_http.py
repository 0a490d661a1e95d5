"""The airline's gateway: JSON over HTTP, in time or not at all. Reads may be tried again, orders never within one call."""

import asyncio
import logging
import random
import time
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ValidationError

from basics.breaker import Breaker
from basics.errors import Unavailable
from basics.words import Words
from customers.answers import AWAY, GARBLED, REFUSED

log = logging.getLogger("concierge.airline")
LONGEST_ANSWER = 2_000_000  # bytes
_TRIES = 3  # of a safe read
_AT_ONCE = 20  # calls, and so connections; the others wait for their turn
# The pool itself has no limit: who is cancelled while waiting in it takes a place with them for ever (httpcore 1.0.9, encode/httpcore#1093).
_CONNECTIONS = httpx.Limits(max_connections=None, max_keepalive_connections=10, keepalive_expiry=30)
_LONGEST_CONNECT = 2.0  # seconds
_PASSING = frozenset({502, 503, 504})  # a read answered so is tried again
_NOT_ABOUT_THE_ORDER = frozenset({401, 403, 404, 405, 407, 408, 413, 415, 425, 429})  # ours to mend, or only a matter of time


class GatewayRefused(Exception):
    """The airline said no in a problem document: its own sentence, or ours where it gives none in both languages."""

    def __init__(self, said: Words) -> None:
        super().__init__(said.en)
        self.said = said


class _Problem(BaseModel, frozen=True):
    """RFC 9457, of which only the sentence for the traveller is read."""

    said: Words | None = None


class _Answer(NamedTuple):
    status: int
    kind: str
    body: bytes

    @property
    def is_json(self) -> bool:
        return self.kind == "application/json" or self.kind.endswith("+json")


class Gateway:
    """A connection to one gateway. `timeout` is the time of a whole call in seconds, however often a read is tried within it."""

    def __init__(self, url: str, key: str = "", timeout: float = 5.0, breaker: Breaker | None = None) -> None:
        self.breaker = breaker or Breaker(most=5, pause=10.0)
        self._timeout = timeout
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._http = httpx.AsyncClient(
            base_url=url.rstrip("/"),
            headers={"Accept": "application/json", "Accept-Encoding": "identity"} | ({"Authorization": f"Bearer {key}"} if key else {}),
            timeout=httpx.Timeout(timeout, connect=min(timeout, _LONGEST_CONNECT)),
            limits=_CONNECTIONS,
            follow_redirects=False,
        )

    async def read(self, *path: str, **query: str | None) -> bytes | None:
        """The JSON at this path, None where the airline says that there is no such thing; Unavailable otherwise."""
        if any(part in ("", ".", "..") for part in path):
            return None
        asked = {name: value for name, value in query.items() if value is not None}
        answer = await self._in_time("GET", path, asked, None, {}, _TRIES)
        if answer.status == 404 and answer.is_json:
            return None
        return self._taken(answer)

    async def send(self, *path: str, body: str, key: str) -> bytes:
        """Send an order once under its key; GatewayRefused, or Unavailable: then it is not known whether it was carried out."""
        headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
        answer = await self._in_time("POST", path, {}, body, headers, 1)
        if 400 <= answer.status < 500 and answer.status not in _NOT_ABOUT_THE_ORDER and answer.is_json:
            raise GatewayRefused(_said(answer.body))
        return self._taken(answer)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    async def _in_time(
        self, method: str, path: tuple[str, ...], query: Mapping[str, str], body: str | None, headers: Mapping[str, str], tries: int
    ) -> _Answer:
        """The answer, whatever it says; Unavailable if there is none in time, or nobody should ask for a while."""
        if not self.breaker.begin():
            raise Unavailable(AWAY)
        try:
            async with asyncio.timeout(self._timeout):
                answer = await self._tried(method, "/" + "/".join(quote(part, safe="") for part in path), query, body, headers, tries)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as wrong:
            self._failed(f"{type(wrong).__name__} at {method} /{path[0]}")
            raise Unavailable(AWAY) from wrong
        if answer.status >= 500:
            self._failed(f"{answer.status} at {method} /{path[0]}")
            raise Unavailable(AWAY)
        self.breaker.worked()
        return answer

    async def _tried(self, method: str, path: str, query: Mapping[str, str], body: str | None, headers: Mapping[str, str], tries: int) -> _Answer:
        for left in range(tries - 1, 0, -1):
            try:
                answer = await self._once(method, path, query, body, headers)
                if answer.status not in _PASSING:
                    return answer
            except httpx.TransportError as wrong:
                log.info("the airline's gateway: %s at a read; it is tried again", type(wrong).__name__)
            await asyncio.sleep(random.uniform(0.05, 0.15) * (tries - left))  # noqa: S311 - spreads tries, keeps no secret
        return await self._once(method, path, query, body, headers)

    async def _once(self, method: str, path: str, query: Mapping[str, str], body: str | None, headers: Mapping[str, str]) -> _Answer:
        began = time.monotonic()
        async with self._turns, self._http.stream(method, path, params=query, content=body, headers=headers) as answer:
            parts, size = [], 0
            async for part in answer.aiter_raw():
                parts.append(part)
                size += len(part)
                if size > LONGEST_ANSWER:
                    raise httpx.DecodingError("the answer is too long", request=answer.request)
        log.debug("the airline's gateway: %s %s, %.0f ms", method, answer.status_code, (time.monotonic() - began) * 1000)
        return _Answer(answer.status_code, answer.headers.get("content-type", "").partition(";")[0].strip().lower(), b"".join(parts))

    def _taken(self, answer: _Answer) -> bytes:
        if answer.status in (401, 403):
            log.error("the airline's gateway does not accept our key (%s): see CONCIERGE_AIRLINE_KEY", answer.status)
            raise Unavailable(AWAY)
        if not 200 <= answer.status < 300:
            log.error("the airline's gateway answered %s, which its contract does not know", answer.status)
            raise Unavailable(GARBLED)
        return answer.body

    def _failed(self, why: str) -> None:
        self.breaker.failed()
        log.warning("the airline's gateway failed (%s), %s in a row", why, self.breaker.failures)


def _said(body: bytes) -> Words:
    try:
        return _Problem.model_validate_json(body).said or REFUSED
    except ValidationError:
        return REFUSED
