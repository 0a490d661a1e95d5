"""A language model behind one small seam, and the guard in front of it: deadlines, a breaker, a count of what was spent.

The model is an untrusted helper: it words what was decided, and says whether passages answer. It decides nothing.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from basics.breaker import Breaker
from bot import traces
from bot.prompt import Prompt

log = logging.getLogger("concierge.llm")


class ModelFailed(Exception):
    """The model did not do it: down, slow, cut off, or talking nonsense. Never shown to a traveller; the quote draft is sent instead."""


@dataclass
class Spent:
    """What a turn cost: tokens read and written, and the names and hashes of the prompts that were used."""

    tokens_in: int = 0
    tokens_out: int = 0
    model: str = ""
    prompts: tuple[str, ...] = ()

    def used(self, model: str, prompt: Prompt) -> None:
        """Note that this prompt was sent."""
        self.model = model
        self.prompts = (*self.prompts, f"{prompt.name}:{prompt.hash}")


class LLM(Protocol):
    """A model. Every method raises ModelFailed, and nothing else, when it cannot."""

    name: str

    def write(self, prompt: Prompt, most_tokens: int, spent: Spent) -> AsyncIterator[str]:
        """The text in pieces, as it comes; raises also when it was cut off before its end."""
        ...

    async def yes(self, prompt: Prompt, spent: Spent) -> float:
        """The probability (0..1) of Yes to a question that is to be answered with Yes or No."""
        ...

    async def close(self) -> None:
        """Let go of connections and weights."""
        ...


class GuardedLLM:
    """An LLM that answers in time or fails: `first_word` and `total` in seconds; what fails is counted by the breaker."""

    def __init__(self, llm: LLM, breaker: Breaker, first_word: float = 6.0, total: float = 20.0) -> None:
        self._llm, self.breaker, self._first_word, self._total = llm, breaker, first_word, total
        self.name = llm.name

    async def write(self, prompt: Prompt, most_tokens: int, spent: Spent) -> AsyncIterator[str]:
        """The text in pieces."""
        self._begin()
        spent.used(self.name, prompt)
        with traces.asked(self.name, spent):
            ends = time.monotonic() + self._total
            pieces = self._llm.write(prompt, most_tokens, spent)
            try:
                wait, piece = self._first_word, None
                while True:
                    try:
                        async with asyncio.timeout(min(wait, max(0.0, ends - time.monotonic()))):
                            piece = await anext(pieces)
                    except StopAsyncIteration:
                        break
                    except TimeoutError:
                        raise ModelFailed("too slow") from None
                    wait = self._total
                    yield piece
            except ModelFailed as no:
                self._failed(no)
                raise
            finally:
                close = getattr(pieces, "aclose", None)
                if close is not None:
                    await close()
            self.breaker.worked()

    async def yes(self, prompt: Prompt, spent: Spent) -> float:
        """The probability of Yes."""
        self._begin()
        spent.used(self.name, prompt)
        with traces.asked(self.name, spent):
            try:
                async with asyncio.timeout(self._first_word):
                    probability = await self._llm.yes(prompt, spent)
            except TimeoutError:
                self._failed(ModelFailed("too slow"))
                raise ModelFailed("too slow") from None
            except ModelFailed as no:
                self._failed(no)
                raise
            self.breaker.worked()
        return probability

    async def close(self) -> None:
        """Close the model."""
        await self._llm.close()

    def _begin(self) -> None:
        if not self.breaker.begin():
            raise ModelFailed("it failed too often just now; nobody tries for a while")

    def _failed(self, why: ModelFailed) -> None:
        self.breaker.failed()
        log.warning("the model %s failed (%s), %s in a row", self.name, why, self.breaker.failures)
