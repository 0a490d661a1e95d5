"""A conversation and the records kept of each turn of it: who asked, what was replied, and what carried each sentence."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, model_validator

from basics.words import Lang
from customers.change import Proposal, ProposalState
from customers.change_kind import Option
from customers.moment import MomentKind
from customers.order import ChangeKind
from customers.rights import RightDecision
from customers.scheme import CompanySegment, Segment
from customers.tags import Tag
from customers.traveller import Tier

ConversationState = Literal["bot", "waiting", "staff", "closed"]
ReplyKind = Literal["answer", "clarify", "proposal", "abstain", "handoff"]
Label = Literal["right", "wrong"]
"""What a staff member says of an answer, or of the draft behind a hand-off."""
Basis = Literal["rule", "curated", "retrieved", "model"]


class Caller(BaseModel, frozen=True):
    """Who a conversation's token speaks for; nobody is ever more than this, whatever a message says."""

    kind: Literal["anonymous", "traveller", "company_admin"] = "anonymous"
    traveller_id: str | None = None
    name_en: str | None = None
    name_zh: str | None = None
    tier: Tier | None = None
    company_id: str | None = None
    company_en: str | None = None
    company_zh: str | None = None
    segment: Segment | None = None
    value: float | None = None
    """Their value score (0..100) as the conversation was opened, with the segment it made; None: not known. Shown to staff, never to them."""
    company_segment: CompanySegment | None = None
    tags: tuple[Tag, ...] = ()
    """What the host page's signature vouches for, in this conversation only; the customer platform's own tags are asked anew at every turn."""

    def name(self, lang: Lang) -> str | None:
        """Their name as written in `lang`."""
        return self.name_zh if lang == "zh" else self.name_en

    def company(self, lang: Lang) -> str | None:
        """Their company's name as written in `lang`."""
        return self.company_zh if lang == "zh" else self.company_en


class Conversation(BaseModel, frozen=True):
    """One conversation as it stands."""

    id: str
    lang: Lang
    state: ConversationState
    caller: Caller
    asked_back: int
    opened_at: datetime


class Carrier(BaseModel, frozen=True):
    """What carries a sentence: a span of a stored article version, a computed entitlement, or an approved wording. Exactly one."""

    passage_id: str | None = None
    start: int = 0
    end: int = 0
    entitlement_id: str | None = None
    wording_id: str | None = None

    @model_validator(mode="after")
    def _one(self) -> "Carrier":
        if sum(x is not None for x in (self.passage_id, self.entitlement_id, self.wording_id)) != 1:
            raise ValueError("a sentence is carried by a passage, an entitlement or a wording")
        return self


class Sentence(BaseModel, frozen=True):
    """Something said, with what carries it. `citations` are 1-based places in the reply's citations. `glue` joins it to the one before."""

    text: str
    lang: Lang
    carried_by: tuple[Carrier, ...]
    citations: tuple[int, ...] = ()
    starts_line: bool = False


class Citation(BaseModel, frozen=True):
    """A source as it is shown: the article version and the words of it that carry the reply."""

    article_id: str
    version: int
    lang: Lang
    title: str
    section: str
    quote: str
    url: str
    in_force_from: date


class ShownEntitlement(BaseModel, frozen=True):
    """A decision about a right, worded for the one who reads."""

    rule_id: str
    right: str
    decision: Literal["allow", "deny", "refer"]
    title: str
    reasons: tuple[str, ...] = ()
    until: datetime | None = None


class ShownLine(BaseModel, frozen=True):
    """A label and its value on a card."""

    label: str
    value: str


class ShownOption(BaseModel, frozen=True):
    """One of the choices on a proposal card: what it costs, and what was waived of its usual price."""

    id: str
    label: str
    note: str = ""
    price: str | None = None
    waived: str | None = None


class ShownTerms(BaseModel, frozen=True):
    """What is agreed to by a yes."""

    lines: tuple[ShownLine, ...]
    options: tuple[ShownOption, ...]
    chosen: str | None = None


class ShownOffer(BaseModel, frozen=True):
    """Why something is offered that nobody asked for."""

    moment: MomentKind
    reason: str


class ShownGrant(BaseModel, frozen=True):
    """Who of the staff stands behind a proposal."""

    by: str


