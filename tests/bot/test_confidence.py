"""Confidence: a probability from signals that name nothing of one base."""

from pathlib import Path

import pytest

from basics.errors import SettingsWrong
from bot.compose import compose
from bot.confidence import FEATURES, FILE, estimate, features_of, model_in, of_a_choice, probability
from bot.gather import of_chosen
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
def test_every_fitted_model_heeds_words_of_the_question_that_stand_nowhere(fitted: Path) -> None:
    there, nowhere = (probability({**dict.fromkeys(FEATURES, 0.5), "missing": v}, fitted) for v in (0.0, 1.0))
    assert there > nowhere


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


def test_who_writes_like_the_articles_is_answered_as_surely_as_who_does_not() -> None:
    """Words that a synonym already has in the question are met where they stand: none is missing that stands in the place."""
    assert sure("is there a shower in the cabin?", SHOWERS).features["missing"] == 0.0


def test_a_chosen_article_counts_by_how_far_it_comes_before_the_others() -> None:
    """Far ahead the choice makes it surer; a choice against what comes nearest is not followed, and no lead makes a bad draft a sure one."""
    assert of_a_choice(0.6, ahead=6.0) > 0.7 > 0.6 > of_a_choice(0.6, ahead=0.0) > of_a_choice(0.69, ahead=-6.0)
    assert of_a_choice(0.2, ahead=100.0) < 0.5


def test_the_articles_that_were_found_tell_how_far_the_chosen_one_is_ahead() -> None:
    _, _, evidence = asked("how much is the deck fee of a bicycle?")
    best = evidence.found[0].passage.article_id
    others = [f for f in evidence.found if f.passage.article_id != best]
    mine = of_chosen(evidence.found, best)
    assert all(f.passage.article_id == best for f in mine.found)
    assert mine.ahead == (evidence.found[0].score - others[0].score if others else 0.0)
    assert of_chosen(evidence.found, "nowhere") == ((), 0.0)


@pytest.mark.parametrize(("question", "other"), [("how fast is the Tern 5?", "Tern 3"), ("Tern 5 最快多少？", "Tern 3")])
def test_an_answer_from_the_page_of_a_look_alike_has_the_name_missing(question: str, other: str) -> None:
    """Though its page holds a 5 somewhere; the page of the very thing has it."""
    page = "# {}\n\nThe {} is fast: up to 31 knots. It carries 5 cars.\n"
    alone, both = a_shelf(an_article("tern-3", page.format(other, other))), [an_article(n.lower(), page.format(n, n)) for n in ("Tern-3", "Tern-5")]
    assert sure(question, alone).features["names"] == 1.0
    assert sure(question, a_shelf(*both)).features["names"] == 0.0
