"""Two articles in force that say otherwise of what is asked: the asker's own facts or a curated answer decide which is said, else a person does."""

from collections.abc import Sequence

from bot.own import OwnFact, names
from bot.steps import Chosen
from knowledge.contradictions import Contradiction, differ, sayings_of
from knowledge.passage import Passage, Unit
from knowledge.search import Found
from knowledge.shelf import Shelf


def agreed(
    chosen: Sequence[Chosen], found: Sequence[Found], facts: Sequence[OwnFact], shelf: Shelf
) -> tuple[tuple[Chosen, ...], Contradiction | None]:
    """What can be said: without the units that something stronger contradicts; and, where neither of two is stronger, their contradiction.

    Every unit that was found counts, said or not: of two that are much alike only one would have been said, and the other never heard of.
    """
    out = list(chosen)
    for c in chosen:
        told = _against(c, found)
        if told is None or c not in out:
            continue
        stronger = _stronger(told, facts, shelf)
        if stronger is None:
            return _both(out, told), told
        unit, passage = stronger
        if unit != c.unit:
            other = next((o for o in out if (o.unit, o.passage.id) == (unit, passage.id)), None)
            at = out.index(c)
            out[at : at + 1] = [] if other else [c.model_copy(update={"unit": unit, "passage": passage, "columns": (), "beside": False})]
        else:
            weaker = told.other if told.one == unit else told.one
            out = [o for o in out if o.unit != weaker]
    return tuple(out), None


def _against(c: Chosen, found: Sequence[Found]) -> Contradiction | None:
    """The first unit of another article that says otherwise than this one."""
    mine = [s for s in sayings_of(c.passage) if s.unit == c.unit]
    for f in found:
        if f.passage.article_id != c.passage.article_id and f.passage.lang == c.passage.lang:
            for theirs in sayings_of(f.passage):
                for s in mine:
                    told = differ(s, theirs)
                    if told is not None:
                        return told
    return None


def _stronger(told: Contradiction, facts: Sequence[OwnFact], shelf: Shelf) -> tuple[Unit, Passage] | None:
    """The one that counts for this asker: a curated answer, else the one that names their own fare or card; None where neither does."""
    sides = ((told.one, told.of_one), (told.other, told.of_other))
    for held in ([shelf.article_of(p).kind == "qa" for _, p in sides], [_is_for(facts, unit, p) for unit, p in sides]):
        if held[0] != held[1]:
            return sides[0] if held[0] else sides[1]
    return None


def _is_for(facts: Sequence[OwnFact], unit: Unit, passage: Passage) -> bool:
    said = f"{passage.heading} {unit.text}"
    return any(f.value in names(said, f.kind, passage.lang) for f in facts if f.kind != "route")


def _both(out: Sequence[Chosen], told: Contradiction) -> tuple[Chosen, ...]:
    """The two beside each other, for the Brief: whoever answers sees both."""
    like = out[0]
    sides = ((told.one, told.of_one), (told.other, told.of_other))
    return tuple(like.model_copy(update={"unit": unit, "passage": passage, "columns": (), "beside": False}) for unit, passage in sides)
