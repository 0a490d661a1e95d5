"""Grants by staff ("honour what we said"): a proposal that no rule gives, within a limit or after a lead's approval. The traveller says yes."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from basics.clock import Clock
from basics.errors import BadRequest, NotFound
from basics.ids import new_id
from basics.money import Money
from basics.words import Words
from bot.cards import tell_card
from bot.desk import must_hold
from bot.refusals import GrantDecided, GrantNotTheirs, GrantRefused
from bot.settings import Settings
from customers.change import Granted, Proposal, propose
from customers.order import ChangeKind, Choice
from customers.reservations import Reservations
from desk.conversation import StaffName
from desk.grant import Grant, granted_right, is_within, only, worth_of
from desk.ticket import Ticket
from store import conversations, events, grants, proposals, tickets
from store.database import Database, Tx
from store.grants import Standing

LASTS = timedelta(hours=24)  # the traveller may have left the chat


class Asked(BaseModel, frozen=True):
    """What a staff member wants to give; `amount` of a payment or a voucher, `choice` of what the airline offers (none: the traveller chooses)."""

    kind: ChangeKind
    booking_id: str | None
    leg_id: str | None
    amount: Money | None
    choice_id: str | None
    reason: str


class Limit(BaseModel, frozen=True):
    """What may be given without asking a lead: at once, in a day, and what is left of today."""

    each: Money
    day: Money
    left_today: Money


class Grants:
    """The desk's door to grants. Every one is kept with who, why and how much, before or with the card it makes."""

    def __init__(self, db: Database, reservations: Reservations, settings: Settings, clock: Clock) -> None:
        self.db, self.reservations, self.settings, self.clock = db, reservations, settings, clock

    async def grant(self, ticket_id: str, staff: StaffName, asked: Asked) -> Standing:
        """A card in the ticket's conversation; above the limit it waits for a lead, and the traveller sees nothing yet."""
        async with self.db.read() as conn:
            ticket = await tickets.the_ticket(conn, ticket_id)
        must_hold(ticket, staff)
        proposal = await self._proposal(ticket, staff, asked)

        async def granted(tx: Tx) -> Standing:
            now = self.clock()
            must_hold(await tickets.the_ticket(tx.conn, ticket_id), staff)
            await grants.hold(tx, staff.id)
            worth = worth_of(proposal, self.settings.grant_currency)
            given = await grants.given_alone(tx.conn, staff.id, self._today(now), now, self.settings.grant_currency)
            is_alone = is_within(worth, given, self.settings.grant_limit, self.settings.grant_limit_day)
            if is_alone:
                await self._offer(tx, proposal, now)
            grant = Grant(
                id=new_id("grant"),
                ticket_id=ticket_id,
                by=staff,
                state="offered" if is_alone else "waiting_approval",
                proposal_id=proposal.id if is_alone else None,
                at=now,
                **asked.model_dump(exclude={"amount"}),
                amount=worth,
            )
            await grants.keep(tx, grant)
            return await self._told(tx, grant.id, now)

        return await self.db.write(granted)

    async def approve(self, grant_id: str, lead: StaffName) -> Standing:
        """A lead's yes to a grant that waits: the card is made now, from what the airline can do now, and is worth no more than was asked for."""
        async with self.db.read() as conn:
            grant = await grants.the_grant(conn, grant_id)
            ticket = await tickets.the_ticket(conn, grant.ticket_id)
        _must_be_anothers(grant, lead)
        if grant.state != "waiting_approval":
            return await self._decided(grant, "offered")
        asked = Asked(**grant.model_dump(include={"kind", "booking_id", "leg_id", "choice_id", "reason"}), amount=grant.amount)
        proposal = await self._proposal(ticket, grant.by, asked)
        if worth_of(proposal, grant.amount.currency).amount > grant.amount.amount:
            raise GrantRefused(
                Words(en="It would be worth more now than what was asked for.", zh="目前的金额已超过申请时的金额。"),
            )
        return await self._decide(grant, lead, proposal)

    async def refuse(self, grant_id: str, lead: StaffName) -> Standing:
        """A lead's no: nothing is offered."""
        async with self.db.read() as conn:
            grant = await grants.the_grant(conn, grant_id)
        _must_be_anothers(grant, lead)
        return await self._decided(grant, "refused") if grant.state != "waiting_approval" else await self._decide(grant, lead, None)

    async def of_ticket(self, ticket_id: str, staff: StaffName) -> tuple[tuple[Standing, ...], Limit]:
        """The grants of a ticket, and what the one who asks may still give today."""
        now, currency = self.clock(), self.settings.grant_currency
        async with self.db.read() as conn:
            await tickets.the_ticket(conn, ticket_id)
            found = await grants.of_ticket(conn, ticket_id, now)
            given = await grants.given_alone(conn, staff.id, self._today(now), now, currency)
        each, day = (Money(amount=a, currency=currency) for a in (self.settings.grant_limit, self.settings.grant_limit_day))
        return found, Limit(each=each, day=day, left_today=Money(amount=max(day.amount - given.amount, day.amount * 0), currency=currency))

    async def _proposal(self, ticket: Ticket, staff: StaffName, asked: Asked) -> Proposal:
        """What would be offered; GrantRefused or ProposalRefused where there is nothing to offer, or to nobody."""
        caller, now = ticket.caller, self.clock()
        if caller.traveller_id is None:
            raise GrantRefused(Words(en="Nobody is signed in here whom it could be given to.", zh="该会话的访客未登录，无法办理。"))
        amount = self._amount(asked) if asked.kind in ("payment", "voucher") else None
        booking, leg, choices = None, None, tuple[Choice, ...]()
        if asked.booking_id is not None:
            theirs = await self.reservations.bookings_of(caller.traveller_id)
            booking = next((b for b in theirs if b.id == asked.booking_id), None)
            leg = booking.leg(asked.leg_id) if booking and asked.leg_id else None
            if booking is None or (asked.leg_id and leg is None):
                raise NotFound(Words(en="The traveller has no such booking or flight.", zh="客人名下没有该订单或航班。"))
            choices = only(await self.reservations.choices(asked.kind, booking.id, leg.id if leg else None, now), asked.choice_id)
        return propose(
            granted_right(asked.kind, booking, leg, amount),
            booking,
            leg,
            choices,
            conversation_id=ticket.conversation_id,
            proposal_id=new_id("prop"),
            traveller_id=caller.traveller_id,
            company_id=caller.company_id,
            granted=Granted(by=staff.name, reason=asked.reason),
            lasts=LASTS,
            now=now,
        )

    def _amount(self, asked: Asked) -> Money:
        if asked.amount is None or asked.amount.amount <= 0 or asked.amount.currency != self.settings.grant_currency:
            raise BadRequest(Words(en=f"Say how much, in {self.settings.grant_currency}.", zh=f"请填写金额（{self.settings.grant_currency}）。"))
        return asked.amount

    def _today(self, now: datetime) -> datetime:
        return now.astimezone(ZoneInfo(self.settings.zone)).replace(hour=0, minute=0, second=0, microsecond=0)

    async def _offer(self, tx: Tx, proposal: Proposal, now: datetime) -> None:
        await conversations.conversation(tx.conn, proposal.conversation_id, lock=True)
        await proposals.keep_proposal(tx, proposal)
        await tell_card(tx, proposal, now)

    async def _decide(self, grant: Grant, lead: StaffName, proposal: Proposal | None) -> Standing:
        async def decided(tx: Tx) -> Standing:
            now = self.clock()
            if proposal is not None:
                await self._offer(tx, proposal, now)
            state = "offered" if proposal else "refused"
            if not await grants.decide(tx, grant.id, state, lead.id, proposal.id if proposal else None, now):
                raise GrantDecided  # and what was offered above is not kept
            return await self._told(tx, grant.id, now)

        return await self.db.write(decided)

    async def _decided(self, grant: Grant, wanted: str) -> Standing:
        """The same word again is the same answer; another one comes too late."""
        async with self.db.read() as conn:
            standing = await grants.standing(conn, grant, self.clock())
        if grant.state != wanted or grant.decided_by is None:
            raise GrantDecided
        return standing

    async def _told(self, tx: Tx, grant_id: str, now: datetime) -> Standing:
        """Both consoles hear that something was given, or waits."""
        grant = await grants.the_grant(tx.conn, grant_id)
        data = {"ticket_id": grant.ticket_id, "grant_id": grant.id, "state": grant.state}
        await events.append(tx, events.DESK, now, [("grant", data)])
        return await grants.standing(tx.conn, grant, now)


def _must_be_anothers(grant: Grant, lead: StaffName) -> None:
    if grant.by.id == lead.id:
        raise GrantNotTheirs
