"""The server process: a home taken, a port bound, a house started; and what `concierge demo` prints."""

import os
import secrets
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import anyio
from pydantic import BaseModel, SecretStr
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from api.app import build_app
from bot.assembly import House, assemble
from bot.home import Home
from bot.settings import DEMO_CONFIDENCE, Settings, read_settings
from bot.sign_in import Accounts, new_password
from concierge.listening import Server, bind, port_wanted
from concierge.logs import set_up_logs
from knowledge.ingest import Report

_STAFF = (("staff-anna", "Anna"), ("staff-wei", "Wei"))
out = Console()


def run_demo() -> None:
    """A demo: its home under ~/.travel-concierge-demo unless CONCIERGE_HOME says otherwise, always on loopback."""
    home = Path(os.environ.get("CONCIERGE_HOME") or Path.home() / ".travel-concierge-demo")
    taken = Home(home)
    taken.take()
    kept = _demo_secrets(taken.path)
    settings = read_settings(
        home=home,
        host="127.0.0.1",
        port=port_wanted(8400),
        host_key=SecretStr(kept.host_key),
        host_keys=None,
        identity_mode="allow",
        confidence=DEMO_CONFIDENCE,
    )

    async def ready(house: House, address: str) -> None:
        for (staff_id, name), password in zip(_STAFF, kept.passwords, strict=True):
            await Accounts(house.db, house.clock).keep(staff_id, name, password)
        await _ingest_with_bar(house)
        _say_welcome(address, kept.passwords)

    _run(settings, taken, ready, with_demo=True)


def run_server(settings: Settings) -> None:
    """The server in this one process; an empty base is told, not hidden."""
    taken = Home(settings.home)
    taken.take()

    async def ready(house: House, address: str) -> None:
        if not house.mind.shelf.passages:
            out.print("The knowledge base is empty: every question goes to the desk. Run [bold]concierge ingest FOLDER[/bold].")
        out.print(f"Listening on {address}")

    _run(settings, taken, ready, with_demo=False)


def _run(settings: Settings, home: Home, ready: Callable[[House, str], Awaitable[None]], with_demo: bool) -> None:
    set_up_logs(settings)
    bound = bind(settings)
    try:
        house = assemble(settings, home=home)
        app = build_app(house, with_demo)
        server = Server(app, app.state.closing)
        failed: list[Exception] = []

        async def serve() -> None:
            await house.start()  # here and not only in the app's lifespan, so that what is in the way is told in one sentence
            async with anyio.create_task_group() as tasks:

                async def until_stopped() -> None:
                    await server.serve([bound.socket])
                    tasks.cancel_scope.cancel()

                tasks.start_soon(until_stopped)
                while not server.started and not server.should_exit:  # noqa: ASYNC110 - uvicorn tells it by nothing else
                    await anyio.sleep(0.02)
                if server.started:
                    try:
                        home.announce(bound.address)
                        await ready(house, bound.address)
                    except Exception as wrong:
                        failed.append(wrong)
                        server.should_exit = True  # an orderly end, then the error

        anyio.run(serve)
        if failed:
            raise failed[0]
        if not server.started:
            sys.exit(3)
    finally:
        bound.socket.close()
        home.leave()


class _DemoSecrets(BaseModel):
    """The demo's host key and staff passwords: random for each home, kept in it, readable by us alone."""

    host_key: str
    passwords: list[str]


def _demo_secrets(home: Path) -> _DemoSecrets:
    file = home / "demo-secrets.json"
    if file.exists():
        return _DemoSecrets.model_validate_json(file.read_text(encoding="utf-8"))
    made = _DemoSecrets(host_key=secrets.token_urlsafe(48), passwords=[new_password() for _ in _STAFF])
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as written:
        written.write(made.model_dump_json())
    return made


async def _ingest_with_bar(house: House) -> Report:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=out, transient=True) as bar:
        task = bar.add_task("Reading the articles", total=None)
        report = await house.ingest([house.settings.articles], progress=lambda done, of: bar.update(task, completed=done, total=of))
    for no in report.refused:
        out.print(Text(f"refused {no.file}:{no.line}: {no.why} {no.why_zh}", style="yellow"))
    return report


def _say_welcome(address: str, passwords: list[str]) -> None:
    said = {
        "Travellers: the airline's page": f"{address}/",
        "Staff: the desk": f"{address}/console/",
    }
    out.print("\n[bold]Larkspur's Concierge is up.[/bold]\n")
    for what, where in said.items():
        out.print(f"  {what:<32} {where}", highlight=False)
    out.print("\n  Sign in at the desk as")
    for (_, name), password in zip(_STAFF, passwords, strict=True):
        out.print(f"    {name:<6} {password}", highlight=False)
    out.print("\n  Three things to try")
    out.print("    1. Be Lin Yue and ask: How many bags can I check in? / 我可以托运几件行李？")
    out.print("    2. Then: Can I change my return flight? Confirm it. (Be Chen: why not?)")
    out.print("    3. Ask what no article says, and answer it yourself at the desk.")
    out.print("\n  Ctrl+C stops it. Start it again: everything is still there.\n")
