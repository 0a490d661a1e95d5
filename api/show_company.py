"""A company's account as its admins read it: in their language, every figure decided, with its unit and the moment it is of."""

from datetime import date, datetime

from pydantic import BaseModel

from basics.money import Money
from basics.words import Lang
from customers.account import Admin, CompanyAccount, InvitationState, Level, LinkedTraveller, Month


class Figure(BaseModel):
    """An amount: `text` as it is read, `amount` in whole units of `currency` for who reckons on."""

    text: str
    amount: float
    currency: str

    @classmethod
    def of(cls, money: Money, lang: Lang) -> "Figure":
        """In the reader's language."""
        return cls(text=money.counted().said_in(lang), amount=float(money.amount), currency=money.currency)


class ShownCompany(BaseModel):
    """Which company, in both languages; `number` is None until it is in the programme."""

    name: str
    other_name: str
    number: str | None
    status: str
    joined_on: date


class ShownAdmin(BaseModel):
    """One of the at most two."""

    name: str
    admin: Admin


class ShownGoal(BaseModel):
    """The next level and what it needs in this programme year."""

    level: Level
    net_fares: Figure
    travellers: int


class ShownStanding(BaseModel):
    """The company's level; the days are calendar days in the airline's time zone."""

    level: Level
    since: date
    until: date | None
    counted_anew_on: date
    net_fares: Figure
    travellers: int
    next: ShownGoal | None


class ShownYear(BaseModel):
    """The programme year (a calendar year) up to now."""

    year: int
    flights: int
    spent: Figure
    saved: Figure
    points: int
    bonus: int


class ShownMonth(BaseModel):
    """One savings report."""

    month: date
    flights: int
    spent: Figure
    saved: Figure


class ShownTraveller(BaseModel):
    """Somebody on the list, as far as it is the company's business."""

    name: str
    state: InvitationState
    since: date
    ends_on: date | None
    admin: Admin | None
    flights: int
    points: int


class ShownAccount(BaseModel):
    """The whole company page, as of one moment."""

    as_of: datetime
    company: ShownCompany
    you: str
    admins: list[ShownAdmin]
    standing: ShownStanding | None
    year: ShownYear
    balance: int
    worth: Figure
    places: int
    places_taken: int
    travellers: list[ShownTraveller]
    months: list[ShownMonth]
    next_report_at: datetime | None


def account_shown(account: CompanyAccount, you: str, lang: Lang) -> ShownAccount:
    """The account in the reader's language; `you` is the admin who reads."""
    company, standing, year = account.company, account.standing, account.year
    return ShownAccount(
        as_of=account.as_of,
        company=ShownCompany(
            name=company.name.said_in(lang),
            other_name=company.name.said_in("en" if lang == "zh" else "zh"),
            number=company.number,
            status=company.status,
            joined_on=company.joined_on,
        ),
        you=you,
        admins=[ShownAdmin(name=one.name.said_in(lang), admin=one.admin) for one in account.admins if one.admin],
        standing=standing
        and ShownStanding(
            **standing.model_dump(exclude={"net_fares", "next"}),
            net_fares=Figure.of(standing.net_fares, lang),
            next=standing.next
            and ShownGoal(level=standing.next.level, net_fares=Figure.of(standing.next.net_fares, lang), travellers=standing.next.travellers),
        ),
        year=ShownYear(
            **year.model_dump(include={"year", "flights", "points", "bonus"}), spent=Figure.of(year.spent, lang), saved=Figure.of(year.saved, lang)
        ),
        balance=account.balance,
        worth=Figure.of(account.worth, lang),
        places=account.places,
        places_taken=account.places_taken,
        travellers=[_traveller(one, lang) for one in account.travellers],
        months=[_month(one, lang) for one in account.months],
        next_report_at=account.next_report_at,
    )


def _traveller(one: LinkedTraveller, lang: Lang) -> ShownTraveller:
    return ShownTraveller(**one.model_dump(exclude={"id", "name"}), name=one.name.said_in(lang))


def _month(one: Month, lang: Lang) -> ShownMonth:
    return ShownMonth(month=one.first, flights=one.flights, spent=Figure.of(one.spent, lang), saved=Figure.of(one.saved, lang))
