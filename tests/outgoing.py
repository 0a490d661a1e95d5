"""Outgoing connections of the whole test session, counted: a pytest plugin that says how many, and fails the session when there are any.

This process, xdist's workers and every Python process that a test starts are watched by `tests/quiet/sitecustomize.py`.
"""

import json
import os
import socket
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.quiet import sitecustomize as quiet

QUIET = Path(quiet.__file__).parent
_file = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    """Watch, here and in processes to come. A worker of xdist inherits all of it."""
    if hasattr(config, "workerinput"):
        return
    handle, name = tempfile.mkstemp(prefix="outgoing-", suffix=".jsonl")
    os.close(handle)
    config.stash[_file] = Path(name)
    allowed = ",".join(sorted(_given()))
    before = [p for p in os.environ.get("PYTHONPATH", "").split(os.pathsep) if p and p != str(QUIET)]
    os.environ |= {quiet.FILE: name, quiet.ALLOWED: allowed, "PYTHONPATH": os.pathsep.join([str(QUIET), *before])}
    quiet.watch(name, allowed)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """The line that says it, and each place."""
    found = outgoing(config)
    terminalreporter.write_line(f"outgoing connections: {len(found)}", red=bool(found), green=not found)
    for one in found:
        terminalreporter.write_line(f"  {one['what']} {one['to']} in {one['test'] or 'no test'}, by {' < '.join(one['by'])}")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Any of them fails the session."""
    if outgoing(session.config) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_unconfigure(config: pytest.Config) -> None:
    """The file goes."""
    if _file in config.stash:
        config.stash[_file].unlink(missing_ok=True)


def outgoing(config: pytest.Config) -> list[dict[str, str]]:
    """What was written down until now."""
    if _file not in config.stash:
        return []
    return [json.loads(line) for line in config.stash[_file].read_text("utf-8").splitlines()]


def _given() -> set[str]:
    """Hosts that whoever runs the tests names as theirs (TEST_POSTGRES_URL, …), with their addresses."""
    hosts = {urlsplit(v).hostname or "" for k, v in os.environ.items() if k.startswith("TEST_") and k.endswith("_URL")} - {""}
    return hosts | {str(found[4][0]) for host in hosts for found in socket.getaddrinfo(host, None)}
