"""Services that are told something, for real: an HTTP server on this machine that takes, refuses, hangs or drips."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Webhook:
    """What came in; `answers` are the statuses to give (200 when there are none left), `hangs` the seconds before any."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.answers: list[int] = []
        self.hangs = 0.0
        self.url = ""
        self.stopped = threading.Event()


@contextmanager
def a_webhook() -> Iterator[Webhook]:
    hook = Webhook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            ends = time.monotonic() + hook.hangs
            status = hook.answers.pop(0) if hook.answers else 200
            if status == 200:
                hook.got.append(body)
            try:
                self.send_response(status)
                self.flush_headers()
                while time.monotonic() < ends and not hook.stopped.is_set():  # drips: every byte begins apprise's own patience anew
                    self.wfile.write(b"X-Wait: 1\r\n")
                    self.wfile.flush()
                    hook.stopped.wait(0.2)
                self.end_headers()
            except OSError:
                pass

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    hook.url = f"json://127.0.0.1:{server.server_port}/hook"
    running = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    running.start()
    try:
        yield hook
    finally:
        hook.stopped.set()
        server.shutdown()
        server.server_close()
        running.join()
