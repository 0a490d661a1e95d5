"""Fits the confidence model: `python -m evals.fit_confidence [--airline] [--write]`; prints figures of every base held out first.

The rows are the development questions of every base (evals/fit_bases.py) and questions of other trades; a draft is right if it cites a document that
answers and says what it must. Every base counts the same; the bases of other trades are asked once more with the documents taken out that answer
(evals/builders/strange.py), which counts a quarter.
"""

import argparse
import asyncio
import json
from collections.abc import Iterator, Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from bot.confidence import FEATURES, FILE
from bot.mind import Mind
from bot.settings import DEMO_CONFIDENCE
from bot.steps import Request, Thought
from bot.turn import think
from desk.conversation import joined
from evals.build import BUILDERS
from evals.builders import strange
from evals.case import DEVELOPMENT, Case, read_cases, sampled
from evals.fit_bases import bases
from evals.labelled import over
from evals.minds import demo_mind
from evals.nobody import never_used
from evals.remembered import Remembered
from evals.run import AS_OF, after, caller_of
from evals.said_otherwise import pairs_to_fit
from evals.scorers import cites
from evals.scorers import right as says_what_it_must
from knowledge.embedder_packaged import Packaged

L2 = 4.0
ALIKE = 0.5  # how much it counts that a draft is as likely right in one language as in the other
# Which way a signal may count. Who writes near misses tends to use the text's own words and who writes answerable questions avoids them, so that a
# list teaches the opposite of what holds among travellers; a signal that would count the wrong way is left out.
_MORE = ("meaning", "unit", "apart", "words", "asked_said", "policy_said", "odds", "wanted", "new_said", "asked", "meaning_other")
SIGNS = dict.fromkeys(_MORE, 1) | dict.fromkeys(("missing", "heaviest", "unknown", "strange", "names", "opposite", "outside"), -1)
# The policy's words (knowledge/synonyms.yaml) were gathered from the development questions: over other bases they tell as much as they seem to, of
# questions to the demo's articles that nobody wrote down yet far less.
GATHERED = ("policy_said",)
# What is known of a signal before any row: too few questions name the opposite of what a base says for their labels to teach it. Log odds per unit,
# held as firmly as some 80 such questions would.
PRIOR = {"opposite": (-1.0, 20.0)}
_TAKEN_OUT = 0.25  # how much a base counts whose answers were taken out
_OUTSIDE = 200  # questions of other trades
Rows = NDArray[np.float64]


class Row(BaseModel, frozen=True):
    """One question thought through: the signals, whether the draft was right, and whether anything in the base answers it."""

    base: str
    group: str
    lang: str
    features: tuple[float, ...]
    right: bool
    answerable: bool

    @property
    def family(self) -> str:
        """What is held out together: all forms of the airline's articles are one."""
        return self.base.split()[0]


def fit(rows: Rows, right: Rows, l2: float = L2, counts: Rows | None = None, apart: Rows | None = None) -> tuple[Rows, float]:
    """Logistic regression on standardised features by Newton's method; the weights and intercept are for the features as they are.

    `apart`: by how much the features of the same question in two languages differ, a row a pair; what that moves the log odds is a loss, squared.
    """
    weight = np.ones(len(rows)) if counts is None else counts
    mean, spread = rows.mean(0), rows.std(0) + 1e-9
    z = np.column_stack([(rows - mean) / spread, np.ones(len(rows))])
    ridge = np.eye(z.shape[1]) * l2
    ridge[-1, -1] = 0.0
    known = np.zeros(z.shape[1])
    for name, (weight_known, firm) in PRIOR.items() if rows.shape[1] == len(FEATURES) else ():
        at = FEATURES.index(name)
        if rows[:, at].any():  # a signal that is left out stays out
            ridge[at, at], known[at] = firm / spread[at] ** 2, weight_known * spread[at]
    if apart is not None:
        between = apart / spread
        ridge[:-1, :-1] += ALIKE * between.T @ between
    w = np.zeros(z.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(z @ w, -30, 30)))
        w -= np.linalg.solve((z * (weight * p * (1 - p))[:, None]).T @ z + ridge, z.T @ (weight * (p - right)) + ridge @ (w - known))
    weights = w[:-1] / spread
    return weights, float(w[-1] - weights @ mean)


