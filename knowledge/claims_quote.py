"""Which parts of a sentence are quoted from its sources, and which gaps between them say nothing (a greeting, "according to …")."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from knowledge.claims_tables import Keys, Row, row_of, said_rows
from knowledge.claims_tokens import Token, plain, tokens_of
from knowledge.claims_units import Source, units_of
from knowledge.claims_words import COURTESY_SENTENCES, TOPIC_FRAMES
from knowledge.numerals import normalise


class Piece(NamedTuple):
    """A quotable unit of prose: its keys, and its lead-in's."""

    keys: Keys
    lead: Keys
    needs_lead: bool
    source: Source


class Evidence(NamedTuple):
    """Everything a sentence may quote."""

    pieces: tuple[Piece, ...]
    rows: tuple[Row, ...]

    @property
    def heading_keys(self) -> frozenset[str]:
        """The keys of all headings and lead-ins."""
        texts = {t for s in (*(p.source for p in self.pieces), *(r.source for r in self.rows)) for t in (s.heading, s.lead_in) if t}
        return frozenset(t.key for text in texts for t in tokens_of(text))


class Gap(NamedTuple):
    """A run of tokens that no unit carries; `in_row` when it goes on after a table row."""

    start: int
    end: int
    in_row: bool


@lru_cache(maxsize=8_000)
def evidence_of(source: Source) -> Evidence:
    """A source cut into units; what it says about itself (header, lead-in, heading) holds for those that say nothing."""
    units = (source,) if source.header else units_of(source.text)
    filled = [u.model_copy(update={k: v for k in ("lead_in", "heading", "header") if not getattr(u, k) and (v := getattr(source, k))}) for u in units]
    rows = tuple(r for u in filled if (r := row_of(u)))
    return Evidence(tuple(_piece(u) for u in filled if not row_of(u) and tokens_of(u.text)), rows)


def all_evidence(sources: Sequence[Source]) -> Evidence:
    """The evidence of all sources together."""
    parts = [evidence_of(s) for s in sources]
    return Evidence(tuple(p for e in parts for p in e.pieces), tuple(r for e in parts for r in e.rows))


def _piece(unit: Source) -> Piece:
    tokens = list(tokens_of(unit.text))
    while len(tokens) > 1 and unit.lead_in and tokens[-1].kind == "join":
        tokens.pop()
    lead = tokens_of(unit.lead_in or "")
    return Piece(tuple(t.key for t in tokens), tuple(t.key for t in lead), any(t.is_sign for t in lead), unit)


def gaps_in(sentence: str, evidence: Evidence) -> tuple[tuple[Gap, ...], bool]:
    """The parts of the sentence that are neither quoted nor courtesy, and whether anything is quoted."""
    tokens = tokens_of(sentence)
    spans = _spans(tokens, evidence)
    allowed = evidence.heading_keys if spans else frozenset[str]()
    rows = {s.end for s in spans if s.is_row}
    gaps = [Gap(s, e, s in rows) for s, e in _between(spans, len(tokens))]
    return tuple(g for g in gaps if not _says_nothing(sentence, tokens, g, allowed)), bool(spans)


class Span(NamedTuple):
    """Tokens quoted from one unit, or from one table row."""

    start: int
    end: int
    is_row: bool


def _spans(tokens: Sequence[Token], evidence: Evidence) -> list[Span]:
    """The quoted runs of tokens, in order, each as long as can be."""
    keys = tuple(t.key for t in tokens)
    starts = _by_first_key(evidence.pieces)
    spans: list[Span] = []
    active: Keys = ()
    at = 0
    while at < len(keys):
        end, lead = _longest(keys, at, starts, active)
        row_end = said_rows(keys, at, evidence.rows) if evidence.rows and _opens(tokens, at) else at
        if max(end, row_end) > at and _opens(tokens, at) and _closes(tokens, max(end, row_end)):
            spans.append(Span(at, max(end, row_end), row_end > end))
            at, active = max(end, row_end), lead
        else:
            at += 1
    return [s for s in spans if s.is_row or not _leads_nowhere(tokens, s, spans)]


def _leads_nowhere(tokens: Sequence[Token], span: Span, spans: Sequence[Span]) -> bool:
    """A lead-in ("… in these cases:") whose next words are no quoted item: they are judged together."""
    return span.end < len(tokens) and tokens[span.end - 1].leads and not any(s.start == span.end for s in spans)


