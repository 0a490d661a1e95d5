"""Questions to an operator's own articles with known answers: those that they labelled, and those that the articles themselves label.

An article that notes how people ask for a sentence (`asks`) gives questions whose answer is known: that sentence. Asked with the note left out, they
are like a traveller's. Asked of a base without their article, they have no answer there. Both are automatic labels, and are told apart in the report:
authors write other questions than travellers, and now and then another article answers what was taken away.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

import numpy as np
from pydantic import BaseModel

from basics.clock import day_in
from basics.errors import BadRequest
from basics.words import Lang
from bot.confidence import FEATURES
from bot.mind import Mind
from bot.steps import Request, Thought
from bot.turn import think
from desk.conversation import joined
from evals.case import Case
from evals.fit_confidence import is_right
from evals.minds import progress
from evals.nobody import never_used
from evals.own_base import OwnBase, mind_of
from evals.run import after, caller_of
from knowledge.passage import Passage, Unit

Label = Literal["by hand", "noted question", "article taken away"]
FOLDS = 5
MOST = 300
"""Noted questions that are asked at most, drawn at random and always the same ones."""


class Answer(BaseModel, frozen=True):
    """A question asked: its signals (none where nothing was drafted), the confidence in use, whether the draft was right, and who says so."""

    id: str
    group: str
    lang: Lang
    label: Label
    features: dict[str, float]
    confidence: float
    right: bool


class Noted(NamedTuple):
    """A way of asking that an author noted, and the unit that it asks for."""

    question: str
    passage: Passage
    unit: Unit


async def answers_of(own: OwnBase, cases: Sequence[Case], now: datetime) -> list[Answer]:
    """Every answer: of the labelled cases as the base stands, of the noted questions without their note, and of both without their article."""
    noted = noted_in(own, now)
    ids = sorted({n.passage.article_id for n in noted} | {a for case in cases if case.answerable for a in case.articles})
    folds = [set(ids[at::FOLDS]) for at in range(FOLDS)]
    out: list[Answer] = []
    with progress("Asking") as told:
        many = len(cases) + 2 * len(noted) + sum(case.answerable for case in cases)
        with mind_of(own, now) as mind:
            _must_exist(mind, cases)
            for case in cases:
                out += await _labelled(mind, case, now)
                told(len(out), many)
        for fold in filter(None, folds):
            theirs = [n for n in noted if n.passage.article_id in fold]
            with mind_of(own, now, unnoted=fold) as mind:
                for n in theirs:
                    out += await _asked(mind, n, now)
                    told(len(out), many)
            if fold == {a.id for a, _ in own.pairs}:
                continue  # nothing would be left to ask
            with mind_of(own, now, without=fold) as mind:
                away: list[Noted | Case] = [*theirs, *(case for case in cases if case.answerable and set(case.articles) <= fold)]
                for question in away:
                    out += await _taken_away(mind, question, now)
                    told(len(out), many)
    return out


def noted_in(own: OwnBase, now: datetime) -> list[Noted]:
    """The noted questions for what anybody may read today, at most MOST."""
    newest: dict[tuple[str, Lang], int] = {}
    for article, _ in own.pairs:
        if article.audience == "public" and article.in_force.holds_on(day_in(now, own.settings.zone)):
            newest[article.id, article.lang] = max(article.version, newest.get((article.id, article.lang), 0))
    every = [
        Noted(question, p, unit)
        for article, ps in own.pairs
        if newest.get((article.id, article.lang)) == article.version
        for p in ps
        for unit in p.units
        for question in unit.asked
    ]
    drawn = np.random.default_rng(0).permutation(len(every))[:MOST]
    return [every[n] for n in sorted(drawn.tolist())]


async def _labelled(mind: Mind, case: Case, now: datetime) -> list[Answer]:
    thought = await _thought(mind, case, case.now or now)
    draft = thought.grounding.draft
    right = is_right(case, [c.article_id for c in draft.citations], joined(draft.sentences))
    return _answer(thought, case.id, case.articles[0] if case.articles else case.pair or case.id, case.lang, "by hand", right)


async def _asked(mind: Mind, noted: Noted, now: datetime) -> list[Answer]:
    """Right if the draft says the sentence, item or row that the question was noted at."""
    passage = noted.passage
    thought = await _thought(mind, _case(noted), now)
    said = [c for s in thought.grounding.draft.sentences for c in s.carried_by if c.passage_id == passage.id]
    right = any(c.start < end and start < c.end for c in said for start, end in noted.unit.spans)
    return _answer(thought, noted.question, passage.article_id, passage.lang, "noted question", right)


async def _taken_away(mind: Mind, question: Noted | Case, now: datetime) -> list[Answer]:
    case = question if isinstance(question, Case) else _case(question)
    thought = await _thought(mind, case, case.now or now)
    return _answer(thought, case.id, case.articles[0], case.lang, "article taken away", False)


def _case(noted: Noted) -> Case:
    p = noted.passage
    return Case(id=noted.question, lang=p.lang, question=noted.question, answerable=True, articles=(p.article_id,))


async def _thought(mind: Mind, case: Case, now: datetime) -> Thought:
    asked = Request(conversation_id="fit", caller=await caller_of(mind, case), lang=case.lang, text=case.question, now=now)
    return await think(mind, after(case, asked), never_used)


def _answer(thought: Thought, id: str, group: str, lang: Lang, label: Label, right: bool) -> list[Answer]:
    """None where no confidence of ours decides: small talk, a computed right, a curated answer."""
    features = thought.confidence.features
    drafted = set(FEATURES) <= set(features)
    if "curated" in features or (not drafted and (thought.understood.ask != "question" or features)):
        return []
    kept = {name: features[name] for name in FEATURES} if drafted else {}
    return [
        Answer(
            id=id,
            group=group,
            lang=lang,
            label=label,
            features=kept,
            confidence=thought.confidence.value if drafted else 0.0,
            right=right and drafted,
        )
    ]


def _must_exist(mind: Mind, cases: Sequence[Case]) -> None:
    """BadRequest names the first case whose article is not in the base: its label would be wrong."""
    there = {article.id for article in mind.shelf.articles.values()}
    for case in cases:
        if case.answerable and (missing := [name for name in case.articles if name not in there]):
            raise BadRequest(f"Case {case.id} is answered by {missing[0]!r}, which is not in the base. Nothing was fitted.")
