"""YAML as authors mean it: a key stands once (plain YAML lets a second `when:` silently replace the first), and on is no other word for true."""

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the parser in C where PyYAML brings it: ten times as quick


class YamlWrong(ValueError):
    """A text that is not YAML, or says a thing twice; where it can be told, with its line."""


def read_yaml(path: Path) -> Any:
    """What the file at `path` says; YamlWrong says in a sentence why it cannot be read."""
    try:
        return parsed(path.read_text("utf-8"))
    except OSError as wrong:
        raise YamlWrong(f"it cannot be read ({wrong.strerror})") from wrong
    except UnicodeDecodeError as wrong:
        raise YamlWrong(f"it cannot be read as UTF-8 (byte {wrong.start}); save the file as UTF-8") from wrong


def parsed(text: str) -> Any:
    """What a text says in YAML."""
    try:
        return yaml.load(text, Loader=_OneOfAKey)  # noqa: S506 (a SafeLoader)
    except yaml.MarkedYAMLError as wrong:
        at = wrong.problem_mark and f"line {wrong.problem_mark.line + 1}: "
        raise YamlWrong(f"it is not YAML: {at or ''}{_plainly(wrong)}{_advice(text, wrong)}") from wrong
    except (yaml.YAMLError, ValueError) as wrong:  # a date such as 2026-02-30 is a ValueError
        raise YamlWrong("it is not YAML: " + " ".join(str(wrong).split())) from wrong


class _OneOfAKey(_Loader):  # type: ignore[misc, valid-type]
    """A loader that refuses a key that stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            if key_node.value == "on":  # which YAML 1.1 reads as true
                key_node.tag = "tag:yaml.org,2002:str"
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, Hashable):
                raise yaml.constructor.ConstructorError(None, None, "a key has to be a text or a number", key_node.start_mark)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key!r} stands twice", key_node.start_mark)
            seen.add(key)
        made: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return made


def _true_and_false_alone() -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    """How plain words are read: YAML 1.1 takes on, off, yes and no for true and false, and so `on: leg` for `true: leg`."""
    kept = {sign: [(tag, how) for tag, how in known if tag != _BOOL] for sign, known in _Loader.yaml_implicit_resolvers.items()}
    for sign in "tTfF":
        kept[sign] = [*kept.get(sign, []), (_BOOL, re.compile("^(?:true|True|TRUE|false|False|FALSE)$"))]
    return kept


_BOOL = "tag:yaml.org,2002:bool"
_OneOfAKey.yaml_implicit_resolvers = _true_and_false_alone()


def _plainly(wrong: yaml.MarkedYAMLError) -> str:
    return " ".join(part for part in (wrong.context, wrong.problem) if part)


def _advice(text: str, wrong: yaml.MarkedYAMLError) -> str:
    """What an author most probably has to do about the line at which reading stopped."""
    mark = wrong.problem_mark
    lines = text.splitlines()
    if mark is None or mark.line >= len(lines):
        return ""
    line = lines[mark.line].strip()
    if line.startswith("\t") or "\t" in lines[mark.line][: mark.column + 1]:
        return "; indent with spaces, not with tabs"
    if "if:" in line:
        return f"; put the whole condition between single quotes, such as {_QUOTED}"
    if "%" in line or ": " in line or "@" in line:
        return "; put a text that holds a colon, a quotation mark or a special sign between quotes"
    return ""


_QUOTED = "if: '!booking.group'"
