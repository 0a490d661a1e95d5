"""A command beside a running server talks to it; without one it works in the home itself. Never two processes on one index."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from basics.errors import BadRequest, HomeBusy, Unavailable
from bot.assembly import House, assemble
from bot.home import Home, Running
from bot.settings import Settings


def running_server(settings: Settings) -> Running | None:
    """The server that has this home, if it answers."""
    running = Home(settings.home).running()
    if running is None:
        return None
    try:
        httpx.get(f"{running.address}/healthz", timeout=5).raise_for_status()
    except httpx.HTTPError:
        return None
    return running


def call(running: Running, path: str, body: dict[str, Any], seconds: float | None = 600) -> Any:
    """Ask the running server to do it, and wait this long; None: until it is done."""
    try:
        answer = httpx.post(f"{running.address}{path}", json=body, timeout=seconds, headers={"Authorization": f"Bearer {running.operator_token}"})
    except httpx.HTTPError as wrong:
        raise Unavailable(f"The server at {running.address} did not answer: {wrong}. Nothing was changed that it did not report.") from None
    said = answer.json()
    if answer.is_error:
        raise BadRequest(str(said.get("detail", answer.text)))
    return said


@asynccontextmanager
async def own_house(settings: Settings, only_base: bool = False) -> AsyncIterator[House]:
    """The home, taken for one command; `only_base` opens the store alone, for what is to be done where a whole house would not start."""
    home = Home(settings.home)
    try:
        home.take()
    except HomeBusy as busy:
        if home.running() is not None:
            raise
        raise HomeBusy(f"{busy} (It is starting or stopping: try again in a moment.)") from None
    try:
        house = assemble(settings, home=home)
        await (house.open_store() if only_base else house.start())
        try:
            yield house
        finally:
            await house.stop()
    finally:
        home.leave()
