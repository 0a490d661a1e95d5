"""The values of one turn in flight: each step takes the ones before and makes the next."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from basics.words import Lang
from bot.llm import Spent
from customers.booking import Booking, Leg
from customers.change import Flight, Proposal
from customers.company import Company
from customers.entitlement import Entitlement
from customers.tags import Tag
from customers.traveller import Traveller
from desk.conversation import Basis, Caller, Citation, Reply, ReplyKind, Sentence
from desk.ticket import Mood, Reason
from knowledge.passage import Passage, Unit
from knowledge.search import Found
from knowledge.shelf import Reader

Ask = Literal["question", "change", "person", "greeting", "thanks", "goodbye", "who", "what", "ok", "yes", "no", "nothing"]


Want = Literal["money", "time", "weight", "size", "count", "permission"]


class Request(BaseModel, frozen=True):
    """What a turn is given: the words nobody has answered yet, who said them, what was said before, and the moment."""

    conversation_id: str
    caller: Caller
    lang: Lang
    text: str
    now: datetime
    asked_back: int = 0
    last_question: str = ""
    last_reply: Reply | None = None
    open_proposal: Proposal | None = None


class Understood(BaseModel):
    """What is asked: in which language, about what, of which leg; `question` is what is meant (a clarified one is the earlier
    question), `searched` the same with the policy's words for it and the asker's own card and fare."""

    model_config = ConfigDict(arbitrary_types_allowed=True, frozen=True)

    lang: Lang
    ask: Ask
    question: str
    terms: tuple[str, ...]
    searched: str = ""
    searched_terms: tuple[str, ...] = ()
    policy_terms: tuple[str, ...] = ()
    vector: NDArray[np.float32] | None = None
    about_article: str | None = None
    direction: Literal["outbound", "return"] | None = None
    wants: frozenset[Want] = frozenset()
    mood: Mood = "calm"


class Evidence(BaseModel, frozen=True):
    """Everything a reply may rest on: who asks and what they hold, and the passages found for them."""

    traveller: Traveller | None = None
    company: Company | None = None
    tags: tuple[Tag, ...] = ()
    bookings: tuple[Booking, ...] = ()
    entitlements: tuple[Entitlement, ...] = ()
    asked_leg: tuple[Booking, Leg] | None = None
    asked_right: Entitlement | None = None
    alternatives: tuple[Flight, ...] = ()
    found: tuple[Found, ...] = ()
    reader: Reader | None = None


class Chosen(BaseModel, frozen=True):
    """A unit that is to be said; `columns` are the cells of a row that matter (all where empty); `beside` marks an exception kept with it."""

    unit: Unit
    passage: Passage
    score: float
    cosine: float
    columns: tuple[int, ...] = ()
    beside: bool = False


class Draft(BaseModel, frozen=True):
    """What we would say, sentence by sentence, each with what carries it, and the signals that choosing it gave."""

    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...] = ()
    basis: Basis = "retrieved"
    signals: Mapping[str, float] = {}


class Grounding(BaseModel, frozen=True):
    """The draft with every sentence that is not carried left out, and why each was refused."""

    draft: Draft
    refused: tuple[str, ...] = ()


class Confidence(BaseModel, frozen=True):
    """The probability (0..1) that the draft would not be wrong, and the features it was made from."""

    value: float
    features: Mapping[str, float] = {}


class Decision(BaseModel, frozen=True):
    """What happens, and why in one plain sentence (for receipts and the Brief); `needed` is the confidence that was missed, if that is why."""

    kind: ReplyKind
    because: str
    reason: Reason | None = None
    needed: float | None = None


class Thought(BaseModel):
    """A turn thought through to its end, nothing written yet: the same for a live turn and a dry one."""

    model_config = ConfigDict(arbitrary_types_allowed=True, frozen=True)

    request: Request
    understood: Understood
    evidence: Evidence
    draft: Draft
    grounding: Grounding
    confidence: Confidence
    decision: Decision
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...] = ()
    choices: tuple[str, ...] = ()
    proposal: Proposal | None = None
    base_revision: int = 0
    embedder: str = ""
    spent: Spent = Field(default_factory=Spent)
    stage_ms: Mapping[str, float] = {}
