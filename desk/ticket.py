"""A ticket: somebody waits for a person. And the Brief: what that person reads first."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from basics.words import Lang, Words
from customers.booking import LegState
from customers.tags import TagSource
from desk.conversation import Caller, Citation, Sentence, ShownTicket, StaffName
from knowledge.article import Stake

TicketState = Literal["waiting", "taken", "resolved", "returned"]
Reason = Literal["low_confidence", "asked", "stake", "complaint", "failed_change", "unknown_change", "silent_airline", "stopped"]
Mood = Literal["calm", "upset"]

REASONS: dict[Reason, Words] = {
    "low_confidence": Words(en="The Concierge was not sure enough to answer.", zh="旅行管家对答案没有足够把握。"),
    "asked": Words(en="The traveller asked for a person.", zh="客人要求人工服务。"),
    "stake": Words(en="Too much depends on the answer to leave it to the Concierge.", zh="事关重大，不宜由旅行管家自行答复。"),
    "complaint": Words(en="The traveller has a complaint.", zh="客人提出投诉。"),
    "failed_change": Words(en="A confirmed change could not be carried out.", zh="客人已确认的变更未能办理成功。"),
    "unknown_change": Words(
        en="A confirmed change is being processed for longer than usual: the airline's system has not said whether it was made.",
        zh="客人已确认的变更处理时间过长，航司系统尚未返回是否办理成功。",
    ),
    "silent_airline": Words(
        en="The traveller wants a change they have a right to; the airline's system did not answer when asked what there is to choose from.",
        zh="客人有权办理变更，但航司系统未返回可选方案。",
    ),
    "stopped": Words(en="The Concierge was interrupted before it could answer.", zh="旅行管家在答复前中断。"),
}

IN_SHORT: dict[Reason, Words] = {
    "low_confidence": Words(en="not sure enough", zh="把握不足"),
    "asked": Words(en="asked for a person", zh="要求人工"),
    "stake": Words(en="high stakes", zh="事关重大"),
    "complaint": Words(en="complaint", zh="投诉"),
    "failed_change": Words(en="change failed", zh="变更失败"),
    "unknown_change": Words(en="change being processed", zh="变更待确认"),
    "stopped": Words(en="Concierge stopped", zh="管家中断"),
}
"""The same in a word or two, for a list."""

AT_STAKE: dict[Stake, Words] = {
    "money": Words(en="money", zh="费用"),
    "refunds": Words(en="a refund or compensation", zh="退款或赔偿"),
    "health": Words(en="health", zh="健康"),
    "legal": Words(en="the law", zh="法律责任"),
    "safety": Words(en="safety", zh="安全"),
}


def why_of(reason: Reason, stakes: Sequence[Stake] = ()) -> Words:
    """Why a person is needed, and what was at stake where that asked for more certainty than usual."""
    if not stakes:
        return REASONS[reason]
    en, zh = ", ".join(AT_STAKE[s].en for s in stakes), "、".join(AT_STAKE[s].zh for s in stakes)
    return Words(
        en=f"{REASONS[reason].en} More certainty was needed because of what is at stake: {en}.", zh=f"{REASONS[reason].zh}涉及{zh}，须有更大把握。"
    )


class BriefTag(BaseModel, frozen=True):
    """A dated fact about the traveller, with who says so."""

    name: str
    title: Words
    until: datetime | None = None
    source: TagSource = "platform"


class BriefLeg(BaseModel, frozen=True):
    """A leg as staff need it: which flight, when by the local clock, and where it stands."""

    id: str = ""
    flight: str
    origin: str
    destination: str
    departs_at: datetime
    departs_local: Words
    state: LegState
    direction: Literal["outbound", "return"]


class BriefBooking(BaseModel, frozen=True):
    """A booking as staff need it."""

    id: str
    fare: Words
    cabin: Words
    legs: tuple[BriefLeg, ...]


class BriefRight(BaseModel, frozen=True):
    """A right that was looked at, with the decision and why."""

    rule_id: str
    right: str
    decision: Literal["allow", "deny", "refer"]
    title: Words
    reasons: tuple[Words, ...]
    until: datetime | None = None


class Brief(BaseModel, frozen=True):
    """Everything a person needs to answer in a minute, as it was when the ticket was opened. Worded by the door in the reader's language."""

    wants: str
    question: str
    reason: Reason
    complains: bool = False
    """They complain as well, whatever the reason is that a person is needed."""
    confidence: float | None = None
    threshold: float | None = None
    why: Words
    tags: tuple[BriefTag, ...] = ()
    bookings: tuple[BriefBooking, ...] = ()
    rights: tuple[BriefRight, ...] = ()
    happened: tuple[Words, ...] = ()
    """What happened meanwhile, and the right that goes with it: staff have the floor, so it is theirs to say."""
    draft: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()


class Ticket(BaseModel, frozen=True):
    """One ticket as it stands. `priority` orders the queue: higher first; equal ones in order of arrival."""

    id: str
    number: int
    conversation_id: str
    state: TicketState
    reason: Reason
    priority: float
    lang: Lang
    headline: str
    mood: Mood
    caller: Caller
    messages_waiting: int
    opened_at: datetime
    promised_by: datetime
    first_promised_by: datetime | None = None
    """The soonest time that was ever said: a promise that was moved later was not kept."""
    expected_wait: float | None = None
    """Open minutes that the first promise reckoned with; not known of tickets of an earlier release."""
    taken_by: StaffName | None = None
    taken_at: datetime | None = None
    answered_at: datetime | None = None
    """When staff said something first."""
    last_said_at: datetime | None = None
    closed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Waiting or in somebody's hands."""
        return self.state in ("waiting", "taken")

    def is_late(self, now: datetime) -> bool:
        """Nobody has taken it and the time we promised has passed."""
        return self.state == "waiting" and now > self.promised_by

    def shown(self, position: int) -> ShownTicket:
        """What the traveller sees of it."""
        return ShownTicket(id=self.id, number=self.number, state=self.state, position=position, promised_by=self.promised_by, staff=self.taken_by)
