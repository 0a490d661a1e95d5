"""The staff's door to lessons: propose what was answered as a curated article, look at what it would do, publish it, take it back."""

import json
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import PlainTextResponse

from api import lesson_shapes as shapes
from api.callers import Staff, TheHouse
from bot.lessons import Asked

router = APIRouter(prefix="/v1/desk/lessons", tags=["staff"])


@router.get("")
async def newest(house: TheHouse, who: Staff, ticket: Annotated[str | None, Query(max_length=80)] = None) -> shapes.ShownLessons:
    """Caller: staff. The last lessons, newest first; of one ticket, where one is named."""
    found = await house.lessons.newest(ticket)
    return shapes.ShownLessons(lessons=[shapes.ShownLesson.of(one, who, house.clock(), house.settings.lesson_alone_minutes) for one in found])


@router.post("", status_code=201)
async def propose(house: TheHouse, who: Staff, asked: shapes.TeachLesson) -> shapes.LookedAt:
    """Caller: staff. Kept as proposed; what it contradicts and what it would have answered stand beside it."""
    return shapes.LookedAt.of(await house.lessons.propose(who, _asked(asked)), who, house.clock(), house.settings.lesson_alone_minutes)


@router.get("/cases.jsonl", response_class=PlainTextResponse, include_in_schema=False)
async def cases(house: TheHouse, who: Staff) -> PlainTextResponse:
    """Caller: staff. Every published lesson as cases of an eval, one JSON a line."""
    lines = [json.dumps(case, ensure_ascii=False) for case in await house.lessons.cases()]
    return PlainTextResponse("".join(f"{line}\n" for line in lines), media_type="application/x-ndjson")


@router.get("/{lesson_id}")
async def look(house: TheHouse, who: Staff, lesson_id: str) -> shapes.LookedAt:
    """Caller: staff. A lesson with what it contradicts now, and what it would have answered."""
    looked = await house.lessons.look(await house.lessons.the_lesson(lesson_id))
    return shapes.LookedAt.of(looked, who, house.clock(), house.settings.lesson_alone_minutes)


@router.post("/{lesson_id}")
async def rewrite(house: TheHouse, who: Staff, lesson_id: str, asked: shapes.TeachLesson) -> shapes.LookedAt:
    """Caller: staff. Other words for one that is not published yet; whoever writes them is its author from now on."""
    looked = await house.lessons.rewrite(lesson_id, who, _asked(asked))
    return shapes.LookedAt.of(looked, who, house.clock(), house.settings.lesson_alone_minutes)


@router.post("/{lesson_id}/publish")
async def publish(house: TheHouse, who: Staff, lesson_id: str, asked: shapes.PublishLesson | None = None) -> shapes.ShownLesson:
    """Caller: staff; its author only after a while. In use at once."""
    lesson = await house.lessons.publish(lesson_id, who, bool(asked and asked.although_contested))
    return shapes.ShownLesson.of(lesson, who, house.clock(), house.settings.lesson_alone_minutes)


@router.post("/{lesson_id}/withdraw")
async def withdraw(house: TheHouse, who: Staff, lesson_id: str) -> shapes.ShownLesson:
    """Caller: staff. Off the shelf; what it replaced stands again."""
    lesson = await house.lessons.withdraw(lesson_id, who)
    return shapes.ShownLesson.of(lesson, who, house.clock(), house.settings.lesson_alone_minutes)


@router.post("/{lesson_id}/discard")
async def discard(house: TheHouse, who: Staff, lesson_id: str) -> shapes.ShownLesson:
    """Caller: staff. It is not to be taught."""
    lesson = await house.lessons.discard(lesson_id, who)
    return shapes.ShownLesson.of(lesson, who, house.clock(), house.settings.lesson_alone_minutes)


def _asked(asked: shapes.TeachLesson) -> Asked:
    return Asked(**asked.model_dump(exclude={"texts"}), texts=asked.texts)
