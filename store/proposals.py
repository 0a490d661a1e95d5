"""Proposals, receipts and the uses of a right: what makes a change happen once lies in the constraints of these tables."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from customers.change import Proposal, Receipt
from customers.rules import Rule
from customers.uses import Holder, Ledger, Use
from store.database import Tx
from store.tables import proposals, receipts, right_uses

_TRIES = 20  # of a use whose number another one took this instant


async def keep_proposal(tx: Tx, proposal: Proposal) -> None:
    """Keep a proposal as it was written down for the traveller."""
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
        .where(proposals.c.conversation_id == conversation_id, proposals.c.state.in_(("offered", "pending")))
        .order_by(proposals.c.created_at)
    )
    return tuple(_proposal(r) for r in (await conn.execute(wanted)).all())


async def pending_proposals(conn: AsyncConnection) -> tuple[Proposal, ...]:
    """Every proposal that was said yes to and whose outcome is not known yet."""
    return tuple(_proposal(r) for r in (await conn.execute(select(proposals).where(proposals.c.state == "pending"))).all())


async def to_pending(tx: Tx, proposal_id: str, option_id: str, idempotency_key: str, now: datetime) -> bool:
    """A yes to an offered proposal; False if it is offered no longer."""
    moved = (
        update(proposals)
        .where(proposals.c.id == proposal_id, proposals.c.state == "offered")
        .values(state="pending", chosen=option_id, idempotency_key=idempotency_key, confirmed_at=now)
    )
    return (await tx.conn.execute(moved)).rowcount == 1


async def settle(tx: Tx, proposal_id: str, before: str, after: str) -> bool:
    """Move a proposal from one state to the next; False if it was not in `before`."""
    moved = update(proposals).where(proposals.c.id == proposal_id, proposals.c.state == before).values(state=after)
    return (await tx.conn.execute(moved)).rowcount == 1


async def uses_about(conn: AsyncConnection, traveller_id: str, company_id: str | None = None) -> tuple[Use, ...]:
    """Every use of a right by this traveller, or counted for their company."""
    mine = right_uses.c.traveller_id == traveller_id
    wanted = select(right_uses).where(or_(mine, right_uses.c.company_id == company_id) if company_id else mine)
    return tuple(_use(row) for row in (await conn.execute(wanted)).all() if row.at is not None)


async def use_right(tx: Tx, rule: Rule, holder: Holder, proposal_id: str, now: datetime, zone: str) -> bool:
    """Take one use of a right; False when its quota is used up, or it goes with none that was used, also when another took the last one this instant.

    A use has a number under what its quota counts for, and the number is a primary key: of two that count the same, one comes to nothing and counts
    again. Uses counted together (`with`) take a number under each of the rules.
    """
    subject = holder.subject(rule.quota.per if rule.quota else "leg") or holder.subject("booking") or f"traveller:{holder.traveller_id}"
    for _ in range(_TRIES):
        ledger = Ledger(await uses_about(tx.conn, holder.traveller_id, holder.company_id), holder, now, zone)
        used = ledger.used(rule)
        if ledger.barred(rule) or used is None or (rule.quota is not None and used >= rule.quota.times):
            return False
        newest = select(func.max(right_uses.c.use)).where(right_uses.c.rule_id == rule.id, right_uses.c.subject == subject)
        number = ((await tx.conn.execute(newest)).scalar() or 0) + 1
        try:
            async with tx.conn.begin_nested():
                row = {"rule_id": rule.id, "subject": subject, "use": number, "proposal_id": proposal_id}
                await tx.conn.execute(insert(right_uses).values(**row, right=rule.right, at=now, **holder.model_dump()))
        except IntegrityError:
            continue
        return True
    return False


async def give_back_use(tx: Tx, proposal_id: str) -> None:
    """The change was refused by the airline: the right is not used up."""
    await tx.conn.execute(right_uses.delete().where(right_uses.c.proposal_id == proposal_id))


async def keep_receipt(tx: Tx, receipt: Receipt) -> None:
    """Keep the receipt; one a proposal."""
    await tx.conn.execute(
        insert(receipts).values(id=receipt.id, proposal_id=receipt.proposal_id, record=receipt.model_dump(mode="json"), at=receipt.executed_at)
    )


async def receipt_of(conn: AsyncConnection, proposal_id: str) -> Receipt | None:
    """The receipt of a proposal, or None."""
    record = (await conn.execute(select(receipts.c.record).where(receipts.c.proposal_id == proposal_id))).scalar()
    return Receipt.model_validate(record) if record else None


def _proposal(row: Row[Any]) -> Proposal:
    return Proposal.model_validate(row.record).model_copy(update={"state": row.state, "chosen": row.chosen})


def _use(row: Row[Any]) -> Use:
    holder = Holder(traveller_id=row.traveller_id or "", company_id=row.company_id, booking_id=row.booking_id, leg_id=row.leg_id)
    return Use(rule_id=row.rule_id, right=row.right or "", holder=holder, at=row.at)
