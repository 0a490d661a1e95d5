"""`concierge eval`: every case asked, scored and reported, beside what plain searches, a plain chain and the usual bot would have said."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from basics.clock import iso, system_clock
from basics.errors import BadRequest
from bot.llm import GuardedLLM
from bot.mind import Mind
from customers.source_demo import DemoSource
from evals.baseline_threshold import threshold_said
from evals.baselines import NAMES, baseline_of, found_by
from evals.bots import THRESHOLD, Said, house_said, matched, plain_said
from evals.case import CASES, Case, read_cases, read_suite, sampled
from evals.effort import Effort, one_turn, see_through
from evals.minds import demo_mind, progress
from evals.pairs import pair_counts_of
from evals.public import ask_public
from evals.report import about, write_report
from evals.run import AS_OF, Asked, Outcome, ask_all
from evals.tables import SHORTLY, about_pairs, in_words, short, tables_of
from evals.totals import Report, Set, curves_of, figures_of, machine, model_counts_of
from evals.words import closing, model_named

FIRST = CASES / "first.jsonl"
PIECES = "chain_pieces.npz"  # beside the report, so that the chain's pieces are embedded once


def run_cases(
    cases: Path | None,
    out: Path,
    as_json: bool,
    model: str = "quote",
    sample: int = 0,
    suite: str | None = None,
    chain: bool = True,
    public: bool = False,
) -> None:
    """Ask the cases of a file (the house's own by default) or of a suite, print the counts and write the report into `out`."""
    if cases and suite is not None:
        raise BadRequest("A file of cases and --suite exclude each other: name one of them. Nothing was asked.")
    personas, file = [p.id for p in DemoSource().personas()], cases or FIRST
    known = read_cases(file, personas) if suite is None else read_suite(suite, personas)
    asked, name = sampled(known, sample), file.name if suite is None else f"suite {suite}"
    llm = model_named(model)
    with demo_mind(AS_OF) as mind:
        pieces = out / PIECES if chain else None
        report = asyncio.run(measure(asked, mind, f"{name}{f', {len(asked)} drawn' if sample else ''}", llm, pieces, sample if public else None))
    files = write_report(report, out)
    if as_json:
        print(report.model_dump_json(indent=1, exclude={"outcomes", "curves"}))
        return
    _show(report, files)


async def measure(
    cases: Sequence[Case],
    mind: Mind,
    name: str,
    model: GuardedLLM | None = None,
    pieces: Path | None = None,
    public: int | None = None,
) -> Report:
    """Ask every case of this mind, with its model if it has one, and of each baseline; the asker who is asked back goes on until the end.

    With `pieces` (where the vectors of its pieces are kept) also of the plain chain, with `public` so many questions (0: all) of each public set.
    """
    since = time.perf_counter()
    outcomes: list[Outcome] = []
    beside: list[Said] = []
    efforts: list[Effort] = []
    sets: tuple[Set, ...] = ()
    async with closing(model):
        with progress("Asking") as told:
            async for asked in ask_all(cases, mind, model):
                outcomes.append(asked.outcome)
                beside += plain_ways(asked)
                efforts.append(await see_through(asked, model))
                told(len(outcomes), len(cases))
        efforts += [one_turn(one) for one in (*_fixed(beside), *matched(_fixed(beside), [house_said(o) for o in outcomes]))]
        if pieces:
            beside += await _chained(cases, mind, pieces, model)
        if public is not None:
            sets = await ask_public(mind, public, model)
    return Report(
        cases=name,
        as_of=iso(AS_OF),
        made_at=iso(system_clock()),
        embedder=mind.embedder.fingerprint,
        answer_at=mind.settings.answer_at,
        machine=machine(),
        seconds=round(time.perf_counter() - since, 1),
        model=model_counts_of(outcomes, model.name, model.breaker.ever) if model else None,
        figures=figures_of(outcomes, beside, efforts),
        curves=curves_of(outcomes, beside),
        pairs=pair_counts_of(outcomes),
        outcomes=tuple(outcomes),
        public=sets,
    )


def plain_ways(asked: Asked) -> tuple[Said, ...]:
    """What BM25 alone, the embedder alone and the usual bot make of the same question, among what the same asker may read."""
    case, mind = asked.outcome.case, asked.mind
    words, near = (found_by(name, case, mind, asked.reader) for name in NAMES)
    return (
        plain_said(case, baseline_of("BM25", case, mind, words), max((f.bm25 for f in words), default=0.0)),
        plain_said(case, baseline_of("embedder", case, mind, near)),
        threshold_said(case, near),
    )


def _fixed(beside: Sequence[Said]) -> list[Said]:
    return [one for one in beside if one.who == THRESHOLD]


async def _chained(cases: Sequence[Case], mind: Mind, pieces: Path, model: GuardedLLM | None) -> list[Said]:
    from evals.baseline_chain import Chain  # seconds to import

    out: list[Said] = []
    with progress("Embedding the chain's pieces") as told:
        chain = Chain(list(mind.shelf.articles.values()), mind.embedder, pieces, told)
    with progress("Asking the chain") as told:
        for case in cases:
            out.append(await chain.said(case, model))
            told(len(out), len(cases))
    return out


def _show(report: Report, files: Sequence[Path]) -> None:
    console = Console()
    for table in tables_of(report, short):
        if table.title in SHORTLY:
            shown = Table(*table.head, title=table.title, title_justify="left")
            for row in table.rows:
                shown.add_row(*row)
            console.print(shown)
    if report.pairs:
        console.print(about_pairs(report.pairs), highlight=False)
    for line in in_words(report):
        console.print(line, highlight=False)
    console.print(about(report), highlight=False)
    console.print("Report: " + ", ".join(map(str, files)), highlight=False)
