"""The roster: whatever the shifts, its stretches tile the time, work adds up, and the clock's own jumps are no surprise."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from basics.errors import SettingsWrong
from desk.roster import Person, Roster, always, load_roster, shift_of

TWO = """
zone: Asia/Shanghai
holidays: [2026-10-01/2026-10-07]
people:
  Anna:
    shifts: [mon-fri 09:00-17:30, 2026-10-10 09:00-17:30]
    away: [2026-12-24/2026-12-31]
  Wei:
    shifts: [mon-fri 11:00-20:00, sat 09:00-13:00]
"""


def a_roster(folder: Path, text: str = TWO) -> Roster:
    path = folder / "staffing.yaml"
    path.write_text(text, "utf-8")
    return load_roster(path, "UTC")


def local(text: str, zone: str = "Asia/Shanghai") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


SHANGHAI_DAYS = {
    "2026-09-30T09:00": ("Anna",),
    "2026-09-30T08:59": (),
    "2026-09-30T12:00": ("Anna", "Wei"),
    "2026-09-30T17:30": ("Wei",),
    "2026-09-30T20:00": (),
    "2026-10-01T12:00": (),  # National Day
    "2026-10-10T09:30": ("Anna", "Wei"),  # a Saturday that is worked to make up for it
    "2026-10-10T13:30": ("Anna",),  # Wei's Saturday ends at 13:00
    "2026-10-11T12:00": (),  # Sunday
    "2026-12-24T12:00": ("Wei",),  # Anna is away
}


@pytest.mark.parametrize(("at", "there"), SHANGHAI_DAYS.items())
def test_who_is_there(tmp_path: Path, at: str, there: tuple[str, ...]) -> None:
    """Shifts by the desk's own clock, holidays, make-up days and days off."""
    assert tuple(sorted(a_roster(tmp_path).at_desk(local(at)))) == there


def test_the_next_shift_is_after_the_holidays(tmp_path: Path) -> None:
    """Wednesday evening before the week of National Day: the next one is there on Thursday the 8th."""
    roster = a_roster(tmp_path)
    assert roster.next_shift(local("2026-09-30T21:00")) == local("2026-10-08T09:00")
    assert roster.next_shift(local("2026-10-08T09:10")) == local("2026-10-08T09:10")


def test_work_goes_on_the_next_morning(tmp_path: Path) -> None:
    """An hour of work at 19:30 on a Friday, with Wei there until 20:00: half of it is done then, the rest by Saturday 9:30."""
    roster = a_roster(tmp_path)
    assert roster.after(local("2026-09-25T19:30"), 60) == local("2026-09-26T09:30")
    assert roster.open_minutes(local("2026-09-25T19:30"), local("2026-09-26T09:30")) == 60
    assert roster.after(local("2026-09-25T12:00"), 60) == local("2026-09-25T12:30")  # two people


def test_a_night_shift_is_as_long_as_the_night_is() -> None:
    """In Madrid the clock goes forward on 29 March and back on 25 October: eight hours by the clock are seven, and nine."""
    night = Roster(zone="Europe/Madrid", people={"a": Person(shifts=(shift_of("sat 22:00-06:00"),))})
    for day, hours in ((date(2026, 3, 28), 7), (date(2026, 10, 24), 9), (date(2026, 6, 6), 8)):
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo("Europe/Madrid"))
        assert night.open_minutes(noon, noon + timedelta(days=1)) == 60 * hours


WRONG = {
    "people: {}": "people",
    "people: {A: {shifts: [monday 9-5]}}": "mon-fri 09:00-17:30",
    "people: {A: {shifts: [mon 25:00-26:00]}}": "mon-fri 09:00-17:30",
    "people: {A: {shifts: [mon 09:00-17:00], away: [tomorrow]}}": "2026-10-01",
    "people: {A: {shifts: [mon 09:00-17:00], away: [2026-10-07/2026-10-01]}}": "ends before it begins",
    "zone: Mars\npeople: {A: {shifts: [mon 09:00-17:00]}}": "not a time zone",
    "people: {A: {shift: [mon 09:00-17:00]}}": "shift",
    "- A": "people:",
    "people: {A: [": "not YAML",
}


@pytest.mark.parametrize(("text", "says"), WRONG.items())
def test_what_is_written_wrong_is_told(tmp_path: Path, text: str, says: str) -> None:
    """One sentence, with the place and how to write it."""
    with pytest.raises(SettingsWrong, match="cannot be used") as wrong:
        a_roster(tmp_path, text)
    assert says in str(wrong.value)


def test_a_roster_that_is_not_there_is_told(tmp_path: Path) -> None:
    """The path, and that it cannot be read."""
    with pytest.raises(SettingsWrong, match=r"nowhere\.yaml"):
        load_roster(tmp_path / "nowhere.yaml", "UTC")


@st.composite
def rosters(draw: Any) -> Roster:
    clock = st.tuples(st.integers(0, 23), st.sampled_from((0, 15, 30))).map(lambda t: f"{t[0]:02}:{t[1]:02}")
    days = st.sampled_from(("mon-fri", "sat", "sun", "fri-mon", "mon-sun", "wed"))
    shift = st.tuples(days, clock, clock).map(lambda s: shift_of(f"{s[0]} {s[1]}-{s[2]}"))
    people = draw(st.lists(st.lists(shift, min_size=1, max_size=3), min_size=1, max_size=3))
    zone = draw(st.sampled_from(("Asia/Shanghai", "Europe/Madrid", "America/New_York", "UTC", "Asia/Kathmandu")))
    return Roster(zone=zone, people={f"p{n}": Person(shifts=tuple(shifts)) for n, shifts in enumerate(people)})


moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda d: d.replace(tzinfo=UTC, microsecond=0))


@given(rosters(), moments, st.integers(1, 60 * 24 * 9))
def test_stretches_tile_the_time(roster: Roster, begins: datetime, minutes: int) -> None:
    """No gap and no overlap; whoever is there in the middle of a stretch is who it says."""
    ends = begins + timedelta(minutes=minutes)
    cut = list(roster.stretches(begins, ends))
    assert cut[0].begins == begins and cut[-1].ends == ends and all(a.ends == b.begins for a, b in pairwise(cut))
    assert all(roster.at_desk(s.begins + (s.ends - s.begins) / 2) == s.people for s in cut[:8])


@given(rosters(), moments, st.floats(0, 3000))
def test_so_much_work_takes_as_long_as_it_takes(roster: Roster, now: datetime, minutes: float) -> None:
    """The person-minutes between now and `after` are the ones that were asked for; more work is never done sooner."""
    done = roster.after(now, minutes)
    if done is None:
        return
    assert abs(roster.open_minutes(now, done, person_minutes=True) - minutes) < 0.01
    later = roster.after(now, minutes + 7)
    assert later is None or later >= done
    assert roster.at_desk(done)


@given(moments, st.integers(1, 4), st.floats(0, 500))
def test_without_a_roster_somebody_is_always_there(now: datetime, people: int, minutes: float) -> None:
    """So many people around the clock share the work."""
    done = always(people, "Asia/Shanghai").after(now, minutes)
    assert done is not None and abs((done - now).total_seconds() - 60 * minutes / people) < 0.01
