"""Choosing the units (sentence, list item, table row) that answer, from the passages found. Pure: everything comes in."""

import math
import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from basics.words import Lang
from bot.own import OwnFact, names
from bot.prefer import holds, told
from bot.rows import pick_rows
from bot.steps import Chosen, Understood, Want
from knowledge.intervals import Quantity
from knowledge.search import Found
from knowledge.terms import terms_of

PASSAGES = 8
# Scores are log odds of being the unit that answers (knowledge/search.py), so differences are log ratios.
SAME_PLACE, ELSEWHERE = 3.5, 3.0  # how far behind the best a unit may be and still be said: in its passage, in another
SAME_ARTICLE = 6.0  # how far behind a unit may be that alone holds the amount or the time that is asked for
UNSURE = 0.5  # below this probability of the best unit, less is said of each place and more places are
SHORT_LIST = 4  # a list of so many items is quoted whole
LONGEST: dict[Lang, int] = {"en": 480, "zh": 170}  # characters of a reply, after which nothing more is added
PARAGRAPH: dict[Lang, int] = {"en": 300, "zh": 110}  # of a paragraph of so many characters more is quoted than the nearest sentences
_EXCEPTION = re.compile(
    r"\b(except(ion|ions)?|unless|however|but|only|does not apply|not apply|no exception|even if|instead)\b"
    r"|除外|例外|除非|但|不适用|仅限|只有|不包括|即使",
    re.I,
)
_IS_EXCEPTION = re.compile(r"(the|one|there is one) exception|例外", re.I)
MUST_STAND: frozenset[Want] = frozenset({"price", "money", "time", "weight", "size", "age"})
_OPENS = (":", "：")
_ASKS = ("?", "？")
_HALF = ("；", ";")


def choose(understood: Understood, found: Sequence[Found], facts: Sequence[OwnFact], quantities: Sequence[Quantity] = ()) -> tuple[Chosen, ...]:
    """What answers, best place first: the best unit with what belongs to it, then others that come as near, each said in its article's order."""
    ranked = scored(found)
    if not ranked:
        return ()
    best = ranked[0]
    is_sure = probability_of_best(ranked) >= UNSURE

    def group(c: Chosen) -> list[Chosen]:
        whole = _with_its_own(understood, c, ranked, facts, quantities)
        return whole if is_sure else _nearest_part(c, whole)

    groups = [group(best)]
    for other in ranked[1:]:
        said = [c for g in groups for c in g]
        near = SAME_PLACE if other.passage.id == best.passage.id else ELSEWHERE
        if other.score < best.score - near or sum(len(c.unit.text) for c in said) >= LONGEST[best.passage.lang]:
            break
        if other.unit.kind == "row" and other.passage.article_id != best.passage.article_id:
            continue  # a row of another article's table would be heard as an answer to this question
        if _says_more(other, said):
            groups.append([c for c in group(other) if not _is_said(c, said)])
    for want in sorted(understood.wants & MUST_STAND, reverse=True):
        groups = _with_wanted_first(want, groups, ranked, group)
    return tuple(c for g in _in_telling_order(understood, groups) for c in g)


def _in_telling_order(understood: Understood, groups: list[list[Chosen]]) -> list[list[Chosen]]:
    """The asker's own cell first; where no figure is asked for, what stands in one section in the section's order: the rule before its exceptions."""
    opens_with_an_exception = bool(_IS_EXCEPTION.match(groups[0][0].unit.text))
    if (understood.wants & MUST_STAND and not opens_with_an_exception) or any(c.columns for g in groups for c in g):
        return sorted(groups, key=lambda g: not any(c.columns for c in g))
    first = groups[0][0].passage
    same = [g for g in groups if (g[0].passage.article_id, g[0].passage.section) == (first.article_id, first.section)]
    return sorted(same, key=lambda g: g[0].unit.spans[-1][0]) + [g for g in groups if g not in same]


def _with_wanted_first(
    want: Want, groups: list[list[Chosen]], ranked: Sequence[Chosen], group: Callable[[Chosen], list[Chosen]]
) -> list[list[Chosen]]:
    """The groups, first the one that holds what is wanted; where none does, the nearest unit of the same article that does."""
    for n, said in enumerate(groups):
        if any(tells(c, want) for c in said):
            return [said, *groups[:n], *groups[n + 1 :]]
    article = groups[0][0].passage.article_id
    for other in ranked:
        if other.passage.article_id == article and other.score >= ranked[0].score - SAME_ARTICLE and tells(other, want):
            first = group(other)
            if any(tells(c, want) for c in first):
                return [first, *([c for c in g if not _is_said(c, first)] for g in groups[:2])]
    return groups


def tells(c: Chosen, want: Want) -> bool:
    """True if what is said of a unit holds what is wanted."""
    return holds(said_cells(c, want), want, of_row=c.unit.kind == "row")


def said_cells(c: Chosen, want: Want) -> str:
    """What a unit tells of what is wanted: of a row the cells that are said, for its label is the condition and not the answer."""
    return " ".join(c.unit.cells[n].text for n in c.columns) if c.columns and want != "age" else told(c.unit, want)


