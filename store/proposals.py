"""Proposals, receipts and the uses of a right: what makes a change happen once lies in the constraints of these tables."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel
from sqlalchemy import Row, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from customers.change import Proposal, Receipt
from customers.rules import Rule
from customers.uses import Holder, Ledger, Per, Use
from store.database import Tx
from store.tables import proposals, receipts, right_uses

UNDER_WAY = ("pending", "unknown")
_COUNTED_FOR: tuple[Per, ...] = ("traveller", "company", "booking")  # a leg is its booking's


async def keep_proposal(tx: Tx, proposal: Proposal, idempotency_key: str | None = None) -> None:
    """Keep a proposal as it was written down for the traveller; with a key it was said yes to already, this moment (it takes another one back)."""
    yes = {"idempotency_key": idempotency_key, "confirmed_at": proposal.created_at, "tried_at": proposal.created_at} if idempotency_key else {}
    await tx.conn.execute(
        insert(proposals).values(
            id=proposal.id,
            conversation_id=proposal.conversation_id,
            traveller_id=proposal.traveller_id,
            rule_id=proposal.rule_id,
            booking_id=proposal.booking_id,
            kind=proposal.kind,
            state=proposal.state,
            terms_hash=proposal.terms_hash,
            record=proposal.model_dump(mode="json"),
            expires_at=proposal.expires_at,
            created_at=proposal.created_at,
            **yes,
        )
    )


async def proposal(conn: AsyncConnection, proposal_id: str, lock: bool = False) -> Proposal | None:
    """A proposal as it stands, or None; `lock` holds it until the transaction ends."""
    wanted = select(proposals).where(proposals.c.id == proposal_id)
    row = (await conn.execute(wanted.with_for_update() if lock else wanted)).one_or_none()
    return _proposal(row) if row else None


async def open_proposals(conn: AsyncConnection, conversation_id: str) -> tuple[Proposal, ...]:
    """The proposals of a conversation that wait for a yes or are being carried out, oldest first."""
    wanted = (
        select(proposals)
        .where(proposals.c.conversation_id == conversation_id, proposals.c.state.in_(("offered", *UNDER_WAY)))
        .order_by(proposals.c.created_at)
    )
    return tuple(_proposal(r) for r in (await conn.execute(wanted)).all())


class UnderWay(BaseModel, frozen=True):
    """A change that was said yes to and whose outcome is not known: when the airline was last asked, and since when it has not answered."""

    proposal: Proposal
    tried_at: AwareDatetime | None
    unknown_since: AwareDatetime | None


async def under_way(conn: AsyncConnection) -> tuple[UnderWay, ...]:
    """Every change that is being carried out, or was ordered without an answer; what was asked longest ago first."""
    wanted = select(proposals).where(proposals.c.state.in_(UNDER_WAY)).order_by(proposals.c.tried_at)
    return tuple(UnderWay(proposal=_proposal(r), tried_at=r.tried_at, unknown_since=r.unknown_since) for r in (await conn.execute(wanted)).all())


async def overdue(conn: AsyncConnection, since: datetime) -> tuple[Proposal, ...]:
    """The changes without an outcome since then, or longer, that no person has been told of."""
    began = func.coalesce(proposals.c.unknown_since, proposals.c.confirmed_at)
    wanted = select(proposals).where(proposals.c.state.in_(UNDER_WAY), proposals.c.handed_at.is_(None), began <= since)
    return tuple(_proposal(r) for r in (await conn.execute(wanted.order_by(proposals.c.confirmed_at))).all())


async def said_under(conn: AsyncConnection, conversation_id: str, idempotency_key: str) -> tuple[tuple[str, str | None], ...]:
    """What was said yes to under a key in a conversation: the proposals' ids, and the options chosen."""
    wanted = select(proposals.c.id, proposals.c.chosen).where(
        proposals.c.conversation_id == conversation_id, proposals.c.idempotency_key == idempotency_key
    )
    return tuple((r.id, r.chosen) for r in (await conn.execute(wanted)).all())


async def to_pending(tx: Tx, proposal_id: str, option_id: str | None, idempotency_key: str, now: datetime) -> bool:
    """A yes to an offered proposal; False if it is offered no longer."""
    yes = {"chosen": option_id, "idempotency_key": idempotency_key, "confirmed_at": now, "tried_at": now}
    return await settle(tx, proposal_id, ("offered",), "pending", **yes)


async def try_again(tx: Tx, change: UnderWay, now: datetime) -> bool:
    """Take the next try of a change that is under way; False if somebody else has taken it, or its outcome is known."""
    seen = proposals.c.tried_at.is_(None) if change.tried_at is None else proposals.c.tried_at == change.tried_at
    mine = update(proposals).where(proposals.c.id == change.proposal.id, proposals.c.state.in_(UNDER_WAY), seen).values(tried_at=now)
    return (await tx.conn.execute(mine)).rowcount == 1


