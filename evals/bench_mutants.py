"""`concierge bench claims`, second part: falsehoods refused and true sentences passed, by kind, language and base, with intervals."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from basics.clock import iso, system_clock
from basics.errors import BadRequest
from basics.words import LANGS, Lang
from evals.mutants.facts import BASES, Half
from evals.mutate import KINDS, TRUE_KINDS, Trial, drawn
from evals.risk import interval
from knowledge.claims import Source, carried

HALVES: tuple[Half, ...] = ("tuned", "untouched")
_SHOWN = 10


class Judged(BaseModel, frozen=True):
    """A trial and what the checker said of it."""

    trial: Trial
    passed: bool
    problems: tuple[str, ...] = ()

    @property
    def right(self) -> bool:
        """A falsehood refused, or a true sentence passed."""
        return self.passed != self.trial.is_false


class Rate(BaseModel, frozen=True):
    """`right` of `of`, and the 95 % interval of that share: a bootstrap over documents; where nothing went wrong, down to 1 - 3/n."""

    half: Half
    lang: Lang
    kind: str
    base: str
    right: int
    of: int
    low: float
    high: float


class MutantsResult(BaseModel, frozen=True):
    """Every rate, and every trial that was judged wrongly."""

    made_at: str
    seed: int
    rates: tuple[Rate, ...]
    misses: tuple[Judged, ...]

    def rate(self, half: Half, lang: Lang, kind: str, base: str = "all") -> Rate:
        """One rate; `kind` is "false" for all falsehoods together."""
        return next(r for r in self.rates if (r.half, r.lang, r.kind, r.base) == (half, lang, kind, base))


def judge(trial: Trial) -> Judged:
    """The trial before the checker, with the passage it was made from as its only source."""
    verdict = carried(trial.text, trial.lang, (Source(text=trial.source, lang=trial.lang),))
    return Judged(trial=trial, passed=verdict.ok, problems=verdict.problems)


def measure_mutants(count: int, seed: int = 0, halves: Sequence[Half] = HALVES) -> MutantsResult:
    """So many falsehoods with their originals, equally many of each half."""
    if count < 40:
        raise BadRequest(f"--count {count}: at least 40, or no kind is seen. Nothing was measured.")
    judged = [judge(trial) for half in halves for trial in drawn(count // len(halves), seed, half)]
    return MutantsResult(made_at=iso(system_clock()), seed=seed, rates=tuple(_rates(judged)), misses=tuple(j for j in judged if not j.right))


def _rates(judged: Sequence[Judged]) -> Iterable[Rate]:
    for half in HALVES:
        for lang in LANGS:
            mine = [j for j in judged if j.trial.half == half and j.trial.lang == lang]
            for kind in ("false", *KINDS, *TRUE_KINDS):
                of_kind = [j for j in mine if (j.trial.is_false if kind == "false" else j.trial.kind == kind)]
                for base in ("all", *BASES):
                    group = [j for j in of_kind if base in ("all", j.trial.base)]
                    if group:
                        yield _rate(half, lang, kind, base, group)


def _rate(half: Half, lang: Lang, kind: str, base: str, group: Sequence[Judged]) -> Rate:
    right = np.asarray([j.right for j in group], dtype=np.float64)
    share: Callable[[NDArray[np.int64]], float] = lambda at: float(right[at].mean())  # noqa: E731
    low, high = interval(share, [j.trial.doc for j in group])
    if right.all():
        low = max(0.0, 1 - 3 / len(group))  # no draw can show what did not happen: the rule of three
    return Rate(half=half, lang=lang, kind=kind, base=base, right=int(right.sum()), of=len(group), low=round(low, 4), high=round(high, 4))


def run_generated(count: int, seed: int, file: Path) -> None:
    """Draw, judge, print, write."""
    show(measure_mutants(count, seed), file)


def show(result: MutantsResult, file: Path | None) -> None:
    """Tables on the terminal, at most ten misses of each sort, and the whole as JSON."""
    out = Console()
    for half, lang in dict.fromkeys((r.half, r.lang) for r in result.rates):
        bases = ("all", *_bases(result, half, lang))
        out.print(f"Generated, {half} half, {lang}", highlight=False)
        table = Table("", *bases)
        for kind in ("false", *KINDS, *TRUE_KINDS):
            table.add_row(_named(kind), *(_cell(result, half, lang, kind, base) for base in bases))
        out.print(table)
    for said, false in (("False, and passed", True), ("True, and refused", False)):
        missed = [m for m in result.misses if m.trial.is_false == false]
        out.print(f"Generated. {said}: {len(missed)}", highlight=False)
        for m in missed[:_SHOWN]:
            why = f" ({'; '.join(m.problems)})" if m.problems else ""
            out.print(escape(f"  {m.trial.base} {m.trial.lang} {m.trial.kind}: {m.trial.text}{why}"), highlight=False)
    if file is not None:
        write(result, file)
        out.print(f"Every rate and every miss: {file}", highlight=False)


def write(result: MutantsResult, file: Path) -> None:
    """The result as JSON; BadRequest where it cannot be written."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(result.model_dump_json(indent=1), encoding="utf-8")
    except OSError as wrong:
        raise BadRequest(f"{file} cannot be written: {wrong.strerror}.") from None


def _bases(result: MutantsResult, half: Half, lang: Lang) -> list[str]:
    return [b for b in BASES if any((r.half, r.lang, r.base) == (half, lang, b) for r in result.rates)]


def _named(kind: str) -> str:
    return f"passed: {kind}" if kind in TRUE_KINDS else "refused: all" if kind == "false" else f"refused: {kind}"


def _cell(result: MutantsResult, half: Half, lang: Lang, kind: str, base: str) -> str:
    found = next((r for r in result.rates if (r.half, r.lang, r.kind, r.base) == (half, lang, kind, base)), None)
    return f"{found.right}/{found.of} {100 * found.right / found.of:.1f} % ({100 * found.low:.1f}-{100 * found.high:.1f})" if found else "-"
