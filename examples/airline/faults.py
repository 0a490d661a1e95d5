"""How Heron Air's gateway misbehaves, if it is told to: at the start, or while it runs (POST /faults)."""

import asyncio
import random

from pydantic import BaseModel, Field


class Faults(BaseModel):
    """Seconds that everything takes; shares (0..1) of calls that fail before anything is done, and of orders that are done and then not answered.

    `hang` is how long such an order is silent, in seconds.
    """

    slow: float = Field(default=0, ge=0, le=600)
    fail: float = Field(default=0, ge=0, le=1)
    commit_then_hang: float = Field(default=0, ge=0, le=1)
    hang: float = Field(default=60, ge=0, le=600)


class Moods:
    """The faults in force, and the dice."""

    def __init__(self, faults: Faults, seed: int | None = None) -> None:
        self.faults = faults
        self._dice = random.Random(seed)  # noqa: S311 - faults, no secrets

    async def before(self) -> bool:
        """Be slow; True where this call is to fail before anything is done."""
        if self.faults.slow:
            await asyncio.sleep(self.faults.slow)
        return self._dice.random() < self.faults.fail

    async def after_commit(self) -> None:
        """Be silent, for so many of the orders as were asked for."""
        if self._dice.random() < self.faults.commit_then_hang:
            await asyncio.sleep(self.faults.hang)
