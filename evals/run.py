"""Each case through the real Mind: who asks, what was decided, what was drafted and said, and how that scores."""

import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from basics.clock import parse_moment
from basics.errors import BadRequest
from basics.words import Lang
from bot.history import recent
from bot.llm import GuardedLLM
from bot.mind import Mind
from bot.reword import How
from bot.steps import Before, Request
from desk.conversation import Caller, ReplyKind, joined
from evals.case import Case
from evals.minds import at_moment
from evals.nobody import never_used
from evals.scorers import Score, answered, cites, forbidden, right, uncarried
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
    versions: tuple[int, ...] = ()
    cited: Score
    right_draft: Score
    right_said: Score
    answered: bool
    ms: float
    uncarried: tuple[str, ...] = ()
    """Figures of sentences it quotes or rewords that stand in no article it cites."""
    verdict: float | None = None
    """A model's probability that the draft answers, where it was asked."""
    how: tuple[How, ...] = ()
    """Whose words each sentence has, where a model was asked for words."""

    @property
    def lang(self) -> Lang:
        """The language of the case."""
        return self.case.lang

    @property
    def decided(self) -> bool:
        """Whether what was decided is right, where the case says which decisions are (any is, where it does not)."""
        return not self.case.decision or self.decision in self.case.decision

    @property
    def grants(self) -> bool:
        """Sent what the case forbids to say, or a change that it forbids to offer: where a right is asked for after the fact, it was granted."""
        return self.answered and (bool(forbidden(self.case, self.said)) or (self.decision == "proposal" and not self.decided))

    @property
    def is_miss(self) -> bool:
        """Wrong or not answered where it could have been, or answered where nobody could; not answering is right where the case names it."""
        if not self.decided:
            return True
        if not self.answered and self.case.decision:
            return False
        return not (self.cited.ok and self.right_said.ok) if self.case.answerable else self.answered


class Asked(BaseModel):
    """A case asked: its outcome, as whom it read (for the baselines, which read the same), and the turn, for whoever goes on talking."""

    model_config = ConfigDict(arbitrary_types_allowed=True, frozen=True)

    outcome: Outcome
    reader: Reader
    done: Worded
    mind: Mind


async def ask_all(cases: Sequence[Case], mind: Mind, model: GuardedLLM | None = None, now: datetime = AS_OF) -> AsyncIterator[Asked]:
    """Every case asked in turn, at its own moment if it has one (the demo's people then have the trips of that day)."""
    with tempfile.TemporaryDirectory(prefix="concierge-eval-") as home:
        minds = {now: mind}
        for case in cases:
            at = case.now or now
            if at not in minds:
                minds[at] = at_moment(mind, at, Path(home) / str(len(minds)))
            yield await ask(case, minds[at], model, at)


async def ask(case: Case, mind: Mind, model: GuardedLLM | None, now: datetime) -> Asked:
    """One case, as the next message of its conversation."""
    request = after(case, Request(conversation_id=f"eval-{case.id}", caller=await caller_of(mind, case), lang=case.lang, text=case.question, now=now))
    return await say(case, request, mind, model)


async def say(case: Case, request: Request, mind: Mind, model: GuardedLLM | None) -> Asked:
    """One message of a case, thought through and scored."""
    since = time.perf_counter()
    done = await worded(mind, request, model)
    thought = done.thought
    ms = (time.perf_counter() - since) * 1000
    evidence = thought.evidence if thought.evidence.reader else await mind.holdings(request, never_used)
    if evidence.reader is None:
        raise BadRequest(f"Case {case.id}: nobody to read as.")
    return Asked(outcome=outcome_of(case, done, ms, _cited_texts(mind, done)), reader=evidence.reader, done=done, mind=mind)


def _cited_texts(mind: Mind, done: Worded) -> list[str]:
    """The articles that the sentences rest on, whole."""
    cited = {(c.article_id, c.lang, c.version) for c in done.thought.grounding.draft.citations}
    return [f"{article.title}\n{article.body}" for key, article in mind.shelf.articles.items() if key in cited]


def after(case: Case, request: Request) -> Request:
    """The request with what was said before, as a chat would hand it on: the one place where a case's `history` is filled in."""
    before = next((text for role, text in reversed(case.history) if role == "traveller"), "")
    said = [Before(by="us" if role == "bot" else "asker", text=text) for role, text in case.history]
    return request.model_copy(update={"last_question": before, "history": recent(said)})


def outcome_of(case: Case, done: Worded, ms: float, sources: Sequence[str] = ()) -> Outcome:
    """A turn, scored."""
    thought = done.thought
    drafted = thought.grounding.draft
    draft, said = joined(drafted.sentences), done.text
    sent = answered(thought.decision.kind)
    articles, versions = tuple(c.article_id for c in drafted.citations), tuple(c.version for c in drafted.citations)
    return Outcome(
        case=case,
        decision=thought.decision.kind,
        because=thought.decision.because,
        confidence=round(thought.confidence.value, 4),
        draft=draft,
        said=said,
        articles=articles,
        versions=versions,
        cited=cites(case, articles, versions),
        right_draft=right(case, draft),
        right_said=right(case, said) if sent else Score(ok=False, why=f"not answered ({thought.decision.kind})"),
        answered=sent,
        ms=round(ms, 1),
        uncarried=uncarried(case, "\n".join(s.text for s in done.sentences if any(c.passage_id for c in s.carried_by)), sources) if sent else (),
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
