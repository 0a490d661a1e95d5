"""What a company's account shows at a moment, worked out from the demo airline's trips by the programme's published terms."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import takewhile
from typing import NamedTuple
from zoneinfo import ZoneInfo

from basics.clock import day_in
from customers.account import CompanyAccount, Goal, LinkedTraveller, Month, ProgrammeYear, Standing
from customers.company import Company
from customers.demo_compass import DemoAccount, DemoCompass, DemoLevel, DemoMember

ZONE = "Asia/Shanghai"  # the programme counts in the airline's time (article compass-company-tiers)
_MOST_MONTHS = 12


class _Trip(NamedTuple):
    """A ticket that has been flown."""

    on: date
    who: str
    flights: int
    net: Decimal
    saved: Decimal
    points: int


class _Held(NamedTuple):
    """A level that was reached, and the days it holds."""

    level: DemoLevel
    since: date
    until: date


def account_of(compass: DemoCompass, company: Company, account: DemoAccount, now: datetime) -> CompanyAccount:
    """The company's account at `now`."""
    today = day_in(now, ZONE)
    trips = tuple(_flown(compass, company, account, today))
    held = tuple(_levels(compass, company, trips, today))
    bonuses = dict(_bonuses(held, today))
    this_year = [trip for trip in trips if trip.on.year == today.year]
    balance = _balance(compass, trips, bonuses, today)
    months = tuple(_months(compass, company, trips, now))
    return CompanyAccount(
        company=company,
        as_of=now,
        standing=_standing(compass, company, this_year, held, today) if company.status == "active" else None,
        travellers=tuple(_linked(compass, one, this_year, today) for one in account.people if one.since is None or one.since <= today),
        places=compass.places,
        year=ProgrammeYear(
            year=today.year,
            flights=sum(trip.flights for trip in this_year),
            spent=compass.money(sum(trip.net for trip in this_year)),
            saved=compass.money(sum(trip.saved for trip in this_year)),
            points=sum(trip.points for trip in trips if _credited(compass, trip).year == today.year and _credited(compass, trip) <= today),
            bonus=sum(points for on, points in bonuses.items() if on.year == today.year),
        ),
        balance=balance,
        worth=compass.money(balance // compass.credit.points * compass.credit.amount),
        months=months,
        next_report_at=_next_report(compass, now) if company.status == "active" else None,
    )


def _flown(compass: DemoCompass, company: Company, account: DemoAccount, today: date) -> Iterator[_Trip]:
    """Every trip from each traveller's first day on the list until today, in the order of days."""
    if company.status != "active":
        return
    since = {one.id: one.since for one in account.people if one.since}
    found = []
    for trip in account.flown:
        terms = compass.fares[trip.fare]
        saved = Decimal(trip.public * terms.discount_percent) / 100
        net = trip.public - saved
        points = int(net // 10 * 10 * terms.points_per_100 / 100)  # so much for every full CNY 10, rounded down for each ticket
        days = (date.fromisoformat(f"{year}-{day}") for year in range(company.joined_on.year, today.year + 1) for day in trip.on)
        found += [_Trip(on, trip.who, trip.flights, net, saved, points) for on in days if since[trip.who] <= on <= today]
    yield from sorted(found)


def _linked(compass: DemoCompass, one: DemoMember, this_year: list[_Trip], today: date) -> LinkedTraveller:
    if one.since is None:
        sent = today - timedelta(days=one.invited_days_ago or 0)
        ends = sent + timedelta(days=compass.invitation_days)
        return LinkedTraveller(id=one.id, name=one.name, state="invited" if today <= ends else "expired", since=sent, ends_on=ends)
    theirs = [trip for trip in this_year if trip.who == one.id]
    points = sum(trip.points for trip in theirs if _credited(compass, trip) <= today)
    flights = sum(trip.flights for trip in theirs)
    return LinkedTraveller(id=one.id, name=one.name, state="active", since=one.since, admin=one.admin, flights=flights, points=points)


def _credited(compass: DemoCompass, trip: _Trip) -> date:
    return trip.on + timedelta(days=compass.points_credited_after_days)


def _levels(compass: DemoCompass, company: Company, trips: tuple[_Trip, ...], today: date) -> Iterator[_Held]:
    """Each level reached in each year: from the first day of the next month to the end of the next year."""
    for year in range(company.joined_on.year, today.year + 1):
        for level in compass.levels[1:]:
            fares, who = Decimal(0), set()
            for trip in trips:
                if trip.on.year != year:
                    continue
                fares += trip.net
                who.add(trip.who)
                if fares >= _needed(level, company, year) and len(who) >= level.travellers:
                    yield _Held(level, _next_month(trip.on), date(year + 1, 12, 31))
                    break


def _needed(level: DemoLevel, company: Company, year: int) -> Decimal:
    """The net fares that a level needs: in the year of joining a twelfth less for each full month before."""
    months = 13 - company.joined_on.month if year == company.joined_on.year else 12
    return Decimal(level.net_fares * months) / 12


def _standing(compass: DemoCompass, company: Company, this_year: list[_Trip], held: tuple[_Held, ...], today: date) -> Standing:
    now_held = [one for one in held if one.since <= today <= one.until]
    best = max((one.level for one in now_held), key=compass.levels.index, default=compass.levels[0])
    since, until = company.joined_on, None
    for one in (one for one in held if one.level == best and one.since <= today):
        since = since if until and one.since <= until + timedelta(days=1) else one.since
        until = one.until
    above = compass.levels[compass.levels.index(best) + 1 :][:1]
    goals = [Goal(level=g.level, net_fares=compass.money(_needed(g, company, today.year)), travellers=g.travellers) for g in above]
    return Standing(
        level=best.level,
        since=since,
        until=until,
        counted_anew_on=date(today.year + 1, 1, 1),
        net_fares=compass.money(sum(trip.net for trip in this_year)),
        travellers=len({trip.who for trip in this_year}),
        next=goals[0] if goals else None,
    )


def _bonuses(held: tuple[_Held, ...], today: date) -> Iterator[tuple[date, int]]:
    """The level bonus: on the 10th of the month in which a level starts and on the 10th of the next January; in one year only what is more."""
    had: dict[int, int] = {}
    days = sorted(
        {(day, one.level.bonus) for one in held for day in (one.since.replace(day=10), date(one.since.year + 1, 1, 10)) if day <= one.until}
    )
    for day, bonus in takewhile(lambda due: due[0] <= today, days):
        more = bonus - had.get(day.year, 0)
        if more > 0:
            had[day.year] = bonus
            yield day, more


def _balance(compass: DemoCompass, trips: tuple[_Trip, ...], bonuses: dict[date, int], today: date) -> int:
    """Points credited and not expired; the demo's companies have spent none."""
    lots = [*((_credited(compass, trip), trip.points) for trip in trips), *bonuses.items()]
    return sum(points for on, points in lots if on <= today < _months_on(on, compass.points_last_months))


def _months(compass: DemoCompass, company: Company, trips: tuple[_Trip, ...], now: datetime) -> Iterator[Month]:
    """The savings reports that are ready, newest first, at most twelve, none before the company joined."""
    if company.status != "active":
        return
    first = day_in(now, ZONE).replace(day=1)
    shown = 0
    while shown < _MOST_MONTHS:
        first = (first - timedelta(days=1)).replace(day=1)
        if first < company.joined_on.replace(day=1):
            return
        if _ready_at(compass, first) <= now:
            shown += 1
            flown = [trip for trip in trips if trip.on.replace(day=1) == first]
            spent, saved = (compass.money(sum(amounts)) for amounts in ([t.net for t in flown], [t.saved for t in flown]))
            yield Month(first=first, flights=sum(trip.flights for trip in flown), spent=spent, saved=saved)


def _ready_at(compass: DemoCompass, month: date) -> datetime:
    day = _next_month(month).replace(day=compass.report.day)
    return datetime.combine(day, compass.report.at, ZoneInfo(ZONE))


def _next_report(compass: DemoCompass, now: datetime) -> datetime:
    this = day_in(now, ZONE).replace(day=1)
    before = (this - timedelta(days=1)).replace(day=1)
    return next(at for at in (_ready_at(compass, before), _ready_at(compass, this)) if at > now)


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def _months_on(day: date, months: int) -> date:
    """The same day so many months later; the last of a shorter month becomes its last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = _next_month(date(year, month + 1, 1)) - timedelta(days=1)
    return last.replace(day=min(day.day, last.day))
