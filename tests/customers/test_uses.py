"""Quotas: which uses count, to the second, across months, years, zones and clocks that are put forward and back."""

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from basics.clock import parse_moment
from customers.rules import NotWith, Quota, RulesWrong
from customers.uses import Holder, Ledger, Use, begins, counted, is_barred
from tests.customers.people import a_rule, rules

ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC")
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)).map(lambda at: at.replace(microsecond=0))
HOLDER = Holder(traveller_id="t", company_id="c", booking_id="b", leg_id="l")
SECOND = timedelta(seconds=1)


def a_use(at: datetime, rule_id: str = "r", **other: str | None) -> Use:
    return Use(rule_id=rule_id, right=f"right of {rule_id}", holder=HOLDER.model_copy(update=other), at=at)


def a_quota(within: str | None = None, per: str = "traveller", **more: object) -> Quota:
    return Quota.model_validate({"times": 1, "per": per, "within": within, **more})


@given(MOMENTS, st.sampled_from(ZONES), st.integers(1, 400), st.sampled_from(["hour", "day", "week"]))
def test_hours_days_and_weeks_go_by_the_clock(now: datetime, zone: str, number: int, unit: str) -> None:
    """A use counts until so much time has gone by, to the second, whatever the clocks on the wall did meanwhile."""
    length = number * {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}[unit]
    quota = a_quota(f"{number} {unit}s")
    for at, counts in ((now - length + SECOND, 1), (now - length, 0), (now, 1)):
        assert counted(quota, "r", HOLDER, [a_use(at)], now, zone) == counts


@given(MOMENTS, st.sampled_from(ZONES), st.integers(1, 60))
def test_months_go_by_the_airlines_calendar(now: datetime, zone: str, months: int) -> None:
    """The same day and clock that many months ago, or the last day of a shorter month; at that second it counts no more."""
    first, local = begins(f"{months} months", now, zone), now.astimezone(ZoneInfo(zone))
    year, month = divmod(local.year * 12 + local.month - 1 - months, 12)
    day = min(local.day, monthrange(year, month + 1)[1])
    meant = local.replace(year=year, month=month + 1, day=day)
    assert first == meant.astimezone(UTC)
    if meant.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == meant.replace(tzinfo=None):  # that clock time existed that day
        there = first.astimezone(ZoneInfo(zone))
        assert (there.year, there.month, there.day, there.time()) == (year, month + 1, day, local.time())
    quota = a_quota(f"{months} months")
    assert counted(quota, "r", HOLDER, [a_use(first), a_use(first + SECOND), a_use(first - SECOND)], now, zone) == 1


