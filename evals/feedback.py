"""What is known of an answer once people have seen it: from staff, from what they answered instead, from a thumb; and how much each counts. Pure."""

from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel

from basics.words import Lang
from bot.confidence import FEATURES
from evals.scorers import quantities
from knowledge.terms import terms_of
from store.labels import Remarked

Source = Literal["staff", "answered instead", "thumb"]
COUNTS: dict[Source, float] = {"staff": 1.0, "answered instead": 0.5, "thumb": 0.3}
"""How much a label of each source counts: staff know the policy; what they wrote is only compared; a thumb is also for the tone or the policy."""
_SAME, _SHORTEST = 0.6, 3  # the share of the draft's words that a person's answer repeats where both say the same, and how many there must be


class Known(BaseModel, frozen=True):
    """A turn with its label: the signals of its confidence, whether its draft was right, and who says so."""

    conversation_id: str
    features: dict[str, float]
    right: bool
    source: Source


def known_of(turns: Iterable[Remarked]) -> tuple[Known, ...]:
    """The turns that teach something: their confidence was made of signals, and somebody's word labels the draft."""
    out = []
    for turn in turns:
        said = label_of(turn) if set(FEATURES) <= set(turn.features) and "curated" not in turn.features else None
        if said is not None:
            features = {name: turn.features[name] for name in FEATURES}
            out.append(Known(conversation_id=turn.conversation_id, features=features, right=said[0], source=said[1]))
    return tuple(out)


def label_of(turn: Remarked) -> tuple[bool, Source] | None:
    """Whether the draft was right and who says so, the surest word first; None where nobody's word tells. A thumb tells of sent answers alone."""
    if turn.label is not None:
        return turn.label == "right", "staff"
    if turn.kind == "handoff" and (same := says_the_same(turn.draft, turn.staff_said, turn.lang)) is not None:
        return same, "answered instead"
    if turn.kind == "answer" and turn.thumb is not None:
        return turn.thumb == "up", "thumb"
    return None


def says_the_same(draft: str, staff_said: str, lang: Lang) -> bool | None:
    """Whether a person's answer says what our draft does: by the figures where both have some, else by the words; None where neither tells."""
    ours, theirs = quantities(draft, lang), quantities(staff_said, lang)
    if theirs and ours:
        if theirs <= ours:
            return True
        return False if not theirs & ours and {q[0] for q in theirs} & {q[0] for q in ours} else None
    wanted = set(terms_of(draft))
    if len(wanted) < _SHORTEST or len(wanted & set(terms_of(staff_said))) < _SAME * len(wanted):
        return None
    return True
