"""Writes down every connection and every name that a Python process asks for outside of this machine; Python imports it at its start.

It is for tests only: `tests/outgoing.py` puts its folder on the PYTHONPATH of the processes that tests start, and names the file to write to.
It stops nothing. Native code goes by unseen here: for that see `tests/test_outgoing.py` and `tests/quiet/alone.sh`.
"""

import ipaddress
import json
import os
import socket
import sys
from pathlib import Path
from types import FrameType

FILE, ALLOWED = "OUTGOING_TO", "OUTGOING_ALLOWED"  # where to write; hosts that are no finding, with commas between
# Events of the interpreter, and where the address stands among what each is given.
_WATCHED = {"socket.connect": 1, "socket.sendto": 1, "socket.sendmsg": 1, "socket.getaddrinfo": 0}
_WATCHED |= {"socket.gethostbyname": 0, "socket.gethostbyaddr": 0, "socket.getnameinfo": 0}
_LOOK_UPS = ("socket.getaddrinfo", "socket.gethostbyname")
_INTERNET = (socket.AF_INET, socket.AF_INET6)
_DEEPEST = 8  # lines of our way to the call
_to: str | None = None
_allowed: frozenset[str] = frozenset()
_is_set = False


def watch(to: str, allowed: str = "") -> None:
    """From here on write a line of JSON to the file `to` for each; again, it changes the file."""
    global _to, _allowed, _is_set
    _to, _allowed = to, frozenset(filter(None, allowed.split(",")))
    if not _is_set:
        sys.addaudithook(_heard)  # cannot be taken back
        _is_set = True


def leaves(host: object, is_look_up: bool = False) -> bool:
    """Whether this host is another machine's; for a look-up, whether a name server has to be asked."""
    name = host.decode("ascii", "replace") if isinstance(host, bytes | bytearray) else host
    if not isinstance(name, str) or name in _allowed:
        return False
    name = name.rstrip(".").lower()
    if name in ("", "localhost") or name.endswith(".localhost"):
        return False
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return True
    mapped = getattr(address, "ipv4_mapped", None) or address
    return not (is_look_up or mapped.is_loopback or mapped.is_unspecified)


def _heard(event: str, given: tuple[object, ...]) -> None:
    if event not in _WATCHED or _to is None:
        return
    at = given[_WATCHED[event]]
    if _WATCHED[event] and (getattr(given[0], "family", None) not in _INTERNET or not isinstance(at, tuple)):
        return
    host = at[0] if isinstance(at, tuple) else at
    if leaves(host, event in _LOOK_UPS):
        told = {"what": event, "to": str(at), "test": os.environ.get("PYTEST_CURRENT_TEST", ""), "pid": os.getpid(), "by": _way_here()}
        with Path(_to).open("a", encoding="utf-8") as file:
            file.write(json.dumps(told) + "\n")


def _way_here() -> list[str]:
    way: list[str] = []
    frame: FrameType | None = sys._getframe(2)
    while frame is not None and len(way) < _DEEPEST:
        name = frame.f_code.co_filename
        if Path(name).name not in ("socket.py", "events.py", "base_events.py", "selector_events.py", "threading.py", "thread.py"):
            way.append(f"{'/'.join(Path(name).parts[-3:])}:{frame.f_lineno}")
        frame = frame.f_back
    return way


if __name__ == "sitecustomize" and os.environ.get(FILE):
    watch(os.environ[FILE], os.environ.get(ALLOWED, ""))
