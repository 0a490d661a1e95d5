"""A report as files in a folder, and its tables on the terminal."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from basics.errors import BadRequest


def written(folder: Path, texts: Mapping[str, str]) -> tuple[Path, ...]:
    """Each text in the file of its name, in the folder; BadRequest if it cannot be written to."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as wrong:
        raise BadRequest(f"The report cannot be written to {folder}: {wrong.strerror}. Choose another folder with --out.") from None
    return tuple(folder / name for name in texts)


def printed(console: Console, tables: Iterable[tuple[Sequence[str], Iterable[Sequence[str]]]]) -> None:
    """Each table with its head."""
    for head, rows in tables:
        table = Table(*head)
        for row in rows:
            table.add_row(*row)
        console.print(table)
