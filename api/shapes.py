"""The shapes of what is sent and answered; the stable part of the contract (DESIGN section 5)."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from unicodedata import east_asian_width

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, StringConstraints

from basics.words import Lang, Words
from customers.change import ProposalState
from customers.disruption import Cause
from customers.moment import MomentKind
from customers.order import ChangeKind
from customers.scheme import Segment
from customers.tags import TagSource
from customers.traveller import Role
from desk.conversation import Caller, Citation, ConversationState, Label, Sentence, ShownEntitlement, ShownTicket, StaffName
from desk.ticket import BriefBooking, Mood, Reason, TicketState
from store.offers import OfferState


class ShownCaller(BaseModel):
    """Who the conversation speaks for, as pages show it."""

    kind: Literal["anonymous", "traveller", "company_admin"]
    name: str | None = None
    tier: str | None = None
    company: str | None = None

    @classmethod
    def of(cls, caller: Caller, lang: Lang) -> "ShownCaller":
        """In the reader's language."""
        return cls(kind=caller.kind, name=caller.name(lang), tier=caller.tier, company=caller.company(lang))


class OpenConversation(BaseModel):
    """A new conversation: in which language, and the host page's signed identity (how long it may be is a matter of CONCIERGE_IDENTITY_MODE)."""

    lang: Lang | None = None
    identity: str | None = None


class OpenedConversation(BaseModel):
    """It is open; `token` is told this once."""

    id: str
    token: str
    lang: Lang
    greeting: str
    suggestions: list[str]
    caller: ShownCaller


class ConversationNow(BaseModel):
    """How a conversation stands; its words are its events."""

    id: str
    lang: Lang
    state: ConversationState
    greeting: str
    suggestions: list[str]
    caller: ShownCaller
    ticket: ShownTicket | None
    last_event: int
    answers_to: str | None = None
    """The address that somebody who is not signed in has left for answers, its middle hidden."""


_ADDRESS = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,5}$"


class LeaveAddress(BaseModel):
    """Where an answer goes that nobody is there to read; null: nowhere any more."""

    address: Annotated[str, StringConstraints(strip_whitespace=True, max_length=254, pattern=_ADDRESS)] | None


class ChangeLanguage(BaseModel):
    """The language the traveller switched to."""

    lang: Lang


class Say(BaseModel):
    """A message. `client_msg_id` is the sender's own: the same one again is the same message."""

    text: str = Field(max_length=200_000)
    client_msg_id: str = Field(min_length=1, max_length=80, pattern=r"^[^\x00]*$")


class PassedOn(BaseModel):
    """A person has the floor: the message went to them."""

    kind: Literal["passed_on"] = "passed_on"
    message_id: str


class ShownEvent(BaseModel):
    """One numbered row of a stream."""

    number: int
    kind: str
    at: datetime
    data: dict[str, Any]


class Events(BaseModel):
    """Rows after a number, and the newest number there is."""

    events: list[ShownEvent]
    last_event: int


class Confirm(BaseModel):
    """A yes, and to which of the options."""

    option_id: str | None = Field(default=None, max_length=80)


class Thumb(BaseModel):
    """What the traveller thinks of a reply; null takes it back."""

    thumb: Literal["up", "down"] | None


class ThumbKept(Thumb):
    """It is noted."""

    message_id: str


class Labelled(BaseModel):
    """What a staff member says of an answer; null takes it back."""

    label: Label | None


class LabelKept(Labelled):
    """It is noted."""

    message_id: str


class SignIn(BaseModel):
    """Staff sign in."""

    name: str = Field(max_length=200, pattern=r"^[^\x00]*$")
    password: str = Field(max_length=1_000)


class SignedIn(BaseModel):
    """A session; `token` is told this once."""

    token: str
    staff: StaffName
    expires_at: datetime


class Me(BaseModel):
    """Who is signed in, as what, and until when if they do nothing more."""

    staff: StaffName
    role: Literal["staff", "lead"]
    expires_at: datetime