def _by_first_key(pieces: Sequence[Piece]) -> dict[str, list[tuple[Keys, Piece, bool]]]:
    """Every way a unit may be quoted, under its first key: bare, or with its lead-in."""
    out: dict[str, list[tuple[Keys, Piece, bool]]] = {}
    for piece in pieces:
        out.setdefault(piece.keys[0], []).append((piece.keys, piece, False))
        if piece.lead:
            out.setdefault(piece.lead[0], []).append((piece.lead + piece.keys, piece, True))
    return out


def _longest(keys: Keys, at: int, starts: dict[str, list[tuple[Keys, Piece, bool]]], active: Keys) -> tuple[int, Keys]:
    """The end of the longest unit quoted at `at`, and the lead-in that is then open for further items."""
    end, lead = at, active
    for way, piece, led in starts.get(keys[at], ()):
        if len(way) > end - at and keys[at : at + len(way)] == way and (led or not piece.needs_lead or piece.lead == active):
            end, lead = at + len(way), piece.lead
    return end, lead


def _opens(tokens: Sequence[Token], at: int) -> bool:
    return at == 0 or tokens[at].clause != tokens[at - 1].clause or tokens[at - 1].kind in ("join", "courtesy", "filler")


def _closes(tokens: Sequence[Token], end: int) -> bool:
    return end == len(tokens) or tokens[end].clause != tokens[end - 1].clause or tokens[end].kind == "join"


def _between(spans: Sequence[Span], length: int) -> Iterator[tuple[int, int]]:
    at = 0
    for start, end, _ in (*spans, Span(length, length, False)):
        if start > at:
            yield at, start
        at = end


_CUT = re.compile(r"[，,。.!?！？：:；;—–\n]+")
_COURTEOUS = re.compile("|".join(COURTESY_SENTENCES), re.I)
_FRAME = re.compile("|".join(TOPIC_FRAMES), re.I)
_YES = re.compile(r"yes|yes indeed|是的|可以的?|能的?|对的?|有的?", re.I)
_NO = re.compile(r"no|unfortunately not|不可以|不可|不能|不行|不是的?|没有", re.I)


def _says_nothing(sentence: str, tokens: Sequence[Token], gap: Gap, allowed: frozenset[str]) -> bool:
    """Whether each clause of the gap is a courtesy, a topic ("about refunds"), or a yes or no that what follows bears out."""
    text = normalise(plain(sentence))
    start = tokens[gap.start - 1].end if gap.start else 0
    end = tokens[gap.end].start if gap.end < len(tokens) else len(text)
    following = [t for t in tokens[gap.end :] if t.clause <= tokens[gap.end].clause + 1] if gap.end < len(tokens) else []
    at = start
    for cut in (*_CUT.finditer(text, start, end), None):
        stop = cut.start() if cut else end
        inside = [t for t in tokens[gap.start : gap.end] if at <= t.start < stop]
        if inside and not _empty_clause(text[at:stop].strip(), inside, allowed, following):
            return False
        at = cut.end() if cut else end
    return True


def _empty_clause(text: str, tokens: Sequence[Token], allowed: frozenset[str], following: Sequence[Token]) -> bool:
    if following and _YES.fullmatch(text):
        return not any(t.key == "not" for t in following)
    if following and _NO.fullmatch(text):
        return any(t.key in ("not", "unless", "only") for t in following)
    if _COURTEOUS.fullmatch(text) and not any(t.is_claim or t.key in ("not", "free", "pay", "only") for t in tokens):
        return True
    if following and _FRAME.fullmatch(text):
        return all(t.key in allowed or any(f.key.startswith(t.key) for f in following) for t in tokens if t.is_sign)
    if any(t.is_sign and t.key not in allowed for t in tokens):
        return False
    unknown = [t for t in tokens if t.is_content and not (following and t.key in allowed)]
    # One strange word beside courtesies ("our page says"), or two Chinese characters (亲，答：), still claim nothing.
    spare = 2 if unknown and "\u3400" <= unknown[0].key[:1] <= "\u9fff" else int(any(t.kind == "courtesy" for t in tokens))
    return len(unknown) <= spare
