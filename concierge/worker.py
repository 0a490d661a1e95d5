"""One worker of several: started by the supervisor, told on its standard input who it is; it stops when that input ends.

Run as `python -m concierge.worker`, by the supervisor only.
"""

import asyncio
import os
import signal
import sys
from contextlib import suppress

import anyio
from pydantic import ValidationError

from api.app import build_app
from basics.errors import ConciergeError
from bot.assembly import assemble
from bot.home import Home
from bot.settings import Settings, read_settings
from concierge.listening import Server, bind
from concierge.logs import set_up_logs
from concierge.orders import Orders

_REFUSED = 2  # exit code: it was said why


def main() -> int:
    """Serve until told to stop, or until the supervisor is gone."""
    try:
        orders = Orders.model_validate_json(sys.stdin.readline())
    except ValidationError:
        print("concierge: a worker is started by `concierge serve --workers N` only.", file=sys.stderr)
        return _REFUSED
    try:
        settings = read_settings(port=orders.port, embedder=orders.embedder)
        set_up_logs(settings)
        anyio.run(_serve, settings, orders)
    except ConciergeError as error:
        print(f"concierge: {error}", file=sys.stderr)
        return _REFUSED
    return 0


async def _serve(settings: Settings, orders: Orders) -> None:
    house = assemble(settings, home=Home(settings.home, orders.operator_token), worker_id=orders.worker)
    orphaned = asyncio.create_task(_orphaned())
    starting = asyncio.create_task(house.start())  # before the port: nobody is let in who would have to wait
    await asyncio.wait((starting, orphaned), return_when=asyncio.FIRST_COMPLETED)
    if not starting.done():
        starting.cancel()
        with suppress(asyncio.CancelledError):
            await starting
        return
    await starting
    try:
        bound = bind(settings, shared=True)
        app = build_app(house)
        server = Server(app, app.state.closing)
        orphaned.add_done_callback(lambda _: server.handle_exit(signal.SIGTERM, None))
        serving = asyncio.create_task(server.serve([bound.socket]))
        while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn tells it by nothing else
            await anyio.sleep(0.02)
        if server.started:
            with suppress(BrokenPipeError):  # the supervisor is gone: its end of our input tells it too, and we leave in order
                os.write(orders.ready, b"ready\n")
        with suppress(asyncio.CancelledError):
            await serving
    finally:
        await house.stop()


async def _orphaned() -> None:
    """The supervisor holds the other end of our standard input: when it is gone, nobody would start us again or stop us."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()


if __name__ == "__main__":
    sys.exit(main())
