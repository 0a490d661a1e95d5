"""Labelled answers: questions whose right answer is known, thought through, and whether the draft was right; beside what plain searches would say."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel

from basics.words import Lang
from bot.confidence import FEATURES
from bot.llm import GuardedLLM
from bot.mind import Mind
from bot.settings import Settings
from bot.steps import Request
from bot.turn import think
from bot.verdict import is_unsure
from desk.conversation import joined
from evals.baselines import Baseline, ask_baseline
from evals.build import BUILDERS
from evals.builders.built import Built, write
from evals.case import DEVELOPMENT, Case, read_cases, sampled
from evals.docs import ShortReader, read_docs
from evals.lines import read_lines
from evals.minds import demo_mind, mind_over, progress
from evals.nobody import Nobody, NoBookings, never_used
from evals.remembered import Remembered
from evals.run import AS_OF, caller_of
from evals.scorers import cites, right
from evals.words import closing
from knowledge.embedder import Embedder
from knowledge.embedder_packaged import Packaged

AIRLINE = "airline"
_OURS = ("dev", "outside")  # sets that are asked of the airline's own articles
PUBLIC = ("places", "laws", "regulation")  # sets whose articles are removed at random, by the seed


class Labelled(BaseModel, frozen=True):
    """A question asked of a knowledge base: whether the draft was right, and how sure everybody was.

    `base` is the knowledge base, `set_name` the questions' set, `group` what belongs together in it (one document, one case). `features` are
    empty where nothing was drafted; such an answer is never sent. `judged` is the confidence with a model's verdict, where one was asked for.
    """

    set_name: str
    base: str
    id: str
    question: str
    draft: str
    group: str
    lang: Lang
    answerable: bool
    near_miss: bool
    right: bool
    confidence: float
    features: Mapping[str, float]
    judged: float
    words: Baseline
    meaning: Baseline


class Gathered(BaseModel, frozen=True):
    """All labelled answers, and how many questions were left out because no confidence decides them (small talk, rights computed by code)."""

    rows: tuple[Labelled, ...]
    left_out: int


def read_kept(file: Path) -> Gathered:
    """What an earlier run kept; the questions it left out are not in it."""
    return Gathered(rows=tuple(row for _, row in read_lines(file, Labelled)), left_out=0)


def keep(rows: Sequence[Labelled], file: Path) -> None:
    """One line an answer, so that another guarantee can be looked for without asking again."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(row.model_dump_json() + "\n" for row in rows), encoding="utf-8")


async def gather(sets: Sequence[str], sample: int, seed: int, model: GuardedLLM | None, times: int = 1) -> Gathered:
    """Build each set, ask it of its own base, and label every draft; at most `sample` questions a set (0: all).

    Public data are built `times` times, each time with other articles removed; a question counts once with its answer there and once without.
    """
    rows: list[Labelled] = []
    asked = 0
    embedder = Remembered(Packaged())
    async with closing(model):
        for name in sets:
            known: set[tuple[str, bool]] = set()
            for time in range(times if name in PUBLIC else 1):
                with _opened(name, seed + time, embedder) as (mind, cases):
                    drawn = sampled([case for case in cases if (case.id, case.answerable) not in known], sample)
                    known |= {(case.id, case.answerable) for case in drawn}
                    rows += await _labelled(mind, name, drawn, model)
                    asked += len(drawn)
                embedder.keep()
    return Gathered(rows=tuple(rows), left_out=asked - len(rows))


@contextmanager
def _opened(name: str, seed: int, embedder: Embedder) -> Iterator[tuple[Mind, tuple[Case, ...]]]:
    """The Mind over a set's documents, and its questions with the articles named as that Mind names them."""
    if name in _OURS:
        cases = tuple(case for file in DEVELOPMENT for case in read_cases(file)) if name == "dev" else BUILDERS[name](seed).cases
        with demo_mind(AS_OF, embedder=embedder) as mind:
            yield mind, cases
        return
    with over(BUILDERS[name](seed), embedder) as opened:
        yield opened


@contextmanager
def over(built: Built, embedder: Embedder | None = None) -> Iterator[tuple[Mind, tuple[Case, ...]]]:
    """The Mind over a built set's documents, nobody known to it; the articles of its questions named as there."""
    with tempfile.TemporaryDirectory(prefix="concierge-built-") as folder:
        read = read_docs(write(built, Path(folder))[0])
    named = {str(given): name for name, given in read.given.items()}
    with mind_over(read.articles, Nobody(), NoBookings(), ShortReader(embedder or Packaged()), Settings()) as mind:
        yield mind, tuple(case.model_copy(update={"articles": tuple(named[one] for one in case.articles)}) for case in built.cases)


async def _labelled(mind: Mind, name: str, cases: Sequence[Case], model: GuardedLLM | None) -> list[Labelled]:
    out: list[Labelled] = []
    with progress(f"Asking {name}") as told:
        for n, case in enumerate(cases, start=1):
            row = await label(mind, name, case, model)
            out += [row] if row else []
            told(n, len(cases))
    return out


async def label(mind: Mind, name: str, case: Case, model: GuardedLLM | None = None) -> Labelled | None:
    """One question asked, its draft labelled: right if it cites an article that answers and says what it must. None where no confidence decides."""
    request = Request(conversation_id="label", caller=await caller_of(mind, case), lang=case.lang, text=case.question, now=AS_OF)
    thought = await think(mind, request, never_used)
    features = thought.confidence.features
    drafted = set(FEATURES) <= set(features)
    if not drafted and (thought.understood.ask != "question" or features):
        return None
    judged = thought
    if model is not None and is_unsure(thought.confidence, mind.settings):
        judged = await think(mind, request, never_used, model)
    draft = thought.grounding.draft
    evidence = thought.evidence if thought.evidence.reader else await mind.holdings(request, never_used)
    if evidence.reader is None:
        return None
    ours = name in _OURS
    return Labelled(
        set_name=name,
        base=AIRLINE if ours else name,
        id=case.id,
        question=case.question,
        draft=joined(draft.sentences),
        group=case.id if ours or not case.articles else f"{name}/{case.articles[0]}",
        lang=case.lang,
        answerable=case.answerable,
        near_miss=case.near_miss,
        right=case.answerable and cites(case, [c.article_id for c in draft.citations]).ok and right(case, joined(draft.sentences)).ok,
        confidence=thought.confidence.value if drafted else 0.0,
        features=features if drafted else {},
        judged=judged.confidence.value if drafted else 0.0,
        words=ask_baseline("BM25", case, mind, evidence.reader),
        meaning=ask_baseline("embedder", case, mind, evidence.reader),
    )
