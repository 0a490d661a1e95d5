"""The pace: measured waits stretch promises of their own kind, and who comes in between is counted as it is just now."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from desk.pace import KINDS, Arrivals, Handled, pace_of
from desk.roster import always
from tests.desk.test_promise import NOON

ALWAYS = always(2, "UTC")


@given(st.lists(st.tuples(st.floats(1, 60), st.floats(0, 200), st.booleans()), max_size=80))
def test_a_stretch_is_within_bounds_and_of_its_own_kind(waits: list[tuple[float, float, bool]]) -> None:
    """Half to four times; what came off hours says nothing of what came while somebody was there."""
    pace = pace_of([Handled(6, expected, waited, off) for expected, waited, off in waits], 6)
    assert all(0.5 <= pace.stretch[kind] <= 4 for kind in KINDS)
    without = pace_of([Handled(6, expected, waited, off) for expected, waited, off in waits if not off], 6)
    assert (pace.stretch["soon"], pace.stretch["later"]) == (without.stretch["soon"], without.stretch["later"])


def test_waits_that_came_out_twice_as_long_promise_twice_as_long() -> None:
    """Where enough were measured; nothing measured: the model as it is."""
    assert all(1 <= s < 1.1 for s in pace_of([], 6).stretch.values())
    slow = pace_of([Handled(6, 30, 60)] * 100, 6)
    assert slow.stretch["later"] == 2 and slow.stretch["soon"] < 1.1


def test_a_rush_of_heavier_ones_is_seen_within_the_hour() -> None:
    """Usually two a day come before; in the last hour twelve did: twelve are reckoned with, and none by whom nothing is heavier."""
    usual = [(NOON - timedelta(hours=12 * n), 3.0) for n in range(28, 0, -1)]
    rush = [(NOON - timedelta(minutes=4 * n), 3.0) for n in range(12, 0, -1)]
    quiet, busy = Arrivals(usual), Arrivals([*usual, *rush])
    assert 0.05 < quiet.before(1.0, ALWAYS, NOON) < 0.2 and busy.before(1.0, ALWAYS, NOON) == 12
    assert busy.before(3.0, ALWAYS, NOON) == 0 and Arrivals(()).before(0.0, ALWAYS, NOON) == 0
