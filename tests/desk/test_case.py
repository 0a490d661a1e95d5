"""A case's date and owner: the last of so many working days, by whatever roster; whoever is there and has the fewest. Pure."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.case import LATEST, Case, due_after, in_order, owner_for
from desk.conversation import Caller, StaffName
from desk.roster import Roster, always
from tests.desk.test_roster import local

TWO = Roster.model_validate(
    {
        "holidays": ["2026-10-01/2026-10-07"],
        "people": {
            "Anna": {"shifts": ["mon-fri 09:00-17:30", "2026-10-10 09:00-17:30"], "away": ["2026-03-02/2026-03-06"]},
            "Wei": {"shifts": ["mon-fri 11:00-20:00"]},
        },
    }
)
ANNA, WEI = StaffName(id="a", name="Anna"), StaffName(id="w", name="Wei")
NIGHT_SHIFT = Roster.model_validate({"people": {"Anna": {"shifts": ["mon-fri 22:00-06:00"]}}})
DATES = {
    "Monday at noon": (TWO, "2026-03-02T12:00", 2, "2026-03-04T20:00"),
    "Monday before anybody is there": (TWO, "2026-03-02T06:00", 1, "2026-03-03T20:00"),
    "Friday evening": (TWO, "2026-03-06T21:00", 2, "2026-03-10T20:00"),
    "Saturday": (TWO, "2026-03-07T12:00", 1, "2026-03-09T20:00"),
    "before a week of holidays, with a make-up day after it": (TWO, "2026-09-30T12:00", 3, "2026-10-10T17:30"),
    "around the clock": (always(2, "Asia/Shanghai"), "2026-03-02T12:00", 2, "2026-03-04T23:59"),
    "a shift over midnight ends on its day": (NIGHT_SHIFT, "2026-03-02T12:00", 1, "2026-03-03T23:59"),
}


@pytest.mark.parametrize("story", DATES)
def test_the_date_is_the_end_of_a_working_day(story: str) -> None:
    """Days are the desk's: holidays and weekends are none, a make-up day is one."""
    roster, opened, days, due = DATES[story]
    assert due_after(roster, days, local(opened)) == local(due)


def test_a_desk_that_never_opens_promises_the_latest_date() -> None:
    """Nobody is there for sixty days: a date all the same."""
    now = local("2026-03-02T12:00")
    nobody = Roster.model_validate({"people": {"Anna": {"shifts": []}}})
    assert due_after(nobody, 2, now) == now + LATEST


@given(st.datetimes(datetime(2026, 1, 1), datetime(2026, 8, 1)), st.integers(1, 20))
def test_whatever_the_moment(naive: datetime, days: int) -> None:
    """The date lies on a day on which somebody is there, never today, and with a day more it is later."""
    now = naive.replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    due = due_after(TWO, days, now)
    assert due.astimezone(ZoneInfo(TWO.zone)).date() > now.date()
    assert TWO.at_desk(due - timedelta(minutes=1)) and not TWO.at_desk(due)
    assert due < due_after(TWO, days + 1, now)


def test_who_looks_after_it() -> None:
    """Who has the fewest; by name among equals; not who is away until its date; anybody where the roster knows nobody; nobody where there is none."""
    now, due = local("2026-03-10T12:00"), local("2026-03-12T20:00")
    assert owner_for((ANNA, WEI), {}, TWO, now, due) == ANNA
    assert owner_for((ANNA, WEI), {"a": 2, "w": 1}, TWO, now, due) == WEI
    assert owner_for((ANNA, WEI), {"w": 9}, TWO, local("2026-03-02T12:00"), local("2026-03-04T20:00")) == WEI
    assert owner_for((ANNA, WEI), {"a": 1}, always(2, "Asia/Shanghai"), now, due) == WEI
    assert owner_for((), {}, TWO, now, due) is None


NOON = local("2026-03-02T12:00")
some_cases = st.lists(st.tuples(st.sampled_from(["open", "answered", "closed"]), st.integers(-99, 99)), max_size=12)


@given(some_cases)
def test_what_is_late_stands_on_top(drawn: list[tuple[str, int]]) -> None:
    """Late ones, open ones by date, answered ones, closed ones; nothing is lost."""
    cases = [
        Case.model_validate(
            {
                "id": f"case_{n}", "ticket_id": "t", "number": 1001 + n, "conversation_id": "c", "traveller_id": None, "lang": "en",
                "caller": Caller(),
                "reason": "complaint", "about": "?", "state": state, "owner": None, "due_at": NOON + timedelta(minutes=due), "opened_at": NOON,
                "closed_at": NOON if state == "closed" else None,
            }
        )
        for n, (state, due) in enumerate(drawn)
    ]  # fmt: skip
    ordered = in_order(cases, NOON)
    ranks = [0 if c.is_late(NOON) else ("late", "open", "answered", "closed").index(c.state) for c in ordered]
    assert ranks == sorted(ranks) and {c.id for c in ordered} == {c.id for c in cases}
    for rank in (0, 1):
        dates = [c.due_at for c, r in zip(ordered, ranks, strict=True) if r == rank]
        assert dates == sorted(dates)
