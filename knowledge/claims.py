"""What a sentence claims, and whether its sources carry it: the last gate before a sentence leaves the house. Needs no model."""

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel

from basics.words import Lang
from knowledge.claims_quote import all_evidence, gaps_in
from knowledge.claims_reword import problems_of
from knowledge.claims_tokens import Token, tokens_of
from knowledge.claims_units import Source, units_of

__all__ = ["Claim", "Source", "Verdict", "carried", "claims_of", "units_of"]

ClaimKind = Literal["amount", "percent", "duration", "date", "time", "measure", "count", "comparison", "polarity", "condition", "name"]
_KINDS: dict[str, ClaimKind] = {"order": "comparison", "absolute": "condition"}


class Claim(BaseModel, frozen=True):
    """One thing a sentence claims, in canonical form: CNY 300 and 300 元 are both (amount, "300", "CNY").

    `bound` is the comparison that belongs to a quantity: >=, <=, >, <, ~ (about), or nothing.
    """

    kind: ClaimKind
    value: str
    unit: str = ""
    bound: str = ""
    start: int
    end: int

    def means(self, other: "Claim") -> bool:
        """Whether both claim the same, wherever they stand."""
        return (self.kind, self.value, self.unit, self.bound) == (other.kind, other.value, other.unit, other.bound)


class Verdict(BaseModel, frozen=True):
    """Whether a sentence is carried, and if not, each reason in a plain sentence."""

    ok: bool
    problems: tuple[str, ...] = ()


def claims_of(text: str, lang: Lang) -> tuple[Claim, ...]:
    """What a text claims, in order: quantities in canonical units (durations in hours where exact), names, signs and conditions.

    Both languages are read whatever `lang` says, since a Chinese sentence may name an English fare.
    Offsets are those of the text without its Markdown marks.
    """
    del lang
    return tuple(_claim(t) for t in tokens_of(text) if t.is_sign)


def _claim(token: Token) -> Claim:
    if m := token.measure:
        return Claim(kind=m.kind, value=m.value, unit=m.unit, bound=m.bound, start=token.start, end=token.end)
    kind = _KINDS.get(token.kind) or token.kind
    return Claim.model_validate({"kind": kind, "value": token.key, "start": token.start, "end": token.end})


def carried(sentence: str, lang: Lang, sources: Sequence[Source]) -> Verdict:
    """Whether the sources carry the sentence: quoted unit by unit, or in other words with every claim, sign and condition of one unit."""
    del lang
    tokens = tokens_of(sentence)
    if not tokens:
        return Verdict(ok=False, problems=("The sentence says nothing.",))
    evidence = all_evidence(sources)
    gaps, quoted = gaps_in(sentence, evidence)
    if not gaps:
        return Verdict(ok=True) if quoted else Verdict(ok=False, problems=("Nothing of the sentence stands in its sources.",))
    whole = problems_of(tokens, evidence)
    if not whole:
        return Verdict(ok=True)
    if len(gaps) == 1 and gaps[0].end - gaps[0].start == len(tokens):
        return Verdict(ok=False, problems=whole)
    found = tuple(p for gap in gaps for p in (whole if gap.in_row else problems_of(tokens[gap.start : gap.end], evidence)))
    return Verdict(ok=not found, problems=found)
