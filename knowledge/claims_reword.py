"""Whether a part of a sentence that is no quotation still says what one unit says: the same claims, signs, conditions and names."""

from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from difflib import SequenceMatcher
from typing import NamedTuple

from knowledge.claims_quote import Evidence
from knowledge.claims_tables import cell_readings, meaning_keys
from knowledge.claims_tokens import Token, tokens_of

NEAR = 0.7  # from this share of its words in the unit's order on, a part counts as a near copy and is compared word by word
SHORT = 4  # a part of at most so many telling words is always compared word by word
ENOUGH = 0.5  # below this share of its words in the unit, the unit does not speak of it


class Candidate(NamedTuple):
    """A unit to compare with: its tokens with its lead-in's, the keys its context adds, and how much of the part it shares."""

    tokens: tuple[Token, ...]
    around: frozenset[str]
    share: float
    named: frozenset[str] = frozenset()  # for a cell of a table: the keys of its row's and column's names
    elsewhere: frozenset[str] = frozenset()  # and what only other cells say


def problems_of(part: Sequence[Token], evidence: Evidence) -> tuple[str, ...]:
    """What keeps this part from being carried; empty when one unit carries it."""
    said = meaning_keys(part)
    if not said:
        return ()
    candidates = sorted(_candidates(said, part, evidence), key=lambda c: (not c.named, -c.share))[:5]
    if not candidates or (candidates[0].share < ENOUGH and not any(c.named for c in candidates)):
        return (f"No source says “{_shown(part)}”.",)
    first: tuple[str, ...] = ()
    best = max(c.share for c in candidates)
    for candidate in candidates:
        near = len(said) <= SHORT or max(_in_order(way, candidate) for way in (part, _turned(part)) if way) >= NEAR
        if not near and not candidate.named and (candidate.share < ENOUGH or candidate.share < best):
            continue
        found = _least_edits(part, candidate) if near else tuple(_differences(part, candidate))
        if not found:
            return ()
        first = first or found
    return first


def _candidates(said: frozenset[str], part: Sequence[Token], evidence: Evidence) -> Iterator[Candidate]:
    held = Counter(key for piece in evidence.pieces for key in frozenset((*piece.keys, *piece.lead)))
    for piece in evidence.pieces:
        if piece.source.text.endswith((":", "：")):  # a lead-in alone states nothing
            continue
        around = frozenset(t.key for t in tokens_of(piece.source.heading or "")) | frozenset(piece.lead)
        led = piece.lead and (piece.needs_lead or said >= meaning_keys(tokens_of(piece.source.lead_in or "")))
        text = f"{piece.source.lead_in} {piece.source.text}" if led else piece.source.text
        made = _candidate(said, text, around)
        own = frozenset((*piece.keys, *piece.lead)) | around
        yield made._replace(elsewhere=frozenset(key for key in said - own if held[key]))
    for reading in cell_readings(evidence.rows, tuple(t.key for t in part)):
        around = frozenset(t.key for t in tokens_of(reading.source.heading or ""))
        made = _candidate(said, reading.source.text, around)
        yield made._replace(named=frozenset(reading.name), elsewhere=reading.elsewhere)


def _candidate(said: frozenset[str], text: str, around: frozenset[str]) -> Candidate:
    tokens = tokens_of(text)
    return Candidate(tokens, around, len(said & {t.key for t in tokens}) / len(said))


def _in_order(part: Sequence[Token], candidate: Candidate) -> float:
    """How much of the one stands in the other in the same order: 1.0 when either is the other with words left out.

    A cell with its row's and column's names is no sentence, so of a cell only the part's own share counts.
    """
    a, b = [t.key for t in part if t.is_content], [t.key for t in candidate.tokens if t.is_content]
    same = sum(m.size for m in SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks())
    return same / max(1, len(a) if candidate.named else min(len(a), len(b)))


