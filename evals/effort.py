"""Effort: what it costs somebody to have a question resolved. A scripted asker talks to the house until it is, or until they give up."""

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel

from bot.llm import GuardedLLM
from bot.steps import Request
from desk.conversation import Reply
from evals.bots import Said, group_of, house_said
from evals.case import Case
from evals.run import Asked, say
from evals.words import Worded

MOST_TURNS = 3  # then the asker gives up
_READ = {"en": 14.0, "zh": 6.0}  # characters a second: 180 words and 360 characters a minute, an easy reading
_WRITE = {"en": 3.0, "zh": 1.0}  # characters a second on a phone: about 36 words and 60 characters a minute
_TAP = 1.0  # second, for one of the choices offered
End = Literal["resolved", "wrong", "person", "outside", "gave up"]


class Effort(BaseModel, frozen=True):
    """How a case ended. `seconds` is all of it: writing, waiting for each reply, reading it; `needless`: a person, though it stands in the base."""

    who: str
    case: Case
    turns: int
    seconds: float
    waited: float
    end: End
    needless: bool


async def see_through(asked: Asked, model: GuardedLLM | None) -> Effort:
    """Go on from the first reply: asked back, the asker takes the choice that is right, or says the question again where none is."""
    case, last, turns = asked.outcome.case, asked, 1
    waited = asked.outcome.ms / 1000
    seconds = _written(case) + waited + _read(case, last.done.text)
    while last.outcome.decision == "clarify" and turns < MOST_TURNS:
        request = next_request(case, last.done)
        last = await say(case, request, asked.mind, model)
        turns += 1
        waited += last.outcome.ms / 1000
        seconds += (_TAP if request.text != case.question else _written(case)) + last.outcome.ms / 1000 + _read(case, last.done.text)
    said = house_said(last.outcome)
    end = _end(said, last.outcome.decision)
    return Effort(
        who=said.who, case=case, turns=turns, seconds=round(seconds, 2), waited=round(waited, 3), end=end, needless=end == "person" and said.needless
    )


def next_request(case: Case, done: Worded) -> Request:
    """The next message of the scripted asker, as a chat would hand it on after we asked back."""
    offered = zip(done.thought.choices, done.thought.citations, strict=False)
    return after_choosing(case, done, next((text for text, c in offered if c.article_id in case.articles), case.question))


def after_choosing(case: Case, done: Worded, choice: str) -> Request:
    """What a chat hands on when, asked back, the asker says this."""
    before, thought = done.thought.request, done.thought
    reply = Reply(
        message_id="eval",
        kind=thought.decision.kind,
        text=done.text,
        lang=case.lang,
        sentences=done.sentences,
        citations=thought.citations,
        choices=thought.choices,
        confidence=thought.confidence.value,
        basis=thought.draft.basis,
        receipt_id="eval",
    )
    return before.model_copy(update={"text": choice, "asked_back": before.asked_back + 1, "last_question": before.text, "last_reply": reply})


def one_turn(said: Said) -> Effort:
    """What the same question costs with a bot that never asks back; it answers in no time."""
    case = said.case
    seconds = _written(case) + (_read(case, said.text) if said.sent else 0.0)
    end: End = "person" if not said.sent else "resolved" if said.right else "wrong"
    return Effort(who=said.who, case=case, turns=1, seconds=round(seconds, 2), waited=0.0, end=end, needless=said.needless)


def groups_of(efforts: Sequence[Effort]) -> list[str]:
    """The group of each, for an interval."""
    return [group_of(effort.case) for effort in efforts]


def _end(said: Said, decision: str) -> End:
    if decision == "clarify":
        return "gave up"
    if said.sent:
        return "resolved" if said.right else "wrong"
    return "person" if decision == "handoff" else "outside"


def _written(case: Case) -> float:
    return len(case.question) / _WRITE[case.lang]


def _read(case: Case, text: str) -> float:
    return len(text) / _READ[case.lang]
