"""`concierge offers report`: what is offered unasked, how it is taken, and what it is worth against those who were left untold."""

import asyncio
from datetime import datetime

from rich.console import Console
from rich.table import Table

from basics.clock import iso, system_clock
from bot.settings import Settings
from bot.uptake import Row, Share, Uptake, uptake
from concierge.beside import call, own_database, running_server
from concierge.commands import settings_here

out = Console(highlight=False, markup=False)


def report(since: datetime | None, as_json: bool) -> None:
    """Print it; beside a running server it is that one's own."""
    settings = settings_here()
    running = running_server(settings)
    if running is not None:
        found = Uptake.model_validate(call(running, "/v1/operator/offers", {"since": iso(since) if since else None}))
    else:
        found = asyncio.run(_report(settings, since))
    if as_json:
        print(found.model_dump_json(indent=2))
        return
    _tell(found)


async def _report(settings: Settings, since: datetime | None) -> Uptake:
    async with own_database(settings) as db:
        return await uptake(db, since, system_clock())


def _tell(found: Uptake) -> None:
    if not found.rows:
        out.print("Nothing has been offered unasked yet.")
        return
    table = Table("right", "moment", "card", "told", "staff", "held out", "yes", "no", "ignored", "open", "uptake (95 %)")
    for row in found.rows:
        table.add_row(*_cells(row))
    out.print(table)
    for row in found.rows:
        for one in row.against:
            out.print(
                f"{row.right} at {row.moment}: {one.what.en} within 14 days: {_share(one.told)} of those told, {_share(one.held_out)} of those held "
                f"out; difference {one.difference:+.1%} ({one.low:+.1%} to {one.high:+.1%})."
            )
    for warning in found.warnings:
        out.print(f"Look: {warning.en}", style="yellow")


def _cells(row: Row) -> list[str]:
    counts = (row.shown, row.told, row.to_staff, row.held_out, row.accepted, row.declined, row.ignored, row.open)
    taken = row.uptake
    return [row.right, row.moment, *map(str, counts), f"{taken.share:.0%} ({taken.low:.0%} to {taken.high:.0%})" if taken else "-"]


def _share(one: Share) -> str:
    return f"{one.share:.1%} ({one.n} of {one.of})"
