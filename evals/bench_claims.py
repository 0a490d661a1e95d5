"""`concierge bench claims`: how many falsified sentences the checker refuses, and how many true ones it lets pass."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from basics.errors import BadRequest
from basics.words import LANGS, Lang
from evals.case import CASES
from evals.lines import read_lines
from knowledge.claims import Source, carried

MUTATIONS = CASES / "mutations.jsonl"
_SHOWN = 20


class Mutation(BaseModel, frozen=True):
    """A sentence made false in one way."""

    kind: str
    text: str


class Mutated(BaseModel, frozen=True):
    """A true sentence, the source that carries it, and its falsifications."""

    source: str
    true: str
    lang: Lang
    mutations: tuple[Mutation, ...]


class Share(BaseModel, frozen=True):
    """`held` of `of`, for one kind of mutation (or "true") in one language."""

    kind: str
    lang: Lang
    held: int
    of: int

    @property
    def share(self) -> float:
        """0..1; 1 of nothing."""
        return self.held / self.of if self.of else 1.0


class Slip(BaseModel, frozen=True):
    """A sentence that was judged wrongly: a false one that passed (`why` is empty), or a true one that was refused."""

    line: int
    lang: Lang
    kind: str
    text: str
    why: str = ""


class ClaimsResult(BaseModel, frozen=True):
    """Refused mutations per kind and language, passed originals per language, and what went wrong."""

    refused: tuple[Share, ...]
    passed: tuple[Share, ...]
    slipped: tuple[Slip, ...]
    wrongly_refused: tuple[Slip, ...]

    def refused_share(self, lang: Lang) -> float:
        """The share of mutations in this language that were refused, 0..1."""
        return _whole(s for s in self.refused if s.lang == lang)

    def passed_share(self, lang: Lang) -> float:
        """The share of true sentences in this language that passed, 0..1."""
        return _whole(s for s in self.passed if s.lang == lang)


def measure(file: Path = MUTATIONS) -> ClaimsResult:
    """Every sentence of the file against its own source."""
    held: Counter[tuple[str, Lang]] = Counter()
    asked: Counter[tuple[str, Lang]] = Counter()
    slipped: list[Slip] = []
    wrongly: list[Slip] = []
    for at, one in read_lines(file, Mutated):
        sources = (Source(text=one.source, lang=one.lang),)
        verdict = carried(one.true, one.lang, sources)
        asked["true", one.lang] += 1
        held["true", one.lang] += verdict.ok
        if not verdict.ok:
            wrongly.append(Slip(line=at.line, lang=one.lang, kind="true", text=one.true, why="; ".join(verdict.problems)))
        for mutation in one.mutations:
            passed = carried(mutation.text, one.lang, sources).ok
            asked[mutation.kind, one.lang] += 1
            held[mutation.kind, one.lang] += not passed
            if passed:
                slipped.append(Slip(line=at.line, lang=one.lang, kind=mutation.kind, text=mutation.text))
    if not asked:
        raise BadRequest(f"{file} holds no sentences.")
    shares = [Share(kind=kind, lang=lang, held=held[kind, lang], of=n) for (kind, lang), n in sorted(asked.items())]
    return ClaimsResult(
        refused=tuple(s for s in shares if s.kind != "true"),
        passed=tuple(s for s in shares if s.kind == "true"),
        slipped=tuple(slipped),
        wrongly_refused=tuple(wrongly),
    )


def run(cases: Path | None) -> None:
    """Print the shares per kind and language, and at most 20 of each kind of mistake."""
    file = cases or MUTATIONS
    result = measure(file)
    out = Console()
    table = Table("", *LANGS)
    for kind in dict.fromkeys(s.kind for s in result.refused):
        table.add_row(f"refused: {kind}", *(_cell(result.refused, kind, lang) for lang in LANGS))
    table.add_section()
    table.add_row("refused: all", *(f"{result.refused_share(lang):.1%}" for lang in LANGS))
    table.add_row("true sentences passed", *(_cell(result.passed, "true", lang) for lang in LANGS))
    out.print(table)
    for title, slips in (("False, and passed", result.slipped), ("True, and refused", result.wrongly_refused)):
        out.print(f"{title}: {len(slips)}", highlight=False)
        for slip in slips[:_SHOWN]:
            why = f" ({slip.why})" if slip.why else ""
            out.print(escape(f"  {file.name}:{slip.line} {slip.lang} {slip.kind}: {slip.text}{why}"), highlight=False)


def _cell(shares: Iterable[Share], kind: str, lang: Lang) -> str:
    found = next((s for s in shares if (s.kind, s.lang) == (kind, lang)), None)
    return f"{found.held}/{found.of}" if found else "-"


def _whole(shares: Iterable[Share]) -> float:
    counted = list(shares)
    return sum(s.held for s in counted) / of if (of := sum(s.of for s in counted)) else 1.0
