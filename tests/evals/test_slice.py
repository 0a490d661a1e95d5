"""The fast slice: it fails where a figure drops below what was accepted, and only there."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from basics.errors import BadRequest
from evals.case import SUITES
from evals.figure import Better, Figure
from evals.minds import demo_mind
from evals.run import AS_OF
from evals.slice import Accepted, drops, measured_slice, read_accepted, slice_of, told
from knowledge.embedder import Embedder

SHARE = st.floats(0, 1, allow_nan=False)


def accepted(value: float, low: float, high: float, better: Better, right: tuple[str, ...] = ("a", "b")) -> Accepted:
    figure = Figure(who="w", part="all", name="n", better=better, count=1, of=2, value=value, low=low, high=high)
    return Accepted(as_of="", embedder="", cases=("a", "b", "c"), right=right, figures=(figure,))


@pytest.mark.slow
async def test_the_slice_is_as_good_as_it_was_accepted(embedder: Embedder) -> None:
    """About sixty questions over every suite; what is meant is accepted with `python -m evals.accept`."""
    before, cases = read_accepted(), slice_of()
    assert before.cases == tuple(c.id for c in cases), "other cases are drawn than were accepted: python -m evals.accept"
    with demo_mind(AS_OF, embedder=embedder) as mind:
        now = await measured_slice(mind, cases)
    assert not drops(before, now), told(before, now)


@given(st.tuples(SHARE, SHARE, SHARE).map(sorted), SHARE)
def test_a_figure_drops_only_on_its_bad_side_and_beyond_its_interval(was: list[float], now: float) -> None:
    """The same number is never a drop, a better one neither; the two directions mirror each other."""
    low, value, high = was
    for better, is_worse in (("more", now < low), ("less", now > high)):
        before = accepted(value, low, high, better)  # type: ignore[arg-type]
        assert bool(drops(before, accepted(now, 0, 1, better))) == is_worse  # type: ignore[arg-type]
        assert not drops(before, before)


def test_a_figure_that_is_gone_is_a_drop_where_there_should_be_more() -> None:
    """Nothing right sent any more fails; nothing sent that could be wrong does not."""
    gone = Accepted(as_of="", embedder="", cases=(), right=(), figures=())
    assert "not measured any more" in drops(accepted(0.5, 0.4, 0.6, "more"), gone)[0]
    assert not drops(accepted(0.5, 0.4, 0.6, "less"), gone)


def test_a_drop_is_told_with_its_cases_and_what_to_do() -> None:
    """Which were right and are not, and how to accept it."""
    text = told(accepted(0.5, 0.4, 0.6, "more"), accepted(0.1, 0, 0.3, "more", right=("b", "c")))
    assert "all, n: was 1/2 = 50% (40% to 60%)" in text and "No longer right: a." in text and "Right now: c." in text and "evals.accept" in text


def test_the_slice_is_small_always_the_same_and_of_every_suite_in_both_languages() -> None:
    """Whole pairs of each suite."""
    cases = slice_of()
    assert cases == slice_of() and cases != slice_of(8)
    assert {c.suite for c in cases} == set(SUITES) and 50 <= len(cases) <= 70
    assert sorted(c.pair for c in cases if c.lang == "en") == sorted(c.pair for c in cases if c.lang == "zh")


def test_figures_that_cannot_be_read_say_how_to_make_them(tmp_path: Path) -> None:
    """Missing or broken."""
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    for name in ("broken.json", "none.json"):
        with pytest.raises(BadRequest, match=r"python -m evals\.accept"):
            read_accepted(tmp_path / name)
