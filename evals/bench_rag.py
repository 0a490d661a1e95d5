"""`concierge bench rag`: any knowledge base against any questions, in a throw-away index, through the real Mind; DESIGN section 5."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import TextIO

from pydantic import BaseModel, ConfigDict, Field

from basics.clock import system_clock
from basics.errors import BadRequest
from bot.history import recent
from bot.llm import GuardedLLM
from bot.mind import Mind
from bot.settings import Settings
from bot.steps import Before, Evidence, Request, Understood
from bot.understand import understand
from bot.watch import Watch
from desk.conversation import Caller, ReplyKind, joined
from evals.docs import Docs, GivenId, ShortReader, read_docs
from evals.indexing import Clocked, rate_of_indexing
from evals.lines import BadLine, read_lines
from evals.minds import err, mind_over, progress
from evals.nobody import Nobody, NoBookings, never_used
from evals.words import Worded, closing, model_named, worded
from knowledge.embedder import Embedder
from knowledge.embedder_packaged import Packaged
from knowledge.search import search
from knowledge.terms import script_of

MOST_DOCS = 20
_PASSAGES = 120  # enough that 20 documents are among them where there are as many
_BOT = frozenset({"assistant", "bot", "system", "staff", "ai"})


class Turn(BaseModel):
    """Something that was said before."""

    model_config = ConfigDict(frozen=True)

    role: str
    text: str


class Question(BaseModel):
    """A question as it is given; the language is read from the question itself, as in a chat."""

    model_config = ConfigDict(frozen=True)

    id: GivenId
    question: str
    lang: str | None = None
    history: tuple[Turn, ...] | None = None


class Answer(BaseModel, frozen=True):
    """One line of the result; without answering, `decision` and `confidence` are null and `answer` is empty."""

    id: GivenId
    retrieved: tuple[GivenId, ...] = Field(max_length=MOST_DOCS)
    citations: tuple[GivenId, ...] = ()
    answer: str = ""
    decision: ReplyKind | None = None
    confidence: float | None = None
    stage_ms: dict[str, float] = {}


def run(docs: Path, questions: Path, out: Path, model: str, no_answer: bool) -> None:
    """Read, index, ask, and write one line a question; nothing but `out` is written."""
    asked = read_questions(questions)
    read = read_docs(docs)
    llm = model_named(model)
    for note in read.left_out:
        err.print(note, style="yellow", highlight=False, markup=False)
    embedder = Clocked(Packaged())
    embedder.question("?")  # what the model reads on first use is no part of its rate
    since = time.perf_counter()
    with opened(out) as lines, mind_of(read, embedder) as mind:
        indexed = time.perf_counter()
        shelf = mind.shelf
        clocked = rate_of_indexing(embedder, shelf, indexed - since)
        asyncio.run(_write(mind, read, asked, no_answer, llm, lines))
    took = time.perf_counter() - indexed
    if llm is not None and llm.breaker.ever:
        err.print(f"The model failed {llm.breaker.ever} times: what it should have said is quoted.", style="yellow", highlight=False)
    err.print(
        f"{len(read.articles)} documents ({len(shelf.passages)} passages) indexed in {indexed - since:.1f} s; "
        f"{len(asked)} questions in {took:.1f} s. Result: {out}\n{clocked}",
        highlight=False,
        markup=False,
    )


def mind_of(read: Docs, embedder: Embedder) -> AbstractContextManager[Mind]:
    """The Mind over these documents; nobody is known to it."""
    return mind_over(read.articles, Nobody(), NoBookings(), ShortReader(embedder), Settings())


def read_questions(file: Path) -> tuple[Question, ...]:
    """Every question of a file; an id that stands there twice is a BadLine."""
    seen: dict[GivenId, int] = {}
    out: list[Question] = []
    for at, question in read_lines(file, Question):
        if question.id in seen:
            raise BadLine(*at, f"the id {question.id!r} stands in line {seen[question.id]} already; give every question its own")
        seen[question.id] = at.line
        out.append(question)
    return tuple(out)


def opened(out: Path) -> TextIO:
    """The result file, made with its folder; BadRequest before anything is measured if it cannot be written."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        return out.open("w", encoding="utf-8")
    except OSError as wrong:
        raise BadRequest(f"{out} cannot be written: {wrong.strerror}. Nothing was measured.") from None


