"""The `concierge` command. Imports lazily, so that `--help` is instant; every error is a plain sentence and a non-zero exit."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from basics.errors import ConciergeError

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help="The Travel Concierge.")
bench = typer.Typer(no_args_is_help=True, help="Measure parts of it on any data.")
app.add_typer(bench, name="bench")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]


@app.command()
def demo() -> None:
    """Everything on a fresh machine: demo airline, articles, the pages. PORT and CONCIERGE_HOME are honoured."""
    from concierge.server import run_demo

    run_demo()


@app.command()
def serve() -> None:
    """The server, as the settings (CONCIERGE_…) want it."""
    from concierge.server import run_server

    run_server()


@app.command()
def ingest(
    paths: list[Path], dry_run: Annotated[bool, typer.Option("--dry-run", help="Report only, keep nothing.")] = False, as_json: AsJson = False
) -> None:
    """Take articles (Markdown with front matter; folders or files) into the knowledge base."""
    from concierge.commands import ingest_articles

    ingest_articles(paths, dry_run, as_json)


@app.command()
def ask(
    text: str,
    who: Annotated[str | None, typer.Option("--as", help="A traveller's id.")] = None,
    now: Annotated[str | None, typer.Option("--now", help="ISO 8601 moment to answer as of.")] = None,
    lang: Annotated[str | None, typer.Option("--lang", help="en or zh; by default as the question is written.")] = None,
    as_json: AsJson = False,
) -> None:
    """One turn, written nowhere: what would be said, and what it rests on."""
    from concierge.commands import ask_once

    ask_once(text, who, _moment(now), lang, as_json)


@app.command("staff")
def keep_staff(name: str, password: Annotated[str, typer.Option(prompt=True, hide_input=True, help="Asked for if not given.")]) -> None:
    """Add a staff member, or give one a new password."""
    from concierge.commands import add_staff

    add_staff(name, password)


@app.command("ship-vectors", hidden=True)
def ship() -> None:
    """Embed the shipped articles again and write knowledge/articles/vectors.npz."""
    from concierge.commands import ship_article_vectors

    ship_article_vectors()


@app.command("eval")
def run_eval(
    cases: Annotated[Path | None, typer.Argument(help="A file of cases; the house's own by default.")] = None,
    out: Annotated[Path, typer.Option(help="Folder for the report.")] = Path("reports"),
    as_json: AsJson = False,
) -> None:
    """Ask every case and report what was right, beside BM25 alone and the embedder alone."""
    from evals.command import run_cases

    run_cases(cases, out, as_json)


@bench.command("rag")
def bench_rag(
    docs: Annotated[Path, typer.Option(help="JSON lines {id,title,text,lang}.")],
    questions: Annotated[Path, typer.Option(help="JSON lines {id,question,lang,history?}.")],
    out: Annotated[Path, typer.Option(help="Where the answers go, one JSON a line.")],
    model: Annotated[str, typer.Option(help="quote (no model).")] = "quote",
    no_answer: Annotated[bool, typer.Option("--no-answer", help="Stop after retrieval.")] = False,
) -> None:
    """Any knowledge base against any questions, in a throw-away index; progress on stderr."""
    from evals.bench_rag import run

    run(docs, questions, out, model, no_answer)


@bench.command("turn")
def bench_turn(
    chats: Annotated[int, typer.Option(help="How many talk at once, in the second part.")] = 8,
    turns: Annotated[int, typer.Option(help="Turns of each.")] = 40,
    as_json: AsJson = False,
) -> None:
    """Turn latency over HTTP, commits included, against the query embedding of the same run; memory and time to the first answer."""
    from evals.bench_turn import run

    run(chats, turns, as_json)


@bench.command("claims")
def bench_claims(cases: Annotated[Path | None, typer.Argument(help="A file of mutations; the house's own by default.")] = None) -> None:
    """How many false sentences the claims checker refuses, and how many true ones pass."""
    from evals.bench_claims import run

    run(cases)


def _moment(text: str | None) -> datetime | None:
    from basics.clock import parse_moment
    from basics.errors import BadRequest

    if text is None:
        return None
    try:
        return parse_moment(text)
    except ValueError as wrong:
        raise BadRequest(f"--now: {wrong}") from None


def main() -> None:
    """Run a command; an error that is ours is told in one sentence."""
    try:
        app()
    except ConciergeError as error:
        typer.secho(f"concierge: {error}", fg="red", err=True)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
