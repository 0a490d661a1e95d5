"""Turns of which somebody said something: a thumb, a staff member's label, or what staff answered after the bot had handed over."""

from collections import defaultdict
from typing import Any

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from basics.words import Lang
from desk.conversation import Label, ReplyKind
from store.tables import answer_receipts, messages


class Remarked(BaseModel, frozen=True):
    """A turn as its receipt kept it, with what was said of it; `staff_said` is what staff wrote before the bot spoke again, "" where nothing."""

    conversation_id: str
    lang: Lang
    kind: ReplyKind
    features: dict[str, float]
    draft: str
    thumb: str | None
    label: Label | None
    staff_said: str


async def remarked(conn: AsyncConnection) -> tuple[Remarked, ...]:
    """Every turn of which something was said, oldest first."""
    m, r = messages.c, answer_receipts.c
    rows = (
        await conn.execute(
            select(r.record, m.conversation_id, m.number, m.thumb, m.label)
            .join(messages, (m.turn_id == r.turn_id) & (m.role == "bot"))
            .order_by(r.at)
        )
    ).all()
    said = await _said_by_staff(conn, [(row.conversation_id, row.number) for row in rows])
    out = (_remarked(row, said.get((row.conversation_id, row.number), "")) for row in rows)
    return tuple(one for one in out if one.thumb or one.label or one.staff_said)


async def _said_by_staff(conn: AsyncConnection, replies: list[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """What staff wrote after each reply and before the next one of the bot."""
    before: dict[str, list[int]] = defaultdict(list)
    for conversation_id, number in sorted(replies):
        before[conversation_id].append(number)
    m = messages.c
    out: dict[tuple[str, int], str] = {}
    written = select(m.conversation_id, m.number, m.text).where(m.role == "staff", m.text != "").order_by(m.conversation_id, m.number)
    for row in (await conn.execute(written)).all():
        last = max((number for number in before[row.conversation_id] if number < row.number), default=None)
        if last is not None:
            key = (row.conversation_id, last)
            out[key] = f"{out[key]}\n{row.text}" if key in out else row.text
    return out


def _remarked(row: Any, staff_said: str) -> Remarked:
    record = row.record
    return Remarked(
        conversation_id=row.conversation_id,
        lang=record["lang"],
        kind=record["decision"],
        features=record["features"],
        draft=record["draft"],
        thumb=row.thumb,
        label=row.label,
        staff_said=staff_said,
    )
