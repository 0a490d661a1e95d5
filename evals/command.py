"""`concierge eval`: every case asked, scored and reported, beside BM25 alone and the embedder alone."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from basics.clock import iso, system_clock
from basics.errors import BadRequest
from bot.llm import GuardedLLM
from bot.mind import Mind
from customers.source_demo import DemoSource
from evals.baselines import NAMES, Baseline, ask_baseline
from evals.case import CASES, Case, read_cases
from evals.minds import demo_mind, progress
from evals.report import about, baseline_rows, count_cells, write_report
from evals.run import AS_OF, Outcome, ask_all
from evals.totals import Report, counts_of, machine, model_counts_of
from evals.words import closing, model_named

FIRST = CASES / "first.jsonl"


def run_cases(cases: Path | None, out: Path, as_json: bool, model: str = "quote", sample: int = 0) -> None:
    """Ask the cases of a file (the house's own by default), print the counts and write the report into `out`."""
    file = cases or FIRST
    asked = sampled(read_cases(file, [p.id for p in DemoSource().personas()]), sample)
    llm = model_named(model)
    with demo_mind(AS_OF) as mind:
        report = asyncio.run(measure(asked, mind, f"{file.name}{f', {len(asked)} drawn' if sample else ''}", llm))
    files = write_report(report, out)
    if as_json:
        print(report.model_dump_json(indent=1, exclude={"outcomes", "baselines"}))
        return
    _show(report, files)


def sampled(cases: Sequence[Case], most: int) -> tuple[Case, ...]:
    """At most so many cases (0: all), drawn at random and always the same ones, in their order."""
    if most < 0:
        raise BadRequest("--sample is a number of questions, 0 for all. Nothing was asked.")
    if not 0 < most < len(cases):
        return tuple(cases)
    return tuple(cases[n] for n in sorted(np.random.default_rng(0).permutation(len(cases))[:most]))


async def measure(cases: Sequence[Case], mind: Mind, name: str, model: GuardedLLM | None = None) -> Report:
    """Ask every case of this mind, with its model if it has one, and the answerable ones of each baseline."""
    since = time.perf_counter()
    outcomes: list[Outcome] = []
    baselines: list[Baseline] = []
    with progress("Asking") as told:
        async with closing(model):
            async for asked in ask_all(cases, mind, model):
                outcomes.append(asked.outcome)
                if asked.outcome.case.answerable:
                    baselines += [ask_baseline(n, asked.outcome.case, mind, asked.reader) for n in NAMES]
                told(len(outcomes), len(cases))
    return Report(
        cases=name,
        as_of=iso(AS_OF),
        made_at=iso(system_clock()),
        embedder=mind.embedder.fingerprint,
        answer_at=mind.settings.answer_at,
        machine=machine(),
        seconds=round(time.perf_counter() - since, 1),
        turn_ms_p50=round(float(np.percentile([o.ms for o in outcomes], 50)), 1),
        turn_ms_p95=round(float(np.percentile([o.ms for o in outcomes], 95)), 1),
        model=model_counts_of(outcomes, model.name, model.breaker.ever) if model else None,
        counts=counts_of(outcomes, baselines),
        outcomes=tuple(outcomes),
        baselines=tuple(baselines),
    )


def _show(report: Report, files: Sequence[Path]) -> None:
    console = Console()
    table = Table("", "article cited", "right draft", "answered", "right answer sent", "unanswerable answered", "near misses answered")
    for line in report.counts:
        table.add_row(*count_cells(line))
    plain = Table("plain search", "article first", "article in 3", "right in 1 unit", "right in 3 units")
    for row in baseline_rows(report):
        plain.add_row(*row)
    console.print(table, plain)
    console.print(about(report), highlight=False)
    console.print("Report: " + ", ".join(map(str, files)), highlight=False)
