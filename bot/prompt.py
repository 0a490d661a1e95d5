"""Prompts: files with a version, and the hash that a receipt keeps of what a model was told to do."""

from functools import cache
from pathlib import Path

from pydantic import BaseModel

from basics.ids import fingerprint
from knowledge.facts import facts_of

FOLDER = Path(__file__).with_name("prompts")


class Prompt(BaseModel, frozen=True):
    """What a model is given: the standing rules (`system`) and the case (`asked`). `hash` is of the rules alone, `name` tells file and version."""

    name: str
    hash: str
    system: str
    asked: str


def prompt(name: str, asked: str) -> Prompt:
    """The prompt of prompts/<name>.md with this case."""
    version, system = _file(name)
    return Prompt(name=f"{name}-{version}", hash=fingerprint(system)[:16], system=system, asked=asked)


@cache
def _file(name: str) -> tuple[int, str]:
    _, head, rules = (FOLDER / f"{name}.md").read_text(encoding="utf-8").split("---\n", 2)
    return int(facts_of(head)["version"]), rules.strip()
