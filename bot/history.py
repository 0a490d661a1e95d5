"""What was said before in a conversation, as far back as a question can lean on it; and whether a message leaves it behind."""

import re
from collections.abc import Sequence

from bot.follow_up import points_back
from bot.steps import Before
from knowledge.terms import terms_of

MOST = 6  # things said, by either side
LONGEST = 2_000  # characters of them all
_IS_A_QUESTION = re.compile(
    r"^\W*((hi|hello|ok|okay|thanks|so)\W+)?(can|could|may|do|does|did|is|are|will|would|am|should|must|what|when|where|which|who|how|why)\b"
    r"|[吗呢么]\W*$|多少|怎么|怎样|如何|什么|几[个件天次点岁公小]|能不能|可不可以|可以.+吗|哪[里些个儿]|是否|谁",
    re.I,
)
_LEAST, _SHARED = 3, 0.25  # terms of a question that can stand by itself, and the share of them that it may have in common with the one before


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


def asks_anew(text: str, before: str) -> bool:
    """True if a message is a whole question about something else than the one before: what we asked back about that one is left behind."""
    mine = set(terms_of(text))
    if len(mine) < _LEAST or not _IS_A_QUESTION.search(text.strip()) or points_back(text) > 0:
        return False
    return len(mine & set(terms_of(before))) <= _SHARED * len(mine)