class DeskTicket(BaseModel):
    """A ticket as staff see it in the queue."""

    id: str
    number: int
    conversation_id: str
    state: TicketState
    reason: Reason
    opened_at: datetime
    promised_by: datetime
    position: int
    late: bool
    taken_by: StaffName | None
    taken_at: datetime | None
    closed_at: datetime | None
    lang: Lang
    headline: str
    caller: ShownCaller
    mood: Mood
    messages_waiting: int


class Queue(BaseModel):
    """Open tickets in order of work, then the last closed ones."""

    tickets: list[DeskTicket]
    last_event: int


class ShownTag(BaseModel):
    """A dated fact about the traveller, with who says so, and the reason that staff gave for one of theirs."""

    name: str
    title: str
    until: datetime | None
    source: TagSource
    set_by: str | None = None
    reason: str | None = None


class BriefWho(ShownCaller):
    """Who asks, with the tags that hold now, and their value (0..100) with its segment as the conversation was opened; null where it is not known."""

    traveller_id: str | None = None
    segment: Segment | None = None
    value: float | None = None
    tags: list[ShownTag]


class BriefWhy(BaseModel):
    """Why the bot stopped."""

    reason: Reason
    text: str
    confidence: float | None
    threshold: float | None


class BriefDraft(BaseModel):
    """What the bot would have said."""

    text: str
    sentences: list[Sentence]


class ShownLeg(BaseModel):
    """A leg, with its departure by the local clock; of an older Brief its id is not known."""

    id: str
    flight: str
    origin: str = Field(serialization_alias="from")
    destination: str = Field(serialization_alias="to")
    departs_at: datetime
    departs_local: str
    state: str
    direction: str


class ShownBooking(BaseModel):
    """A booking."""

    id: str
    fare: str
    cabin: str
    legs: list[ShownLeg]

    @classmethod
    def of(cls, b: BriefBooking, lang: Lang) -> "ShownBooking":
        """In the reader's language."""
        legs = [ShownLeg(**leg.model_dump(exclude={"departs_local"}), departs_local=leg.departs_local.said_in(lang)) for leg in b.legs]
        return cls(id=b.id, fare=b.fare.said_in(lang), cabin=b.cabin.said_in(lang), legs=legs)


class EarlierTalk(BaseModel):
    """An earlier conversation of the same traveller."""

    id: str
    at: datetime
    headline: str
    outcome: str


class OfferMade(BaseModel):
    """What was offered unasked: at which moment and why, and what came of it."""

    id: str
    right: str
    title: str
    moment: MomentKind
    reason: str
    outcome: OfferState
    at: datetime


class ShownBrief(BaseModel):
    """The Brief in the reader's language; the tags and `offers` are those of this moment, the rest is as it was when the ticket was opened."""

    wants: str
    question: str
    who: BriefWho
    why: BriefWhy
    draft: BriefDraft | None
    citations: list[Citation]
    entitlements: list[ShownEntitlement]
    bookings: list[ShownBooking]
    happened: list[str] = []
    offers: list[OfferMade]
    earlier: list[EarlierTalk]


class BriefConversation(BaseModel):
    """The conversation a ticket belongs to."""

    id: str
    lang: Lang
    state: ConversationState
    caller: ShownCaller
    last_event: int


class TicketWithBrief(BaseModel):
    """Everything about one ticket."""

    ticket: DeskTicket
    brief: ShownBrief
    conversation: BriefConversation
    labels: dict[str, Label]
    """What staff said of the answers in it, by message."""


Text = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^\x00]*$")]


_SENTENCE = 10  # Latin characters; a Chinese one says as much as two


def _a_sentence(text: str) -> str:
    if sum(2 if east_asian_width(c) in "WF" else 1 for c in text) < _SENTENCE:
        raise ValueError("say why, in a sentence")
    return text


