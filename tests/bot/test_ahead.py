"""Questions embedded ahead of their turn."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from bot.ahead import Ahead
from knowledge.embedder import Vectors


class Counting:
    """An embedder that counts, and breaks on demand."""

    fingerprint, dimensions = "counting", 2

    def __init__(self) -> None:
        self.read: list[str] = []

    def question(self, text: str) -> Vectors:
        self.read.append(text)
        if text == "broken":
            raise RuntimeError("the model broke")
        return np.array([len(text), 1], dtype=np.float32)

    passages = questions = question  # type: ignore[assignment]


async def test_what_was_begun_is_not_read_again_and_the_rest_is() -> None:
    embedder = Counting()
    with ThreadPoolExecutor(1) as worker:
        ahead = Ahead(embedder, worker)  # type: ignore[arg-type]
        ahead.begin("a bag")
        ahead.begin("a bag")
        assert (await ahead.vector("a bag"))[0] == 5 and embedder.read == ["a bag"]
        assert (await ahead.vector("another"))[0] == 7 and embedder.read == ["a bag", "another"]


async def test_a_model_that_breaks_ahead_of_time_breaks_the_turn_that_wants_it_and_no_other() -> None:
    embedder = Counting()
    with ThreadPoolExecutor(1) as worker:
        ahead = Ahead(embedder, worker)  # type: ignore[arg-type]
        ahead.begin("broken")
        await asyncio.sleep(0.05)
        assert (await ahead.vector("fine"))[0] == 4
        with pytest.raises(RuntimeError):
            await ahead.vector("broken")


async def test_a_thousand_messages_that_nobody_answers_leave_little_behind() -> None:
    embedder = Counting()
    with ThreadPoolExecutor(1) as worker:
        ahead = Ahead(embedder, worker)  # type: ignore[arg-type]
        for n in range(1000):
            ahead.begin(f"{n}")
        assert len(ahead._begun) <= 64
        await asyncio.wait_for(ahead.vector("999"), 10)
