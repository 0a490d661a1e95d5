"""After the decision: the words of each kind of reply. Whatever has no source is an approved wording."""

from basics.words import Lang
from bot.ask_back import in_words
from bot.compose import MOST_CITATIONS, say
from bot.known_so_far import known_so_far
from bot.outside import outside_kind
from bot.several import sure_part
from bot.steps import Confidence, Decision, Evidence, Grounding, Request, Understood, Which
from desk.conversation import Citation, Sentence
from knowledge.passage import Passage
from knowledge.search import Found
from knowledge.shelf import Shelf
from knowledge.wording import wording

MOST_CHOICES = 3
_TALK = {
    "greeting": "hello-again", "thanks": "thanks", "goodbye": "goodbye", "who": "who-am-i", "what": "what-can-you-do", "nothing": "empty-question",
    "compliment": "compliment", "insult": "insult",
}  # fmt: skip


def speak(
    request: Request, understood: Understood, evidence: Evidence, grounding: Grounding, confidence: Confidence, decision: Decision, shelf: Shelf
) -> tuple[tuple[Sentence, ...], tuple[Citation, ...], tuple[str, ...]]:
    """Sentences, citations and choices of the reply. Of a hand-off only what is known already: its own words come with its ticket."""
    lang = understood.lang
    match decision.kind:
        case "clarify" if decision.unsure:
            known, cited = sure_part(evidence, grounding, decision, lang, most=1)
            asked, pointers, choices = _ask_back(evidence.parts[decision.unsure[0]].found, lang, shelf, MOST_CITATIONS - len(cited))
            shifted = tuple(s.model_copy(update={"citations": tuple(n + len(pointers) for n in s.citations)}) for s in known)
            return (*shifted, *asked), (*pointers, *cited), choices  # what a choice stands for comes first
        case "handoff" if decision.unsure:
            return (*sure_part(evidence, grounding, decision, lang), ())
        case "clarify":
            return _ask_which(decision.which, lang, shelf) if decision.which else _ask_back(evidence.found, lang, shelf)
        case "abstain":
            kind = outside_kind(understood.question)
            return (say(f"outside-{kind}" if kind else "outside", lang),), (), ()
        case "handoff":
            is_open = evidence.none_then is not None or grounding.draft.signals.get("disagree")  # what stands there is just what is in doubt
            unsure = decision.reason == "low_confidence" and not is_open
            return (*(known_so_far(request, understood, grounding, confidence) if unsure else ((), ())), ())
        case "proposal" if understood.ask == "rights":
            return (*grounding.draft.sentences, say("offer-choose", lang, starts_line=True)), grounding.draft.citations, ()
        case "proposal":
            return (*grounding.draft.sentences, say("change-choose", lang, starts_line=True)), grounding.draft.citations, ()
        case "answer" if understood.ask in ("yes", "no"):
            if request.open_proposal is not None:
                return (say("proposal-again", lang),), (), ()
            return (say("proposal-none" if understood.ask == "yes" else "ok", lang),), (), ()
        case "answer" if understood.ask in _TALK:
            return (say(_TALK[understood.ask], lang),), (), ()
        case _ if understood.thanks_first:
            return (say("welcome-first", lang), *grounding.draft.sentences), grounding.draft.citations, ()
        case _:
            return grounding.draft.sentences, grounding.draft.citations, ()


def _ask_which(which: Which, lang: Lang, shelf: Shelf) -> tuple[tuple[Sentence, ...], tuple[Citation, ...], tuple[str, ...]]:
    """One specific question with the ways it may be, or a person; a choice completes the question that was asked."""
    name, values = in_words(which, lang)
    citations = tuple(_pointer(p, shelf) for p in which.passages)
    return (say(name, lang, False, **values),), citations, (*which.ways, wording("choice-person").said_in(lang))


def _ask_back(
    found: tuple[Found, ...], lang: Lang, shelf: Shelf, most: int = MOST_CHOICES - 1
) -> tuple[tuple[Sentence, ...], tuple[Citation, ...], tuple[str, ...]]:
    """One question with two or three choices: the articles that came nearest, or a person."""
    nearest: list[Found] = []
    for f in found:
        if len(nearest) < min(most, MOST_CHOICES - 1) and f.passage.article_id not in {n.passage.article_id for n in nearest}:
            nearest.append(f)
    if not nearest:
        return (say("ask-back-open", lang),), (), (wording("choice-person").said_in(lang),)
    citations = tuple(_pointer(f.passage, shelf) for f in nearest)
    return (say("ask-back", lang),), citations, (*(c.title for c in citations), wording("choice-person").said_in(lang))


def _pointer(passage: Passage, shelf: Shelf) -> Citation:
    article = shelf.article_of(passage)
    return Citation(
        article_id=article.id,
        version=article.version,
        lang=article.lang,
        title=article.title,
        section="",
        quote="",
        url=article.source_url,
        in_force_from=article.in_force.start,
    )