async def to_unknown(tx: Tx, proposal_id: str, now: datetime) -> bool:
    """The airline did not answer; True the first time."""
    if await settle(tx, proposal_id, ("pending",), "unknown", unknown_since=now, tried_at=now):
        return True
    await settle(tx, proposal_id, ("unknown",), "unknown", tried_at=now)
    return False


async def hand_over(tx: Tx, proposal_id: str, now: datetime) -> bool:
    """A person is told of a change without an outcome: True for the one who does it, once, and never after its outcome."""
    one = update(proposals).where(proposals.c.id == proposal_id, proposals.c.state.in_(UNDER_WAY), proposals.c.handed_at.is_(None))
    return (await tx.conn.execute(one.values(handed_at=now))).rowcount == 1


async def was_handed_over(conn: AsyncConnection, proposal_id: str) -> bool:
    """Whether a person was told that nobody knows what became of it."""
    return (await conn.execute(select(proposals.c.handed_at).where(proposals.c.id == proposal_id))).scalar() is not None


async def settle(tx: Tx, proposal_id: str, before: Collection[str], after: str, **values: Any) -> bool:
    """Move a proposal from one of these states to the next, with what is known then; False if it was in none of them."""
    moved = update(proposals).where(proposals.c.id == proposal_id, proposals.c.state.in_(before)).values(state=after, **values)
    return (await tx.conn.execute(moved)).rowcount == 1


async def uses_about(conn: AsyncConnection, traveller_id: str, company_id: str | None = None, booking_ids: Collection[str] = ()) -> tuple[Use, ...]:
    """Every use of a right by this traveller, for their company, or for one of these bookings (by whoever travels on it, too)."""
    theirs = [right_uses.c.traveller_id == traveller_id]
    theirs += [right_uses.c.company_id == company_id] if company_id else []
    theirs += [right_uses.c.booking_id.in_(booking_ids)] if booking_ids else []
    of_a_proposal = select(right_uses, proposals.c.rule_id.label("used_by")).join(proposals, proposals.c.id == right_uses.c.proposal_id)
    return tuple(_use(row) for row in (await conn.execute(of_a_proposal.where(or_(*theirs)))).all() if row.at is not None)


async def use_right(tx: Tx, rule: Rule, holder: Holder, proposal_id: str, now: datetime, zone: str) -> bool:
    """Take one use of a right; False when its quota is used up, or it goes with none that was used, also when another took the last one this instant.

    Whoever takes a use for the same traveller, company or booking waits for this transaction's end, so that what is counted here still holds when it
    is written. A use has a number under what its quota counts for, which is a primary key. Rules whose uses count together (`with`) take their
    numbers under the first of their ids; which of them was used stands in the proposal.
    """
    await tx.alone(*(name for name in map(holder.subject, _COUNTED_FOR) if name))
    numbered_under = min(rule.id, *rule.quota.shared_with) if rule.quota and rule.quota.shared_with else rule.id
    subject = holder.subject(rule.quota.per) if rule.quota else f"traveller:{holder.traveller_id}"
    booking_ids = (holder.booking_id,) if holder.booking_id else ()
    ledger = Ledger(await uses_about(tx.conn, holder.traveller_id, holder.company_id, booking_ids), holder, now, zone)
    used = ledger.used(rule)
    if subject is None or ledger.barred(rule) or used is None or (rule.quota is not None and used >= rule.quota.times):
        return False
    newest = select(func.max(right_uses.c.use)).where(right_uses.c.rule_id == numbered_under, right_uses.c.subject == subject)
    number = ((await tx.conn.execute(newest)).scalar() or 0) + 1
    row = {"rule_id": numbered_under, "subject": subject, "use": number, "proposal_id": proposal_id}
    await tx.conn.execute(insert(right_uses).values(**row, right=rule.right, at=now, **holder.model_dump()))
    return True


async def give_back_use(tx: Tx, proposal_id: str) -> None:
    """The change was refused by the airline, or taken back: the right is not used up."""
    await tx.conn.execute(right_uses.delete().where(right_uses.c.proposal_id == proposal_id))


async def keep_receipt(tx: Tx, proposal_id: str, receipt: Receipt) -> None:
    """Keep the receipt; one a proposal (of what takes one back, that one's own)."""
    await tx.conn.execute(
        insert(receipts).values(id=receipt.id, proposal_id=proposal_id, record=receipt.model_dump(mode="json"), at=receipt.executed_at)
    )


async def receipt_of(conn: AsyncConnection, proposal_id: str) -> Receipt | None:
    """The receipt of a proposal, or None."""
    record = (await conn.execute(select(receipts.c.record).where(receipts.c.proposal_id == proposal_id))).scalar()
    return Receipt.model_validate(record) if record else None


def _proposal(row: Row[Any]) -> Proposal:
    return Proposal.model_validate(row.record).model_copy(update={"state": row.state, "chosen": row.chosen, "undo_until": row.undo_until})


def _use(row: Row[Any]) -> Use:
    holder = Holder(traveller_id=row.traveller_id or "", company_id=row.company_id, booking_id=row.booking_id, leg_id=row.leg_id)
    return Use(rule_id=row.used_by, right=row.right or "", holder=holder, at=row.at)
