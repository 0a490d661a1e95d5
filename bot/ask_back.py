"""What a draft leaves open, as one question: which flight, which row of a table, which of two rules side by side. Pure.

The ways it may be are called as the articles themselves call them, so that this works for any knowledge base.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from weakref import WeakKeyDictionary

from pydantic import BaseModel

from basics.words import Lang
from bot.own import OwnFact, names
from bot.rows import WHOLE_TABLE, told_apart
from bot.steps import Chosen, Evidence, Request, Understood, Which
from bot.trip import Pair, named_legs, trip_label
from bot.understand import speaks_of_trip
from customers.booking import Fare
from knowledge.intervals import Quantity
from knowledge.passage import Passage, Unit
from knowledge.shelf import Shelf
from knowledge.terms import terms_of

MOST = 3  # ways that are offered
NEAR = 2.0  # log odds: a rule for others that came so near may be the asker's own
_LONGEST_LABEL = 60  # characters
_MOST_VALUES = 6  # of a distinction: a longer column lists things, it does not tell cases apart
_SHARE = 0.75  # of what the question says, by weight, must stand in the place: else something else than the row is unknown
_JOINED = re.compile(r"\b(and|or|any|all|every|other)\b|[、,/和或及与]|其他|所有|任何", re.I)

_DESCRIBED = re.compile(r"\b(cheap(er|est)?|lowest|basic|(more|most|least) (expensive|flexible)|dearest)\b|最?便宜|特价|最低价|最贵|最灵活", re.I)


class Distinction(BaseModel, frozen=True):
    """What a base tells cases apart by: `what` as a table's first column is headed ("Fare"), `values` as its rows are called."""

    what: str
    values: tuple[str, ...]


def which_is_meant(
    request: Request,
    understood: Understood,
    evidence: Evidence,
    facts: Sequence[OwnFact],
    quantities: Sequence[Quantity],
    chosen: Sequence[Chosen],
    ranked: Sequence[Chosen],
    shelf: Shelf,
) -> Which | None:
    """The one thing that is not known and that the answer turns on; None where nothing is open, and after we asked back once."""
    if request.asked_back:
        return None
    trip = _which_trip(request, understood, evidence, chosen)
    if trip is not None or (understood.ask == "change" and evidence.asked_right is not None) or not chosen:
        return trip
    return (
        _which_rule(understood, evidence, facts, chosen, ranked, shelf)
        or _which_row(understood, facts, quantities, chosen, shelf)
        or _which_column(understood, facts, quantities, chosen, shelf)
    )


def _which_trip(request: Request, understood: Understood, evidence: Evidence, chosen: Sequence[Chosen]) -> Which | None:
    """Which flight, where the asker has several ahead and the answer is another one for each."""
    ahead = sorted(((b, leg) for b in evidence.bookings for leg in b.legs_ahead(request.now)), key=lambda pair: pair[1].departs_at)
    ahead = [pair for pair in ahead if understood.direction in (None, pair[1].direction)] or ahead
    if len(ahead) < 2 or named_legs(understood.question, ahead):
        return None
    if understood.ask == "change":
        rights = {(e.booking_id, e.leg_id): e.decision for e in evidence.entitlements if e.right == "free_change"}
        decided = [rights.get((b.id, leg.id), "deny") for b, leg in ahead]
        open_ones = ahead if len(set(decided)) > 1 or decided[0] != "deny" else []
    else:
        open_ones = _one_a_booking(ahead) if _turns_on_the_fare(understood, ahead, chosen) else []
    if len(open_ones) < 2:
        return None
    ways = tuple(trip_label(leg).said_in(understood.lang) for _, leg in open_ones[:MOST])
    return Which(what="", ways=ways, more=len(open_ones) > MOST, wording="which-trip", though_sure=True)


def _one_a_booking(pairs: Iterable[Pair]) -> list[Pair]:
    return list({booking.id: (booking, leg) for booking, leg in reversed(list(pairs))}.values())[::-1]


def _turns_on_the_fare(understood: Understood, ahead: Sequence[Pair], chosen: Sequence[Chosen]) -> bool:
    """True if the best place is for some of the fares that the asker holds and not for all of them."""
    fares: set[Fare] = {booking.fare for booking, _ in ahead}
    if not chosen or len(fares) < 2 or not speaks_of_trip(understood):
        return False
    best, lang = chosen[0], chosen[0].passage.lang
    label = best.unit.cells[0].text if best.unit.kind == "row" else best.unit.text
    for text in (label, " ".join(best.unit.cells[n].header for n in best.columns), best.passage.heading):
        named = names(text, "fare", lang)
        if named:
            return not fares <= named and not names(understood.question, "fare", understood.lang)
    return False


