"""`concierge reembed`: the base embedded with another model, through the running server where there is one."""

import asyncio
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from bot.reembed import Reembedded
from bot.settings import Settings
from concierge.beside import call, own_house, running_server
from concierge.commands import settings_here
from knowledge.embedders import DEFAULT, ST

out = Console()
err = Console(stderr=True)


def embed_again(named: str | None, as_json: bool) -> None:
    """Embed the base with this embedder, or the one of the settings, and say what is to be set from now on."""
    settings = settings_here()
    named = _in_full(named or settings.embedder)
    settings = settings.model_copy(update={"embedder": named})
    running = running_server(settings)
    if running is not None:
        err.print(f"The server at {running.address} embeds the base; its chats go on meanwhile.", highlight=False)
        done = Reembedded.model_validate(call(running, "/v1/operator/reembed", {"embedder": named}, seconds=None))
    else:
        done = asyncio.run(_reembed(settings, named))
    if as_json:
        print(done.model_dump_json(indent=2))
    else:
        _show(done, named)


async def _reembed(settings: Settings, named: str) -> Reembedded:
    async with own_house(settings, only_base=True) as house:
        with Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=err, transient=True) as bar:
            task = bar.add_task("Embedding", total=None)
            return await house.reembed(named, lambda done, of: bar.update(task, completed=done, total=of))


def _in_full(named: str) -> str:
    """A folder as its whole path: the server, and the next start, may stand elsewhere."""
    where = named.removeprefix(ST).strip()
    folder = Path(where).expanduser()
    return f"{ST}{folder.resolve()}" if named.startswith(ST) and where and folder.is_dir() else named


def _show(done: Reembedded, named: str) -> None:
    if done.before == done.after:
        out.print(f"The base is of {done.after} already: {done.texts} texts, {done.embedded} embedded now.", highlight=False, markup=False)
    else:
        out.print(f"{done.texts} texts, {done.embedded} embedded now: from {done.before} to {done.after}.", highlight=False, markup=False)
    if not done.dropped and done.before != done.after:
        out.print("The old index stands for now: where workers share one a duty drops it, elsewhere the next re-embedding.", highlight=False)
    out.print(f"From the next start on: CONCIERGE_EMBEDDER={named}", highlight=False, markup=False, soft_wrap=True)
    if named != DEFAULT:
        out.print(
            "Search weights, confidence and the bar for curated answers were fitted on the packaged embedder: run `concierge eval` and set "
            "CONCIERGE_ANSWER_AT by its report before travellers rely on it.",
            highlight=False,
        )
