"""When the staff are bothered outside the console: only while the desk is open, or for a flight that leaves within three hours."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from basics.clock import parse_moment
from desk.conversation import Caller
from desk.reminding import FLIGHT_SOON, Limits, Waits, cause_of
from desk.roster import Roster
from desk.ticket import Ticket
from tests.desk.test_roster import local

ROSTER = Roster.model_validate({"people": {"Anna": {"shifts": ["mon-fri 09:00-17:00"]}}})
LIMITS = Limits(timedelta(minutes=3), timedelta(minutes=15))
NOON, EVENING = local("2026-03-02T12:00"), local("2026-03-02T20:00")


def a_ticket(state: str = "waiting", promised: float = 30, opened: float = -10) -> Ticket:
    """Opened and promised so many minutes from noon."""
    return Ticket.model_validate(
        {
            "id": "t1", "number": 1001, "conversation_id": "c1", "state": state, "reason": "asked", "priority": 0, "lang": "en", "headline": "?",
            "mood": "calm", "caller": Caller(), "messages_waiting": 1, "opened_at": NOON + timedelta(minutes=opened),
            "promised_by": NOON + timedelta(minutes=promised),
        }
    )  # fmt: skip


def test_what_nobody_takes_is_reminded_of_before_its_time_is_over() -> None:
    """Four minutes before: not yet; three before and ever after: yes."""
    at = [cause_of(Waits(ticket=a_ticket(promised=30), since=NOON), ROSTER, LIMITS, NOON + timedelta(minutes=m)) for m in (26, 27, 30, 60)]
    assert at == [None, "not_taken", "not_taken", "not_taken"]


def test_who_was_taken_is_not_left_without_a_word() -> None:
    """Minutes count while the desk is open: asked at 16:50, it is due at 9:05 the next morning, not in the evening."""
    waits = Waits(ticket=a_ticket("taken"), since=local("2026-03-02T16:50"))
    moments = ("2026-03-02T16:59", "2026-03-02T17:30", "2026-03-03T09:04", "2026-03-03T09:05")
    assert [cause_of(waits, ROSTER, LIMITS, local(m)) for m in moments] == [None, None, None, "not_answered"]


def test_off_hours_only_for_a_flight_that_is_near() -> None:
    """Twenty in the evening: a flight at 22:59 is worth a call, one at 23:01 is not, nor one that has left."""
    flights = [EVENING + d for d in (FLIGHT_SOON, FLIGHT_SOON + timedelta(minutes=1), -timedelta(minutes=1))]
    causes = [cause_of(Waits(ticket=a_ticket(promised=800), since=NOON, departs_at=d), ROSTER, LIMITS, EVENING) for d in flights]
    assert causes == ["flight_soon", None, None]
    assert (
        cause_of(Waits(ticket=a_ticket("taken"), since=EVENING - timedelta(minutes=15), departs_at=flights[0]), ROSTER, LIMITS, EVENING)
        == "not_answered"
    )


minutes = st.integers(-3000, 3000)


@given(st.sampled_from(["waiting", "taken"]), minutes, minutes, st.none() | minutes, st.none() | minutes)
def test_nobody_is_ever_bothered_without_cause(state: str, at: int, promised: int, since: int | None, flies: int | None) -> None:
    """Whatever the times: off hours only for a near flight, never for whom nobody keeps waiting, and once due in open hours it stays due."""
    now = NOON + timedelta(minutes=at)
    waits = Waits(
        ticket=a_ticket(state, promised),
        since=None if since is None else min(now, NOON + timedelta(minutes=since)),
        departs_at=None if flies is None else NOON + timedelta(minutes=flies),
    )
    cause = cause_of(waits, ROSTER, LIMITS, now)
    near = waits.departs_at is not None and now <= waits.departs_at <= now + FLIGHT_SOON
    if cause is not None:
        assert waits.since is not None and (ROSTER.at_desk(now) or near)
        assert (cause == "not_answered") == (state == "taken")
        later = now + timedelta(minutes=1)
        if ROSTER.at_desk(now) and ROSTER.at_desk(later):
            assert cause_of(waits, ROSTER, LIMITS, later) == cause


def test_the_moments_are_what_they_say() -> None:
    """Noon is in Shanghai."""
    assert parse_moment("2026-03-02T04:00Z") == NOON
