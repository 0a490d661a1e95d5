"""`concierge identity`: what a host page signs for who is asking."""

from pathlib import Path
from typing import Annotated

import typer

from concierge.cli_options import AsJson

identity = typer.Typer(no_args_is_help=True, help="What a host page signs for who is asking: make one, check one.")


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