def _least_edits(part: Sequence[Token], candidate: Candidate) -> tuple[str, ...]:
    """The edits; none if there are none once the condition that opens either one ("If …, …") is put at its end."""
    found = tuple(_edits(part, candidate))
    if not found:
        return ()
    turned = (_turned(part), candidate.tokens), (part, _turned(candidate.tokens))
    return () if any(a and b and not tuple(_edits(a, candidate._replace(tokens=tuple(b)))) for a, b in turned) else found


def _turned(tokens: Sequence[Token]) -> Sequence[Token]:
    """If X, Y as Y if X; empty where no condition opens it, or more than one part follows."""
    opening = next((at for at, t in enumerate(tokens) if t.clause != tokens[0].clause), 0)
    if not opening or tokens[0].kind != "condition" or tokens[-1].part != tokens[0].part:
        return ()
    return (*tokens[opening:], *tokens[:opening])


def _edits(part: Sequence[Token], candidate: Candidate) -> Iterator[str]:
    """For a near copy: every word changed, added or dropped that the sense hangs on."""
    unit = candidate.tokens
    changes = [c for c in SequenceMatcher(None, [t.key for t in unit], [t.key for t in part], autojunk=False).get_opcodes() if c[0] != "equal"]
    moved = {t.key for c in changes for t in unit[c[1] : c[2]] if t.kind == "word"} & {
        t.key for c in changes for t in part[c[3] : c[4]] if t.kind == "word"
    }
    for _, i1, i2, j1, j2 in changes:
        gone, new = [t for t in unit[i1:i2] if _weighs(t, moved)], [t for t in part[j1:j2] if _weighs(t, moved)]
        if new and not gone and all(t.kind in ("name", "word") and t.key in candidate.around for t in new):
            continue
        if new:
            yield f"“{_shown(new)}” stands where the source has “{_shown(gone)}”." if gone else f"“{_shown(new)}” is not in the source."
        elif gone and not _may_go(unit, i1, i2, bool(candidate.named)):
            yield f"The source's “{_shown(gone)}” is left out."
        elif _swapped(unit[i1:i2], part[j1:j2]):
            yield f"“{_shown(part[j1:j2])}” stands where the source has “{_shown(unit[i1:i2])}”."


def _weighs(token: Token, moved: AbstractSet[str]) -> bool:
    return token.is_sign or (token.is_content and not (token.kind == "word" and token.key in moved))


def _swapped(gone: Sequence[Token], new: Sequence[Token]) -> bool:
    """We for you, from for to, and for or."""
    was, now = ({t.key for t in side if t.kind in ("link", "join")} for side in (gone, new))
    return bool(was and now and was != now)


def _may_go(unit: Sequence[Token], start: int, end: int, cell: bool) -> bool:
    """Whether the unit stays true without these tokens: a part between semicolons that sets no condition, or one plain word."""
    gone = unit[start:end]
    if cell or any(t.kind in ("condition", "comparison", "absolute") or t.key in ("not", "must", "pay") for t in gone):
        return False
    opens = start == 0 or unit[start - 1].part != gone[0].part
    closes = end == len(unit) or unit[end].part != gone[-1].part
    if opens and closes and 0 < end - start < len(unit):
        return not any((t.measure and t.measure.bound) or t.kind == "order" for t in gone)
    return len(gone) == 1 and gone[0].kind == "word" and not "\u3400" <= gone[0].key[:1] <= "\u9fff"


def _differences(part: Sequence[Token], candidate: Candidate) -> Iterator[str]:
    """For other words: each claim, name and sign of the part has to be the unit's, each condition of the unit the part's."""
    unit = candidate.tokens
    keys = Counter(t.key for t in unit)
    known = frozenset(keys) | candidate.around
    for token in part:
        if (
            (token.is_claim and token.key not in keys)
            or (token.kind in ("order", "absolute", "comparison") and token.key not in keys)
            or (token.kind == "name" and token.key not in known)
        ):
            yield f"“{_shown([token])}” is not in the source."
    if candidate.named:
        yield from _cell_differences(part, candidate, frozenset(keys))
    else:
        yield from _strangers(part, candidate, known)
    yield from _signs(part, unit, candidate.around)
    yield from _misplaced(part, unit)


