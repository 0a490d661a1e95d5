"""The report of an eval as Markdown, JSON and one self-contained HTML page: the counts, then every miss with what was expected and said."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

from basics.errors import BadRequest
from evals.run import Outcome
from evals.totals import Counts, Report

_HEAD = ("", "article cited", "right draft", "answered", "right answer sent", "unanswerable answered", "near misses answered")
_MISS = ("id", "question", "expected", "said (or drafted)", "decision", "confidence", "why it counts as a miss")
STYLE = """
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:75rem;padding:0 1rem;color:#1c2530}
table{border-collapse:collapse;width:100%;margin:1rem 0}th,td{border:1px solid #cdd5de;padding:.4rem .6rem;text-align:left;vertical-align:top}
th{background:#eef2f6}td{white-space:pre-line}tr.wrong td:first-child{border-left:4px solid #b3261e}small{color:#5a6675}
"""


def write_report(report: Report, folder: Path) -> tuple[Path, Path, Path]:
    """eval.md, eval.json and eval.html in the folder; BadRequest if it cannot be written to."""
    files = folder / "eval.md", folder / "eval.json", folder / "eval.html"
    texts = as_markdown(report), report.model_dump_json(indent=1, by_alias=True), as_html(report)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, text in zip(files, texts, strict=True):
            file.write_text(text, encoding="utf-8")
    except OSError as wrong:
        raise BadRequest(f"The report cannot be written to {folder}: {wrong.strerror}. Choose another folder with --out.") from None
    return files


def as_markdown(report: Report) -> str:
    """For a pull request."""
    lines = ["# Eval", "", about(report), "", *markdown_table(_HEAD, [count_cells(c) for c in report.counts]), ""]
    lines += ["## Beside plain searches (answerable cases)", ""]
    lines += [*markdown_table(("", "article first", "article in 3", "right in 1 unit", "right in 3 units"), baseline_rows(report)), ""]
    lines += ["## Misses", "", *markdown_table(_MISS, [_miss_cells(o) for o in misses(report)])]
    return "\n".join(lines) + "\n"


def as_html(report: Report) -> str:
    """One page that needs nothing else."""
    head = ("", "article first", "article in 3", "right in 1 unit", "right in 3 units")
    body = (
        f"<h1>Eval</h1><p>{escape(about(report))}</p>"
        + html_table(_HEAD, [count_cells(c) for c in report.counts])
        + f"<h2>Beside plain searches <small>answerable cases</small></h2>{html_table(head, baseline_rows(report))}"
        + f"<h2>Misses</h2>{html_table(_MISS, [_miss_cells(o) for o in misses(report)], [o.answered for o in misses(report)])}"
        + "<p><small>A red edge: it was sent. The others were asked back or handed over.</small></p>"
    )
    return f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Eval</title><style>{STYLE}</style><body>{body}</body></html>\n'


def about(report: Report) -> str:
    """What was measured, with what, where."""
    m = report.model
    model = (
        f"model {m.name}: {m.verdicts} verdicts, {m.replies} replies worded ({m.reworded} sentences reworded, {m.repeated} repeated, "
        f"{m.refused} refused and quoted, {m.quoted} not its to word), {m.failed} failures"
        if m
        else "no model"
    )
    return (
        f"{report.cases}, as of {report.as_of}; {report.embedder}, sent from confidence {report.answer_at}; {model}; "
        f"{report.seconds} s, a turn {report.turn_ms_p50} ms (p50; p95 {report.turn_ms_p95} ms; nothing written); {report.machine}; {report.made_at}."
    )


def misses(report: Report) -> list[Outcome]:
    """Every miss, those that were sent first."""
    return sorted((o for o in report.outcomes if o.is_miss), key=lambda o: (not o.answered, o.case.id))


def count_cells(c: Counts) -> tuple[str, ...]:
    """A line of the first table."""
    n, m = c.answerable, c.unanswerable
    return (
        c.lang,
        f"{c.cited}/{n}",
        f"{c.right_draft}/{n}",
        f"{c.answered}/{n}",
        f"{c.right_said}/{n}",
        f"{c.answered_unanswerable}/{m}",
        f"{c.answered_near_misses}/{c.near_misses}",
    )


def baseline_rows(report: Report) -> list[tuple[str, ...]]:
    """The lines of the second table."""
    return [
        (f"{c.lang}, {b.name}", *(f"{value}/{c.answerable}" for value in (b.article_at_1, b.article_at_3, b.right_at_1, b.right_at_3)))
        for c in report.counts
        for b in c.baselines
    ]


def _miss_cells(o: Outcome) -> tuple[str, ...]:
    case = o.case
    expected = f"{', '.join(case.articles)}: {'; '.join(' or '.join(g) for g in case.must)}" if case.answerable else "no answer"
    why = "; ".join(s.why for s in (o.cited, o.right_draft if not o.answered else o.right_said) if not s.ok) if case.answerable else o.because
    said = o.said if o.answered else f"[not sent] {o.draft}"
    return (case.id, case.question, expected, said, o.decision, f"{o.confidence:.2f}", why or o.because)


def markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a Markdown table."""

    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(c.replace("|", "\\|").replace("\n", "<br>") for c in cells) + " |"

    return [line(head), "|" + " --- |" * len(head), *map(line, rows)]


def html_table(head: Sequence[str], rows: Sequence[Sequence[str]], wrong: Sequence[bool] = ()) -> str:
    """An HTML table; `wrong` rows have a red edge."""
    marked = [*wrong, *[False] * (len(rows) - len(wrong))]
    body = "".join(
        f"<tr{' class=wrong' if bad else ''}>" + "".join(f"<td>{escape(c)}</td>" for c in row) + "</tr>"
        for row, bad in zip(rows, marked, strict=True)
    )
    return f"<table><tr>{''.join(f'<th>{escape(h)}</th>' for h in head)}</tr>{body}</table>"
