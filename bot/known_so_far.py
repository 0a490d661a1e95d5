"""What we do know where a question goes to a person: one sentence from the nearest article, or its name as a link, or nothing. Pure."""

from bot.compose import said_alone, say
from bot.steps import Confidence, Grounding, Request, Understood
from desk.conversation import Citation, Sentence

QUOTE_AT = 0.5  # of being right, as calibrated: as likely the answer as not, so worth reading while one waits
NAME_AT = 0.25  # below that the article is as a rule about something else, and would only annoy
_LONGEST = 260  # characters of the sentence: a person is about to answer, nobody wants a page


def known_so_far(
    request: Request, understood: Understood, grounding: Grounding, confidence: Confidence
) -> tuple[tuple[Sentence, ...], tuple[Citation, ...]]:
    """The sentences to add to a hand-off, and their source. Nothing for somebody upset, nor an article that we offered just before."""
    draft, last = grounding.draft, request.last_reply
    if confidence.value < NAME_AT or not draft.citations or understood.mood == "upset":
        return (), ()
    nearest = next((s for s in draft.sentences if any(c.passage_id for c in s.carried_by) and s.citations), None)
    if nearest is None:
        return (), ()
    source = draft.citations[nearest.citations[0] - 1]
    if confidence.value >= QUOTE_AT and nearest.lang == understood.lang and said_alone(nearest) and len(nearest.text) <= _LONGEST:
        quote = nearest.model_copy(update={"citations": (1,), "starts_line": False})
        opens = say("known-quote", understood.lang, True, title=source.title)
        return (opens, quote), (source.model_copy(update={"quote": nearest.text}),)
    if last is not None and any(c.article_id == source.article_id for c in last.citations):
        return (), ()
    return (say("known-article", understood.lang, True, title=source.title),), (source.model_copy(update={"quote": "", "section": ""}),)
