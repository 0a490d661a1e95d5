"""Several questions in one message: each is searched and drafted by itself, and the reply answers them in order."""

from collections.abc import Callable, Mapping, Sequence

from basics.words import Lang
from bot.compose import MOST_CITATIONS, compose, say
from bot.follow_up import leaning, likelihood, without_opening
from bot.ground import ground
from bot.parts import NTH, OTHERS, is_short
from bot.steps import Confidence, Decision, Draft, Evidence, Grounding, Part, Request, Understood
from desk.conversation import Citation, Sentence
from knowledge.search import Found
from knowledge.shelf import Shelf

_GOES_ON_FROM = 0.25  # in one breath a question goes on with the one before it more often than in the next message


def kept_apart(texts: Sequence[str], near: Sequence[Mapping[str, float]], lang: Lang) -> tuple[str, ...]:
    """The questions, one that goes on with the one before it put to that one; `near` are the articles near each, with their cosines."""
    out: list[str] = [texts[0]]
    for n in range(1, len(texts)):
        before, own = near[n - 1], near[n]
        spoken_of = max(before, key=lambda article: before[article], default="")
        elsewhere = max(own.values(), default=0.0) - own.get(spoken_of, min(own.values(), default=0.0))
        if is_short(texts[n], lang) or likelihood(leaning(without_opening(texts[n])), elsewhere) < _GOES_ON_FROM:
            out.append(texts[n])
        else:
            out[-1] = f"{out[-1]} {texts[n]}"
    return tuple(out)


def lead_apart(parts: Sequence[Part]) -> bool:
    """True if the questions lead to different articles; where they all lead to one, that one answers them as one question."""
    return all(p.found for p in parts) and len({p.found[0].passage.article_id for p in parts}) > 1


def of_all(parts: Sequence[Part]) -> tuple[Found, ...]:
    """What was found for any of the questions, the best of each first."""
    by_place = [p.found[n] for n in range(max(len(p.found) for p in parts)) for p in parts if n < len(p.found)]
    return tuple({f.passage.id: f for f in reversed(by_place)}.values())[::-1]


def of_part(evidence: Evidence, part: Part) -> Evidence:
    """The evidence for one of the questions alone."""
    return evidence.model_copy(update={"found": part.found, "parts": ()})


def compose_parts(request: Request, evidence: Evidence, shelf: Shelf) -> Draft:
    """The drafts of all the questions as one, in their order; at most three citations, the first place of each question before the second of any."""
    drafts = tuple(compose(request, p.understood, of_part(evidence, p), shelf) for p in evidence.parts)
    sentences, citations = in_order(drafts)
    return Draft(sentences=sentences, citations=citations, basis=drafts[0].basis, signals=drafts[0].signals, parts=drafts)


def in_order(drafts: Sequence[Draft], most: int = MOST_CITATIONS) -> tuple[tuple[Sentence, ...], tuple[Citation, ...]]:
    """The sentences of several drafts, each draft on a new line, nothing twice, and their citations numbered anew."""
    places = [c for n in range(MOST_CITATIONS) for d in drafts for c in d.citations[n : n + 1]]
    kept = list(dict.fromkeys(_place(c) for c in places))[:most]
    quotes: dict[tuple[str, str], list[Citation]] = {p: [c for c in places if _place(c) == p] for p in kept}
    # In the order in which they are said: the first number that is read is 1.
    kept = [p for p in dict.fromkeys(_place(c) for d in drafts for c in d.citations) if p in quotes]
    out: list[Sentence] = []
    for draft in drafts:
        begins = True
        for s in draft.sentences:
            numbers = [kept.index(place) + 1 for n in s.citations if (place := _place(draft.citations[n - 1])) in quotes]
            if any(s.text == o.text and s.carried_by == o.carried_by for o in out) or (s.citations and not numbers):
                continue
            out.append(s.model_copy(update={"citations": tuple(numbers), "starts_line": s.starts_line or (begins and bool(out))}))
            begins = False
    citations = tuple(_together(quotes[p]) for p in kept)
    return tuple(out), citations


def least(evidence: Evidence, grounding: Grounding, estimate: Callable[[Understood, Evidence, Grounding], Confidence]) -> Confidence:
    """The confidence of the question we are least sure of."""
    each = [
        estimate(p.understood, of_part(evidence, p), ground(draft, of_part(evidence, p)))
        for p, draft in zip(evidence.parts, grounding.draft.parts, strict=True)
    ]
    return min(each, key=lambda c: c.value).model_copy(update={"parts": tuple(c.value for c in each)})


def unsure(confidence: Confidence, bar: float) -> tuple[int, ...]:
    """The questions (from 0) that are below the bar, where another one is not."""
    below = tuple(n for n, value in enumerate(confidence.parts) if value < bar)
    return below if len(below) < len(confidence.parts) else ()


def sure_part(
    evidence: Evidence, grounding: Grounding, decision: Decision, lang: Lang, most: int = MOST_CITATIONS
) -> tuple[tuple[Sentence, ...], tuple[Citation, ...]]:
    """The answers to the questions we are sure of, with at most so many citations, and the words that begin what is said of the others."""
    sure = [n for n in range(len(evidence.parts)) if n not in decision.unsure]
    drafts = [ground(grounding.draft.parts[n], of_part(evidence, evidence.parts[n])).draft for n in sure]
    sentences, citations = in_order(drafts, max(most, len(sure)))
    about = OTHERS if len(decision.unsure) > 1 else f"{NTH}{decision.unsure[0] + 1}"
    return (*sentences, say(about, lang, starts_line=True)), citations


def _place(citation: Citation) -> tuple[str, str]:
    return citation.article_id, citation.section


def _together(same: Sequence[Citation]) -> Citation:
    return same[0].model_copy(update={"quote": " ".join(dict.fromkeys(c.quote for c in same))})
