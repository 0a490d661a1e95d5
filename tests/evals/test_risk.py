"""What labelled answers prove: the exact bound, the honest choice of a threshold, and the figures of a report."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.risk import (
    at_most,
    aurc,
    bins_of,
    choose,
    ece,
    interval,
    labels_missing,
    labels_needed,
    risk_coverage,
    upper_bound,
)

answers = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
rows = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=80)


@pytest.mark.parametrize(("wrong", "needed"), [(0, 149), (2, 313)])
def test_two_in_a_hundred_at_95_needs_149_answers_without_an_error_and_313_with_two(wrong: int, needed: int) -> None:
    """The figures everybody can look up."""
    assert labels_needed(wrong, 0.02, 0.95) == needed
    assert upper_bound(wrong, needed, 0.95) <= 0.02 < upper_bound(wrong, needed - 1, 0.95)


def test_the_bound_is_the_textbook_s() -> None:
    """Without an error it has a closed form; five in a hundred at 97.5 % is 11.28 % (Clopper and Pearson's tables)."""
    assert upper_bound(0, 100, 0.95) == pytest.approx(1 - 0.05 ** (1 / 100))
    assert upper_bound(5, 100, 0.975) == pytest.approx(0.1128, abs=1e-4)


@settings(deadline=None)
@given(answers, st.floats(0.001, 0.999))
def test_the_chance_of_so_few_is_the_sum_of_the_binomial(of: tuple[int, int], rate: float) -> None:
    wrong, n = of
    plain = sum(math.comb(n, i) * rate**i * (1 - rate) ** (n - i) for i in range(wrong + 1))
    assert at_most(wrong, n, rate) == pytest.approx(min(1.0, plain), rel=1e-6, abs=1e-12)


@settings(deadline=None)
@given(answers, st.floats(0.5, 0.99))
def test_more_errors_raise_the_bound_more_answers_and_less_certainty_lower_it(of: tuple[int, int], sure: float) -> None:
    wrong, n = of
    bound = upper_bound(wrong, n, sure)
    assert wrong / n <= bound <= 1
    assert upper_bound(wrong, n + 1, sure) <= bound + 1e-9
    assert upper_bound(min(wrong + 1, n), n, sure) >= bound - 1e-9
    assert upper_bound(wrong, n, min(0.995, sure + 0.005)) >= bound - 1e-9


@given(st.integers(0, 20), st.floats(0.01, 0.3), st.floats(0.6, 0.99))
@settings(deadline=None, max_examples=60)
def test_what_is_missing_is_just_what_would_do(wrong: int, allowed: float, sure: float) -> None:
    """With so many more answers, wrong as often, the guarantee holds; and where enough are there, none is missing."""
    needed = labels_needed(wrong, allowed, sure)
    assert labels_missing(needed, wrong, allowed, sure) == 0
    sent = max(1, needed // 2)
    missing = labels_missing(sent, wrong, allowed, sure)
    if missing is None:
        assert wrong / sent > allowed * 0.9
    else:
        assert upper_bound(math.ceil(wrong * (sent + missing) / sent), sent + missing, sure) <= allowed + 1e-9


def test_where_answers_are_wrong_too_often_no_number_of_labels_helps() -> None:
    """More of the same would prove the opposite."""
    assert labels_missing(100, 2, 0.02, 0.95) is None
    assert labels_missing(100, 1, 0.02, 0.95) is not None
    assert labels_missing(0, 0, 0.02, 0.95) == 149


def test_nothing_is_guaranteed_on_too_few_labels_and_it_says_how_many_are_missing() -> None:
    """100 faultless answers carry no 2 % at 95 %; 49 more would, and with them it is guaranteed."""
    little = choose([0.9] * 100, [False] * 100, 0.02, 0.95)
    assert (little.threshold, little.missing, little.coverage) == (None, 49, 0.0)
    enough = choose([0.9] * 149, [False] * 149, 0.02, 0.95)
    assert (enough.threshold, enough.missing, enough.coverage) == (0.25, 0, 1.0)
    assert enough.upper <= 0.02


def test_the_walk_stops_at_the_first_step_it_cannot_prove() -> None:
    """Below a bad stretch nothing is guaranteed, even where the average would look good again."""
    confidence = [0.95] * 1500 + [0.7] * 100 + [0.5] * 20_000
    wrong = [False] * 1500 + [True] * 100 + [False] * 20_000
    guarantee = choose(confidence, wrong, 0.02, 0.95, grid=(0.95, 0.7, 0.5))
    assert guarantee.threshold == 0.95
    assert upper_bound(sum(wrong), len(wrong), 0.95) < 0.02


@given(rows, st.floats(0.02, 0.4), st.floats(0.6, 0.95))
@settings(max_examples=60, deadline=None)
def test_a_guarantee_is_never_made_above_its_own_bound(given_rows: list[tuple[float, bool]], allowed: float, sure: float) -> None:
    """What is guaranteed is proved at the threshold; allowing more never sends less; turning a wrong answer right never takes a guarantee away."""
    confidence, wrong = [c for c, _ in given_rows] * 5, [w for _, w in given_rows] * 5
    guarantee = choose(confidence, wrong, allowed, sure)
    if guarantee.threshold is not None:
        assert guarantee.upper <= allowed + 1e-9
        assert guarantee.sent == sum(c >= guarantee.threshold for c in confidence)
        if any(wrong):
            fixed = list(wrong)
            fixed[fixed.index(True)] = False
            better = choose(confidence, fixed, allowed, sure)
            assert better.threshold is not None and better.threshold <= guarantee.threshold
    else:
        assert guarantee.missing is None or guarantee.missing > 0


@pytest.mark.parametrize("shape", ["calibrated", "sharp", "useless"])
@pytest.mark.parametrize("labels", [300, 1500])
def test_the_realised_wrong_rate_exceeds_the_allowed_one_in_at_most_the_guaranteed_share_of_runs(shape: str, labels: int) -> None:
    """300 samples of worlds whose true wrong rate at every threshold is known: at 90 % at most 10 % of the guarantees break."""
    draw = np.random.default_rng(7)
    truth = np.random.default_rng(8).beta(4, 1, 400_000)
    broken = 0
    for _ in range(300):
        confidence = draw.beta(4, 1, labels)
        guarantee = choose(confidence, draw.random(labels) < _wrong(shape, confidence), 0.05, 0.9)
        if guarantee.threshold is not None:
            broken += float(_wrong(shape, truth[truth >= guarantee.threshold]).mean()) > 0.05
    assert broken <= 43  # 30 are allowed; 43 are exceeded by chance in less than 1 run of 100


def _wrong(shape: str, confidence: np.ndarray) -> np.ndarray:
    """How often an answer of this confidence is wrong."""
    if shape == "calibrated":
        return 1 - confidence
    return (1 - confidence) ** 3 if shape == "sharp" else np.full(len(confidence), 0.055)


def test_picking_the_best_looking_threshold_would_break_the_guarantee() -> None:
    """The test above can fail: taking the lowest threshold whose bound looks good, without the walk, breaks it where the walk does not."""
    draw = np.random.default_rng(7)
    naive = honest = 0
    for _ in range(100):
        confidence = draw.random(1500)
        wrong = draw.random(1500) < _wrong("useless", confidence)
        counts = [(int(wrong[confidence >= at].sum()), int((confidence >= at).sum())) for at in np.arange(0.3, 0.98, 0.02)]
        naive += any(n and at_most(k, n, 0.05) <= 0.1 for k, n in counts)
        honest += choose(confidence, wrong, 0.05, 0.9).threshold is not None
    assert naive > 20 > honest  # 10 would be allowed; 20 are exceeded by chance in less than 1 of 500


@settings(deadline=None)
@given(rows)
def test_the_figures_do_not_depend_on_the_order_of_answers(given_rows: list[tuple[float, bool]]) -> None:
    confidence, wrong = [c for c, _ in given_rows], [w for _, w in given_rows]
    back = list(reversed(confidence)), list(reversed(wrong))
    assert aurc(confidence, wrong) == pytest.approx(aurc(*back))
    assert ece(confidence, wrong) == pytest.approx(ece(*back))
    assert 0 <= aurc(confidence, wrong) <= 1 and 0 <= ece(confidence, wrong) <= 1


@settings(deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=60))
def test_without_any_order_the_area_is_the_error_rate(wrong: list[bool]) -> None:
    assert aurc([0.5] * len(wrong), wrong) == pytest.approx(sum(wrong) / len(wrong))
    coverage, risk = risk_coverage([0.5] * len(wrong), wrong)
    assert coverage[-1] == 1 and risk[-1] == pytest.approx(sum(wrong) / len(wrong))


def test_a_perfect_order_beats_a_random_one_and_calibration_is_seen() -> None:
    """Wrong ones last is the smallest area; a confidence that is right as often as it says has an error near 0, one that boasts does not."""
    wrong = [False] * 80 + [True] * 20
    assert aurc(np.linspace(1, 0, 100), wrong) < aurc(np.linspace(0, 1, 100), wrong)
    draw = np.random.default_rng(0)
    said = draw.random(20_000)
    right = draw.random(20_000) < said
    assert ece(said, right) < 0.02
    assert ece(np.sqrt(said), right) > 0.1
    assert [n for _, _, n in bins_of(said, right)] == [2000] * 10


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    """100 samples of a rate of 0.3 in groups of four that go together: drawn as groups the interval covers it, row by row it would not."""
    draw = np.random.default_rng(1)
    held = held_by_row = 0
    for seed in range(100):
        values = np.repeat(draw.random(40) < 0.3, 4).astype(float)
        groups = [str(n // 4) for n in range(160)]
        low, high = interval(lambda at, v=values: float(v[at].mean()), groups, rounds=120, seed=seed)
        held += low <= 0.3 <= high
        low, high = interval(lambda at, v=values: float(v[at].mean()), [str(n) for n in range(160)], rounds=120, seed=seed)
        held_by_row += low <= 0.3 <= high
    assert held >= 86 > held_by_row


def test_the_interval_of_a_calibration_error_holds_the_error() -> None:
    """Every draw of a well-calibrated sample looks worse than the sample; centred, the interval is around what was measured."""
    draw = np.random.default_rng(3)
    said = draw.random(400)
    right = draw.random(400) < said
    low, high = interval(lambda at: ece(said[at], right[at]), [str(n) for n in range(400)], centred=True)
    assert 0 <= low <= ece(said, right) <= high < 0.15
