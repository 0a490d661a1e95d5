"""The shapes of lessons, as the console sends and shows them."""

from datetime import datetime

from pydantic import BaseModel, Field

from basics.words import Lang
from bot.lessons import Looked, Today
from desk.conversation import StaffName
from desk.lesson import Lesson, LessonState, Taught
from knowledge.article import Audience, Period


class TeachLesson(BaseModel):
    """What is to be taught, in one language or both; `replaces`: the lesson whose article gets a new version."""

    texts: dict[Lang, Taught] = Field(min_length=1, max_length=2)
    audience: Audience = "public"
    in_force: Period | None = None
    ticket_id: str | None = Field(default=None, max_length=80, pattern=r"^[^\x00]*$")
    replaces: str | None = Field(default=None, max_length=80, pattern=r"^[^\x00]*$")


class PublishLesson(BaseModel):
    """`although_contested`: it says otherwise than an older article, and is right."""

    although_contested: bool = False


class ShownLesson(BaseModel):
    """A lesson as it stands; `may_publish`: whether the reader may now, `alone_at` from when on its author may."""

    id: str
    article_id: str
    version: int
    state: LessonState
    ticket_id: str | None
    texts: dict[Lang, Taught]
    audience: Audience
    in_force: Period
    by: str
    at: datetime
    decided_by: str | None
    decided_at: datetime | None
    may_publish: bool
    alone_at: datetime

    @classmethod
    def of(cls, lesson: Lesson, reader: StaffName, now: datetime, alone_minutes: float) -> "ShownLesson":
        """For this reader at this moment."""
        plain = lesson.model_dump(include={"id", "article_id", "version", "state", "ticket_id", "audience", "at", "decided_at"})
        return cls(
            **plain,
            texts=dict(lesson.texts),
            in_force=lesson.in_force,
            by=lesson.by.name,
            decided_by=lesson.decided_by.name if lesson.decided_by else None,
            may_publish=lesson.may_publish(reader.id, now, alone_minutes),
            alone_at=lesson.alone_at(alone_minutes),
        )


class ShownLessons(BaseModel):
    """Lessons, newest first."""

    lessons: list[ShownLesson]


class ShownContested(BaseModel):
    """A sentence of the lesson that says otherwise than one that stands."""

    says: str
    against: str
    against_says: str


class LookedAt(BaseModel):
    """A lesson with what is said to its question today, what it contradicts, and the last questions it would have answered (a few, and how many)."""

    lesson: ShownLesson
    today: dict[Lang, Today]
    contested: list[ShownContested]
    past: list[str]
    past_count: int

    @classmethod
    def of(cls, looked: Looked, reader: StaffName, now: datetime, alone_minutes: float) -> "LookedAt":
        """For this reader at this moment."""
        return cls(
            lesson=ShownLesson.of(looked.lesson, reader, now, alone_minutes),
            today=dict(looked.today),
            contested=[ShownContested(says=c.says, against=c.against[0], against_says=c.against_says) for c in looked.contested],
            past=list(looked.past),
            past_count=looked.past_count,
        )
