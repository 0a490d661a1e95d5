"""The roster: who is at the desk when. Pure; `staffing.yaml` says it in words an office manager can change, `now` is passed in."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field, ValidationError, field_validator

from basics.errors import SettingsWrong
from basics.words import Words
from customers.strict_yaml import YamlWrong, read_yaml

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SHIFT = re.compile(r"^(?:(?P<date>\d{4}-\d{2}-\d{2})|(?P<first>[a-z]{3})(?:-(?P<last>[a-z]{3}))?) (?P<begins>\d\d:\d\d)-(?P<ends>\d\d:\d\d)$")
LOOK_AHEAD = timedelta(days=60)  # nobody is promised anything later than that
ALWAYS = "mon-sun 00:00-24:00"


class Span(NamedTuple):
    """From a moment to another one, the second not included."""

    begins: datetime
    ends: datetime


class Stretch(NamedTuple):
    """A time during which the same people are at the desk."""

    begins: datetime
    ends: datetime
    people: tuple[str, ...]


class Shift(BaseModel, frozen=True):
    """Working hours on some days of the week, or on one date (a make-up working day counts although it is a holiday or a Sunday)."""

    days: tuple[int, ...] = ()
    on: date | None = None
    begins: time
    ends: time
    """00:00 is the day's end; an end that is not after the beginning is on the next day."""

    def is_on(self, day: date) -> bool:
        """Whether it begins on this day of the desk's own calendar."""
        return day == self.on if self.on else day.weekday() in self.days


def shift_of(text: str) -> Shift:
    """`mon-fri 09:00-17:30`, `sat 22:00-06:00`, or `2026-10-10 09:00-17:30`; ValueError tells how to write it."""
    found = _SHIFT.match(text.strip().lower())
    try:
        if not found:
            raise ValueError
        begins, ends = (time.fromisoformat("00:00" if t == "24:00" else t) for t in (found["begins"], found["ends"]))
        if found["date"]:
            return Shift(on=date.fromisoformat(found["date"]), begins=begins, ends=ends)
        first, last = _DAYS.index(found["first"]), _DAYS.index(found["last"] or found["first"])
    except ValueError:
        raise ValueError(f"write {text!r} as mon-fri 09:00-17:30, sat 22:00-06:00, or 2026-10-10 09:00-17:30") from None
    days = range(first, last + 1) if first <= last else (*range(first, 7), *range(last + 1))
    return Shift(days=tuple(days), begins=begins, ends=ends)


def days_of(text: str | date) -> tuple[date, date]:
    """`2026-10-01` or `2026-10-01/2026-10-07`: first and last day; ValueError tells how to write it."""
    first, _, last = str(text).partition("/")
    try:
        days = date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError:
        raise ValueError(f"write {text!r} as 2026-10-01 or 2026-10-01/2026-10-07") from None
    if days[1] < days[0]:
        raise ValueError(f"{text!r} ends before it begins")
    return days


class Person(BaseModel, frozen=True, extra="forbid"):
    """One of the two, by their account's name."""

    shifts: tuple[Shift, ...]
    away: tuple[tuple[date, date], ...] = ()

    @field_validator("shifts", mode="before")
    @classmethod
    def _written(cls, value: Any) -> Any:
        return tuple(shift_of(v) if isinstance(v, str) else v for v in value) if isinstance(value, list | tuple) else value

    @field_validator("away", mode="before")
    @classmethod
    def _days(cls, value: Any) -> Any:
        return tuple(days_of(v) if isinstance(v, str | date) else v for v in value) if isinstance(value, list | tuple) else value