class ShownProposal(BaseModel, frozen=True):
    """A proposal as a card, worded for the one who reads."""

    id: str
    kind: ChangeKind | Literal["undo"] = "rebooking"  # cards of the first release do not say
    state: ProposalState
    title: str
    terms: ShownTerms
    expires_at: datetime
    offer: ShownOffer | None = None
    granted: ShownGrant | None = None
    undo_until: datetime | None = None
    """Until when it can be taken back; None where it cannot (any more)."""


class ShownReceipt(BaseModel, frozen=True):
    """A receipt as a card, worded for the one who reads."""

    id: str
    proposal_id: str
    title: str
    lines: tuple[ShownLine, ...]
    executed_at: datetime
    reference: str


class StaffName(BaseModel, frozen=True):
    """One of the two, as travellers see them."""

    id: str
    name: str


class ShownTicket(BaseModel, frozen=True):
    """A ticket as the traveller sees it: a number to refer to, their place, and when somebody answers at the latest."""

    id: str
    number: int
    state: Literal["waiting", "taken", "resolved", "returned"]
    position: int
    promised_by: datetime
    staff: StaffName | None = None


class Reply(BaseModel, frozen=True):
    """What one turn said, whole; the contract of DESIGN section 5."""

    message_id: str
    kind: ReplyKind
    text: str
    lang: Lang
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...] = ()
    choices: tuple[str, ...] = ()
    entitlements: tuple[ShownEntitlement, ...] = ()
    proposal: ShownProposal | None = None
    ticket: ShownTicket | None = None
    confidence: float
    basis: Basis
    receipt_id: str


class AnswerReceipt(BaseModel, frozen=True):
    """What stands behind a reply, kept so that "what exactly did the bot say, and why" has an answer years later."""

    id: str
    turn_id: str
    conversation_id: str
    question: str
    lang: Lang
    as_of: datetime
    reply: Reply
    passages: tuple[str, ...]
    base_revision: int
    embedder: str
    entitlements: tuple[str, ...]
    decisions: dict[str, RightDecision] = {}
    """Of the entitlements that the reply shows or that carry it, by id: what was decided, and from what, so that it can be decided again."""
    features: dict[str, float]
    decision: str
    because: str
    draft: str
    settings_hash: str
    stage_ms: dict[str, float]
    model: str = ""
    prompts: tuple[str, ...] = ()
    """Name, version and hash of each prompt that a model was given."""
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0
    """In the currency of the settings' prices."""
    reworded: tuple[int, ...] = ()
    """Places (from 0) of the sentences that are the model's words for the quoted ones."""


def show_proposal(proposal: Proposal, lang: Lang, now: datetime) -> ShownProposal:
    """The proposal as a card in `lang`; an open one whose time has passed is shown as expired."""
    state: ProposalState = "expired" if proposal.state == "offered" and now >= proposal.expires_at else proposal.state
    return ShownProposal(
        id=proposal.id,
        kind=proposal.kind,
        state=state,
        title=proposal.title.said_in(lang),
        terms=ShownTerms(
            lines=tuple(ShownLine(label=k.said_in(lang), value=v.said_in(lang)) for k, v in proposal.lines),
            options=tuple(_option(o, lang) for o in proposal.options),
            chosen=proposal.chosen,
        ),
        expires_at=proposal.expires_at,
        offer=ShownOffer(moment=proposal.offer.moment, reason=proposal.offer.reason.said_in(lang)) if proposal.offer else None,
        granted=ShownGrant(by=proposal.granted.by) if proposal.granted else None,
        undo_until=proposal.undo_until if state == "executed" and proposal.undo_until and now < proposal.undo_until else None,
    )


def _option(option: Option, lang: Lang) -> ShownOption:
    return ShownOption(
        id=option.id,
        label=option.label.said_in(lang),
        note=option.note.said_in(lang) if option.note else "",
        price=option.price.worded().said_in(lang) if option.price else None,
        waived=option.usual.counted().said_in(lang) if option.usual else None,
    )


def joined(sentences: tuple[Sentence, ...]) -> str:
    """The sentences as one text: a space between English ones, none between Chinese ones, a line break where one starts a line."""
    out = ""
    for s in sentences:
        if not out:
            out = s.text
        elif s.starts_line:
            out += "\n" + s.text
        else:
            out += (" " if s.lang == "en" or out[-1] not in "。！？；：" else "") + s.text
    return out
