"""Each case through the real Mind: who asks, what was decided, what was drafted and said, and how that scores."""

import time
from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from pydantic import BaseModel

from basics.clock import parse_moment
from basics.errors import BadRequest
from basics.words import Lang
from bot.llm import GuardedLLM
from bot.mind import Mind
from bot.reword import How
from bot.steps import Request
from desk.conversation import Caller, ReplyKind, joined
from evals.case import Case
from evals.nobody import never_used
from evals.scorers import Score, answered, cites, right
from evals.words import Worded, worded
from knowledge.shelf import Reader

AS_OF = parse_moment("2026-11-22T10:00:00+08:00")  # the moment the cases were written for: their articles are in force then


class Outcome(BaseModel, frozen=True):
    """What became of a case. `cited` and `right_draft` judge the draft, `right_said` what was sent; `answered`: it was sent."""

    case: Case
    decision: ReplyKind
    because: str
    confidence: float
    draft: str
    said: str
    articles: tuple[str, ...]
    cited: Score
    right_draft: Score
    right_said: Score
    answered: bool
    ms: float
    verdict: float | None = None
    """A model's probability that the draft answers, where it was asked."""
    how: tuple[How, ...] = ()
    """Whose words each sentence has, where a model was asked for words."""

    @property
    def lang(self) -> Lang:
        """The language of the case."""
        return self.case.lang

    @property
    def is_miss(self) -> bool:
        """Wrong or not answered where it could have been, or answered where nobody could."""
        return not (self.cited.ok and self.right_said.ok) if self.case.answerable else self.answered


class Asked(BaseModel, frozen=True):
    """A case asked: its outcome, and as whom it read (for the baselines, which read the same)."""

    outcome: Outcome
    reader: Reader


async def ask_all(cases: Sequence[Case], mind: Mind, model: GuardedLLM | None = None, now: datetime = AS_OF) -> AsyncIterator[Asked]:
    """Every case asked in turn, each as its own first message."""
    for case in cases:
        request = Request(conversation_id=f"eval-{case.id}", caller=await caller_of(mind, case), lang=case.lang, text=case.question, now=now)
        since = time.perf_counter()
        done = await worded(mind, request, model)
        thought = done.thought
        ms = (time.perf_counter() - since) * 1000
        evidence = thought.evidence if thought.evidence.reader else await mind.holdings(request, never_used)
        if evidence.reader is None:
            raise BadRequest(f"Case {case.id}: nobody to read as.")
        yield Asked(outcome=outcome_of(case, done, ms), reader=evidence.reader)


def outcome_of(case: Case, done: Worded, ms: float) -> Outcome:
    """A turn, scored."""
    thought = done.thought
    drafted = thought.grounding.draft
    draft, said = joined(drafted.sentences), done.text
    sent = answered(thought.decision.kind)
    articles = tuple(c.article_id for c in drafted.citations)
    return Outcome(
        case=case,
        decision=thought.decision.kind,
        because=thought.decision.because,
        confidence=round(thought.confidence.value, 4),
        draft=draft,
        said=said,
        articles=articles,
        cited=cites(case, articles),
        right_draft=right(case, draft),
        right_said=right(case, said) if sent else Score(ok=False, why=f"not answered ({thought.decision.kind})"),
        answered=sent,
        ms=round(ms, 1),
        verdict=thought.confidence.features.get("verdict"),
        how=done.how,
    )


async def caller_of(mind: Mind, case: Case) -> Caller:
    """The persona that asks, as a session of theirs would be; BadRequest if nobody has this id."""
    if case.who == "anonymous":
        return Caller()
    person = await mind.source.traveller(case.who)
    if person is None:
        raise BadRequest(f"Case {case.id}: nobody is known as {case.who!r}.")
    return Caller(
        kind=person.role, traveller_id=person.id, name_en=person.name.en, name_zh=person.name.zh, tier=person.tier, company_id=person.company_id
    )