def fit_signed(rows: Rows, right: Rows, counts: Rows, apart: Rows | None = None, without: Sequence[str] = ()) -> tuple[Rows, float]:
    """`fit`, with the signals `without` and every one that counts the wrong way left out, the worst first."""
    held = np.array([name not in without for name in FEATURES])
    signs = np.array([SIGNS.get(name, 0) for name in FEATURES])
    while True:
        weights, intercept = fit(rows * held, right, counts=counts, apart=None if apart is None else apart * held)
        wrong = np.where(weights * signs < -1e-9, np.abs(weights) * rows.std(0), 0.0)
        if not wrong.any():
            return weights * held, intercept
        held[int(wrong.argmax())] = False


def auroc(scores: Rows, right: Rows) -> float:
    """The chance that a right draft scores above a wrong one."""
    good, bad = scores[right == 1], scores[right == 0]
    return float((good[:, None] > bad[None]).mean() + 0.5 * (good[:, None] == bad[None]).mean()) if len(good) and len(bad) else float("nan")


def is_right(case: Case, articles: Sequence[str], draft: str) -> bool:
    """No draft is right for what cannot be answered."""
    return case.answerable and cites(case, articles).ok and says_what_it_must(case, draft).ok


async def thought_of(mind: Mind, case: Case, now: datetime = AS_OF) -> Thought | None:
    """The question thought through; None where no draft was made, or code decides."""
    request = after(case, Request(conversation_id="fit", caller=await caller_of(mind, case), lang=case.lang, text=case.question, now=now))
    thought = await think(mind, request, never_used)
    return thought if set(FEATURES) <= set(thought.confidence.features) else None


def row_of(mind: Mind, base: str, case: Case, thought: Thought) -> Row:
    """The row to fit on."""
    draft = thought.grounding.draft
    return Row(
        base=base,
        group=case.pair or case.id,
        lang=case.lang,
        features=tuple(thought.confidence.features[name] for name in FEATURES),
        right=is_right(case, [c.article_id for c in draft.citations], joined(draft.sentences)),
        answerable=case.answerable and _there(mind, case),
    )


async def rows_of(mind: Mind, base: str, cases: Sequence[Case]) -> list[Row]:
    """The questions for which a draft was made; what code decides is left out."""
    thoughts = [(case, await thought_of(mind, case)) for case in cases]
    return [row_of(mind, base, case, thought) for case, thought in thoughts if thought is not None]


def _there(mind: Mind, case: Case) -> bool:
    """True if a document that answers is in the base."""
    return any(article.id in case.articles for article in mind.shelf.articles.values())


def gathered() -> Iterator[Row]:
    """Every row, base by base."""
    embedder = Remembered(Packaged())
    for name, mind, cases in bases(embedder):
        yield from asyncio.run(rows_of(mind, name, cases))
        embedder.keep()
    for name in strange.DEV:
        for part in range(strange.PARTS):
            with over(strange.taken_out(name, part), embedder) as (mind, cases):
                yield from asyncio.run(rows_of(mind, f"{name} less", cases))
    with demo_mind(AS_OF, embedder=embedder) as mind:
        yield from asyncio.run(rows_of(mind, "airline outside", sampled(BUILDERS["outside"](0).cases, _OUTSIDE)))


def matrix(rows: Sequence[Row]) -> tuple[Rows, Rows, Rows]:
    """Features, labels, and how much each row counts: every base the same, one whose answers were taken out a quarter of it; the mean is 1."""
    many = {base: sum(r.base == base for r in rows) for base in {r.base for r in rows}}
    counts = np.array([(_TAKEN_OUT if r.base.endswith(" less") else 1.0) / many[r.base] for r in rows])
    counts *= len(rows) / counts.sum()
    return np.array([r.features for r in rows]), np.array([r.right for r in rows], dtype=np.float64), counts


def held_out(rows: Sequence[Row]) -> Rows:
    """Each row's probability from a model that saw no row of its family; for the airline one that saw no question of its group."""
    x, y, counts = matrix(rows)
    out = np.zeros(len(rows))
    family = np.array([r.family for r in rows])
    for name in np.unique(family):
        weights, intercept = fit_signed(x[family != name], y[family != name], counts[family != name])
        out[family == name] = 1 / (1 + np.exp(-(x[family == name] @ weights + intercept)))
    return out


