"""The thread of a conversation: whether a question goes on with what was spoken of, and if so, what it asks by itself and where that points."""

from collections.abc import Mapping

import numpy as np

from bot.finder import Finder
from bot.follow_up import FOLLOWS_FROM, FollowUp, follow_up, leaning, likelihood
from bot.llm import LLM, Spent
from bot.outside import outside_kind
from bot.rewrite import rewritten
from bot.steps import Request, Understood
from bot.understand import completed, likely_search, said_before
from knowledge.embedder import Vectors
from knowledge.script import simplified
from knowledge.search import nearest_articles
from knowledge.shelf import Shelf
from knowledge.terms import terms_of

_FAR = 0.13  # cosine; hardly a message comes so much nearer to another article
_OWN = 0.15  # the share of the message's own vector in that of the question it completes


async def in_thread(understood: Understood, request: Request, shelf: Shelf, finder: Finder, model: LLM | None, spent: Spent) -> Understood:
    """The question completed from the conversation, with its vector, where it goes on with what was spoken of; unchanged where it stands alone.

    Whether it does is told by its own words and by the base: a message that comes much nearer to another article asks for something else.
    """
    leans = leaning(understood.question)
    if (
        understood.ask != "question"
        or understood.parts
        or (understood.typed or understood.question) != simplified(request.text)
        or outside_kind(understood.question) is not None  # the weather elsewhere goes on with nothing of ours
        or likelihood(leans, elsewhere=0.0) < FOLLOWS_FROM
    ):
        return understood  # at no cost: most questions stand alone by their own words, or were completed already
    before = said_before(request, shelf.slips)
    whole = follow_up(understood.question, before)
    if whole is None:
        return understood
    own = await finder.ahead.vector(likely_search(understood.question))
    said = before[-1] if before[-1].by == "us" else None
    if likelihood(leans, _FAR) < FOLLOWS_FROM:  # else its words leave no doubt
        spoken_of = said.articles if said and said.articles else await _spoken_of(whole, understood, shelf, finder)
        near = await _near(own, understood, shelf, finder)
        if likelihood(leans, _elsewhere(near, spoken_of)) < FOLLOWS_FROM:
            return understood.model_copy(update={"vector": own})
    meant = await rewritten(understood.question, before, model, spent) or whole.searched
    vector = _OWN * own + (1 - _OWN) * await finder.ahead.vector(meant)
    told = frozenset(terms_of(said.text)) if said else frozenset[str]()
    typed = follow_up(simplified(request.text), said_before(request))
    update = {"vector": (vector / np.linalg.norm(vector)).astype(np.float32), "said": told, "typed": typed.text if typed and typed != whole else ""}
    return completed(understood, whole.text).model_copy(update=update)


def _elsewhere(near: Mapping[str, float], spoken_of: frozenset[str]) -> float:
    """How much nearer (cosine, at least 0) a message comes to another article than to what was spoken of; what is not near at all is the furthest."""
    furthest = min(near.values(), default=0.0)
    return max(near.values(), default=0.0) - max((near.get(article, furthest) for article in spoken_of), default=furthest)


async def _spoken_of(whole: FollowUp, understood: Understood, shelf: Shelf, finder: Finder) -> frozenset[str]:
    """The article that was spoken of, where what we said does not name one: the nearest to the question and answer before."""
    near = await _near(await finder.ahead.vector(whole.spoken_of), understood, shelf, finder)
    return frozenset(sorted(near, key=lambda article: -near[article])[:1])


async def _near(vector: Vectors, understood: Understood, shelf: Shelf, finder: Finder) -> dict[str, float]:
    return await finder.look(lambda index: nearest_articles(shelf, index, vector, understood.lang))
