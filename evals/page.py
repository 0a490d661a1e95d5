"""The report as one self-contained page: the figures in words, then drawn, then in tables, then every miss."""

from collections.abc import Sequence
from html import escape

from evals.bots import BOTS, HOUSE
from evals.plot import lines, parts_of_whole, ranges, reliability
from evals.run import Outcome
from evals.sheet import html_table, sheet
from evals.tables import in_words, miss_cells, misses, tables_of
from evals.totals import ALL, Report, is_in, parts_of

KINDS = ("right answer", "wrong answer", "asked back", "handed over", "said it is outside")
_DRAWN = (
    ("right answer sent", "Right answer sent, of the questions with an answer"),
    ("sent wrong", "Wrong, of the answers sent"),
    ("handed over needlessly", "Handed over needlessly, of the questions with an answer"),
)
_LANGUAGES = {ALL: "both languages", "en": "English", "zh": "Chinese"}


def as_html(report: Report, about: str) -> str:
    """One page that needs nothing else."""
    words = "".join(f"<li>{escape(line)}</li>" for line in in_words(report))
    tables = "".join(
        f"<h2>{escape(t.title)}</h2><p class=soft>{escape(t.about)}</p>{html_table(t.head, t.rows) if t.rows else ''}" for t in tables_of(report)
    )
    body = f"<h1>Eval</h1><ul class=words>{words}</ul><p class=soft>{escape(about)}</p>{_drawn(report)}{tables}{_misses(misses(report))}"
    return sheet("Eval", body)


def kind_of(o: Outcome) -> int:
    """Which of KINDS an outcome is."""
    if o.answered:
        return int(o.is_miss)
    return {"clarify": 2, "handoff": 3}.get(o.decision, 4)


def _drawn(report: Report) -> str:
    parts = parts_of([o.case for o in report.outcomes])
    langs = [p for p in parts if p in _LANGUAGES and p != ALL]
    suites = [p for p in parts if p not in _LANGUAGES] or [ALL]
    rows = {
        f"{suite}, {_LANGUAGES[lang]}": [sum(kind_of(o) == k for o in report.outcomes if is_in(o.case, suite) and o.lang == lang) for k in range(5)]
        for suite in suites
        for lang in langs
        if any(is_in(o.case, suite) and o.lang == lang for o in report.outcomes)
    }
    key = "".join(f'<li><i style="background:var(--b{n})"></i>{kind}</li>' for n, kind in enumerate(KINDS))
    sent = {c.name: c.points for c in report.curves if not c.name.startswith(f"{HOUSE}, ")}
    sure = {c.name: [(x, y) for x, y, _ in c.bins] for c in report.curves if c.bins}
    beside = "".join(f"<h3>{escape(title)}</h3><div class=plots>{_drawn_beside(report, name, title, (ALL, *langs))}</div>" for name, title in _DRAWN)
    curves = _figure("Sent wrong, the surest answers first", lines("Risk and coverage", "share of the questions answered", "share of it wrong", sent))
    kept = _figure("Does the confidence keep its word?", reliability("Reliability", "confidence", "share of right drafts", sure))
    return (
        f"<h2>What became of the questions</h2><ul class=key>{key}</ul><div class=plots>{_figure('', parts_of_whole('Decisions', KINDS, rows))}"
        f"{curves}{kept}</div><h2>Beside us, drawn</h2>{beside}"
    )


def _drawn_beside(report: Report, name: str, title: str, parts: Sequence[str]) -> str:
    drawn = ((part, _ranges(report, part, name)) for part in parts)
    return "".join(_figure(_LANGUAGES[part], ranges(f"{title}: {_LANGUAGES[part]}", rows)) for part, rows in drawn if rows)


def _ranges(report: Report, part: str, name: str) -> list[tuple[str, float, float, float]]:
    found = {f.who: f for f in report.figures if (f.part, f.name) == (part, name)}
    known = [found[who] for who in BOTS if who in found]
    return [(f.who, f.value, f.low, f.high) for f in known if f.value is not None and f.low is not None and f.high is not None]


def _figure(title: str, drawing: str) -> str:
    return f"<figure>{f'<figcaption>{escape(title)}</figcaption>' if title else ''}{drawing}</figure>"


def _misses(of: Sequence[Outcome]) -> str:
    """Those that were sent are open to the eye, the others a click away, each group by suite."""
    sent, kept = [o for o in of if o.answered], [o for o in of if not o.answered]
    return (
        f"<h2>Misses that were sent ({len(sent)})</h2>{_by_suite(sent, True)}"
        f"<h2>Misses that were asked back or handed over ({len(kept)})</h2>{_by_suite(kept, False)}"
    )


def _by_suite(of: Sequence[Outcome], is_open: bool) -> str:
    out = []
    for suite in dict.fromkeys(o.case.suite for o in of):
        held = [o for o in of if o.case.suite == suite]
        cards = "".join(map(_card, held))
        out.append(f"<details{' open' if is_open else ''}><summary>{escape(suite or 'cases')} ({len(held)})</summary>{cards}</details>")
    return "".join(out)


def _card(o: Outcome) -> str:
    id, question, expected, said, decision, confidence, why = miss_cells(o)
    lines = (
        ("Expected", expected),
        ("Said", said),
        ("Why", why),
        ("Decision", f"{decision}, confidence {confidence}"),
        ("Case", f"{id}, as {o.case.who}"),
    )
    told = "".join(f"<dt>{name}</dt><dd>{escape(text)}</dd>" for name, text in lines)
    return f"<section class='miss{' wrong' if o.answered else ''}'><h3 lang={o.lang}>{escape(question)}</h3><dl>{told}</dl></section>"
