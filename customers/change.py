"""A change of flight: the proposal that is offered, and the receipt once it has been carried out. Pure; nothing happens here."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from pydantic import AwareDatetime, BaseModel

from basics.errors import ConciergeError
from basics.ids import fingerprint
from basics.money import Money
from basics.words import Words, words
from customers.airports import route
from customers.booking import CABIN_WORDS, FARE_WORDS, Booking, Leg
from customers.entitlement import Entitlement
from customers.order import ChangeDone, Flight, Line

ProposalState = Literal["offered", "pending", "executed", "declined", "expired", "failed"]

PROPOSAL_LASTS = timedelta(minutes=15)
CHANGE_WINDOW = timedelta(days=14)  # fact sheet: to a flight within 14 days of the original return
CHANGE_NOTICE = timedelta(hours=3)  # and at least 3 hours ahead
_FARE_DIFFERENCE = {"waived": words("Waived", "免收")}


class ProposalRefused(ConciergeError):
    """There is nothing that may be proposed: the right is not held, is over, or no flight fits its terms."""

    slug = "proposal-refused"


class Option(BaseModel, frozen=True):
    """One flight that the traveller may choose."""

    id: str
    flight: Flight
    label: Words
    note: Words


class Proposal(BaseModel, frozen=True):
    """A change in writing; `terms_hash` binds a yes to exactly these terms."""

    id: str
    conversation_id: str
    traveller_id: str
    kind: Literal["free_change"] = "free_change"
    rule_id: str
    booking_id: str
    leg_id: str
    title: Words
    lines: tuple[Line, ...]
    options: tuple[Option, ...]
    fee: Money
    terms_hash: str = ""
    state: ProposalState = "offered"
    created_at: AwareDatetime
    expires_at: AwareDatetime
    chosen: str | None = None

    def option(self, option_id: str) -> Option | None:
        """The option with this id, or None."""
        return next((option for option in self.options if option.id == option_id), None)


class Receipt(BaseModel, frozen=True):
    """A change that was carried out."""

    id: str
    proposal_id: str
    title: Words
    lines: tuple[Line, ...]
    executed_at: AwareDatetime
    reference: str


def may_replace(flight: Flight, leg: Leg, original_departure: datetime, now: datetime) -> bool:
    """Whether `flight` is within the terms: same route, not the same flight, within 14 days of the original, at least 3 hours ahead."""
    return (
        (flight.origin, flight.destination) == (leg.origin, leg.destination)
        and (flight.flight, flight.departs_at) != (leg.flight, leg.departs_at)
        and abs(flight.departs_at - original_departure) <= CHANGE_WINDOW
        and flight.departs_at - now >= CHANGE_NOTICE
    )


def terms_hash_of(proposal: Proposal) -> str:
    """SHA-256 over the canonical JSON of every term: all of the proposal but its state, the choice and the hash itself."""
    terms = proposal.model_dump(mode="json", exclude={"state", "chosen", "terms_hash"})
    return fingerprint(json.dumps(terms, sort_keys=True, ensure_ascii=False, separators=(",", ":")))


def propose_free_change(
    entitlement: Entitlement,
    booking: Booking,
    leg: Leg,
    alternatives: Sequence[Flight],
    *,
    conversation_id: str,
    proposal_id: str,
    now: datetime,
) -> Proposal:
    """The proposal to move `leg` to one of `alternatives`, open for 15 minutes, never past the right's end; ProposalRefused if not owed."""
    _must_be_owed(entitlement, booking, leg, now)
    fits = [flight for flight in alternatives if may_replace(flight, leg, leg.departs_at, now)]
    if not fits:
        raise ProposalRefused(
            words(
                "There is no other flight on this route within the terms of the free change. Nothing was changed. Ask a colleague to look.",
                "在免费改期的条件范围内，该航线暂无其他航班可选。订单未作任何更改，可请工作人员协助查询。",
            )
        )
    fee = Money(amount=Decimal(str(entitlement.gives["fee"])), currency=str(entitlement.gives.get("currency", "CNY")))
    lasts_until = now + PROPOSAL_LASTS
    proposal = Proposal(
        id=proposal_id,
        conversation_id=conversation_id,
        traveller_id=booking.traveller_id,
        rule_id=entitlement.rule_id,
        booking_id=booking.id,
        leg_id=leg.id,
        title=entitlement.title,
        lines=_lines(booking, leg, fee, str(entitlement.gives["fare_difference"])),
        options=tuple(_option(n, flight, booking) for n, flight in enumerate(fits, start=1)),
        fee=fee,
        created_at=now,
        expires_at=min(lasts_until, entitlement.until or lasts_until),
    )
    return proposal.model_copy(update={"terms_hash": terms_hash_of(proposal)})


