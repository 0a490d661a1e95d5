"""JSON lines read one by one: a line that is wrong is told with its file, its number and what to write instead."""

import json
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from basics.errors import BadRequest, ConciergeError
from basics.words import Words

T = TypeVar("T", bound=BaseModel)


class BadLine(ConciergeError):
    """A line of a data file that cannot be used."""

    slug = "bad-line"

    def __init__(self, file: Path, line: int, why: str) -> None:
        super().__init__(Words(en=f"{file}:{line}: {why}", zh=f"{file} 第 {line} 行：{why}"))


class Spot(NamedTuple):
    """Where a line stands."""

    file: Path
    line: int


def read_lines(file: Path, shape: type[T]) -> list[tuple[Spot, T]]:
    """Every line of a UTF-8 file as `shape`, with where it stands; empty lines are skipped, the first wrong one raises BadLine."""
    out: list[tuple[Spot, T]] = []
    try:
        with file.open("rb") as lines:  # as bytes: only \n ends a line, whatever control characters a text holds
            for number, raw in enumerate(lines, start=1):
                if raw.strip():
                    out.append((Spot(file, number), _one(raw, shape, Spot(file, number))))
    except OSError as wrong:
        raise BadRequest(f"{file} cannot be read: {wrong.strerror}. Nothing was done.") from None
    return out


def _one(raw: bytes, shape: type[T], at: Spot) -> T:
    try:
        text = raw.decode("utf-8-sig")
        value = json.loads(text, strict=False)  # a raw tab or form feed inside a string is no reason to refuse a document
    except UnicodeDecodeError as wrong:
        raise BadLine(*at, f"is not UTF-8 text (byte {wrong.start}); save the file as UTF-8") from None
    except json.JSONDecodeError as wrong:
        raise BadLine(*at, f"is not JSON ({wrong.msg}, column {wrong.colno}); write one JSON object a line") from None
    except (ValueError, RecursionError):
        raise BadLine(*at, "is not JSON that can be read; write one JSON object a line") from None
    if not isinstance(value, dict):
        raise BadLine(*at, "is not a JSON object; write one JSON object a line")
    try:
        return shape.model_validate(_whole_characters(value) if "\\ud" in text.lower() else value)
    except ValidationError as wrong:
        raise BadLine(*at, _why(wrong)) from None


def _whole_characters(value: Any) -> Any:
    """The value with half characters (lone surrogates, which JSON can escape and UTF-8 cannot hold) replaced."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_whole_characters(v) for v in value]
    if isinstance(value, dict):
        return {_whole_characters(k): _whole_characters(v) for k, v in value.items()}
    return value


def _why(wrong: ValidationError) -> str:
    first = wrong.errors()[0]
    name = ".".join(str(part) for part in first["loc"])
    if first["type"] == "missing":
        return f"'{name}' is missing"
    return f"'{name}': {first['msg'].removeprefix('Value error, ')}"
