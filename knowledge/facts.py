"""YAML: our own files of patterns and words, and the fields of an article."""

from pathlib import Path
from typing import Any

import yaml

# The parser in C where PyYAML brings it, ten times as quick: the articles and patterns of a first start took five seconds without.
LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def facts_in(file: Path) -> Any:
    """What a file of ours holds."""
    return facts_of(file.read_text(encoding="utf-8"))


def facts_of(text: str) -> Any:
    """What a YAML text holds: plain values, nothing that runs; yaml.YAMLError where it is none."""
    return yaml.load(text, Loader=LOADER)  # noqa: S506 (a SafeLoader)