async def answers(
    mind: Mind, read: Docs, questions: Sequence[Question], no_answer: bool, model: GuardedLLM | None = None, now: datetime | None = None
) -> AsyncIterator[Answer]:
    """One Answer a question, in order."""
    at = now or system_clock()
    for question in questions:
        yield await _answer(mind, read, question, no_answer, model, at)


async def _answer(mind: Mind, read: Docs, question: Question, no_answer: bool, model: GuardedLLM | None, now: datetime) -> Answer:
    request = request_of(question, mind.settings, now)
    if no_answer:
        understood, evidence, spent = await _retrieved(mind, request)
        return Answer(id=question.id, retrieved=_docs(mind, read, understood, evidence), stage_ms=spent)
    done = await worded(mind, request, model)
    thought = done.thought
    understood, evidence = thought.understood, thought.evidence
    if understood.vector is None:  # taken for small talk or a wish for a person, which is not searched for
        understood, evidence, _ = await _retrieved(mind, request)
    return Answer(
        id=question.id,
        retrieved=_docs(mind, read, understood, evidence),
        citations=_given(read, (c.article_id for c in thought.grounding.draft.citations)),
        answer=_said(done),
        decision=thought.decision.kind,
        confidence=round(thought.confidence.value, 4),
        stage_ms=done.stage_ms,
    )


def request_of(question: Question, settings: Settings, now: datetime) -> Request:
    """The question as somebody unknown asks it, with what was said before."""
    text = question.question.replace("\x00", " ")[: settings.longest_message]
    said = [Before(by="us" if turn.role.lower() in _BOT else "asker", text=turn.text) for turn in question.history or ()]
    return Request(conversation_id="bench", caller=Caller(), lang=script_of(text), text=text, now=now, history=recent(said))


async def _retrieved(mind: Mind, request: Request) -> tuple[Understood, Evidence, dict[str, float]]:
    """The question searched for as a turn does it, small talk too, and no further; with the milliseconds of each stage."""
    with Watch() as watch:
        understood = understand(request, mind.shelf.slips).model_copy(update={"ask": "question"})
        watch.lap("understand")
        understood, evidence = await mind.gather(request, understood, never_used, mind.shelf, mind.finder, watch)
    return understood, evidence, watch.laps


def _docs(mind: Mind, read: Docs, understood: Understood, evidence: Evidence) -> tuple[GivenId, ...]:
    """The documents, best first: those the turn worked with, then the rest of the same search."""
    if evidence.reader is None or understood.vector is None:
        return ()
    searched = (understood.vector, understood.searched_terms, understood.lang, evidence.reader, _PASSAGES)
    rest = search(mind.shelf, mind.index, *searched, asked=understood.question)
    return _given(read, (f.passage.article_id for f in (*evidence.found, *rest)))[:MOST_DOCS]


def _given(read: Docs, names: Iterable[str]) -> tuple[GivenId, ...]:
    return tuple(read.given[name] for name in dict.fromkeys(names))


def _said(done: Worded) -> str:
    """What is shown; where the draft is not sent, the draft all the same; for small talk, which has none, what is said."""
    drafted = joined(done.thought.grounding.draft.sentences)
    return done.text if done.how or not drafted else drafted


async def _write(mind: Mind, read: Docs, asked: Sequence[Question], no_answer: bool, model: GuardedLLM | None, lines: TextIO) -> None:
    done = 0
    with progress("Asking") as told:
        async with closing(model):
            async for answer in answers(mind, read, asked, no_answer, model):
                lines.write(json.dumps(answer.model_dump(mode="json"), ensure_ascii=False) + "\n")
                done += 1
                told(done, len(asked))
