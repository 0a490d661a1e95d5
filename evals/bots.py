"""What each bot would have said to a case, in one shape, so that the house and the plain ways can stand in one table."""

from collections.abc import Sequence

import numpy as np
from pydantic import BaseModel

from evals.baselines import Baseline
from evals.case import Case
from evals.run import Outcome

HOUSE, WORDS, MEANING = "the Concierge", "BM25 alone", "embedder alone"
THRESHOLD, MATCHED, CHAIN = "cosine from 0.30", "cosine, sending as often as we do", "LangChain chain"
BOTS = (HOUSE, WORDS, MEANING, THRESHOLD, MATCHED, CHAIN)


class Said(BaseModel, frozen=True):
    """One bot on one case. `right`: sent or not, what it would say cites an article that answers and says what it must, nothing forbidden.

    `first` and `among`: such an article is the first it found, or among those it shows (three; the chain's four pieces). `sent` and `right`
    are None where a bot only finds. `figures`: sent figures that stand in none of its own sources.
    """

    who: str
    case: Case
    sent: bool | None
    right: bool | None
    needless: bool = False
    first: bool | None = None
    among: bool | None = None
    score: float = 0.0
    figures: tuple[str, ...] | None = None
    text: str = ""


def group_of(case: Case) -> str:
    """What belongs together in a case: the article that answers, else the pair, else the case itself."""
    return case.articles[0] if case.articles else case.pair or case.id


def needless(case: Case, sent: bool) -> bool:
    """Handed to a person though the answer stands in the base, and the case does not say that a person is right here."""
    return case.answerable and not sent and "handoff" not in case.decision


def house_said(outcome: Outcome) -> Said:
    """The house on a case; asking back is no hand-over."""
    case = outcome.case
    return Said(
        who=HOUSE,
        case=case,
        sent=outcome.answered,
        right=case.answerable and (not outcome.is_miss if outcome.answered else outcome.cited.ok and outcome.right_draft.ok),
        needless=outcome.decision == "handoff" and needless(case, outcome.answered),
        first=bool(outcome.articles) and outcome.articles[0] in case.articles,
        among=bool(set(outcome.articles[:3]) & set(case.articles)),
        score=outcome.confidence,
        figures=outcome.uncarried if outcome.answered else (),
        text=outcome.said,
    )


def plain_said(case: Case, baseline: Baseline, score: float | None = None) -> Said:
    """A plain search that always answers with the best unit it finds; `score` where its own is only good within one question."""
    return Said(
        who=WORDS if baseline.name == "BM25" else MEANING,
        case=case,
        sent=True,
        right=case.answerable and baseline.article_at_1 and baseline.right_at_1,
        first=baseline.article_at_1,
        among=baseline.article_at_3,
        score=baseline.score if score is None else score,
        text=baseline.said,
    )


def matched(threshold: Sequence[Said], house: Sequence[Said]) -> tuple[Said, ...]:
    """The fixed-threshold bot with its threshold moved to where it sends as many answers as the house: the same work for the two people."""
    most = sum(bool(one.sent) for one in house)
    order = np.argsort(-np.array([one.score for one in threshold]), kind="stable") if threshold else np.array([], dtype=np.int64)
    sent = {int(n) for n in order[:most]}
    return tuple(
        one.model_copy(update={"who": MATCHED, "sent": n in sent, "needless": needless(one.case, n in sent)}) for n, one in enumerate(threshold)
    )
