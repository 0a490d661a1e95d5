"""`concierge bench screen`: what is read from a message before anything is answered, for any texts: the contract of DESIGN section 5."""

import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from basics.clock import system_clock
from basics.words import Lang
from bot.injection import injection
from bot.mood import mood_of
from bot.redact import Entity, found, redacted
from bot.scope import out_of_scope
from bot.steps import Ask, Request
from bot.understand import understand
from desk.conversation import Caller
from desk.ticket import Mood
from evals.bench_rag import opened
from evals.docs import GivenId
from evals.lines import BadLine, read_lines
from evals.minds import err, progress
from knowledge.terms import script_of


class Text(BaseModel):
    """A text as it is given."""

    model_config = ConfigDict(frozen=True)

    id: GivenId
    text: str


class ShownMood(BaseModel, frozen=True):
    """The mood, and how plainly the words tell it."""

    label: Mood
    score: float = Field(ge=0, le=1)


class Screened(BaseModel, frozen=True):
    """One line of the result. Offsets are characters of the given text."""

    id: GivenId
    injection: float = Field(ge=0, le=1)
    redacted: str
    entities: tuple[Entity, ...]
    mood: ShownMood
    intent: Ask
    out_of_scope: float = Field(ge=0, le=1)
    lang: Lang


def run(texts: Path, out: Path) -> None:
    """Read the texts, write one line a text; nothing but `out` is written."""
    given = read_texts(texts)
    since = time.perf_counter()
    with opened(out) as lines, progress("Screening") as told:
        for done, one in enumerate(screened(given), start=1):
            lines.write(json.dumps(one.model_dump(mode="json"), ensure_ascii=False) + "\n")
            told(done, len(given))
    took = time.perf_counter() - since
    err.print(f"{len(given)} texts in {took:.1f} s. Result: {out}", highlight=False, markup=False)


def read_texts(file: Path) -> tuple[Text, ...]:
    """Every text of a file; an id that stands there twice is a BadLine."""
    seen: dict[GivenId, int] = {}
    out: list[Text] = []
    for at, one in read_lines(file, Text):
        if one.id in seen:
            raise BadLine(*at, f"the id {one.id!r} stands in line {seen[one.id]} already; give every text its own")
        seen[one.id] = at.line
        out.append(one)
    return tuple(out)


def screened(texts: Sequence[Text]) -> Iterator[Screened]:
    """One result a text, in order."""
    for one in texts:
        request = Request(conversation_id="bench", caller=Caller(), lang=script_of(one.text), text=one.text, now=system_clock())
        understood = understand(request)
        yield Screened(
            id=one.id,
            injection=injection(one.text),
            redacted=redacted(one.text),
            entities=found(one.text),
            mood=ShownMood(label=understood.mood, score=mood_of(one.text)[1]),
            intent=understood.ask,
            out_of_scope=out_of_scope(one.text, understood.ask),
            lang=understood.lang,
        )
