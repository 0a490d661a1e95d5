"""What a raised threshold buys where much is at stake: `python -m evals.stakes`; right and wrong answers sent, by kind and by how much it is raised.

Development questions only. The confidence of each is from a model that never saw it: of the airline's from folds of its own questions, of every
other base from a fit to the others.
"""

import asyncio
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from bot.mind import Mind
from bot.settings import Settings
from bot.stakes import stakes_of
from evals.case import DEVELOPMENT, Case, read_cases
from evals.fit_bases import bases
from evals.fit_confidence import Row, Rows, folds, held_out, row_of, thought_of
from evals.minds import demo_mind
from evals.remembered import Remembered
from evals.run import AS_OF
from knowledge.article import STAKES, Stake
from knowledge.embedder import Embedder
from knowledge.embedder_packaged import Packaged

RAISES = (0.03, 0.05, 0.1, 0.15)
Staked = tuple[Row, frozenset[Stake]]


async def _staked(mind: Mind, base: str, cases: Sequence[Case]) -> list[Staked]:
    thoughts = [(case, await thought_of(mind, case)) for case in cases]
    return [(row_of(mind, base, case, t), stakes_of(t.understood, t.grounding.draft, mind.shelf)) for case, t in thoughts if t is not None]


def airline(embedder: Embedder) -> Iterator[Staked]:
    """The development questions to the demo's articles, with the ways of asking noted and without."""
    for noted in (True, False):
        with demo_mind(AS_OF, embedder=embedder, noted=noted) as mind:
            for file in DEVELOPMENT:
                yield from asyncio.run(_staked(mind, f"airline {'noted' if noted else 'plain'}", read_cases(file)))


def others(embedder: Embedder) -> Iterator[Staked]:
    """The development questions of every base, the airline's among them, for those are learnt from."""
    for name, mind, cases in bases(embedder):
        yield from asyncio.run(_staked(mind, name, cases))


def table(title: str, staked: Iterable[tuple[Staked, float]], answer_at: float) -> Table:
    """A line a kind: what is sent at the threshold, and at each raised one; a `right` that is lost is handed over or asked back."""
    pairs = list(staked)
    right, sure = np.array([row.right for (row, _), _ in pairs]), np.array([value for _, value in pairs])
    out = Table("at stake", "questions", f"sent at {answer_at}: right + wrong", *(f"+{more}" for more in RAISES), title=title)
    kinds: dict[str, NDArray[np.bool_]] = {kind: np.array([kind in stakes for (_, stakes), _ in pairs]) for kind in STAKES}
    kinds |= {"any": np.array([bool(stakes) for (_, stakes), _ in pairs]), "nothing": np.array([not stakes for (_, stakes), _ in pairs])}
    for kind, at in kinds.items():
        out.add_row(kind, str(int(at.sum())), *(_sent(right[at], sure[at], answer_at + more) for more in (0.0, *RAISES)))
    return out


def _sent(right: NDArray[np.bool_], sure: Rows, bar: float) -> str:
    sent = sure >= bar
    wrong = int((sent & ~right).sum())
    return f"{int((sent & right).sum())} + {wrong} ({wrong / max(1, int(sent.sum())):.1%})"


def main() -> None:
    """Ask, and print a table for the airline's articles and one for all other bases."""
    console, embedder, answer_at = Console(width=160), Remembered(Packaged()), Settings().answer_at
    ours = list(airline(embedder))
    console.print(table("the airline's articles, out of fold", zip(ours, folds([row for row, _ in ours]), strict=True), answer_at))
    every = list(others(embedder))
    fair = held_out([row for row, _ in every])
    foreign = [(one, value) for one, value in zip(every, fair, strict=True) if one[0].family != "airline"]
    console.print(table("other bases, each held out", foreign, answer_at))
    embedder.keep()


if __name__ == "__main__":
    main()
