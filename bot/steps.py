"""The values of one turn in flight: each step takes the ones before and makes the next."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from basics.words import Lang
from bot.as_of import AsOf, Span
from bot.llm import Spent
from customers.booking import Booking, Leg
from customers.change import Proposal
from customers.company import Company
from customers.entitlement import Entitlement
from customers.order import Choice
from customers.tags import Tag
from customers.traveller import Traveller
from desk.conversation import Basis, Caller, Citation, Reply, ReplyKind, Sentence
from desk.ticket import Mood, Reason
from knowledge.article import AppliesBy, Stake
from knowledge.passage import Passage, Unit
from knowledge.search import Found
from knowledge.shelf import Reader

Ask = Literal[
    "question", "change", "person", "greeting", "thanks", "goodbye", "who", "what", "compliment", "insult", "ok", "yes", "no", "rights", "nothing"
]


Want = Literal["price", "money", "time", "weight", "size", "count", "age", "permission"]


class Before(BaseModel, frozen=True):
    """Something that was said earlier in this conversation, by the asker or by us (the Concierge or a person at the desk)."""

    by: Literal["asker", "us"]
    text: str
    titles: tuple[str, ...] = ()
    """Of what we said: the titles of the articles it was quoted from; `articles` are their ids."""
    articles: frozenset[str] = frozenset()


class Request(BaseModel, frozen=True):
    """What a turn is given: the words nobody has answered yet, who said them, what was said before (`history`, oldest first), and the moment."""

    conversation_id: str
    caller: Caller
    lang: Lang
    text: str
    now: datetime
    asked_back: int = 0
    last_question: str = ""
    last_reply: Reply | None = None
    history: tuple[Before, ...] = ()
    open_proposal: Proposal | None = None


class Understood(BaseModel):
    """What is asked: in which language, about what, of which leg; `question` is what is meant (a clarified one is the earlier
    question), `searched` the same with the policy's words for it and the asker's own card and fare."""

    model_config = ConfigDict(arbitrary_types_allowed=True, frozen=True)

    lang: Lang
    ask: Ask
    question: str
    terms: tuple[str, ...]
    typed: str = ""
    """The question as it was typed, where it was read otherwise (knowledge/slips.py): what is shown to people."""
    searched: str = ""
    searched_terms: tuple[str, ...] = ()
    policy_terms: tuple[str, ...] = ()
    own_terms: tuple[str, ...] = ()
    """Of a question that goes on with what was spoken of: the terms that are new in it, of which an answer has to speak."""
    said: frozenset[str] = frozenset()
    """Of such a question: the terms of what we said last, which is not said again."""
    parts: tuple[str, ...] = ()
    """The questions of a message that asks several; empty where it asks one."""
    own_card: bool = False
    """Of a question about the asker's own card, read as what such cards need: what we counted of theirs is said first."""
    vector: NDArray[np.float32] | None = None
    about_article: str | None = None
    direction: Literal["outbound", "return"] | None = None
    wants: frozenset[Want] = frozenset()
    mood: Mood = "calm"
    complains: bool = False
    """They complain of what happened to them; who only asks how to complain does not."""
    listed_right: str | None = None
    """Of the rights that we listed last time the one that was picked, by its entitlement's name in a receipt."""
    thanks_first: bool = False


class Part(BaseModel):
    """One question of several in a message, and the passages found for it."""

    model_config = ConfigDict(arbitrary_types_allowed=True, frozen=True)

    understood: Understood
    found: tuple[Found, ...]


class NoneThen(BaseModel, frozen=True):
    """What answers today had no version in force on the day that is asked about: the article's title, the days, and which of the asker's they are."""

    title: str
    span: Span
    kind: AppliesBy


class Evidence(BaseModel, frozen=True):
    """Everything a reply may rest on: who asks and what they hold, and the passages found for them."""

    traveller: Traveller | None = None
    company: Company | None = None
    tags: tuple[Tag, ...] = ()
    bookings: tuple[Booking, ...] = ()
    entitlements: tuple[Entitlement, ...] = ()
    asked_leg: tuple[Booking, Leg] | None = None
    asked_right: Entitlement | None = None
    choices: tuple[Choice, ...] = ()
    """What the airline can do for the leg that is asked about."""
    choices_unknown: bool = False
    """Whether the airline's system was asked for them (or for a card's) and did not answer."""
    card: Proposal | None = None
    """What carries out the right that was picked from our list."""
    found: tuple[Found, ...] = ()
    parts: tuple[Part, ...] = ()
    """The questions of the message one by one, where they lead to several places; `found` is then what was found for any of them."""
    out_of_scope: float | None = None
    """How likely the question is outside this base, 0..1; None where nothing was searched, or with an embedder for which no score is fitted."""
    chosen_ahead: float | None = None
    """How far (log odds) the article that the asker chose comes before any other; None where none was chosen."""
    reader: Reader | None = None
    as_of: AsOf | None = None
    """The days that the question itself names; `reader` has them already."""
    today: date | None = None
    """In the airline's time zone."""
    none_then: NoneThen | None = None


class Chosen(BaseModel, frozen=True):
    """A unit that is to be said; `columns` are the cells of a row that matter (all where empty); `beside` marks an exception kept with it."""

    unit: Unit
    passage: Passage
    score: float
    cosine: float
    columns: tuple[int, ...] = ()
    beside: bool = False


class Which(BaseModel, frozen=True):
    """One thing a draft leaves open: `what` it is (a table's own word, may be empty), and the two or three `ways` it may be (`more`: not all).

    `passages` are where the answer then stands: one for all ways, one for each, or none. `though_sure`: the draft is only for some of them, so it
    is asked however sure the draft is of its words.
    """

    what: str
    ways: tuple[str, ...]
    wording: str
    more: bool = False
    passages: tuple[Passage, ...] = ()
    though_sure: bool = False


class Draft(BaseModel, frozen=True):
    """What we would say, sentence by sentence, each with what carries it, the signals that choosing it gave, and what it leaves open."""

    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...] = ()
    basis: Basis = "retrieved"
    signals: Mapping[str, float] = {}
    parts: tuple["Draft", ...] = ()
    """Of a message of several questions: the draft of each, by itself."""
    which: Which | None = None


class Grounding(BaseModel, frozen=True):
    """The draft with every sentence that is not carried left out, and why each was refused."""

    draft: Draft
    refused: tuple[str, ...] = ()


class Confidence(BaseModel, frozen=True):
    """The probability (0..1) that the draft would not be wrong, and the features it was made from."""

    value: float
    features: Mapping[str, float] = {}
    parts: tuple[float, ...] = ()
    """Of a message of several questions: that of each; `value` is the least."""


class Decision(BaseModel, frozen=True):
    """What happens, and why in one plain sentence (for receipts and the Brief); `needed` is the confidence that was missed, if that is why;
    `which` is the one thing that is asked back."""

    kind: ReplyKind
    because: str
    reason: Reason | None = None
    needed: float | None = None
    unsure: tuple[int, ...] = ()
    """Of several questions: the places (from 0) of those that are not answered, where others are."""
    which: Which | None = None
    stakes: tuple[Stake, ...] = ()
    """What raised the confidence that was missed."""


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
    observed: tuple[Tag, ...] = ()
    """What the bot noticed of the asker, to be noted with this turn."""
    base_revision: int = 0
    embedder: str = ""
    spent: Spent = Field(default_factory=Spent)
    stage_ms: Mapping[str, float] = {}
