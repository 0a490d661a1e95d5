"""Step 4, ground: every sentence is checked against what carries it; one that is not carried does not leave the house."""

from collections.abc import Set

from bot.steps import Draft, Evidence, Grounding
from desk.conversation import Sentence
from knowledge.claims import Source, carried
from knowledge.passage import Passage, Unit
from knowledge.wording import wordings


def ground(draft: Draft, evidence: Evidence) -> Grounding:
    """The draft without the sentences that are not carried, with the reason for each that was refused."""
    passages = {f.passage.id: f.passage for f in evidence.found}
    rights = {e.id for e in evidence.entitlements}
    kept: list[Sentence] = []
    refused: list[str] = []
    for sentence in draft.sentences:
        problem = _problem(sentence, passages, rights)
        if problem is None:
            kept.append(sentence)
        else:
            refused.append(f"{sentence.text} [{problem}]")
    kept = [s for n, s in enumerate(kept) if not _opens_nothing(s, kept[n + 1 :])]
    return Grounding(draft=draft.model_copy(update={"sentences": tuple(kept)}), refused=tuple(refused))


def _opens_nothing(sentence: Sentence, rest: list[Sentence]) -> bool:
    """True for a lead-in ("these conditions:") none of whose items is left."""
    return sentence.text.endswith((":", "：")) and any(c.passage_id for c in sentence.carried_by) and not (rest and rest[0].text.startswith("- "))


def problem_of(sentence: Sentence, evidence: Evidence) -> str | None:
    """Why a sentence is not carried by what was gathered, or None if it is."""
    rights = {e.id for e in evidence.entitlements}
    return _problem(sentence, {f.passage.id: f.passage for f in evidence.found}, rights)


def _problem(sentence: Sentence, passages: dict[str, Passage], rights: set[str]) -> str | None:
    """Why a sentence is not carried, or None if it is."""
    if not sentence.carried_by:
        return "nothing carries it"
    for carrier in sentence.carried_by:
        if carrier.wording_id is not None and carrier.wording_id not in wordings():
            return f"no approved wording {carrier.wording_id}"
        if carrier.entitlement_id is not None and carrier.entitlement_id not in rights:
            return f"no entitlement {carrier.entitlement_id} of this traveller"
    quoted = [c for c in sentence.carried_by if c.passage_id is not None]
    if not quoted:
        return None
    if any(c.passage_id not in passages for c in quoted):
        return "its passage was not found for this reader"
    spans = {(c.start, c.end) for c in quoted}
    units = _units(quoted[0].passage_id or "", passages, spans)
    sources = [_source(unit, passage, spans) for passage, unit in units]
    if not sources:
        return "no unit of the passage stands at its spans"
    verdict = carried(_whole(sentence, units), sentence.lang, sources)
    return None if verdict.ok else "; ".join(verdict.problems)


def _whole(sentence: Sentence, units: list[tuple[Passage, Unit]]) -> str:
    """The sentence as it is heard: a list item together with the lead-in that is said before it."""
    opens = next((unit.lead_in for _, unit in units if unit.lead_in), "")
    return f"{opens} {sentence.text[2:]}" if sentence.text.startswith("- ") and opens else sentence.text


def _units(passage_id: str, passages: dict[str, Passage], spans: set[tuple[int, int]]) -> list[tuple[Passage, Unit]]:
    """The units of the passage whose own words (not only the header or lead-in they share) stand at these spans."""
    passage = passages[passage_id]
    out = []
    for unit in passage.units:
        own = {unit.spans[-1]} | {c.spans[-1] for c in unit.cells}
        if own & spans or (unit.kind == "item" and spans == {unit.spans[0]}):
            out.append((passage, unit))
    return out


def _source(unit: Unit, passage: Passage, spans: Set[tuple[int, int]] | None = None) -> Source:
    """A unit as a source; of a row its label and the cells at these spans: what another card gets does not carry what this one gets."""
    if unit.kind == "row":
        whole = spans is None or unit.spans[-1] in spans
        cells = [c for n, c in enumerate(unit.cells) if n == 0 or whole or c.spans[-1] in (spans or ())]
        header = "| " + " | ".join(c.header for c in cells) + " |"
        return Source(text="| " + " | ".join(c.text for c in cells) + " |", lang=passage.lang, header=header)
    return Source(text=unit.text, lang=passage.lang, lead_in=unit.lead_in or None)
