"""Two people, four tabs, the same tickets; and take-overs while the bot speaks: the short form of `python -m tests.faults.claims`."""

import pytest

from tests.faults import claims


@pytest.mark.slow
@pytest.mark.parametrize("on_postgres", [False, True], ids=["sqlite", "postgres"])
def test_a_ticket_has_one_owner_and_one_answer_and_the_bot_is_silent_after_a_take_over(on_postgres: bool) -> None:
    """Twenty tickets reached for by four tabs, eight take-overs at random moments of an answer."""
    found = claims.main(20, 8, on_postgres, seed=1)
    assert not found.wrong and (found.tickets, found.claims, found.taken_over) == (20, 80, 8) and found.lost >= 20, found