def _says_more(other: Chosen, said: Sequence[Chosen]) -> bool:
    """True if a unit is worth saying beside what is said: not said already, nor much the same, nor of a table or list that is said already."""
    if _is_said(other, said) or not all(_adds(other, c) for c in said):
        return False
    if other.unit.kind == "row":
        return not any(c.unit.kind == "row" and c.unit.caption == other.unit.caption for c in said)
    return other.unit.kind != "item" or not any(c.unit.lead_in == other.unit.lead_in for c in said)


def scored(found: Sequence[Found]) -> list[Chosen]:
    """Every unit of the best passages that can be said by itself, best first."""
    out: list[Chosen] = []
    for f in found[:PASSAGES]:
        question = -math.inf
        for n, (unit, score, cosine) in enumerate(zip(f.passage.units, f.units, f.unit_cosines, strict=True)):
            if unit.text.endswith(_OPENS):
                continue  # a lead-in is said with its items, never alone
            if unit.text.endswith(_ASKS) and n + 1 < len(f.passage.units):
                question = max(question, score)
                continue  # a question answers nothing: what follows it does
            out.append(Chosen(unit=unit, passage=f.passage, score=max(score, question), cosine=cosine))
            question = -math.inf
    return sorted(out, key=lambda c: -c.score)


def _with_its_own(
    understood: Understood, best: Chosen, ranked: Sequence[Chosen], facts: Sequence[OwnFact], quantities: Sequence[Quantity]
) -> list[Chosen]:
    """The unit with what belongs to it: its rows and the exception below the table, its short list, its short paragraph."""
    same = [c for c in ranked if c.passage.id == best.passage.id]
    if best.unit.kind == "row":
        table = _in_order([c for c in same if c.unit.kind == "row" and c.unit.caption == best.unit.caption])
        return _with_exception(pick_rows(understood, table, facts, quantities), facts)
    if best.unit.kind == "item":
        items = _in_order([c for c in same if c.unit.kind == "item" and c.unit.lead_in == best.unit.lead_in])
        if len(items) <= SHORT_LIST:
            return items
        return _in_order([c for c in items if c.score >= best.score - SAME_PLACE / 2][:SHORT_LIST])
    paragraph = _in_order([c for c in same if c.unit.kind == "sentence" and c.unit.paragraph == best.unit.paragraph])
    is_short = sum(len(c.unit.text) for c in paragraph) <= PARAGRAPH[best.passage.lang]
    near = [c for c in paragraph if c.score >= best.score - (SAME_PLACE if is_short else SAME_PLACE / 2)]
    return _with_exception(_whole_sentences(near, paragraph), facts)


def probability_of_best(ranked: Sequence[Chosen]) -> float:
    """The share of the best unit in the odds of all that were found, 0..1; measured, that is how often it holds the answer."""
    return 1.0 / sum(math.exp(max(-30.0, c.score - ranked[0].score)) for c in ranked) if ranked else 0.0


def _nearest_part(c: Chosen, whole: Sequence[Chosen]) -> list[Chosen]:
    """Of a group the unit itself with its other half and the exception beside it; rows and lists as they were picked."""
    if c.unit.kind != "sentence":
        return list(whole)
    return [w for w in _whole_sentences([c], whole) if w.unit.kind == "sentence"] + [w for w in whole if w.beside]


def _in_order(chosen: Sequence[Chosen]) -> list[Chosen]:
    return sorted(chosen, key=lambda c: c.unit.spans[-1][0])


def _whole_sentences(near: Sequence[Chosen], paragraph: Sequence[Chosen]) -> list[Chosen]:
    """The units in order, each half sentence (it ends, or the one before it ends, with a semicolon) with its other half."""
    keep = {c.unit.spans for c in near}
    for _ in paragraph:
        for one, following in pairwise(paragraph):
            if one.unit.text.endswith(_HALF) and (one.unit.spans in keep or following.unit.spans in keep):
                keep |= {one.unit.spans, following.unit.spans}
    return [c for c in paragraph if c.unit.spans in keep]


def _with_exception(picked: list[Chosen], facts: Sequence[OwnFact]) -> list[Chosen]:
    """The units and the exception that stands right after them (after their table) in the same passage, unless it is for others only."""
    if not picked:
        return picked
    last = picked[-1]
    units = last.passage.units
    at = units.index(last.unit) + 1
    while last.unit.kind == "row" and at < len(units) and units[at].kind == "row":
        at += 1
    following = units[at] if at < len(units) and units[at].kind == "sentence" else None
    if following and not following.text.endswith(_OPENS) and _is_exception(following.text, facts, last.passage.lang):
        return [*picked, last.model_copy(update={"unit": following, "columns": (), "beside": True})]
    return picked


def _is_exception(text: str, facts: Sequence[OwnFact], lang: Lang) -> bool:
    """True if a sentence limits the one before it, for somebody whom the facts do not rule out."""
    for kind in ("tier", "fare"):
        mine = {f.value for f in facts if f.kind == kind}
        named = names(text, kind, lang)
        if mine and named and not mine & named:
            return False
    return bool(_EXCEPTION.search(text))


def _adds(other: Chosen, said: Chosen) -> bool:
    """True if `other` says something that `said` does not say already."""
    mine, theirs = set(terms_of(other.unit.text)), set(terms_of(said.unit.text))
    return bool(mine) and len(mine & theirs) < 0.7 * len(mine)


def _is_said(c: Chosen, said: Sequence[Chosen]) -> bool:
    return any(s.passage.id == c.passage.id and s.unit.spans == c.unit.spans for s in said)
