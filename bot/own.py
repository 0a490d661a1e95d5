"""What is known of the asker that decides which row or column of a table is theirs: card, fare, route."""

from datetime import datetime

from pydantic import BaseModel

from basics.words import Lang, Words, words
from bot.steps import Evidence
from customers.booking import FARE_WORDS
from customers.traveller import TIER_WORDS
from knowledge.terms import terms_of

_LONG_HAUL = frozenset({"LHR", "CDG", "SYD"})  # the airline's own split: Europe and Australia are long-haul, all else is regional
_ROUTE = {True: words("Long-haul", "远程航线"), False: words("Regional", "亚洲航线")}


class OwnFact(BaseModel, frozen=True):
    """One fact about the asker: which kind it is of, how it is called, and the words that name it in a table."""

    kind: str
    said: Words

    def terms(self, lang: Lang) -> frozenset[str]:
        """The terms a row label or column name is recognised by."""
        return frozenset(terms_of(self.said.said_in(lang)))


def own_facts(evidence: Evidence, now: datetime) -> tuple[OwnFact, ...]:
    """The asker's card, and fare and route of the leg that is asked about (else of the next one)."""
    facts: list[OwnFact] = []
    if evidence.traveller:
        facts.append(OwnFact(kind="tier", said=TIER_WORDS[evidence.traveller.tier]))
    at = evidence.asked_leg or next(((b, leg) for b in evidence.bookings if (leg := b.next_leg(now)) is not None), None)
    if at is not None:
        booking, leg = at
        facts.append(OwnFact(kind="fare", said=FARE_WORDS[booking.fare]))
        facts.append(OwnFact(kind="route", said=_ROUTE[bool({leg.origin, leg.destination} & _LONG_HAUL)]))
    return tuple(facts)
