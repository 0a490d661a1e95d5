"""The tables of a report, the same for Markdown, the page and the terminal: a heading, what it means in a sentence, and its lines."""

from collections.abc import Callable, Iterable, Sequence

from pydantic import BaseModel

from evals.bots import BOTS, CHAIN, HOUSE, MATCHED, THRESHOLD
from evals.figure import Figure
from evals.pairs import PairCounts
from evals.run import Outcome
from evals.totals import ALL, Report, parts_of

OWN = ("right answer sent", "sent wrong", "handed over needlessly", "answered without an answer", "near misses answered")
DRAFTS = ("article cited", "right draft", "answered", "sent with a figure not in its sources")
BESIDE = ("right answer sent", "sent wrong", "handed over needlessly", "answered without an answer", "sent with a figure not in its sources")
FOUND = ("article first", "article among those shown")
SUITE = ("right outcome", "answered", "sent wrong", "handed over needlessly", "right decision", "said what is forbidden")
SURE = ("AURC", "AUROC", "ECE", "turn, median", "turn, 95th percentile")
EFFORT = (
    "resolved without a person",
    "ended with a wrong answer",
    "handed over needlessly",
    "gave up",
    "turns to a resolved question",
    "seconds to a resolved question",
    "seconds of it waited",
)
PUBLIC = ("right answer sent", "sent wrong", "handed over needlessly", "answered without an answer", "AURC", "ECE")
MISS = ("id", "question", "expected", "said (or drafted)", "decision", "confidence", "why it counts as a miss")
SHORTLY = ("What was sent", "Suites", "Public sets")  # what a terminal has room for; the rest stands in the report
Show = Callable[[Figure], str]


class Table(BaseModel, frozen=True):
    """A heading, a sentence or two, the names of the columns, and the lines."""

    title: str
    about: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def told(figure: Figure) -> str:
    """A figure with its interval."""
    return figure.told


def short(figure: Figure) -> str:
    """A figure alone."""
    return figure.short


def tables_of(report: Report, show: Show = told) -> list[Table]:
    """Every table but the misses, in the order of a report; one without lines is left out."""
    known = {(f.who, f.part, f.name): f for f in report.figures}
    langs, suites = _parts(report)

    def lines(keys: Iterable[tuple[str, str, str]], names: Sequence[str]) -> list[tuple[str, ...]]:
        """One line for each (label, who, part) of which anything is known."""
        rows = ((label, [known.get((who, part, name)) for name in names]) for label, who, part in keys)
        return [(label, *(show(f) if f else "" for f in cells)) for label, cells in rows if any(cells)]

    everyone = [(f"{part}, {who}", who, part) for part in langs for who in BOTS]
    usual = [(f"{part}, {who}", who, part) for part in langs for who in (HOUSE, THRESHOLD, MATCHED)]
    usual += [(f"{part}, {HOUSE}", HOUSE, part) for part in suites]
    own = [(part, HOUSE, part) for part in langs]
    made = [
        _table("What was sent", _SENT, OWN, lines(own, OWN)),
        _table("What was drafted, sent or not", "Of the questions with an answer.", DRAFTS, lines(own, DRAFTS)),
        _table("Suites", _SUITES, SUITE, lines([(part, HOUSE, part) for part in suites], SUITE)),
        _table("Beside us: what other bots would have sent", _beside(report), BESIDE, lines(everyone, BESIDE)),
        _table("Beside us: what other bots find", _FOUND, FOUND, lines(everyone, FOUND)),
        _table("Effort", _EFFORT, EFFORT, lines(usual, EFFORT)),
        _table("How sure, and how long a turn takes", _SURE, SURE, lines([(p, HOUSE, p) for p in (*langs, *suites)], SURE)),
    ]
    if report.pairs:
        made.append(
            _table("The same question in both languages", about_pairs(report.pairs), ("English", "Chinese"), apart_rows(report.pairs), "pair")
        )
    public = [(one.name, {f.name: f for f in one.figures if (f.who, f.part) == (HOUSE, ALL)}) for one in report.public]
    rows = [(name, *(show(held[n]) if n in held else "" for n in PUBLIC)) for name, held in public]
    made.append(_table("Public sets", _PUBLIC, PUBLIC, rows))
    return [one for one in made if one.rows or one.title.startswith("The same")]


_SENT = (
    "Right answer sent (by the first reply) and handed over needlessly (in the end, asked back or not): of the questions whose answer stands in the "
    "base. Sent wrong: of the answers sent. Answered without an answer: of the questions that have none. "
    "In brackets the 95 % bootstrap interval, with everything about one article drawn together."
)
_SUITES = (
    "Right outcome: of all cases of the suite; where a case names the decisions that are right, one of them was made. "
    "Forbidden: of those that forbid something."
)
_FOUND = (
    "Of the questions with an answer: the article that answers was found first, or is among the three shown "
    "(the chain: among the articles of its four pieces)."
)
_EFFORT = (
    "A scripted asker takes the right choice when asked back, repeats the question where none is right, and gives up after three turns. "
    "Shares are of the questions with an answer; turns (mean) and seconds (median) of the resolved ones: "
    "writing 3 characters a second (Chinese 1), waiting, and reading 14 (6)."
)
_SURE = (
    "AURC: mean share wrong over all coverages, lower is better. AUROC: how well the confidence tells right drafts from wrong ones. "
    "ECE: how far it lies from the share that is right. A turn's time is thinking and wording, nothing written."
)
_PUBLIC = "Questions made out of public data, of which a part has no answer for certain, asked of their own documents."