def _which_row(
    understood: Understood, facts: Sequence[OwnFact], quantities: Sequence[Quantity], chosen: Sequence[Chosen], shelf: Shelf
) -> Which | None:
    """Which row, where the best place is a table and nothing tells its rows apart."""
    best = chosen[0]
    if best.unit.kind != "row" or best.passage.lang != understood.lang:
        return None
    table = [u for u in best.passage.units if u.kind == "row" and u.caption == best.unit.caption]
    labels = [u.cells[0].text for u in table]
    if len(table) < 2 or max(map(len, labels)) > _LONGEST_LABEL or not _covers_the_question(understood, best.passage, shelf):
        return None
    if told_apart(understood, labels, facts, quantities) or len({_answer(u, best.columns) for u in table}) < 2:
        return None
    said = [c.unit.cells[0].text for c in chosen if c.unit in table]
    if len(labels) <= MOST:
        ways = tuple(labels)
    else:  # the nearest ones, in the table's order; the others are told by "or another one"
        nearest = [*dict.fromkeys((*said, *labels))][:MOST]
        ways = tuple(label for label in labels if label in nearest)
    return Which(
        what=best.unit.cells[0].header,
        ways=ways,
        more=len(labels) > len(ways),
        wording="which-one",
        passages=(best.passage,),
        though_sure=len(said) < len(labels) and len(labels) > WHOLE_TABLE,
    )


def _which_column(
    understood: Understood, facts: Sequence[OwnFact], quantities: Sequence[Quantity], chosen: Sequence[Chosen], shelf: Shelf
) -> Which | None:
    """Which column, where one row is meant and nothing tells its columns apart."""
    best = chosen[0]
    if best.unit.kind != "row" or best.passage.lang != understood.lang or sum(c.unit.kind == "row" for c in chosen) > 1:
        return None
    labels = [c.header for c in best.unit.cells[1:]]
    if len(labels) < 2 or best.columns or max(map(len, labels)) > _LONGEST_LABEL or not _covers_the_question(understood, best.passage, shelf):
        return None
    if told_apart(understood, labels, facts, quantities) or len({c.text for c in best.unit.cells[1:]}) < 2:
        return None
    ways, more = tuple(labels[-MOST:]), len(labels) > MOST
    return Which(what="", ways=ways, more=more, wording="which-case", passages=(best.passage,))


def _answer(unit: Unit, columns: Sequence[int]) -> tuple[str, ...]:
    return tuple(unit.cells[n].text for n in columns or range(1, len(unit.cells)))


def _covers_the_question(understood: Understood, passage: Passage, shelf: Shelf) -> bool:
    """True if nearly all that the question says stands in the place, so that what it does not say is the only thing unknown."""
    lexicon = shelf.lexicons[understood.lang]
    there = set(terms_of(" ".join([passage.heading, *(" ".join((u.lead_in, u.caption, u.text, *u.asked)) for u in passage.units)])))
    weights = {t: lexicon.weight(t) for t in understood.terms}
    return bool(weights) and sum(w for t, w in weights.items() if t in there) >= _SHARE * sum(weights.values())


def _which_rule(
    understood: Understood, evidence: Evidence, facts: Sequence[OwnFact], chosen: Sequence[Chosen], ranked: Sequence[Chosen], shelf: Shelf
) -> Which | None:
    """Which case, where the best place is under a heading for some cases and another rule beside it is for others."""
    best, lang = chosen[0], understood.lang
    if best.passage.lang != lang:
        return None
    near = [c.passage for c in ranked if c.score >= best.score - NEAR and c.passage.lang == lang]
    near = near if _covers_the_question(understood, best.passage, shelf) else []
    for distinction in distinctions_of(shelf, lang):
        mine = _named(distinction, best.passage.heading, lang)
        if not mine or len(mine) == len(distinction.values) or _is_known(distinction, understood, facts, lang):
            continue
        for other in (*near, *_siblings(distinction, best.passage, evidence, shelf)):
            theirs = _named(distinction, other.heading, lang)
            if not theirs or theirs & mine:
                continue
            few = {*[v for v in distinction.values if v in mine][: MOST - 1]}
            few |= {*[v for v in distinction.values if v in theirs][: MOST - len(few)]}
            ways = tuple(v for v in distinction.values if v in few)
            return Which(
                what=distinction.what,
                ways=ways,
                more=len(distinction.values) > len(ways),
                wording="which-one",
                passages=tuple(best.passage if v in mine else other for v in ways),
                though_sure=not any(c.passage.article_id == other.article_id and c.passage.section == other.section for c in chosen)
                and not any(c.passage.article_id == other.article_id != best.passage.article_id for c in chosen),
            )
    return None


