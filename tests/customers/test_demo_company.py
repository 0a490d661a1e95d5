"""The programme's figures: by its published terms, over years; what the articles say and what the demo reckons is the same."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from basics.clock import day_in, parse_moment
from customers.account import CompanyAccount
from customers.demo_airline import read_demo_airline
from customers.demo_company import account_of
from customers.demo_compass import DemoAccount, DemoFlown, DemoMember
from tests.customers.people import a_company

AIRLINE = read_demo_airline()
COMPASS = AIRLINE.compass
ARTICLES = Path(__file__).parents[2] / "knowledge" / "articles" / "en"


def article(name: str) -> str:
    return (ARTICLES / f"{name}.md").read_text("utf-8").partition("\n# ")[2]


def an_account(now: str, joined_on: str, *flown: DemoFlown, people: int = 5) -> CompanyAccount:
    members = tuple(DemoMember(id=str(n), name={"en": f"P{n}", "zh": f"甲{n}"}, since=joined_on) for n in range(people))
    return account_of(COMPASS, a_company(joined_on=joined_on), DemoAccount(company_id="co", people=members, flown=flown), parse_moment(now))


def everybody_flies(on: str, public: int, people: int = 5, fare: str = "business") -> tuple[DemoFlown, ...]:
    return tuple(DemoFlown(who=str(n), fare=fare, public=public, on=(on,)) for n in range(people))


def test_the_terms_are_those_of_the_articles() -> None:
    """Levels, bonus, discount, points, places, days: read from the articles' own words."""
    levels, joining, points = article("compass-company-tiers"), article("compass-joining"), article("compass-points-and-reports")
    plus, premier = COMPASS.levels[1:]
    assert (
        f"| none | CNY {plus.net_fares:,} | CNY {premier.net_fares:,} |" in levels
        and f"| none | {plus.travellers} | {premier.travellers} |" in levels
    )
    assert f"| none | {plus.bonus:,} points | {premier.bonus:,} points |" in levels
    for title, fare in (("Light", "light"), ("Standard", "standard"), ("Flex", "flex")):
        assert f"| Economy {title} | {COMPASS.fares[fare].discount_percent}% |" in joining  # type: ignore[index]
        assert re.search(rf"\| Economy {title} \|.*\| {20 * COMPASS.fares[fare].points_per_100} points \|", points)  # type: ignore[index]
    assert f"| Business | {COMPASS.fares['business'].discount_percent}% |" in joining
    assert f"valid for {COMPASS.invitation_days} days" in joining and f"up to {COMPASS.places} travellers" in points
    assert f"credited {COMPASS.points_credited_after_days} days after the flight and expire {COMPASS.points_last_months} months" in points
    assert f"{COMPASS.credit.points:,} Compass points are worth CNY {COMPASS.credit.amount} " in points
    assert "On the 3rd of each month" in points and "by 10:00 Shanghai time" in points and (COMPASS.report.day, COMPASS.report.at.hour) == (3, 10)


def test_a_level_starts_with_the_next_month_and_lasts_to_the_end_of_the_next_year() -> None:
    """The article's own example: Plus reached in May 2026 runs from 1 June 2026 to 31 December 2027."""
    trips = everybody_flies("05-12", 30_000)
    assert an_account("2026-05-31T10:00Z", "2026-01-01", *trips).standing.level == "base"  # type: ignore[union-attr]
    june = an_account("2026-06-01T00:00Z", "2026-01-01", *trips).standing
    assert june and (june.level, str(june.since), str(june.until)) == ("plus", "2026-06-01", "2027-12-31")
    again = an_account("2027-12-01T00:00Z", "2026-01-01", *trips).standing
    assert again and (str(again.since), str(again.until)) == ("2026-06-01", "2028-12-31"), "reached again, it goes on"


