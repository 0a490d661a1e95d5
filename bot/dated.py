"""Which version's rule is quoted, said where it is not simply today's: since when it holds, until when, and that today's is another."""

from collections.abc import Sequence
from datetime import date, timedelta

from basics.words import Lang, Words, words
from bot.as_of import Span
from bot.steps import Chosen, Evidence
from desk.conversation import Carrier, Sentence
from knowledge.article import AppliesBy, Article
from knowledge.shelf import Reader, Shelf
from knowledge.wording import wording

_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")


def dated(chosen: Sequence[Chosen], evidence: Evidence, shelf: Shelf, lang: Lang) -> tuple[Sentence, ...]:
    """One sentence for each quoted article whose version is not today's; where the question asks what held then, for the first one in any case."""
    reader, today = evidence.reader, evidence.today
    if reader is None or today is None:
        return ()
    out: list[Sentence] = []
    for n, article in enumerate(dict.fromkeys(c.passage.article_key for c in chosen)):
        said = _of(shelf.articles[article], evidence, reader, shelf, today, first=n == 0)
        if said is not None:
            wording_id, values = said
            out.append(Sentence(text=wording(wording_id, **values).said_in(lang), lang=lang, carried_by=(Carrier(wording_id=wording_id),)))
    return tuple(dict.fromkeys(out))


def _of(article: Article, evidence: Evidence, reader: Reader, shelf: Shelf, today: date, first: bool) -> tuple[str, dict[str, Words]] | None:
    kind, asked = article.applies_by, evidence.as_of
    day = reader.days[kind]
    now = shelf.readable(article.id, article.lang, reader.model_copy(update={"days": {**reader.days, kind: today}}))
    start, end = article.in_force.start, last_day(article, shelf, reader)
    span = asked.spans.get(kind) if asked else None
    is_named = span is not None or (asked is not None and asked.when_bought and kind == "ticketing")
    subject = subject_of(kind, span, day)
    values = {"subject": subject, "start": day_worded(start), "end": day_worded(end) if end else words("-", "-")}
    if now is not None and now.version == article.version:
        if asked is not None and kind == "ticketing" and asked.when_bought and not evidence.bookings and (older := _before(article, shelf, reader)):
            return "dated-which-day", values | {"end": day_worded(older)}
        if span is not None and (changed := _changed(article, span, shelf, reader, kind, start, end)):
            return changed, values
        return ("dated-same", values) if first and is_named and asked is not None and asked.asks_rule and day < today else None
    if span is not None and (changed := _changed(article, span, shelf, reader, kind, start, end)):
        return changed, values
    if start > today:
        return "dated-ahead", values
    return ("dated-older" if now is not None else "dated-over"), values


def _changed(article: Article, span: Span, shelf: Shelf, reader: Reader, kind: AppliesBy, start: date, end: date | None) -> str | None:
    """The wording for a rule that changed within the time that is named, so that only a part of it is quoted; None where it did not."""
    if start > span.first and _version_on(article, span.first, shelf, reader, kind) not in (None, article.version):
        return "dated-since"
    if end is not None and end < span.last and _version_on(article, span.last, shelf, reader, kind) not in (None, article.version):
        return "dated-until"
    return None


def _version_on(article: Article, day: date, shelf: Shelf, reader: Reader, kind: AppliesBy) -> int | None:
    there = shelf.readable(article.id, article.lang, reader.model_copy(update={"days": {**reader.days, kind: day}}))
    return there.version if there else None


def last_day(article: Article, shelf: Shelf, reader: Reader) -> date | None:
    """The last day on which this version is the one that holds: its own, or the day before a newer one begins."""
    newer = [a.in_force.start for a in shelf.versions(article.id, article.lang) if a.version > article.version and a.audience in reader.audiences]
    ends = [day - timedelta(days=1) for day in newer if day > article.in_force.start] + ([article.in_force.to] if article.in_force.to else [])
    return min(ends, default=None)


def _before(article: Article, shelf: Shelf, reader: Reader) -> date | None:
    """The last day of the version before this one, if there is one."""
    start = article.in_force.start - timedelta(days=1)
    return start if _version_on(article, start, shelf, reader, article.applies_by) is not None else None


def subject_of(kind: AppliesBy, span: Span | None, day: date) -> Words:
    """ "tickets bought on 1 March 2026", "flights in March 2026", "requests made in 2025"; of days that are no whole month or year, the one day."""
    at = day_worded(day)
    if span is None or span.first == span.last or not _is_whole(span):
        return wording(f"dated-{kind}", time=words(f"on {at.en}", at.zh))
    year = span.first.year
    if span.first.month == span.last.month:
        return wording(f"dated-{kind}", time=words(f"in {_MONTHS[span.first.month - 1]} {year}", f"{year}年{span.first.month}月"))
    return wording(f"dated-{kind}", time=words(f"in {year}", f"{year}年"))


def _is_whole(span: Span) -> bool:
    return span.first.day == 1 and (span.last + timedelta(days=1)).day == 1


def day_worded(day: date) -> Words:
    """1 March 2026, 2026年3月1日."""
    return words(f"{day.day} {_MONTHS[day.month - 1]} {day.year}", f"{day.year}年{day.month}月{day.day}日")
