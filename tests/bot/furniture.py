"""Other furniture for the house: an embedder that can be held up or fail, an airline that says no or does not answer."""

import threading
from collections.abc import Sequence
from pathlib import Path

from basics.words import words
from customers.order import ChangeDone, Order
from customers.reservations import ReservationsRefused, ReservationsUnavailable
from customers.reservations_demo import DemoReservations
from knowledge.embedder import Vectors
from tests.house import the_embedder


class HeldEmbedder:
    """The real embedder behind a gate: a question waits while the gate is closed, and may then fail."""

    def __init__(self) -> None:
        self.fingerprint, self.dimensions = the_embedder().fingerprint, the_embedder().dimensions
        self.gate, self.asked = threading.Event(), threading.Event()
        self.gate.set()
        self.fails = False

    def passages(self, texts: Sequence[str]) -> Vectors:
        return the_embedder().passages(texts)

    def questions(self, texts: Sequence[str]) -> Vectors:
        return the_embedder().questions(texts)

    def question(self, text: str) -> Vectors:
        if text == "?":  # the house reads it once at its start, whenever that gets round to it
            return the_embedder().question(text)
        self.asked.set()
        assert self.gate.wait(30)
        if self.fails:
            raise RuntimeError("the model broke")
        return the_embedder().question(text)


class MoodyAirline(DemoReservations):
    """The demo airline, which refuses, or commits and then does not answer, as often as it is told to."""

    refuses = 0
    silent_after = 0
    silent_before = 0

    async def carry_out(self, key: str, order: Order) -> ChangeDone:
        if self.refuses:
            self.refuses -= 1
            raise ReservationsRefused(words("The flight is full.", "航班已满。"))
        if self.silent_before:
            self.silent_before -= 1
            raise ReservationsUnavailable(words("No answer.", "没有响应。"))
        done = await super().carry_out(key, order)
        if self.silent_after:
            self.silent_after -= 1
            raise ReservationsUnavailable(words("No answer.", "没有响应。"))
        return done


def a_moody_airline(home: Path, clock: object) -> MoodyAirline:
    return MoodyAirline(home, clock)  # type: ignore[arg-type]