def test_fares_without_enough_travellers_are_not_enough() -> None:
    """CNY 450,000 with 9 travellers is Plus, as the article says; with 4 it is Base."""
    nine = an_account("2026-07-01T00:00Z", "2026-01-01", *everybody_flies("05-12", 55_560, 9), people=9).standing
    four = an_account("2026-07-01T00:00Z", "2026-01-01", *everybody_flies("05-12", 125_000, 4)).standing
    assert nine and four and (nine.level, four.level) == ("plus", "base") and nine.net_fares.amount > 450_000


def test_the_year_of_joining_asks_for_less() -> None:
    """Approved on 10 July: CNY 60,000 for Plus, and still five travellers; from January the whole sum."""
    first, second = (an_account(now, "2026-07-10").standing for now in ("2026-08-01T00:00Z", "2027-01-01T00:00Z"))
    assert first and first.next and (first.next.net_fares.amount, first.next.travellers) == (60_000, 5)
    assert second and second.next and second.next.net_fares.amount == 120_000


def test_the_bonus_comes_on_the_tenth_and_in_one_year_once() -> None:
    """6,000 on 10 June, 6,000 on 10 January; Plus and then Premier in a year make 25,000 together."""
    trips = everybody_flies("05-12", 30_000)
    assert [an_account(now, "2026-01-01", *trips).year.bonus for now in ("2026-06-09T10:00Z", "2026-06-10T10:00Z", "2027-01-10T10:00Z")] == [
        0,
        6_000,
        6_000,
    ]
    more = everybody_flies("08-20", 50_000, 15)
    assert an_account("2026-09-30T10:00Z", "2026-01-01", *trips, *more, people=15).year.bonus == 25_000


def test_points_come_after_five_days_and_go_after_two_years() -> None:
    """One ticket of CNY 1,238 net is 123 points, not 124."""
    one = DemoFlown(who="0", fare="standard", public=1346, on=("03-01",))  # 1,238.32 net
    assert [an_account(now, "2026-01-01", one).balance for now in ("2026-03-05T10:00Z", "2026-03-06T10:00Z")] == [0, 123]
    assert an_account("2028-03-05T10:00Z", "2026-01-01", one).balance == 246, "the trip comes back every year"
    assert an_account("2028-03-06T10:00Z", "2026-01-01", one).balance == 246, "one lot expires as another is credited"


@pytest.mark.parametrize("account", AIRLINE.accounts, ids=lambda account: account.company_id)
@given(now=st.datetimes(min_value=datetime(2026, 3, 1), max_value=datetime(2029, 12, 31), timezones=st.just(UTC)))
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors])
def test_at_whatever_moment_the_figures_agree(account: DemoAccount, now: datetime) -> None:
    """Sums are sums of what is listed, nothing is of a day to come, at most two admins, at most twelve months."""
    company = next(one for one in AIRLINE.companies if one.id == account.company_id)
    seen = account_of(COMPASS, company, account, now)
    today = day_in(now, "Asia/Shanghai")
    assert seen.standing and seen.standing.since <= today and (seen.standing.until is None or today <= seen.standing.until)
    assert all(one.since <= today for one in seen.travellers) and [one.admin for one in seen.admins] in (["first"], ["first", "second"])
    assert sum(one.flights for one in seen.travellers) == seen.year.flights and sum(one.points for one in seen.travellers) == seen.year.points
    assert len(seen.months) <= 12 and all(month.first < today.replace(day=1) for month in seen.months)
    assert seen.next_report_at and now < seen.next_report_at and seen.standing.net_fares == seen.year.spent
    assert seen.worth.amount == seen.balance // 1000 * 50


def test_the_admins_one_can_be_are_on_their_company_s_list() -> None:
    """Personas and accounts tell of the same people, by the same names."""
    people = {one.id: (account.company_id, one.name, one.admin) for account in AIRLINE.accounts for one in account.people}
    for person in AIRLINE.personas:
        if person.id in people:
            assert people[person.id][:2] == (person.company_id, person.name) and (people[person.id][2] is not None) is (
                person.role == "company_admin"
            )
        assert person.role != "company_admin" or person.id in people
