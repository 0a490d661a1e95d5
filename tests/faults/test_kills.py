"""A power cut at any moment: the short form of `python -m tests.faults.kills 50`."""

import pytest

from tests.faults import kills


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_and_nothing_is_done_twice() -> None:
    """Three kills, two in a turn and one around a confirm, each at a random moment."""
    tally = kills.main(3)
    assert tally.kills == 3 and tally.receipts == 1 and not tally.wrong, tally.wrong
