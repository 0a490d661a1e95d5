"""Which of the asker's flights is meant: how one is called in a question, and which ones a message names."""

from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from basics.words import Words, words
from customers.airports import city
from customers.booking import Booking, Leg

Pair = tuple[Booking, Leg]
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def trip_label(leg: Leg) -> Words:
    """`London, 2 Dec` and `伦敦，12月2日`: where a flight goes and on which day it leaves there."""
    return words("{to}, {day}", "{to}，{day}").filled(to=city(leg.destination), day=_day(leg))


def named_legs(question: str, pairs: Sequence[Pair]) -> tuple[Pair, ...]:
    """The flights that a message names, by the surest of its words that tells some of them from the others; nothing where none does."""
    said = question.lower()

    def holds(*texts: str) -> bool:
        return any(t.lower() in said for t in texts)

    def by_words(make: Callable[[Pair], Words]) -> Callable[[Pair], bool]:
        return lambda pair: holds(make(pair).en, make(pair).zh)

    ways: tuple[Callable[[Pair], bool], ...] = (
        by_words(lambda p: trip_label(p[1])),
        lambda p: holds(p[1].flight, p[0].id),
        by_words(lambda p: _day(p[1])),
        by_words(lambda p: city(p[1].destination)),
        by_words(lambda p: city(p[1].origin)),
    )
    for way in ways:
        named = tuple(p for p in pairs if way(p))
        if 0 < len(named) < len(pairs):
            return named
    return ()


def _day(leg: Leg) -> Words:
    local = leg.departs_at.astimezone(ZoneInfo(leg.origin_zone))
    return Words(en=f"{local.day} {_MONTHS[local.month - 1]}", zh=f"{local.month}月{local.day}日")
