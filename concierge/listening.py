"""A port taken, and the server on it: what `serve` does alone and each of its workers does beside the others."""

import asyncio
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn

from basics.errors import SettingsWrong
from basics.words import Words
from bot.settings import Settings

_SHUTDOWN = 3  # seconds that open streams get to end
_KEEP = 75  # seconds that an idle connection is kept: longer than a proxy keeps it, or the two close it at the same moment and a message is lost


@dataclass
class Bound:
    """A port of this machine that is ours."""

    socket: socket.socket
    address: str


def bind(settings: Settings, shared: bool = False) -> Bound:
    """Take the port of the settings; SettingsWrong if it cannot be had. `shared`: each worker binds it and the system spreads connections."""
    # The protocol by name: only where it stands does asyncio send without waiting for acknowledgements, and each answer would take 40 ms more.
    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        if shared:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        s.bind((settings.host, settings.port))
    except OSError as wrong:
        s.close()
        raise SettingsWrong(
            Words(
                en=f"Port {settings.port} on {settings.host} cannot be used: {wrong.strerror}. Choose another one, for example with PORT=8500.",
                zh=f"无法使用 {settings.host} 的端口 {settings.port}：{wrong.strerror}。请换一个端口，例如设置 PORT=8500。",
            )
        ) from None
    return Bound(s, f"http://{settings.host}:{s.getsockname()[1]}")


class Server(uvicorn.Server):
    """Tells open streams to end as soon as a signal comes, so that leaving takes a moment, not a time-out."""

    def __init__(self, app: Callable[..., Any], closing: asyncio.Event) -> None:
        # The logs are ours (log_config), and whose X-Forwarded-For is believed is a setting of ours (proxy_headers).
        plain = {"log_config": None, "access_log": False, "proxy_headers": False}
        super().__init__(uvicorn.Config(app, **plain, timeout_graceful_shutdown=_SHUTDOWN, timeout_keep_alive=_KEEP))  # type: ignore[arg-type]
        self._closing = closing

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """A signal asks to stop, and stopping is an ordinary return: uvicorn's own would raise it again before the home is given back."""
        before = {sig: signal.signal(sig, self.handle_exit) for sig in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for sig, handler in before.items():
                signal.signal(sig, handler)

    def handle_exit(self, sig: int, frame: object) -> None:
        """A signal: no new connections, and every stream says `done`."""
        self._closing.set()
        super().handle_exit(sig, frame)  # type: ignore[arg-type]


def port_wanted(otherwise: int) -> int:
    """PORT, or CONCIERGE_PORT, of the environment; SettingsWrong where it is no port."""
    text = os.environ.get("PORT") or os.environ.get("CONCIERGE_PORT") or str(otherwise)
    if text.isdigit() and int(text) <= 65535:
        return int(text)
    raise SettingsWrong(Words(en=f"PORT is {text!r}; it must be a number from 0 to 65535.", zh=f"PORT 的值是 {text!r}，应为 0 到 65535 的数字。"))