def _strangers(part: Sequence[Token], candidate: Candidate, known: AbstractSet[str]) -> Iterator[str]:
    """Words that only another unit has, or that stand where this one names somebody or something: then the part speaks of something else."""
    if mixed := [t for t in part if t.kind in ("word", "name") and t.key in candidate.elsewhere]:
        yield f"“{_shown(mixed)}” stands in another sentence of the source."
    unit, keys = candidate.tokens, frozenset(t.key for t in part)
    for _, i1, i2, j1, j2 in SequenceMatcher(None, [t.key for t in unit], [t.key for t in part], autojunk=False).get_opcodes():
        gone = [t for t in unit[i1:i2] if t.kind == "name" and t.key not in keys]
        new = [t for t in part[j1:j2] if t.kind == "word" and t.key not in known]
        if gone and new:
            yield f"“{_shown(new)}” stands where the source names “{_shown(gone)}”."


def _cell_differences(part: Sequence[Token], candidate: Candidate, keys: frozenset[str]) -> Iterator[str]:
    """What is said of a cell has to be about that cell: nothing that only other cells say, and all of its figures."""
    if wrong := [t for t in part if t.is_content and t.key in candidate.elsewhere]:
        yield f"“{_shown(wrong)}” stands in another row or column."
    said = frozenset(t.key for t in part)
    figures = {t.key for t in candidate.tokens if t.is_claim and t.key not in candidate.named}
    if missing := figures - said:
        yield f"The cell's “{', '.join(sorted(missing))}” is left out."
    rest = meaning_keys(part) - candidate.named
    if not rest or (not figures and len(rest & keys) < ENOUGH * len(rest)):
        yield "The cell that the sentence names says something else."


def _signs(part: Sequence[Token], unit: Sequence[Token], around: AbstractSet[str]) -> Iterator[str]:
    """Signs that are on one side only; may and a plain statement are the same."""
    here, there = Counter(_sign(t) for t in part), Counter(_sign(t) for t in unit)
    for sign in ("not", "free", "pay", "must", "lose", "keep"):
        if sign == "free" and here[sign] and sign in around:
            continue
        if bool(here[sign]) != bool(there[sign]) and not (sign in ("pay", "must") and not here[sign] and here["not"]):
            yield f"“{sign}” is {'said' if here[sign] else 'left out'}, unlike in the source."
    if here["not"] % 2 != there["not"] % 2 and here["not"] and there["not"]:
        yield "The number of negations differs from the source."
    for sign in ("unless", "only", "if", "but", ">=", "<=", ">", "<"):
        if there[sign] and not here[sign]:
            yield f"The source's condition (“{sign}”) is left out."
    bounded = {t.key for t in unit if t.measure and t.measure.bound} - {t.key for t in part}
    if bounded:
        yield f"The source's limit is left out ({', '.join(sorted(bounded))})."


def _sign(token: Token) -> str:
    return token.key if token.kind in ("polarity", "condition", "comparison") else ""


def _misplaced(part: Sequence[Token], unit: Sequence[Token]) -> Iterator[str]:
    """With several quantities of a kind in the unit, each has to stand with the same names and the same before or after as there."""
    for token in part:
        if token.measure is None or sum(t.measure is not None and t.measure.kind == token.measure.kind for t in unit) < 2:
            continue
        beside = {t.key for t in part if t.clause == token.clause and t.kind in ("name", "order")}
        places = [{t.key for t in unit if t.clause in (u.clause, u.clause - 1)} for u in unit if u.key == token.key]
        if places and not any(beside <= place for place in places):
            yield f"“{_shown([token])}” stands with something else in the source."


def _shown(tokens: Sequence[Token]) -> str:
    words = [t.text for at, t in enumerate(tokens) if at == 0 or t.start != tokens[at - 1].start]
    return ("" if _is_han(tokens) else " ").join(words)[:80]


def _is_han(tokens: Sequence[Token]) -> bool:
    return any("\u3400" <= t.text[:1] <= "\u9fff" for t in tokens)
