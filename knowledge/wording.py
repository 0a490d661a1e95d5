"""Approved wordings: the bilingual texts that are said without a source, because they claim nothing of the policy."""

from functools import cache
from pathlib import Path

from basics.words import Words
from knowledge.facts import facts_in

FILE = Path(__file__).with_name("wording.yaml")


@cache
def wordings() -> dict[str, Words]:
    """Every approved wording by its id; both languages are required of each."""
    return {name: Words.model_validate(said) for name, said in facts_in(FILE).items()}


def wording(wording_id: str, **values: Words | str | int) -> Words:
    """The wording with its {places} filled."""
    return wordings()[wording_id].filled(**values)
