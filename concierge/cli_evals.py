"""`concierge eval`: how good is it."""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from concierge.cli_options import MODEL_HELP, AsJson


class EvalGroup(TyperGroup):
    """`concierge eval FILE` asks the cases of a file; only what is named here is another command."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """As given, with `cases` put first where no command of this group and no help is asked for."""
        known = bool(args) and (args[0] in self.commands or args[0] == "--help")
        return super().parse_args(ctx, args if known else ["cases", *args])


evals = typer.Typer(
    cls=EvalGroup,
    no_args_is_help=False,
    help="How good is it? `concierge eval [CASES]` asks a file of cases, `eval --suite all` the house's suites; `calibrate` measures the confidence.",
)


@evals.command("cases")
def run_eval(
    cases: Annotated[Path | None, typer.Argument(help="A file of cases; the house's own by default.")] = None,
    out: Annotated[Path, typer.Option(help="Folder for the report.")] = Path("reports"),
    model: Annotated[str, typer.Option(help=MODEL_HELP)] = "quote",
    sample: Annotated[int, typer.Option(help="So many cases, drawn at random and always the same; 0 for all.")] = 0,
    suite: Annotated[str | None, typer.Option(help="A suite of the house instead of a file, or all of them.")] = None,
    chain: Annotated[bool, typer.Option(help="Ask a plain LangChain chain too: its pieces take minutes to embed the first time.")] = True,
    public: Annotated[bool, typer.Option("--public", help="The sets made out of public data too, each asked of its own documents.")] = False,
    as_json: AsJson = False,
) -> None:
    """Ask every case and report what was right, beside BM25, the embedder, a fixed threshold and a plain LangChain chain."""
    from evals.command import run_cases

    run_cases(cases, out, as_json, model, sample, suite, chain, public)


@evals.command("calibrate")
def run_calibrate(
    wrong: Annotated[float, typer.Option(help="The share of sent answers that may be wrong.")] = 0.02,
    sure: Annotated[float, typer.Option(help="How certain the guarantee has to be.")] = 0.95,
    sets: Annotated[str, typer.Option(help="Sets of questions, with commas between them.")] = "dev,places,laws,regulation,outside",
    sample: Annotated[int, typer.Option(help="So many questions of each set, drawn at random and always the same; 0 for all.")] = 0,
    seed: Annotated[int, typer.Option(help="Another number removes other articles.")] = 0,
    times: Annotated[int, typer.Option(help="So many times, each time with other articles of the public sets removed.")] = 1,
    out: Annotated[Path, typer.Option(help="Folder for the report.")] = Path("reports"),
    model: Annotated[str, typer.Option(help=MODEL_HELP)] = "quote",
    kept: Annotated[Path | None, typer.Option("--kept", help="labelled.jsonl of an earlier run: nothing is asked again.")] = None,
    as_json: AsJson = False,
) -> None:
    """Thousands of labelled questions, the confidence with and without its base held out, and the threshold that a guarantee allows."""
    from evals.calibrate import run

    run(wrong, sure, [name.strip() for name in sets.split(",") if name.strip()], sample, seed, times, model, out, kept, as_json)


@evals.command("refit")
def run_refit(
    write: Annotated[bool, typer.Option("--write", help="Keep it, where it is better on labels it never saw.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Put back the confidence from before the last fit.")] = False,
    as_json: AsJson = False,
) -> None:
    """The confidence learns from staff's labels and travellers' thumbs, beginning from the one that was fitted before; also beside a server."""
    from concierge.commands import settings_here
    from evals.refit import run

    run(settings_here(), write, undo, as_json)


@evals.command("fit")
def run_fit(
    cases: Annotated[
        Path | None, typer.Argument(help="Labelled questions to your own articles; none: only what the articles themselves tell.")
    ] = None,
    wrong: Annotated[float, typer.Option(help="The share of sent answers that may be wrong.")] = 0.02,
    sure: Annotated[float, typer.Option(help="How certain the guarantee has to be.")] = 0.95,
    out: Annotated[Path, typer.Option(help="Folder for the report.")] = Path("reports"),
    write: Annotated[bool, typer.Option("--write", help="Keep it, where it is better on questions it never saw.")] = False,
    as_json: AsJson = False,
) -> None:
    """A confidence of your own for the articles in your home, and the threshold that a guarantee allows, or how many labels are missing."""
    from concierge.commands import settings_here
    from evals.own_fit import run

    run(settings_here(), cases, wrong, sure, out, write, as_json)
