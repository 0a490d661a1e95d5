"""The airline of this installation, for a command beside the server: its gateway or database, or the demo's home."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from basics.clock import Clock
from bot.airline import Airline, airline_of
from bot.settings import Settings


@asynccontextmanager
async def airline_here(settings: Settings, clock: Clock) -> AsyncIterator[Airline]:
    """The airline as the settings want it; where a demo has no home yet, with the bookings that it would begin with."""
    begun = settings.airline != "demo" or (settings.home / "airline.sqlite3").exists()
    with tempfile.TemporaryDirectory(prefix="concierge-airline-") as folder:
        airline = airline_of(settings, settings.home if begun else Path(folder), clock)
        try:
            yield airline
        finally:
            await airline.close()
