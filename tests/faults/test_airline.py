"""An airline that is silent after committing: the short form of `python -m tests.faults.airline 2000`."""

import pytest

from tests.faults import airline


@pytest.mark.slow
@pytest.mark.parametrize("in_a_house", [False, True])
def test_nothing_is_done_twice_and_nothing_stays_open(in_a_house: bool) -> None:
    """Forty changes, of which a third hear nothing at first: at the seam, and by forty travellers who say yes."""
    found = airline.main(40, in_a_house)
    assert len(found.ended) == 40 and not found.double and not found.stuck and not found.wrong, found.wrong
