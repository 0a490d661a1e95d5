"""`concierge backup` and `concierge restore`: everything that lasts in one file, taken while the server runs, restored on SQLite or Postgres.

The index is not in it: it is built again, at the next start, from the vectors that are.
"""

import asyncio
import importlib.metadata
import os
import shutil
import tempfile
import zipfile
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ValidationError
from rich.console import Console

from basics.clock import iso, system_clock
from basics.errors import BadRequest
from bot.home import Home
from bot.settings import Settings
from store import backup

out = Console()
_NOTE = "backup.json"
_LOG, _AIRLINE = "airline.log", "airline.sqlite3"  # the demo airline's own; a real one keeps its own backups


class Note(BaseModel, frozen=True):
    """What a backup says of itself: its form, who made it when, the schema's revision, and the rows of each table."""

    form: int = 1
    version: str
    revision: str
    made_at: datetime
    rows: dict[str, int]


def back_up(settings: Settings, file: Path) -> None:
    """Write the backup; a server may go on working in the home. An existing file is replaced only by a whole new one."""
    if not settings.database_url and not (settings.home / "concierge.sqlite3").exists():
        raise BadRequest(f"There is no database in {settings.home}. Nothing was written. Set CONCIERGE_HOME or CONCIERGE_DATABASE_URL.")
    half = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        with os.fdopen(os.open(half, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as raw:
            with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as into:
                note = _written(settings, into)
            raw.flush()
            os.fsync(raw.fileno())
        half.replace(file)
    except OSError as wrong:
        raise BadRequest(f"{file} cannot be written: {wrong.strerror or wrong}. No backup was made.") from None
    finally:
        half.unlink(missing_ok=True)
    size = file.stat().st_size / 1e6
    rows = f"{sum(note.rows.values())} rows of {len(note.rows)} tables"
    out.print(f"{file}: {rows}, {size:.1f} MB, schema {note.revision}, {iso(note.made_at)}.", highlight=False)


def restore(settings: Settings, file: Path, force: bool) -> None:
    """Put a backup in the place of whatever the home and its database hold; without `force` only where they hold nothing."""
    home = Home(settings.home)
    home.take()
    try:
        with _opened(file) as kept:
            note = _note_of(kept, file)
            found = asyncio.run(backup.rows_of(settings.database()))
            if backup.in_use(found) and not force:
                raise BadRequest(
                    f"The database already holds {sum(found.values())} rows. Nothing was changed. "
                    "Restore into an empty home (CONCIERGE_HOME) or database, or replace everything with --force."
                )
            got = asyncio.run(backup.load(settings.database(), kept, note.revision))
            wrong = {t: (n, got.get(t, 0)) for t, n in note.rows.items() if got.get(t, 0) != n}
            if wrong:
                raise BadRequest(f"The backup says {note.rows}, but there are now {got}. Do not use this home; restore again with --force.")
            _airline_from(kept, home.path)
    finally:
        home.leave()
    out.print(f"Restored {sum(got.values())} rows of {len(note.rows)} tables, as of {iso(note.made_at)}.", highlight=False)


def _written(settings: Settings, into: zipfile.ZipFile) -> Note:
    revision, rows = asyncio.run(backup.dump(settings.database(), into))
    # Ours first, the airline's after it: a change it knows and we do not is asked for again under its key; the other way round one would be lost.
    log, airline = settings.home / _LOG, settings.home / _AIRLINE
    if log.exists():
        into.write(log, f"files/{_LOG}")  # before the airline's tables: what it lacks of them is added when they are opened
    if airline.exists():
        with tempfile.TemporaryDirectory(prefix="concierge-backup-") as folder:
            backup.copy_sqlite(airline, Path(folder) / _AIRLINE)
            into.write(Path(folder) / _AIRLINE, f"files/{_AIRLINE}")
    note = Note(version=importlib.metadata.version("travel-concierge"), revision=revision, made_at=system_clock(), rows=rows)
    into.writestr(_NOTE, note.model_dump_json(indent=2))
    return note


def _opened(file: Path) -> zipfile.ZipFile:
    try:
        kept = zipfile.ZipFile(file)
        torn = kept.testzip()
    except (OSError, zipfile.BadZipFile, RuntimeError, EOFError) as wrong:
        raise BadRequest(f"{file} is not a whole backup: {wrong}. Nothing was changed.") from None
    if torn:
        raise BadRequest(f"{file} is damaged at {torn}. Nothing was changed.")
    return kept


def _note_of(kept: zipfile.ZipFile, file: Path) -> Note:
    try:
        note = Note.model_validate_json(kept.read(_NOTE))
    except (KeyError, ValidationError):
        raise BadRequest(f"{file} is not a backup of a Concierge. Nothing was changed.") from None
    if note.form != 1 or note.revision not in backup.known_revisions():
        raise BadRequest(
            f"The backup was made by version {note.version} with schema {note.revision}, which this version does not know. "
            "Nothing was changed. Install that version or a newer one, then restore."
        )
    return note


def _airline_from(kept: zipfile.ZipFile, home: Path) -> None:
    for name in (_AIRLINE, _LOG):
        for beside in (name, f"{name}-wal", f"{name}-shm"):
            (home / beside).unlink(missing_ok=True)
        if f"files/{name}" in kept.namelist():
            with kept.open(f"files/{name}") as held, (home / name).open("wb") as written:
                shutil.copyfileobj(held, written)
