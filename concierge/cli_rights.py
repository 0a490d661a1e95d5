"""`concierge rules`, `value`, `offers`: who holds what and why, what they are worth, and what it was worth to tell them."""

from pathlib import Path
from typing import Annotated

import typer

from concierge.cli_options import AsJson, Language, Now, RuleFile, language, moment

rules = typer.Typer(no_args_is_help=True, help="The rules of rights: check, explain, try and compare them; docs/rules.md teaches to write them.")
value = typer.Typer(no_args_is_help=True, help="What a traveller or a company is worth, by customers/value.yaml or CONCIERGE_VALUE.")
offers = typer.Typer(no_args_is_help=True, help="What is offered unasked, and what it is worth.")


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

    check_rules(rules, facts, articles, moment(now), language(lang), as_json)


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

    explain_rules(who, case, booking, right, rules, moment(now), language(lang), as_json)


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

    try_rules(examples, rules, moment(now), language(lang), as_json)


@rules.command("diff")
def compare_rules(old: Path, new: Path, now: Now = None, as_json: AsJson = False) -> None:
    """Which of the known travellers gain or lose which right."""
    from concierge.rules import compare_rules

    compare_rules(old, new, moment(now), as_json)


@rules.command("facts")
def show_facts(rules: RuleFile = None, lang: Language = "en", as_json: AsJson = False) -> None:
    """What rules may ask for, with types, and how many of them do."""
    from concierge.rules import show_facts

    show_facts(rules, language(lang), as_json)


@rules.command("schema")
def show_schema() -> None:
    """The JSON Schema of a rule file, for an editor that checks while one writes."""
    from concierge.rules import show_schema

    show_schema()


@value.command("explain")
def explain_value(
    who: Annotated[str, typer.Argument(metavar="ID", help="A traveller's or a company's id.")],
    lang: Annotated[str | None, typer.Option("--lang", help="en or zh.")] = None,
    now: Annotated[str | None, typer.Option("--now", help="ISO 8601 moment to count as of.")] = None,
    as_json: AsJson = False,
) -> None:
    """Its parts with their points, tier, segment and card, and what the next edge needs: "why am I Silver?"."""
    from concierge.value import explain_value as explain

    if not explain(who, lang, as_json, moment(now)):
        raise typer.Exit(1)


@offers.command("report")
def report_offers(
    since: Annotated[str | None, typer.Option("--since", help="ISO 8601 moment; by default from the first one on.")] = None,
    as_json: AsJson = False,
) -> None:
    """Per right and moment: shown, accepted, declined, ignored, the uptake with its interval, and what telling did against the hold-out."""
    from concierge.offers import report

    report(moment(since), as_json)
