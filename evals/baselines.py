"""What a plain search would have said, over the same base: BM25 alone and the embedder alone. Better than these is the least we owe."""

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel

from bot.mind import Mind
from evals.case import Case
from evals.scorers import right, stands_in
from knowledge.passage import Unit
from knowledge.search import MEANING_ONLY, WORDS_ONLY, Found, search
from knowledge.shelf import Lexicon, Reader
from knowledge.terms import script_of, terms_of

Name = Literal["BM25", "embedder"]
NAMES: tuple[Name, ...] = ("BM25", "embedder")


class Baseline(BaseModel, frozen=True):
    """How one plain search did on a case: right article first, among the first three passages; right answer in the best unit, in the best three."""

    name: Name
    case_id: str
    article_at_1: bool
    article_at_3: bool
    right_at_1: bool
    right_at_3: bool
    said: str
    score: float = 0.0
    """Of the first passage, as that search scores: for an order of its answers by how sure it is."""
    cosine: float = -1.0
    """Of the question with the nearest unit of the first passage, -1..1."""


def ask_baseline(name: Name, case: Case, mind: Mind, reader: Reader) -> Baseline:
    """One case through one plain search; its answer is the best unit of the first passage."""
    return baseline_of(name, case, mind, found_by(name, case, mind, reader))


def found_by(name: Name, case: Case, mind: Mind, reader: Reader) -> tuple[Found, ...]:
    """What one plain search finds for the words of a case, best first, among what this reader may read."""
    by_words = name == "BM25"
    vector = None if by_words else mind.embedder.question(case.question)
    weights, lang = WORDS_ONLY if by_words else MEANING_ONLY, script_of(case.question)
    return search(mind.shelf, mind.index, vector, terms_of(case.question), lang, reader, weights=weights)


def baseline_of(name: Name, case: Case, mind: Mind, found: Sequence[Found]) -> Baseline:
    """How right it would have been to say the best unit of the first passage found."""
    lang, terms = script_of(case.question), terms_of(case.question)
    units = _best_units(found, terms, mind.shelf.lexicons[lang] if name == "BM25" else None)
    said = units[0] if units else ""
    three = "\n".join(units[:3])
    return Baseline(
        name=name,
        case_id=case.id,
        article_at_1=any(f.passage.article_id in case.articles for f in found[:1]),
        article_at_3=any(f.passage.article_id in case.articles for f in found[:3]),
        right_at_1=right(case, said).ok,
        right_at_3=bool(three) and all(any(stands_in(part, three) for part in group) for group in case.must),
        said=said,
        score=found[0].score if found else 0.0,
        cosine=max(found[0].unit_cosines, default=-1.0) if found else -1.0,
    )


def _best_units(found: Sequence[Found], terms: Sequence[str], lexicon: Lexicon | None) -> list[str]:
    """The units of the found passages, best first; where the search scores whole passages only (BM25), by the weight of shared terms."""
    ranked = [
        (f.score if lexicon else score, _overlap(unit, terms, lexicon), unit)
        for f in found
        for unit, score in zip(f.passage.units, f.units, strict=True)
    ]
    return [f"{u.lead_in} {u.text}".strip() for _, _, u in sorted(ranked, key=lambda r: (-r[0], -r[1]))]


def _overlap(unit: Unit, terms: Sequence[str], lexicon: Lexicon | None) -> float:
    if lexicon is None:
        return 0.0
    held = set(terms_of(f"{unit.lead_in} {unit.text}"))
    return sum(lexicon.weight(t) for t in set(terms) if t in held)
