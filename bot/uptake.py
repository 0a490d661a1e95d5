"""How offers do: per right and moment the uptake with its interval, and what telling was followed by, against those who were left untold."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from pydantic import BaseModel

from basics.words import Words, words
from store import offers
from store.database import Database
from store.offers import Afterwards, OfferState

WITHIN = timedelta(days=14)  # after an offer that what came next is put down to it
_Z = 1.959964  # 95 %
_MOST, _LEAST = 0.9, 20  # a share of the choices from which on there is no choice, and how many must have chosen to say so
_ASKED: tuple[OfferState, ...] = ("accepted", "declined", "ignored")


class Share(BaseModel, frozen=True):
    """So many of so many, with its 95 % Wilson interval."""

    of: int
    n: int
    share: float
    low: float
    high: float


class Against(BaseModel, frozen=True):
    """How often something followed within 14 days, where it was told and where it was held out, and the difference with its 95 % interval."""

    what: Words
    told: Share
    held_out: Share
    difference: float
    low: float
    high: float


class Row(BaseModel, frozen=True):
    """One right at one moment: how many were shown a card, only told, sent to staff or held out, and how the cards ended."""

    right: str
    moment: str
    shown: int
    told: int
    to_staff: int
    held_out: int
    accepted: int
    declined: int
    ignored: int
    open: int
    uptake: Share | None
    against: tuple[Against, ...] = ()


class Uptake(BaseModel, frozen=True):
    """The whole report, and what it warns of."""

    since: datetime | None
    as_of: datetime
    rows: tuple[Row, ...]
    warnings: tuple[Words, ...]


async def uptake(db: Database, since: datetime | None, now: datetime) -> Uptake:
    """The report from `since` on."""
    await db.write(lambda tx: offers.note_answers(tx, now))
    async with db.read() as conn:
        found = await offers.afterwards(conn, since)
    return Uptake(since=since, as_of=now, rows=rows_of(found, now), warnings=warnings_of(found))


def rows_of(found: Sequence[Afterwards], now: datetime) -> tuple[Row, ...]:
    """One row a right and moment, in alphabetical order."""
    keys = sorted({(a.offer.right, a.offer.moment) for a in found})
    return tuple(_row(right, moment, [a for a in found if (a.offer.right, a.offer.moment) == (right, moment)], now) for right, moment in keys)


def warnings_of(found: Sequence[Afterwards]) -> tuple[Words, ...]:
    """Where one of several options takes nine of ten: among the rights that are accepted at a moment, and among a card's options by their place."""
    taken = [a for a in found if a.offer.state == "accepted"]
    said = []
    for moment in sorted({a.offer.moment for a in taken}):
        of = Counter(a.offer.right for a in taken if a.offer.moment == moment)
        possible = {a.offer.right for a in found if a.offer.moment == moment and a.offer.state in _ASKED}
        if len(possible) > 1 and (most := _too_many(of)):
            text = words("{n} of {all} yeses at “{moment}” are for {right}.", "在“{moment}”时机，{all} 次接受中有 {n} 次选择了 {right}。")
            said.append(text.filled(n=of[most], all=of.total(), moment=moment, right=most))
    for right in sorted({a.offer.right for a in taken}):
        of = Counter(a.chosen or "" for a in taken if a.offer.right == right and a.options > 1)
        if most := _too_many(of):
            text = words("{n} of {all} who had a choice for {right} took {option}.", "{right} 有多个选项可选的 {all} 人中，{n} 人选了 {option}。")
            said.append(text.filled(n=of[most], all=of.total(), right=right, option=most))
    return tuple(said)


def wilson(n: int, of: int) -> tuple[float, float]:
    """The 95 % Wilson interval of n of `of`; 0 to 1 where there are none (E. B. Wilson, JASA 22, 1927)."""
    if of == 0:
        return 0.0, 1.0
    share, z2 = n / of, _Z * _Z
    middle, half = share + z2 / (2 * of), _Z * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return max(0.0, (middle - half) / (1 + z2 / of)), min(1.0, (middle + half) / (1 + z2 / of))


def difference(a: Share, b: Share) -> tuple[float, float, float]:
    """a - b with its 95 % interval, from the two Wilson intervals (R. G. Newcombe, Statistics in Medicine 17, 1998, method 10)."""
    d = a.share - b.share
    low = d - math.hypot(a.share - a.low, b.high - b.share)
    high = d + math.hypot(a.high - a.share, b.share - b.low)
    return d, max(-1.0, low), min(1.0, high)


def share_of(n: int, of: int) -> Share:
    """So many of so many."""
    low, high = wilson(n, of)
    return Share(of=of, n=n, share=n / of if of else 0.0, low=low, high=high)


def _row(right: str, moment: str, found: Sequence[Afterwards], now: datetime) -> Row:
    states: Counter[OfferState] = Counter(a.offer.state for a in found)
    asked = sum(states[s] for s in _ASKED)
    return Row(
        right=right,
        moment=moment,
        shown=asked + states["shown"],
        told=states["told"],
        to_staff=states["to_staff"],
        held_out=states["held_out"],
        accepted=states["accepted"],
        declined=states["declined"],
        ignored=states["ignored"],
        open=states["shown"],
        uptake=share_of(states["accepted"], asked) if asked else None,
        against=_against(found, now),
    )


def _against(found: Sequence[Afterwards], now: datetime) -> tuple[Against, ...]:
    """Told against held out, among those whose 14 days are over; nothing without a hold-out. Only chance tells the two groups apart."""
    whole = [a for a in found if a.offer.at + WITHIN <= now]
    held = [a for a in whole if a.offer.state == "held_out"]
    told = [a for a in whole if a.offer.state in (*_ASKED, "shown", "told")]
    if not held or not told:
        return ()
    followed: tuple[tuple[Words, Callable[[Afterwards], datetime | None]], ...] = (
        (words("wrote to us again", "再次联系我们"), lambda a: a.wrote_at),
        (words("complained", "投诉"), lambda a: a.complained_at),
        (words("used a right", "使用了权益"), lambda a: a.used_at),
    )
    out = []
    for what, at in followed:
        counts = [sum(1 for a in group if (then := at(a)) is not None and then <= a.offer.at + WITHIN) for group in (told, held)]
        one, other = share_of(counts[0], len(told)), share_of(counts[1], len(held))
        d, low, high = difference(one, other)
        out.append(Against(what=what, told=one, held_out=other, difference=d, low=low, high=high))
    return tuple(out)


def _too_many(of: Counter[str]) -> str | None:
    if of.total() < _LEAST:
        return None
    name, n = of.most_common(1)[0]
    return name if n >= _MOST * of.total() else None
