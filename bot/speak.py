"""After the decision: the words of each kind of reply. Whatever has no source is an approved wording."""

from basics.words import Lang
from bot.compose import say
from bot.steps import Decision, Evidence, Grounding, Request, Understood
from desk.conversation import Citation, Sentence
from knowledge.search import Found
from knowledge.shelf import Shelf
from knowledge.wording import wording

MOST_CHOICES = 3
_TALK = {
    "greeting": "hello-again", "thanks": "thanks", "goodbye": "goodbye", "who": "who-am-i", "what": "what-can-you-do", "nothing": "empty-question"
}  # fmt: skip


def speak(
    request: Request, understood: Understood, evidence: Evidence, grounding: Grounding, decision: Decision, shelf: Shelf
) -> tuple[tuple[Sentence, ...], tuple[Citation, ...], tuple[str, ...]]:
    """Sentences, citations and choices of the reply. A hand-off's words come with its ticket, where number and time are known."""
    lang = understood.lang
    match decision.kind:
        case "clarify":
            return _ask_back(evidence.found, lang, shelf)
        case "abstain":
            return (say("outside", lang),), (), ()
        case "handoff":
            return (), (), ()
        case "proposal":
            return (*grounding.draft.sentences, say("change-choose", lang, starts_line=True)), grounding.draft.citations, ()
        case "answer" if understood.ask in ("yes", "no"):
            if request.open_proposal is not None:
                return (say("proposal-again", lang),), (), ()
            return (say("proposal-none" if understood.ask == "yes" else "ok", lang),), (), ()
        case "answer" if understood.ask in _TALK:
            return (say(_TALK[understood.ask], lang),), (), ()
        case _:
            return grounding.draft.sentences, grounding.draft.citations, ()


def _ask_back(found: tuple[Found, ...], lang: Lang, shelf: Shelf) -> tuple[tuple[Sentence, ...], tuple[Citation, ...], tuple[str, ...]]:
    """One question with two or three choices: the articles that came nearest, or a person."""
    nearest: list[Found] = []
    for f in found:
        if len(nearest) < MOST_CHOICES - 1 and f.passage.article_id not in {n.passage.article_id for n in nearest}:
            nearest.append(f)
    if not nearest:
        return (say("ask-back-open", lang),), (), (wording("choice-person").said_in(lang),)
    citations = tuple(_pointer(f, shelf) for f in nearest)
    return (say("ask-back", lang),), citations, (*(c.title for c in citations), wording("choice-person").said_in(lang))


def _pointer(found: Found, shelf: Shelf) -> Citation:
    article = shelf.article_of(found.passage)
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
