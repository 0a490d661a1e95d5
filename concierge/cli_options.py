"""Options that several groups of the command share, and how what is typed there is read."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]
RuleFile = Annotated[Path | None, typer.Option("--rules", help="A rule file; by default CONCIERGE_RULES.")]
Now = Annotated[str | None, typer.Option("--now", help="ISO 8601 moment to decide as of; by default now.")]
Language = Annotated[str, typer.Option("--lang", help="en or zh.")]
MODEL_HELP = "quote (no model), local or openai (by CONCIERGE_MODEL_PATH, or CONCIERGE_MODEL_URL, _NAME and _KEY)."


def moment(text: str | None) -> datetime | None:
    """The moment an option names, None where it names none; BadRequest where it is no moment."""
    from basics.clock import parse_moment
    from basics.errors import BadRequest

    if text is None:
        return None
    try:
        return parse_moment(text)
    except ValueError as wrong:
        raise BadRequest(f"--now: {wrong}") from None


def language(lang: str) -> Any:
    """`en` or `zh`; BadRequest for anything else."""
    from basics.errors import BadRequest

    if lang not in ("en", "zh"):
        raise BadRequest(f"--lang is {lang!r}; it must be en or zh.")
    return lang
