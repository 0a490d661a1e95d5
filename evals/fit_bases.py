"""The knowledge bases that search and confidence are fitted over: the airline's in four forms, public ones, and those of other trades."""

from collections.abc import Iterator, Sequence
from typing import Literal

from bot.mind import Mind
from evals.build import BUILDERS
from evals.builders import strange
from evals.case import DEVELOPMENT, Case, read_cases, sampled
from evals.labelled import over
from evals.minds import demo_mind
from evals.run import AS_OF
from knowledge.embedder import Embedder

Form = tuple[str, bool, Literal["en", "zh"] | None]
# With the ways of asking that authors noted and without; and where only one language has the article.
_FORMS: tuple[Form, ...] = (("airline", True, None), ("airline plain", False, None), ("airline en", False, "en"), ("airline zh", False, "zh"))
ONE_LANGUAGE = tuple(name for name, _, only in _FORMS if only)
_PUBLIC = ("places", "laws", "regulation")
_MOST = 200  # questions of one base: one with thousands would else be all that is learnt


def airline_bases(embedder: Embedder) -> Iterator[tuple[str, Mind, Sequence[Case]]]:
    """The airline's articles in each form, with development questions."""
    ours = [case for file in DEVELOPMENT for case in read_cases(file)]
    for name, noted, only in _FORMS:
        with demo_mind(AS_OF, embedder=embedder, noted=noted, only=only) as mind:
            yield name, mind, sampled(ours, _MOST * (2 if noted else 1))


def bases(embedder: Embedder, *more: str) -> Iterator[tuple[str, Mind, Sequence[Case]]]:
    """Each base with its development questions, one at a time; `more` are those that only some fit asks for."""
    yield from airline_bases(embedder)
    for name in (*_PUBLIC, *strange.DEV, *more):
        with over(BUILDERS[name](0), embedder) as (mind, cases):
            yield name, mind, sampled(cases, _MOST)
