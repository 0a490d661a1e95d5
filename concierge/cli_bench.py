"""`concierge bench`: measure parts of it on any data."""

from pathlib import Path
from typing import Annotated

import typer

from concierge.cli_options import MODEL_HELP, AsJson

bench = typer.Typer(no_args_is_help=True, help="Measure parts of it on any data.")


@bench.command("rag")
def bench_rag(
    docs: Annotated[Path, typer.Option(help="JSON lines {id,title,text,lang}.")],
    questions: Annotated[Path, typer.Option(help="JSON lines {id,question,lang,history?}.")],
    out: Annotated[Path, typer.Option(help="Where the answers go, one JSON a line.")],
    model: Annotated[str, typer.Option(help=MODEL_HELP)] = "quote",
    no_answer: Annotated[bool, typer.Option("--no-answer", help="Stop after retrieval.")] = False,
) -> None:
    """Any knowledge base against any questions, in a throw-away index; progress on stderr."""
    from evals.bench_rag import run

    run(docs, questions, out, model, no_answer)


@bench.command("rights")
def bench_rights(
    rules: Annotated[Path, typer.Option(help="A rule file in YAML; docs/rules.md teaches to write one.")],
    cases: Annotated[Path, typer.Option(help="JSON lines {id,now,right,facts}.")],
    out: Annotated[Path, typer.Option(help="Where the decisions go, one JSON a line; - for standard output.")],
    zone: Annotated[str, typer.Option(help="The airline's time zone: the days of in_force are its.")] = "Asia/Shanghai",
) -> None:
    """Any airline's rules on any cases, with the reasons; progress and decisions a second on stderr."""
    from evals.bench_rights import run

    run(rules, cases, out, zone)


@bench.command("load")
def bench_load(
    chats: Annotated[str, typer.Option(help="How many talk at once, one load after the other.")] = "1,8,32,128",
    turns: Annotated[int, typer.Option(help="Turns of each load, at least two a chat.")] = 200,
    model: Annotated[str, typer.Option(help="quote, or stub (a model of 30 tokens a second).")] = "quote",
    database: Annotated[str, typer.Option(help="A database URL; SQLite by default. It should be empty.")] = "",
    workers: Annotated[int, typer.Option(help="Processes that answer; more than one on PostgreSQL only.")] = 1,
    long: Annotated[int, typer.Option(help="So many turns more, for the memory.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Turns a second and time to the first sentence over HTTP, with more and more chats at once; memory before and after."""
    from evals.bench_load import run

    run(chats, turns, model, database, workers, long, as_json)


@bench.command("turn")
def bench_turn(
    chats: Annotated[int, typer.Option(help="How many talk at once, in the second part.")] = 8,
    turns: Annotated[int, typer.Option(help="Turns of each.")] = 40,
    passages: Annotated[int, typer.Option(help="Instead of that: turns in process over so many passages, most of them made up.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Turn latency over HTTP, commits included, against the query embedding of the same run; memory and time to the first answer."""
    if passages:
        from evals.bench_scale import run as run_over

        run_over(passages, turns, as_json)
        return
    from evals.bench_turn import run

    run(chats, turns, as_json)


@bench.command("claims")
def bench_claims(
    cases: Annotated[Path | None, typer.Argument(help="A file of mutations, alone; by default the house's own, and generated ones.")] = None,
    count: Annotated[int, typer.Option(help="Generated falsehoods over all bases, half of them Chinese; 0 for none.")] = 4000,
    seed: Annotated[int, typer.Option(help="Another number draws others.")] = 0,
    out: Annotated[Path, typer.Option(help="Where every rate and every miss of the generated ones go, as JSON.")] = Path("reports/claims.json"),
) -> None:
    """How many false sentences the claims checker refuses, and how many true ones pass."""
    from evals.bench_claims import run
    from evals.bench_mutants import run_generated

    run(cases)
    if cases is None and count:
        run_generated(count, seed, out)


@bench.command("screen")
def bench_screen(
    texts: Annotated[Path, typer.Option(help="JSON lines {id,text}.")],
    out: Annotated[Path, typer.Option(help="Where the results go, one JSON a line.")],
) -> None:
    """Personal data, instructions to the assistant, mood, intent and scope of any texts; progress on stderr."""
    from evals.bench_screen import run

    run(texts, out)