def _siblings(distinction: Distinction, passage: Passage, evidence: Evidence, shelf: Shelf) -> Iterator[Passage]:
    """The first passages of the articles, open to this reader, whose titles say the same but for the cases that they name."""
    if evidence.reader is None or not _named(distinction, passage.title, passage.lang):
        return
    mine = _without_cases(distinction, passage.title, passage.lang)
    for other in shelf.passages.values():
        if other.ordinal == 0 and other.lang == passage.lang and other.article_id != passage.article_id:
            open_one = shelf.readable(other.article_id, other.lang, evidence.reader)
            if open_one and open_one.key == other.article_key and _without_cases(distinction, other.title, other.lang) == mine:
                yield other


def _is_known(distinction: Distinction, understood: Understood, facts: Sequence[OwnFact], lang: Lang) -> bool:
    """True if the question, or what we know of the asker, names one of the cases."""
    telling = _telling(distinction)
    asked, meant = set(understood.terms), set(understood.policy_terms)
    if _DESCRIBED.search(understood.question) or any(t & asked for t in telling.values()) or sum(bool(t & meant) for t in telling.values()) == 1:
        return True
    return any(_named(distinction, f.said.said_in(lang), lang) for f in facts)


def _telling(distinction: Distinction) -> dict[str, set[str]]:
    """Of each value the terms that no other value has."""
    terms = {v: set(terms_of(v)) for v in distinction.values}
    return {v: t - {x for w, other in terms.items() if w != v for x in other} for v, t in terms.items()}


def _named(distinction: Distinction, text: str, lang: Lang) -> set[str]:
    """The cases that a heading names: in English all words of it, in Chinese its very characters."""
    if lang == "zh":
        return {v for v in distinction.values if v in text}
    held = set(terms_of(text))
    return {v for v in distinction.values if set(terms_of(v)) <= held}


def _without_cases(distinction: Distinction, text: str, lang: Lang) -> tuple[str, ...]:
    """What a title says beside the cases that it names."""
    if lang == "zh":
        for value in distinction.values:
            text = text.replace(value, "")
        return (_JOINED.sub("", text),)
    values = {t for v in distinction.values for t in terms_of(v)}
    return tuple(t for t in terms_of(text) if t not in values)


_KNOWN: "WeakKeyDictionary[Shelf, dict[Lang, tuple[Distinction, ...]]]" = WeakKeyDictionary()


def distinctions_of(shelf: Shelf, lang: Lang) -> tuple[Distinction, ...]:
    """What the tables of a base tell cases apart by: the headers that more than one table has, with the names of their rows."""
    known = _KNOWN.setdefault(shelf, {})
    if lang not in known:
        tables: dict[str, dict[tuple[str, str], list[str]]] = {}
        for passage in shelf.passages.values():
            for unit in passage.units if passage.lang == lang else ():
                if unit.kind == "row" and unit.cells[0].header:
                    tables.setdefault(unit.cells[0].header, {}).setdefault((passage.article_id, unit.caption), []).append(unit.cells[0].text)
        known[lang] = tuple(d for what, of in tables.items() if (d := _distinction(what, list(of.values()))) is not None)
    return known[lang]


def _distinction(what: str, tables: Sequence[Sequence[str]]) -> Distinction | None:
    longest_first = sorted(tables, key=len, reverse=True)  # its order is the one people know
    values = tuple(dict.fromkeys(v for table in longest_first for v in table if not _JOINED.search(v) and len(v) <= _LONGEST_LABEL))
    if not 2 <= len(values) <= _MOST_VALUES or not all(_telling(Distinction(what=what, values=values)).values()):
        return None
    return Distinction(what=what, values=values)


def listed(ways: Sequence[str], lang: Lang, more: bool) -> str:
    """`A, B or C` and `A、B还是C`; without the last joint where "or another one" follows."""
    comma, last = (", ", " or ") if lang == "en" else ("、", "还是")
    return comma.join(ways) if more else comma.join(ways[:-1]) + last + ways[-1]


def in_words(which: Which, lang: Lang) -> tuple[str, dict[str, str]]:
    """The wording that asks it, and what fills its places."""
    what = which.what[:1].lower() + which.what[1:] if lang == "en" and not which.what.isupper() else which.what
    is_noun = len(what.split()) == 1 if lang == "en" else len(what) <= 4
    name = which.wording if which.wording != "which-one" or is_noun else "which-of"
    return f"{name}-or-other" if which.more else name, {"what": what if is_noun else which.what, "ways": listed(which.ways, lang, which.more)}
