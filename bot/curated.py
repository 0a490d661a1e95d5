"""Curated answers: a person's own answer to a question (an article of `kind: qa`), tried before anything else when just that is asked."""

from collections.abc import Sequence

from bot.steps import Chosen
from knowledge.search import Found
from knowledge.shelf import Shelf

ASKED_AT = 0.875  # cosine of questions from which on they ask for the same: right for 80 of 89 development questions, answerable for 85
SURE = 0.9  # that share, as the confidence of a curated answer


def curated(found: Sequence[Found], shelf: Shelf) -> tuple[Chosen, ...]:
    """The whole of the curated answer whose question is asked, or nothing. Audience and dates were looked at by the search."""
    asked = [f for f in found if f.asked >= ASKED_AT and shelf.article_of(f.passage).kind == "qa"]
    if not asked:
        return ()
    key = max(asked, key=lambda f: f.asked).passage.article_key
    passages = sorted((f for f in found if f.passage.article_key == key), key=lambda f: f.passage.ordinal)
    return tuple(
        Chosen(unit=unit, passage=f.passage, score=score, cosine=cosine)
        for f in passages
        for unit, score, cosine in zip(f.passage.units, f.units, f.unit_cosines, strict=True)
        if not (unit.kind == "sentence" and unit.text.endswith((":", "：")))  # a lead-in is said with its items
    )
