"""What happens with a draft: answer, ask back once, hand over, abstain."""

import pytest

from bot.compose import compose
from bot.decide import decide
from bot.ground import ground
from bot.settings import Settings
from bot.steps import Confidence, Decision, Evidence
from tests.bot.ferry import FERRY, asked

SETTINGS = Settings(answer_at=0.6)


def decided(question: str, value: float, asked_back: int = 0, found: bool = True) -> Decision:
    request, understood, evidence = asked(question)
    evidence = evidence if found else Evidence()
    outcome = ground(compose(request, understood, evidence, FERRY), evidence)
    return decide(request.model_copy(update={"asked_back": asked_back}), understood, evidence, outcome, Confidence(value=value), SETTINGS)


@pytest.mark.parametrize(
    ("value", "asked_back", "kind"), [(0.6, 0, "answer"), (0.59, 0, "clarify"), (0.6, 1, "handoff"), (0.69, 1, "handoff"), (0.71, 1, "answer")]
)
def test_below_the_threshold_it_asks_back_once_and_then_hands_over(value: float, asked_back: int, kind: str) -> None:
    assert decided("how much is a bicycle on the deck?", value, asked_back).kind == kind


def test_the_confidence_that_was_missed_is_the_one_that_was_asked_for() -> None:
    """Asked back already, more is needed than the setting says, and staff read that figure; without any source it was no matter of confidence."""
    assert decided("how much is a bicycle on the deck?", 0.69, asked_back=1).needed == pytest.approx(0.7)
    assert decided("how much is a bicycle?", 1.0, found=False).needed is None


def test_a_person_is_given_to_whoever_asks_for_one_however_sure_the_draft() -> None:
    decision = decided("I want to talk to a person", 1.0)
    assert (decision.kind, decision.reason) == ("handoff", "asked")


def test_small_talk_is_answered_and_what_no_carrier_is_asked_is_declined() -> None:
    assert decided("hello", 0.0).kind == "answer"
    assert decided("tell me a joke about a dog", 0.2).kind == "abstain"


def test_without_a_passage_there_is_no_answer_at_any_confidence() -> None:
    assert decided("how much is a bicycle?", 1.0, found=False).kind == "handoff"
