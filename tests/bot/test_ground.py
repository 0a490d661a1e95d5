"""What is not carried does not leave the house; a lead-in without its items does not either."""

import pytest

from bot.ground import ground
from bot.steps import Draft, Grounding
from desk.conversation import Carrier, Sentence
from tests.bot.ferry import asked, grounded

QUESTION = "under which conditions may a car board at the ramp?"


def changed(old: str, new: str) -> Grounding:
    """The ferry's draft with every sentence's words changed, grounded again."""
    _, _, evidence = asked(QUESTION)
    draft = grounded(QUESTION).draft
    sentences = tuple(s.model_copy(update={"text": s.text.replace(old, new)}) for s in draft.sentences)
    return ground(draft.model_copy(update={"sentences": sentences}), evidence)


def test_a_quoted_list_with_its_lead_in_is_carried() -> None:
    outcome = grounded(QUESTION)
    assert outcome.refused == () and [s.text[:2] for s in outcome.draft.sentences[:4]] == ["A ", "- ", "- ", "- "]


@pytest.mark.parametrize(("old", "new"), [("45 minutes", "15 minutes"), ("before departure", "after departure"), ("nobody stays", "everybody stays")])
def test_a_changed_fact_is_refused_with_its_reason(old: str, new: str) -> None:
    outcome = changed(old, new)
    assert len(outcome.refused) == 1 and new in outcome.refused[0]
    assert new not in "".join(s.text for s in outcome.draft.sentences)


def test_a_lead_in_whose_items_are_all_refused_is_not_said_alone() -> None:
    _, _, evidence = asked(QUESTION)
    draft = grounded(QUESTION).draft
    only = draft.model_copy(update={"sentences": (draft.sentences[0], draft.sentences[1].model_copy(update={"text": "- it may come at any time."}))})
    assert ground(only, evidence).draft.sentences == ()


@pytest.mark.parametrize(
    "carrier",
    [Carrier(passage_id="elsewhere:en:1:0", start=0, end=5), Carrier(entitlement_id="made:up:right"), Carrier(wording_id="no-such-wording")],
)
def test_a_carrier_that_does_not_exist_carries_nothing(carrier: Carrier) -> None:
    _, _, evidence = asked(QUESTION)
    outcome = ground(Draft(sentences=(Sentence(text="Cars board free.", lang="en", carried_by=(carrier,)),)), evidence)
    assert outcome.draft.sentences == () and len(outcome.refused) == 1
