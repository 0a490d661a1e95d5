"""What asking back is worth: `python -m evals.choices`. Every development question that is asked back gets each of the offered articles chosen.

The right choice is an article that answers; any other, and any at all where nothing answers, is a wrong one, after which nothing should be sent.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence

from pydantic import BaseModel

from desk.conversation import ReplyKind
from evals.case import DEVELOPMENT, Case, read_cases
from evals.effort import after_choosing
from evals.minds import demo_mind
from evals.remembered import Remembered
from evals.run import AS_OF, ask_all, say
from knowledge.embedder_packaged import Packaged


class Choice(BaseModel, frozen=True):
    """One article chosen: whether it answers, whether the draft that followed was right, how sure it was and what was decided."""

    case: Case
    article: str
    answers: bool
    right: bool
    confidence: float
    decision: ReplyKind

    @property
    def sent(self) -> bool:
        """Whether it was answered."""
        return self.decision == "answer"


async def choices_of(cases: Sequence[Case], embedder: Remembered) -> AsyncIterator[Choice]:
    """Every offered article of every question that is asked back, chosen."""
    with demo_mind(AS_OF, embedder=embedder) as mind:
        async for asked in ask_all(cases, mind):
            thought, case = asked.done.thought, asked.outcome.case
            for way, cited in zip(thought.choices, thought.citations, strict=False):
                if thought.decision.kind == "clarify" and way == cited.title:
                    then = await say(case, after_choosing(case, asked.done, way), asked.mind, None)
                    yield Choice(
                        case=case,
                        article=cited.article_id,
                        answers=case.answerable and cited.article_id in case.articles,
                        right=case.answerable and then.outcome.cited.ok and then.outcome.right_draft.ok,
                        confidence=then.outcome.confidence,
                        decision=then.outcome.decision,
                    )


async def gathered() -> list[Choice]:
    """All of them, of all development lists."""
    embedder = Remembered(Packaged())
    made = [c async for c in choices_of([case for file in DEVELOPMENT for case in read_cases(file)], embedder)]
    embedder.keep()
    return made


def report(made: Sequence[Choice]) -> Iterator[str]:
    """How often a right choice is answered, rightly or wrongly, and how often a wrong one is: a line each."""
    for name, some in (("right choice", [c for c in made if c.answers]), ("wrong choice", [c for c in made if not c.answers])):
        sent = [c for c in some if c.sent]
        right = sum(c.right for c in sent)
        yield (f"{name}: {len(some)}, the draft right {sum(c.right for c in some)}; sent {len(sent)}, right {right}, wrong {len(sent) - right}")


def main() -> None:
    """Choose, and print."""
    print("\n".join(report(asyncio.run(gathered()))))


if __name__ == "__main__":
    main()
