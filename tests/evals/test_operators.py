"""The promise as an operator gets it: a confidence put right by half of the labels, a threshold chosen on them, both tried on the other half."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.operators import as_operators_do, line_of, put_right


def a_base(many: int, seed: int, slope: float, shift: float) -> tuple[np.ndarray, np.ndarray]:
    """Confidences whose log odds are off by a slope and a shift, and labels drawn from the true ones."""
    draw = np.random.default_rng(seed)
    odds = draw.normal(0.0, 5.0, many)
    right = draw.random(many) < 1 / (1 + np.exp(-odds))
    return 1 / (1 + np.exp(-(odds - shift) / slope)), right


def test_half_of_the_labels_put_the_confidence_right_and_the_promise_holds_on_the_other() -> None:
    """Two bases, one far too sure of itself: 5 % are promised and kept on the halves that were not seen; the confidence is how often it is right."""
    one, two = a_base(1500, 1, 1.0, 0.0), a_base(1500, 2, 0.5, -2.0)
    confidence, right = np.concatenate([one[0], two[0]]), np.concatenate([one[1], two[1]])
    parts = ["one"] * 1500 + ["two"] * 1500
    made = as_operators_do(confidence, right, parts, parts, [str(n) for n in range(3000)], 0.05, 0.95)
    assert made.carried == made.runs == 20 and made.above <= 3
    assert made.mean_wrong is not None and made.worst_wrong is not None and made.mean_wrong <= 0.05 <= made.coverage
    assert made.ece < 0.03 and set(made.covered) == {"one", "two"} and min(made.covered.values()) > 0.1


def test_where_the_labels_do_not_carry_it_nothing_is_sent() -> None:
    """A base that is wrong in a third of what it is surest of: no half carries 2 %, coverage is 0 and nothing is said about what was sent."""
    draw = np.random.default_rng(3)
    confidence, right = draw.random(800), draw.random(800) < 0.66
    made = as_operators_do(confidence, right, ["base"] * 800, ["set"] * 800, [str(n) for n in range(800)], 0.02, 0.95)
    assert (made.carried, made.above, made.mean_wrong, made.worst_wrong, made.coverage) == (0, 0, None, None, 0.0)


def test_what_was_never_drafted_stays_unsent() -> None:
    """Confidence 0 is no doubt that labels could move: there is no draft."""
    confidence = np.array([0.0, 0.9, 0.2, 0.0])
    fair = put_right(confidence, np.array([True, True, False, True]), ["b"] * 4, np.ones(4, dtype=bool))
    assert fair[0] == fair[3] == 0.0 and 0 < fair[2] < fair[1] < 1


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**31), st.floats(0.5, 2.0), st.floats(-2.0, 2.0))
def test_a_line_is_found_again(seed: int, slope: float, shift: float) -> None:
    """Log odds that are off by a line are put back by it, the order of the answers is kept; one label of each kind moves nothing far."""
    draw = np.random.default_rng(seed)
    true = draw.normal(0.0, 2.0, 3000)
    right = (draw.random(3000) < 1 / (1 + np.exp(-true))).astype(np.float64)
    a, b = line_of((true - shift) / slope, right)
    assert a > 0 and np.abs(a * (true - shift) / slope + b - true).mean() < 0.5
    few = line_of(np.array([8.0, -8.0]), np.array([0.0, 1.0]))
    assert all(np.isfinite(few))


def test_no_label_leaves_it_as_it_is() -> None:
    """Nothing known of a base: its confidence is taken as it comes."""
    assert line_of(np.array([]), np.array([])) == pytest.approx((1.0, 0.0))
