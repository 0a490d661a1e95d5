"""Step 2, gather: who asks and what they hold, and the passages in force for them. Every look-up is scoped to the asker of the session."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence, Set
from datetime import datetime
from typing import Any, NamedTuple

from basics.clock import day_in
from basics.errors import Unavailable
from bot.as_of import AsOf, Bought, Span, as_of
from bot.steps import Evidence, NoneThen, Request, Understood
from bot.trip import named_legs
from bot.worked_out import worked_out
from customers.booking import Booking, Leg
from customers.company import Company
from customers.entitlement import Entitlement, entitlements_of
from customers.facts import facts_of
from customers.notes import Notes
from customers.order import Choice
from customers.reservations import Reservations
from customers.rights import RuleBook
from customers.scheme import Scheme
from customers.source import CustomerSource
from customers.tag_book import TagBook
from customers.tags import Tag, tags_in_force
from customers.traveller import Traveller
from customers.uses import Use
from knowledge.article import AppliesBy, Article, ArticleKey, Audience
from knowledge.index import Index
from knowledge.search import Found, search
from knowledge.shelf import Reader, Shelf

AS_NEAR = 1.0  # log odds: another article that comes so near to what would answer today may answer as well
NEAREST, ALL_NEAR = 16, 60  # passages
MEANT_AS = 0.1  # cosine behind the best from which on no words make up for it: some four log odds (knowledge/search.py)
UsesOf = Callable[[str, str | None, Collection[str]], Awaitable[tuple[Use, ...]]]
"""The uses of rights by a traveller (their id), by their company (its id, if any), and for their bookings (the ids)."""
NotesOf = Callable[[str, datetime], Awaitable[Notes]]
"""What we have on record about a traveller at a moment."""


async def nothing_noted(traveller_id: str, now: datetime) -> Notes:
    """For a house without a record of its own."""
    return Notes()


async def gather_holdings(
    request: Request,
    understood: Understood,
    source: CustomerSource,
    reservations: Reservations,
    rules: RuleBook,
    uses_of: UsesOf,
    zone: str,
    tag_book: TagBook,
    scheme: Scheme,
    notes_of: NotesOf = nothing_noted,
) -> Evidence:
    """Who asks, what they hold, and (where they ask for a change) the leg, the right and the flights that could be taken instead."""
    traveller_id = request.caller.traveller_id
    if traveller_id is None:
        return Evidence(**_days(request, understood, None, (), None, zone))
    traveller, company, bookings = await _who(traveller_id, source, reservations)
    if traveller is None:
        return Evidence(**_days(request, understood, None, (), None, zone))
    notes = await notes_of(traveller.id, request.now)
    traveller = tagged(traveller, company, bookings, (*request.caller.tags, *notes.tags), tag_book, request.now, zone)
    uses = await uses_of(traveller.id, traveller.company_id, [booking.id for booking in bookings])
    more = await worked_out(traveller, company, notes, source, scheme, request.now, zone)
    entitlements = entitlements_of(rules, traveller, company, bookings, request.now, uses, zone, notes, more)
    at = _asked_leg(understood, bookings, request.now)
    right = next((e for e in entitlements if at and e.right == "free_change" and (e.booking_id, e.leg_id) == (at[0].id, at[1].id)), None)
    if understood.listed_right:
        at, right = _listed(understood.listed_right, entitlements, bookings)
    choices, unknown = tuple[Choice, ...](), False
    if understood.ask == "change" and at and right and right.decision == "allow" and right.change:
        try:
            choices = await reservations.choices(right.change, at[0].id, at[1].id, request.now)
        except Unavailable:
            unknown = True
    return Evidence(
        traveller=traveller,
        company=company,
        tags=_tags(traveller, tag_book.accepted((*request.caller.tags, *notes.tags)), request.now),
        bookings=bookings,
        entitlements=entitlements,
        asked_leg=at,
        asked_right=right,
        choices=choices,
        choices_unknown=unknown,
        **_days(request, understood, traveller, bookings, at, zone),
    )


def picked_from(name: str, evidence: Evidence) -> dict[str, Any]:
    """What evidence says of the right of this name that was picked."""
    at, right = _listed(name, evidence.entitlements, evidence.bookings)
    return {"asked_leg": at, "asked_right": right}


def _listed(name: str, entitlements: tuple[Entitlement, ...], bookings: tuple[Booking, ...]) -> tuple[tuple[Booking, Leg] | None, Entitlement | None]:
    """The right that was picked from a list, decided anew, with its leg."""
    right = next((e for e in entitlements if name == e.id), None)
    booking = next((b for b in bookings if right and b.id == right.booking_id), None)
    leg = booking.leg(right.leg_id) if booking and right and right.leg_id else None
    return ((booking, leg) if booking and leg else None), right


def find(understood: Understood, evidence: Evidence, shelf: Shelf, index: Index) -> tuple[Found, ...]:
    """The passages in force for this asker, best first; of more articles where one was chosen, for it need not be among the nearest."""
    if evidence.reader is None or understood.vector is None:
        return ()
    most = ALL_NEAR if understood.about_article else NEAREST
    return search(shelf, index, understood.vector, understood.searched_terms, understood.lang, evidence.reader, most=most, asked=understood.question)


class ChosenArticle(NamedTuple):
    """The passages of an article that was chosen, and how far (log odds) it comes before any other; below 0 where another comes nearer."""

    found: tuple[Found, ...]
    ahead: float


def of_chosen(found: Sequence[Found], article_id: str) -> ChosenArticle:
    """What was found in the article that was chosen, by everything that was found."""
    mine = tuple(f for f in found if f.passage.article_id == article_id)
    best = max((f.score for f in found if f.passage.article_id != article_id), default=None)
    return ChosenArticle(mine, mine[0].score - best if mine and best is not None else 0.0)


def none_then(understood: Understood, evidence: Evidence, shelf: Shelf, index: Index, found: tuple[Found, ...]) -> NoneThen | None:
    """The article that answers today, if the question names a day on which no version of it was in force."""
    reader, asked, today = evidence.reader, evidence.as_of, evidence.today
    if reader is None or asked is None or today is None or reader.days == dict.fromkeys(reader.days, today):
        return None
    of_today = reader.model_copy(update={"days": dict.fromkeys(reader.days, today)})
    new = frozenset(a.key for a in shelf.articles.values() if of_today.may_read(a) and _is_new_since(a, asked, shelf, reader))
    if not _comes_near(understood, new, found, shelf):
        return None  # without a second search: whatever answers today was there on that day as well
    best = next(iter(find(understood, evidence.model_copy(update={"reader": of_today}), shelf, index)), None)
    if best is None or best.passage.article_key not in new or (found and found[0].score >= best.score - AS_NEAR):
        return None
    article = shelf.article_of(best.passage)
    day = reader.days[article.applies_by]
    return NoneThen(title=article.title, span=asked.spans.get(article.applies_by, Span(first=day, last=day)), kind=article.applies_by)


def _is_new_since(article: Article, asked: AsOf, shelf: Shelf, reader: Reader) -> bool:
    """True if the question names the day that the article goes by, and on that day none of its versions was in force."""
    named = article.applies_by in asked.spans or (article.applies_by == "ticketing" and asked.when_bought)
    return named and shelf.readable(article.id, article.lang, reader) is None


def _comes_near(understood: Understood, new: Set[ArticleKey], found: Sequence[Found], shelf: Shelf) -> bool:
    """True if anything in these articles means nearly as much what is asked as the best that was found."""
    if understood.vector is None or not new:
        return False
    least = max((max(f.unit_cosines) for f in found[:1]), default=-1.0) - MEANT_AS
    ways = (shelf.unit_similarity(p.id, understood.vector) for p in shelf.passages.values() if p.article_key in new)
    return any(cosines is None or float(cosines.max(initial=-1.0)) >= least for cosines in ways)


async def _who(traveller_id: str, source: CustomerSource, reservations: Reservations) -> tuple[Traveller | None, Company | None, tuple[Booking, ...]]:
    """The asker, their company and bookings; a system that does not answer leaves its part out (a right then cannot be decided: refer)."""
    traveller, bookings = await asyncio.gather(source.traveller(traveller_id), reservations.bookings_of(traveller_id), return_exceptions=True)
    for answer in (traveller, bookings):
        if isinstance(answer, BaseException) and not isinstance(answer, Unavailable):
            raise answer
    person = None if isinstance(traveller, BaseException) else traveller
    company = None
    if person is not None and person.company_id:
        try:
            company = await source.company(person.company_id)
        except Unavailable:
            company = None
    return person, company, () if isinstance(bookings, BaseException) else bookings


def tagged(
    traveller: Traveller, company: Company | None, bookings: Sequence[Booking], more: tuple[Tag, ...], tag_book: TagBook, now: datetime, zone: str
) -> Traveller:
    """With `more` tags, those left out that were set by somebody who may not, and the derived ones. Unknown tags stay unknown."""
    if traveller.tags is None:
        return traveller
    traveller = traveller.model_copy(update={"tags": tag_book.accepted((*traveller.tags, *more))})
    ahead = [(b, leg) for b in bookings if b.traveller_id == traveller.id for leg in b.legs if not leg.left(now)]
    of_legs = [facts_of(traveller, company, booking, leg, now, zone) for booking, leg in ahead]
    return traveller.with_tags(tag_book.derived(facts_of(traveller, company, None, None, now, zone), of_legs, now))


def _tags(traveller: Traveller, vouched_for: tuple[Tag, ...], now: datetime) -> tuple[Tag, ...]:
    """What is known of the asker, once by name; where the platform does not answer, what host page, staff and bot have set."""
    known = traveller.tags if traveller.tags is not None else vouched_for
    return tuple({tag.name: tag for tag in reversed(tags_in_force(known, now))}.values())[::-1]


def _asked_leg(understood: Understood, bookings: tuple[Booking, ...], now: datetime) -> tuple[Booking, Leg] | None:
    """The leg that is meant: of the direction, the day or the city that was named, else the next one ahead."""
    ahead = sorted(((b, leg) for b in bookings for leg in b.legs_ahead(now)), key=lambda pair: pair[1].departs_at)
    named = [pair for pair in ahead if understood.direction and pair[1].direction == understood.direction] or ahead
    return next(iter(named_legs(understood.question, named) or named), None)


def _days(
    request: Request, understood: Understood, traveller: Traveller | None, bookings: tuple[Booking, ...], at: tuple[Booking, Leg] | None, zone: str
) -> dict[str, Any]:
    """Who reads and which day counts: today, the days of the leg that is meant, and before both the days that the question names."""
    today, asked = day_in(request.now, zone), as_of(understood.question, day_in(request.now, zone))
    reader = _reader(request, traveller, at, zone)
    if asked is None:
        return {"reader": reader, "today": today}
    meant = (at[0],) if at is not None else bookings
    known = [Bought(day_in(b.ticketed_at, zone), tuple(day_in(leg.departs_at, leg.origin_zone) for leg in b.legs)) for b in meant]
    days = {**reader.days, **asked.days(today, known)}
    return {"reader": reader.model_copy(update={"days": days}), "today": today, "as_of": asked}


def _reader(request: Request, traveller: Traveller | None, at: tuple[Booking, Leg] | None, zone: str) -> Reader:
    today = day_in(request.now, zone)
    audiences: set[Audience] = {"public"}
    if traveller is not None:
        audiences.add("traveller")
        if request.caller.kind == "company_admin":
            audiences.add("company_admin")
    days: dict[AppliesBy, object] = {"asking": today, "ticketing": today, "travel": today}
    if at is not None:
        days["ticketing"] = day_in(at[0].ticketed_at, zone)
        days["travel"] = day_in(at[1].departs_at, at[1].origin_zone)
    return Reader.model_validate({"audiences": frozenset(audiences), "days": days})
