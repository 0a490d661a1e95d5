"""Scorers: what is right about an outcome, each score with its reason. Pure."""

import re
import unicodedata
from collections.abc import Sequence

from pydantic import BaseModel

from basics.words import Lang
from desk.conversation import ReplyKind
from evals.case import Case
from knowledge.claims import Claim, claims_of

_QUANTITIES = frozenset({"amount", "percent", "duration", "date", "time", "measure", "count"})
_SAME = str.maketrans({"×": "x", "–": "-", "—": "-", "‑": "-", "’": "'", "‘": "'", "“": '"', "”": '"'})


class Score(BaseModel, frozen=True):
    """Whether it holds, and why (not)."""

    ok: bool
    why: str


def cites(case: Case, cited: Sequence[str], versions: Sequence[int] = ()) -> Score:
    """Whether an article that answers is among the cited ones (at most three are ever shown), in the version the case names, if it names one."""
    names = [f"{a} v{v}" for a, v in zip(cited, versions, strict=True)] if case.version is not None and versions else list(cited)
    wanted = case.articles if case.version is None or not versions else [f"{a} v{case.version}" for a in case.articles]
    hit = next((name for name in names[:3] if name in wanted), None)
    return Score(ok=hit is not None, why=f"cites {hit}" if hit else f"cites {', '.join(names[:3]) or 'nothing'}")


def right(case: Case, said: str) -> Score:
    """Whether every `must` group has one of its alternatives in the text, and nothing of `must_not` stands there."""
    missing = [group for group in case.must if not any(stands_in(part, said) for part in group)]
    why = [f"does not say {' or '.join(map(repr, group))}" for group in missing] + [f"says {part!r}" for part in forbidden(case, said)]
    return Score(ok=not why and bool(said.strip()), why="; ".join(why) or ("says what it must" if said.strip() else "says nothing"))


def forbidden(case: Case, said: str) -> tuple[str, ...]:
    """What stands in the text though the case forbids it."""
    return tuple(part for part in case.must_not if stands_in(part, said))


def uncarried(case: Case, said: str, sources: Sequence[str]) -> tuple[str, ...]:
    """The figures (amounts, shares, durations, dates, sizes, counts) of a text that stand in none of its sources."""
    known = {_quantity(claim) for source in sources for claim in claims_of(source, case.lang)}
    return tuple(" ".join(_quantity(claim)) for claim in claims_of(said, case.lang) if claim.kind in _QUANTITIES and _quantity(claim) not in known)


def quantities(text: str, lang: Lang) -> frozenset[tuple[str, str, str]]:
    """The figures of a text, each as its kind, value and unit."""
    return frozenset(_quantity(claim) for claim in claims_of(text, lang) if claim.kind in _QUANTITIES)


def _quantity(claim: Claim) -> tuple[str, str, str]:
    return (claim.kind, claim.value, claim.unit)


def answered(kind: ReplyKind) -> bool:
    """Whether this decision sends the draft."""
    return kind in ("answer", "proposal")


def stands_in(part: str, text: str) -> bool:
    """True if `part` stands in `text`, case, width and spaces aside; a number only as a whole one (2 h is not in 12 h).

    A table's row (`a | b`) stands where one line says all of its cells in their order, whatever their columns are called.
    """
    cells = [cell for cell in (c.strip() for c in part.split("|")) if cell]
    if len(cells) > 1:
        return any(_in_order(cells, line) for line in text.splitlines())
    return _stands(cells[0] if cells else part, text)


def _in_order(cells: Sequence[str], line: str) -> bool:
    rest = folded(line)
    for cell in cells:
        found = _pattern(folded(cell)).search(rest)
        if found is None:
            return False
        rest = rest[found.end() :]
    return True


def _stands(part: str, text: str) -> bool:
    wanted = folded(part)
    if not wanted:
        return False
    return _pattern(wanted).search(folded(text)) is not None


def _pattern(wanted: str) -> re.Pattern[str]:
    before = r"(?<!\d)(?<!\d[.,])" if wanted[:1].isdigit() else ""
    after = r"(?!\d)(?![.,]\d)" if wanted[-1:].isdigit() else ""
    return re.compile(before + re.escape(wanted) + after)


def folded(text: str) -> str:
    """Lower case, half width, one kind of dash and quote, no white space but between two digits (also where a full stop or comma ends the first)."""
    text = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text).translate(_SAME).casefold())
    return re.sub(r"(?<![\d.,]) | (?!\d)", "", text)
