"""The demo airline's log of executed changes: one JSON line each, never two for one key, whenever the process was killed."""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO


class ChangeLog:
    """An append-only file. Call `complete` only while holding the lock that every writer of this file holds."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._keys: set[str] = set()
        self._read_to = 0

    def complete(self, changes: Iterable[tuple[str, str]]) -> None:
        """Append the line of each (key, line) whose key has none yet, in the order given, and wait until it is on the disk."""
        with self._path.open("a+b") as file:
            self._read_on(file)
            lines = [line for key, line in changes if key not in self._keys]
            if lines:
                file.write("".join(f"{line}\n" for line in lines).encode("utf-8"))
                file.flush()
                os.fsync(file.fileno())

    def _read_on(self, file: BinaryIO) -> None:
        """Learn the keys written since the last look; a last line without its end was cut by a kill, and is removed to be written again."""
        if file.seek(0, os.SEEK_END) < self._read_to:  # somebody replaced the file
            self._keys, self._read_to = set(), 0
        file.seek(self._read_to)
        unread = file.read()
        whole = unread[: unread.rfind(b"\n") + 1]
        self._read_to += len(whole)
        if len(whole) < len(unread):
            file.truncate(self._read_to)
        for line in whole.splitlines():
            try:
                self._keys.add(str(json.loads(line)["key"]))
            except (ValueError, KeyError, TypeError):
                continue  # not one of ours: left as it is
