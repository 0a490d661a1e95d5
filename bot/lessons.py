"""Lessons: a person's answer is proposed with what it contradicts and what it would have answered, and published with one more click."""

import asyncio
import tempfile
from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path

import numpy as np
from pydantic import BaseModel

from basics.clock import Clock, day_in
from basics.ids import new_id
from basics.words import Lang, Words
from bot.curated import ASKED_AT
from bot.dry import dry_turn
from bot.library import Library
from bot.mind import Mind
from bot.refusals import LessonDecided, LessonNeedsTheOther, LessonRefused
from bot.settings import Settings
from customers.uses import Use
from desk.conversation import StaffName
from desk.lesson import Lesson, LessonState, Taught, alike, cases_of, markdown_of
from knowledge.article import Audience, Period
from knowledge.ingest import Contested, Report
from store import events, lessons, tickets
from store.database import Database, Tx

_LOOKS_AT = 300  # tickets, the last ones, for what a lesson would have answered
_TOLD = 8  # of them
MOST = 100


class Asked(BaseModel, frozen=True):
    """What a staff member wants taught; `replaces`: the lesson whose article gets a new version."""

    texts: Mapping[Lang, Taught]
    audience: Audience
    in_force: Period | None = None
    ticket_id: str | None = None
    replaces: str | None = None


class Today(BaseModel, frozen=True):
    """What the Concierge says to the question as things stand: `kind` of reply, its words, and the articles they are from."""

    kind: str
    text: str
    titles: tuple[str, ...]


class Looked(BaseModel, frozen=True):
    """A lesson with what there is to know before it is published."""

    lesson: Lesson
    today: Mapping[Lang, Today] = {}
    contested: tuple[Contested, ...] = ()
    past: tuple[str, ...] = ()
    past_count: int = 0


