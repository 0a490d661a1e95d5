"""Scorers: what is right about an outcome, each score with its reason. Pure."""

import re
import unicodedata
from collections.abc import Sequence

from pydantic import BaseModel

from desk.conversation import ReplyKind
from evals.case import Case

_SAME = str.maketrans({"×": "x", "–": "-", "—": "-", "‑": "-", "’": "'", "‘": "'", "“": '"', "”": '"'})


class Score(BaseModel, frozen=True):
    """Whether it holds, and why (not)."""

    ok: bool
    why: str


def cites(case: Case, cited: Sequence[str]) -> Score:
    """Whether an article that answers is among the cited ones (at most three are ever shown)."""
    hit = next((a for a in cited[:3] if a in case.articles), None)
    return Score(ok=hit is not None, why=f"cites {hit}" if hit else f"cites {', '.join(cited[:3]) or 'nothing'}")


def right(case: Case, said: str) -> Score:
    """Whether every `must` group has one of its alternatives in the text, and nothing of `must_not` stands there."""
    missing = [group for group in case.must if not any(stands_in(part, said) for part in group)]
    wrong = [part for part in case.must_not if stands_in(part, said)]
    why = [f"does not say {' or '.join(map(repr, group))}" for group in missing] + [f"says {part!r}" for part in wrong]
    return Score(ok=not why and bool(said.strip()), why="; ".join(why) or ("says what it must" if said.strip() else "says nothing"))


def answered(kind: ReplyKind) -> bool:
    """Whether this decision sends the draft."""
    return kind in ("answer", "proposal")


def stands_in(part: str, text: str) -> bool:
    """True if `part` stands in `text`, case, width and spaces aside; a number only as a whole one (2 h is not in 12 h)."""
    wanted = folded(part)
    if not wanted:
        return False
    before = r"(?<!\d)(?<!\d[.,])" if wanted[0].isdigit() else ""
    after = r"(?!\d)(?![.,]\d)" if wanted[-1].isdigit() else ""
    return re.search(before + re.escape(wanted) + after, folded(text)) is not None


def folded(text: str) -> str:
    """Lower case, half width, one kind of dash and quote, no white space but between two digits."""
    text = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text).translate(_SAME).casefold())
    return re.sub(r"(?<!\d) | (?!\d)", "", text)
