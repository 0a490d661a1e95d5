"""The report of an eval as Markdown, JSON and one self-contained HTML page: the figures in words, the tables, then every miss."""

from collections.abc import Sequence
from pathlib import Path

from evals.page import as_html
from evals.papers import written
from evals.tables import MISS, in_words, miss_cells, misses, tables_of
from evals.totals import Report


def write_report(report: Report, folder: Path) -> tuple[Path, ...]:
    """eval.md, eval.json and eval.html in the folder; BadRequest if it cannot be written to."""
    told = report.model_dump_json(indent=1, by_alias=True)
    return written(folder, {"eval.md": as_markdown(report), "eval.json": told, "eval.html": as_html(report, about(report))})


def as_markdown(report: Report) -> str:
    """For a pull request."""
    lines = ["# Eval", "", *(f"- {line}" for line in in_words(report)), "", about(report), ""]
    for table in tables_of(report):
        lines += [f"## {table.title}", "", table.about, ""]
        lines += [*markdown_table(table.head, table.rows), ""] if table.rows else []
    lines += ["## Misses", "", *markdown_table(MISS, [miss_cells(o) for o in misses(report)])]
    return "\n".join(lines) + "\n"


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
        f"{report.seconds} s; {report.machine}; {report.made_at}."
    )


def markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a Markdown table."""

    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(c.replace("|", "\\|").replace("\n", "<br>") for c in cells) + " |"

    return [line(head), "|" + " --- |" * len(head), *map(line, rows)]
