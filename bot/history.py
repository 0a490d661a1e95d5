"""What was said before in a conversation, as far back as a question can lean on it."""

from collections.abc import Sequence

from bot.steps import Before

MOST = 6  # things said, by either side
LONGEST = 2_000  # characters of them all


def recent(said: Sequence[Before]) -> tuple[Before, ...]:
    """The last few things said, oldest first; of one that no longer fits in whole, its end."""
    kept: list[Before] = []
    room = LONGEST
    for one in reversed(said[-MOST:]):
        if not room:
            break
        text = one.text[-room:]
        kept.append(one.model_copy(update={"text": text}))
        room -= len(text)
    return tuple(reversed(kept))
