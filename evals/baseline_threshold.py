"""The usual bot: it says the passage that comes nearest, and hands over where the cosine with it is below a fixed number.

The number is libredesk's (0.30 of cosine similarity). It reads only what the asker may read and what is in force for them, which such a bot
would not know of by itself.
"""

from collections.abc import Sequence

from evals.bots import THRESHOLD, Said, needless
from evals.case import Case
from evals.scorers import cites, right
from knowledge.search import Found

AT = 0.30


def threshold_said(case: Case, found: Sequence[Found]) -> Said:
    """One case, from what the embedder alone found for it."""
    if not found:
        return Said(who=THRESHOLD, case=case, sent=False, right=False, needless=needless(case, False))
    top, cosine = found[0].passage, max(found[0].unit_cosines, default=found[0].cosine)
    text = "\n".join(f"{unit.lead_in} {unit.text}".strip() for unit in top.units)
    sent = cosine >= AT
    return Said(
        who=THRESHOLD,
        case=case,
        sent=sent,
        right=case.answerable and cites(case, [top.article_id], [top.version]).ok and right(case, text).ok,
        needless=needless(case, sent),
        first=top.article_id in case.articles,
        among=any(f.passage.article_id in case.articles for f in found[:3]),
        score=cosine,
        text=text,
    )