class AskGrant(BaseModel):
    """What a staff member gives beyond the rules, and why. `amount` of a payment or voucher; `choice` is one that the airline offers."""

    kind: ChangeKind
    booking_id: Text | None = Field(default=None, max_length=40)
    leg_id: Text | None = Field(default=None, max_length=60)
    amount: Annotated[Decimal, Field(gt=0, max_digits=12, decimal_places=2)] | None = None
    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$")
    choice: Text | None = Field(default=None, max_length=80)
    reason: Annotated[Text, Field(max_length=500), AfterValidator(_a_sentence)]


class ShownStanding(BaseModel):
    """A grant, and what became of it: `waiting_approval`, `refused`, or the state of its proposal."""

    id: str
    kind: ChangeKind
    amount: str
    currency: str
    booking_id: str | None
    reason: str
    by: str
    state: Literal["waiting_approval", "refused"] | ProposalState
    approved_by: str | None
    proposal_id: str | None
    at: datetime


class ShownLimit(BaseModel):
    """What the one who asks may give without a lead."""

    each: str
    day: str
    left_today: str
    currency: str


class TicketGrants(BaseModel):
    """The grants of a ticket, newest first."""

    grants: list[ShownStanding]
    limit: ShownLimit


class Answered(BaseModel):
    """The message stands."""

    message_id: str


class Nothing(BaseModel):
    """Done."""


class MomentTold(BaseModel):
    """What became of a moment that was told: `new`, or known before by its id (then it stays as it was told first)."""

    id: str
    new: bool


class DemoMoment(BaseModel):
    """Something that happens to a persona of the demo: a flight is disrupted in the airline's own system where it is about one."""

    who: str = Field(alias="as")
    kind: MomentKind
    minutes: Annotated[int, Field(ge=0, le=2880)] = 0
    cause: Cause = "technical"
    rating: Annotated[int, Field(ge=1, le=5)] | None = None


class Resume(BaseModel):
    """The code of an e-mail's link, out of its fragment."""

    code: str = Field(min_length=20, max_length=100, pattern=r"^[A-Za-z0-9_-]+$")


class Macro(BaseModel):
    """A right that the traveller holds, in the approved words that staff may send as they stand."""

    rule_id: str
    right: str
    title: str
    text: str
    until: datetime | None


class Macros(BaseModel):
    """The rights of the one who waits, best first, in the language of their conversation."""

    lang: Lang
    macros: list[Macro]


class ShownPersona(BaseModel):
    """Somebody to be in the demo; personas of one group follow each other."""

    id: str
    name: Words
    note: Words
    group: Words
    tier: str | None = None
    role: Role | None = None


class Personas(BaseModel):
    """Everybody one can be in the demo."""

    personas: list[ShownPersona]


class BeSomebody(BaseModel):
    """Who to be."""

    who: str = Field(alias="as", max_length=80)


class Identity(BaseModel):
    """A host JWT, or null for the anonymous visitor."""

    identity: str | None


class IngestRequest(BaseModel):
    """Paths on this machine, from a command beside the server."""

    paths: list[str]
    dry: bool = False
    diff: bool = False
    accept: bool = False


class RollbackRequest(BaseModel):
    """The revision that the base is to be as it was at; none: before the last ingestion."""

    to: int | None = Field(default=None, ge=0, le=2**31 - 1)
    dry: bool = False


class ReembedRequest(BaseModel):
    """The embedder that the base is to have, written as the setting is."""

    embedder: str = Field(min_length=1, max_length=1000)


class OffersSince(BaseModel):
    """Offers from this moment on; none: all of them."""

    since: AwareDatetime | None = None


class AskRequest(BaseModel):
    """A dry turn: as somebody, at some moment, after earlier questions of theirs; nothing is written."""

    text: str = Field(min_length=1, max_length=200_000)
    who: str | None = Field(default=None, alias="as")
    now: AwareDatetime | None = None
    lang: Lang | None = None
    after: list[Annotated[str, Field(max_length=200_000)]] = Field(default=[], max_length=50)
