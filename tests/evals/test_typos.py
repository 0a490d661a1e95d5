"""Slips that are made for measuring: always the same, never in names or numbers, and counted for what they are."""

import random

import pytest

from evals.builders.built import Built
from evals.case import Case
from evals.docs import Doc
from evals.labelled import over
from evals.typos import WAYS, asked, slipped, with_slips
from knowledge.english import how_common
from tests.house import the_embedder


@pytest.mark.parametrize("text", ["When does Gatwick reopen its terminal after 26800mAh?", "托运行李超重怎么收费？"])
def test_a_question_gets_the_same_slips_every_time(text: str) -> None:
    made = with_slips(text, "slips")
    assert made != text and made == with_slips(text, "slips")
    assert ("Gatwick" in made and "26800mAh" in made) or "Gatwick" not in text


def test_what_is_typed_by_a_slip_is_no_word() -> None:
    drawn = random.Random(7)
    assert all(not how_common(slipped("baggage", drawn)) for _ in range(50))


async def test_a_question_is_asked_in_all_ways_and_told_how_it_was_read() -> None:
    """Of one base of one document: four rows a question, and the slip restored or not."""
    doc = Doc(id="mill", title="Mill", text="The windmill grinds barley on Thursday mornings. " * 3, lang="en")
    case = Case.model_validate({"id": "1", "lang": "en", "question": "when is barley ground", "answerable": True, "articles": ["mill"]})
    with over(Built(name="mill", docs=(doc,), cases=(case,)), the_embedder()) as (mind, cases):
        rows, reads = await asked(mind, "mill", cases)
    assert [r.way for r in rows] == list(WAYS) and all(r.rank == 0 for r in rows)
    assert [(r.restored + r.left + r.wrong, r.touched) for r in reads] == [(reads[0].restored + reads[0].left, False)]