def is_open(proposal: Proposal, now: datetime) -> bool:
    """Whether a yes still counts: offered, and not expired (at the very moment of `expires_at` it is over)."""
    return proposal.state == "offered" and now < proposal.expires_at


def receipt_for(proposal: Proposal, option: Option, result: ChangeDone, now: datetime) -> Receipt:
    """The receipt of a change carried out; its id follows from the proposal's, so that there is one however often it is written."""
    flight = option.flight
    lines = (
        Line(words("Booking", "订单"), _same(result.booking.id)),
        Line(words("New flight", "新航班"), _flight_worded(flight.flight, flight.origin, flight.destination)),
        Line(words("Departure", "起飞时间"), flight.departure()),
        Line(words("Arrival", "到达时间"), flight.arrival()),
        Line(words("Change fee", "改期费"), proposal.fee.worded()),
        Line(words("Airline reference", "航司确认号"), _same(result.reference)),
    )
    title = words("Your flight has been changed", "航班改期成功")
    receipt_id = f"receipt_{fingerprint(proposal.id)[:20]}"
    return Receipt(id=receipt_id, proposal_id=proposal.id, title=title, lines=lines, executed_at=now, reference=result.reference)


def _must_be_owed(entitlement: Entitlement, booking: Booking, leg: Leg, now: datetime) -> None:
    gives = entitlement.gives
    owed = (
        entitlement.right == "free_change"
        and entitlement.decision == "allow"
        and (entitlement.booking_id, entitlement.leg_id) == (booking.id, leg.id)
        and booking.leg(leg.id) == leg
        and (entitlement.until is None or now < entitlement.until)
        and gives.get("fee") == 0
        and gives.get("fare_difference") in _FARE_DIFFERENCE
    )
    if not owed:
        raise ProposalRefused(
            words(
                "This change is not covered by a right that is held for this flight now. Nothing was changed. Ask for the rights again.",
                "目前该航班没有可用于此次改签的权益。订单未作任何更改，请重新查询可用权益。",
            )
        )


def _lines(booking: Booking, leg: Leg, fee: Money, fare_difference: str) -> tuple[Line, ...]:
    return (
        Line(words("Booking", "订单"), _same(booking.id)),
        Line(words("Your flight now", "当前航班"), _flight_worded(leg.flight, leg.origin, leg.destination)),
        Line(words("Departure now", "当前起飞时间"), leg.departure()),
        Line(words("Fare", "票价类型"), FARE_WORDS[booking.fare]),
        Line(words("Change fee", "改期费"), fee.worded()),
        Line(words("Fare difference", "票价差额"), _FARE_DIFFERENCE[fare_difference]),
        Line(words("Please note", "请注意"), words("This can be done once per booking.", "每个订单限用一次。")),
    )


def _option(n: int, flight: Flight, booking: Booking) -> Option:
    note = words("{flight}, arrives {arrival}, {cabin}", "{flight}，{arrival}到达，{cabin}").filled(
        flight=_flight_worded(flight.flight, flight.origin, flight.destination), arrival=flight.arrival(), cabin=CABIN_WORDS[booking.cabin]
    )
    return Option(id=f"option-{n}", flight=flight, label=flight.departure(), note=note)


def _flight_worded(flight: str, origin: str, destination: str) -> Words:
    return words("{flight}, {route}", "{flight} {route}").filled(flight=flight, route=route(origin, destination))


def _same(text: str) -> Words:
    return Words(en=text, zh=text)
