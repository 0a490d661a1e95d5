"""The public sets: the same figures for questions made out of public data, most of them about knowledge bases that are not ours."""

from collections.abc import Sequence

from bot.llm import GuardedLLM
from bot.mind import Mind
from evals.build import BUILDERS
from evals.case import Case, sampled
from evals.effort import see_through
from evals.labelled import over
from evals.minds import progress
from evals.run import ask_all
from evals.totals import Set, figures_of

FOREIGN = ("places", "laws", "regulation")  # asked of their own documents
OURS = ("outside",)  # asked of the house's articles, which answer none of it


async def ask_public(mind: Mind, sample: int = 0, model: GuardedLLM | None = None) -> tuple[Set, ...]:
    """Each set, at most `sample` questions of it (0: all), read with the embedder of this mind."""
    made = [await _asked(name, mind, BUILDERS[name](0).cases, sample, model) for name in OURS]
    for name in FOREIGN:
        with over(BUILDERS[name](0), mind.embedder) as (other, cases):
            made.append(await _asked(name, other, cases, sample, model))
    return tuple(made)


async def _asked(name: str, mind: Mind, cases: Sequence[Case], sample: int, model: GuardedLLM | None) -> Set:
    drawn, outcomes, efforts = sampled(cases, sample), [], []
    with progress(f"Asking {name}") as told:
        async for asked in ask_all(drawn, mind, model):
            outcomes.append(asked.outcome)
            efforts.append(await see_through(asked, model))
            told(len(outcomes), len(drawn))
    return Set(name=name, questions=len(outcomes), figures=figures_of(outcomes, efforts=efforts))
