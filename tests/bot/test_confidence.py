"""Confidence: a probability from signals that name nothing of one base."""

from pathlib import Path

import pytest

from basics.errors import SettingsWrong
from bot.compose import compose
from bot.confidence import FEATURES, FILE, estimate, features_of, model_in, probability
from bot.ground import ground
from bot.settings import DEMO_CONFIDENCE
from bot.steps import Confidence, Draft, Evidence, Grounding
from evals.fit_confidence import SIGNS
from knowledge.shelf import Shelf
from tests.bot.ferry import FERRY, a_shelf, an_article, asked

SHOWERS = a_shelf(an_article("showers", "# Showers\n\nEvery cabin has a shower with warm water.\n"))


def sure(question: str, shelf: Shelf = FERRY) -> Confidence:
    request, understood, evidence = asked(question, shelf=shelf)
    return estimate(understood, evidence, ground(compose(request, understood, evidence, shelf), evidence), shelf)


def test_every_feature_is_there_and_about_one_at_most() -> None:
    request, understood, evidence = asked("how much is a bicycle on the deck?")
    features = features_of(understood, evidence, ground(compose(request, understood, evidence, FERRY), evidence), FERRY)
    assert set(features) == set(FEATURES)
    assert all(-1 <= v <= 1 for v in features.values())


def test_a_thing_the_articles_never_name_makes_it_less_sure() -> None:
    assert sure("is there a shower and a hairdryer in the cabin?").value < sure("is there a shower in the cabin?").value


def test_a_question_about_an_amount_that_is_not_said_makes_it_less_sure() -> None:
    assert sure("how much is a shower?", SHOWERS).features["wanted"] == 0.0
    assert sure("how much is the deck fee of a bicycle?").features["wanted"] == 1.0


def test_nothing_found_is_zero_and_a_decision_of_code_is_one() -> None:
    _, understood, evidence = asked("how much is a bicycle?")
    assert estimate(understood, Evidence(), Grounding(draft=Draft(sentences=())), FERRY).value == 0.0
    assert estimate(understood, evidence, Grounding(draft=Draft(sentences=(), signals={"decided": 1.0})), FERRY).value == 1.0


@pytest.mark.parametrize("fitted", [FILE, DEMO_CONFIDENCE], ids=["many bases", "the demo's"])
@pytest.mark.parametrize(("feature", "sign"), SIGNS.items())
def test_no_fitted_model_reads_a_signal_against_its_sense(feature: str, sign: int, fitted: Path) -> None:
    """What speaks for an answer never lowers the confidence in it, whatever a list of questions would teach."""
    low, high = (probability({**dict.fromkeys(FEATURES, 0.5), feature: v}, fitted) for v in (0.0, 1.0))
    assert (high - low) * sign >= 0


@pytest.mark.parametrize("fitted", [FILE, DEMO_CONFIDENCE], ids=["many bases", "the demo's"])
@pytest.mark.parametrize("ways", [("odds",), ("asked",), ("outside",), ("words", "missing"), ("meaning", "unit")], ids="-".join)
def test_every_fitted_model_heeds_what_counts_most(ways: tuple[str, ...], fitted: Path) -> None:
    """Shared words and nearness are told by two signals each, and a fit may put the weight of both on one."""
    against, speaks_for = (probability({**dict.fromkeys(FEATURES, 0.5), **{w: 0.5 + SIGNS[w] * by for w in ways}}, fitted) for by in (-0.5, 0.5))
    assert speaks_for > against


def test_a_file_that_holds_no_model_stops_the_start_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "c.json").write_text("{}")
    with pytest.raises(SettingsWrong, match="CONCIERGE_CONFIDENCE"):
        model_in(tmp_path / "c.json")
