"""A yes, many times at once, to processes that share nothing but a database: the short form of `python -m tests.faults.confirms`."""

import pytest

from tests.faults import confirms


@pytest.mark.slow
@pytest.mark.parametrize("on_postgres", [False, True], ids=["sqlite", "postgres"])
def test_every_right_is_used_once_and_every_replay_gets_the_first_receipt(on_postgres: bool) -> None:
    """Eight rights, two of them with two cards, twenty confirms each; the airline keeps silent after a third of its changes."""
    found = confirms.main(8, 20, on_postgres, seed=1, silent=0.3)
    assert not found.wrong and found.executed == 8 and found.confirms >= 160 and found.replayed > 100, found
