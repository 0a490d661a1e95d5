"""A figure and its interval: groups are drawn whole, and nothing seen is not nothing possible."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.figure import measured, share

ROWS = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.booleans()), min_size=1, max_size=40)


@given(ROWS)
def test_a_share_lies_in_its_interval_and_has_one_unless_it_is_of_one_thing(rows: list[tuple[str, bool]]) -> None:
    """Also where every row says the same, which no draw could show; and the opposite share has the opposite interval."""
    made, opposite = share("w", "p", "n", "more", rows), share("w", "p", "n", "less", [(group, not held) for group, held in rows])
    assert made.value is not None and made.low is not None and made.high is not None
    assert opposite.low is not None and opposite.high is not None
    assert 0 <= made.low <= made.value <= made.high <= 1
    assert (made.count, made.of) == (sum(held for _, held in rows), len(rows))
    assert made.high == pytest.approx(1 - opposite.low, abs=0.02) and made.low == pytest.approx(1 - opposite.high, abs=0.02)
    if len({held for _, held in rows}) == 1:
        assert made.high - made.low > 0.09  # of at most 8 groups


def test_rows_of_one_article_count_as_one() -> None:
    """Forty questions about four articles are no more sure than four, and less than forty about forty."""
    alone = share("w", "p", "n", "more", [(str(n), n % 4 == 0) for n in range(40)])
    together = share("w", "p", "n", "more", [(str(n % 4), n % 4 == 0) for n in range(40)])
    none = [share("w", "p", "n", "less", [(str(n % groups), False) for n in range(40)]).high for groups in (4, 40)]
    assert alone.value == together.value and alone.low is not None and together.low is not None
    assert together.low < alone.low
    assert none[0] is not None and none[1] is not None and none[0] > 0.5 > 0.1 > none[1]


def test_of_nothing_there_is_no_figure() -> None:
    """No rows, or a figure that is not a number: told as a dash."""
    assert share("w", "p", "n", "more", []).told == "-" == share("w", "p", "n", "more", []).short
    assert measured("w", "p", "n", "less", "ms", [], lambda at: 0.0).value is None
    assert measured("w", "p", "n", "less", "ms", ["a"], lambda at: float("nan")).told == "-"
    assert measured("w", "p", "n", "less", "s", ["a", "b"], lambda at: float(len(at))).told == "2.00 s (2.00 to 2.00)"
