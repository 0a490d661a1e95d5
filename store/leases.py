"""Leases: a row a duty, taken by compare-and-set, so that of several workers one does it and another takes over when that one dies."""

import contextlib
from datetime import datetime

from sqlalchemy import delete, insert, or_, update
from sqlalchemy.exc import IntegrityError

from store import turns
from store.database import Tx
from store.tables import leases

FREE = "leases"
"""What workers listen for: a lease was given back, or its holder is known to be gone."""


async def take(tx: Tx, name: str, holder: str, until: datetime, now: datetime) -> bool:
    """Take a lease that is free or has run out, or hold one's own for longer; False while another has it."""
    mine = update(leases).where(leases.c.name == name, or_(leases.c.holder == holder, leases.c.until <= now)).values(holder=holder, until=until)
    if (await tx.conn.execute(mine)).rowcount == 1:
        return True
    with contextlib.suppress(IntegrityError):  # the row stands: somebody holds it
        async with tx.conn.begin_nested():
            await tx.conn.execute(insert(leases).values(name=name, holder=holder, until=until))
        return True
    return False


async def give_back(tx: Tx, holder: str) -> None:
    """Give back all that a worker holds, because it stops or because it is known to be dead; the others are woken to look."""
    await tx.conn.execute(delete(leases).where(leases.c.holder == holder))
    tx.touched.add(FREE)


async def free_what_workers_held(tx: Tx, prefix: str, but: str, now: datetime) -> None:
    """Give back the open turns and the leases of all workers but one whose names begin so: they are known to be dead."""
    await turns.let_go_of_all(tx, prefix, but, now)
    await tx.conn.execute(delete(leases).where(leases.c.holder.startswith(f"{prefix}_", autoescape=True), leases.c.holder != but))
    tx.touched.add(FREE)


async def give_back_all_but(tx: Tx, holder: str) -> None:
    """Free what every other worker held: for the only process of a SQLite home, whose predecessors are dead."""
    await tx.conn.execute(delete(leases).where(leases.c.holder != holder))
