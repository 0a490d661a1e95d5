"""The port that is taken: what is answered on it goes out at once."""

import asyncio
import socket
from pathlib import Path

import pytest

from bot.settings import Settings
from concierge.listening import bind


@pytest.mark.parametrize("shared", [False, True])
async def test_an_answer_does_not_wait_for_the_acknowledgement_of_the_one_before(tmp_path: Path, shared: bool) -> None:
    """A connection on our port has TCP_NODELAY; without it each answer of two packets takes 40 ms more, and nothing else would tell."""
    bound = bind(Settings(_env_file=None, home=tmp_path, port=0), shared)
    found = asyncio.get_running_loop().create_future()

    def came(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        found.set_result(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    async with await asyncio.start_server(came, sock=bound.socket):
        _, writer = await asyncio.open_connection(*bound.socket.getsockname())
        assert await found
        writer.close()
