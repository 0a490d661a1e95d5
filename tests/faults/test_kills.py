"""A power cut at any moment: the short form of `python -m tests.faults.kills 50`."""

import pytest

from tests.faults import kills, kills_changes


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_and_nothing_is_done_twice() -> None:
    """Three kills, two in a turn and one around a confirm, each at a random moment."""
    tally = kills.main(3)
    assert tally.kills == 3 and tally.receipts == 1 and not tally.wrong, tally.wrong


@pytest.mark.slow
@pytest.mark.parametrize("on_postgres", [False, True], ids=["sqlite", "postgres"])
def test_what_was_acknowledged_of_a_change_stands_after_a_kill(on_postgres: bool) -> None:
    """Two kills under fifteen confirms each: the short form of `python -m tests.faults.kills_changes 100`."""
    tally = kills_changes.main(2, on_postgres)
    assert tally.kills == 2 and tally.cards == 10 and not tally.wrong, tally.wrong