class Roster(BaseModel, frozen=True, extra="forbid"):
    """Who works when, in the desk's zone."""

    zone: str = "Asia/Shanghai"
    people: dict[str, Person] = Field(min_length=1)
    holidays: tuple[tuple[date, date], ...] = ()

    @field_validator("holidays", mode="before")
    @classmethod
    def _days(cls, value: Any) -> Any:
        return tuple(days_of(v) if isinstance(v, str | date) else v for v in value) if isinstance(value, list | tuple) else value

    @field_validator("zone")
    @classmethod
    def _known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except Exception:
            raise ValueError(f"{value!r} is not a time zone such as Asia/Shanghai") from None
        return value

    @cached_property
    def _tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def at_desk(self, now: datetime) -> tuple[str, ...]:
        """Who is on shift at this moment."""
        return next(self.stretches(now)).people

    def next_shift(self, now: datetime) -> datetime | None:
        """The moment from which somebody is there: `now` if somebody is; None where nobody comes in the next 60 days."""
        return next((max(s.begins, now) for s in self.stretches(now) if s.people), None)

    def after(self, now: datetime, minutes: float, since: datetime | None = None) -> datetime | None:
        """When so many minutes of work will have been done by those who are there, counted from `now`; None beyond 60 days.

        Two people do two minutes of work in one; `minutes` 0 is the first moment at which somebody is there.
        """
        left = minutes
        for stretch in self.stretches(since or now):
            if not stretch.people:
                continue
            takes = timedelta(minutes=left / len(stretch.people))
            if stretch.begins + takes < stretch.ends or (left == 0 and stretch.begins < stretch.ends):
                return stretch.begins + takes
            left -= (stretch.ends - stretch.begins).total_seconds() / 60 * len(stretch.people)
        return None

    def open_minutes(self, begins: datetime, ends: datetime, person_minutes: bool = False) -> float:
        """Minutes between two moments during which somebody was there (`person_minutes`: counted for each who was)."""
        total = 0.0
        for stretch in self.stretches(begins, ends):
            minutes = (stretch.ends - stretch.begins).total_seconds() / 60
            total += minutes * (len(stretch.people) if person_minutes else bool(stretch.people))
        return total

    def stretches(self, begins: datetime, ends: datetime | None = None) -> Iterator[Stretch]:
        """The time from `begins` on (to `ends`, or for 60 days) cut where somebody comes or goes."""
        at, last = begins.astimezone(UTC), (ends or begins + LOOK_AHEAD).astimezone(UTC)
        while at < last:
            until = min(at + timedelta(days=1), last)
            spans = [(name, span) for name, person in self.people.items() for span in self._work(person, at, until)]
            cuts = sorted({at, until, *(edge for _, span in spans for edge in span if at < edge < until)})
            for first, second in pairwise(cuts):
                there = {name: None for name, span in spans if span.begins <= first and second <= span.ends}
                yield Stretch(first, second, tuple(there))
            at = until

    def _work(self, person: Person, begins: datetime, ends: datetime) -> Iterator[Span]:
        """The working hours of one person that touch this time."""
        day, last = begins.astimezone(self._tz).date() - timedelta(days=1), ends.astimezone(self._tz).date()
        while day <= last:
            if not _within(day, person.away):
                is_holiday = _within(day, self.holidays)
                for shift in person.shifts:
                    if shift.is_on(day) and (shift.on or not is_holiday):
                        span = self._span(shift, day)
                        if span.begins < ends and span.ends > begins:
                            yield span
            day += timedelta(days=1)

    def _span(self, shift: Shift, day: date) -> Span:
        until = day if shift.ends > shift.begins else day + timedelta(days=1)
        begins, ends = datetime.combine(day, shift.begins, self._tz), datetime.combine(until, shift.ends, self._tz)
        return Span(begins.astimezone(UTC), ends.astimezone(UTC))


def _within(day: date, spans: tuple[tuple[date, date], ...]) -> bool:
    return any(first <= day <= last for first, last in spans)


def always(people: int, zone: str) -> Roster:
    """So many people around the clock: what holds where no roster is written."""
    return Roster(zone=zone, people={f"person {n}": Person(shifts=(shift_of(ALWAYS),)) for n in range(1, people + 1)})


def roster_of_two(zone: str) -> Roster:
    """Two people who share a week, with an hour or two together at midday and one of them on either day of the weekend: what a plan begins with."""
    hours = {"Anna": ("mon-fri 08:00-16:30", "sat 09:00-13:00"), "Wei": ("mon-fri 11:30-20:00", "sun 09:00-13:00")}
    return Roster(zone=zone, people={name: Person(shifts=tuple(map(shift_of, shifts))) for name, shifts in hours.items()})


def load_roster(path: Path, zone: str) -> Roster:
    """Read a roster; SettingsWrong says which line is wrong and how to write it. `zone` holds where the file names none."""
    try:
        written = read_yaml(path)
        if not isinstance(written, Mapping):
            raise YamlWrong("write it as `people:` with a name and shifts each")
        return Roster.model_validate({"zone": zone, **written})
    except (YamlWrong, OSError) as wrong:
        raise _wrong(path, str(wrong)) from None
    except ValidationError as wrong:
        first = wrong.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise _wrong(path, f"{where}: {first['msg'].removeprefix('Value error, ')}") from None


def _wrong(path: Path, why: str) -> SettingsWrong:
    return SettingsWrong(Words(en=f"The roster {path} cannot be used: {why}.", zh=f"排班表 {path} 无法使用：{why}。"))