def _beside(report: Report) -> str:
    known = {f.who for f in report.figures}
    parts = [
        "Right means the same for all: an article that answers is cited, what must be said is said, nothing forbidden is.",
        "BM25 and the embedder alone always send their best unit; the cosine bot sends its nearest passage and hands over below 0.30 (libredesk's "
        "number), and once more with its threshold moved to where it sends as many answers as we do. All of them read only what the asker may read, "
        "and none is told what was said before.",
    ]
    if CHAIN in known:
        chain = "The chain takes the four nearest pieces of 1,000 characters of every file, with the same embedder"
        parts.append(
            f"{chain}; {'its answers are the same model’s' if report.model else 'without a model it says nothing, and is measured by what it finds'}."
        )
    return " ".join(parts)


def _table(title: str, about: str, names: Sequence[str], rows: Sequence[tuple[str, ...]], first: str = "") -> Table:
    """The table without the columns in which nothing stands."""
    held = [n for n in range(len(names)) if any(row[n + 1] not in ("", "-") for row in rows)] if rows else list(range(len(names)))
    return Table(
        title=title,
        about=about,
        head=(first, *(names[n] for n in held)),
        rows=tuple((row[0], *(row[n + 1] for n in held)) for row in rows),
    )


def _parts(report: Report) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """All and the languages; the suites."""
    parts = parts_of([o.case for o in report.outcomes])
    return tuple(p for p in parts if p in (ALL, "en", "zh")), tuple(p for p in parts if p not in (ALL, "en", "zh"))


def about_pairs(pairs: PairCounts) -> str:
    """How far the two languages agree."""
    return (
        f"{pairs.agree} of {pairs.pairs} pairs reach the same decision and, if answered, the same first article: {pairs.share:.1%} "
        f"(95 % interval {pairs.low:.1%} to {pairs.high:.1%}, bootstrap over pairs); {pairs.decide_alike} decide alike."
    )


def apart_rows(pairs: PairCounts) -> list[tuple[str, ...]]:
    """The pairs whose languages went different ways."""
    return [(one.pair, one.en, one.zh) for one in pairs.apart]


def misses(report: Report) -> list[Outcome]:
    """Every miss, those that were sent first."""
    return sorted((o for o in report.outcomes if o.is_miss), key=lambda o: (not o.answered, o.case.id))


def miss_cells(o: Outcome) -> tuple[str, ...]:
    """A line of the table of misses."""
    case = o.case
    expected = f"{', '.join(case.articles)}: {'; '.join(' or '.join(g) for g in case.must)}" if case.answerable else "no answer"
    expected += f" [{' or '.join(case.decision)}]" if case.decision else ""
    why = "; ".join(s.why for s in (o.cited, o.right_draft if not o.answered else o.right_said) if not s.ok) if case.answerable else o.because
    said = o.said if o.answered else f"[not sent] {o.draft}"
    before = "".join(f"[{'they' if role == 'traveller' else 'we'}] {text}\n" for role, text in case.history)
    return (case.id, f"{before}{case.question}", expected, said, o.decision, f"{o.confidence:.2f}", why or o.because)


def in_words(report: Report) -> list[str]:
    """The figures that matter most, in sentences."""
    known = {(f.who, f.name): f for f in report.figures if f.part == ALL}

    def one(name: str, who: str = HOUSE) -> str:
        figure = known.get((who, name))
        if figure is None or figure.value is None or figure.low is None or figure.high is None:
            return "none"
        return f"{figure.value:.0%} ({figure.low:.0%} to {figure.high:.0%})"

    could = sum(o.case.answerable for o in report.outcomes)
    lines = [
        f"{len(report.outcomes)} questions, {could} of them with an answer in the articles.",
        f"{one('right answer sent')} of those with an answer were sent the right one at once; "
        f"{one('handed over needlessly')} ended with a person needlessly.",
        f"{one('sent wrong')} of what was sent was wrong. "
        f"Of the questions without an answer {one('answered without an answer')} were answered all the same.",
    ]
    if (THRESHOLD, "sent wrong") in known:
        lines.append(
            f"The usual bot (nearest passage, cosine from 0.30) would have sent {one('sent wrong', THRESHOLD)} wrong and handed over needlessly "
            f"{one('handed over needlessly', THRESHOLD)}; sending as many answers as we do, {one('sent wrong', MATCHED)} and "
            f"{one('handed over needlessly', MATCHED)}."
        )
    turns = known.get((HOUSE, "turns to a resolved question"))
    if turns is not None and turns.value is not None:
        lines.append(
            f"{one('resolved without a person')} of the askers had it resolved without a person within three turns, in {turns.told} turns on average."
        )
    return lines
