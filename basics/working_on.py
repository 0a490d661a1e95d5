"""What this task is working on, for whoever writes a log line meanwhile: set once, known to every task that is started from it."""

from contextvars import ContextVar
from typing import NamedTuple


class Work(NamedTuple):
    """The conversation and turn in hand, and the names of the people in it (to be hidden in logs)."""

    conversation: str | None = None
    turn: str | None = None
    names: tuple[str, ...] = ()


_WORK: ContextVar[Work] = ContextVar("work", default=Work())  # noqa: B039 - a tuple does not change


def working_on(conversation: str | None = None, turn: str | None = None, names: tuple[str | None, ...] = ()) -> None:
    """From here on this task works on this; what is not given stays as it was."""
    now = _WORK.get()
    _WORK.set(Work(conversation or now.conversation, turn or now.turn, tuple(n for n in names if n) or now.names))


def work_in_hand() -> Work:
    """What this task works on, as far as it was told."""
    return _WORK.get()
