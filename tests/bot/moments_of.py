"""Rules with offers of every kind to tell stories with, and travellers who are looking at their chat."""

from datetime import datetime
from pathlib import Path
from typing import Any

from customers.moment import Moment
from store import conversations, moments, offers
from tests.house import Chat, Served, until

RULES = """\
facts:
  leg.direction: string
  leg.cancelled: bool
  leg.hours_to_departure: number
  traveller.tier: string
  traveller.tags: list
rules:
- id: return-leg-free-change
  right: free_change
  title: {en: Change your return flight free of charge, zh: 回程航班免费改期}
  article: return-leg-free-change
  change: rebooking
  when:
    - if: leg.direction == "return"
      else: {en: For the return flight only., zh: 仅适用于回程航班。}
      holds: {en: This is your return flight., zh: 这是您的回程航班。}
    - {if: '"return_flex" in traveller.tags', else: {en: Not held., zh: 未享有。}, holds: {en: You hold Return Flex., zh: 您享有回程灵活权益。}}
  until: {hours_before_departure: 3}
  gives: {fee: 0, fare_difference: waived}
  quota: {times: 1, per: booking}
  offer: {unasked: true, moments: [delay, return_soon], consent: service, at_most: 1 per 7 days}
- id: meals
  right: meals
  title: {en: Meals while you wait, zh: 等候期间餐食}
  article: {cites: "General Conditions of Carriage, 9.2"}
  when: [{if: leg.hours_to_departure < 72.0, else: {en: Not yet., zh: 尚早。}, holds: {en: Your flight is delayed., zh: 航班延误。}}]
  offer: {unasked: true, moments: [delay]}
- id: refund-of-a-cancelled-flight
  right: full_refund
  title: {en: Full refund, zh: 全额退款}
  article: refunds
  when: [{if: leg.cancelled, else: {en: It operates., zh: 航班正常。}, holds: {en: Your flight was cancelled., zh: 航班已取消。}}]
  offer: {unasked: true, moments: [cancellation]}
- id: goodwill
  right: goodwill_voucher
  title: {en: A voucher as a gesture of goodwill, zh: 补偿代金券}
  article: {cites: "Goodwill, table 1"}
  when: []
  gives: {amount: 200, currency: CNY}
  offer: {unasked: true, moments: [complaint, rating], at_most: 1 per 4 weeks}
- id: lounge-for-new-gold
  right: lounge
  title: {en: Lounge, zh: 贵宾休息室}
  article: {cites: "Larkspur Wings, 4"}
  when: []
  offer: {unasked: true, moments: [tier_reached], consent: marketing}
"""


def rules_in(folder: Path, text: str = RULES) -> Path:
    file = folder / "rules.yaml"
    file.write_text(text, "utf-8")
    return file


async def looks_on(house: Served, chat: Chat, at: datetime | None = None) -> None:
    """The traveller's page follows the conversation at this moment."""
    now = at or house.clock()
    await house.house.db.write(lambda tx: conversations.listened(tx, chat.id, now))


async def a_moment(house: Served, kind: str = "delay", who: str = "lin-gold", **changes: Any) -> Moment:
    """A moment about their next flight, told just now."""
    booking = (await house.house.mind.reservations.bookings_of(who))[0]
    leg = booking.next_leg(house.clock())
    plain = {"id": f"m-{kind}", "kind": kind, "traveller_id": who, "at": house.clock()}
    if kind in ("delay", "cancellation", "schedule_change", "return_soon") and leg is not None:
        plain |= {"booking_id": booking.id, "leg_id": leg.id}
    return Moment.model_validate(plain | changes)


async def happens(house: Served, kind: str = "delay", who: str = "lin-gold", **changes: Any) -> tuple[str | None, str]:
    """Tell of it and let the duty look; returns the outcome and why."""
    moment = await a_moment(house, kind, who, **changes)
    await house.house.moments.told(moment)
    return await dealt_with(house, moment.id)


async def dealt_with(house: Served, moment_id: str) -> tuple[str | None, str]:
    """Let the duty look until this moment has come to something; returns the outcome and why."""
    await house.house.moments.look()

    async def found() -> tuple[str | None, str] | None:  # by the house's own duty, perhaps: it was woken too
        async with house.house.db.read() as conn:
            outcome = await moments.outcome_of(conn, moment_id)
        return outcome if outcome and outcome[0] else None

    outcome: tuple[str | None, str] = await until(found)
    return outcome


async def offers_of(house: Served) -> list[offers.Offer]:
    async with house.house.db.read() as conn:
        return list(await offers.offers_since(conn, None))