class Lessons:
    """The desk's door to lessons. The articles are the base's own: in use in all workers as any ingestion is, and taken back as one."""

    def __init__(self, db: Database, library: Library, mind: Mind, settings: Settings, clock: Clock, folder: Path) -> None:
        self.db, self.library, self.mind, self.settings, self.clock, self.folder = db, library, mind, settings, clock, folder

    async def propose(self, staff: StaffName, asked: Asked) -> Looked:
        """Keep it, and look at it; LessonRefused where it can be no article. Nothing is published."""
        now = self.clock()
        async with self.db.read() as conn:
            if asked.ticket_id:
                await tickets.the_ticket(conn, asked.ticket_id)
            before = await lessons.the_lesson(conn, asked.replaces) if asked.replaces else None
            version = await lessons.last_version(conn, before.article_id) + 1 if before else 1
        lesson_id = new_id("lesson")
        lesson = Lesson(
            id=lesson_id,
            article_id=before.article_id if before else f"qa-{lesson_id.removeprefix('lesson_').lower()}",
            version=version,
            ticket_id=asked.ticket_id,
            texts=asked.texts,
            audience=asked.audience,
            in_force=asked.in_force or Period.model_validate({"from": day_in(now, self.settings.zone)}),
            by=staff,
            at=now,
        )
        looked = await self.look(lesson)

        async def kept(tx: Tx) -> None:
            if not await lessons.keep(tx, lesson):
                raise LessonDecided
            await self._tell(tx, lesson)

        await self.db.write(kept)
        return looked

    async def rewrite(self, lesson_id: str, staff: StaffName, asked: Asked) -> Looked:
        """Other words for a proposed one, by either of the two: whose words they are now is who wrote them last."""
        async with self.db.read() as conn:
            known = await lessons.the_lesson(conn, lesson_id)
        changed = {"texts": asked.texts, "audience": asked.audience, "in_force": asked.in_force or known.in_force, "by": staff, "at": self.clock()}
        lesson = known.model_copy(update=changed)
        looked = await self.look(lesson)

        async def rewritten(tx: Tx) -> None:
            if not await lessons.rewrite(tx, lesson):
                raise LessonDecided
            await self._tell(tx, lesson)

        await self.db.write(rewritten)
        return looked

    async def newest(self, ticket_id: str | None = None) -> tuple[Lesson, ...]:
        """The last ones; of one ticket, where one is named."""
        async with self.db.read() as conn:
            return await lessons.newest(conn, MOST, ticket_id=ticket_id)

    async def the_lesson(self, lesson_id: str) -> Lesson:
        """NotFound if there is none."""
        async with self.db.read() as conn:
            return await lessons.the_lesson(conn, lesson_id)

    async def look(self, lesson: Lesson) -> Looked:
        """What it contradicts, and which of the last questions it would have answered."""
        report = await self._taken_in(lesson, dry=True)
        async with self.db.read() as conn:
            asked = await lessons.asked_before(conn, _LOOKS_AT)
        past = await self._would_have_answered(lesson, asked) if asked else ()
        today = {lang: await self._today(taught.question, lang) for lang, taught in lesson.texts.items()}
        return Looked(lesson=lesson, today=today, contested=report.contested, past=past[:_TOLD], past_count=len(past))

    async def publish(self, lesson_id: str, staff: StaffName, although_contested: bool = False) -> Lesson:
        """Into the base, at once and everywhere. By the other one, or by whoever wrote it after a while; what contradicts only if that is said."""
        lesson = await self.the_lesson(lesson_id)
        if lesson.state != "proposed":
            raise LessonDecided
        now, alone = self.clock(), self.settings.lesson_alone_minutes
        if not lesson.may_publish(staff.id, now, alone):
            raise LessonNeedsTheOther(lesson.alone_at(alone))
        # First the article, then the state: whoever is killed between publishes again, and the same text a second time changes nothing.
        await self._taken_in(lesson, dry=False, accept=although_contested)
        return await self._settled(lesson, "proposed", "published", staff, now)

    async def withdraw(self, lesson_id: str, staff: StaffName) -> Lesson:
        """Take a published one off the shelf; what it replaced stands again."""
        lesson = await self.the_lesson(lesson_id)
        if lesson.state != "published":
            raise LessonDecided
        await self.library.take_off([article.key for article in lesson.articles])
        return await self._settled(lesson, "published", "withdrawn", staff, self.clock())

    async def discard(self, lesson_id: str, staff: StaffName) -> Lesson:
        """It is not to be taught."""
        lesson = await self.the_lesson(lesson_id)
        return await self._settled(lesson, "proposed", "discarded", staff, self.clock())

    async def cases(self) -> list[dict[str, object]]:
        """Every published lesson as cases of an eval."""
        async with self.db.read() as conn:
            return [case for lesson in await lessons.newest(conn, 10_000, ("published",)) for case in cases_of(lesson)]

    async def _taken_in(self, lesson: Lesson, dry: bool, accept: bool = False) -> Report:
        with tempfile.TemporaryDirectory() as aside:
            folder = Path(aside) if dry else self.folder
            paths = await asyncio.to_thread(_written, lesson, folder)
            report = await self.library.ingest(paths, dry=dry, accept=accept or dry)
        if report.refused:
            raise LessonRefused(Words(en=report.refused[0].why, zh=report.refused[0].why_zh or report.refused[0].why))
        return report

    async def _today(self, question: str, lang: Lang) -> Today:
        said = await dry_turn(self.mind, question, None, self.clock(), lang, _nobody_used)
        return Today(kind=said["kind"], text=said["text"], titles=tuple(dict.fromkeys(c["title"] for c in said["citations"])))

    async def _would_have_answered(self, lesson: Lesson, asked: tuple[str, ...]) -> tuple[str, ...]:
        """Questions that mean the same, in whichever language: by the measure that a curated answer is given by."""
        own = [question for taught in lesson.texts.values() for question in (taught.question, *taught.also)]

        def compared() -> tuple[str, ...]:
            vectors = self.library.embedder.questions([*own, *asked])
            cosines = np.asarray(vectors[len(own) :]) @ np.asarray(vectors[: len(own)]).T
            return alike(cosines.max(axis=1).tolist(), asked, ASKED_AT)

        return await asyncio.get_running_loop().run_in_executor(self.library.worker, compared)

    async def _settled(self, lesson: Lesson, before: LessonState, after: LessonState, staff: StaffName, now: datetime) -> Lesson:
        async def settled(tx: Tx) -> Lesson:
            if not await lessons.settle(tx, lesson.id, before, after, staff.id, now):
                raise LessonDecided
            decided = lesson.model_copy(update={"state": after, "decided_by": staff, "decided_at": now})
            await self._tell(tx, decided)
            return decided

        return await self.db.write(settled)

    async def _tell(self, tx: Tx, lesson: Lesson) -> None:
        data = {"lesson_id": lesson.id, "state": lesson.state, "ticket_id": lesson.ticket_id, "by": lesson.by.model_dump()}
        await events.append(tx, events.DESK, self.clock(), [("lesson", data)])


async def _nobody_used(traveller_id: str, company_id: str | None, booking_ids: Collection[str]) -> tuple[Use, ...]:
    return ()  # a question of nobody's: no right is looked at


def _written(lesson: Lesson, folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for article in lesson.articles:
        path = folder / f"{article.id}.{article.lang}.{article.version}.md"
        path.write_text(markdown_of(article), "utf-8")
        paths.append(path)
    return paths
