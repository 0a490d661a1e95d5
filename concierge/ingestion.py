"""`concierge ingest`: articles in, what would change, and back again; through the running server where there is one."""

import asyncio
from pathlib import Path
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

from basics.errors import BadRequest
from basics.words import words
from bot.settings import Settings
from concierge.beside import call, own_house, running_server
from concierge.commands import err, out, settings_here
from knowledge.ingest import Report


def ingest_articles(paths: list[Path], dry: bool, diff: bool, accept: bool, as_json: bool) -> None:
    """Take articles in, or tell what would become of them."""
    if not paths:
        raise BadRequest(words("Name the folders or files to take in: `concierge ingest FOLDER`. Nothing was done.",
                               "请指定要导入的文件夹或文件：`concierge ingest FOLDER`。未作任何更改。"))  # fmt: skip
    settings = settings_here()
    whole = [p.absolute() for p in paths]
    body: dict[str, Any] = {"paths": [str(p) for p in whole], "dry": dry, "diff": diff, "accept": accept}
    running = running_server(settings)
    if running is not None:
        report = Report.model_validate(call(running, "/v1/operator/ingest", body, None))
    else:
        report = asyncio.run(_ingest(settings, whole, dry, diff, accept))
    _tell(report, dry or diff, as_json)


def roll_back(revisions: list[str], dry: bool, diff: bool, as_json: bool) -> None:
    """The base as it was before the last ingestion, or at the one revision named."""
    if len(revisions) > 1 or any(not r.isascii() or not r.isdecimal() or len(r) > 9 for r in revisions) or diff:
        raise BadRequest(words("--rollback takes one revision (a number) or none, and no --diff. Nothing was changed.",
                               "--rollback 后可跟一个版本号（整数）或不跟，且不能与 --diff 同用。未作任何更改。"))  # fmt: skip
    settings = settings_here()
    to = int(revisions[0]) if revisions else None
    running = running_server(settings)
    if running is not None:
        report = Report.model_validate(call(running, "/v1/operator/rollback", {"to": to, "dry": dry}))
    else:
        report = asyncio.run(_roll_back(settings, to, dry))
    _tell(report, dry, as_json)


async def _ingest(settings: Settings, paths: list[Path], dry: bool, diff: bool, accept: bool) -> Report:
    async with own_house(settings) as house:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=err, transient=True) as bar:
            task = bar.add_task("Embedding", total=None)
            return await house.ingest(paths, dry, lambda done, of: bar.update(task, completed=done, total=of), diff, accept)


async def _roll_back(settings: Settings, to: int | None, dry: bool) -> Report:
    async with own_house(settings) as house:
        return await house.roll_back(to, dry)


def _tell(report: Report, dry: bool, as_json: bool) -> None:
    if as_json:
        print(report.model_dump_json(indent=2))
    else:
        _show(report, dry)
    if report.refused:
        raise SystemExit(1)


def _show(report: Report, dry: bool) -> None:
    """A file's name and its text are printed as they are: what looks like markup in them is none."""
    for kind in ("added", "changed", "removed"):
        for name in getattr(report, kind):
            out.print(Text(f"{kind:>9}  {name}"))
    for no in report.refused:
        out.print(Text(f"  refused  {no.file}:{no.line}: {no.why}", style="yellow"))
        if no.why_zh:
            out.print(Text(f"           {no.why_zh}", style="dim"))
    for c in (c for c in report.contested if c.accepted):
        told = f"  accepted {c.place}: “{c.says}” contradicts {c.against_place}, “{c.against_says}” ({c.kind})"
        out.print(Text(told, style="yellow"))
    for change in report.changes:
        out.print(Text(f"{change.name}" + (f", against {change.against}" if change.against not in ("", change.name) else ""), style="bold"))
        for line in change.lines:
            out.print(Text(f"    {line}", style={"+": "green", "-": "red"}.get(line[0], "dim")))
    counts = ", ".join(f"{len(getattr(report, k))} {k}" for k in ("added", "changed", "unchanged", "removed", "refused"))
    at = f" The base is at revision {report.revision}." if report.revision else ""
    out.print(Text(f"{'Would be: ' if dry else ''}{counts}.{at}"))