@given(MOMENTS, st.sampled_from(ZONES))
def test_a_year_is_twelve_months_and_a_calendar_year_is_the_airlines(now: datetime, zone: str) -> None:
    """31 December in Shanghai is still the old year in New York; the first second of the year counts, the one before does not."""
    assert begins("1 year", now, zone) == begins("12 months", now, zone)
    new_year = datetime(now.astimezone(ZoneInfo(zone)).year, 1, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    assert counted(a_quota("calendar year"), "r", HOLDER, [a_use(new_year), a_use(new_year - SECOND)], now, zone) == 1


@given(MOMENTS, st.sampled_from(ZONES), st.lists(st.timedeltas(timedelta(0), timedelta(days=900)), max_size=12), st.integers(1, 24))
def test_a_use_that_has_expired_never_comes_back(now: datetime, zone: str, ages: list[timedelta], months: int) -> None:
    """As time goes on, of the same uses never more are counted."""
    uses, quota = [a_use(now - age) for age in ages], a_quota(f"{months} months")
    counts = [counted(quota, "r", HOLDER, uses, now + timedelta(days=days), zone) or 0 for days in range(0, 900, 45)]
    assert counts == sorted(counts, reverse=True) and counts[-1] == 0


@pytest.mark.parametrize(
    ("within", "now", "zone", "first"),
    [
        ("1 month", "2026-03-31T10:00:00Z", "UTC", "2026-02-28T10:00:00Z"),
        ("12 months", "2024-02-29T10:00:00Z", "UTC", "2023-02-28T10:00:00Z"),
        ("1 year", "2024-03-01T00:00:00+08:00", "Asia/Shanghai", "2023-03-01T00:00:00+08:00"),
        ("1 month", "2026-04-29T02:30:00+02:00", "Europe/Berlin", "2026-03-29T02:30:00+01:00"),  # 02:30 does not exist that day
        ("1 month", "2026-11-25T02:30:00+01:00", "Europe/Berlin", "2026-10-25T02:30:00+02:00"),  # 02:30 comes twice: the first
        ("24 hours", "2026-03-29T12:00:00+02:00", "Europe/Berlin", "2026-03-28T11:00:00+01:00"),  # a day of 23 hours
        ("1 day", "2026-10-25T12:00:00+01:00", "Europe/Berlin", "2026-10-24T13:00:00+02:00"),
        ("calendar year", "2026-12-31T16:00:00Z", "Asia/Shanghai", "2026-12-31T15:59:59.999999Z"),
        ("calendar year", "2026-12-31T15:59:59Z", "Asia/Shanghai", "2025-12-31T15:59:59.999999Z"),
        ("9999 years", "2026-01-01T00:00:00Z", "UTC", "1900-01-01T00:00:00Z"),
    ],
)
def test_when_a_window_begins(within: str, now: str, zone: str, first: str) -> None:
    """By hand, at the edges of months, leap years and summer time."""
    assert begins(within, parse_moment(now), zone) == parse_moment(first)


@pytest.mark.parametrize(
    ("per", "other", "counts"),
    [
        ("leg", {"leg_id": "l2"}, 0),
        ("leg", {"traveller_id": "t2"}, 1),
        ("booking", {"leg_id": "l2"}, 1),
        ("booking", {"booking_id": "b2"}, 0),
        ("traveller", {"booking_id": "b2", "leg_id": "l2"}, 1),
        ("traveller", {"traveller_id": "t2"}, 0),
        ("company", {"traveller_id": "t2", "booking_id": "b2"}, 1),
        ("company", {"company_id": None}, 0),
    ],
)
def test_what_a_quota_counts_for(per: str, other: dict[str, str | None], counts: int) -> None:
    """A use for something else, for somebody else, counts where what the quota is per is the same."""
    now = parse_moment("2026-01-01T00:00:00Z")
    assert counted(a_quota(per=per), "r", HOLDER, [a_use(now, **other)], now, "UTC") == counts
    if per != "company":  # a right is excluded by what the same traveller used, never by a colleague
        not_with = NotWith.model_validate({"rights": ["right of r"], "per": per, "else": {"en": "either", "zh": "二者选一"}})
        assert is_barred(not_with, HOLDER, [a_use(now, **other)]) is (counts == 1)


def test_uses_count_together_only_where_the_rule_says_so(tmp_path: Path) -> None:
    """Two rules share one use a booking; a third, of the same right, counts alone."""
    shared = "quota: {times: 1, per: booking, with: [%s]}"
    book = rules(tmp_path, a_rule("a", more=shared % "b"), a_rule("b", more=shared % "a"), a_rule("c", more="quota: {times: 1, per: booking}"))
    now = parse_moment("2026-01-01T00:00:00Z")
    ledger = Ledger([a_use(now, "a")], HOLDER, now, "UTC")
    assert [ledger.used(rule) for rule in book.rules] == [1, 1, 0]
    assert Ledger([], Holder(traveller_id="t"), now, "UTC").used(book.rules[0]) is None, "no booking, nothing to count for"


@pytest.mark.parametrize(
    ("a", "b", "why"),
    [
        ("quota: {times: 1, per: leg, with: [aa]}", "", "there is no rule aa"),
        ("quota: {times: 1, per: leg, with: [a]}", "", "counts with itself"),
        ("quota: {times: 1, per: leg, with: [b]}", "quota: {times: 1, per: leg}", "add a to its own `with`"),
        ("quota: {times: 1, per: leg, with: [b]}", "quota: {times: 1, per: booking, with: [a]}", "let both count per the same"),
        ("not_with: {rights: [s], else: {en: no other, zh: 不可同享}}", "", "not_with: no rule speaks of s"),
    ],
)
def test_what_would_never_count_does_not_load(a: str, b: str, why: str, tmp_path: Path) -> None:
    """A name that is nobody's, or a count that two rules would keep differently, is refused with what to write."""
    with pytest.raises(RulesWrong) as refused:
        rules(tmp_path, a_rule("a", more=a), a_rule("b", more=b))
    assert why in refused.value.said.en
