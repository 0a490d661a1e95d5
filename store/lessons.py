"""Lessons: kept as they were written, decided by compare-and-set."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from basics.errors import NotFound
from basics.words import Words
from desk.conversation import StaffName
from desk.lesson import Lesson, LessonState
from store.database import Tx
from store.tables import lessons, staff, tickets


async def keep(tx: Tx, lesson: Lesson) -> bool:
    """Keep a new lesson; False where somebody has written this very version of its article meanwhile."""
    try:
        async with tx.conn.begin_nested():
            await tx.conn.execute(insert(lessons).values(**_row_of(lesson)))
    except IntegrityError:
        return False
    return True


async def rewrite(tx: Tx, lesson: Lesson) -> bool:
    """Other words, while it is proposed; False where it is not any more. Its date is new, and so is the wait for publishing it alone."""
    open_one = update(lessons).where(lessons.c.id == lesson.id, lessons.c.state == "proposed")
    return (await tx.conn.execute(open_one.values(**_row_of(lesson)))).rowcount == 1


async def the_lesson(conn: AsyncConnection, lesson_id: str) -> Lesson:
    """A lesson by its id; NotFound if there is none."""
    row = (await conn.execute(_wanted().where(lessons.c.id == lesson_id))).one_or_none()
    if row is None:
        raise NotFound(Words(en="There is no such lesson.", zh="没有该条经验。"))
    return _lesson(row)


async def newest(conn: AsyncConnection, most: int, states: Sequence[LessonState] = (), ticket_id: str | None = None) -> tuple[Lesson, ...]:
    """The last lessons, newest first; of these states or this ticket only, where any is named."""
    wanted = _wanted().where(lessons.c.state.in_(states)) if states else _wanted()
    wanted = wanted.where(lessons.c.ticket_id == ticket_id) if ticket_id else wanted
    return tuple(_lesson(r) for r in (await conn.execute(wanted.order_by(lessons.c.at.desc(), lessons.c.id).limit(most))).all())


async def last_version(conn: AsyncConnection, article_id: str) -> int:
    """The newest version of an article that a lesson made, published or not; 0 without one."""
    return (await conn.execute(select(func.max(lessons.c.version)).where(lessons.c.article_id == article_id))).scalar() or 0


async def settle(tx: Tx, lesson_id: str, before: LessonState, after: LessonState, staff_id: str, now: datetime) -> bool:
    """Publish, withdraw or discard; False where somebody else was faster."""
    mine = update(lessons).where(lessons.c.id == lesson_id, lessons.c.state == before)
    return (await tx.conn.execute(mine.values(state=after, decided_by=staff_id, decided_at=now))).rowcount == 1


async def asked_before(conn: AsyncConnection, most: int) -> tuple[str, ...]:
    """What the last tickets were about, in the travellers' words: what was not answered without a person."""
    wanted = select(tickets.c.headline).where(tickets.c.headline != "", tickets.c.reason.in_(("low_confidence", "asked", "stake")))
    return tuple((await conn.execute(wanted.order_by(tickets.c.opened_at.desc()).limit(most))).scalars())


def _row_of(lesson: Lesson) -> dict[str, Any]:
    plain = lesson.model_dump(mode="json", include={"texts", "in_force"}, by_alias=True)
    fields = lesson.model_dump(include={"id", "article_id", "version", "ticket_id", "state", "audience", "at"})
    return fields | {"record": plain, "staff_id": lesson.by.id}


def _wanted() -> Any:
    wrote, decided = staff.alias("wrote"), staff.alias("decided")
    joined = lessons.join(wrote, lessons.c.staff_id == wrote.c.id).outerjoin(decided, lessons.c.decided_by == decided.c.id)
    return select(lessons, wrote.c.name.label("wrote_name"), decided.c.name.label("decided_name")).select_from(joined)


def _lesson(row: Row[Any]) -> Lesson:
    plain = {name: getattr(row, name) for name in ("id", "article_id", "version", "ticket_id", "state", "audience", "at", "decided_at")}
    decided = StaffName(id=row.decided_by, name=row.decided_name) if row.decided_by else None
    return Lesson.model_validate(plain | row.record | {"by": StaffName(id=row.staff_id, name=row.wrote_name), "decided_by": decided})