def refused(scores: Rows, answerable: NDArray[np.bool_], answered: float = 0.9) -> float:
    """The share of the unanswerable questions refused where this share of the answerable ones is answered."""
    bar = np.quantile(scores[answerable], 1 - answered) if answerable.any() else np.nan
    return float((scores[~answerable] < bar).mean()) if (~answerable).any() else float("nan")


def report(rows: Sequence[Row], scores: Rows) -> None:
    """A line a base."""
    base = np.array([r.base for r in rows])
    right, answerable = np.array([float(r.right) for r in rows]), np.array([r.answerable for r in rows])
    for name in dict.fromkeys(base.tolist()):
        at = base == name
        told = f"{name:18} {at.sum():4} questions, {int(right[at].sum())} right drafts: AUROC right {auroc(scores[at], right[at]):.3f}, "
        told += f"answerable {auroc(scores[at], answerable[at].astype(float)):.3f}; refused of the unanswerable at 90 % answered "
        told += f"{refused(scores[at], answerable[at]):.2f}; mean confidence {scores[at].mean():.2f}, right {right[at].mean():.2f}"
        print(told, flush=True)


def folds(rows: Sequence[Row], apart: Rows | None = None, many: int = 5) -> Rows:
    """Each row's probability from models that saw no question of its group: as the figures of one base are read."""
    x, y, counts = matrix(rows)
    groups = np.array([r.group for r in rows])
    order = np.random.default_rng(0).permutation(np.unique(groups))
    out = np.zeros(len(rows))
    for fold in range(many):
        at = np.isin(groups, order[fold::many])
        weights, intercept = fit_signed(x[~at], y[~at], counts[~at], apart, GATHERED)
        out[at] = 1 / (1 + np.exp(-(x[at] @ weights + intercept)))
    return out


async def apart_in(mind: Mind) -> Rows:
    """Of each question that is there in two languages by how much its features differ, where both lead to the same article."""
    out = []
    for pair in pairs_to_fit():
        one, other = [await thought_of(mind, case) for case in pair]
        if one is not None and other is not None and _first(one) == _first(other):
            out.append([one.confidence.features[name] - other.confidence.features[name] for name in FEATURES])
    return np.array(out)


def _first(thought: Thought) -> str | None:
    return next((c.article_id for c in thought.grounding.draft.citations), None)


def airline_rows() -> tuple[list[Row], Rows]:
    """All development questions to the demo's articles as they are shipped, and questions of other trades; and the pairs' differences."""
    embedder = Remembered(Packaged())
    with demo_mind(AS_OF, embedder=embedder) as mind:
        rows = [row for file in DEVELOPMENT for row in asyncio.run(rows_of(mind, "airline noted", read_cases(file)))]
        rows += asyncio.run(rows_of(mind, "airline outside", sampled(BUILDERS["outside"](0).cases, _OUTSIDE)))
        apart = asyncio.run(apart_in(mind))
        embedder.keep()
    return rows, apart


def main() -> None:
    """Fit, print, and with --write replace bot/confidence.json; with --airline that of the demo's own articles."""
    options = argparse.ArgumentParser(prog="python -m evals.fit_confidence", description=__doc__)
    options.add_argument("--write", action="store_true", help="replace the file")
    options.add_argument("--airline", action="store_true", help="the demo's articles alone, for knowledge/articles/confidence.json")
    asked = options.parse_args()
    rows, apart = airline_rows() if asked.airline else (list(gathered()), None)
    report(rows, held_out(rows) if apart is None else folds(rows, apart))
    x, y, counts = matrix(rows)
    weights, intercept = fit_signed(x, y, counts, apart, GATHERED if asked.airline else ())
    where = "the demo's articles" if asked.airline else f"{len({r.base for r in rows})} bases (evals/fit_bases.py), every base counting the same"
    model = {
        "fitted_on": f"{len(rows)} questions over {where}, L2 {L2}",
        "intercept": round(intercept, 4),
        "weights": {name: round(float(w), 4) for name, w in zip(FEATURES, weights, strict=True)},
    }
    print(json.dumps(model, indent=1))
    if asked.write:
        (DEMO_CONFIDENCE if asked.airline else FILE).write_text(json.dumps(model, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
