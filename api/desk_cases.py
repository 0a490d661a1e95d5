"""The staff's door to cases: what is looked after by whom until when, and each step of it."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field

from api.callers import Staff, TheHouse
from api.shapes import ShownCaller, Text
from basics.words import Lang
from desk.case import Case, CaseState, Step
from desk.conversation import StaffName
from desk.ticket import Reason
from store import events

router = APIRouter(prefix="/v1/desk", tags=["staff"])
InLang = Annotated[Lang, Query()]
Seen = Annotated[int, Field(ge=1)]
Sentence = Annotated[Text, Field(min_length=3, max_length=1000)]


class ShownCase(BaseModel):
    """A case as staff see it."""

    id: str
    number: int
    ticket_id: str
    conversation_id: str
    caller: ShownCaller
    lang: Lang
    reason: Reason
    about: str
    state: CaseState
    owner: StaffName | None
    due_at: datetime
    late: bool
    outcome: str | None
    opened_at: datetime
    closed_at: datetime | None
    version: int


class CaseList(BaseModel):
    """What is late first, then by date, then the last closed ones; and who can look after one."""

    cases: list[ShownCase]
    people: list[StaffName]
    last_event: int


class CaseStep(BaseModel):
    """Something that was done with a case, with its owner and date from then on."""

    at: datetime
    step: Step
    by: StaffName | None
    owner: StaffName | None
    due_at: datetime
    reason: str


class CaseHistory(BaseModel):
    """Oldest first."""

    steps: list[CaseStep]


class CaseToOpen(BaseModel):
    """What it is about; nothing: what the ticket is about."""

    about: Annotated[Text, Field(max_length=1000)] = ""


class CaseSeen(BaseModel):
    """The version of the case that the caller has before their eyes: a step on an older one is refused."""

    seen: Seen


class CaseToHand(CaseSeen):
    """To whom: the id of an account."""

    to: Annotated[Text, Field(min_length=1, max_length=80)]


class CaseToMove(CaseSeen):
    """Another date, and why: the reason is for the desk, the date is told to the traveller."""

    due_at: AwareDatetime
    reason: Sentence


class CaseToAnswer(CaseSeen):
    """What came of it."""

    outcome: Sentence


class CaseToClose(CaseSeen):
    """What came of it, unless it was noted before."""

    outcome: Sentence | None = None


@router.get("/cases")
async def listed(house: TheHouse, _who: Staff, lang: InLang = "en") -> CaseList:
    """Caller: staff. Every open case in order of work, then the last closed."""
    async with house.db.read() as conn:
        last = await events.last_number(conn, events.DESK)
    found, people = await house.cases.all()
    return CaseList(cases=[_shown(c, house.clock(), lang) for c in found], people=list(people), last_event=last)


@router.get("/cases/{case_id}/history")
async def history(house: TheHouse, _who: Staff, case_id: str) -> CaseHistory:
    """Caller: staff. Who did what with it, when and why."""
    return CaseHistory(steps=[CaseStep.model_validate({"at": e.at, **e.data}) for e in await house.cases.steps(case_id)])


@router.post("/tickets/{ticket_id}/case")
async def open_one(house: TheHouse, who: Staff, ticket_id: str, asked: CaseToOpen, lang: InLang = "en") -> ShownCase:
    """Caller: the staff member who holds the ticket. It outlives the ticket."""
    return _shown(await house.cases.open(ticket_id, who, asked.about), house.clock(), lang)


@router.post("/cases/{case_id}/take")
async def take(house: TheHouse, who: Staff, case_id: str, asked: CaseSeen, lang: InLang = "en") -> ShownCase:
    """Caller: staff. Look after it from now on; one winner."""
    return _shown(await house.cases.take(case_id, who, asked.seen), house.clock(), lang)


@router.post("/cases/{case_id}/hand")
async def hand(house: TheHouse, who: Staff, case_id: str, asked: CaseToHand, lang: InLang = "en") -> ShownCase:
    """Caller: the staff member who looks after it. Another one does from now on."""
    return _shown(await house.cases.hand(case_id, who, asked.seen, asked.to), house.clock(), lang)


@router.post("/cases/{case_id}/date")
async def move(house: TheHouse, who: Staff, case_id: str, asked: CaseToMove, lang: InLang = "en") -> ShownCase:
    """Caller: the staff member who looks after it. The traveller hears the new date."""
    return _shown(await house.cases.move(case_id, who, asked.seen, asked.due_at, asked.reason), house.clock(), lang)


@router.post("/cases/{case_id}/outcome")
async def answer(house: TheHouse, who: Staff, case_id: str, asked: CaseToAnswer, lang: InLang = "en") -> ShownCase:
    """Caller: the staff member who looks after it. What came of it; it is not late any more, and not closed yet."""
    return _shown(await house.cases.answer(case_id, who, asked.seen, asked.outcome), house.clock(), lang)


@router.post("/cases/{case_id}/close")
async def close(house: TheHouse, who: Staff, case_id: str, asked: CaseToClose, lang: InLang = "en") -> ShownCase:
    """Caller: the staff member who looks after it. It is over."""
    return _shown(await house.cases.close(case_id, who, asked.seen, asked.outcome), house.clock(), lang)


def _shown(case: Case, now: datetime, lang: Lang) -> ShownCase:
    plain = case.model_dump(exclude={"caller", "traveller_id", "changed_by", "owner"})
    return ShownCase(**plain, owner=case.owner, caller=ShownCaller.of(case.caller, lang), late=case.is_late(now))
